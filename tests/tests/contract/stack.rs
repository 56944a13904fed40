//! The stack itself: what it keeps, what it refuses, how quickly it starts.

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use aws_sdk_dynamodb::types::AttributeValue;
use reverie::stack::{FolderInUse, PortInUse, Stack, StackConfig};

use crate::{Services, config};

fn key() -> HashMap<String, AttributeValue> {
    let text = |value: &str| AttributeValue::S(value.to_owned());
    HashMap::from([("pk".to_owned(), text("a")), ("sk".to_owned(), text("profile"))])
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_and_objects_outlive_a_restart() {
    let services = Services::start().await;
    let table = services.stack.resources().tables.accounts.clone();
    let put = services.stack.dynamodb().put_item().table_name(&table).set_item(Some(key()));
    put.send().await.unwrap();
    let put = services.stack.s3().put_object().bucket(services.bucket()).key("models/m");
    put.content_type("text/plain").body(b"kept".to_vec().into()).send().await.unwrap();

    let services = services.restart().await;
    let get = services.stack.dynamodb().get_item().table_name(&table).set_key(Some(key()));
    assert_eq!(get.send().await.unwrap().item, Some(key()));
    let get = services.stack.s3().get_object().bucket(services.bucket()).key("models/m");
    let got = get.send().await.unwrap();
    assert_eq!(got.content_type(), Some("text/plain"));
    assert_eq!(got.body.collect().await.unwrap().into_bytes(), "kept");
    services.stack.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_queues_are_there_and_empty_after_a_restart() {
    let services = Services::start().await;
    let url = services.stack.resources().jobs_queue_url.clone();
    let send = services.stack.sqs().send_message().queue_url(url).message_body("x");
    send.send().await.unwrap();
    let services = services.restart().await;
    let url = &services.stack.resources().jobs_queue_url;
    let receive = services.stack.sqs().receive_message().queue_url(url).wait_time_seconds(0);
    assert_eq!(receive.send().await.unwrap().messages().len(), 0);
    services.stack.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_has_one_stack_at_a_time() {
    let services = Services::start().await;
    let second = Stack::start(config(&services.folder)).await.unwrap_err();
    assert!(second.downcast_ref::<FolderInUse>().is_some(), "{second:#}");
    let services = services.restart().await;
    services.stack.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_taken_port_is_named() {
    let taken = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = taken.local_addr().unwrap().port();
    let folder = tempfile::tempdir().unwrap();
    let config = StackConfig { s3_port: port, ..config(&folder) };
    let error = Stack::start(config).await.unwrap_err();
    assert!(error.downcast_ref::<PortInUse>().is_some(), "{error:#}");
    let message = error.to_string();
    assert!(message.contains(&port.to_string()) && message.contains("S3"), "{message}");
}

#[tokio::test(flavor = "multi_thread")]
async fn stacks_run_side_by_side() {
    let (one, two) = tokio::join!(Services::start(), Services::start());
    let put = one.stack.s3().put_object().bucket(one.bucket()).key("models/m");
    put.body(b"one".to_vec().into()).send().await.unwrap();
    let get = two.stack.s3().get_object().bucket(two.bucket()).key("models/m").send().await;
    assert!(get.unwrap_err().into_service_error().is_no_such_key());
    one.stack.shutdown().await;
    two.stack.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_owner_can_read_the_folder() {
    let services = Services::start().await;
    #[cfg(unix)]
    for entry in std::fs::read_dir(services.folder.path().join("secrets")).unwrap() {
        use std::os::unix::fs::PermissionsExt;
        let mode = entry.unwrap().metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{mode:o}");
    }
    services.stack.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shutdown_does_not_wait_for_a_worker_that_waits() {
    let services = Services::start().await;
    let (sqs, url) = (services.stack.sqs(), services.stack.resources().jobs_queue_url.clone());
    let waiting = tokio::spawn(async move { sqs.receive_message().queue_url(url).send().await });
    // There is nothing to see of a request that waits; without this it might not have begun.
    tokio::time::sleep(Duration::from_millis(200)).await;
    let started = Instant::now();
    services.stack.shutdown().await;
    assert!(started.elapsed() < Duration::from_secs(5));
    waiting.abort();
}
