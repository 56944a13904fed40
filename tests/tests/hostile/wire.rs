//! Requests by hand, byte by byte, as no HTTP client would send them.

use reverie_tests::{Client, PATIENCE};
use serde_json::Value;
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

/// An answer as it came over the wire.
#[derive(Debug)]
pub(crate) struct Raw {
    /// 0 if the connection ended without an answer.
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Raw {
    /// Whether it is a problem document of its own status.
    pub(crate) fn is_problem(&self) -> bool {
        let json: Value = serde_json::from_str(&self.body).unwrap_or_default();
        self.head.contains("application/problem+json") && json["status"] == self.status
    }

    /// Whether HTTP itself was broken: such a request reaches no route, and the HTTP library ends
    /// it by a bare status.
    pub(crate) fn is_bare(&self) -> bool {
        matches!(self.status, 400 | 408 | 413 | 414 | 431) && self.body.is_empty()
    }
}

/// A new connection to the API.
pub(crate) async fn connect(client: &Client) -> TcpStream {
    let address = client.base.strip_prefix("http://").expect("plain http");
    TcpStream::connect(address).await.expect("a connection")
}

/// Everything until the server closes the connection. A reset counts as its end: a server that
/// does not read all that was sent may reset.
pub(crate) async fn read_to_end(stream: &mut (impl AsyncRead + Unpin)) -> Raw {
    let mut bytes = Vec::new();
    let read = timeout(PATIENCE, stream.read_to_end(&mut bytes)).await;
    // Only the end matters, not how it came.
    let _ = read.expect("the connection ends");
    parse(&String::from_utf8_lossy(&bytes))
}

/// Sends these bytes and reads the answer. The request has to ask for `Connection: close`, or be
/// so broken that the server closes.
pub(crate) async fn exchange(client: &Client, request: &[u8]) -> Raw {
    let mut stream = connect(client).await;
    // The server may close before it has read everything.
    let _ = timeout(PATIENCE, stream.write_all(request)).await.expect("the bytes are taken");
    read_to_end(&mut stream).await
}

/// A request's head with the guest's token.
pub(crate) fn head(client: &Client, line: &str, headers: &str) -> String {
    let token = client.token.as_deref().expect("a token");
    format!("{line} HTTP/1.1\r\nHost: reverie\r\nAuthorization: Bearer {token}\r\n{headers}\r\n")
}

fn parse(text: &str) -> Raw {
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or((text, ""));
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
    let head = head.to_lowercase();
    let body =
        if head.contains("transfer-encoding: chunked") { unchunked(body) } else { body.to_owned() };
    Raw { status, head, body }
}

/// The chunks' contents; their sizes count bytes, and the bodies here are short.
fn unchunked(mut body: &str) -> String {
    let mut whole = String::new();
    while let Some((size, rest)) = body.split_once("\r\n") {
        let size = usize::from_str_radix(size.trim(), 16).unwrap_or(0);
        let Some(chunk) = rest.get(..size).filter(|chunk| !chunk.is_empty()) else { break };
        whole.push_str(chunk);
        body = rest.get(size + 2..).unwrap_or_default();
    }
    whole
}
