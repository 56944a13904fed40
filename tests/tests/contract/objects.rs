//! Objects: parts of them, lists of them, and their end.

use aws_sdk_s3::types::{Delete, ObjectIdentifier};

use crate::Services;

const KEY: &str = "results/free/usr_a/gen_b/1/track.flac";

async fn put(services: &Services, key: &str) {
    let put = services.stack.s3().put_object().bucket(services.bucket()).key(key);
    put.body(b"0123456789".to_vec().into()).send().await.unwrap();
}

async fn list(services: &Services, prefix: &str) -> Vec<String> {
    let list = services.stack.s3().list_objects_v2().bucket(services.bucket()).prefix(prefix);
    let listed = list.send().await.unwrap();
    listed.contents().iter().map(|object| object.key().unwrap().to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_range_is_partial_content() {
    let services = Services::start().await;
    put(&services, KEY).await;
    for (range, content, content_range) in [
        ("bytes=2-4", "234", "bytes 2-4/10"),
        ("bytes=7-", "789", "bytes 7-9/10"),
        ("bytes=-2", "89", "bytes 8-9/10"),
        ("bytes=8-100", "89", "bytes 8-9/10"),
    ] {
        let get = services.stack.s3().get_object().bucket(services.bucket()).key(KEY);
        let got = get.range(range).send().await.unwrap();
        assert_eq!(got.content_range(), Some(content_range), "{range}");
        assert_eq!(got.accept_ranges(), Some("bytes"));
        let body = got.body.collect().await.unwrap().into_bytes();
        assert_eq!(body, content.as_bytes(), "{range}");
    }
    services.stack.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_range_beyond_the_end_is_refused() {
    let services = Services::start().await;
    put(&services, KEY).await;
    let get = services.stack.s3().get_object().bucket(services.bucket()).key(KEY);
    let error = get.range("bytes=10-").send().await.unwrap_err();
    assert_eq!(error.raw_response().unwrap().status().as_u16(), 416);
    services.stack.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_prefix_is_listed_and_deleted() {
    let services = Services::start().await;
    for key in ["results/free/a/1.mid", "results/free/a/2.mid", "results/free/ab/3.mid"] {
        put(&services, key).await;
    }
    let keys = list(&services, "results/free/a/").await;
    assert_eq!(keys, ["results/free/a/1.mid", "results/free/a/2.mid"]);

    let ids = keys.iter().map(|key| ObjectIdentifier::builder().key(key).build().unwrap());
    let delete = Delete::builder().set_objects(Some(ids.collect())).build().unwrap();
    let sent = services.stack.s3().delete_objects().bucket(services.bucket()).delete(delete);
    assert_eq!(sent.send().await.unwrap().errors().len(), 0);
    assert_eq!(list(&services, "").await, ["results/free/ab/3.mid"]);

    // Deleting what is not there is no error.
    let delete = services.stack.s3().delete_object().bucket(services.bucket());
    delete.key("results/free/a/1.mid").send().await.unwrap();
    services.stack.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_object_leaves_no_name_behind() {
    let services = Services::start().await;
    put(&services, "uploads/usr_a/x").await;
    assert_eq!(files(&services), 3, "the object and its two descriptions");
    let delete = services.stack.s3().delete_object().bucket(services.bucket());
    delete.key("uploads/usr_a/x").send().await.unwrap();
    assert_eq!(files(&services), 0);
    services.stack.shutdown().await;
}

fn files(services: &Services) -> usize {
    let mut folders = vec![services.folder.path().join("s3")];
    let mut count = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { folders.push(path) } else { count += 1 }
        }
    }
    count
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_object_is_not_found() {
    let services = Services::start().await;
    let get = services.stack.s3().get_object().bucket(services.bucket()).key(KEY);
    assert!(get.send().await.unwrap_err().into_service_error().is_no_such_key());
    let head = services.stack.s3().head_object().bucket(services.bucket()).key(KEY);
    assert!(head.send().await.unwrap_err().into_service_error().is_not_found());
    services.stack.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn unfinished_uploads_are_listed_and_aborted() {
    let services = Services::start().await;
    let s3 = services.stack.s3();
    let create = s3.create_multipart_upload().bucket(services.bucket()).key(KEY);
    let upload_id = create.send().await.unwrap().upload_id.unwrap();
    let part = s3.upload_part().bucket(services.bucket()).key(KEY).upload_id(&upload_id);
    part.part_number(1).body(b"part".to_vec().into()).send().await.unwrap();

    let unfinished = |prefix: &'static str| {
        let list = s3.list_multipart_uploads().bucket(services.bucket()).prefix(prefix);
        async move { list.send().await.unwrap().uploads().len() }
    };
    assert_eq!(unfinished("results/free/usr_a/").await, 1);
    assert_eq!(unfinished("results/free/usr_b/").await, 0);
    let abort = s3.abort_multipart_upload().bucket(services.bucket()).key(KEY);
    abort.upload_id(upload_id).send().await.unwrap();
    assert_eq!(unfinished("results/").await, 0);
    assert_eq!(files(&services), 0);
    services.stack.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_signed_requests_are_answered() {
    let services = Services::start().await;
    put(&services, KEY).await;
    let url = format!("{}/{}/{KEY}", services.stack.endpoints().s3, services.bucket());
    let client = reqwest::Client::new();
    for request in [client.get(&url), client.delete(&url), client.put(&url).body("x")] {
        assert_eq!(request.send().await.unwrap().status(), 403);
    }
    let config = aws_sdk_s3::config::Builder::from(&services.forged_config());
    let forger = aws_sdk_s3::Client::from_conf(config.force_path_style(true).build());
    let error = forger.get_object().bucket(services.bucket()).key(KEY).send().await.unwrap_err();
    assert_eq!(error.raw_response().unwrap().status().as_u16(), 403);
    assert_eq!(list(&services, "").await, [KEY]);
    services.stack.shutdown().await;
}
