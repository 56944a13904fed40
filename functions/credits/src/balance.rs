use axum::{Json, extract::State};
use reverie_api::{App, CreditsRead, Problem};
use reverie_domain::{credits::Credits, wallet::Wallet};
use reverie_store::ledger;
use serde::Serialize;
use utoipa::ToSchema;

/// A balance.
#[derive(Serialize, ToSchema)]
pub(crate) struct Balance {
    /// What can be spent.
    available: Credits,
    /// What is reserved for queued and running generations.
    held: Credits,
    purses: Purses,
}

/// Where the available credits come from.
#[derive(Serialize, ToSchema)]
pub(crate) struct Purses {
    /// From the plan or as an allowance; spent first.
    plan: Credits,
    /// Bought.
    bought: Credits,
}

/// The account's credits.
#[utoipa::path(
    get, path = "/v1/credits", tag = "credits", security(("bearer" = ["credits:read"])),
    responses((status = 200, body = Balance))
)]
pub(crate) async fn show(
    State(app): State<App>,
    CreditsRead(caller): CreditsRead,
) -> Result<Json<Balance>, Problem> {
    let wallet = ledger::wallet(&*app.tables, caller.account.wallet).await?;
    Ok(Json(balance(&app, &wallet)))
}

fn balance(app: &App, wallet: &Wallet) -> Balance {
    let available = wallet.available(app.now());
    let bought = wallet.bought;
    let plan = available.minus(bought).unwrap_or_default();
    Balance { available, held: wallet.held, purses: Purses { plan, bought } }
}
