use crate::me::AccountView;
use axum::{Json, extract::State};
use http::{HeaderMap, StatusCode, header};
use jiff::SignedDuration;
use reverie_api::{
    App, ClientAddress, Problem, UserAgent, is_from_our_pages, session_cookie, token::PlainToken,
};
use reverie_domain::{credits::Credits, plan::GUEST_DAYS};
use reverie_store::{
    Record,
    accounts::{Account, AccountKind, CredentialKind, Device, Session},
    agenda::{Task, moved},
    ledger::{self, LedgerError},
    operations::GuestCount,
    tables::Write,
};
use serde::Serialize;
use utoipa::ToSchema;

/// How often a guest is tried while others of the same address are made.
const ATTEMPTS: u32 = 8;

/// A new guest.
#[derive(Serialize, ToSchema)]
pub(crate) struct Guest {
    /// The session's token. It is shown only here.
    token: String,
    account: AccountView,
    credits: GuestCredits,
}

/// The allowance of a new guest.
#[derive(Serialize, ToSchema)]
pub(crate) struct GuestCredits {
    /// What can be spent.
    available: Credits,
}

/// Begins as a guest: an account with a small allowance, no e-mail asked. The token is for
/// `Authorization: Bearer`; browsers get it as a cookie too, but not from pages of others.
#[utoipa::path(
    post, path = "/v1/guests", tag = "account",
    responses(
        (status = 201, body = Guest),
        (status = 429, body = Problem, content_type = "application/problem+json"),
        (status = 503, body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn create(
    State(app): State<App>,
    address: ClientAddress,
    UserAgent(device): UserAgent,
    headers: HeaderMap,
) -> Result<(StatusCode, Option<[(header::HeaderName, String); 1]>, Json<Guest>), Problem> {
    let (account, token) = make_guest(&app, &address, device).await?;
    // A form of another site would put its cookie over the one that the browser has, which may be
    // the only way to somebody's works.
    let theirs = is_from_our_pages(&app.settings, &headers) == Some(false);
    let cookie = (!theirs).then(|| [(header::SET_COOKIE, session_cookie(&app.settings, &token))]);
    let guest = Guest {
        token: token.reveal(),
        account: AccountView::new(&app, &account),
        credits: GuestCredits { available: app.settings.guest_credits },
    };
    Ok((StatusCode::CREATED, cookie, Json(guest)))
}

async fn make_guest(
    app: &App,
    address: &ClientAddress,
    device: Device,
) -> Result<(Account, PlainToken), Problem> {
    let now = app.now();
    let check_at = now + SignedDuration::from_hours(24 * GUEST_DAYS);
    let account = Account::open(now, AccountKind::Guest, check_at);
    let token = open(app, address, device, &account, Vec::new()).await?;
    Ok((account, token))
}

/// All rows of a new account, its first session and `others`, which are of that account, in one
/// transaction. Of two accounts made at once from one address, one has to count again.
pub(crate) async fn open(
    app: &App,
    address: &ClientAddress,
    device: Device,
    account: &Account,
    others: Vec<Write>,
) -> Result<PlainToken, Problem> {
    let now = app.now();
    let token = PlainToken::new(CredentialKind::Session, account.id).map_err(Problem::internal)?;
    let session = Session::begin(now, account.id, token.secret_hash(), device);
    let address_hash = app.settings.keyed_hash("address", address.0.as_bytes());
    let limit = app.settings.guests_per_address;
    for _ in 0..ATTEMPTS {
        let count = GuestCount::one_more(&*app.tables, now, &address_hash, limit).await?;
        let count = count.ok_or_else(too_many_guests)?;
        let mut rows = vec![account.create()?, session.create()?, count];
        rows.extend(moved(Task::Inactive(account.id), None, account.check_at)?);
        rows.extend(others.iter().cloned());
        let allowance = app.settings.guest_credits;
        let reason = "guest allowance";
        match ledger::open(&*app.tables, now, account.wallet, allowance, reason, &rows).await {
            Ok(_) => return Ok(token),
            Err(LedgerError::Conflict(_)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(Problem::too_many("guests.busy", "Too many guests at once. Please try again.", 1))
}

fn too_many_guests() -> Problem {
    let detail = "Too many guests came from your network today. Please try again tomorrow.";
    Problem::too_many("limit.guests", detail, 3600)
}
