use std::time::Duration;

use bytes::Bytes;
use futures::future::join_all;
use reverie_domain::job::{ResultFile, UPLOAD_TIMEOUT};
use reverie_store::objects::Objects;
use serde_json::Value;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use crate::{
    Worker,
    compute::{Gauge, Made},
    lease::{End, Lease},
    retry::{STORE_TIMEOUT, retry},
};

/// How long an upload may still take when the worker is to stop.
const SHUTDOWN_GRACE: Duration = Duration::from_secs(12);
/// How many pages of objects a purge deletes: far more than an epoch can write.
const PURGE_PAGES: u32 = 10;

/// Files that are in the bucket.
pub(crate) struct Stored {
    pub(crate) files: Vec<ResultFile>,
    pub(crate) understood: Value,
}

impl Worker {
    /// Writes the files under the claim's epoch, and keeps the claim meanwhile.
    pub(crate) async fn upload(
        &self,
        lease: &mut Lease,
        made: Made,
        gauge: &Gauge,
        shutdown: &CancellationToken,
    ) -> Result<Stored, End> {
        let epoch = lease.epoch;
        let puts = made.files.iter().map(|(file, bytes)| {
            put(&*self.objects, lease.job.result_key(epoch, &file.name), file, bytes)
        });
        let puts = join_all(puts.collect::<Vec<_>>());
        let out_of_time = async {
            shutdown.cancelled().await;
            sleep(SHUTDOWN_GRACE).await;
        };
        tokio::select! {
            biased;
            done = puts => if done.contains(&false) {
                tracing::error!(id = %lease.job.id, "the results could not be stored");
                return Err(End::Unreachable);
            },
            end = lease.keep(self, gauge) => return Err(end),
            () = out_of_time => return Err(End::Shutdown),
        }
        let files = made.files.into_iter().map(|(file, _)| file).collect();
        Ok(Stored { files, understood: made.understood })
    }

    /// Deletes what this claim wrote. The housekeeper purges again after the last possible write.
    pub(crate) async fn purge_epoch(&self, lease: &Lease) {
        let prefix = lease.job.result_key(lease.epoch, "");
        for _ in 0..PURGE_PAGES {
            let list = || self.objects.list(&prefix);
            let Some(keys) = retry("list results", STORE_TIMEOUT, list).await else { return };
            if keys.is_empty() {
                return;
            }
            let delete = || self.objects.delete(&keys);
            if retry("delete results", STORE_TIMEOUT, delete).await.is_none() {
                return;
            }
        }
    }
}

async fn put(objects: &dyn Objects, key: String, file: &ResultFile, bytes: &Bytes) -> bool {
    let write = || objects.put(&key, &file.content_type, bytes.clone());
    retry("store a result", UPLOAD_TIMEOUT.unsigned_abs(), write).await.is_some()
}
