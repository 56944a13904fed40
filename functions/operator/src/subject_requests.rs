use axum::{Json, extract::State};
use http::StatusCode;
use jiff::Timestamp;
use reverie_api::{
    ATTEMPTS, App, Body, Id, IdempotencyKey, Page, PageQuery, Params, Problem, Replay, account_busy,
};
use reverie_domain::{
    ids::{AccountId, SubjectRequestId},
    subject_request::{
        ExtensionError, ExtensionReason, Outcome, REFERENCE_LENGTH, RequestKind, SubjectRequest,
    },
};
use reverie_store::{operations::Idempotency, subject_requests};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::acting::{Operator, act, line_of_text, subject};

const ROUTE: &str = "POST /v1/operator/subject-requests";

/// What somebody asked for by mail.
#[derive(Serialize, ToSchema)]
#[schema(as = SubjectRequest)]
pub(crate) struct View {
    id: SubjectRequestId,
    kind: RequestKind,
    /// What finds the mail again.
    reference: String,
    /// Who asks, as a hash that only the deployment can compute.
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<String>,
    #[schema(value_type = String, format = DateTime)]
    received_at: Timestamp,
    /// Until when it is to be answered.
    #[schema(value_type = String, format = DateTime)]
    due_at: Timestamp,
    /// Whether it is open and past that.
    overdue: bool,
    /// Why it has two months more than the first one.
    #[serde(skip_serializing_if = "Option::is_none")]
    extension: Option<ExtensionReason>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    extended_at: Option<Timestamp>,
    /// How it ended; missing while it is open.
    #[serde(skip_serializing_if = "Option::is_none")]
    outcome: Option<Outcome>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    closed_at: Option<Timestamp>,
}

impl View {
    fn new(now: Timestamp, request: SubjectRequest) -> Self {
        let overdue = request.is_overdue(now);
        let SubjectRequest { id, kind, reference, subject, received_at, .. } = request;
        let SubjectRequest { due_at, extension, extended_at, outcome, closed_at, .. } = request;
        Self {
            id,
            kind,
            reference,
            subject,
            received_at,
            due_at,
            overdue,
            extension,
            extended_at,
            outcome,
            closed_at,
        }
    }
}

/// A mail that came.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Received {
    kind: RequestKind,
    /// What finds the mail again, such as a ticket's number; nothing personal.
    #[schema(min_length = 1, max_length = 100)]
    reference: String,
    /// When it came; now, if not said.
    #[schema(value_type = Option<String>, format = DateTime)]
    received_at: Option<Timestamp>,
    /// Of which account it is, if that is known; kept as a hash.
    account: Option<AccountId>,
}

/// How it ended.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Closing {
    outcome: Outcome,
}

/// Why more time is taken.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Extending {
    reason: ExtensionReason,
}

/// What people asked for by mail, newest first.
#[utoipa::path(
    get, path = "/v1/operator/subject-requests", tag = "operator", security(("bearer" = [])),
    params(PageQuery),
    responses(
        (status = 200, body = Page<View>),
        (status = 403, body = Problem, content_type = "application/problem+json", description = "Only operators."),
        (status = 422, body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn list(
    State(app): State<App>,
    operator: Operator,
    Params(page): Params<PageQuery>,
) -> Result<Json<Page<View>>, Problem> {
    let (limit, before) = (page.limit()?, page.position()?);
    act(&app, operator.line(&app, "subject_request.list"), &[]).await?;
    let requests = subject_requests::list(&*app.tables, before, limit).await?;
    let now = app.now();
    Ok(Json(Page::found(requests, limit, |one| one.id, |request| View::new(now, request))))
}

/// Writes down what somebody asked for by mail. It is due one month after it came.
#[utoipa::path(
    post, path = "/v1/operator/subject-requests", tag = "operator", security(("bearer" = [])),
    params((
            "Idempotency-Key" = Option<String>, Header, description = "Kept for 24 hours.",
            min_length = 1, max_length = 255, pattern = "^[!-~]+$"
        )),
    request_body = Received,
    responses(
        (status = 201, body = View),
        (status = 403, body = Problem, content_type = "application/problem+json", description = "Only operators."),
    )
)]
pub(crate) async fn create(
    State(app): State<App>,
    operator: Operator,
    key: IdempotencyKey,
    Body(received): Body<Received>,
) -> Result<(StatusCode, Json<View>), Problem> {
    let request = asked(&app, &received)?;
    let body = serde_json::to_vec(&received).map_err(Problem::internal)?;
    let scope = (operator.0, ROUTE);
    let mine = key.row(&app.settings, app.now(), scope, &body, request.id);
    let request = created(&app, &operator, request, mine.as_ref()).await?;
    Ok((StatusCode::CREATED, Json(View::new(app.now(), request))))
}

