//! What a browser asks the bucket before a page may use it.

use std::time::Duration;

use aws_sdk_s3::presigning::PresigningConfig;
use reqwest::{Client, Method, Response};

use crate::Services;

const STUDIO: &str = "http://127.0.0.1:8080";
const ELSEWHERE: &str = "https://elsewhere.example";

async fn open() -> Services {
    let services = Services::start().await;
    services.stack.set_public_origin(STUDIO).unwrap();
    services
}

async fn preflight(services: &Services, origin: &str, method: &str) -> Response {
    let url = format!("{}/{}/uploads/u", services.stack.endpoints().s3, services.bucket());
    Client::new()
        .request(Method::OPTIONS, url)
        .header("origin", origin)
        .header("access-control-request-method", method)
        .header("access-control-request-headers", "content-type")
        .send()
        .await
        .unwrap()
}

fn header<'a>(answer: &'a Response, name: &str) -> Option<&'a str> {
    answer.headers().get(name).map(|value| value.to_str().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_studio_may_upload_and_download() {
    let services = open().await;
    for method in ["GET", "HEAD", "PUT"] {
        let answer = preflight(&services, STUDIO, method).await;
        assert!(answer.status().is_success(), "{method}");
        assert_eq!(header(&answer, "access-control-allow-origin"), Some(STUDIO));
        let methods = header(&answer, "access-control-allow-methods").unwrap();
        assert!(methods.split(',').any(|allowed| allowed.trim() == method), "{methods}");
        assert_eq!(header(&answer, "access-control-allow-headers"), Some("content-type"));
    }
    services.stack.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_studio_may_not_delete() {
    let services = open().await;
    let answer = preflight(&services, STUDIO, "DELETE").await;
    let methods = header(&answer, "access-control-allow-methods").unwrap_or_default();
    assert!(!methods.contains("DELETE"), "{methods}");
    services.stack.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_page_may_nothing() {
    let services = open().await;
    for origin in [ELSEWHERE, "http://127.0.0.1:8081", "null"] {
        let answer = preflight(&services, origin, "GET").await;
        assert_eq!(header(&answer, "access-control-allow-origin"), None, "{origin}");
    }
    services.stack.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_studio_may_read_the_headers_of_a_download() {
    let services = open().await;
    let s3 = services.stack.s3();
    let put = s3.put_object().bucket(services.bucket()).key("uploads/u");
    put.body(b"0123456789".to_vec().into()).send().await.unwrap();
    let validity = PresigningConfig::expires_in(Duration::from_secs(60)).unwrap();
    let get = s3.get_object().bucket(services.bucket()).key("uploads/u");
    let link = get.presigned(validity).await.unwrap();
    let ask = |origin: &'static str| {
        Client::new().get(link.uri()).header("origin", origin).header("range", "bytes=0-1").send()
    };
    let answer = ask(STUDIO).await.unwrap();
    assert_eq!(answer.status(), 206);
    assert_eq!(header(&answer, "access-control-allow-origin"), Some(STUDIO));
    let exposed = header(&answer, "access-control-expose-headers").unwrap().to_lowercase();
    for name in ["etag", "content-range", "accept-ranges", "content-disposition"] {
        assert!(exposed.split(',').any(|shown| shown.trim() == name), "{exposed}");
    }
    let answer = ask(ELSEWHERE).await.unwrap();
    assert_eq!(header(&answer, "access-control-allow-origin"), None);
    services.stack.shutdown().await;
}
