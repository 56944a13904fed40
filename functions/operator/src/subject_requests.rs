use axum::{Json, extract::State};
use http::StatusCode;
use jiff::Timestamp;
use reverie_api::{App, Body, Id, Page, PageQuery, Params, Problem};
use reverie_domain::{
    ids::{AccountId, SubjectRequestId},
    subject_request::{Outcome, REFERENCE_LENGTH, RequestKind, SubjectRequest},
};
use reverie_store::{Record, subject_requests};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::acting::{Operator, act, subject};

/// What somebody asked for by mail.
#[derive(Serialize, ToSchema)]
#[schema(as = SubjectRequest)]
pub(crate) struct View {
    #[serde(flatten)]
    request: SubjectRequest,
    /// Whether it is open and past its due date.
    overdue: bool,
}

impl View {
    fn new(now: Timestamp, request: SubjectRequest) -> Self {
        Self { overdue: request.is_overdue(now), request }
    }
}

/// A mail that came.
#[derive(Deserialize, ToSchema)]
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
    let last = requests.last().map(|one| one.id).filter(|_| requests.len() >= limit as usize);
    let now = app.now();
    let items = requests.into_iter().map(|request| View::new(now, request)).collect();
    Ok(Json(Page::new(items, last)))
}

/// Writes down what somebody asked for by mail. It is due one month after it came.
#[utoipa::path(
    post, path = "/v1/operator/subject-requests", tag = "operator", security(("bearer" = [])),
    request_body = Received,
    responses(
        (status = 201, body = View),
        (status = 403, body = Problem, content_type = "application/problem+json", description = "Only operators."),
    )
)]
pub(crate) async fn create(
    State(app): State<App>,
    operator: Operator,
    Body(received): Body<Received>,
) -> Result<(StatusCode, Json<View>), Problem> {
    let Received { kind, reference, received_at, account } = received;
    let (now, length) = (app.now(), reference.chars().count());
    if !(1..=REFERENCE_LENGTH).contains(&length) || reference.chars().any(char::is_control) {
        let message = "must have 1 to 100 characters, none of them a control character";
        return Err(Problem::invalid_field("reference", message));
    }
    let request = SubjectRequest::received(received_at.unwrap_or(now), kind, reference);
    let request = request.filter(|one| one.received_at <= now);
    let Some(request) = request else {
        return Err(Problem::invalid_field("received_at", "must be in the past"));
    };
    let request = SubjectRequest { subject: account.map(|one| subject(&app, one)), ..request };
    let line = operator.line(&app, "subject_request.create");
    let line = line.about(request.subject.clone(), request.id);
    act(&app, line, &[request.create()?]).await?;
    Ok((StatusCode::CREATED, Json(View::new(now, request))))
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
    let now = app.now();
    let before = subject_requests::find(&*app.tables, id).await?.ok_or_else(Problem::not_found)?;
    let line = operator.line(&app, "subject_request.close").about(before.subject.clone(), id);
    let after = match before.outcome {
        None => before.closed(now, outcome),
        Some(known) if known == outcome => before.clone(),
        Some(_) => return Err(closed_otherwise()),
    };
    let writes = if after == before { Vec::new() } else { vec![after.replace(&before)?] };
    match act(&app, line, &writes).await? {
        true => Ok(Json(View::new(now, after))),
        false => Err(closed_otherwise()),
    }
}

fn closed_otherwise() -> Problem {
    let detail = "The request has been closed meanwhile.";
    Problem::new(StatusCode::CONFLICT, "subject_request.closed", detail)
}
