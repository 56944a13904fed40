use axum::{Json, extract::State};
use jiff::Timestamp;
use reverie_api::{AccountRead, App, Body, Caller, Problem, change_account};
use reverie_domain::{ids::AccountId, plan::Plan, policy::Policies};
use reverie_store::accounts::{Account, AccountKind};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::sign_in::NAME;

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
    policy: PolicyView,
}

/// The version of the policies that holds, and whether it was acknowledged.
#[derive(Serialize, ToSchema)]
#[schema(as = AccountPolicy)]
pub(crate) struct PolicyView {
    #[schema(example = "2026-11-01")]
    version: &'static str,
    /// When the account acknowledged this version.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    acknowledged_at: Option<Timestamp>,
    /// The version that is to be acknowledged, if one is.
    #[serde(skip_serializing_if = "Option::is_none")]
    to_acknowledge: Option<&'static str>,
}

impl PolicyView {
    fn new(account: &Account, now: Timestamp, policies: Policies) -> Self {
        let version = policies.at(now).policy.version;
        let read = account.acknowledged.keys().map(String::as_str);
        Self {
            version,
            acknowledged_at: account.acknowledged.get(version).copied(),
            to_acknowledge: policies.unacknowledged(now, read).map(|policy| policy.version),
        }
    }
}

impl AccountView {
    pub(crate) fn new(app: &App, account: &Account) -> Self {
        Self {
            id: account.id,
            kind: account.kind,
            plan: account.plan,
            created_at: account.created_at,
            name: account.name.clone(),
            email: account.email.clone(),
            policy: PolicyView::new(account, app.now(), app.settings.policies),
        }
    }
}

/// Who the token stands for.
#[utoipa::path(
    get, path = "/v1/me", tag = "account", security(("bearer" = ["account:read"])),
    responses((status = 200, body = AccountView))
)]
pub(crate) async fn show(
    State(app): State<App>,
    AccountRead(caller): AccountRead,
) -> Json<AccountView> {
    Json(AccountView::new(&app, &caller.account))
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
    let account = change_account(&app, caller.account, |account| {
        Some(Account { name: Some(name.to_owned()), ..account.next() })
    })
    .await?;
    Ok(Json(AccountView::new(&app, &account)))
}
