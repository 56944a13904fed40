use axum::{Json, extract::State};
use http::StatusCode;
use reverie_api::{ATTEMPTS, App, Body, Id, Problem, account_busy};
use reverie_domain::{
    export::Export,
    ids::LegalHoldId,
    legal_hold::{LegalHold, NotConfirmed},
};
use reverie_store::{exports, legal_holds};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{View, find};
use crate::acting::{Operator, act};

/// How an order ends.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = LegalHoldRelease)]
pub(crate) struct Release {
    /// Whether it forbids to tell the person even then.
    secret: bool,
}

/// Confirms a proposed order: then the copy is made. Where there are two operators or more, not by the one
/// who proposed it. Confirmed again, it stays as it is.
#[utoipa::path(
    post, path = "/v1/operator/legal-holds/{id}/confirm", tag = "operator", security(("bearer" = [])),
    params(("id" = LegalHoldId, Path)),
    responses(
        (status = 200, body = View),
        (status = 403, body = Problem, content_type = "application/problem+json",
            description = "Only operators, and only another one than who proposed it."),
        (status = 404, body = Problem, content_type = "application/problem+json"),
        (status = 409, body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn confirm(
    State(app): State<App>,
    operator: Operator,
    Id(id): Id<LegalHoldId>,
) -> Result<Json<View>, Problem> {
    for _ in 0..ATTEMPTS {
        let before = find(&app, id).await?;
        let alone = !app.settings.operators.iter().any(|one| *one != before.proposed_by);
        let after = before.confirmed(app.now(), operator.0, alone).map_err(refused)?;
        let mut writes = Vec::new();
        if after != before {
            let copy = own_copy(&app, &after).await?;
            writes = legal_holds::confirm(&before, &after, copy.as_ref())?;
        }
        let line = operator.line(&app, "legal_hold.confirm");
        if act(&app, line.about(Some(before.subject), id), &writes).await? {
            return Ok(Json(after.into()));
        }
    }
    Err(account_busy())
}

/// The copy to begin: none if there is one, because the account is being erased or an earlier order has it.
async fn own_copy(app: &App, hold: &LegalHold) -> Result<Option<Export>, Problem> {
    let found = exports::find_copy(&*app.tables, hold.source).await?;
    let account = hold.account.filter(|_| found.is_none());
    Ok(account.map(|account| Export::copy(app.now(), account, hold.id)))
}

fn refused(error: NotConfirmed) -> Problem {
    match error {
        NotConfirmed::SamePerson => Problem::new(
            StatusCode::FORBIDDEN,
            "legal_hold.second_operator",
            "Another operator than the one who proposed it has to confirm it.",
        ),
        NotConfirmed::Over => {
            let detail = "The order has ended. Propose it again if it is in force.";
            Problem::new(StatusCode::CONFLICT, "legal_hold.over", detail)
        }
    }
}

/// Ends an order, or takes a proposal back: within a minute its copy is deleted, unless another order keeps
/// it, and an erasure that was asked for meanwhile is completed. There is no way back.
#[utoipa::path(
    post, path = "/v1/operator/legal-holds/{id}/release", tag = "operator", security(("bearer" = [])),
    params(("id" = LegalHoldId, Path)),
    request_body = Release,
    responses(
        (status = 200, body = View),
        (status = 403, body = Problem, content_type = "application/problem+json", description = "Only operators."),
        (status = 404, body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn release(
    State(app): State<App>,
    operator: Operator,
    Id(id): Id<LegalHoldId>,
    Body(Release { secret }): Body<Release>,
) -> Result<Json<View>, Problem> {
    for _ in 0..ATTEMPTS {
        let before = find(&app, id).await?;
        let after = before.releasing(app.now(), Some(operator.0), secret);
        let mut writes = Vec::new();
        if let Some(account) = before.account.filter(|_| after != before) {
            let holds = legal_holds::of_account(&*app.tables, account).await?;
            writes = legal_holds::release(&before, &after, holds.as_ref())?;
        }
        let line = operator.line(&app, "legal_hold.release");
        if act(&app, line.about(Some(before.subject), id), &writes).await? {
            return Ok(Json(after.into()));
        }
    }
    Err(account_busy())
}
