//! The calls that the functions make to the services: each is one round trip.

use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

use reverie::local::{Between, Part};
use reverie_store::tables::StoreError;

use crate::tap::{Call, Tap, tapped};

/// How many calls the functions made.
#[derive(Clone, Default)]
pub struct Calls(Arc<AtomicU32>);

impl Calls {
    /// The calls since the last time this was asked.
    pub fn taken(&self) -> u32 {
        self.0.swap(0, Ordering::SeqCst)
    }

    /// Counts the calls of the functions, not those of the worker and the housekeeper.
    #[must_use]
    pub fn of_functions(&self) -> Between {
        let calls = self.clone();
        Between(Arc::new(move |part, ports| match part {
            Part::Functions => tapped(ports, &calls),
            Part::Worker | Part::Housekeeper => ports,
        }))
    }
}

impl Tap for Calls {
    async fn pass<V, E>(
        &self,
        _: Call,
        made: impl Future<Output = Result<V, E>> + Send + 'static,
    ) -> Result<V, E>
    where
        V: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        self.0.fetch_add(1, Ordering::SeqCst);
        made.await
    }
}
