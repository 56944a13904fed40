use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use jiff::{SignedDuration, Timestamp};
use reverie_domain::clock::Clock;
use tokio::time::Instant;

/// The simulation's clock: the runtime's paused time, seen by a machine whose clock may be wrong.
#[derive(Debug, Clone)]
pub(super) struct SimClock {
    epoch: Timestamp,
    start: Instant,
    skew: SignedDuration,
    /// In milliseconds: what has passed at once, for all.
    passed: Arc<AtomicI64>,
}

impl SimClock {
    /// A right clock on which it is `epoch` now.
    pub(super) fn start(epoch: Timestamp) -> Self {
        let (start, skew) = (Instant::now(), SignedDuration::ZERO);
        Self { epoch, start, skew, passed: Arc::default() }
    }

    /// The same time on a machine whose clock is `skew` ahead.
    pub(super) fn skewed(self, skew: SignedDuration) -> Arc<dyn Clock> {
        Arc::new(Self { skew, ..self })
    }

    /// So much time passes at once: nobody's timers go off, but it is later on all clocks.
    pub(super) fn pass(&self, time: SignedDuration) {
        // Years at most.
        self.passed.fetch_add(time.as_millis() as i64, Ordering::SeqCst);
    }
}

impl Clock for SimClock {
    fn now(&self) -> Timestamp {
        let elapsed = i64::try_from(self.start.elapsed().as_millis()).unwrap_or(i64::MAX);
        let passed = SignedDuration::from_millis(self.passed.load(Ordering::SeqCst));
        self.epoch + SignedDuration::from_millis(elapsed) + passed + self.skew
    }
}
