//! Mail to people who have an account, as pure rules.
//!
//! A mail is written down together with what it tells, and sent later. Its row names the letter and
//! neither its text nor the address: both are made when it is sent. Only of a letter to an address that the
//! account has no more, the row has it. Whoever sends it claims it first; until
//! [`Mail::due_at`] nobody else tries. A process that dies between sending and forgetting sends it
//! again, with the same `Message-ID`: at least once, and recognisable.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{
    ids::{AccountId, ExportId, MailId, MailingId},
    job::after,
};

/// How often a mail is tried. The last try is about a day and a half after the first.
pub const MAX_TRIES: u32 = 12;
/// How long after the first try the second one is; each pause is twice the one before.
const FIRST_PAUSE: SignedDuration = SignedDuration::from_mins(5);
/// The longest pause.
const LONGEST_PAUSE: SignedDuration = SignedDuration::from_hours(6);

/// What is told. All of it but [`Letter::News`] is about the account, and no marketing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Letter {
    /// An archive of all that is held can be fetched.
    ExportReady {
        /// Which.
        export: ExportId,
        /// When it ends.
        until: Timestamp,
    },
    /// Whoever reads this mail can make its address the account's. It goes to that address.
    ConfirmEmail {
        /// The request for it.
        request: MailId,
    },
    /// The terms and the privacy policy change.
    Policy {
        /// The version that is new.
        version: String,
    },
    /// News and offers, only to who agrees to such mail.
    News {
        /// The mailing, which has the text.
        mailing: MailingId,
    },
    /// Mail about the account goes to another address from now on. It goes to the one before.
    AddressChanged {
        /// The address before.
        from: String,
    },
    /// Nobody uses the account; it ends.
    Inactive {
        /// When, if it is not used before.
        erased_at: Timestamp,
    },
}

/// A mail's row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mail {
    /// The mail's id.
    pub id: MailId,
    /// To whose owner.
    pub account: AccountId,
    /// What it tells.
    pub letter: Letter,
    /// Since when it is to be sent.
    pub created_at: Timestamp,
    /// When it is tried next; part of the key in the housekeeper's agenda.
    pub due_at: Timestamp,
    /// How often it was tried, with the present time.
    pub tries: u32,
    /// Counts the row's changes.
    pub version: u64,
}

impl Mail {
    /// A mail that is to be sent.
    #[must_use]
    pub fn new(now: Timestamp, account: AccountId, letter: Letter) -> Self {
        let id = MailId::new();
        Self { id, account, letter, created_at: now, due_at: now, tries: 0, version: 1 }
    }

    /// It is tried now. `None` if it was tried too often.
    #[must_use]
    pub fn claimed(&self, now: Timestamp) -> Option<Self> {
        if self.tries >= MAX_TRIES {
            return None;
        }
        let pause = FIRST_PAUSE.checked_mul(1 << self.tries).unwrap_or(LONGEST_PAUSE);
        Some(Self {
            due_at: after(now, pause.min(LONGEST_PAUSE)),
            tries: self.tries + 1,
            version: self.version + 1,
            ..self.clone()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_is_tried_for_more_than_a_day_and_not_for_ever() {
        let begun: Timestamp = "2026-11-01T00:00:00Z".parse().unwrap();
        let letter = Letter::Inactive { erased_at: begun };
        let mut mail = Mail::new(begun, AccountId::new(), letter);
        assert_eq!(mail.due_at, begun);
        let (mut tries, mut last) = (0, begun);
        while let Some(claimed) = mail.claimed(mail.due_at) {
            assert!(claimed.due_at > mail.due_at, "nobody else tries meanwhile");
            (tries, last, mail) = (tries + 1, mail.due_at, claimed);
        }
        assert_eq!(tries, MAX_TRIES);
        let lasted = last.duration_since(begun);
        assert!(lasted > SignedDuration::from_hours(24), "{lasted}");
        assert!(mail.due_at.duration_since(begun) < SignedDuration::from_hours(48));
    }
}
