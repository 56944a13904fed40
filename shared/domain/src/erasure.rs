//! How an account is erased, as pure rules.
//!
//! The account is marked and its wallet closed in one transaction, which nobody passes after it. What
//! requests, workers and presigned links had under way by then may still be written; so there are two
//! passes over everything, the second when all of them are certainly over. Every step may be done
//! again: what a crashed process leaves is found by [`Erasure::due_at`].
//!
//! An order ([`crate::legal_hold`]) does not stop it: what the order asks for is copied before anything is
//! deleted, and the erasure is completed when the copy is deleted, too. The receipt tells of the copy, or,
//! if the order forbids that, is what it would be without one.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    export::EXPORTS,
    ids::{AccountId, ErasureId},
    job::after,
    legal_hold::HOLDS,
    plan::Plan,
};

/// How long after the first pass the last one comes: longer than a presigned upload that began at its
/// link's end, and than a worker that does not know yet.
pub const LAST_PASS: SignedDuration = SignedDuration::from_hours(1);
/// For how many days backups reach back. The template's tables carry the same number; a test compares
/// the two.
pub const BACKUP_DAYS: i64 = 7;
const BACKUPS: SignedDuration = SignedDuration::from_hours(24 * BACKUP_DAYS);
/// How often it is looked whether orders still keep copies; their end says so by itself.
const LOOK: SignedDuration = SignedDuration::from_hours(24);
/// How long a receipt can be read.
pub const RECEIPT_DAYS: i64 = 3 * 365;

/// What is to be done next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// Wait until there are the copies that orders ask for. From its end on no order can ask for one.
    Copy,
    /// Bring live jobs to an end, by the job machine: their holds are resolved.
    Jobs,
    /// Delete rows.
    Rows,
    /// Delete objects.
    Objects,
    /// Wait until no order keeps a copy any more. All else is deleted.
    Held,
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
    /// What orders did to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held: Option<KeptCopy>,
    /// If the account has acted as an operator: until when the log of that has its id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acts_until: Option<Timestamp>,
    /// When the housekeeper is to go on; part of the key in its agenda.
    pub due_at: Option<Timestamp>,
    /// Counts the row's changes.
    pub version: u64,
}

/// A copy that was still there after the last pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptCopy {
    /// Whether the person may be told of it.
    pub told: bool,
    /// Until when there was one of which they may be told; missing while there is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
}

/// An order whose copy was deleted while an erasure waited for that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HoldEnd {
    /// Whether the person may be told of it.
    pub told: bool,
    /// Whether there was a copy that is deleted now.
    pub deleted: bool,
    /// Whether the erasure still waits for other orders.
    pub waits: bool,
    /// Whether the person may be told of one of these.
    pub waits_openly: bool,
}

/// Where an erasure is, as its receipt says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ErasureStatus {
    /// Not everything is deleted yet.
    Running,
    /// Everything is deleted but a copy that an order keeps.
    Held,
    /// Nothing is left but what `kept` says.
    Completed,
}

