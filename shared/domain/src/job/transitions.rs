//! Each function is one arrow of the machine.

use jiff::{SignedDuration, Timestamp};

use super::*;
use crate::plan::lifecycle_expiry;

/// What a job is submitted with.
#[derive(Debug, Clone)]
pub struct Submission {
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
    /// The request and the model's version as a hash.
    pub request_hash: String,
    /// The price held.
    pub price: Credits,
    /// The plan, which fixes the retention.
    pub plan: Plan,
    /// An earlier end of the files than the plan's.
    pub expires_by: Option<Timestamp>,
}

impl Job {
    /// A new job, queued, with its outbox mark set.
    #[must_use]
    pub fn submit(now: Timestamp, submission: Submission) -> Self {
        let Submission { id, account, wallet, kind, model, seed, .. } = submission;
        let Submission { seconds, request_hash, price, plan, expires_by, .. } = submission;
        Self {
            id,
            account,
            wallet,
            kind,
            model,
            seed,
            seconds,
            request_hash,
            cached: false,
            price,
            charged: Credits::ZERO,
            plan,
            status: Status::Queued,
            progress: 0.0,
            created_at: now,
            started_at: None,
            completed_at: None,
            expires_by,
            expires_at: None,
            deadline: after(now, DEADLINE),
            epoch: 0,
            lease_until: None,
            lost_leases: 0,
            resends: 0,
            send_at: Some(after(now, FIRST_RESEND)),
            purges: Vec::new(),
            deleted_at: None,
            failure: None,
            files: Vec::new(),
            version: 1,
        }
    }

    /// A new job that whoever submits it fills from an earlier one, at no price. It is claimed from
    /// its beginning: if they do not finish it, it becomes a job like any other.
    #[must_use]
    pub fn submit_cached(now: Timestamp, submission: Submission) -> Self {
        let queued = Self::submit(now, Submission { price: Credits::ZERO, ..submission });
        Self { cached: true, version: 1, ..queued.claimed(now) }
    }

    /// A worker takes the job: a queued one, or a running one whose lease is well past.
    ///
    /// # Errors
    /// [`JobError::Final`], [`JobError::Leased`].
    pub fn claim(&self, now: Timestamp) -> Result<Self, JobError> {
        self.check_live()?;
        let mut job = self.claimed(now);
        if self.status == Status::Running {
            if now < self.takeover_at() {
                return Err(JobError::Leased);
            }
            job.lost_leases += 1;
        }
        Ok(job)
    }

    /// The worker says that it lives, and how far it is.
    ///
    /// # Errors
    /// [`JobError::Final`], [`JobError::ClaimLost`]: the worker is to stop.
    pub fn heartbeat(&self, now: Timestamp, epoch: u32, progress: f32) -> Result<Self, JobError> {
        self.check_claim(epoch)?;
        let mut job = self.next();
        job.lease_until = Some(after(now, LEASE));
        job.progress = progress.clamp(self.progress, 1.0);
        Ok(job)
    }

    /// The worker has written all files under its epoch. If their end has come meanwhile, nobody can
    /// fetch them, and the job fails instead.
    ///
    /// # Errors
    /// [`JobError::Final`], [`JobError::ClaimLost`].
    pub fn succeed(
        &self,
        now: Timestamp,
        epoch: u32,
        files: Vec<ResultFile>,
    ) -> Result<Transition, JobError> {
        self.check_claim(epoch)?;
        if self.expires_by.is_some_and(|end| end <= now) {
            let message = "Its files would have ended before they were made. You were not charged.";
            let suggestion = Some("Ask for a later `expires_at`, or for none.".to_owned());
            let (code, message) = ("expired".to_owned(), message.to_owned());
            let failure = Failure { code, message, retryable: false, suggestion };
            return Ok(self.failed(now, failure));
        }
        let mut job = self.finished(now, Status::Succeeded);
        job.progress = 1.0;
        job.charged = self.price;
        job.files = files;
        // S3 counts from the day on which a file was written, which may be the one before.
        let written = self.started_at.unwrap_or(now).max(before(now, UPLOADS));
        let kept_until = lifecycle_expiry(written, self.plan.retention_days());
        let expires_at = self.expires_by.map_or(kept_until, |end| end.min(kept_until));
        job.expires_at = Some(expires_at);
        if expires_at < kept_until {
            job.purges.push(Purge { at: expires_at, scope: PurgeScope::All });
        }
        if epoch > 1 {
            job.purges.push(Purge { at: stragglers(now), scope: PurgeScope::LosingEpochs });
        }
        Ok(Transition { job, resolution: Some(Resolution::Capture(self.price)) })
    }

