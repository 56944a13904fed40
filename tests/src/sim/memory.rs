//! The three services in memory.

mod objects;
mod queue;
mod tables;

pub(super) use objects::MemoryObjects;
pub(super) use queue::MemoryQueue;
pub(super) use tables::{MemoryTables, Rows};
