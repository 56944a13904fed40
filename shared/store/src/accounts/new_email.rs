use jiff::{SignedDuration, Timestamp};
use reverie_domain::{
    ids::{AccountId, MailId},
    mail::{Letter, Mail},
};
use serde::{Deserialize, Serialize};

use super::Account;
use crate::{
    Record, mails,
    record::get,
    tables::{Key, StoreError, Table, Tables, Write},
};

/// How long the link in a mail to a new address is good.
pub const EMAIL_VALIDITY: SignedDuration = SignedDuration::from_hours(24);
/// How many such mails an account can cause in [`EMAIL_VALIDITY`]: they go to whatever address is given.
pub const EMAIL_REQUESTS: u32 = 5;

/// An address that somebody wants to have in the place of the present one, once they have shown that mail
/// to it reaches them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewEmail {
    /// Whose.
    pub account: AccountId,
    /// Of this one request.
    pub id: MailId,
    /// The address.
    pub email: String,
    /// When it was shown.
    pub confirmed_at: Option<Timestamp>,
    /// How many requests there were since `since`.
    pub requests: u32,
    /// Since when they are counted.
    pub since: Timestamp,
    /// Until when the link is good.
    pub expires_at: Timestamp,
    /// Counts the row's changes.
    pub version: u64,
}

impl Record for NewEmail {
    fn key(&self) -> Key {
        new_email_key(self.account)
    }

    fn version(&self) -> u64 {
        self.version
    }

    fn ends_at(&self) -> Option<Timestamp> {
        Some(self.expires_at)
    }
}

impl NewEmail {
    /// A request at this time, after the one `before`. `Err` is how long no other one is taken.
    ///
    /// # Errors
    /// If there were too many.
    pub fn ask(
        now: Timestamp,
        account: AccountId,
        email: String,
        before: Option<&Self>,
    ) -> Result<Self, SignedDuration> {
        let counted = before.filter(|before| now < before.since + EMAIL_VALIDITY);
        let (requests, since) = counted.map_or((0, now), |one| (one.requests, one.since));
        if requests >= EMAIL_REQUESTS {
            return Err((since + EMAIL_VALIDITY).duration_since(now));
        }
        Ok(Self {
            account,
            id: MailId::new(),
            email,
            confirmed_at: None,
            requests: requests + 1,
            since,
            expires_at: now + EMAIL_VALIDITY,
            version: before.map_or(1, |before| before.version + 1),
        })
    }

    /// The writes that put it in the place of the one before and send a mail. With the account's next
    /// version, so that none passes an erasure; the account's is the first of them.
    ///
    /// # Errors
    /// If a row cannot be serialised.
    pub fn begin(
        &self,
        now: Timestamp,
        account: &Account,
        before: Option<&Self>,
    ) -> Result<Vec<Write>, StoreError> {
        let mail = Mail::new(now, self.account, Letter::ConfirmEmail { request: self.id });
        let own = match before {
            Some(before) => self.replace(before)?,
            None => self.create()?,
        };
        let mut writes = vec![account.next().replace(account)?, own];
        writes.extend(mails::to_send(&mail)?);
        Ok(writes)
    }

    /// The writes that make it the account's address, and tell the one before, as it may not have been the
    /// account's owner who did so.
    ///
    /// # Errors
    /// If a row cannot be serialised.
    pub fn confirm(
        &self,
        now: Timestamp,
        account: &Account,
    ) -> Result<(Account, Vec<Write>), StoreError> {
        let (email, mail_stopped_at) = (Some(self.email.clone()), None);
        let next = Account { email, mail_stopped_at, ..account.next() };
        let done = Self { confirmed_at: Some(now), version: self.version + 1, ..self.clone() };
        let mut writes = vec![next.replace(account)?, done.replace(self)?];
        let from = account.mail_address().filter(|from| !from.eq_ignore_ascii_case(&self.email));
        if let Some(from) = from {
            let letter = Letter::AddressChanged { from: from.to_owned() };
            writes.extend(mails::to_send(&Mail::new(now, self.account, letter))?);
        }
        Ok((next, writes))
    }

    /// Whether its link is good.
    #[must_use]
    pub fn is_valid(&self, now: Timestamp) -> bool {
        now < self.expires_at
    }
}

/// The account's newest request, also if it is confirmed or over.
///
/// # Errors
/// [`StoreError`].
pub async fn new_email(
    tables: &dyn Tables,
    account: AccountId,
) -> Result<Option<NewEmail>, StoreError> {
    get(tables, new_email_key(account)).await
}

fn new_email_key(account: AccountId) -> Key {
    Key::new(Table::Accounts, account, "new_email")
}
