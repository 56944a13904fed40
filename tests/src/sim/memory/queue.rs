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
    time::{Instant, sleep_until, timeout},
};

use crate::sim::faults::{Faults, Process};

/// Of 1,000 messages, how many are lost.
const LOST: u64 = 30;
/// Of 1,000 messages, how many come twice.
const TWICE: u64 = 80;

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

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    arrived: Notify,
    /// After how many receipts a message goes to which queue.
    redrive: Option<(u32, Arc<Shared>)>,
}

/// A process's connection to a queue.
#[derive(Clone)]
pub(in crate::sim) struct MemoryQueue {
    shared: Arc<Shared>,
    process: Process,
}

impl MemoryQueue {
    /// A queue, and the queue of its dead letters.
    pub(in crate::sim) fn with_dead_letters(process: Process, receipts: u32) -> (Self, Self) {
        let dead = Arc::<Shared>::default();
        let redrive = Some((receipts, dead.clone()));
        let shared = Arc::new(Shared { redrive, ..Shared::default() });
        (Self { shared, process: process.clone() }, Self { shared: dead, process })
    }

    /// The same queue for another process.
    pub(in crate::sim) fn for_process(&self, process: Process) -> Self {
        Self { shared: self.shared.clone(), process }
    }

    /// How many messages there are, hidden ones included.
    pub(in crate::sim) fn len(&self) -> usize {
        self.shared.state().messages.len()
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn put(&self, message: Message) {
        let envelope = Envelope { message, visible_at: Instant::now(), received: 0, receipt: 0 };
        self.state().messages.push(envelope);
        self.arrived.notify_waiters();
    }

    fn accept(&self, faults: &Faults, message: Message) {
        if faults.strikes(LOST) {
            faults.note(|| "   … the message is lost".to_owned());
            return;
        }
        if faults.strikes(TWICE) {
            faults.note(|| "   … the message comes twice".to_owned());
            self.put(message.clone());
        }
        self.put(message);
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

    async fn receive(&self, most: usize, wait: Duration, visibility: Duration) -> Vec<Received> {
        let until = Instant::now() + wait;
        loop {
            let arrived = self.arrived.notified();
            let found = self.take(most, visibility);
            if !found.is_empty() || Instant::now() >= until {
                return found;
            }
            let next = self.state().messages.iter().map(|m| m.visible_at).min();
            let wake = next.map_or(until, |next| next.min(until));
            // Either a message came or one became visible: look again.
            let _ = timeout(wake.saturating_duration_since(Instant::now()), arrived).await;
            sleep_until(wake.min(Instant::now())).await;
        }
    }
}

#[async_trait]
impl Queue for MemoryQueue {
    async fn send(&self, message: &Message) -> Result<(), StoreError> {
        let (shared, message) = (self.shared.clone(), message.clone());
        let faults = self.process.faults.clone();
        let call = async move {
            shared.accept(&faults, message);
            Ok(())
        };
        self.process.call(|| "send".to_owned(), call).await
    }

    async fn receive(
        &self,
        most: u32,
        wait: Duration,
        visibility: Duration,
    ) -> Result<Vec<Received>, StoreError> {
        let shared = self.shared.clone();
        let call = async move { Ok(shared.receive(most as usize, wait, visibility).await) };
        self.process.call(|| "receive".to_owned(), call).await
    }

    async fn extend(&self, handle: &str, visibility: Duration) -> Result<(), StoreError> {
        let (shared, handle) = (self.shared.clone(), handle.to_owned());
        let call = async move {
            for message in &mut shared.state().messages {
                if message.receipt.to_string() == handle {
                    message.visible_at = Instant::now() + visibility;
                }
            }
            shared.arrived.notify_waiters();
            Ok(())
        };
        self.process.call(|| "extend".to_owned(), call).await
    }

    async fn delete(&self, handle: &str) -> Result<(), StoreError> {
        let (shared, handle) = (self.shared.clone(), handle.to_owned());
        let call = async move {
            shared.state().messages.retain(|message| message.receipt.to_string() != handle);
            Ok(())
        };
        self.process.call(|| "delete message".to_owned(), call).await
    }
}
