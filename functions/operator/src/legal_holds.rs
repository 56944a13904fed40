//! Orders of courts and authorities: proposed by one operator, confirmed by another, released.

pub(crate) mod decide;
pub(crate) mod propose;

use axum::{Json, extract::State};
use jiff::{SignedDuration, Timestamp};
use reverie_api::{App, Id, Page, PageQuery, Params, Problem, generation::Link};
use reverie_domain::{
    export::{Export, ExportStatus},
    ids::{AccountId, LegalHoldId},
    legal_hold::{HoldKind, HoldState, LegalHold, Order},
};
use reverie_store::{exports, legal_holds, objects::LINK_VALIDITY};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    OperatorState,
    acting::{Operator, act},
};

/// An order of a court or an authority about one account.
#[derive(Serialize, ToSchema)]
#[schema(as = LegalHold)]
pub(crate) struct View {
    id: LegalHoldId,
    kind: HoldKind,
    state: HoldState,
    /// Whose account; missing once it is released.
    #[serde(skip_serializing_if = "Option::is_none")]
    account: Option<AccountId>,
    /// The same as a hash that only the deployment can compute.
    subject: String,
    /// What finds the order again.
    reference: String,
    /// Who orders it, and on what legal basis.
    reason: String,
    /// Whether it forbids to tell the person.
    secret: bool,
    /// The earlier order whose copy it keeps; missing if it has its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    copy_of: Option<LegalHoldId>,
    #[schema(value_type = String, format = DateTime)]
    proposed_at: Timestamp,
    proposed_by: AccountId,
    /// When it lapses if nobody confirms it; only while it is proposed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    lapses_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    confirmed_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    confirmed_by: Option<AccountId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    released_at: Option<Timestamp>,
    /// Missing if it lapsed.
    #[serde(skip_serializing_if = "Option::is_none")]
    released_by: Option<AccountId>,
    /// SHA-256 of the copy that there was, in hex; only once it has ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    sha256: Option<String>,
}

impl From<LegalHold> for View {
    fn from(hold: LegalHold) -> Self {
        let lapses_at = (hold.state == HoldState::Proposed).then(|| hold.lapses_at());
        let copy_of = Some(hold.source).filter(|source| *source != hold.id);
        let LegalHold { id, account, subject, order, state, proposed_at, proposed_by, .. } = hold;
        let Order { kind, reference, reason, secret } = order;
        Self {
            id,
            kind,
            state,
            account,
            subject,
            reference,
            reason,
            secret,
            copy_of,
            proposed_at,
            proposed_by,
            lapses_at,
            confirmed_at: hold.confirmed_at,
            confirmed_by: hold.confirmed_by,
            released_at: hold.released_at,
            released_by: hold.released_by,
            sha256: hold.sha256,
        }
    }
}

/// An order and its copy.
#[derive(Serialize, ToSchema)]
#[schema(as = LegalHoldWithCopy)]
pub(crate) struct WithCopy {
    #[serde(flatten)]
    hold: View,
    /// The copy that it keeps; missing before it is begun, and after the order has ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    copy: Option<Copied>,
}

/// A copy of all that is held about an account: the archive that its owner would get.
#[derive(Serialize, ToSchema)]
#[schema(as = LegalHoldCopy)]
struct Copied {
    status: ExportStatus,
    /// When it was ready.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    completed_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    bytes: Option<u64>,
    /// SHA-256, in hex.
    #[serde(skip_serializing_if = "Option::is_none")]
    sha256: Option<String>,
    /// A link to fetch it; only of a confirmed order to hand it over.
    #[serde(skip_serializing_if = "Option::is_none")]
    download: Option<Link>,
}

/// Orders of courts and authorities, newest first.
#[utoipa::path(
    get, path = "/v1/operator/legal-holds", tag = "operator", security(("bearer" = [])),
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
    act(&app, operator.line(&app, "legal_hold.list"), &[]).await?;
    let holds = legal_holds::list(&*app.tables, before, limit).await?;
    Ok(Json(Page::found(holds, limit, |one| one.id, View::from)))
}

/// An order and its copy. Whoever gets a link to the copy has a line of their own in the audit log.
#[utoipa::path(
    get, path = "/v1/operator/legal-holds/{id}", tag = "operator", security(("bearer" = [])),
    params(("id" = LegalHoldId, Path)),
    responses(
        (status = 200, body = WithCopy),
        (status = 403, body = Problem, content_type = "application/problem+json", description = "Only operators."),
        (status = 404, body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn show(
    State(state): State<OperatorState>,
    operator: Operator,
    Id(id): Id<LegalHoldId>,
) -> Result<Json<WithCopy>, Problem> {
    let app = &state.app;
    let hold = find(app, id).await?;
    let copy = match hold.has_ended() {
        true => None,
        false => exports::find_copy(&*app.tables, hold.source).await?,
    };
    let ready = copy.as_ref().filter(|copy| copy.status == ExportStatus::Ready);
    let fetched = ready.filter(|_| hold.is_handed_over());
    let action = if fetched.is_some() { "legal_hold.fetch" } else { "legal_hold.read" };
    let line = operator.line(app, action).about(Some(hold.subject.clone()), id);
    act(app, line, &[]).await?;
    let download = match fetched {
        Some(copy) => Some(link(&state, copy).await?),
        None => None,
    };
    let copied = |copy: Export| Copied {
        status: copy.status,
        completed_at: copy.completed_at,
        bytes: copy.bytes,
        sha256: copy.sha256,
        download,
    };
    Ok(Json(WithCopy { hold: hold.into(), copy: copy.map(copied) }))
}

async fn link(state: &OperatorState, copy: &Export) -> Result<Link, Problem> {
    let (key, name) = (copy.archive_key(), format!("reverie-{}.zip", copy.id));
    let link = state.objects.presign_get(&key, &name, "application/zip", LINK_VALIDITY).await?;
    let validity = SignedDuration::from_secs(LINK_VALIDITY.as_secs().cast_signed());
    Ok(Link { url: link.url, expires_at: state.app.now() + validity })
}

async fn find(app: &App, id: LegalHoldId) -> Result<LegalHold, Problem> {
    legal_holds::find(&*app.tables, id).await?.ok_or_else(Problem::not_found)
}
