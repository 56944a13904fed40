use std::sync::Arc;

use bytes::Bytes;
use reverie::local::Ports;
use reverie_domain::clock::Clock;
use reverie_store::{objects::Objects, tables::StoreError};

use super::{
    embedded::Embedded,
    faults::Faults,
    mail::Mailbox,
    memory::{Memory, Rows},
    rules::Judge,
    unreliable::UnreliableQueue,
};

/// More bytes than an archive of a history has.
const MOST_BYTES: u64 = 1 << 30;

/// The services of a history.
#[derive(Clone)]
pub(super) enum Services {
    Memory(Arc<Memory>),
    Embedded(Arc<Embedded>),
}

impl Services {
    /// The ports to them, for a process with this clock. Only the queue goes wrong by itself.
    pub(super) fn ports(&self, faults: &Arc<Faults>, clock: Arc<dyn Clock>) -> Ports {
        let mut ports = match self {
            Self::Memory(memory) => Ports {
                tables: memory.tables.clone(),
                objects: memory.objects.clone(),
                queue: memory.queue.clone(),
                dead_letters: memory.dead_letters.clone(),
                mailer: memory.mailbox.clone(),
                clock,
            },
            Self::Embedded(embedded) => Ports { clock, ..embedded.ports() },
        };
        ports.queue = UnreliableQueue::new(ports.queue, faults.clone());
        ports
    }

    /// A look at all rows.
    pub(super) fn look<T>(&self, at: impl FnOnce(&Rows) -> T) -> T {
        match self {
            Self::Memory(memory) => memory.tables.look(at),
            Self::Embedded(embedded) => embedded.tables().look(at),
        }
    }

    /// What the rules have seen.
    pub(super) fn judge(&self) -> Judge {
        match self {
            Self::Memory(memory) => memory.tables.judge(),
            Self::Embedded(embedded) => embedded.tables().judge(),
        }
    }

    /// Where mail goes.
    pub(super) fn mailbox(&self) -> &Arc<Mailbox> {
        match self {
            Self::Memory(memory) => &memory.mailbox,
            Self::Embedded(embedded) => embedded.mailbox(),
        }
    }

    /// The keys of all objects.
    ///
    /// # Errors
    /// If the embedded S3 does not say.
    pub(super) async fn objects(&self) -> Result<Vec<String>, String> {
        match self {
            Self::Memory(memory) => Ok(memory.objects.keys()),
            Self::Embedded(embedded) => embedded.objects().await,
        }
    }

    /// The objects under a prefix.
    ///
    /// # Errors
    /// If the embedded S3 does not say.
    pub(super) async fn archives(&self, prefix: &str) -> Result<Vec<(String, Bytes)>, String> {
        let store: Arc<dyn Objects> = match self {
            Self::Memory(memory) => memory.objects.clone(),
            Self::Embedded(embedded) => embedded.ports().objects,
        };
        let said = |error: StoreError| error.to_string();
        let mut found = Vec::new();
        for key in store.list(prefix).await.map_err(said)? {
            let bytes = store.get(&key, MOST_BYTES).await.map_err(said)?.unwrap_or_default();
            found.push((key, bytes));
        }
        Ok(found)
    }

    /// How many objects are written in parts at this time.
    ///
    /// # Errors
    /// If the embedded S3 does not say.
    pub(super) async fn unfinished(&self) -> Result<usize, String> {
        match self {
            Self::Memory(memory) => Ok(memory.objects.unfinished()),
            Self::Embedded(embedded) => embedded.unfinished().await,
        }
    }

    /// How many messages and dead letters there are, hidden ones included.
    ///
    /// # Errors
    /// If the embedded SQS does not say.
    pub(super) async fn messages(&self) -> Result<usize, String> {
        match self {
            Self::Memory(memory) => Ok(memory.queue.len() + memory.dead_letters.len()),
            Self::Embedded(embedded) => embedded.messages().await,
        }
    }
}
