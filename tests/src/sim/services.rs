use std::sync::Arc;

use reverie::local::Ports;
use reverie_domain::clock::Clock;

use super::{
    embedded::Embedded,
    faults::Faults,
    mail::NoMail,
    memory::{Memory, Rows},
    unreliable::UnreliableQueue,
};

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
                mailer: Arc::new(NoMail),
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

    /// The first rule that was broken.
    pub(super) fn broken(&self) -> Option<String> {
        match self {
            Self::Memory(memory) => memory.tables.broken(),
            Self::Embedded(embedded) => embedded.tables().broken(),
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
