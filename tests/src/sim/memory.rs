//! The services in memory.

mod objects;
mod queue;
mod tables;

use std::sync::Arc;

pub(super) use objects::MemoryObjects;
pub(super) use queue::MemoryQueue;
pub(super) use tables::{MemoryTables, Rows};

use super::{faults::Faults, mail::Mailbox, mutants::Mutant};

/// After how many receipts a message is a dead letter, as in the template.
const RECEIPTS: u32 = 10;

/// The services.
pub(super) struct Memory {
    pub(super) tables: Arc<MemoryTables>,
    pub(super) objects: Arc<MemoryObjects>,
    pub(super) queue: Arc<MemoryQueue>,
    pub(super) dead_letters: Arc<MemoryQueue>,
    pub(super) mailbox: Arc<Mailbox>,
}

impl Memory {
    pub(super) fn new(faults: Arc<Faults>, mutant: Option<Mutant>) -> Self {
        let dead_letters = Arc::new(MemoryQueue::new(None));
        Self {
            tables: Arc::new(MemoryTables::new(faults, mutant)),
            objects: Arc::default(),
            queue: Arc::new(MemoryQueue::new(Some((RECEIPTS, dead_letters.clone())))),
            dead_letters,
            mailbox: Arc::new(Mailbox::new(None)),
        }
    }
}
