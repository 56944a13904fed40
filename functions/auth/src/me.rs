use axum::{Json, extract::State};
use jiff::Timestamp;
use reverie_api::{AccountRead, App, Body, Caller, Problem};
use reverie_domain::{ids::AccountId, plan::Plan};
use reverie_store::{
    Record,
    accounts::{self, Account, AccountKind},
    tables::WriteError,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::sign_in::NAME;

/// How often a change is tried while something else of the account changes.
const ATTEMPTS: u32 = 5;

/// An account.
#[derive(Serialize, ToSchema)]
#[schema(as = Account)]
pub(crate) struct AccountView {
    id: AccountId,
    /// `guest`, or `user` after signing in.
    #[schema(value_type = String, example = "guest")]
    kind: AccountKind,
    #[schema(value_type = String, example = "free")]
    plan: Plan,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// What the person is called.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    /// Their confirmed address.
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<String>,
}

impl From<&Account> for AccountView {
    fn from(account: &Account) -> Self {
        Self {
            id: account.id,
            kind: account.kind,
            plan: account.plan,
            created_at: account.created_at,
            name: account.name.clone(),
            email: account.email.clone(),
        }
    }
}

/// Who the token stands for.
#[utoipa::path(
    get, path = "/v1/me", tag = "account", security(("bearer" = ["account:read"])),
    responses((status = 200, body = AccountView))
)]
pub(crate) async fn show(AccountRead(caller): AccountRead) -> Json<AccountView> {
    Json(AccountView::from(&caller.account))
}

/// What a person corrects.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Correction {
    /// What they are called.
    #[schema(min_length = 1, max_length = 100, pattern = "\\S")]
    name: String,
}

/// Corrects what is known of the person.
#[utoipa::path(
    patch, path = "/v1/me", tag = "account", security(("bearer" = [])),
    request_body = Correction,
    responses((status = 200, body = AccountView))
)]
pub(crate) async fn correct(
    State(app): State<App>,
    caller: Caller,
    Body(correction): Body<Correction>,
) -> Result<Json<AccountView>, Problem> {
    let name = correction.name.trim();
    if name.is_empty() || correction.name.chars().count() > NAME {
        return Err(Problem::invalid_field("name", format!("must have 1 to {NAME} characters")));
    }
    let mut account = caller.account;
    for _ in 0..ATTEMPTS {
        let next = Account { name: Some(name.to_owned()), ..account.next() };
        match app.tables.write(&[next.replace(&account)?]).await {
            Ok(()) => return Ok(Json(AccountView::from(&next))),
            Err(WriteError::Store(error)) => return Err(error.into()),
            Err(WriteError::Conflict(_)) => {
                let found = accounts::find(&*app.tables, account.id).await?;
                account = found.ok_or_else(Problem::unauthorized)?;
            }
        }
    }
    Err(Problem::too_many("account.busy", "The account keeps changing. Please try again.", 1))
}