fn asked(app: &App, received: &Received) -> Result<SubjectRequest, Problem> {
    let now = app.now();
    let reference = line_of_text("reference", &received.reference, REFERENCE_LENGTH)?;
    let at = received.received_at.unwrap_or(now);
    if at > now {
        return Err(Problem::invalid_field("received_at", "must not be in the future"));
    }
    let subject = received.account.map(|account| subject(app, account));
    let request = SubjectRequest::received(at, received.kind, reference);
    Ok(SubjectRequest { subject, ..request })
}

/// The request, or the one that the same call has written before.
async fn created(
    app: &App,
    operator: &Operator,
    request: SubjectRequest,
    mine: Option<&Idempotency>,
) -> Result<SubjectRequest, Problem> {
    for _ in 0..ATTEMPTS {
        let line = operator.line(app, "subject_request.create");
        let mut writes = subject_requests::to_begin(&request)?;
        if let Some(mine) = mine {
            let present = mine.present(&*app.tables).await?;
            if let Replay::Same(id) = Replay::of(app.now(), mine, present.as_ref())? {
                let found = find(app, id.parse().map_err(Problem::internal)?).await?;
                act(app, line.about(found.subject.clone(), found.id), &[]).await?;
                return Ok(found);
            }
            writes.push(mine.remember(present.as_ref())?);
        }
        let line = line.about(request.subject.clone(), request.id);
        if act(app, line, &writes).await? {
            return Ok(request);
        }
    }
    Err(account_busy())
}

async fn find(app: &App, id: SubjectRequestId) -> Result<SubjectRequest, Problem> {
    subject_requests::find(&*app.tables, id).await?.ok_or_else(Problem::not_found)
}

/// Closes one. Closed again with the same outcome, it stays as it is; with another, it is a 409.
#[utoipa::path(
    patch, path = "/v1/operator/subject-requests/{id}", tag = "operator", security(("bearer" = [])),
    params(("id" = SubjectRequestId, Path)),
    request_body = Closing,
    responses(
        (status = 200, body = View),
        (status = 403, body = Problem, content_type = "application/problem+json", description = "Only operators."),
        (status = 404, body = Problem, content_type = "application/problem+json"),
        (status = 409, body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn close(
    State(app): State<App>,
    operator: Operator,
    Id(id): Id<SubjectRequestId>,
    Body(Closing { outcome }): Body<Closing>,
) -> Result<Json<View>, Problem> {
    // What is closed stays so: if somebody else was faster, the second look decides.
    for _ in 0..2 {
        let (now, before) = (app.now(), find(&app, id).await?);
        let line = operator.line(&app, "subject_request.close").about(before.subject.clone(), id);
        let (after, writes) = match before.outcome {
            None => {
                let after = before.closed(now, outcome);
                let writes = subject_requests::to_change(&before, &after)?;
                (after, writes)
            }
            Some(known) if known == outcome => (before, Vec::new()),
            Some(_) => break,
        };
        if act(&app, line, &writes).await? {
            return Ok(Json(View::new(now, after)));
        }
    }
    let detail = "The request is closed with another outcome.";
    Err(Problem::new(StatusCode::CONFLICT, "subject_request.closed", detail))
}

/// Takes two months more, once and before it is due (GDPR, article 12(3)). Whoever asked is to be told why, by
/// mail, within the first month. The same again changes nothing.
#[utoipa::path(
    put, path = "/v1/operator/subject-requests/{id}/extension", tag = "operator",
    security(("bearer" = [])),
    params(("id" = SubjectRequestId, Path)),
    request_body = Extending,
    responses(
        (status = 200, body = View),
        (status = 403, body = Problem, content_type = "application/problem+json", description = "Only operators."),
        (status = 404, body = Problem, content_type = "application/problem+json"),
        (status = 409, body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn extend(
    State(app): State<App>,
    operator: Operator,
    Id(id): Id<SubjectRequestId>,
    Body(Extending { reason }): Body<Extending>,
) -> Result<Json<View>, Problem> {
    // If somebody else was faster, the second look decides.
    for _ in 0..2 {
        let (now, before) = (app.now(), find(&app, id).await?);
        let line = operator.line(&app, "subject_request.extend").about(before.subject.clone(), id);
        let (after, writes) = match before.extended(now, reason).map_err(|error| refusal(&error))? {
            None => (before, Vec::new()),
            Some(after) => {
                let writes = subject_requests::to_change(&before, &after)?;
                (after, writes)
            }
        };
        if act(&app, line, &writes).await? {
            return Ok(Json(View::new(now, after)));
        }
    }
    Err(account_busy())
}

fn refusal(error: &ExtensionError) -> Problem {
    let (code, detail) = match error {
        ExtensionError::Closed => ("subject_request.closed", "The request is closed."),
        ExtensionError::Extended => {
            ("subject_request.extended", "The request was extended, for another reason.")
        }
        ExtensionError::Overdue => {
            ("subject_request.overdue", "The request is overdue: it can only be extended before.")
        }
    };
    Problem::new(StatusCode::CONFLICT, code, detail)
}
