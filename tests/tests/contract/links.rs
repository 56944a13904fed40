//! Presigned links: what they allow, and that they allow nothing else.

use std::time::Duration;

use aws_sdk_s3::presigning::{PresignedRequest, PresigningConfig};
use reqwest::{Client, Method, Response, StatusCode};

use crate::{Services, until};

const KEY: &str = "results/free/usr_a/gen_b/1/track.flac";

fn valid_for(seconds: u64) -> PresigningConfig {
    PresigningConfig::expires_in(Duration::from_secs(seconds)).unwrap()
}

async fn with_object() -> Services {
    let services = Services::start().await;
    let put = services.stack.s3().put_object().bucket(services.bucket()).key(KEY);
    put.content_type("audio/flac").body(b"0123456789".to_vec().into()).send().await.unwrap();
    services
}

async fn get_link(services: &Services, seconds: u64) -> String {
    let get = services.stack.s3().get_object().bucket(services.bucket()).key(KEY);
    let get = get.response_content_disposition("attachment; filename=\"rain.flac\"");
    get.presigned(valid_for(seconds)).await.unwrap().uri().to_owned()
}

async fn put_link(services: &Services) -> PresignedRequest {
    let put = services.stack.s3().put_object().bucket(services.bucket()).key("uploads/usr_a/u");
    put.content_type("image/png").content_length(4).presigned(valid_for(60)).await.unwrap()
}

async fn send(method: Method, url: &str) -> Response {
    Client::new().request(method, url).send().await.unwrap()
}

/// Sends the upload as its link says, with other headers where given.
async fn upload(
    link: &PresignedRequest,
    url: &str,
    changes: &[(&str, &str)],
    body: &[u8],
) -> StatusCode {
    let mut request = Client::new().put(url).body(body.to_vec());
    let mut headers = reqwest::header::HeaderMap::new();
    let signed = link.headers().filter(|(name, _)| *name != "content-length");
    for (name, value) in signed.chain(changes.iter().copied()) {
        let name: reqwest::header::HeaderName = name.parse().unwrap();
        headers.insert(name, value.parse().unwrap());
    }
    request = request.headers(headers);
    request.send().await.unwrap().status()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_download_has_its_name_and_content() {
    let services = with_object().await;
    let answer = send(Method::GET, &get_link(&services, 60).await).await;
    assert_eq!(answer.status(), StatusCode::OK);
    let header = |name: &str| answer.headers()[name].to_str().unwrap().to_owned();
    assert_eq!(header("content-disposition"), "attachment; filename=\"rain.flac\"");
    assert_eq!(header("content-type"), "audio/flac");
    assert_eq!(header("content-length"), "10");
    assert_eq!(header("accept-ranges"), "bytes");
    assert_eq!(answer.bytes().await.unwrap(), "0123456789");
    services.stack.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_download_link_is_for_its_request_only() {
    let services = with_object().await;
    let link = get_link(&services, 60).await;
    for changed in [
        link.replace("track.flac", "other.flac"),
        link.replace("usr_a", "usr_b"),
        link.replace("rain.flac", "page.html"),
        link.replace("X-Amz-Expires=60", "X-Amz-Expires=600"),
        link.replace("reverie-local", "someone-else"),
        format!("{link}&response-content-type=text%2Fhtml"),
        link.split('?').next().unwrap().to_owned(),
    ] {
        assert_ne!(changed, link);
        assert!(send(Method::GET, &changed).await.status().is_client_error(), "{changed}");
    }
    for method in [Method::PUT, Method::DELETE, Method::POST] {
        let status = send(method.clone(), &link).await.status();
        assert!(status.is_client_error(), "{method} {status}");
    }
    assert_eq!(send(Method::GET, &link).await.status(), StatusCode::OK);
    services.stack.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_expires() {
    let services = with_object().await;
    let link = get_link(&services, 1).await;
    let status = until("the link expires", || async {
        let status = send(Method::GET, &link).await.status();
        (status != StatusCode::OK).then_some(status)
    });
    assert_eq!(status.await, StatusCode::FORBIDDEN);
    services.stack.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_link_takes_what_was_agreed() {
    let services = Services::start().await;
    let link = put_link(&services).await;
    assert_eq!(upload(&link, link.uri(), &[], b"data").await, StatusCode::OK);
    let head = services.stack.s3().head_object().bucket(services.bucket()).key("uploads/usr_a/u");
    let head = head.send().await.unwrap();
    assert_eq!(head.content_length(), Some(4));
    assert_eq!(head.content_type(), Some("image/png"));
    services.stack.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_link_refuses_another_type_length_or_key() {
    let services = Services::start().await;
    let link = put_link(&services).await;
    let url = link.uri();
    let refused = [
        upload(&link, url, &[("content-type", "text/html")], b"data").await,
        upload(&link, url, &[], b"datas").await,
        upload(&link, url, &[], b"dat").await,
        upload(&link, &url.replace("usr_a", "usr_b"), &[], b"data").await,
        send(Method::GET, url).await.status(),
    ];
    assert!(refused.iter().all(StatusCode::is_client_error), "{refused:?}");
    let list = services.stack.s3().list_objects_v2().bucket(services.bucket());
    assert_eq!(list.send().await.unwrap().contents().len(), 0);
    services.stack.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_by_another_secret_is_refused() {
    let services = with_object().await;
    let config = aws_sdk_s3::config::Builder::from(&services.forged_config());
    let forger = aws_sdk_s3::Client::from_conf(config.force_path_style(true).build());
    let get = forger.get_object().bucket(services.bucket()).key(KEY);
    let link = get.presigned(valid_for(60)).await.unwrap();
    assert_eq!(send(Method::GET, link.uri()).await.status(), StatusCode::FORBIDDEN);
    services.stack.shutdown().await;
}
