//! A mailing: one letter to many people, as pure rules.
//!
//! The housekeeper goes through all accounts, page by page, and leaves a mail for each that is to be told.
//! A [`Notice`] is written in the transaction that leaves the mail, so nobody is told twice, wherever the
//! process dies; and the mailing's row knows how far it is, so it goes on there.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::{
    audit::AUDIT_DAYS,
    ids::{AccountId, MailingId},
    job::after,
    policy::Policy,
};

/// What is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Topic {
    /// That the policies change. To everybody who has an address.
    Policy {
        /// The version that is new.
        version: String,
    },
    /// News and offers, as an operator wrote them. To everybody who has an address and agrees to such mail.
    News {
        /// The mail's subject.
        subject: String,
        /// The mail's text.
        text: String,
    },
}

/// The most characters of a subject of news.
pub const SUBJECT_LENGTH: usize = 150;
/// The most characters of a text of news.
pub const TEXT_LENGTH: usize = 20_000;
/// Days for which it is kept that somebody was told news.
pub const NEWS_NOTICE_DAYS: i64 = 90;

/// A mailing's row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mailing {
    /// Its id.
    pub id: MailingId,
    /// What is told.
    pub topic: Topic,
    /// When it began.
    pub created_at: Timestamp,
    /// When the housekeeper goes on with it; part of the key in its agenda.
    pub due_at: Option<Timestamp>,
    /// The number of the present round through all accounts, from 1.
    pub round: u32,
    /// When another round begins, for those who have come meanwhile.
    pub again_at: Option<Timestamp>,
    /// The key of the last row that was seen in this round.
    pub seen_to: Option<(String, String)>,
    /// How many people a mail was left for.
    pub told: u64,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// Whether an operator has stopped it: what is not sent yet is not sent any more.
    #[serde(default)]
    pub stopped: bool,
    /// Counts the row's changes.
    pub version: u64,
}

/// That somebody was told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// Who.
    pub account: AccountId,
    /// By which mailing.
    pub mailing: MailingId,
    /// Of what: the version of the policies, or `news`.
    pub about: String,
    /// In which of its rounds.
    pub round: u32,
    /// When the mail was left to be sent.
    pub at: Timestamp,
}

impl Mailing {
    /// The one mailing of this version. It has a second round when the version begins to hold.
    #[must_use]
    pub fn of_policy(now: Timestamp, policy: &Policy) -> Self {
        let topic = Topic::Policy { version: policy.version.to_owned() };
        let again_at = Some(policy.effective_at()).filter(|at| *at > now);
        Self { again_at, ..Self::begin(now, Self::policy_id(policy.version), topic) }
    }

    /// News, to be told from now on.
    #[must_use]
    pub fn of_news(now: Timestamp, subject: String, text: String) -> Self {
        Self::begin(now, MailingId::new(), Topic::News { subject, text })
    }

    /// The id of the one mailing of this version.
    #[must_use]
    pub fn policy_id(version: &str) -> MailingId {
        let digest = Sha256::digest(format!("policy {version}"));
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&digest[..16]);
        MailingId::from_uuid(Uuid::from_bytes(bytes))
    }

    fn begin(now: Timestamp, id: MailingId, topic: Topic) -> Self {
        Self {
            id,
            topic,
            created_at: now,
            due_at: Some(now),
            round: 1,
            again_at: None,
            seen_to: None,
            told: 0,
            ended_at: None,
            stopped: false,
            version: 1,
        }
    }

    /// The mailing after a page, at whose end the next one begins. At the end of a round it waits for the
    /// next one, or ends.
    #[must_use]
    pub fn gone_on(&self, now: Timestamp, told: u64, next: Option<(String, String)>) -> Self {
        let mut after = Self { told: self.told + told, version: self.version + 1, ..self.clone() };
        after.seen_to = next;
        if after.seen_to.is_some() {
            return after;
        }
        match after.again_at.take() {
            Some(again_at) => {
                after.due_at = Some(again_at);
                after.round += 1;
                after
            }
            None => after.over(now),
        }
    }

    /// The mailing as an operator stops it. The housekeeper ends it when it comes to it, and sends nothing more
    /// of it. `None` if it is stopped already.
    #[must_use]
    pub fn stopped_by_hand(&self) -> Option<Self> {
        let next = || Self { stopped: true, version: self.version + 1, ..self.clone() };
        (!self.stopped).then(next)
    }

    /// The mailing, ended; as it is if it has.
    #[must_use]
    pub fn ended(&self, now: Timestamp) -> Self {
        match self.ended_at {
            Some(_) => self.clone(),
            None => Self { version: self.version + 1, ..self.clone() }.over(now),
        }
    }

    fn over(self, now: Timestamp) -> Self {
        Self { due_at: None, again_at: None, seen_to: None, ended_at: Some(now), ..self }
    }

    /// That this account is told now.
    #[must_use]
    pub fn notice(&self, now: Timestamp, account: AccountId) -> Notice {
        let about = match &self.topic {
            Topic::Policy { version } => version,
            Topic::News { .. } => "news",
        };
        let about = about.to_owned();
        Notice { account, mailing: self.id, about, round: self.round, at: now }
    }

    /// When the row ends; one that goes on does not.
    #[must_use]
    pub fn ends_at(&self) -> Option<Timestamp> {
        self.ended_at.map(|at| after(at, SignedDuration::from_hours(24 * AUDIT_DAYS)))
    }
}

impl Notice {
    /// When the row ends; that somebody was told of policies is kept as long as their account.
    #[must_use]
    pub fn ends_at(&self) -> Option<Timestamp> {
        let days = SignedDuration::from_hours(24 * NEWS_NOTICE_DAYS);
        (self.about == "news").then(|| after(self.at, days))
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::Date;

    use super::*;

    const POLICY: Policy = Policy {
        version: "b",
        effective_on: Date::constant(2026, 12, 1),
        significant: true,
        changes: "x",
    };

    #[test]
    fn a_round_goes_on_where_it_was_and_the_last_one_ends() {
        let now: Timestamp = "2026-11-01T00:00:00Z".parse().unwrap();
        let begun = Mailing::of_policy(now, &POLICY);
        assert_eq!(begun.id, Mailing::policy_id("b"), "one for each version");
        assert_ne!(begun.id, Mailing::policy_id("c"));
        let seen = Some(("pk".to_owned(), "sk".to_owned()));
        let second = begun.gone_on(now, 3, seen.clone());
        assert_eq!((second.told, second.due_at, second.round), (3, Some(now), 1));
        assert_eq!(second.seen_to, seen);
        let waits = second.gone_on(now, 2, None);
        assert_eq!((waits.told, waits.round), (5, 2));
        assert_eq!(waits.due_at, Some(POLICY.effective_at()));
        assert_eq!((&waits.seen_to, waits.ended_at), (&None, None));
        let ended = waits.gone_on(POLICY.effective_at(), 1, None);
        assert_eq!((ended.told, ended.due_at), (6, None));
        assert_eq!(ended.ended_at, Some(POLICY.effective_at()));
        assert_eq!(ended.ended(now), ended);
        let holds = Mailing::of_policy(POLICY.effective_at(), &POLICY);
        assert_eq!(holds.gone_on(now, 0, None).ended_at, Some(now), "one round is enough");
        assert_eq!(waits.ended(now).due_at, None);
        let stopped = waits.stopped_by_hand().unwrap();
        assert_eq!((stopped.due_at, stopped.stopped_by_hand()), (waits.due_at, None));
    }
}
