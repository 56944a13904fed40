use std::ops::AddAssign;

use reverie_telemetry::{Metric, publish};

/// What a sweep did, in jobs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SweepReport {
    /// Looked at.
    pub swept: u32,
    /// Sent again.
    pub resent: u32,
    /// Ended, because of their deadline or of lost leases.
    pub expired: u32,
    /// Rid of the objects that were to be deleted.
    pub purged: u32,
    /// Not tended because of an error; they are due again.
    pub failed: u32,
}

impl SweepReport {
    /// Publishes the numbers as metrics, on standard output.
    pub fn publish(&self) {
        let count = |name, value| Metric { name, unit: "Count", value: f64::from(value) };
        let metrics = [
            count("Swept", self.swept),
            count("Resent", self.resent),
            count("Expired", self.expired),
            count("Purged", self.purged),
            count("Failed", self.failed),
        ];
        publish("housekeeper", &metrics);
    }
}

impl AddAssign for SweepReport {
    fn add_assign(&mut self, other: Self) {
        self.swept += other.swept;
        self.resent += other.resent;
        self.expired += other.expired;
        self.purged += other.purged;
        self.failed += other.failed;
    }
}
