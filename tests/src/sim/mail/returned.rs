//! Mail that comes back, as SES tells EventBridge of it.

use reverie_domain::ids::AccountId;
use serde_json::{Value, json};

/// What becomes of a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sim) enum Fate {
    /// It is read.
    Arrives,
    /// There is no such address.
    Bounces,
    /// The mailbox is full: another mail may arrive.
    IsFull,
    /// It is read, and called spam.
    Annoys,
}

impl Fate {
    /// Of 100 mails, 80 arrive and are welcome.
    pub(super) const fn drawn(number: u64) -> Self {
        match number % 100 {
            0..8 => Self::Bounces,
            8..12 => Self::IsFull,
            12..20 => Self::Annoys,
            _ => Self::Arrives,
        }
    }

    pub(super) const fn arrives(self) -> bool {
        matches!(self, Self::Arrives | Self::Annoys)
    }

    pub(super) const fn is_told(self) -> bool {
        !matches!(self, Self::Arrives)
    }

    /// Whether no more mail is to be sent there.
    pub(in crate::sim) const fn stops(self) -> bool {
        matches!(self, Self::Bounces | Self::Annoys)
    }
}

/// A mail that came back.
#[derive(Debug, Clone)]
pub(in crate::sim) struct Returned {
    /// Whose it was.
    pub(in crate::sim) account: AccountId,
    /// Where it was to go.
    pub(in crate::sim) to: String,
    /// What became of it.
    pub(in crate::sim) fate: Fate,
}

impl Returned {
    /// The event.
    pub(in crate::sim) fn event(&self) -> Value {
        // Servers may write addresses in their own way.
        let to = json!([{"emailAddress": self.to.to_uppercase()}]);
        let mut detail = json!({"mail": {"tags": {"account": [self.account]}}});
        let (name, member) = match self.fate {
            Fate::Annoys => ("complaint", json!({"complainedRecipients": to})),
            Fate::IsFull => ("bounce", json!({"bounceType": "Transient", "bouncedRecipients": to})),
            _ => ("bounce", json!({"bounceType": "Permanent", "bouncedRecipients": to})),
        };
        detail[name] = member;
        json!({"source": "aws.ses", "detail-type": "Email", "detail": detail})
    }
}
