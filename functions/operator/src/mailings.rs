use axum::{Json, extract::State};
use http::StatusCode;
use jiff::Timestamp;
use reverie_api::{
    ATTEMPTS, App, Body, Id, IdempotencyKey, Page, PageQuery, Params, Problem, Replay, account_busy,
};
use reverie_domain::{
    ids::MailingId,
    mailing::{Mailing, SUBJECT_LENGTH, TEXT_LENGTH, Topic},
};
use reverie_store::{Record, mailings, operations::Idempotency};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::acting::{Operator, act};

const ROUTE: &str = "POST /v1/operator/mailings";

/// A letter to many people.
#[derive(Serialize, ToSchema)]
#[schema(as = Mailing)]
pub(crate) struct View {
    id: MailingId,
    #[schema(inline)]
    kind: MailingKind,
    /// The version of the policies.
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<String>,
    /// The subject of news.
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<String>,
    /// The text of news.
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// For how many people a mail was left to be sent.
    told: u64,
    /// When all have been gone through; missing while that goes on.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    ended_at: Option<Timestamp>,
    /// Whether it was stopped: what is not sent yet is not sent any more.
    stopped: bool,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum MailingKind {
    Policy,
    News,
}

impl View {
    fn new(mailing: Mailing) -> Self {
        let Mailing { id, topic, created_at, told, ended_at, stopped, .. } = mailing;
        let (kind, version, subject, text) = match topic {
            Topic::Policy { version } => (MailingKind::Policy, Some(version), None, None),
            Topic::News { subject, text } => (MailingKind::News, None, Some(subject), Some(text)),
        };
        Self { id, kind, version, subject, text, created_at, told, ended_at, stopped }
    }
}

/// News to be sent to everybody who agrees to such mail.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct News {
    #[schema(min_length = 1, max_length = 150, pattern = "\\S")]
    subject: String,
    /// Plain text: paragraphs are apart by empty lines. The mail has it also as HTML, in which addresses that
    /// begin with `https://` are links. A link that ends such mail is added.
    #[schema(min_length = 1, max_length = 20_000, pattern = "\\S")]
    text: String,
}

/// Letters to many people; later ones first, but for those of policies.
#[utoipa::path(
    get, path = "/v1/operator/mailings", tag = "operator", security(("bearer" = [])),
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
    act(&app, operator.line(&app, "mailing.list"), &[]).await?;
    let found = mailings::list(&*app.tables, before, limit).await?;
    Ok(Json(Page::found(found, limit, |one| one.id, View::new)))
}

/// Sends news, once, to everybody who has an address and agrees to such mail when it is sent: never to guests,
/// and never to an address from which mail came back. Each mail can be ended by one click (RFC 8058).
#[utoipa::path(
    post, path = "/v1/operator/mailings", tag = "operator", security(("bearer" = [])),
    params((
        "Idempotency-Key" = Option<String>, Header, description = "Kept for 24 hours.",
        min_length = 1, max_length = 255, pattern = "^[!-~]+$"
    )),
    request_body = News,
    responses(
        (status = 201, body = View),
        (status = 403, body = Problem, content_type = "application/problem+json", description = "Only operators."),
    )
)]
pub(crate) async fn create(
    State(app): State<App>,
    operator: Operator,
    key: IdempotencyKey,
    Body(news): Body<News>,
) -> Result<(StatusCode, Json<View>), Problem> {
    news.check()?;
    let body = serde_json::to_vec(&news).map_err(Problem::internal)?;
    let mailing = Mailing::of_news(app.now(), news.subject, news.text);
    let mine = key.row(&app.settings, app.now(), (operator.0, ROUTE), &body, mailing.id);
    let mailing = created(&app, &operator, mailing, mine.as_ref()).await?;
    Ok((StatusCode::CREATED, Json(View::new(mailing))))
}

impl News {
    fn check(&self) -> Result<(), Problem> {
        let check = |field, text: &str, most, allowed: fn(char) -> bool| {
            let fits = !text.trim().is_empty() && text.chars().count() <= most;
            match fits && !text.chars().any(|one| one.is_control() && !allowed(one)) {
                true => Ok(()),
                false => {
                    let message =
                        format!("must have 1 to {most} characters, and no control characters");
                    Err(Problem::invalid_field(field, message))
                }
            }
        };
        check("subject", &self.subject, SUBJECT_LENGTH, |_| false)?;
        check("text", &self.text, TEXT_LENGTH, |one| matches!(one, '\n' | '\t'))
    }
}

/// The mailing, or the one that the same call has begun before.
async fn created(
    app: &App,
    operator: &Operator,
    mailing: Mailing,
    mine: Option<&Idempotency>,
) -> Result<Mailing, Problem> {
    for _ in 0..ATTEMPTS {
        let line = operator.line(app, "mailing.create");
        let mut writes = mailings::to_begin(&mailing)?;
        if let Some(mine) = mine {
            let present = mine.present(&*app.tables).await?;
            if let Replay::Same(id) = Replay::of(app.now(), mine, present.as_ref())? {
                let found = find(app, id.parse().map_err(Problem::internal)?).await?;
                act(app, line.about(None, found.id), &[]).await?;
                return Ok(found);
            }
            writes.push(mine.remember(present.as_ref())?);
        }
        if act(app, line.about(None, mailing.id), &writes).await? {
            return Ok(mailing);
        }
    }
    Err(account_busy())
}

async fn find(app: &App, id: MailingId) -> Result<Mailing, Problem> {
    mailings::find(&*app.tables, id).await?.ok_or_else(Problem::not_found)
}

/// Stops a mailing: what is not sent yet is not sent any more. Once more changes nothing. A mailing of policies
/// does not begin again by itself.
#[utoipa::path(
    post, path = "/v1/operator/mailings/{id}/stop", tag = "operator", security(("bearer" = [])),
    params(("id" = MailingId, Path)),
    responses(
        (status = 200, body = View),
        (status = 403, body = Problem, content_type = "application/problem+json", description = "Only operators."),
        (status = 404, body = Problem, content_type = "application/problem+json"),
        (status = 429, body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn stop(
    State(app): State<App>,
    operator: Operator,
    Id(id): Id<MailingId>,
) -> Result<Json<View>, Problem> {
    // The housekeeper may go on with it meanwhile.
    for _ in 0..ATTEMPTS {
        let before = find(&app, id).await?;
        let line = operator.line(&app, "mailing.stop").about(None, id);
        let (after, writes) = match before.stopped_by_hand() {
            Some(after) => {
                let write = after.replace(&before)?;
                (after, vec![write])
            }
            None => (before, Vec::new()),
        };
        if act(&app, line, &writes).await? {
            return Ok(Json(View::new(after)));
        }
    }
    Err(account_busy())
}
