//! Holding a claim: confirm it, report progress, notice when it is lost.

use std::time::Duration;

use reverie_domain::job::{Failure, HEARTBEAT, Job, LEASE, SELF_STOP, Status};
use reverie_store::{generations, tables::StoreError};
use tokio::time::{Instant, sleep, timeout};

use crate::{Worker, compute::Gauge};

/// How often the row is written or looked at. A cancellation is noticed within two of these.
const PULSE: Duration = Duration::from_secs(1);
/// How long one pulse may take. Two late ones fit between the self-stop and the lease's end.
const PULSE_TIMEOUT: Duration = Duration::from_secs(3);
/// How often a pulse is tried anew because the row had changed.
const RACES: u32 = 3;

/// Why a job ends without a result.
#[derive(Debug)]
pub(crate) enum End {
    /// It failed.
    Failed(Failure),
    /// It is no longer ours: canceled, deleted, or taken over.
    Superseded,
    /// A store is down: whether it is still ours is unknown.
    Unreachable,
    /// The worker is to stop.
    Shutdown,
}

/// A claim.
#[derive(Debug)]
pub(crate) struct Lease {
    /// The row as we last wrote or saw it.
    pub(crate) job: Job,
    /// The fencing token.
    pub(crate) epoch: u32,
    /// What the queue knows the message by.
    pub(crate) handle: String,
    /// Before the last write that extended the lease, on this machine's monotonic clock.
    confirmed: Instant,
    /// When the message was last hidden for the length of a lease.
    hidden: Instant,
}

impl Lease {
    /// The lease of a job that was claimed by a write begun at `asked`.
    pub(crate) fn new(claimed: Job, handle: &str, asked: Instant) -> Self {
        Self {
            epoch: claimed.epoch,
            job: claimed,
            handle: handle.to_owned(),
            confirmed: asked,
            hidden: asked,
        }
    }

    /// Keeps the claim; returns only once it is lost.
    pub(crate) async fn keep(&mut self, worker: &Worker, gauge: &Gauge) -> End {
        loop {
            sleep(PULSE).await;
            match timeout(PULSE_TIMEOUT, self.pulse(worker, gauge.progress())).await {
                Ok(Ok(true)) => {}
                Ok(Ok(false)) => return End::Superseded,
                Ok(Err(error)) => tracing::warn!(id = %self.job.id, %error, "no heartbeat"),
                Err(_) => tracing::warn!(id = %self.job.id, "no heartbeat in time"),
            }
            if self.confirmed.elapsed() >= silence_limit() {
                tracing::error!(id = %self.job.id, "stopped: the lease cannot be confirmed");
                return End::Unreachable;
            }
            if self.hidden.elapsed() >= HEARTBEAT.unsigned_abs() {
                self.hide(worker).await;
            }
        }
    }

    /// Writes the progress if it moved or the lease is to be extended, else looks at the row.
    /// `false` when the job is no longer ours.
    async fn pulse(&mut self, worker: &Worker, progress: f32) -> Result<bool, StoreError> {
        let extend = self.confirmed.elapsed() >= HEARTBEAT.unsigned_abs();
        if progress <= self.job.progress && !extend {
            let (account, id) = (self.job.account, self.job.id);
            let row = generations::find_job(&*worker.tables, account, id).await?;
            return Ok(self.saw(row));
        }
        for _ in 0..RACES {
            let asked = Instant::now();
            let now = worker.clock.now();
            let Ok(next) = self.job.heartbeat(now, self.epoch, progress) else { return Ok(false) };
            match generations::update(&*worker.tables, &self.job, &next).await? {
                Ok(()) => {
                    self.job = next;
                    self.confirmed = asked;
                    return Ok(true);
                }
                Err(row) if !self.saw(row.clone()) => return Ok(false),
                Err(_) => {}
            }
        }
        // It is ours, but others keep changing it: the next pulse tries again.
        Ok(true)
    }

    /// Takes the row as it is now; `false` if it is not ours.
    fn saw(&mut self, row: Option<Job>) -> bool {
        let ours = row.filter(|job| job.status == Status::Running && job.epoch == self.epoch);
        let held = ours.is_some();
        if let Some(job) = ours {
            self.job = job;
        }
        held
    }

    /// A message that reappears does no harm: whoever receives it cannot have the job.
    async fn hide(&mut self, worker: &Worker) {
        let extend = worker.queue.extend(&self.handle, LEASE.unsigned_abs());
        match timeout(PULSE_TIMEOUT, extend).await {
            Ok(Ok(())) => self.hidden = Instant::now(),
            Ok(Err(error)) => tracing::warn!(id = %self.job.id, %error, "message not extended"),
            Err(_) => tracing::warn!(id = %self.job.id, "message not extended in time"),
        }
    }
}

/// How long a worker goes on without a confirmed lease.
fn silence_limit() -> Duration {
    (LEASE - SELF_STOP).unsigned_abs()
}
