//! Headers: floods, giants, and tokens, cookies and keys that are none.

use reqwest::{Method, header::HeaderValue};
use reverie_tests::Client;
use serde_json::json;
use tokio::io::AsyncWriteExt;

use crate::{
    wire::{connect, exchange, head, read_to_end},
    witness::{Witness, fire},
};

#[tokio::test(flavor = "multi_thread")]
async fn floods_and_giants() {
    let witness = Witness::new().await;
    let many: String = (0..500).map(|n| format!("X-Flood-{n}: {n}\r\n")).collect();
    let same = "X-Same: x\r\n".repeat(500);
    let giant = format!("X-Giant: {}\r\n", "g".repeat(64 * 1024));
    let huge = format!("X-Huge: {}\r\n", "h".repeat(2 * 1024 * 1024));
    let folded = "X-Folded: a\r\n b\r\n".to_owned();
    let nul = "X-Nul: a\0b\r\n".to_owned();
    let nameless = ": value\r\n".to_owned();
    let spaced = "X Spaced: value\r\n".to_owned();
    let bare_lf = "X-A: 1\nX-B: 2\r\n".to_owned();
    for headers in [many, same, giant, huge, folded, nul, nameless, spaced, bare_lf] {
        let request =
            head(&witness.guest, "GET /v1/me", &format!("{headers}Connection: close\r\n"));
        let answer = exchange(&witness.guest, request.as_bytes()).await;
        let shown: String = headers.chars().take(40).collect();
        // 0: the server closed while it was still being shouted at.
        let ended = matches!(answer.status, 0 | 200) || answer.is_bare() || answer.is_problem();
        assert!(ended && answer.status < 500, "{shown}: {answer:?}");
    }
    witness.unharmed().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_even_http() {
    let witness = Witness::new().await;
    for text in [
        "\r\n\r\n",
        "hello\r\n\r\n",
        "GET\r\n\r\n",
        "GET / HTTP/9.9\r\n\r\n",
        "GET / HTTP/1.1\r\n\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}\u{0}\u{1}\u{fc}\u{3}\u{3}",
        "CONNECT example.com:443 HTTP/1.1\r\nHost: example.com\r\nConnection: close\r\n\r\n",
        "OPTIONS * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        "TRACE / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        "\u{feff}GET / HTTP/1.1\r\nHost: x\r\n\r\n",
    ] {
        let mut stream = connect(&witness.guest).await;
        stream.write_all(text.as_bytes()).await.expect("sent");
        stream.shutdown().await.expect("closed");
        let answer = read_to_end(&mut stream).await;
        let ended = matches!(answer.status, 0 | 200) || answer.is_bare() || answer.is_problem();
        assert!(ended && answer.status < 500, "{text:?}: {answer:?}");
    }
    witness.unharmed().await;
}

fn with_bytes(client: &Client, name: &'static str, value: &[u8]) -> reqwest::RequestBuilder {
    let value = HeaderValue::from_bytes(value).expect("visible bytes");
    let nobody = Client { token: None, ..client.clone() };
    nobody.request(Method::GET, "/v1/me").header(name, value)
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_that_are_none() {
    let witness = Witness::new().await;
    let good = witness.guest.token.clone().expect("a token");
    let mut swapped = good.clone().into_bytes();
    let last = swapped.len() - 5;
    swapped[last] = if swapped[last] == b'A' { b'B' } else { b'A' };
    let swapped = String::from_utf8(swapped).expect("ASCII");
    let tokens = [
        String::new(),
        "x".to_owned(),
        "rvs_".to_owned(),
        swapped,
        good[..20].to_owned(),
        good.to_uppercase(),
        format!("{good}="),
        format!("{good}A"),
        format!("{good},{good}"),
        format!("{good} {good}"),
        format!("rvk_{}", &good[4..]),
        format!("rvs_{}", "A".repeat(30_000)),
        "rvs_\u{202e}\u{1f3b5}".to_owned(),
    ];
    for token in &tokens {
        for value in [format!("Bearer {token}"), format!("Basic {token}"), token.clone()] {
            let answer = fire(with_bytes(&witness.guest, "authorization", value.as_bytes())).await;
            assert!(answer.headers.contains_key("www-authenticate"));
            answer.problem(401, "unauthorized");
        }
        let cookie = format!("reverie={token}");
        let answer = fire(with_bytes(&witness.guest, "cookie", cookie.as_bytes())).await;
        answer.problem(401, "unauthorized");
    }
    fire(with_bytes(&witness.guest, "authorization", b"Bearer \xff\xfe"))
        .await
        .problem(401, "unauthorized");
    witness.unharmed().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn cookies_that_are_none() {
    let witness = Witness::new().await;
    let good = witness.guest.token.clone().expect("a token");
    for cookie in [
        ";;;;;=;=;=".to_owned(),
        "reverie".to_owned(),
        "reverie=".to_owned(),
        format!("Reverie={good}"),
        format!("__Host-reverie={good}"),
        format!("reverie=\"{good}\""),
        format!("xreverie={good}"),
        format!("a=reverie={good}"),
        format!("{}reverie={good}x", "a=b; ".repeat(2_000)),
        format!("reverie=none; reverie={good}"),
    ] {
        let answer = fire(with_bytes(&witness.guest, "cookie", cookie.as_bytes())).await;
        answer.problem(401, "unauthorized");
    }
    for cookie in [format!("reverie={good}"), format!("a=b;  reverie={good} ;c")] {
        let answer = fire(with_bytes(&witness.guest, "cookie", cookie.as_bytes())).await;
        assert_eq!(answer.status.as_u16(), 200, "{cookie}");
    }
    witness.unharmed().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_preferences_and_event_ids() {
    let witness = Witness::new().await;
    let body = json!({"kind": "music", "prompt": "keyed", "seconds": 5});
    let quote = |name: &'static str, value: &[u8]| {
        let value = HeaderValue::from_bytes(value).expect("a header's bytes");
        witness.guest.request(Method::POST, "/v1/quotes").header(name, value).json(&body)
    };
    let long = "k".repeat(256);
    for key in [b"".as_slice(), b"   ", b"\xff\xfe", long.as_bytes(), "\u{e9}".as_bytes()] {
        fire(quote("idempotency-key", key)).await.problem(400, "malformed");
    }
    for key in [b"k".as_slice(), &long.as_bytes()[..255], b"a#b|c/d%00e\"'", b"KEY"] {
        assert_eq!(fire(quote("idempotency-key", key)).await.status.as_u16(), 201, "{key:?}");
    }
    let nothing = "/v1/generations/gen_01900000000070008000000000000000";
    for wait in
        ["wait", "wait=", "wait=-1", "wait=1e9", "wait=18446744073709551616", "wait=x, wait=y"]
    {
        let request = witness.guest.request(Method::GET, nothing).header("prefer", wait);
        fire(request).await.problem(404, "not_found");
    }
    let events = format!("{nothing}/events");
    for id in ["", "-1", "18446744073709551616", "x", "\u{1f3b5}"] {
        let value = HeaderValue::from_bytes(id.as_bytes()).expect("a header's bytes");
        let request = witness.guest.request(Method::GET, &events).header("last-event-id", value);
        fire(request).await.problem(404, "not_found");
    }
    witness.unharmed().await;
}
