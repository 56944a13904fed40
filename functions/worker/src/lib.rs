#![doc = include_str!("../README.md")]

mod attempt;
mod catalogue;
mod compute;
mod config;
mod lease;
mod panics;
mod protection;
mod receive;
mod references;
mod retry;
mod settle;
#[cfg(test)]
mod tests;
mod upload;

use std::{fmt, sync::Arc};

use reverie_domain::{clock::Clock, job::ModelRef};
use reverie_inference::Engine;
use reverie_store::{objects::Objects, queue::Queue, tables::Tables};
use tokio::task::JoinHandle;

pub use catalogue::publish_models;
pub use config::{WorkerConfig, load_engines, open_packages};
pub use panics::log_panics_by_place;

/// What a worker needs.
pub struct Worker {
    /// The jobs and the ledger.
    pub tables: Arc<dyn Tables>,
    /// Where results are written.
    pub objects: Arc<dyn Objects>,
    /// Where messages come from.
    pub queue: Arc<dyn Queue>,
    /// The time on which leases agree with other machines.
    pub clock: Arc<dyn Clock>,
    /// One for each model that this worker can make.
    pub engines: Vec<Arc<dyn Engine>>,
    /// Its limits.
    pub config: WorkerConfig,
}

impl fmt::Debug for Worker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Worker").field("config", &self.config).finish_non_exhaustive()
    }
}

impl Worker {
    /// Runs what would keep a thread of the runtime busy.
    fn compute<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> JoinHandle<T> {
        match self.config.inline {
            true => tokio::spawn(async move { work() }),
            false => tokio::task::spawn_blocking(work),
        }
    }

    /// The engine of exactly this version: results are reproducible within one.
    fn engine(&self, model: &ModelRef) -> Option<Arc<dyn Engine>> {
        let wanted = |engine: &&Arc<dyn Engine>| {
            let manifest = engine.manifest();
            manifest.id == model.id && manifest.version == model.version
        };
        self.engines.iter().find(wanted).cloned()
    }
}
