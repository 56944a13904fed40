//! A deployment whose time a test moves on.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use jiff::{SignedDuration, Timestamp};
use reverie::local::Between;
use reverie_domain::clock::{Clock, SystemClock};

/// The machine's clock, moved on.
#[derive(Clone, Default)]
pub struct MovedClock(Arc<AtomicI64>);

impl MovedClock {
    /// From now on it is so much later.
    pub fn on(&self, by: SignedDuration) {
        self.0.fetch_add(by.as_secs(), Ordering::SeqCst);
    }

    /// Gives it to every part.
    #[must_use]
    pub fn between(&self) -> Between {
        let clock = self.clone();
        Between(Arc::new(move |_, mut ports| {
            ports.clock = Arc::new(clock.clone());
            ports
        }))
    }
}

impl Clock for MovedClock {
    fn now(&self) -> Timestamp {
        SystemClock.now() + SignedDuration::from_secs(self.0.load(Ordering::SeqCst))
    }
}
