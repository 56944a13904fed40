//! How an account is erased, as pure rules.
//!
//! The account is marked and its wallet closed in one transaction, which nobody passes after it. What
//! requests, workers and presigned links had under way by then may still be written; so there are two
//! passes over everything, the second when all of them are certainly over. Every step may be done
//! again: what a crashed process leaves is found by [`Erasure::due_at`].

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    export::EXPORTS,
    ids::{AccountId, ErasureId},
    job::after,
    plan::Plan,
};

/// How long after the first pass the last one comes: longer than a presigned upload that began at its
/// link's end, and than a worker that does not know yet.
pub const LAST_PASS: SignedDuration = SignedDuration::from_hours(1);
/// For how many days backups reach back. The template's tables carry the same number; a test compares
/// the two.
pub const BACKUP_DAYS: i64 = 7;
/// How long a receipt can be read.
pub const RECEIPT_DAYS: i64 = 3 * 365;

/// What is to be done next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// Bring live jobs to an end, by the job machine: their holds are resolved.
    Jobs,
    /// Delete rows.
    Rows,
    /// Delete objects.
    Objects,
    /// Nothing: everything is deleted. The account's id stays as a mark until backups are gone, so
    /// that a restore can be followed by the same erasure.
    Remember,
    /// Nothing, for good.
    Ended,
}

/// An erasure's row, and all that a receipt says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Erasure {
    /// The erasure's id.
    pub id: ErasureId,
    /// What is erased, until backups are gone.
    pub account: Option<AccountId>,
    /// The guests that became that account, which are erased with it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<AccountId>,
    /// SHA-256 of the receipt's token, in hex; `None` if nobody asked for the erasure.
    pub token_hash: Option<String>,
    /// When it was asked for.
    pub requested_at: Timestamp,
    /// What is to be done next.
    pub step: Step,
    /// Whether the first pass is over.
    pub last_pass: bool,
    /// Under the prefix that is being emptied: keys up to this one are counted.
    pub counted_to: Option<String>,
    /// How many of what were deleted: `generations.detail` rows, `bucket.results/free/` objects.
    pub deleted: BTreeMap<String, u64>,
    /// When the last pass was over.
    pub completed_at: Option<Timestamp>,
    /// When the housekeeper is to go on; part of the key in its agenda.
    pub due_at: Option<Timestamp>,
    /// Counts the row's changes.
    pub version: u64,
}

/// Something that is kept after an erasure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Kept {
    /// What.
    pub what: &'static str,
    /// Why that is allowed.
    pub basis: &'static str,
    /// Until when; missing if it is about nobody any more.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub until: Option<Timestamp>,
}

impl Erasure {
    /// An erasure that begins now. Without a token it has no receipt.
    #[must_use]
    pub fn begin(now: Timestamp, account: AccountId, token_hash: Option<String>) -> Self {
        Self {
            id: ErasureId::new(),
            account: Some(account),
            aliases: Vec::new(),
            token_hash,
            requested_at: now,
            step: Step::Jobs,
            last_pass: false,
            counted_to: None,
            deleted: BTreeMap::new(),
            completed_at: None,
            due_at: Some(now),
            version: 1,
        }
    }

    /// All accounts that it erases; none once backups are gone.
    #[must_use]
    pub fn accounts(&self) -> Vec<AccountId> {
        self.account.iter().chain(&self.aliases).copied().collect()
    }

    /// The same with `number` more of `kind` deleted.
    #[must_use]
    pub fn counted(&self, kinds: impl IntoIterator<Item = (String, u64)>) -> Self {
        let mut next = self.next();
        for (kind, number) in kinds {
            *next.deleted.entry(kind).or_default() += number;
        }
        next
    }

    /// The step is done.
    #[must_use]
    pub fn stepped(&self, now: Timestamp) -> Self {
        let mut next = Self { counted_to: None, ..self.next() };
        match (self.step, self.last_pass) {
            (Step::Jobs, _) => next.step = Step::Rows,
            (Step::Rows, _) => next.step = Step::Objects,
            (Step::Objects, false) => {
                next.step = Step::Jobs;
                next.last_pass = true;
                next.due_at = Some(after(now, LAST_PASS));
            }
            (Step::Objects, true) => {
                next.step = Step::Remember;
                // A replay after a restore is not another end.
                next.completed_at = self.completed_at.or(Some(now));
                next.due_at = next.backups_gone_at();
            }
            (Step::Remember | Step::Ended, _) => {
                next.step = Step::Ended;
                next.account = None;
                next.aliases = Vec::new();
                next.due_at = None;
            }
        }
        next
    }