    /// The worker that holds the claim could not do it.
    ///
    /// # Errors
    /// [`JobError::Final`], [`JobError::ClaimLost`].
    pub fn fail(
        &self,
        now: Timestamp,
        epoch: u32,
        failure: Failure,
    ) -> Result<Transition, JobError> {
        self.check_claim(epoch)?;
        Ok(self.failed(now, failure))
    }

    /// The worker is told to shut down and gives the job back. It is to send a new message.
    ///
    /// # Errors
    /// [`JobError::Final`], [`JobError::ClaimLost`].
    pub fn hand_back(&self, now: Timestamp, epoch: u32) -> Result<Self, JobError> {
        self.check_claim(epoch)?;
        Ok(self.requeued(after(now, FIRST_RESEND)))
    }

    /// The owner stops it.
    ///
    /// # Errors
    /// [`JobError::Final`].
    pub fn cancel(&self, now: Timestamp) -> Result<Transition, JobError> {
        self.check_live()?;
        let mut job = self.finished(now, Status::Canceled);
        job.purge_stragglers(now);
        Ok(Transition { job, resolution: Some(Resolution::Release("canceled")) })
    }

    /// The owner deletes it, in whatever state it is; a live job is canceled first.
    ///
    /// # Errors
    /// [`JobError::Deleted`].
    pub fn delete(&self, now: Timestamp) -> Result<Transition, JobError> {
        if self.deleted_at.is_some() {
            return Err(JobError::Deleted);
        }
        let Transition { mut job, resolution } = match self.status.is_final() {
            true => Transition { job: self.next(), resolution: None },
            false => self.cancel(now)?,
        };
        job.deleted_at = Some(now);
        job.files = Vec::new();
        job.failure = None;
        job.purges = [now, stragglers(now)].map(|at| Purge { at, scope: PurgeScope::All }).to_vec();
        Ok(Transition { job, resolution })
    }

    /// The owner wants the files gone earlier.
    ///
    /// # Errors
    /// [`JobError::NotEarlier`], [`JobError::Deleted`]; [`JobError::Final`] for a job without files.
    pub fn shorten(&self, now: Timestamp, end: Timestamp) -> Result<Self, JobError> {
        if self.deleted_at.is_some() {
            return Err(JobError::Deleted);
        }
        if self.status.is_final() && self.status != Status::Succeeded {
            return Err(JobError::Final(self.status));
        }
        let latest = self.expires_at.or(self.expires_by);
        if end <= now || latest.is_some_and(|latest| end > latest) {
            return Err(JobError::NotEarlier);
        }
        let mut job = self.next();
        job.expires_by = Some(end);
        if self.status == Status::Succeeded {
            job.expires_at = Some(end);
            job.purges.retain(|purge| purge.scope != PurgeScope::All);
            job.purges.push(Purge { at: end, scope: PurgeScope::All });
        }
        Ok(job)
    }

    /// The housekeeper's turn at a live job: a deadline passed, a lease lost, or a message to be
    /// sent again. When the job comes back queued, the caller sends its message.
    ///
    /// # Errors
    /// [`JobError::NotDue`], [`JobError::Final`].
    pub fn sweep(&self, now: Timestamp) -> Result<Transition, JobError> {
        self.check_live()?;
        if now >= self.deadline {
            let message = "The generation did not finish in time. You were not charged.";
            return Ok(self.failed(now, Failure::retryable("deadline", message)));
        }
        match self.status {
            Status::Queued if self.send_at.is_some_and(|at| at <= now) => {
                Ok(self.unresolved(self.requeued(after(now, self.backoff()))))
            }
            Status::Running if self.takeover_at() <= now => {
                if self.lost_leases + 1 >= MAX_LOST_LEASES {
                    let message = "The workers stopped while making this. You were not charged.";
                    return Ok(self.failed(now, Failure::retryable("worker_lost", message)));
                }
                let mut job = self.requeued(after(now, self.backoff()));
                job.lost_leases += 1;
                Ok(self.unresolved(job))
            }
            _ => Err(JobError::NotDue),
        }
    }

