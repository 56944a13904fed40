use axum::{Json, extract::State};
use futures::future::try_join_all;
use reverie_api::{App, Caller, Problem};
use reverie_domain::personal::{PersonalData, Place, REGISTER};
use reverie_store::{
    accounts::{self, Account},
    held::{self, Held},
    tables::Tables,
};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// How many rows of a kind are shown.
const ROWS: u32 = 20;

/// All that is held about an account; of long lists a part.
#[derive(Serialize, ToSchema)]
pub(crate) struct Data {
    /// One for each kind of row that is held, as in `GET /v1/policies`.
    items: Vec<HeldView>,
    /// Where all of it can be had, with every file.
    export: &'static str,
}

/// Rows of one kind.
#[derive(Serialize, ToSchema)]
#[schema(as = Held)]
pub(crate) struct HeldView {
    category: &'static str,
    kind: &'static str,
    purpose: &'static str,
    kept: &'static str,
    #[schema(value_type = Vec<Object>)]
    rows: Vec<Map<String, Value>>,
    /// Whether there are more rows than are shown; the export has all.
    more: bool,
}

/// All that is held about you, as it is stored, without hashes of secrets: up to 20 rows of each kind,
/// and as many of each guest that became this account.
/// `POST /v1/me/exports` gives all rows, and every file.
#[utoipa::path(
    get, path = "/v1/me/data", tag = "account", security(("bearer" = [])),
    responses((status = 200, body = Data))
)]
pub(crate) async fn show(State(app): State<App>, caller: Caller) -> Result<Json<Data>, Problem> {
    let owners = accounts::with_aliases(&*app.tables, caller.account).await?;
    let mut reads = Vec::new();
    for owner in &owners {
        for data in REGISTER {
            for kind in data.stored_in {
                reads.push(read(&*app.tables, owner, data, kind));
            }
        }
    }
    let mut items = try_join_all(reads).await?;
    items.retain(|held| !held.rows.is_empty());
    Ok(Json(Data { items, export: "POST /v1/me/exports" }))
}

async fn read(
    tables: &dyn Tables,
    account: &Account,
    data: &'static PersonalData,
    kind: &'static Place,
) -> Result<HeldView, Problem> {
    let Held { rows, next } = held::rows(tables, account, kind, None, ROWS).await?;
    let PersonalData { category, purpose, kept, .. } = *data;
    Ok(HeldView { category, kind: kind.kind, purpose, kept, rows, more: next.is_some() })
}
