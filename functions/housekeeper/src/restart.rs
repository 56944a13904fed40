use jiff::Timestamp;
use reverie_domain::job::Job;
use reverie_store::generations::{self, DUE_SHARDS};

use crate::{Housekeeper, HousekeeperError, SweepReport};

impl Housekeeper {
    /// Queues and sends every unfinished job, for a deployment whose messages and workers did not
    /// survive a restart. Call it before a worker starts.
    ///
    /// # Errors
    /// A store that cannot be read or written. Calling it again goes on where it stopped.
    pub async fn after_restart(&self) -> Result<SweepReport, HousekeeperError> {
        let now = self.clock.now();
        let mut total = SweepReport::default();
        for shard in DUE_SHARDS {
            let mut after = None;
            loop {
                // Every live job is due at some time: at its deadline if at no other. The jobs
                // that are queued meanwhile move to an earlier place, so none is met twice.
                let page = generations::due(&*self.tables, Timestamp::MAX, shard, after).await?;
                self.requeue(now, &page.jobs).await?;
                after = page.next;
                if after.is_none() {
                    break;
                }
            }
            total += self.sweep_shard(now, shard).await;
        }
        Ok(total)
    }

    async fn requeue(&self, now: Timestamp, jobs: &[Job]) -> Result<(), HousekeeperError> {
        for job in jobs {
            let Ok(queued) = job.after_restart(now) else { continue };
            if generations::update(&*self.tables, job, &queued).await?.is_err() {
                tracing::info!(id = %job.id, "changed meanwhile");
            }
        }
        Ok(())
    }
}
