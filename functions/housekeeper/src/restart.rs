use std::collections::HashSet;

use jiff::Timestamp;
use reverie_domain::{ids::GenerationId, job::Job};
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
            let mut seen = HashSet::new();
            loop {
                // Every live job is due at some time: at its deadline if at no other.
                let jobs = generations::due(&*self.tables, Timestamp::MAX, shard).await?;
                if !self.requeue(now, &jobs, &mut seen).await? {
                    break;
                }
                // Sent jobs are due later, which lets the next page show others.
                total += self.sweep_shard(now, shard).await;
            }
        }
        Ok(total)
    }

    /// Queues the live jobs that it sees for the first time; `false` if there are none.
    async fn requeue(
        &self,
        now: Timestamp,
        jobs: &[Job],
        seen: &mut HashSet<GenerationId>,
    ) -> Result<bool, HousekeeperError> {
        let mut any = false;
        for job in jobs {
            let Ok(queued) = job.after_restart(now) else { continue };
            if !seen.insert(job.id) {
                continue;
            }
            any = true;
            if generations::update(&*self.tables, job, &queued).await?.is_err() {
                tracing::info!(id = %job.id, "changed meanwhile");
            }
        }
        Ok(any)
    }
}
