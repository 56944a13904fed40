//! The job machine, as pure rules.
//!
//! ```text
//! queued ──claim──▶ running ──succeed──▶ succeeded
//!   ▲ │                │ ├──fail, overdue, lapse × 5──▶ failed
//!   │ └──cancel, fail──┤ ├──refuse──▶ refused
//!   └──hand_back, lapse┘ └──cancel──▶ canceled
//! ```
//!
//! Final states never change. A transition takes the job as it is and returns the job as it will
//! be; the store writes it only if the job's version is still the same, and resolves the hold in
//! the same transaction. What a crashed process leaves behind is found by [`Job::due_at`].

#[cfg(test)]
mod tests;
mod transitions;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use thiserror::Error;
use utoipa::ToSchema;

pub use transitions::Submission;

use crate::{
    credits::Credits,
    ids::{AccountId, GenerationId, WalletId},
    manifest::Kind,
    plan::Plan,
};

/// How long a claim or heartbeat holds the job, and how long SQS hides its message.
pub const LEASE: SignedDuration = SignedDuration::from_secs(90);
/// How often a worker extends its lease.
pub const HEARTBEAT: SignedDuration = SignedDuration::from_secs(30);
/// How long after a lease's end another worker may take over: room for clocks that disagree.
pub const TAKEOVER_GRACE: SignedDuration = SignedDuration::from_secs(15);
/// How long before its lease's end a worker that cannot extend it stops itself.
pub const SELF_STOP: SignedDuration = SignedDuration::from_secs(10);
/// How long one upload of a result may take.
pub const UPLOAD_TIMEOUT: SignedDuration = SignedDuration::from_secs(60);
/// The files of a job are written within this time before it succeeds.
const UPLOADS: SignedDuration = SignedDuration::from_mins(10);
/// How long a job may take from submission to its end.
pub const DEADLINE: SignedDuration = SignedDuration::from_hours(6);
/// How many lost leases a job survives.
pub const MAX_LOST_LEASES: u32 = 5;
/// When a message whose sending was never confirmed is sent again.
pub const FIRST_RESEND: SignedDuration = SignedDuration::from_secs(60);
/// How long the empty row of a deleted job is kept, so that late writers find it.
pub const TOMBSTONE: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Where a job is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Waiting for a worker.
    Queued,
    /// A worker has it.
    Running,
    /// Done; the files are there and the credits are spent.
    Succeeded,
    /// It could not be done; the credits went back.
    Failed,
    /// Its owner stopped it; the credits went back.
    Canceled,
    /// Something seen after submission was not allowed; the credits went back.
    Refused,
}

impl Status {
    /// Whether the job will never change state again.
    #[must_use]
    pub const fn is_final(self) -> bool {
        !matches!(self, Self::Queued | Self::Running)
    }
}

/// The model and the version of it that a job was submitted to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ModelRef {
    /// The model's id.
    pub id: String,
    /// The model's version.
    pub version: String,
}

/// Why a job did not succeed, for its owner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Failure {
    /// A stable code.
    pub code: String,
    /// What happened.
    pub message: String,
    /// Whether the same request may succeed when sent again.
    pub retryable: bool,
    /// What to change.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub suggestion: Option<String>,
}

impl Failure {
    /// A failure of ours that sending the request again may cure.
    #[must_use]
    pub fn retryable(code: &str, message: &str) -> Self {
        Self {
            code: code.to_owned(),
            message: message.to_owned(),
            retryable: true,
            suggestion: None,
        }
    }
}

/// A result file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ResultFile {
    /// The name within the generation, such as `track.flac`.
    pub name: String,
    /// The media type.
    pub content_type: String,
    /// The size in bytes.
    pub bytes: u64,
    /// SHA-256 of the file, in hex.
    pub sha256: String,
    /// SHA-256 of the content before credentials are embedded, in hex.
    pub content_sha256: String,
    /// The duration in seconds, of media.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub seconds: Option<f64>,
}

/// Which objects of a job are to be deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PurgeScope {
    /// Everything under the job's prefix.
    All,
    /// What epochs other than the winning one wrote.
    LosingEpochs,
}

/// A deletion that the housekeeper has still to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Purge {
    /// Not before this instant.
    pub at: Timestamp,
    /// What.
    pub scope: PurgeScope,
}

