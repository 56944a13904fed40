#![doc = include_str!("../README.md")]

mod agenda;
mod audit;
mod dead_letters;
mod erase;
mod event;
mod export;
mod hold;
mod inactive;
mod mail;
mod mailing;
mod purge;
mod report;
mod requests;
mod restart;
mod scale;
mod sweep;
mod usage;

use std::{fmt, sync::Arc};

use reverie_domain::clock::Clock;
use reverie_store::{
    ledger::LedgerError,
    objects::Objects,
    queue::Queue,
    tables::{StoreError, Tables},
};
use thiserror::Error;

pub use audit::AuditReport;
pub use event::Minute;
pub use mail::Post;
pub use report::SweepReport;
pub use requests::RequestsReport;
pub use scale::Load;
pub use usage::UsageReport;

/// What the housekeeper needs.
#[derive(Clone)]
pub struct Housekeeper {
    /// The jobs and the ledger.
    pub tables: Arc<dyn Tables>,
    /// Where results are deleted.
    pub objects: Arc<dyn Objects>,
    /// Where messages are sent again.
    pub queue: Arc<dyn Queue>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// What sends mail; without it, what is to be sent is forgotten.
    pub post: Option<Post>,
}

impl fmt::Debug for Housekeeper {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Housekeeper").finish_non_exhaustive()
    }
}

/// Something that is left for the next time.
#[derive(Debug, Error)]
pub enum HousekeeperError {
    /// A store could not do it.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The credits could not be moved.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// A worker has the dead letter's job.
    #[error("a worker still has this job")]
    Leased,
    /// What was to be written changed each time, or somebody else is at it.
    #[error("it keeps changing")]
    Contended,
    /// There is more than one turn deletes.
    #[error("not all is deleted yet")]
    MoreToPurge,
    /// There is more than one turn writes.
    #[error("not all is written yet")]
    MoreToDo,
    /// A file cannot be packed: it has 4 GiB or more.
    #[error("a file is too large for the archive")]
    Archive,
    /// A copy for an order cannot be made; it is tried anew in an hour.
    #[error("a copy for an order cannot be made, and is tried anew in an hour")]
    Copy,
    /// A mail cannot be put into words.
    #[error("a mail cannot be written")]
    Message,
    /// Neither the schedule nor the dead-letter queue.
    #[error("an event of an unknown source")]
    UnknownEvent,
}
