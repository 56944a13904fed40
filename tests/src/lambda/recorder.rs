//! What each function asks of the services, in the words of IAM.
//!
//! Every function has a proxy of its own in front of all services, so the record needs no help from
//! the functions. A presigned link leads through its signer's proxy, too, and counts for the signer,
//! as it does on AWS.

use std::{
    collections::{BTreeMap, BTreeSet},
    net::Ipv4Addr,
    sync::{Arc, Mutex, PoisonError},
};

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::{Request, State},
    http::{HeaderMap, Method, StatusCode, request::Parts},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use percent_encoding::percent_decode_str;
use reverie::template::{ACCOUNT, REGION, STACK_NAME};
use serde_json::{Value, json};
use tokio::{net::TcpListener, sync::watch, task::JoinSet};

use super::environment::Environment;

/// The most that one call carries.
const MOST_BYTES: usize = 200 * 1024 * 1024;

/// The file of a result that is written also while results are held.
const STORED: &str = "/track.flac";

/// One way in which somebody uses a service.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Use {
    /// The function's or the role's name in the template.
    pub who: String,
    /// The action, such as `dynamodb:PutItem`.
    pub action: String,
    /// The ARN.
    pub resource: String,
    /// What a listing is limited to; empty for other calls.
    pub prefix: String,
}

/// The proxies and what they saw.
pub struct Recorder {
    endpoints: Arc<Endpoints>,
    seen: Arc<Mutex<BTreeSet<Use>>>,
    results: watch::Sender<bool>,
    urls: BTreeMap<String, String>,
    serving: JoinSet<()>,
}

struct Endpoints {
    dynamodb: String,
    s3: String,
    sqs: String,
    ses: String,
    secrets: String,
}

#[derive(Clone)]
struct Proxy {
    who: String,
    endpoints: Arc<Endpoints>,
    seen: Arc<Mutex<BTreeSet<Use>>>,
    held: watch::Receiver<bool>,
    http: reqwest::Client,
}

impl Recorder {
    pub(super) fn new(environment: &Environment) -> Self {
        let endpoint = |service| environment.endpoint(service).to_owned();
        let endpoints = Endpoints {
            dynamodb: endpoint("DYNAMODB"),
            s3: endpoint("S3"),
            sqs: endpoint("SQS"),
            ses: endpoint("SESV2"),
            secrets: endpoint("SECRETS_MANAGER"),
        };
        Self {
            endpoints: Arc::new(endpoints),
            seen: Arc::default(),
            results: watch::Sender::new(false),
            urls: BTreeMap::new(),
            serving: JoinSet::new(),
        }
    }

    /// Starts a proxy for `who`, and says where it is.
    pub(super) async fn listen(&mut self, who: &str) -> String {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let proxy = Proxy {
            who: who.to_owned(),
            endpoints: self.endpoints.clone(),
            seen: self.seen.clone(),
            held: self.results.subscribe(),
            http: reqwest::Client::new(),
        };
        let router = Router::new().fallback(pass).with_state(proxy);
        self.serving.spawn(async move {
            let _ = axum::serve(listener, router).await;
        });
        self.urls.insert(who.to_owned(), url.clone());
        url
    }

    pub(super) fn url(&self, who: &str) -> &str {
        &self.urls[who]
    }

    /// Lets only one of a result's files be written until this is called with `false`.
    pub fn hold_results(&self, hold: bool) {
        self.results.send_replace(hold);
    }

