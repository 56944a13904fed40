use std::net::SocketAddr;

use axum::http::{HeaderMap, header, request::Parts};
use base64::{Engine, prelude::BASE64_STANDARD};
use bytes::Bytes;
use percent_encoding::percent_decode_str;
use reverie::template::{ACCOUNT, REGION};
use serde_json::{Map, Value, json};

use super::routes::Parameters;

/// Bodies of these types are text in an event; others are in base64.
const TEXT: [&str; 4] = ["text/", "application/json", "application/javascript", "application/xml"];

/// A request on its way to a function.
pub(super) struct Call<'a> {
    pub(super) parts: Parts,
    pub(super) body: Bytes,
    pub(super) client: SocketAddr,
    /// The route's key, such as `ANY /v1/generations/{id}`.
    pub(super) route: &'a str,
    pub(super) parameters: Parameters,
}

impl Call<'_> {
    /// The event of an HTTP API, payload format 2.0. It has the path decoded, and without what
    /// comes after a question mark that was encoded in it.
    pub(super) fn for_http_api(&self) -> Value {
        let path = percent_decode_str(self.parts.uri.path()).decode_utf8_lossy();
        let path = path.split('?').next().unwrap_or_default();
        self.event(path, &format!("abcdefghij.execute-api.{REGION}.amazonaws.com"), ACCOUNT)
    }

    /// The event of a function URL, which leaves the path as it came.
    pub(super) fn for_function_url(&self) -> Value {
        let domain = format!("abcdefghij.lambda-url.{REGION}.on.aws");
        self.event(self.parts.uri.path(), &domain, "anonymous")
    }

    /// See "Working with AWS Lambda proxy integrations for HTTP APIs" in the API Gateway guide.
    fn event(&self, path: &str, domain: &str, account: &str) -> Value {
        let (headers, cookies) = split(&self.parts.headers);
        let query = self.parts.uri.query().unwrap_or_default();
        let mut event = json!({
            "version": "2.0",
            "routeKey": self.route,
            "rawPath": path,
            "rawQueryString": query,
            "headers": headers,
            "requestContext": {
                "accountId": account,
                "apiId": "abcdefghij",
                "domainName": domain,
                "domainPrefix": "abcdefghij",
                "http": {
                    "method": self.parts.method.as_str(),
                    "path": path,
                    "protocol": "HTTP/1.1",
                    "sourceIp": self.client.ip().to_string(),
                    "userAgent": headers.get("user-agent").unwrap_or(&Value::Null),
                },
                "requestId": "JKJaXmPLvHcESHA=",
                "routeKey": self.route,
                "stage": "$default",
                "time": "12/Mar/2020:19:03:58 +0000",
                "timeEpoch": 1_583_348_638_390_i64,
            },
            "isBase64Encoded": false,
        });
        if !cookies.is_empty() {
            event["cookies"] = cookies.into();
        }
        if !query.is_empty() {
            event["queryStringParameters"] = parameters(query);
        }
        if !self.parameters.is_empty() {
            let pairs = self.parameters.iter();
            event["pathParameters"] =
                pairs.map(|(name, value)| (name.clone(), Value::from(decoded(value)))).collect();
        }
        self.add_body(&mut event);
        event
    }

    fn add_body(&self, event: &mut Value) {
        if self.body.is_empty() {
            return;
        }
        let kind = self.parts.headers.get(header::CONTENT_TYPE);
        let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        let is_text = TEXT.iter().any(|text| kind.starts_with(text));
        match std::str::from_utf8(&self.body) {
            Ok(text) if is_text => event["body"] = text.into(),
            _ => {
                event["body"] = BASE64_STANDARD.encode(&self.body).into();
                event["isBase64Encoded"] = true.into();
            }
        }
    }
}

/// Headers, with commas where one comes twice, and cookies apart from them.
fn split(headers: &HeaderMap) -> (Map<String, Value>, Vec<String>) {
    let mut joined = Map::new();
    let mut cookies = Vec::new();
    for name in headers.keys() {
        let values = headers.get_all(name).iter();
        let texts = values.map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
        match name {
            &header::COOKIE => cookies.extend(
                texts.flat_map(|text| text.split("; ").map(str::to_owned).collect::<Vec<_>>()),
            ),
            name => {
                let text = texts.collect::<Vec<_>>().join(",");
                joined.insert(name.to_string(), text.into());
            }
        }
    }
    let origin = [("x-forwarded-proto", "https"), ("x-forwarded-port", "443")];
    joined.extend(origin.map(|(name, value)| (name.to_owned(), value.into())));
    (joined, cookies)
}

/// Decoded, with commas where a name comes twice.
fn parameters(query: &str) -> Value {
    let mut joined: Map<String, Value> = Map::new();
    for pair in query.split('&') {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let (name, value) = (decoded(name), decoded(value));
        let text = match joined.get(&name).and_then(Value::as_str) {
            Some(before) => format!("{before},{value}"),
            None => value,
        };
        joined.insert(name, text.into());
    }
    joined.into()
}

fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}
