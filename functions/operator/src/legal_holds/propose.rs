use axum::{Json, extract::State};
use http::StatusCode;
use reverie_api::{ATTEMPTS, App, Body, IdempotencyKey, Problem, Replay, account_busy};
use reverie_domain::{
    erasure::Step,
    ids::{AccountId, LegalHoldId},
    legal_hold::{AccountHolds, HoldKind, HoldState, LegalHold, MOST, Order, REASON_LENGTH},
    subject_request::REFERENCE_LENGTH,
};
use reverie_store::{
    accounts::{self, Account},
    erasures, exports, legal_holds,
    operations::Idempotency,
    tables::Write,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{View, find};
use crate::acting::{Operator, act, line_of_text, subject};

const ROUTE: &str = "POST /v1/operator/legal-holds";

/// An order that came.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = LegalHoldProposal)]
pub(crate) struct Proposal {
    /// Whose account.
    account: AccountId,
    kind: HoldKind,
    /// What finds the order again, such as a file number; nothing personal.
    #[schema(min_length = 1, max_length = 100)]
    reference: String,
    /// Who orders it, and on what legal basis; nothing personal.
    #[schema(min_length = 1, max_length = 500)]
    reason: String,
    /// Whether it forbids to tell the person.
    secret: bool,
    /// Keeps, or hands over, the copy of this confirmed order about the same account, in place of a new
    /// one; the only way once the account is erased.
    copy_of: Option<LegalHoldId>,
}

/// Proposes what an order asks for. Nothing is copied before another operator confirms it, unless the
/// account is erased meanwhile. What nobody confirms lapses after 7 days.
#[utoipa::path(
    post, path = "/v1/operator/legal-holds", tag = "operator", security(("bearer" = [])),
    params((
            "Idempotency-Key" = Option<String>, Header, description = "Kept for 24 hours.",
            min_length = 1, max_length = 255, pattern = "^[!-~]+$"
        )),
    request_body = Proposal,
    responses(
        (status = 201, body = View),
        (status = 403, body = Problem, content_type = "application/problem+json", description = "Only operators."),
        (status = 409, body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn propose(
    State(app): State<App>,
    operator: Operator,
    key: IdempotencyKey,
    Body(proposal): Body<Proposal>,
) -> Result<(StatusCode, Json<View>), Problem> {
    let hold = proposed(&app, &operator, &proposal)?;
    let body = serde_json::to_vec(&proposal).map_err(Problem::internal)?;
    let scope = (operator.0, ROUTE);
    let mine = key.row(&app.settings, app.now(), scope, &body, hold.id);
    let hold = created(&app, &operator, &proposal, hold, mine.as_ref()).await?;
    Ok((StatusCode::CREATED, Json(hold.into())))
}

fn proposed(app: &App, operator: &Operator, proposal: &Proposal) -> Result<LegalHold, Problem> {
    let order = Order {
        kind: proposal.kind,
        reference: line_of_text("reference", &proposal.reference, REFERENCE_LENGTH)?,
        reason: line_of_text("reason", &proposal.reason, REASON_LENGTH)?,
        secret: proposal.secret,
    };
    let about = (proposal.account, subject(app, proposal.account));
    Ok(LegalHold::propose(app.now(), about, order, operator.0))
}

/// The order, or the one that the same call has written before.
async fn created(
    app: &App,
    operator: &Operator,
    proposal: &Proposal,
    hold: LegalHold,
    mine: Option<&Idempotency>,
) -> Result<LegalHold, Problem> {
    for _ in 0..ATTEMPTS {
        let line = operator.line(app, "legal_hold.propose");
        let mut remember = None;
        if let Some(mine) = mine {
            let present = mine.present(&*app.tables).await?;
            if let Replay::Same(id) = Replay::of(app.now(), mine, present.as_ref())? {
                let found = find(app, id.parse().map_err(Problem::internal)?).await?;
                act(app, line.about(Some(found.subject.clone()), found.id), &[]).await?;
                return Ok(found);
            }
            remember = Some(mine.remember(present.as_ref())?);
        }
        let (hold, mut writes) = writes(app, proposal, &hold).await?;
        writes.extend(remember);
        if act(app, line.about(Some(hold.subject.clone()), hold.id), &writes).await? {
            return Ok(hold);
        }
    }
    Err(account_busy())
}

/// The order with the copy that it keeps, and what writes it.
async fn writes(
    app: &App,
    proposal: &Proposal,
    hold: &LegalHold,
) -> Result<(LegalHold, Vec<Write>), Problem> {
    let id = proposal.account;
    // In this order: whatever is about to delete changes the account, after it has looked for orders.
    let account = accounts::present(&*app.tables, &[id]).await?.pop();
    let known = legal_holds::of_account(&*app.tables, id).await?;
    if app.settings.operators.contains(&id) {
        let detail = "It is an operator's account: take it out of the configuration first.";
        return Err(conflict("legal_hold.operator", detail));
    }
    if known.as_ref().is_some_and(|known| known.holds.len() >= MOST) {
        let detail = "The account has as many orders as it can have.";
        return Err(conflict("legal_hold.too_many", detail));
    }
    let source = match proposal.copy_of {
        Some(copy) => kept_copy(app, known.as_ref(), copy).await?,
        None => {
            to_copy(app, account.as_ref()).await?;
            hold.id
        }
    };
    let hold = LegalHold { source, ..hold.clone() };
    let writes = legal_holds::propose(&hold, known.as_ref(), id, account.as_ref())?;
    Ok((hold, writes))
}

/// Whether there is something to copy.
async fn to_copy(app: &App, account: Option<&Account>) -> Result<(), Problem> {
    let Some(account) = account else {
        return Err(Problem::invalid_field("account", "names no account"));
    };
    if let Some(other) = account.joined {
        let message = format!("has become {other}: name that one");
        return Err(Problem::invalid_field("account", message));
    }
    let Some(erasure) = account.erasure else { return Ok(()) };
    let erasure = erasures::find(&*app.tables, erasure).await?;
    match erasure.is_some_and(|erasure| erasure.step == Step::Copy) {
        true => Ok(()),
        false => {
            let detail =
                "The account is being erased. Name in `copy_of` an order that has its copy.";
            Err(conflict("legal_hold.too_late", detail))
        }
    }
}

/// The order whose copy this one has. While that is in force, nothing deletes it.
async fn kept_copy(
    app: &App,
    known: Option<&AccountHolds>,
    id: LegalHoldId,
) -> Result<LegalHoldId, Problem> {
    let message = "must name a confirmed order about this account, whose copy is begun";
    let none = || Problem::invalid_field("copy_of", message);
    known.filter(|known| known.holds.contains(&id)).ok_or_else(none)?;
    let found = legal_holds::find(&*app.tables, id).await?;
    let found = found.filter(|hold| hold.state == HoldState::Confirmed).ok_or_else(none)?;
    exports::find_copy(&*app.tables, found.source).await?.ok_or_else(none)?;
    Ok(found.source)
}

fn conflict(code: &'static str, detail: &'static str) -> Problem {
    Problem::new(StatusCode::CONFLICT, code, detail)
}
