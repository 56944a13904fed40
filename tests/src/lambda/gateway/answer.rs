use std::collections::BTreeMap;

use axum::{
    body::Body,
    http::{
        HeaderName, HeaderValue, StatusCode,
        header::{CONTENT_TYPE, SET_COOKIE},
        response::Builder,
    },
    response::Response,
};
use base64::{Engine, prelude::BASE64_STANDARD};
use bytes::{Bytes, BytesMut};
use futures::stream;
use serde::Deserialize;
use tokio::sync::mpsc;

use super::failed;
use crate::lambda::{function::Lease, runtime_api::FunctionError};

/// What is between the prelude of a streamed answer and its body.
const DELIMITER: [u8; 8] = [0; 8];
/// The most that is looked through for the delimiter.
const MOST_PRELUDE: usize = 16 * 1024;

type Chunks = mpsc::Receiver<Result<Bytes, FunctionError>>;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    #[serde(flatten)]
    head: Head,
    body: Option<String>,
    #[serde(default)]
    is_base64_encoded: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Head {
    status_code: u16,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    #[serde(default)]
    cookies: Vec<String>,
}

/// The HTTP answer that a function's payload (format 2.0) stands for.
pub(super) fn whole(payload: &[u8]) -> Result<Response, String> {
    let answer: Answer = serde_json::from_slice(payload).map_err(|error| error.to_string())?;
    let text = answer.body.unwrap_or_default();
    let body = match answer.is_base64_encoded {
        true => BASE64_STANDARD.decode(text).map_err(|error| error.to_string())?,
        false => text.into_bytes(),
    };
    let response = answer.head.builder()?.body(Body::from(body));
    let mut response = response.map_err(|error| error.to_string())?;
    // What API Gateway says of an answer that does not say it.
    response.headers_mut().entry(CONTENT_TYPE).or_insert(HeaderValue::from_static("text/plain"));
    Ok(response)
}

/// The HTTP answer of a streaming function: its prelude at once, its body as it comes.
pub(super) async fn streamed(mut chunks: Chunks, lease: Lease) -> Response {
    let mut start = BytesMut::new();
    let end = loop {
        if let Some(at) = start.windows(DELIMITER.len()).position(|bytes| bytes == DELIMITER) {
            break at;
        }
        match chunks.recv().await {
            Some(Ok(chunk)) if start.len() < MOST_PRELUDE => start.extend_from_slice(&chunk),
            Some(Ok(_)) | None => return failed("its answer has no prelude"),
            Some(Err(error)) => return failed(&error.to_string()),
        }
    };
    let rest = start.split_off(end + DELIMITER.len()).freeze();
    let head = serde_json::from_slice::<Head>(&start[..end]).map_err(|error| error.to_string());
    let body =
        Body::from_stream(stream::unfold(Rest { first: Some(rest), chunks, lease }, pass_on));
    let response = head.and_then(Head::builder).and_then(|builder| {
        let response = builder.body(body);
        response.map_err(|error| error.to_string())
    });
    response.unwrap_or_else(|error| failed(&error))
}

/// What is left of a streamed answer.
struct Rest {
    first: Option<Bytes>,
    chunks: Chunks,
    lease: Lease,
}

async fn pass_on(mut rest: Rest) -> Option<(Result<Bytes, FunctionError>, Rest)> {
    if let Some(first) = rest.first.take().filter(|first| !first.is_empty()) {
        return Some((Ok(first), rest));
    }
    match rest.chunks.recv().await {
        Some(chunk) => Some((chunk, rest)),
        None => {
            rest.lease.give_back();
            None
        }
    }
}

impl Head {
    fn builder(self) -> Result<Builder, String> {
        let status = StatusCode::from_u16(self.status_code).map_err(|error| error.to_string())?;
        let mut builder = Response::builder().status(status);
        for (name, value) in self.headers {
            let name: HeaderName = name.parse().map_err(|_| format!("a header {name:?}"))?;
            // The body's length is told by the body itself.
            if name != axum::http::header::CONTENT_LENGTH {
                builder = builder.header(name, value);
            }
        }
        for cookie in self.cookies {
            builder = builder.header(SET_COOKIE, cookie);
        }
        Ok(builder)
    }
}
