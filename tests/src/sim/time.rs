use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use reverie_domain::clock::Clock;
use tokio::time::Instant;

/// The simulation's clock: the runtime's paused time, seen by a machine whose clock may be wrong.
#[derive(Debug, Clone, Copy)]
pub(super) struct SimClock {
    epoch: Timestamp,
    start: Instant,
    skew: SignedDuration,
}

impl SimClock {
    /// A right clock on which it is `epoch` now.
    pub(super) fn start(epoch: Timestamp) -> Self {
        Self { epoch, start: Instant::now(), skew: SignedDuration::ZERO }
    }

    /// The same time on a machine whose clock is `skew` ahead.
    pub(super) fn skewed(self, skew: SignedDuration) -> Arc<dyn Clock> {
        Arc::new(Self { skew, ..self })
    }
}

impl Clock for SimClock {
    fn now(&self) -> Timestamp {
        let elapsed = i64::try_from(self.start.elapsed().as_millis()).unwrap_or(i64::MAX);
        self.epoch + SignedDuration::from_millis(elapsed) + self.skew
    }
}
