use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use reverie_store::{
    queue::{Message, Queue, Received},
    tables::StoreError,
};

use super::faults::Faults;

/// Of 1,000 messages, how many are lost.
const LOST: u64 = 30;
/// Of 1,000 messages, how many come twice.
const TWICE: u64 = 80;

/// A queue that loses messages and delivers some twice.
pub(super) struct UnreliableQueue {
    queue: Arc<dyn Queue>,
    faults: Arc<Faults>,
}

impl UnreliableQueue {
    pub(super) fn new(queue: Arc<dyn Queue>, faults: Arc<Faults>) -> Arc<Self> {
        Arc::new(Self { queue, faults })
    }
}

#[async_trait]
impl Queue for UnreliableQueue {
    async fn send(&self, message: &Message) -> Result<(), StoreError> {
        if self.faults.strikes(LOST) {
            self.faults.note(|| "   … the message is lost".to_owned());
            return Ok(());
        }
        if self.faults.strikes(TWICE) {
            self.faults.note(|| "   … the message comes twice".to_owned());
            self.queue.send(message).await?;
        }
        self.queue.send(message).await
    }

    async fn receive(
        &self,
        most: u32,
        wait: Duration,
        visibility: Duration,
    ) -> Result<Vec<Received>, StoreError> {
        self.queue.receive(most, wait, visibility).await
    }

    async fn extend(&self, handle: &str, visibility: Duration) -> Result<(), StoreError> {
        self.queue.extend(handle, visibility).await
    }

    async fn delete(&self, handle: &str) -> Result<(), StoreError> {
        self.queue.delete(handle).await
    }
}
