//! The worker's loop: warm up, receive what there is room for, stop.

use std::{sync::Arc, time::Duration};

use reverie_domain::job::LEASE;
use reverie_store::queue::Received;
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    task::{JoinError, JoinSet},
    time::{sleep, timeout},
};
use tokio_util::sync::CancellationToken;

use crate::{Worker, protection::Busy, retry::backoff};

/// How long one request for messages waits; the most that SQS allows.
const POLL: Duration = Duration::from_secs(20);
/// The most messages that SQS gives at once.
const BATCH: usize = 10;
/// How long running jobs have to end once the worker is to stop. The template lets ECS kill after 60 s.
const DRAIN: Duration = Duration::from_secs(25);

impl Worker {
    /// Works until `shutdown`, then hands running jobs back. Also returns, with the cause in the
    /// log, if an engine does not run: a worker that would fail every job takes none.
    pub async fn run(self, shutdown: CancellationToken) {
        match shutdown.run_until_cancelled(self.warm_up()).await {
            Some(true) => {}
            Some(false) | None => return,
        }
        let worker = Arc::new(self);
        let slots = Arc::new(Semaphore::new(worker.config.jobs.max(1)));
        let mut running = JoinSet::new();
        let (busy, _telling) = Busy::told_to(worker.config.agent.as_deref());
        while let Some((received, free)) =
            shutdown.run_until_cancelled(worker.receive(&slots, &mut running)).await
        {
            for (message, slot) in received.into_iter().zip(free) {
                let (worker, shutdown) = (worker.clone(), shutdown.clone());
                let working = busy.begin();
                running.spawn(async move {
                    worker.handle(message, &shutdown).await;
                    drop((slot, working));
                });
            }
        }
        let drained = timeout(DRAIN, async {
            while let Some(ended) = running.join_next().await {
                log_panic(ended);
            }
        });
        if drained.await.is_err() {
            tracing::error!(jobs = running.len(), "not all jobs ended in time");
        }
    }

    /// Waits for a free slot and then for messages, at most one for each free slot.
    async fn receive(
        &self,
        slots: &Arc<Semaphore>,
        running: &mut JoinSet<()>,
    ) -> (Vec<Received>, Vec<OwnedSemaphorePermit>) {
        let mut failures = 0;
        loop {
            let free = free_slots(slots).await;
            while let Some(ended) = running.try_join_next() {
                log_panic(ended);
            }
            // Ten at most.
            let most = free.len() as u32;
            match self.queue.receive(most, POLL, LEASE.unsigned_abs()).await {
                Ok(received) if received.is_empty() => failures = 0,
                Ok(received) => return (received, free),
                Err(error) => {
                    tracing::warn!(%error, "no messages can be received");
                    drop(free);
                    sleep(backoff(failures)).await;
                    failures += 1;
                }
            }
        }
    }

    async fn warm_up(&self) -> bool {
        for engine in &self.engines {
            let model = engine.manifest().id.clone();
            let engine = engine.clone();
            match self.compute(move || engine.warm_up()).await {
                Ok(Ok(())) => tracing::info!(model, "ready"),
                Ok(Err(error)) => {
                    tracing::error!(model, %error, "the model does not run");
                    return false;
                }
                Err(_) => {
                    tracing::error!(model, "the model panicked");
                    return false;
                }
            }
        }
        true
    }
}

/// One slot as soon as there is one, and as many more as there are then.
async fn free_slots(slots: &Arc<Semaphore>) -> Vec<OwnedSemaphorePermit> {
    let mut free = Vec::new();
    // The semaphore is never closed.
    free.extend(slots.clone().acquire_owned().await);
    while free.len() < BATCH
        && let Ok(slot) = slots.clone().try_acquire_owned()
    {
        free.push(slot);
    }
    free
}

fn log_panic(ended: Result<(), JoinError>) {
    if let Err(error) = ended
        && error.is_panic()
    {
        // The lease lapses, and the sweep takes over.
        tracing::error!("a job's task panicked");
    }
}
