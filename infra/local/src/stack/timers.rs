//! What AWS does by itself: ending rows and objects whose time has come.

use std::{path::PathBuf, sync::Arc, time::Duration};

use dynoxide::Database;
use jiff::Timestamp;
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use super::{lifecycle::Lifecycle, tables};

/// How often rows are swept. DynamoDB itself takes up to days.
const SWEEP_EVERY: Duration = Duration::from_secs(30);

/// How often objects are expired. The rules act at midnight UTC.
const EXPIRE_EVERY: Duration = Duration::from_secs(3600);

pub(super) async fn sweep_rows(database: Database, file: PathBuf, stop: CancellationToken) {
    every(SWEEP_EVERY, &stop, || async {
        match sweep_once(database.clone(), file.clone()).await {
            Ok(0) => {}
            Ok(rows) => tracing::debug!(rows, "rows ended"),
            Err(error) => tracing::error!(%error, "rows were not swept"),
        }
    })
    .await;
}

/// Deletes rows whose time has passed, and their traces.
pub(super) async fn sweep_once(database: Database, file: PathBuf) -> anyhow::Result<usize> {
    tokio::task::spawn_blocking(move || {
        let rows = database.sweep_ttl()?;
        tables::checkpoint(&file)?;
        Ok(rows)
    })
    .await?
}

pub(super) async fn expire_objects(lifecycle: Arc<Lifecycle>, stop: CancellationToken) {
    every(EXPIRE_EVERY, &stop, || async {
        let lifecycle = Arc::clone(&lifecycle);
        let enforced =
            tokio::task::spawn_blocking(move || lifecycle.enforce(Timestamp::now())).await;
        match enforced {
            Ok(Ok(expired)) => tracing::debug!(?expired, "lifecycle rules enforced"),
            Ok(Err(error)) => tracing::error!(%error, "lifecycle rules were not enforced"),
            Err(error) => tracing::error!(%error, "lifecycle rules were not enforced"),
        }
    })
    .await;
}

/// Runs `work` at once and then at every interval, until `stop`. Never twice at a time.
async fn every<F: Future<Output = ()>>(
    period: Duration,
    stop: &CancellationToken,
    work: impl Fn() -> F,
) {
    let mut ticks = interval(period);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = ticks.tick() => work().await,
        }
    }
}
