//! Nobody's account ends before they were told, and before they have had the time to come.

use jiff::{SignedDuration, Timestamp};
use reverie_domain::{
    erasure::Erasure,
    inactivity::NOTICE,
    mail::Letter,
    plan::{GUEST_DAYS, USER_DAYS},
};
use reverie_store::{
    accounts::{Account, AccountKind, Session},
    tables::{Row, Table, Write},
};

use super::{Rows, all, ensure, mail, parse, partition};

/// By how much two clocks may differ, with a little more.
const SKEW: SignedDuration = SignedDuration::from_secs(30);
/// How much later than it may an account may end: it is looked at every four weeks, and time passes in leaps.
const LATE: SignedDuration = SignedDuration::from_hours(24 * 90);

/// Whether it is an erasure that nobody asked for, and that is allowed.
pub(super) fn begins(
    rows: &Rows,
    erasure: &Erasure,
    writes: &[Write],
    before: &[Option<Row>],
) -> Result<(), String> {
    let account = writes.iter().zip(before).find(|(write, _)| write.key.sk == "profile");
    let account = account.and_then(|(_, before)| before.as_ref());
    let account: Account = parse(account.ok_or("an erasure of nobody")?)?;
    let now = erasure.requested_at + SKEW;
    ensure(now >= end(rows, &account)?, || format!("{} was used lately: {account:?}", account.id))?;
    if account.kind == AccountKind::User && account.mail_address().is_some() {
        let told = account.noticed_at.filter(|told| now >= *told + NOTICE);
        ensure(told.is_some(), || format!("{} was not told that it ends", account.id))?;
    }
    Ok(())
}

/// Whoever is told gets a mail.
pub(super) fn told(
    account: &Account,
    before: Option<&Row>,
    writes: &[Write],
) -> Result<(), String> {
    let before: Option<Account> = before.map(parse).transpose()?;
    if before.is_none_or(|before| before.noticed_at == account.noticed_at) {
        return Ok(());
    }
    let mails = mail::written(writes)?;
    let tells = mails.iter().filter(|mail| matches!(mail.letter, Letter::Inactive { .. }));
    let tells = tells.filter(|mail| mail.account == account.id).count();
    ensure(tells == 1, || format!("{tells} mails tell {} that it ends", account.id))
}

/// No account is there that should have ended.
pub(super) fn at_rest(rows: &Rows, now: Timestamp) -> Result<(), String> {
    for account in all::<Account>(rows, Table::Accounts, "profile")? {
        let told = account.noticed_at.map(|told| told + NOTICE);
        let end = end(rows, &account)?.max(told.unwrap_or(Timestamp::MIN));
        ensure(!account.is_open() || now <= end + LATE, || {
            format!("{} should have ended on {end}: {account:?}", account.id)
        })?;
    }
    Ok(())
}

fn end(rows: &Rows, account: &Account) -> Result<Timestamp, String> {
    let sessions: Vec<Session> =
        partition(rows, Table::Accounts, &account.id.to_string(), "session#")?;
    let seen = account.used_at.unwrap_or(account.created_at);
    let used = sessions.iter().map(Session::last_used).fold(seen, Timestamp::max);
    let days = if account.kind == AccountKind::Guest { GUEST_DAYS } else { USER_DAYS };
    Ok(used + SignedDuration::from_hours(24 * days))
}
