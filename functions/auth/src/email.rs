use axum::{Json, extract::State};
use http::StatusCode;
use jiff::Timestamp;
use reverie_api::{
    ATTEMPTS, App, Body, Caller, Problem, account_busy, fresh_account, is_email_token,
};
use reverie_domain::email::{LONGEST, is_address};
use reverie_store::{
    accounts::{AccountKind, NewEmail, new_email},
    tables::written,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::me::AccountView;

/// The address that somebody wants mail to go to.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct EmailWish {
    /// As in forms of HTML, with the lengths of RFC 5321.
    #[schema(
        max_length = 254,
        pattern = "^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)+$",
        example = "ada@example.com"
    )]
    email: String,
}

/// A mail is on its way.
#[derive(Serialize, ToSchema)]
#[schema(as = EmailRequest)]
pub(crate) struct Asked {
    /// Where to.
    email: String,
    /// Until when its link is good.
    #[schema(value_type = String, format = DateTime)]
    expires_at: Timestamp,
}

/// Asks for another address. A mail to it has a link; until that was followed, nothing changes. Five
/// such mails can be asked for in 24 hours; a newer one ends the link of the one before.
#[utoipa::path(
    post, path = "/v1/me/email", tag = "account", security(("bearer" = [])),
    request_body = EmailWish,
    responses(
        (status = 202, body = Asked),
        (status = 409, body = Problem, content_type = "application/problem+json"),
        (status = 429, body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn ask(
    State(app): State<App>,
    caller: Caller,
    Body(EmailWish { email }): Body<EmailWish>,
) -> Result<(StatusCode, Json<Asked>), Problem> {
    if !is_address(&email) {
        let wanted = format!("must be an address of at most {LONGEST} characters");
        return Err(Problem::invalid_field("email", wanted));
    }
    let now = app.now();
    let mut account = caller.account;
    for _ in 0..ATTEMPTS {
        if account.kind == AccountKind::Guest {
            let detail = "A guest has no address. Sign in first.";
            return Err(Problem::new(StatusCode::CONFLICT, "account.guest", detail));
        }
        let before = new_email(&*app.tables, account.id).await?;
        let new = NewEmail::ask(now, account.id, email.clone(), before.as_ref());
        let new = new.map_err(|left| {
            let seconds = u32::try_from(left.as_secs()).unwrap_or(u32::MAX).saturating_add(1);
            let detail = "Five such mails can be asked for in 24 hours.";
            Problem::too_many("limit.email", detail, seconds)
        })?;
        if written(&*app.tables, &new.begin(now, &account, before.as_ref())?).await? {
            let asked = Asked { email: new.email, expires_at: new.expires_at };
            return Ok((StatusCode::ACCEPTED, Json(asked)));
        }
        account = fresh_account(&app, account.id).await?;
    }
    Err(account_busy())
}

/// That a mail has arrived.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Arrived {
    /// What its link ends with.
    #[schema(
        max_length = 100,
        pattern = "^[!-~]+$",
        example = "rvm_0123456789abcdef0123456789abcdef"
    )]
    token: String,
}

/// Makes the new address the account's. Whoever does so is signed in to the account and has the mail.
#[utoipa::path(
    put, path = "/v1/me/email", tag = "account", security(("bearer" = [])),
    request_body = Arrived,
    responses(
        (status = 200, body = AccountView),
        (status = 404, body = Problem, content_type = "application/problem+json"),
        (status = 429, body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn confirm(
    State(app): State<App>,
    caller: Caller,
    Body(Arrived { token }): Body<Arrived>,
) -> Result<Json<AccountView>, Problem> {
    let now = app.now();
    let mut account = caller.account;
    for _ in 0..ATTEMPTS {
        let found = new_email(&*app.tables, account.id).await?;
        let new = found.filter(|new| new.is_valid(now));
        let new = new.filter(|new| is_email_token(&app.settings, new, &token));
        let new = new.ok_or_else(Problem::not_found)?;
        // A client that lost the answer asks again.
        if new.confirmed_at.is_some() {
            return Ok(Json(AccountView::new(&app, &account)));
        }
        let (next, writes) = new.confirm(now, &account)?;
        if written(&*app.tables, &writes).await? {
            return Ok(Json(AccountView::new(&app, &next)));
        }
        account = fresh_account(&app, account.id).await?;
    }
    Err(account_busy())
}
