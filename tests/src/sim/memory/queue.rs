use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use reverie_store::{
    queue::{Message, Queue, Received},
    tables::StoreError,
};
use tokio::{
    sync::Notify,
    time::{Instant, timeout_at},
};

#[derive(Clone)]
struct Envelope {
    message: Message,
    visible_at: Instant,
    received: u32,
    /// The number of the newest receipt: older handles are void.
    receipt: u64,
}

#[derive(Default)]
struct State {
    messages: Vec<Envelope>,
    receipts: u64,
}

/// SQS, as far as the port goes.
pub(in crate::sim) struct MemoryQueue {
    state: Mutex<State>,
    arrived: Notify,
    /// After how many receipts a message goes to which queue.
    redrive: Option<(u32, Arc<Self>)>,
}

impl MemoryQueue {
    pub(in crate::sim) fn new(redrive: Option<(u32, Arc<Self>)>) -> Self {
        Self { state: Mutex::default(), arrived: Notify::new(), redrive }
    }

    /// How many messages there are, hidden ones included.
    pub(in crate::sim) fn len(&self) -> usize {
        self.state().messages.len()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn put(&self, message: Message) {
        let envelope = Envelope { message, visible_at: Instant::now(), received: 0, receipt: 0 };
        self.state().messages.push(envelope);
        self.arrived.notify_waiters();
    }

    fn take(&self, most: usize, visibility: Duration) -> Vec<Received> {
        let now = Instant::now();
        let mut state = self.state();
        if let Some((receipts, dead)) = &self.redrive {
            let spent = |m: &mut Envelope| m.visible_at <= now && m.received >= *receipts;
            for envelope in state.messages.extract_if(.., spent) {
                dead.put(envelope.message);
            }
        }
        let State { messages, receipts } = &mut *state;
        let visible = messages.iter_mut().filter(|message| message.visible_at <= now).take(most);
        visible
            .map(|message| {
                *receipts += 1;
                message.receipt = *receipts;
                message.received += 1;
                message.visible_at = now + visibility;
                let handle = message.receipt.to_string();
                Received { handle, message: Some(message.message.clone()) }
            })
            .collect()
    }
}

#[async_trait]
impl Queue for MemoryQueue {
    async fn send(&self, message: &Message) -> Result<(), StoreError> {
        self.put(message.clone());
        Ok(())
    }

    async fn receive(
        &self,
        most: u32,
        wait: Duration,
        visibility: Duration,
    ) -> Result<Vec<Received>, StoreError> {
        let until = Instant::now() + wait;
        loop {
            let arrived = self.arrived.notified();
            let found = self.take(most as usize, visibility);
            if !found.is_empty() || Instant::now() >= until {
                return Ok(found);
            }
            let next = self.state().messages.iter().map(|m| m.visible_at).min();
            let wake = next.map_or(until, |next| next.min(until));
            // Either a message came or one became visible: look again.
            let _ = timeout_at(wake, arrived).await;
        }
    }

    async fn extend(&self, handle: &str, visibility: Duration) -> Result<(), StoreError> {
        for message in &mut self.state().messages {
            if message.receipt.to_string() == handle {
                message.visible_at = Instant::now() + visibility;
            }
        }
        self.arrived.notify_waiters();
        Ok(())
    }

    async fn delete(&self, handle: &str) -> Result<(), StoreError> {
        self.state().messages.retain(|message| message.receipt.to_string() != handle);
        Ok(())
    }
}