    /// What was seen so far.
    #[must_use]
    pub fn seen(&self) -> BTreeSet<Use> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

async fn pass(State(proxy): State<Proxy>, request: Request<Body>) -> Response {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, MOST_BYTES).await.expect("a body");
    if parts.uri.path().starts_with("/agent/") {
        return proxy.agent(&body);
    }
    let (endpoint, uses) = proxy.understand(&parts, &body);
    {
        let mut seen = proxy.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.extend(uses.iter().cloned());
    }
    let held = |used: &Use| {
        let result = used.action == "s3:PutObject" && used.resource.contains("/results/");
        result && !used.resource.ends_with(STORED)
    };
    if uses.iter().any(held) {
        // The sender lives as long as the proxy.
        let _ = proxy.held.clone().wait_for(|held| !held).await;
    }
    let url = format!("{endpoint}{}", parts.uri);
    let mut headers = parts.headers;
    // reqwest says how long the body is; the host is what was signed.
    headers.remove("content-length");
    let request = proxy.http.request(parts.method, url).headers(headers).body(body);
    match request.send().await {
        Ok(answer) => forward(answer),
        Err(error) => (StatusCode::BAD_GATEWAY, error.to_string()).into_response(),
    }
}

fn forward(answer: reqwest::Response) -> Response {
    let mut response = Response::builder().status(answer.status());
    if let Some(headers) = response.headers_mut() {
        headers.extend(answer.headers().clone());
        headers.remove("transfer-encoding");
    }
    response.body(Body::from_stream(answer.bytes_stream())).expect("an answer")
}

