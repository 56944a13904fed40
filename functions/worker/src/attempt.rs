//! One message, from its receipt to its end.

use std::{sync::Arc, time::Duration};

use reverie_domain::{
    ids::{AccountId, GenerationId},
    job::Job,
};
use reverie_inference::{Engine, MusicRequest};
use reverie_store::{
    generations::{self, Detail},
    queue::{Message, Received},
};
use tokio::time::{Instant, sleep, timeout};
use tokio_util::sync::CancellationToken;

use crate::{
    Worker,
    compute::{self, Gauge, Made, Stopper},
    lease::{End, Lease},
    retry::{STORE_TIMEOUT, retry},
    upload::Stored,
};

/// How long an engine may take to stop.
const STOP_GRACE: Duration = Duration::from_secs(5);
/// How often a claim is tried anew because the row had changed.
const RACES: u32 = 3;

/// What to do with a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Disposal {
    /// It has served.
    Delete,
    /// It reappears when its visibility ends.
    Leave,
    /// It reappears at once.
    Return,
}

impl Worker {
    /// Does what a message says.
    pub(crate) async fn handle(&self, received: Received, shutdown: &CancellationToken) {
        let handle = &received.handle;
        let disposal = match received.message {
            Some(Message::GenerationQueued { account, generation }) => {
                self.attempt(account, generation, handle, shutdown).await
            }
            None => {
                tracing::warn!("a message of a kind that this version does not know");
                Disposal::Leave
            }
        };
        match disposal {
            Disposal::Delete => {
                retry("delete a message", STORE_TIMEOUT, || self.queue.delete(handle)).await;
            }
            Disposal::Return => {
                let show = || self.queue.extend(handle, Duration::ZERO);
                retry("return a message", STORE_TIMEOUT, show).await;
            }
            Disposal::Leave => {}
        }
    }

    async fn attempt(
        &self,
        account: AccountId,
        id: GenerationId,
        handle: &str,
        shutdown: &CancellationToken,
    ) -> Disposal {
        if shutdown.is_cancelled() {
            return Disposal::Return;
        }
        let owners = [account];
        let find = || generations::find(&*self.tables, &owners, id);
        let Some(found) = retry("read a job", STORE_TIMEOUT, find).await else {
            return Disposal::Leave;
        };
        // Without its request a job was deleted.
        let Some((job, Some(detail))) = found else { return Disposal::Delete };
        let lease = match self.claim(job, handle).await {
            Ok(lease) => lease,
            Err(disposal) => return disposal,
        };
        let Some(engine) = self.engine(&lease.job.model) else {
            tracing::error!(%id, model = lease.job.model.id, "no such model here");
            return self.fail(lease, compute::unavailable()).await;
        };
        self.work(lease, engine, detail, shutdown).await
    }

    async fn claim(&self, mut job: Job, handle: &str) -> Result<Lease, Disposal> {
        for _ in 0..RACES {
            let asked = Instant::now();
            // Final, or another worker's: the sweep sends a message if that one is lost.
            let Ok(claimed) = job.claim(self.clock.now()) else { return Err(Disposal::Delete) };
            let update = generations::update(&*self.tables, &job, &claimed);
            match timeout(STORE_TIMEOUT, update).await {
                Ok(Ok(Ok(()))) => return Ok(Lease::new(claimed, handle, asked)),
                Ok(Ok(Err(Some(row)))) => job = row,
                Ok(Ok(Err(None))) => return Err(Disposal::Delete),
                // The claim may be written. If so, nobody knows that it is ours, and it lapses.
                Ok(Err(error)) => {
                    tracing::warn!(id = %job.id, %error, "not claimed");
                    return Err(Disposal::Leave);
                }
                Err(_) => {
                    tracing::warn!(id = %job.id, "not claimed in time");
                    return Err(Disposal::Leave);
                }
            }
        }
        Err(Disposal::Leave)
    }

    async fn work(
        &self,
        mut lease: Lease,
        engine: Arc<dyn Engine>,
        detail: Detail,
        shutdown: &CancellationToken,
    ) -> Disposal {
        tracing::info!(id = %lease.job.id, epoch = lease.epoch, "generation started");
        match self.produce(&mut lease, engine, detail, shutdown).await {
            Ok(stored) => self.succeed(lease, stored).await,
            Err(End::Failed(failure)) => self.fail(lease, failure).await,
            Err(End::Superseded) => self.lost(&lease).await,
            Err(End::Unreachable) => Disposal::Leave,
            Err(End::Shutdown) => self.hand_back(lease).await,
        }
    }

    async fn produce(
        &self,
        lease: &mut Lease,
        engine: Arc<dyn Engine>,
        detail: Detail,
        shutdown: &CancellationToken,
    ) -> Result<Stored, End> {
        let gauge = Arc::new(Gauge::default());
        let request = self.seen(lease, detail, &gauge, shutdown).await?;
        let made = self.make(lease, engine, request, &gauge, shutdown).await?;
        self.upload(lease, made, &gauge, shutdown).await
    }

    /// The engine's form of a request: its references are looked at, and the claim is kept meanwhile.
    async fn seen(
        &self,
        lease: &mut Lease,
        detail: Detail,
        gauge: &Gauge,
        shutdown: &CancellationToken,
    ) -> Result<MusicRequest, End> {
        let Detail { request, uploaded_by, account, .. } = detail;
        let owners: Vec<_> = std::iter::once(account).chain(uploaded_by).collect();
        let (ids, kind) = (request.references.clone(), request.kind);
        let mut request = MusicRequest::from(request);
        if ids.is_empty() {
            return Ok(request);
        }
        tokio::select! {
            biased;
            seen = self.look_at(&owners, &ids, kind) => request.references = seen?,
            end = lease.keep(self, gauge) => return Err(end),
            () = shutdown.cancelled() => return Err(End::Shutdown),
        }
        Ok(request)
    }

    /// Runs the engine on a thread of its own, and keeps the claim meanwhile.
    async fn make(
        &self,
        lease: &mut Lease,
        engine: Arc<dyn Engine>,
        request: MusicRequest,
        gauge: &Arc<Gauge>,
        shutdown: &CancellationToken,
    ) -> Result<Made, End> {
        let id = lease.job.id;
        let stopper = Stopper(gauge.clone());
        let told = gauge.clone();
        let run = move || compute::run(&*engine, &request, &told, id);
        let mut thread = self.compute(run);
        let end = tokio::select! {
            biased;
            made = &mut thread => {
                let made = made.unwrap_or_else(|_| Err(compute::panicked()));
                return made.map_err(End::Failed);
            }
            end = lease.keep(self, gauge) => end,
            () = shutdown.cancelled() => End::Shutdown,
            () = sleep(self.config.run_limit) => {
                tracing::error!(%id, "stopped: it ran too long");
                End::Failed(compute::too_long())
            }
        };
        drop(stopper);
        if timeout(STOP_GRACE, thread).await.is_err() {
            tracing::error!(%id, "the model does not stop; its thread is left behind");
        }
        Err(end)
    }
}
