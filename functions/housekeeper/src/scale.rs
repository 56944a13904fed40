use std::num::NonZero;

use reverie_store::{queue::Gauge, tables::StoreError};
use reverie_telemetry::{Metric, publish};

/// What the workers have before them, and how many of them that takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Load {
    /// Jobs that wait for a worker.
    pub waiting: u32,
    /// Jobs that a worker has. Counted too, or a busy worker would look idle and be stopped.
    pub in_flight: u32,
    /// How many workers there should be.
    pub workers_wanted: u32,
}

impl Load {
    /// Counts the queue, for workers of which each is to have `per_worker` jobs before it.
    ///
    /// # Errors
    /// If the queue does not answer.
    pub async fn of(queue: &dyn Gauge, per_worker: NonZero<u32>) -> Result<Self, StoreError> {
        let depth = queue.depth().await?;
        let backlog = depth.waiting.saturating_add(depth.in_flight);
        Ok(Self {
            waiting: depth.waiting,
            in_flight: depth.in_flight,
            workers_wanted: backlog.div_ceil(per_worker.get()),
        })
    }

    /// Publishes the numbers as metrics, on standard output. The queue's own metrics stop when it
    /// is idle for long, and come late when it no longer is; these come each minute.
    pub fn publish(&self) {
        let count = |name, value| Metric { name, unit: "Count", value: f64::from(value) };
        // Jobs that wait while no worker has any: nobody works.
        let unattended = if self.in_flight == 0 { self.waiting } else { 0 };
        let metrics = [
            count("Backlog", self.waiting.saturating_add(self.in_flight)),
            count("Waiting", self.waiting),
            count("Unattended", unattended),
            count("WorkersWanted", self.workers_wanted),
        ];
        publish("housekeeper", &metrics);
    }
}

#[cfg(test)]
mod tests {
    use async_trait::async_trait;
    use reverie_store::queue::Depth;

    use super::*;

    struct Fixed(u32, u32);

    #[async_trait]
    impl Gauge for Fixed {
        async fn depth(&self) -> Result<Depth, StoreError> {
            Ok(Depth { waiting: self.0, in_flight: self.1 })
        }
    }

    #[tokio::test]
    async fn jobs_in_flight_count_and_one_job_takes_one_worker() {
        let four = NonZero::new(4).unwrap();
        for (waiting, in_flight, wanted) in [(0, 0, 0), (1, 0, 1), (0, 1, 1), (3, 1, 1), (3, 2, 2)]
        {
            let load = Load::of(&Fixed(waiting, in_flight), four).await.unwrap();
            assert_eq!(load.workers_wanted, wanted, "{waiting} + {in_flight}");
        }
    }
}