impl Proxy {
    /// The ECS agent's endpoint of task protection.
    fn agent(&self, body: &Bytes) -> Response {
        let task = format!("arn:aws:ecs:{REGION}:{ACCOUNT}:task/{STACK_NAME}-worker/0123456789");
        let used = self.used("ecs:UpdateTaskProtection", task);
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).insert(used);
        let asked: Value = serde_json::from_slice(body).expect("JSON");
        let answer = json!({"ProtectionEnabled": asked["ProtectionEnabled"]});
        axum::Json(json!({ "protection": answer })).into_response()
    }

    fn used(&self, action: &str, resource: String) -> Use {
        let (who, action) = (self.who.clone(), action.to_owned());
        Use { who, action, resource, prefix: String::new() }
    }

    /// Where a call goes, and what it is.
    fn understand(&self, parts: &Parts, body: &Bytes) -> (&str, Vec<Use>) {
        if parts.uri.path() == "/v2/email/outbound-emails" {
            return (&self.endpoints.ses, self.mail(body));
        }
        let Some((service, action)) = target(&parts.headers) else {
            return (&self.endpoints.s3, self.objects(parts, body));
        };
        let body: Value = serde_json::from_slice(body).expect("JSON");
        match service.as_str() {
            "DynamoDB_20120810" => (&self.endpoints.dynamodb, self.rows(&action, &body)),
            "AmazonSQS" => {
                let url = body["QueueUrl"].as_str().expect("a queue");
                let name = url.rsplit('/').next().unwrap_or_default();
                let arn = format!("arn:aws:sqs:{REGION}:{ACCOUNT}:{name}");
                (&self.endpoints.sqs, vec![self.used(&format!("sqs:{action}"), arn)])
            }
            "secretsmanager" => {
                let arn = body["SecretId"].as_str().expect("a secret").to_owned();
                let used = self.used(&format!("secretsmanager:{action}"), arn);
                (&self.endpoints.secrets, vec![used])
            }
            other => panic!("the service {other} is not known here"),
        }
    }

    /// A whole message, as its sender and through its configuration set.
    fn mail(&self, body: &Bytes) -> Vec<Use> {
        let body: Value = serde_json::from_slice(body).expect("JSON");
        assert!(body["Content"]["Raw"].is_object(), "other content needs another right");
        let (_, domain) =
            body["FromEmailAddress"].as_str().expect("a sender").split_once('@').expect("a domain");
        let set = body["ConfigurationSetName"].as_str().expect("a configuration set");
        let used = |what: String| {
            self.used("ses:SendRawEmail", format!("arn:aws:ses:{REGION}:{ACCOUNT}:{what}"))
        };
        vec![used(format!("identity/{domain}")), used(format!("configuration-set/{set}"))]
    }

    /// A transaction needs the right to each of its parts.
    fn rows(&self, action: &str, body: &Value) -> Vec<Use> {
        let table = |name: &str| format!("arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{name}");
        let used = |action: &str, name: &str| self.used(&format!("dynamodb:{action}"), table(name));
        match action {
            "BatchGetItem" => {
                let tables = body["RequestItems"].as_object().expect("tables");
                tables.keys().map(|name| used(action, name)).collect()
            }
            "TransactWriteItems" => {
                let items = body["TransactItems"].as_array().expect("items").iter();
                let parts = items.flat_map(|item| item.as_object().expect("a part"));
                let part = |(kind, part): (&String, &Value)| {
                    let action = match kind.as_str() {
                        "ConditionCheck" => "ConditionCheckItem".to_owned(),
                        kind => format!("{kind}Item"),
                    };
                    used(&action, part["TableName"].as_str().expect("a table"))
                };
                parts.map(part).collect()
            }
            _ => {
                let name = body["TableName"].as_str().expect("a table");
                match body["IndexName"].as_str() {
                    Some(index) => vec![used(action, &format!("{name}/index/{index}"))],
                    None => vec![used(action, name)],
                }
            }
        }
    }

    /// By the method and the query: an S3 call has no other name.
    fn objects(&self, parts: &Parts, body: &Bytes) -> Vec<Use> {
        let (method, uri) = (&parts.method, &parts.uri);
        let path = percent_decode_str(uri.path()).decode_utf8_lossy().into_owned();
        let (bucket, key) = path.trim_start_matches('/').split_once('/').unwrap_or((&path, ""));
        let bucket = format!("arn:aws:s3:::{}", bucket.trim_matches('/'));
        let object = |action: &str, key: &str| self.used(action, format!("{bucket}/{key}"));
        let query = |name: &str| {
            let pairs = uri.query().unwrap_or_default().split('&');
            let mut pairs = pairs.map(|pair| pair.split_once('=').unwrap_or((pair, "")));
            let value = pairs.find(|(found, _)| *found == name).map(|(_, value)| value);
            value.map(|value| percent_decode_str(value).decode_utf8_lossy().into_owned())
        };
        match (method, key) {
            (&Method::GET, "") if query("list-type").is_some() => {
                let listing = self.used("s3:ListBucket", bucket.clone());
                vec![Use { prefix: query("prefix").unwrap_or_default(), ..listing }]
            }
            (&Method::GET, "") if query("uploads").is_some() => {
                vec![self.used("s3:ListBucketMultipartUploads", bucket)]
            }
            (&Method::DELETE, key) if query("uploadId").is_some() => {
                vec![object("s3:AbortMultipartUpload", key)]
            }
            // To begin an upload in parts, and to end it.
            (&Method::POST, key) if query("uploads").or(query("uploadId")).is_some() => {
                vec![object("s3:PutObject", key)]
            }
            (&Method::POST, "") if query("delete").is_some() => {
                let text = String::from_utf8_lossy(body);
                let keys = text.split("<Key>").skip(1);
                let keys = keys.filter_map(|rest| rest.split_once("</Key>"));
                keys.map(|(key, _)| object("s3:DeleteObject", key)).collect()
            }
            (&Method::GET | &Method::HEAD, key) => vec![object("s3:GetObject", key)],
            (&Method::PUT, key) => {
                let mut uses = vec![object("s3:PutObject", key)];
                if let Some(source) = parts.headers.get("x-amz-copy-source") {
                    let source = source.to_str().expect("text").trim_start_matches('/');
                    let (_, from) = source.split_once('/').expect("a bucket and a key");
                    uses.push(object("s3:GetObject", from));
                }
                uses
            }
            (method, key) => panic!("{method} of {key:?} is not known here"),
        }
    }
}

/// The service and the action that the header of AWS's JSON protocols names.
fn target(headers: &HeaderMap) -> Option<(String, String)> {
    let target = headers.get("x-amz-target")?.to_str().ok()?;
    target.split_once('.').map(|(service, action)| (service.to_owned(), action.to_owned()))
}
