//! `worker` in its container.

use std::{path::PathBuf, sync::Arc, time::Duration};

use reverie_api::lambda::{Deployment, required};
use reverie_domain::clock::SystemClock;
use reverie_worker::{
    Worker, WorkerConfig, load_engines, log_panics_by_place, open_packages, publish_models,
};
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

fn main() -> anyhow::Result<()> {
    let runtime = tokio::runtime::Runtime::new()?;
    let ended = runtime.block_on(work());
    // A model's thread that does not stop must not keep the process alive.
    runtime.shutdown_timeout(Duration::from_secs(1));
    ended
}

async fn work() -> anyhow::Result<()> {
    let deployment = Deployment::load("worker").await;
    log_panics_by_place();
    let packages = open_packages(&PathBuf::from(required("REVERIE_MODELS")?))?;
    let worker = Worker {
        tables: Arc::new(deployment.tables()?),
        objects: Arc::new(deployment.objects()?),
        queue: Arc::new(deployment.queue()?),
        clock: Arc::new(SystemClock),
        engines: load_engines(&packages)?,
        config: WorkerConfig::from_env()?,
    };
    if let Err(error) = publish_models(&*worker.objects, &packages).await {
        tracing::error!(%error, "the catalogue may not name what this worker makes");
    }
    let shutdown = CancellationToken::new();
    let (mut term, mut int) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    let stop = shutdown.clone();
    tokio::spawn(async move {
        tokio::select! { _ = term.recv() => {}, _ = int.recv() => {} }
        stop.cancel();
    });
    worker.run(shutdown.clone()).await;
    anyhow::ensure!(shutdown.is_cancelled(), "the worker stopped by itself: see the log");
    Ok(())
}