    /// The queue gave the message up. Only a job that nobody works on fails for it.
    ///
    /// # Errors
    /// [`JobError::Final`], [`JobError::Leased`].
    pub fn dead_letter(&self, now: Timestamp) -> Result<Transition, JobError> {
        self.check_live()?;
        if self.status == Status::Running && now < self.takeover_at() {
            return Err(JobError::Leased);
        }
        let message = "The generation could not be started. You were not charged.";
        Ok(self.failed(now, Failure::retryable("undeliverable", message)))
    }

    /// The housekeeper has done the deletions that were due at `now`.
    #[must_use]
    pub fn purged(&self, now: Timestamp) -> Self {
        let mut job = self.next();
        job.purges.retain(|purge| purge.at > now);
        job
    }

    /// After a restart that lost all messages: due at once, and leases are over.
    ///
    /// # Errors
    /// [`JobError::Final`].
    pub fn after_restart(&self, now: Timestamp) -> Result<Self, JobError> {
        self.check_live()?;
        Ok(self.requeued(now))
    }

    fn next(&self) -> Self {
        Self { version: self.version + 1, ..self.clone() }
    }

    fn claimed(&self, now: Timestamp) -> Self {
        let mut job = self.next();
        job.status = Status::Running;
        job.cached = false;
        job.epoch += 1;
        job.progress = 0.0;
        job.started_at = self.started_at.or(Some(now));
        job.lease_until = Some(after(now, LEASE));
        job.send_at = None;
        job
    }

    fn check_live(&self) -> Result<(), JobError> {
        match self.status.is_final() {
            true => Err(JobError::Final(self.status)),
            false => Ok(()),
        }
    }

    fn check_claim(&self, epoch: u32) -> Result<(), JobError> {
        self.check_live()?;
        match self.status == Status::Running && self.epoch == epoch {
            true => Ok(()),
            false => Err(JobError::ClaimLost),
        }
    }

    /// 5, 10, 20… minutes: a message may just be waiting in a long queue.
    fn backoff(&self) -> SignedDuration {
        SignedDuration::from_mins(5 << self.resends.min(6))
    }

    fn requeued(&self, send_at: Timestamp) -> Self {
        let mut job = self.next();
        job.status = Status::Queued;
        job.cached = false;
        job.progress = 0.0;
        job.lease_until = None;
        job.send_at = Some(send_at);
        job.resends = self.resends + u32::from(self.status == Status::Queued);
        job
    }

    fn unresolved(&self, job: Self) -> Transition {
        Transition { job, resolution: None }
    }

    fn finished(&self, now: Timestamp, status: Status) -> Self {
        let mut job = self.next();
        job.status = status;
        job.completed_at = Some(now);
        job.lease_until = None;
        job.send_at = None;
        job
    }

    fn failed(&self, now: Timestamp, failure: Failure) -> Transition {
        let mut job = self.finished(now, Status::Failed);
        job.failure = Some(failure);
        job.purge_stragglers(now);
        Transition { job, resolution: Some(Resolution::Release("generation failed")) }
    }

    /// A job that a worker ever had may have written objects, and may still be writing.
    fn purge_stragglers(&mut self, now: Timestamp) {
        if self.epoch > 0 {
            self.purges.push(Purge { at: stragglers(now), scope: PurgeScope::All });
        }
    }
}

/// When the last worker that does not know yet has certainly stopped writing.
fn stragglers(now: Timestamp) -> Timestamp {
    after(now, LEASE + TAKEOVER_GRACE + UPLOAD_TIMEOUT)
}