/// Something that is kept after an erasure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Kept {
    /// What.
    pub what: &'static str,
    /// Why that is allowed.
    pub basis: &'static str,
    /// Until when; missing if it is about nobody any more, or if nobody knows the day.
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
            step: Step::Copy,
            last_pass: false,
            counted_to: None,
            deleted: BTreeMap::new(),
            completed_at: None,
            held: None,
            acts_until: None,
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
            (Step::Copy, _) => next.step = Step::Jobs,
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
            // Backups still know of the copy and whose it was.
            (Step::Held, _) => {
                next.step = Step::Remember;
                next.due_at = Some(after(now, BACKUPS));
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

    /// The last pass is over, and orders keep copies. `told` is whether the person may know.
    #[must_use]
    pub fn held(&self, now: Timestamp, told: bool) -> Self {
        // What was told once stays so, whichever orders come later.
        let held = self.held.unwrap_or(KeptCopy { told, until: None });
        Self {
            step: Step::Held,
            counted_to: None,
            completed_at: self.completed_at.or(Some(now)),
            held: Some(held),
            due_at: Some(after(now, LOOK)),
            ..self.next()
        }
    }

    /// An order has ended. With the last one it goes on at once.
    #[must_use]
    pub fn hold_ended(&self, now: Timestamp, end: HoldEnd) -> Self {
        let before = self.held.unwrap_or(KeptCopy { told: false, until: None });
        let told = before.told || end.told;
        let until = match end.waits_openly {
            true => None,
            // What was told openly is seen to end, even if its end is not to be told of.
            false if end.told || before.told && before.until.is_none() => Some(now),
            false => before.until,
        };
        let goes_on = self.step == Step::Held && !end.waits;
        let mut next = Self { held: Some(KeptCopy { told, until }), ..self.next() };
        next.due_at = if goes_on { Some(now) } else { self.due_at };
        if end.told && end.deleted {
            *next.deleted.entry(format!("bucket.{HOLDS}")).or_default() += 1;
        }
        next
    }

    /// The same from its beginning, after a restore brought things back.
    #[must_use]
    pub fn again(&self, now: Timestamp) -> Self {
        Self { step: Step::Copy, last_pass: false, due_at: Some(now), ..self.next() }
    }

    /// Whether nothing was done yet, or again.
    #[must_use]
    pub fn begins(&self) -> bool {
        self.step == Step::Copy && !self.last_pass
    }

    /// Where it is, as the person may know it.
    #[must_use]
    pub fn status(&self) -> ErasureStatus {
        match self.told() {
            _ if self.completed_at.is_none() => ErasureStatus::Running,
            Some(KeptCopy { until: None, .. }) => ErasureStatus::Held,
            _ => ErasureStatus::Completed,
        }
    }

    /// When it was over, as the person may know it.
    #[must_use]
    pub fn over_at(&self) -> Option<Timestamp> {
        self.told().map_or(self.completed_at, |copy| copy.until)
    }

    fn told(&self) -> Option<KeptCopy> {
        self.held.filter(|copy| copy.told)
    }

    /// When the last backup that has any of it is gone, as the person may know it.
    #[must_use]
    pub fn backups_gone_at(&self) -> Option<Timestamp> {
        self.over_at().map(|at| after(at, BACKUPS))
    }

    /// When the receipt ends.
    #[must_use]
    pub fn ends_at(&self) -> Timestamp {
        after(self.requested_at, SignedDuration::from_hours(24 * RECEIPT_DAYS))
    }

    /// What stays, as the person may know it: of an order that forbids to tell of it, nothing differs from
    /// an account without one.
    #[must_use]
    pub fn kept(&self, now: Timestamp) -> Vec<Kept> {
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
        if self.status() == ErasureStatus::Held {
            kept.push(Kept {
                what: "a copy of the account's data, which is used for nothing else",
                basis: "an order of a court or an authority (GDPR, article 17(3)(b)), until it is released",
                until: None,
            });
        }
        if let Some(until) = self.acts_until {
            kept.push(Kept {
                what: "the account's id in the log of what operators did",
                basis: "to show what operators did (GDPR, article 5(2))",
                until: Some(until),
            });
            kept.push(Kept {
                what: "the account's id in orders of courts that it proposed, confirmed or released",
                basis: "to show who did (GDPR, article 5(2)), 24 months from the order's release",
                until: None,
            });
        }
        // The same for everybody, so that it tells nothing of anybody.
        kept.push(Kept {
            what: "lines about the account in the log of operators' acts, if there are any, which name it as \
                   a hash",
            basis: "to show what operators did (GDPR, article 5(2)), 24 months from the act",
            until: None,
        });
        kept.push(Kept {
            what: "a copy and the account's id, if a court or an authority has ordered to keep them and \
                   forbidden to tell of it",
            basis: "a legal obligation (GDPR, articles 17(3)(b) and 23), until the order is released",
            until: None,
        });
        if self.backups_gone_at().is_none_or(|gone| now < gone) {
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

/// The prefixes of all objects of an account that its erasure deletes; copies that orders keep stay.
#[must_use]
pub fn prefixes(account: AccountId) -> Vec<String> {
    let results = Plan::ALL.map(Plan::results_prefix);
    let all = results.into_iter().chain(["uploads/", EXPORTS].map(str::to_owned));
    all.map(|prefix| format!("{prefix}{account}/")).collect()
}
