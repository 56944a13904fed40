//! A process that dies at a call of one's choice: it and all later ones never arrive.

use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

use reverie::local::Ports;
use reverie_store::tables::StoreError;

use crate::tap::{Call, Tap, tapped};

/// Ports that stop. Calls count from the first one that is `from` here.
#[derive(Clone)]
pub struct Stops {
    from: &'static str,
    at: u32,
    calls: Arc<AtomicU32>,
}

impl Stops {
    /// To stop at the call of this number, from 1.
    #[must_use]
    pub fn new(from: &'static str, at: u32) -> Self {
        Self { from, at, calls: Arc::default() }
    }

    /// These ports until the stop.
    #[must_use]
    pub fn ports(&self, ports: Ports) -> Ports {
        tapped(ports, self)
    }

    /// Whether it came to that.
    #[must_use]
    pub fn stopped(&self) -> bool {
        self.calls.load(Ordering::SeqCst) >= self.at
    }
}

impl Tap for Stops {
    async fn pass<V, E>(
        &self,
        call: Call,
        made: impl Future<Output = Result<V, E>> + Send + 'static,
    ) -> Result<V, E>
    where
        V: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        if call.what == self.from || self.calls.load(Ordering::SeqCst) > 0 {
            self.calls.fetch_add(1, Ordering::SeqCst);
        }
        if self.stopped() {
            let reason = "the process is dead".to_owned();
            return Err(StoreError::Unavailable { service: "test", reason }.into());
        }
        made.await
    }
}
