//! Clients that dribble: they end by themselves, and nobody waits for them.

use std::time::Duration;

use reverie_tests::Client;
use tokio::io::AsyncWriteExt;

use crate::wire::{Raw, connect, head, read_to_end};

use crate::TestApp;

/// How long such a client may take in these tests.
const SLOWEST: Duration = Duration::from_secs(2);
/// How often a byte comes: each well within any timeout between two reads.
const BYTE: Duration = Duration::from_millis(100);

async fn app() -> TestApp {
    TestApp::start_with(|config| {
        config.worker = false;
        config.slowest_client = SLOWEST;
    })
    .await
}

/// Sends `start` at once and then bytes for ever; the answer when the server has enough.
async fn dribble(client: &Client, start: String, byte: &'static [u8]) -> Raw {
    let stream = connect(client).await;
    let (mut read, mut write) = stream.into_split();
    let writing = tokio::spawn(async move {
        let mut sent = write.write_all(start.as_bytes()).await;
        while sent.is_ok() {
            tokio::time::sleep(BYTE).await;
            sent = write.write_all(byte).await;
        }
    });
    let answer = read_to_end(&mut read).await;
    writing.abort();
    answer
}

#[tokio::test(flavor = "multi_thread")]
async fn a_head_that_never_ends() {
    let app = app().await;
    let guest = app.guest().await;
    for start in ["G", "GET /v1/me HTTP/1.1\r\nHost: reverie\r\nX-Long: "] {
        let answer = dribble(&guest, start.to_owned(), b"a").await;
        assert!(answer.status == 0 || answer.is_bare(), "{answer:?}");
    }
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_never_ends() {
    let app = app().await;
    let guest = app.guest().await;
    for (headers, byte) in [
        ("Content-Length: 1000\r\n", b" ".as_slice()),
        ("Transfer-Encoding: chunked\r\n", b"1\r\n \r\n"),
    ] {
        let headers = format!("Content-Type: application/json\r\n{headers}");
        let start = head(&guest, "POST /v1/generations", &headers);
        let answer = dribble(&guest, start, byte).await;
        assert!(answer.status == 408 && answer.is_problem(), "{answer:?}");
    }
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_says_nothing() {
    let app = app().await;
    let mut silent = connect(&app.nobody()).await;
    let answer = read_to_end(&mut silent).await;
    assert!(answer.status == 0 || answer.is_bare(), "{answer:?}");
    app.stop().await;
}

/// Many slow clients at once, with the usual patience: a quick one is answered meanwhile, and the
/// server can be stopped.
#[tokio::test(flavor = "multi_thread")]
async fn slow_clients_are_in_nobodys_way() {
    let app = TestApp::without_worker().await;
    let guest = app.guest().await;
    let headers = "Content-Type: application/json\r\nContent-Length: 1000\r\n";
    let half = head(&guest, "POST /v1/generations", headers);
    let mut held = Vec::new();
    for number in 0..200 {
        let mut stream = connect(&guest).await;
        let part = if number % 2 == 0 { half.as_str() } else { &half[..half.len() / 2] };
        stream.write_all(part.as_bytes()).await.expect("sent");
        held.push(stream);
    }
    let job = guest.submit("quick").await;
    assert_eq!(job["status"], "queued");
    app.stop().await;
    for mut stream in held {
        read_to_end(&mut stream).await;
    }
}
