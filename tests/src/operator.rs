//! The operator of every test's deployment, and a second one for those that name two.

use jiff::Timestamp;
use reverie_api::token::PlainToken;
use reverie_domain::{credits::Credits, ids::AccountId};
use reverie_store::{
    Record,
    accounts::{Account, AccountKind, CredentialKind, Device, Session, find},
    agenda::{Task, moved},
    ledger,
    tables::Tables,
};
use uuid::Uuid;

/// Known before the deployment starts, as its configuration names it.
pub(crate) const fn id() -> AccountId {
    AccountId::from_uuid(Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0001))
}

/// The same of a second one.
pub(crate) const fn second_id() -> AccountId {
    AccountId::from_uuid(Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0002))
}

/// A session's token of that account, which is made if it is not there.
pub(crate) async fn sign_in(tables: &dyn Tables, now: Timestamp, id: AccountId) -> String {
    let token = PlainToken::new(CredentialKind::Session, id).expect("randomness");
    let session = Session::begin(now, id, token.secret_hash(), Device::default());
    let mut rows = vec![session.create().expect("a row")];
    if find(tables, id).await.expect("an answer").is_none() {
        let check_at = now + jiff::SignedDuration::from_hours(24);
        let account = Account { id, ..Account::open(now, AccountKind::User, check_at) };
        rows.push(account.create().expect("a row"));
        rows.extend(moved(Task::Inactive(id), None, account.check_at).expect("rows"));
        let (wallet, credits) = (account.wallet, Credits::new(100));
        ledger::open(tables, now, wallet, credits, "allowance", &rows).await.expect("a wallet");
    } else {
        tables.write(&rows).await.expect("it is written");
    }
    token.reveal()
}