/// A job's row. The prompt is not in it: the request is a sibling row.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Job {
    /// The generation's id.
    pub id: GenerationId,
    /// Whose it is.
    pub account: AccountId,
    /// Where its hold is.
    pub wallet: WalletId,
    /// What it makes.
    pub kind: Kind,
    /// With what.
    pub model: ModelRef,
    /// The random seed.
    pub seed: u32,
    /// The length asked for, in seconds.
    pub seconds: u32,
    /// The request and the model's version as a hash; equal ones give equal results.
    #[serde(default)]
    pub request_hash: String,
    /// Whether its results are copies of an earlier generation's.
    #[serde(default)]
    pub cached: bool,
    /// The price quoted and held.
    pub price: Credits,
    /// What was charged; zero until it succeeds.
    pub charged: Credits,
    /// The plan at submission; it fixes the retention.
    pub plan: Plan,
    /// Where it is in its life.
    pub status: Status,
    /// 0 to 1.
    pub progress: f32,
    /// When it was submitted.
    pub created_at: Timestamp,
    /// When a worker first took it.
    pub started_at: Option<Timestamp>,
    /// When it became final.
    pub completed_at: Option<Timestamp>,
    /// An end of the files that the owner asked for, earlier than the plan's.
    pub expires_by: Option<Timestamp>,
    /// When the files end; set on success.
    pub expires_at: Option<Timestamp>,
    /// When it fails if it is not final by then.
    pub deadline: Timestamp,
    /// The fencing token: the number of the newest claim.
    pub epoch: u32,
    /// Until when the newest claim holds.
    pub lease_until: Option<Timestamp>,
    /// How many claims ended without a word.
    pub lost_leases: u32,
    /// How often the sweep has sent its message.
    pub resends: u32,
    /// The outbox mark: when to send the message again if no worker has taken it.
    pub send_at: Option<Timestamp>,
    /// Deletions still to be done.
    pub purges: Vec<Purge>,
    /// Whether the owner deleted it; the row stays a while so that late writers find it.
    pub deleted_at: Option<Timestamp>,
    /// Why it did not succeed.
    pub failure: Option<Failure>,
    /// The results; set on success.
    pub files: Vec<ResultFile>,
    /// Counts the row's changes.
    pub version: u64,
}

/// How a transition resolves the job's hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Resolution {
    /// Spend this much of it.
    Capture(Credits),
    /// Give it back, for this reason.
    Release(&'static str),
}

/// A job's next state, and what it means for the job's hold.
#[derive(Debug, Clone, PartialEq)]
pub struct Transition {
    /// The job afterwards.
    pub job: Job,
    /// Set exactly when the job becomes final.
    pub resolution: Option<Resolution>,
}

/// A transition that the job's state does not allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum JobError {
    /// The job is final.
    #[error("the generation is already {0:?}")]
    Final(Status),
    /// Another worker holds the lease.
    #[error("another worker has this job")]
    Leased,
    /// The caller's claim was superseded, or it has none.
    #[error("this claim on the job was lost")]
    ClaimLost,
    /// Nothing is due.
    #[error("nothing is due")]
    NotDue,
    /// An end of the files that is not earlier than the present one.
    #[error("the expiry can only be moved earlier, and not into the past")]
    NotEarlier,
    /// The job was deleted.
    #[error("the generation was deleted")]
    Deleted,
}

impl Job {
    /// When the housekeeper must next look at this job. `None` when it is at rest.
    #[must_use]
    pub fn due_at(&self) -> Option<Timestamp> {
        let purge = self.purges.iter().map(|purge| purge.at).min();
        let clock = match self.status {
            Status::Queued => Some(self.send_at.unwrap_or(self.deadline).min(self.deadline)),
            Status::Running => Some(self.takeover_at().min(self.deadline)),
            _ => None,
        };
        [purge, clock].into_iter().flatten().min()
    }

    /// When another worker may take a running job over.
    #[must_use]
    pub fn takeover_at(&self) -> Timestamp {
        self.lease_until.map_or(self.created_at, |until| after(until, TAKEOVER_GRACE))
    }

    /// The prefix of all its result objects.
    #[must_use]
    pub fn results_prefix(&self) -> String {
        format!("{}{}/{}/", self.plan.results_prefix(), self.account, self.id)
    }

    /// The object key of a result of `epoch`.
    #[must_use]
    pub fn result_key(&self, epoch: u32, name: &str) -> String {
        format!("{}{epoch}/{name}", self.results_prefix())
    }

    /// What went back to the wallet: everything held that was not charged, once final.
    #[must_use]
    pub fn refunded(&self) -> Credits {
        match self.status.is_final() {
            true => self.price.minus(self.charged).unwrap_or(Credits::ZERO),
            false => Credits::ZERO,
        }
    }

    /// Whether its files can still be fetched at `now`.
    #[must_use]
    pub fn files_available(&self, now: Timestamp) -> bool {
        self.expires_at.is_some_and(|end| now < end) && self.deleted_at.is_none()
    }
}

/// `at - by`, or the beginning of the calendar.
fn before(at: Timestamp, by: SignedDuration) -> Timestamp {
    at.checked_sub(by).unwrap_or(Timestamp::MIN)
}

/// `at + by`, or the end of the calendar.
pub(crate) fn after(at: Timestamp, by: SignedDuration) -> Timestamp {
    at.checked_add(by).unwrap_or(Timestamp::MAX)
}
