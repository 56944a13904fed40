//! Whoever has heard of mail that came back sends no more there.

use jiff::Timestamp;
use reverie_domain::consent::{Consents, Decision, Purpose, Source};
use reverie_store::{
    accounts::Account,
    tables::{Key, Table},
};

use super::{Rows, ensure, parse};
use crate::sim::mail::{Fate, Returned};

/// What rows say of whose mail came back.
#[derive(Debug)]
pub(in crate::sim) struct Heard {
    /// Whether it is still the account's address.
    is_present: bool,
    stopped_at: Option<Timestamp>,
    /// What was decided about news, and how many decisions there were.
    decided: Option<(Decision, u64)>,
}

impl Heard {
    /// As it is now.
    ///
    /// # Errors
    /// If a row cannot be read.
    pub(in crate::sim) fn of(rows: &Rows, returned: &Returned) -> Result<Self, String> {
        let of = |sk| rows.get(&Key::new(Table::Accounts, returned.account, sk));
        let account: Option<Account> = of("profile").map(parse).transpose()?;
        let account = account.filter(Account::is_open);
        let consents: Option<Consents> = of("consents#account").map(parse).transpose()?;
        let decided = consents.and_then(|one| {
            let decision = one.decisions.get(&Purpose::MarketingEmail)?;
            Some((decision.clone(), one.version))
        });
        let to = Some(returned.to.as_str());
        let is_present = account.as_ref().is_some_and(|account| account.email.as_deref() == to);
        Ok(Self { is_present, stopped_at: account.and_then(|one| one.mail_stopped_at), decided })
    }

    /// Whether that is right after somebody has heard of it. Nobody gets an address back that they had before,
    /// so an address that is theirs before and after is theirs between.
    ///
    /// # Errors
    /// The rule that is broken.
    pub(in crate::sim) fn follows(&self, before: &Self, returned: &Returned) -> Result<(), String> {
        if !before.is_present || !self.is_present || !returned.fate.stops() {
            return Ok(());
        }
        ensure(self.stopped_at.is_some(), || format!("mail still goes there: {returned:?}"))?;
        let granted = |one: &Self| one.decided.clone().filter(|(decision, _)| decision.granted);
        if let (Fate::Annoys, Some((_, old))) = (returned.fate, granted(before)) {
            let again = |decision: &Decision| decision.source == Source::User;
            let fits = self
                .decided
                .as_ref()
                .is_some_and(|(now, new)| *new > old && (!now.granted || again(now)));
            return ensure(fits, || format!("still agreed to news: {returned:?}, {self:?}"));
        }
        Ok(())
    }
}
