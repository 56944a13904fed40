use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use reverie_domain::clock::Clock;
use tokio::time::Instant;

/// The simulation's clock: the runtime's paused time, seen by a machine whose clock may be wrong.
#[derive(Debug, Clone, Copy)]
pub(super) struct SimClock {
    start: Instant,
    skew: SignedDuration,
}

impl SimClock {
    /// A right clock that begins now.
    pub(super) fn start() -> Self {
        Self { start: Instant::now(), skew: SignedDuration::ZERO }
    }

    /// The same time on a machine whose clock is `skew` ahead.
    pub(super) fn skewed(self, skew: SignedDuration) -> Arc<dyn Clock> {
        Arc::new(Self { skew, ..self })
    }
}

impl Clock for SimClock {
    fn now(&self) -> Timestamp {
        let epoch = Timestamp::constant(1_780_000_000, 0);
        let elapsed = i64::try_from(self.start.elapsed().as_millis()).unwrap_or(i64::MAX);
        epoch + SignedDuration::from_millis(elapsed) + self.skew
    }
}
