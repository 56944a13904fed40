use std::panic::AssertUnwindSafe;

use futures::{
    FutureExt,
    future::{join, join_all},
};
use jiff::Timestamp;
use reverie_domain::job::{Job, Status};
use reverie_store::{
    generations::{self, DUE_SHARDS, Finished},
    queue::Message,
};

use crate::{Housekeeper, HousekeeperError, SweepReport};

/// How many pages of one shard a sweep tends. The next minute does the rest.
const PAGES: u32 = 10;

/// What was done about a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Deed {
    Nothing,
    Resent,
    Expired,
    Purged,
}

impl Housekeeper {
    /// Tends every job that is due, and the agenda. Errors are logged and counted; those stay due.
    pub async fn sweep(&self) -> SweepReport {
        let now = self.clock.now();
        let mut total = SweepReport::default();
        if let Err(error) = self.announce_policies().await {
            tracing::error!(%error, "the policies are not announced");
            total.failed += 1;
        }
        let shards = join_all(DUE_SHARDS.map(|shard| self.sweep_shard(now, shard)));
        let (shards, agenda) = join(shards, self.keep_agenda()).await;
        for report in shards {
            total += report;
        }
        total += agenda;
        total
    }

    pub(crate) async fn sweep_shard(&self, now: Timestamp, shard: &str) -> SweepReport {
        let mut report = SweepReport::default();
        let mut after = None;
        for _ in 0..PAGES {
            let page = match generations::due(&*self.tables, now, shard, after).await {
                Ok(page) => page,
                Err(error) => {
                    tracing::error!(shard, %error, "due jobs cannot be listed");
                    report.failed += 1;
                    return report;
                }
            };
            for job in &page.jobs {
                report += self.tend_alone(now, job).await;
            }
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        report
    }

    /// Whatever happens to this job stays with it.
    async fn tend_alone(&self, now: Timestamp, job: &Job) -> SweepReport {
        let mut report = SweepReport { swept: 1, ..SweepReport::default() };
        match AssertUnwindSafe(self.tend(now, job)).catch_unwind().await {
            Ok(Ok(Deed::Nothing)) => {}
            Ok(Ok(Deed::Resent)) => report.resent = 1,
            Ok(Ok(Deed::Expired)) => report.expired = 1,
            Ok(Ok(Deed::Purged)) => report.purged = 1,
            Ok(Err(error)) => {
                tracing::error!(id = %job.id, %error, "not tended");
                report.failed = 1;
            }
            Err(_) => {
                tracing::error!(id = %job.id, "panicked");
                report.failed = 1;
            }
        }
        report
    }

    async fn tend(&self, now: Timestamp, job: &Job) -> Result<Deed, HousekeeperError> {
        if job.purges.iter().any(|purge| purge.at <= now) {
            self.purge(now, job).await?;
            return Ok(Deed::Purged);
        }
        let Ok(transition) = job.sweep(now) else { return Ok(Deed::Nothing) };
        let finished = match generations::apply(&*self.tables, now, job, &transition, None).await? {
            // Written already, by an attempt whose answer was lost; or by another sweep, and two messages do no harm.
            Finished::Changed(Some(row)) if row == transition.job => Finished::Done(row),
            finished => finished,
        };
        match finished {
            Finished::Done(job) if job.status == Status::Queued => {
                let Job { account, id: generation, .. } = job;
                self.queue.send(&Message::GenerationQueued { account, generation }).await?;
                tracing::info!(id = %generation, lost_leases = job.lost_leases, "sent again");
                Ok(Deed::Resent)
            }
            Finished::Done(job) => {
                tracing::warn!(id = %job.id, code = job.failure.map(|f| f.code), "ended");
                Ok(Deed::Expired)
            }
            // Whoever changed it has tended it.
            Finished::Changed(_) => Ok(Deed::Nothing),
        }
    }
}
