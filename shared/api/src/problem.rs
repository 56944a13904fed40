use axum::{
    Json,
    response::{IntoResponse, Response},
};
use http::{HeaderValue, StatusCode, header};
use reverie_domain::{job::JobError, request::FieldError, wallet::WalletError};
use reverie_store::{ledger::LedgerError, tables::StoreError};
use serde::Serialize;
use utoipa::ToSchema;

/// A problem document (RFC 9457). The type is `about:blank`'s: the `code` tells kinds apart.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Problem {
    /// A URI that names the kind of problem.
    #[serde(rename = "type")]
    kind: String,
    /// The status code's own words.
    title: String,
    /// The HTTP status code.
    #[schema(value_type = u16)]
    #[serde(serialize_with = "status_number")]
    status: StatusCode,
    /// What is wrong this time.
    detail: String,
    /// A stable name for the kind of problem.
    code: String,
    /// Names this exchange in our logs.
    request_id: String,
    /// The fields that are wrong, on 422.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<FieldError>,
    #[serde(skip)]
    retry_after: Option<u32>,
    #[serde(skip)]
    cause: Option<String>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
fn status_number<S: serde::Serializer>(status: &StatusCode, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_u16(status.as_u16())
}

impl Problem {
    /// A problem of this status, code and detail.
    #[must_use]
    pub fn new(status: StatusCode, code: &str, detail: impl Into<String>) -> Self {
        Self {
            kind: format!("urn:reverie:problem:{code}"),
            title: status.canonical_reason().unwrap_or("Error").to_owned(),
            status,
            detail: detail.into(),
            code: code.to_owned(),
            request_id: String::new(),
            errors: Vec::new(),
            retry_after: None,
            cause: None,
        }
    }

    /// 400.
    #[must_use]
    pub fn malformed(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "malformed", detail)
    }

    /// 401.
    #[must_use]
    pub fn unauthorized() -> Self {
        let detail = "Send a valid token: Authorization: Bearer rvs_…. POST /v1/guests gives one.";
        Self::new(StatusCode::UNAUTHORIZED, "unauthorized", detail)
    }

    /// 404, also for what belongs to someone else.
    #[must_use]
    pub fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", "There is nothing here.")
    }

    /// 422, naming the fields.
    #[must_use]
    pub fn invalid(errors: Vec<FieldError>) -> Self {
        let detail = match errors.as_slice() {
            [one] => format!("{}: {}", one.path, one.message),
            many => format!("{} fields are wrong.", many.len()),
        };
        Self { errors, ..Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", detail) }
    }

    /// 422 for one field.
    #[must_use]
    pub fn invalid_field(path: &str, message: impl Into<String>) -> Self {
        Self::invalid(vec![FieldError { path: path.to_owned(), message: message.into() }])
    }

    /// 429.
    #[must_use]
    pub fn too_many(code: &str, detail: impl Into<String>, retry_after: u32) -> Self {
        Self {
            retry_after: Some(retry_after),
            ..Self::new(StatusCode::TOO_MANY_REQUESTS, code, detail)
        }
    }

    /// 503; the cause goes to the log.
    #[must_use]
    pub fn unavailable(cause: impl ToString) -> Self {
        let detail = "A service we depend on does not answer. Please try again.";
        Self {
            retry_after: Some(5),
            cause: Some(cause.to_string()),
            ..Self::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", detail)
        }
    }

    /// 500; the cause goes to the log.
    #[must_use]
    pub fn internal(cause: impl ToString) -> Self {
        let detail = "Something went wrong on our side.";
        Self {
            cause: Some(cause.to_string()),
            ..Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", detail)
        }
    }

    /// The stable name of its kind.
    #[must_use]
    pub fn code(&self) -> &str {
        &self.code
    }

    /// The status.
    #[must_use]
    pub const fn status(&self) -> StatusCode {
        self.status
    }

    /// Logs the cause, once, and renders the document.
    pub(crate) fn render(mut self, request_id: &str) -> Response {
        request_id.clone_into(&mut self.request_id);
        if let Some(cause) = &self.cause {
            tracing::error!(request_id, status = self.status.as_u16(), cause, "request failed");
        }
        let mut response = (self.status, Json(&self)).into_response();
        let headers = response.headers_mut();
        let problem = HeaderValue::from_static("application/problem+json");
        headers.insert(header::CONTENT_TYPE, problem);
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, seconds.into());
        }
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

impl IntoResponse for Problem {
    /// An empty response that carries the problem; [`crate::finish`] renders it, because only
    /// there the request's id is known.
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Unavailable { .. } => Self::unavailable(error),
            StoreError::Corrupt { .. } => Self::internal(error),
        }
    }
}

impl From<LedgerError> for Problem {
    fn from(error: LedgerError) -> Self {
        match error {
            LedgerError::Wallet(error) => error.into(),
            LedgerError::Busy => Self::too_many(
                "wallet.busy",
                "Too many things happen to your credits at once. Please try again.",
                1,
            ),
            LedgerError::Store(error) => error.into(),
            LedgerError::Conflict(_) | LedgerError::Missing => Self::internal(error),
        }
    }
}

impl From<WalletError> for Problem {
    fn from(error: WalletError) -> Self {
        match error {
            WalletError::Insufficient { needed, available } => Self::new(
                StatusCode::PAYMENT_REQUIRED,
                "credits.insufficient",
                format!("This costs {needed} credits and you have {available}."),
            ),
            WalletError::OverJobCap { needed, cap } => Self::new(
                StatusCode::PAYMENT_REQUIRED,
                "limit.job",
                format!("This costs {needed} credits and your limit for a job is {cap}."),
            ),
            WalletError::OverMonthCap { needed, left, cap } => Self::new(
                StatusCode::PAYMENT_REQUIRED,
                "limit.month",
                format!("This costs {needed} credits and {left} are left of your {cap} a month."),
            ),
            WalletError::TooManyActive { active } => Self::too_many(
                "limit.active",
                format!("{active} of your generations are queued or running. Wait for one."),
                10,
            ),
            WalletError::Closed => {
                Self::new(StatusCode::FORBIDDEN, "wallet.closed", "This account is closed.")
            }
            other => Self::internal(other),
        }
    }
}

impl From<JobError> for Problem {
    fn from(error: JobError) -> Self {
        match error {
            JobError::Final(_) => {
                Self::new(StatusCode::CONFLICT, "generation.final", format!("{error}."))
            }
            JobError::NotEarlier => Self::invalid_field("expires_at", error.to_string()),
            JobError::Deleted => Self::not_found(),
            other => Self::internal(other),
        }
    }
}
