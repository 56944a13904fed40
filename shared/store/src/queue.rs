//! The port to the job queue.

use std::time::Duration;

use async_trait::async_trait;
use reverie_domain::ids::{AccountId, GenerationId};
use serde::{Deserialize, Serialize};

use crate::tables::StoreError;

/// A message. It carries ids only: the row is the truth, and a message only says "look".
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type")]
pub enum Message {
    /// A generation waits for a worker.
    #[serde(rename = "generation.queued.v1")]
    GenerationQueued {
        /// Whose it is.
        account: AccountId,
        /// Which.
        generation: GenerationId,
    },
}

/// A message as it was received.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// What the queue wants back to extend or delete it.
    pub handle: String,
    /// The message; `None` if it is none that this version knows.
    pub message: Option<Message>,
}

/// How much a queue holds. SQS counts roughly.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Depth {
    /// Messages that can be received.
    pub waiting: u32,
    /// Messages that somebody has received and not yet deleted.
    pub in_flight: u32,
}

/// Tells how much a queue holds.
#[async_trait]
pub trait Gauge: Send + Sync {
    /// Counts the messages.
    async fn depth(&self) -> Result<Depth, StoreError>;
}

/// A queue with at-least-once delivery.
#[async_trait]
pub trait Queue: Send + Sync {
    /// Sends a message.
    async fn send(&self, message: &Message) -> Result<(), StoreError>;

    /// Waits up to `wait` for up to `most` (≤ 10) messages and hides them for `visibility`.
    async fn receive(
        &self,
        most: u32,
        wait: Duration,
        visibility: Duration,
    ) -> Result<Vec<Received>, StoreError>;

    /// Hides a received message for `visibility` from now.
    async fn extend(&self, handle: &str, visibility: Duration) -> Result<(), StoreError>;

    /// Deletes a received message.
    async fn delete(&self, handle: &str) -> Result<(), StoreError>;
}