    /// The same from its beginning, after a restore brought things back.
    #[must_use]
    pub fn again(&self, now: Timestamp) -> Self {
        Self { step: Step::Jobs, last_pass: false, due_at: Some(now), ..self.next() }
    }

    /// Whether nothing was done yet, or again.
    #[must_use]
    pub fn begins(&self) -> bool {
        self.step == Step::Jobs && !self.last_pass
    }

    /// When the last backup that has any of it is gone.
    #[must_use]
    pub fn backups_gone_at(&self) -> Option<Timestamp> {
        self.completed_at.map(|at| after(at, SignedDuration::from_hours(24 * BACKUP_DAYS)))
    }

    /// When the receipt ends.
    #[must_use]
    pub fn ends_at(&self) -> Timestamp {
        after(self.requested_at, SignedDuration::from_hours(24 * RECEIPT_DAYS))
    }

    /// What stays.
    #[must_use]
    pub fn kept(&self) -> Vec<Kept> {
        let mut kept = vec![
            Kept {
                what: "the credits given and spent, with their times, under a random number",
                basis: "no longer about you: nothing links the number to a person",
                until: None,
            },
            Kept {
                what: "log lines with the ids of generations, which name nothing any more",
                basis: "to find faults (GDPR, article 6(1)(f)); they end by the log's own retention",
                until: None,
            },
        ];
        if self.step != Step::Ended {
            kept.push(Kept {
                what: "the account's id, which is random",
                basis: "to erase again if a backup is restored (GDPR, article 17)",
                until: self.backups_gone_at(),
            });
        }
        if self.token_hash.is_some() {
            kept.push(Kept {
                what: "this receipt, which names nobody",
                basis: "to show that the erasure was done (GDPR, article 5(2))",
                until: Some(self.ends_at()),
            });
        }
        kept
    }

    fn next(&self) -> Self {
        Self { version: self.version + 1, ..self.clone() }
    }
}

/// The prefixes of all objects of an account.
#[must_use]
pub fn prefixes(account: AccountId) -> Vec<String> {
    let results = Plan::ALL.map(Plan::results_prefix);
    let all = results.into_iter().chain(["uploads/", EXPORTS].map(str::to_owned));
    all.map(|prefix| format!("{prefix}{account}/")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_passes_an_hour_apart_and_a_mark_until_backups_are_gone() {
        let now: Timestamp = "2026-11-01T00:00:00Z".parse().unwrap();
        let mut erasure = Erasure::begin(now, AccountId::new(), None);
        for (step, last_pass) in [(Step::Jobs, false), (Step::Rows, false), (Step::Objects, false)]
        {
            assert_eq!((erasure.step, erasure.last_pass), (step, last_pass));
            assert_eq!(erasure.due_at, Some(now));
            erasure = erasure.stepped(now);
        }
        let later = now + LAST_PASS;
        assert_eq!(erasure.due_at, Some(later));
        for step in [Step::Jobs, Step::Rows, Step::Objects] {
            assert_eq!((erasure.step, erasure.last_pass), (step, true));
            erasure = erasure.stepped(later);
        }
        assert_eq!((erasure.step, erasure.completed_at), (Step::Remember, Some(later)));
        let gone = later + SignedDuration::from_hours(24 * BACKUP_DAYS);
        assert_eq!(erasure.due_at, Some(gone));
        assert!(erasure.account.is_some());
        let ended = erasure.stepped(gone);
        assert_eq!((ended.step, ended.account, ended.due_at), (Step::Ended, None, None));

        let again = erasure.again(gone);
        assert_eq!((again.step, again.due_at), (Step::Jobs, Some(gone)));
        assert_eq!(again.completed_at, Some(later), "the first end stays");
    }

    #[test]
    fn every_prefix_of_personal_data_is_emptied() {
        let account = AccountId::new();
        let places = crate::personal::REGISTER.iter().flat_map(|data| data.stored_in);
        for place in places.filter(|place| place.store == "bucket") {
            let covered = prefixes(account).iter().any(|prefix| prefix.starts_with(place.kind));
            assert!(covered, "{} is not erased", place.kind);
        }
        assert!(prefixes(account).iter().all(|prefix| prefix.ends_with(&format!("/{account}/"))));
    }

    #[test]
    fn counts_add_up() {
        let now: Timestamp = "2026-11-01T00:00:00Z".parse().unwrap();
        let erasure = Erasure::begin(now, AccountId::new(), None);
        let rows = |number| [("generations.job".to_owned(), number)];
        let counted = erasure.counted(rows(2)).counted(rows(3));
        assert_eq!(counted.deleted["generations.job"], 5);
        assert_eq!(counted.version, 3);
    }
}
