//! A process that stands still at a call of one's choice until it is told to go on.

use std::sync::Arc;

use reverie::local::Ports;
use reverie_store::tables::StoreError;
use tokio::sync::watch;

use crate::tap::{Call, Tap, tapped};

/// Ports that stand still before the first call that begins so.
#[derive(Clone)]
pub struct Pause {
    at: &'static str,
    state: Arc<watch::Sender<State>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Before,
    Standing,
    Over,
}

impl Pause {
    /// To stand still before a call that begins so.
    #[must_use]
    pub fn before(at: &'static str) -> Self {
        Self { at, state: Arc::new(watch::Sender::new(State::Before)) }
    }

    /// These ports with the pause.
    #[must_use]
    pub fn ports(&self, ports: Ports) -> Ports {
        tapped(ports, self)
    }

    /// Waits until it stands still.
    ///
    /// # Panics
    /// If it never does.
    pub async fn reached(&self) {
        let mut state = self.state.subscribe();
        let standing = state.wait_for(|state| *state == State::Standing);
        let waited = tokio::time::timeout(crate::PATIENCE, standing).await;
        waited.expect("it stands still").expect("the sender lives");
    }

    /// Lets it go on.
    pub fn go_on(&self) {
        self.state.send_replace(State::Over);
    }
}

impl Tap for Pause {
    async fn pass<V, E>(
        &self,
        call: Call,
        made: impl Future<Output = Result<V, E>> + Send + 'static,
    ) -> Result<V, E>
    where
        V: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        if call.what.starts_with(self.at) && *self.state.borrow() == State::Before {
            self.state.send_replace(State::Standing);
            // The sender lives as long as this.
            let _ = self.state.subscribe().wait_for(|state| *state == State::Over).await;
        }
        made.await
    }
}
