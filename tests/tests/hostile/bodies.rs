//! Bodies that are too large, too deep, of another encoding, or not what their headers say.

use futures::stream;
use reqwest::Method;
use serde_json::json;

use crate::{
    wire::{exchange, head},
    witness::{Witness, fire, post_text, refused},
};

/// Every route with a body.
const ROUTES: [(Method, &str); 4] = [
    (Method::POST, "/v1/generations"),
    (Method::POST, "/v1/quotes"),
    (Method::POST, "/v1/uploads"),
    (Method::PATCH, "/v1/generations/gen_01900000000070008000000000000000"),
];

#[tokio::test(flavor = "multi_thread")]
async fn too_large_with_and_without_a_length() {
    let witness = Witness::new().await;
    let body = json!({"prompt": "x".repeat(70_000)}).to_string();
    for (method, path) in ROUTES {
        let request = || {
            let request = witness.guest.request(method.clone(), path);
            request.header("content-type", "application/json")
        };
        let whole = fire(request().body(body.clone())).await;
        whole.problem(413, "too_large");
        let parts: Vec<_> = body.as_bytes().chunks(1_000).map(<[u8]>::to_vec).collect();
        let parts = parts.into_iter().map(Ok::<_, std::io::Error>);
        let chunked = request().body(reqwest::Body::wrap_stream(stream::iter(parts)));
        fire(chunked).await.problem(413, "too_large");
    }
    // Only the announcement is large; nothing of the body is waited for.
    let announced = "Content-Type: application/json\r\nContent-Length: 99999999999\r\n";
    let announced = head(&witness.guest, "POST /v1/quotes", announced);
    let answer = exchange(&witness.guest, announced.as_bytes()).await;
    assert!(answer.status == 413 && answer.is_problem(), "{answer:?}");
    witness.unharmed().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn as_large_as_allowed() {
    let witness = Witness::new().await;
    let start = r#"{"kind":"music","prompt":"large","seconds":5}"#;
    for (length, status) in [(64 * 1024, 201), (64 * 1024 + 1, 413)] {
        let padded = format!("{start}{}", " ".repeat(length - start.len()));
        let answer = post_text(&witness.guest, "/v1/quotes", padded).await;
        assert_eq!(answer.status.as_u16(), status, "{:#}", answer.json);
    }
    witness.unharmed().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_json_or_too_much_of_it() {
    let witness = Witness::new().await;
    let deep = |open: &str, close: &str| format!("{}1{}", open.repeat(5_000), close.repeat(5_000));
    let wide: String = (0..3_000).map(|n| format!("\"f{n}\":{n},")).collect();
    let texts = [
        String::new(),
        "{".to_owned(),
        "{}{}".to_owned(),
        "nul".to_owned(),
        "null".to_owned(),
        "[]".to_owned(),
        "\"text\"".to_owned(),
        "NaN".to_owned(),
        "{'kind': 'music'}".to_owned(),
        "{\"kind\": \"music\",}".to_owned(),
        "{\"kind\": \"music\" /* no */}".to_owned(),
        "\u{feff}{}".to_owned(),
        "{\"kind\":\"music\",\"kind\":\"music\",\"prompt\":\"twice\"}".to_owned(),
        deep("[", "]"),
        deep("{\"sketch\":", "}"),
        format!("{{\"sketch\":{}}}", deep("[", "]")),
        format!("{{{wide}\"kind\":\"music\"}}"),
        format!("{{\"{}\":1}}", "n".repeat(60_000)),
        format!("{{\"kind\":\"{}\"}}", "n".repeat(60_000)),
        format!("{{\"seconds\":{}}}", "9".repeat(60_000)),
        format!("{{\"seconds\":1e{}}}", "9".repeat(60_000)),
        format!("{{\"references\":[{}]}}", "\"x\",".repeat(10_000) + "\"x\""),
    ];
    for (method, path) in ROUTES {
        for text in &texts {
            let request = witness.guest.request(method.clone(), path);
            let request = request.header("content-type", "application/json").body(text.clone());
            let shown: String = text.chars().take(60).collect();
            let answer = refused(fire(request).await, &format!("{method} {path} {shown}"));
            assert!(matches!(answer.status.as_u16(), 400 | 404 | 422), "{:#}", answer.json);
        }
    }
    witness.unharmed().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn other_encodings() {
    let witness = Witness::new().await;
    let text = r#"{"kind":"music","prompt":"encoded","seconds":5}"#;
    let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let utf32: Vec<u8> = text.chars().flat_map(|c| u32::from(c).to_be_bytes()).collect();
    let latin1 = b"{\"kind\":\"music\",\"prompt\":\"caf\xe9\"}".to_vec();
    let surrogate = b"{\"kind\":\"music\",\"prompt\":\"\xed\xa0\x80\"}".to_vec();
    let overlong = b"{\"kind\":\"music\",\"prompt\":\"\xc0\xaf\"}".to_vec();
    let gzip = [vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3], text.as_bytes().to_vec()].concat();
    let post = |body: &[u8]| witness.guest.request(Method::POST, "/v1/quotes").body(body.to_vec());
    for body in [&utf16, &utf32, &latin1, &surrogate, &overlong, &gzip] {
        let answer = fire(post(body).header("content-type", "application/json")).await;
        answer.problem(400, "malformed");
    }
    for (content_type, encoding) in [
        ("", None),
        ("text/plain", None),
        ("application/jsonp", None),
        ("application/json, text/plain", None),
        ("multipart/form-data; boundary=x", None),
        ("application/json; charset=utf-16", None),
        ("application/json; charset=\"iso-8859-1\"", None),
        ("application/json", Some("gzip")),
        ("application/json", Some("br, identity")),
    ] {
        let request = post(text.as_bytes()).header("content-type", content_type);
        let request = match encoding {
            Some(encoding) => request.header("content-encoding", encoding),
            None => request,
        };
        let answer = fire(request).await;
        assert_eq!(answer.status.as_u16(), 415, "{content_type} {encoding:?}");
        answer.problem(415, "unsupported_media_type");
    }
    for fine in ["application/json", "Application/JSON; Charset=\"UTF-8\"", "application/json;v=1"]
    {
        let answer = fire(post(text.as_bytes()).header("content-type", fine)).await;
        assert_eq!(answer.status.as_u16(), 201, "{fine}: {:#}", answer.json);
    }
    witness.unharmed().await;
}

/// Lengths that contradict each other are how requests are smuggled past a proxy.
#[tokio::test(flavor = "multi_thread")]
async fn lengths_that_lie() {
    let witness = Witness::new().await;
    let body = r#"{"kind":"music","prompt":"smuggled","seconds":5}"#;
    let next = "GET /v1/me HTTP/1.1\r\nHost: x\r\n\r\n";
    for headers in [
        "Content-Length: 10\r\nContent-Length: 20\r\n",
        "Content-Length: -1\r\n",
        "Content-Length: +48\r\n",
        "Content-Length: 0x30\r\n",
        "Content-Length: 99999999999999999999999\r\n",
        "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: chunked, identity\r\n",
        "Transfer-Encoding: gzip\r\n",
        "Transfer-Encoding: chunked\r\n",
    ] {
        let headers = format!("Content-Type: application/json\r\nConnection: close\r\n{headers}");
        let request = head(&witness.guest, "POST /v1/quotes", &headers) + body + next;
        let answer = exchange(&witness.guest, request.as_bytes()).await;
        let status = answer.status;
        assert!((400..500).contains(&status), "{headers}: {answer:?}");
        assert!(answer.is_problem() || answer.is_bare(), "{headers}: {answer:?}");
        assert!(!answer.body.contains("HTTP/1.1"), "two answers to {headers}: {answer:?}");
    }
    witness.unharmed().await;
}
