use axum::{Json, extract::State};
use reverie_api::{App, Body, Caller, Problem};
use reverie_domain::{
    credits::Credits,
    wallet::{Caps, Wallet},
};
use reverie_store::ledger;
use serde::Serialize;
use utoipa::ToSchema;

/// The most that the account wants to spend, and what it has spent.
#[derive(Serialize, ToSchema)]
#[schema(as = SpendLimits)]
pub(crate) struct Limits {
    /// The most for one job; `null` is no limit.
    per_job: Option<Credits>,
    /// The most for one month; `null` is no limit.
    per_month: Option<Credits>,
    /// The month that `spent` counts, UTC.
    #[schema(example = "2026-11")]
    month: String,
    /// What was charged in the month.
    spent: Credits,
    /// What is reserved for jobs that are queued or running; it counts, too.
    held: Credits,
}

impl Limits {
    fn new(app: &App, wallet: &Wallet) -> Self {
        let (month, spent) = wallet.spent_in_month(app.now());
        let Caps { per_job, per_month } = wallet.caps;
        Self { per_job, per_month, month, spent, held: wallet.held }
    }
}

/// The largest number of the document's `int32`; nobody has so many.
const MOST: Credits = Credits::new(i32::MAX.unsigned_abs());

/// The most that you want to spend.
#[utoipa::path(
    get, path = "/v1/me/limits", tag = "account", security(("bearer" = [])),
    responses((status = 200, body = Limits))
)]
pub(crate) async fn show(State(app): State<App>, caller: Caller) -> Result<Json<Limits>, Problem> {
    let wallet = ledger::wallet(&*app.tables, caller.account.wallet).await?;
    Ok(Json(Limits::new(&app, &wallet)))
}

/// Sets the most that you want to spend, as a whole: what is missing or `null` is no limit. It holds from
/// the next submission on, and has one line in the transactions; jobs that were submitted before go on.
#[utoipa::path(
    put, path = "/v1/me/limits", tag = "account", security(("bearer" = [])),
    request_body = Caps,
    responses(
        (status = 200, body = Limits),
        (status = 429, body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn put(
    State(app): State<App>,
    caller: Caller,
    Body(caps): Body<Caps>,
) -> Result<Json<Limits>, Problem> {
    for (path, cap) in [("per_job", caps.per_job), ("per_month", caps.per_month)] {
        if cap.is_some_and(|cap| cap > MOST) {
            return Err(Problem::invalid_field(path, format!("must be at most {MOST}")));
        }
    }
    let wallet = ledger::wallet(&*app.tables, caller.account.wallet).await?;
    let wallet = ledger::cap(&*app.tables, app.now(), wallet, caps).await?;
    Ok(Json(Limits::new(&app, &wallet)))
}
