use axum::{Json, extract::State};
use jiff::Timestamp;
use reverie_api::{App, CreditsRead, Page, PageQuery, Params, Problem};
use reverie_domain::{
    credits::Credits,
    ids::{GenerationId, TransactionId},
    wallet::{Entry, EntryKind},
};
use reverie_store::ledger;
use serde::Serialize;
use utoipa::ToSchema;

/// A line of the ledger.
#[derive(Serialize, ToSchema)]
pub(crate) struct Transaction {
    id: TransactionId,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    kind: EntryKind,
    /// The signed change of `available`.
    amount: i64,
    /// `available` after it.
    balance_after: Credits,
    /// The generation it concerns.
    #[serde(skip_serializing_if = "Option::is_none")]
    generation: Option<GenerationId>,
    /// Why.
    reason: String,
}

impl From<Entry> for Transaction {
    fn from(entry: Entry) -> Self {
        Self {
            id: entry.id,
            created_at: entry.created_at,
            kind: entry.kind,
            amount: entry.amount,
            balance_after: entry.balance_after,
            generation: entry.generation,
            reason: entry.reason,
        }
    }
}

/// Every change of the balance, newest first.
#[utoipa::path(
    get, path = "/v1/credits/transactions", tag = "credits", security(("bearer" = ["credits:read"])),
    params(PageQuery),
    responses(
        (status = 200, body = Page<Transaction>),
        (status = 422, body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn list(
    State(app): State<App>,
    CreditsRead(caller): CreditsRead,
    Params(page): Params<PageQuery>,
) -> Result<Json<Page<Transaction>>, Problem> {
    let limit = page.limit()?;
    let before = page.position::<u64>()?;
    let wallet = caller.account.wallet;
    let entries = ledger::entries(&*app.tables, wallet, before, limit).await?;
    // The first entry is number 1: nothing comes after it.
    let last = entries.last().map(|entry| entry.number).filter(|number| *number > 1);
    Ok(Json(Page::new(entries.into_iter().map(Transaction::from).collect(), last)))
}
