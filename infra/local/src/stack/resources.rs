//! The names under which the rest of the process finds what the template declares.

use anyhow::{Context, ensure};

use super::{queues, sdk::Endpoints};
use crate::template::{Bucket, Deployment, TEMPLATE};

/// The names of what the template declares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resources {
    /// The tables.
    pub tables: Tables,
    /// The bucket of uploads, results and models.
    pub bucket: String,
    /// The URL of the queue of jobs.
    pub jobs_queue_url: String,
    /// The URL of the queue of messages that nobody could finish.
    pub dead_letter_queue_url: String,
}

/// The names of the tables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tables {
    /// Accounts and sessions.
    pub accounts: String,
    /// Wallets, entries and holds.
    pub ledger: String,
    /// Jobs, quotes and uploads.
    pub generations: String,
    /// Idempotency keys and limits.
    pub operations: String,
}

impl Resources {
    /// Finds each by its name in the template.
    pub(super) fn new(deployment: &Deployment, endpoints: &Endpoints) -> anyhow::Result<Self> {
        let table = |id: &str| {
            let found = deployment.tables.iter().find(|table| table.logical_id == id);
            found.map(|table| table.name.clone()).with_context(|| missing(id))
        };
        let queue = |id: &str| {
            let found = deployment.queues.iter().find(|queue| queue.logical_id == id);
            found.map(|queue| queues::url(endpoints, queue)).with_context(|| missing(id))
        };
        Ok(Self {
            tables: Tables {
                accounts: table("AccountsTable")?,
                ledger: table("LedgerTable")?,
                generations: table("GenerationsTable")?,
                operations: table("OperationsTable")?,
            },
            bucket: bucket(deployment)?.name.clone(),
            jobs_queue_url: queue("JobsQueue")?,
            dead_letter_queue_url: queue("JobsDeadLetterQueue")?,
        })
    }
}

/// The template of this version, for people who come from this origin.
pub(super) fn deployment(public_origin: Option<&str>) -> anyhow::Result<Deployment> {
    let parameters = public_origin
        .map(|origin| ("PublicOrigin".to_owned(), origin.to_owned()))
        .into_iter()
        .collect();
    Ok(Deployment::from_template(TEMPLATE, &parameters)?)
}

/// The one bucket.
pub(super) fn bucket(deployment: &Deployment) -> anyhow::Result<&Bucket> {
    ensure!(
        deployment.buckets.len() == 1,
        "one bucket is understood; the template declares another number"
    );
    deployment
        .buckets
        .iter()
        .find(|bucket| bucket.logical_id == "MediaBucket")
        .with_context(|| missing("MediaBucket"))
}

fn missing(id: &str) -> String {
    format!("the template declares no {id}")
}
