use axum::{Json, extract::State};
use http::{StatusCode, header};
use jiff::{SignedDuration, Timestamp};
use reverie_api::{App, ClientAddress, Problem, UserAgent, session_cookie, token::PlainToken};
use reverie_domain::{
    credits::Credits,
    ids::{AccountId, WalletId},
    plan::{GUEST_DAYS, Plan},
};
use reverie_store::{
    Record,
    accounts::{Account, AccountKind, CredentialKind, Device, Session},
    agenda::{Task, moved},
    ledger::{self, LedgerError},
    operations::GuestCount,
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

/// An account.
#[derive(Serialize, ToSchema)]
#[schema(as = Account)]
pub(crate) struct AccountView {
    id: AccountId,
    /// `guest` for now.
    #[schema(value_type = String, example = "guest")]
    kind: AccountKind,
    #[schema(value_type = String, example = "free")]
    plan: Plan,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
}

impl From<&Account> for AccountView {
    fn from(account: &Account) -> Self {
        Self {
            id: account.id,
            kind: account.kind,
            plan: account.plan,
            created_at: account.created_at,
        }
    }
}

/// Begins as a guest: an account with a small allowance, no e-mail asked. The token is for
/// `Authorization: Bearer`; browsers get it as a cookie too.
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
) -> Result<(StatusCode, [(header::HeaderName, String); 1], Json<Guest>), Problem> {
    let (account, token) = make_guest(&app, &address, device).await?;
    let cookie = session_cookie(&app.settings, &token);
    let guest = Guest {
        token: token.reveal(),
        account: AccountView::from(&account),
        credits: GuestCredits { available: app.settings.guest_credits },
    };
    Ok((StatusCode::CREATED, [(header::SET_COOKIE, cookie)], Json(guest)))
}

/// All rows of a guest in one transaction. Of two guests made at once from one address, one has
/// to count again.
async fn make_guest(
    app: &App,
    address: &ClientAddress,
    device: Device,
) -> Result<(Account, PlainToken), Problem> {
    let now = app.now();
    let account = Account {
        id: AccountId::new(),
        kind: AccountKind::Guest,
        plan: Plan::Free,
        wallet: WalletId::new(),
        created_at: now,
        check_at: Some(now + SignedDuration::from_hours(24 * GUEST_DAYS)),
        erasure: None,
        version: 1,
    };
    let token = PlainToken::new(CredentialKind::Session, account.id).map_err(Problem::internal)?;
    let session = Session::begin(now, account.id, token.secret_hash(), device);
    let address_hash = app.settings.keyed_hash("address", address.0.as_bytes());
    let limit = app.settings.guests_per_address;
    for _ in 0..ATTEMPTS {
        let count = GuestCount::one_more(&*app.tables, now, &address_hash, limit).await?;
        let count = count.ok_or_else(too_many_guests)?;
        let mut others = vec![account.create()?, session.create()?, count];
        others.extend(moved(Task::Inactive(account.id), None, account.check_at)?);
        let allowance = app.settings.guest_credits;
        let reason = "guest allowance";
        match ledger::open(&*app.tables, now, account.wallet, allowance, reason, &others).await {
            Ok(_) => return Ok((account, token)),
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
