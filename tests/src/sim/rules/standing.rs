//! Who could be told what, and when: what rows said at each time of the history.

use std::{collections::BTreeMap, time::Duration};

use reverie_domain::{
    consent::{Consents, Purpose},
    ids::{AccountId, MailingId},
    mailing::Mailing,
};
use reverie_store::{
    accounts::{Account, AccountKind},
    tables::Write,
};
use tokio::time::Instant;

use super::parse;

/// For how long somebody may still do what rows allowed before: a turn of the housekeeper, a late call, and two
/// clocks that differ.
pub(super) const UNDER_WAY: Duration = Duration::from_secs(7 * 60);

/// Whether something held, from when on. Before the first time it did not.
#[derive(Debug, Clone, Default)]
pub(super) struct Timeline(Vec<(Instant, bool)>);

impl Timeline {
    fn note(&mut self, now: Instant, holds: bool) {
        let last = self.0.last().is_some_and(|(_, last)| *last);
        if last != holds {
            self.0.push((now, holds));
        }
    }

    /// Whether it was so at some time from `from` to `to`.
    fn was(&self, holds: bool, from: Instant, to: Instant) -> bool {
        let before = self.0.iter().rev().find(|(at, _)| *at <= from).is_some_and(|one| one.1);
        let between = self.0.iter().filter(|(at, _)| from < *at && *at <= to);
        before == holds || between.into_iter().any(|one| one.1 == holds)
    }

    /// Whether it was so lately.
    pub(super) fn was_lately(&self, holds: bool, now: Instant) -> bool {
        self.was(holds, now.checked_sub(UNDER_WAY).unwrap_or(now), now)
    }

    /// Whether it was so all the time, and a little longer on both sides.
    pub(super) fn lasted(&self, from: Instant, to: Instant) -> bool {
        let from = from.checked_sub(UNDER_WAY).unwrap_or(from);
        !self.was(false, from, to + UNDER_WAY)
    }
}

/// What is known of a mailing.
#[derive(Debug, Clone)]
pub(super) struct Seen {
    pub(super) mailing: Mailing,
    begun: Instant,
    ended: Option<Instant>,
    stopped: Timeline,
}

/// Everybody's standing.
#[derive(Debug, Clone, Default)]
pub(super) struct Standing {
    /// Whether anybody is let in.
    open: BTreeMap<AccountId, Timeline>,
    /// Whether mail is sent to the account's address.
    reached: BTreeMap<AccountId, Timeline>,
    /// Whether they agree to news.
    agreed: BTreeMap<AccountId, Timeline>,
    pub(super) mailings: BTreeMap<MailingId, Seen>,
}

impl Standing {
    /// Notes down what a write says.
    pub(super) fn note(&mut self, now: Instant, write: &Write) -> Result<(), String> {
        let Write { key, row, .. } = write;
        if key.pk == "mailing" {
            let Some(row) = row else { return Ok(()) };
            let mailing: Mailing = parse(row)?;
            let (id, ended) = (mailing.id, mailing.ended_at.is_some());
            let new = Seen {
                mailing: mailing.clone(),
                begun: now,
                ended: None,
                stopped: Timeline::default(),
            };
            let seen = self.mailings.entry(id).or_insert(new);
            seen.stopped.note(now, mailing.stopped);
            seen.mailing = mailing;
            seen.ended = seen.ended.or(ended.then_some(now));
        } else if let Ok(id) = key.pk.parse::<AccountId>() {
            match key.sk.as_str() {
                "profile" => {
                    let account: Option<Account> = row.as_ref().map(parse).transpose()?;
                    let account = account.filter(Account::is_open);
                    let reaches = |one: &Account| {
                        one.kind == AccountKind::User && one.mail_address().is_some()
                    };
                    self.open.entry(id).or_default().note(now, account.is_some());
                    let reached = account.is_some_and(|one| reaches(&one));
                    self.reached.entry(id).or_default().note(now, reached);
                }
                "consents#account" => {
                    let consents: Option<Consents> = row.as_ref().map(parse).transpose()?;
                    let agrees = consents.is_some_and(|one| one.granted(Purpose::MarketingEmail));
                    self.agreed.entry(id).or_default().note(now, agrees);
                }
                _ => {}
            }
        }
        Ok(())
    }

    pub(super) fn open(&self, account: AccountId) -> Timeline {
        self.open.get(&account).cloned().unwrap_or_default()
    }

    pub(super) fn reached(&self, account: AccountId) -> Timeline {
        self.reached.get(&account).cloned().unwrap_or_default()
    }

    pub(super) fn agreed(&self, account: AccountId) -> Timeline {
        self.agreed.get(&account).cloned().unwrap_or_default()
    }

    pub(super) fn stopped(&self, mailing: MailingId) -> Timeline {
        self.mailings.get(&mailing).map(|seen| seen.stopped.clone()).unwrap_or_default()
    }

    /// Everybody who could be told all the time while this mailing went on.
    pub(super) fn reached_by(&self, seen: &Seen) -> Vec<AccountId> {
        let Some(ended) = seen.ended else { return Vec::new() };
        let all = self.reached.iter().filter(|(_, one)| one.lasted(seen.begun, ended));
        all.map(|(account, _)| *account).collect()
    }

    /// The same, and they agreed to news.
    pub(super) fn agreed_to(&self, seen: &Seen) -> Vec<AccountId> {
        let Some(ended) = seen.ended else { return Vec::new() };
        let mut all = self.reached_by(seen);
        all.retain(|account| self.agreed(*account).lasted(seen.begun, ended));
        all
    }
}
