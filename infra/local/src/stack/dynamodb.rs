//! DynamoDB over HTTP. The library's own server takes any signature and lets pages of any origin
//! read and write; this one takes signed requests only.

use std::{convert::Infallible, sync::Arc};

use dynoxide::{Database, DynoxideError};
use http::{Request, Response, StatusCode, header::CONTENT_TYPE, request::Parts};
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::{Bytes, Incoming};
use rustack_auth::{StaticCredentialProvider, hash_payload, verify_sigv4};
use serde::{Serialize, de::DeserializeOwned};

/// DynamoDB's own limit for a request.
const MAX_REQUEST_BYTES: usize = 16 * 1024 * 1024;

const TARGET_PREFIX: &str = "DynamoDB_20120810.";

/// Answers requests to one database.
#[derive(Clone)]
pub(super) struct DynamoDb {
    database: Database,
    credentials: Arc<StaticCredentialProvider>,
}

impl DynamoDb {
    pub(super) fn new(database: Database, credentials: StaticCredentialProvider) -> Self {
        Self { database, credentials: Arc::new(credentials) }
    }

    /// The answer; every failure is one, too.
    pub(super) async fn answer(
        self,
        request: Request<Incoming>,
    ) -> Result<Response<Full<Bytes>>, Infallible> {
        let (parts, body) = request.into_parts();
        let Ok(body) = Limited::new(body, MAX_REQUEST_BYTES).collect().await else {
            let reason = "the request is too long or broke off";
            return Ok(refusal(StatusCode::PAYLOAD_TOO_LARGE, "SerializationException", reason));
        };
        Ok(self.run(&parts, body.to_bytes()).await)
    }

    async fn run(self, parts: &Parts, body: Bytes) -> Response<Full<Bytes>> {
        if let Err(error) = verify_sigv4(parts, &hash_payload(&body), &*self.credentials) {
            let kind = "UnrecognizedClientException";
            return refusal(StatusCode::BAD_REQUEST, kind, &error.to_string());
        }
        let target = parts.headers.get("x-amz-target").and_then(|target| target.to_str().ok());
        let Some(operation) = target.and_then(|target| target.strip_prefix(TARGET_PREFIX)) else {
            return refusal(StatusCode::BAD_REQUEST, "UnknownOperationException", "");
        };
        let operation = operation.to_owned();
        // The database is synchronous and waits for the disk.
        let done =
            tokio::task::spawn_blocking(move || dispatch(&self.database, &operation, &body)).await;
        match done {
            Ok(Ok(json)) => response(StatusCode::OK, json),
            Ok(Err(error)) => {
                let status = StatusCode::from_u16(error.status_code());
                response(status.unwrap_or(StatusCode::BAD_REQUEST), error.to_json())
            }
            Err(error) => {
                tracing::error!(%error, "an operation of DynamoDB failed");
                refusal(StatusCode::INTERNAL_SERVER_ERROR, "InternalServerError", "")
            }
        }
    }
}

fn dispatch(database: &Database, operation: &str, body: &[u8]) -> dynoxide::Result<String> {
    match operation {
        "CreateTable" => call(body, |request| database.create_table(request)),
        "UpdateTable" => call(body, |request| database.update_table(request)),
        "DescribeTable" => call(body, |request| database.describe_table(request)),
        "DeleteTable" => call(body, |request| database.delete_table(request)),
        "ListTables" => call(body, |request| database.list_tables(request)),
        "UpdateTimeToLive" => call(body, |request| database.update_time_to_live(request)),
        "DescribeTimeToLive" => call(body, |request| database.describe_time_to_live(request)),
        "PutItem" => call(body, |request| database.put_item(request)),
        "GetItem" => call(body, |request| database.get_item(request)),
        "UpdateItem" => call(body, |request| database.update_item(request)),
        "DeleteItem" => call(body, |request| database.delete_item(request)),
        "Query" => call(body, |request| database.query(request)),
        "Scan" => call(body, |request| database.scan(request)),
        "BatchGetItem" => call(body, |request| database.batch_get_item(request)),
        "BatchWriteItem" => call(body, |request| database.batch_write_item(request)),
        "TransactGetItems" => call(body, |request| database.transact_get_items(request)),
        "TransactWriteItems" => call(body, |request| database.transact_write_items(request)),
        _ => Err(DynoxideError::ValidationException(format!("{operation} is not offered here"))),
    }
}

fn call<Q: DeserializeOwned, A: Serialize>(
    body: &[u8],
    run: impl FnOnce(Q) -> dynoxide::Result<A>,
) -> dynoxide::Result<String> {
    let request = serde_json::from_slice(body)
        .map_err(|error| DynoxideError::ValidationException(error.to_string()))?;
    serde_json::to_string(&run(request)?)
        .map_err(|error| DynoxideError::InternalServerError(error.to_string()))
}

fn refusal(status: StatusCode, kind: &str, message: &str) -> Response<Full<Bytes>> {
    let json = serde_json::json!({ "__type": kind, "message": message });
    response(status, json.to_string())
}

fn response(status: StatusCode, json: String) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from(json)));
    *response.status_mut() = status;
    let json = http::HeaderValue::from_static("application/x-amz-json-1.0");
    response.headers_mut().insert(CONTENT_TYPE, json);
    response
}
