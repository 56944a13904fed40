use std::{env, num::NonZero, path::Path, sync::Arc, thread, time::Duration};

use reverie_api::lambda::number;
use reverie_inference::{Engine, Package, PackageError, load_all, open_all};

/// A worker's limits.
#[derive(Debug, Clone)]
pub struct WorkerConfig {
    /// How many jobs run at once; at least one.
    pub jobs: usize,
    /// How long one job may compute before it fails.
    pub run_limit: Duration,
    /// Computes as an ordinary task instead of on a thread of its own. For simulations: a thread's
    /// end comes when it likes, a task's end always at the same step.
    pub inline: bool,
    /// The URI of the ECS agent, which is asked not to stop a task that works.
    pub agent: Option<String>,
}

impl Default for WorkerConfig {
    fn default() -> Self {
        Self {
            jobs: thread::available_parallelism().map_or(1, NonZero::get),
            run_limit: Duration::from_secs(20 * 60),
            inline: false,
            agent: None,
        }
    }
}

impl WorkerConfig {
    /// The limits that `REVERIE_JOBS` and `REVERIE_RUN_LIMIT_SECONDS` set, and the agent that ECS names; defaults for the rest.
    ///
    /// # Errors
    /// Names the variable that is not a number.
    pub fn from_env() -> anyhow::Result<Self> {
        let default = Self::default();
        let jobs = number("REVERIE_JOBS")?.and_then(|jobs| usize::try_from(jobs).ok());
        let limit = number("REVERIE_RUN_LIMIT_SECONDS")?;
        Ok(Self {
            jobs: jobs.unwrap_or(default.jobs),
            run_limit: limit
                .map_or(default.run_limit, |seconds| Duration::from_secs(seconds.into())),
            inline: false,
            agent: env::var("ECS_AGENT_URI").ok(),
        })
    }
}

/// Opens every model package in `folder`, and compares its files with their checksums.
///
/// # Errors
/// The first package that cannot be opened, or that there is none.
pub fn open_packages(folder: &Path) -> anyhow::Result<Vec<Package>> {
    let packages = open_all(folder)?;
    anyhow::ensure!(!packages.is_empty(), "there is no model package in {}", folder.display());
    Ok(packages)
}

/// Loads packages. Takes seconds: checksums and plans.
///
/// # Errors
/// The first package that cannot be loaded.
pub fn load_engines(packages: &[Package]) -> Result<Vec<Arc<dyn Engine>>, PackageError> {
    load_all(packages)
}
