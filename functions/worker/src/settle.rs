//! How a claim ends: a result, a failure, or a hand-back.

use jiff::Timestamp;
use reverie_domain::{
    ids::{AccountId, GenerationId},
    job::{Failure, Job, JobError, Status, Transition},
};
use reverie_store::{
    cache,
    generations::{self, Finished},
    ledger::LedgerError,
    queue::Message,
};
use serde_json::Value;
use tokio::time::{sleep, timeout};

use crate::{
    Worker,
    attempt::Disposal,
    lease::Lease,
    retry::{STORE_TIMEOUT, TRIES, backoff, retry},
    upload::Stored,
};

/// What a row that had changed says about our claim.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// What we wanted is written: the answer was lost.
    Settled,
    /// Something else changed; the claim holds.
    Ours,
    /// The claim is lost.
    Lost,
}

/// Judges the row that a refused write returned.
pub(crate) fn verdict(row: &Job, epoch: u32, wanted: Status) -> Verdict {
    match (row.epoch == epoch, row.status) {
        (true, status) if status == wanted => Verdict::Settled,
        (true, Status::Running) => Verdict::Ours,
        _ => Verdict::Lost,
    }
}

impl Worker {
    /// Makes the uploaded files the job's result.
    pub(crate) async fn succeed(&self, lease: Lease, stored: Stored) -> Disposal {
        let Stored { files, understood } = stored;
        let next = |job: &Job, now| job.succeed(now, lease.epoch, files.clone());
        // Before the job succeeds, so that its owner cannot ask again sooner. The row is only a
        // hint: one attempt is enough, and it does no harm if the job does not succeed.
        let hint = cache::remember(&*self.tables, self.clock.now(), &lease.job);
        if !matches!(timeout(STORE_TIMEOUT, hint).await, Ok(Ok(()))) {
            tracing::warn!(id = %lease.job.id, "the same request will be made anew");
        }
        self.settle(&lease, Status::Succeeded, Some(understood), next).await
    }

    /// Ends the job without a result.
    pub(crate) async fn fail(&self, lease: Lease, failure: Failure) -> Disposal {
        let next = |job: &Job, now| job.fail(now, lease.epoch, failure.clone());
        self.settle(&lease, Status::Failed, None, next).await
    }

    async fn settle(
        &self,
        lease: &Lease,
        wanted: Status,
        understood: Option<Value>,
        next: impl Fn(&Job, Timestamp) -> Result<Transition, JobError> + Send + Sync,
    ) -> Disposal {
        let id = lease.job.id;
        let mut job = lease.job.clone();
        for attempt in 0..TRIES {
            let now = self.clock.now();
            let Ok(transition) = next(&job, now) else { return self.lost(lease).await };
            let applied =
                generations::apply(&*self.tables, now, &job, &transition, understood.clone());
            match timeout(STORE_TIMEOUT, self.fresh(applied, &job)).await {
                Ok(Ok(None)) => {
                    tracing::info!(%id, status = ?wanted, "generation finished");
                    return Disposal::Delete;
                }
                Ok(Ok(Some(None))) => return self.lost(lease).await,
                Ok(Ok(Some(Some(row)))) => match verdict(&row, lease.epoch, wanted) {
                    Verdict::Settled => return Disposal::Delete,
                    Verdict::Lost => return self.lost(lease).await,
                    Verdict::Ours => {
                        job = *row;
                        continue;
                    }
                },
                Ok(Err(error)) => tracing::warn!(%id, attempt, %error, "not finished yet"),
                Err(_) => tracing::warn!(%id, attempt, "not finished in time"),
            }
            sleep(backoff(attempt)).await;
        }
        tracing::error!(%id, "the end of the generation could not be written");
        Disposal::Leave
    }

    /// `None` once it is written; else the row as it is, if there is one.
    async fn fresh(
        &self,
        applied: impl Future<Output = Result<Finished, LedgerError>> + Send,
        job: &Job,
    ) -> Result<Option<Option<Box<Job>>>, LedgerError> {
        match applied.await? {
            Finished::Done(_) => Ok(None),
            Finished::Changed(Some(row)) => Ok(Some(Some(Box::new(row)))),
            // Not the job but a row beside it had changed, or the job is gone.
            Finished::Changed(None) => {
                let row = generations::find_job(&*self.tables, job.account, job.id).await?;
                Ok(Some(row.map(Box::new)))
            }
        }
    }

    /// Leaves the job to whoever has it now.
    pub(crate) async fn lost(&self, lease: &Lease) -> Disposal {
        tracing::info!(id = %lease.job.id, epoch = lease.epoch, "no longer ours");
        self.purge_epoch(lease).await;
        Disposal::Delete
    }

    /// Gives the job back for another worker: the row first, then its new message.
    pub(crate) async fn hand_back(&self, lease: Lease) -> Disposal {
        let (id, account) = (lease.job.id, lease.job.account);
        let mut job = lease.job.clone();
        for attempt in 0..TRIES {
            let Ok(next) = job.hand_back(self.clock.now(), lease.epoch) else {
                return Disposal::Delete;
            };
            let update = generations::update(&*self.tables, &job, &next);
            match timeout(STORE_TIMEOUT, update).await {
                Ok(Ok(Ok(()))) => return self.send_anew(account, id).await,
                Ok(Ok(Err(Some(row)))) => match verdict(&row, lease.epoch, Status::Queued) {
                    Verdict::Settled => return self.send_anew(account, id).await,
                    Verdict::Lost => return Disposal::Delete,
                    Verdict::Ours => {
                        job = row;
                        continue;
                    }
                },
                Ok(Ok(Err(None))) => return Disposal::Delete,
                Ok(Err(error)) => tracing::warn!(%id, attempt, %error, "not handed back yet"),
                Err(_) => tracing::warn!(%id, attempt, "not handed back in time"),
            }
            sleep(backoff(attempt)).await;
        }
        tracing::error!(%id, "not handed back: the sweep will find it");
        Disposal::Leave
    }

    async fn send_anew(&self, account: AccountId, generation: GenerationId) -> Disposal {
        tracing::info!(id = %generation, "handed back");
        let message = Message::GenerationQueued { account, generation };
        match retry("send a message", STORE_TIMEOUT, || self.queue.send(&message)).await {
            Some(()) => Disposal::Delete,
            // The old message says the same.
            None => Disposal::Return,
        }
    }
}
