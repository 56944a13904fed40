use jiff::SignedDuration;
use reverie_store::subject_requests;
use reverie_telemetry::{Metric, publish};

use crate::{Housekeeper, HousekeeperError};

/// How long before its due date a request is told of.
const SOON: SignedDuration = SignedDuration::from_hours(7 * 24);

/// What people asked for by mail that waits for an answer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RequestsReport {
    /// All of them; more than 1,000 are not counted.
    pub open: u32,
    /// Due within a week.
    pub due_soon: u32,
    /// Past their due date.
    pub overdue: u32,
}

impl RequestsReport {
    /// Publishes the numbers as metrics, on standard output.
    pub fn publish(&self) {
        let count = |name, value| Metric { name, unit: "Count", value: f64::from(value) };
        let metrics = [
            count("RequestsOpen", self.open),
            count("RequestsDueSoon", self.due_soon),
            count("RequestsOverdue", self.overdue),
        ];
        publish("housekeeper", &metrics);
    }
}

impl Housekeeper {
    /// Counts what people asked for by mail and waits for an answer.
    ///
    /// # Errors
    /// [`HousekeeperError`].
    pub async fn requests(&self) -> Result<RequestsReport, HousekeeperError> {
        let (now, mut report) = (self.clock.now(), RequestsReport::default());
        for request in subject_requests::open(&*self.tables).await? {
            report.open += 1;
            report.overdue += u32::from(request.due_at < now);
            report.due_soon += u32::from(request.due_at >= now && request.due_at < now + SOON);
        }
        Ok(report)
    }
}
