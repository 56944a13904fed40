use std::time::Duration;

use futures::{StreamExt, stream};
use jiff::SignedDuration;
use reverie_domain::ids::WalletId;
use reverie_store::ledger::audit::{self, Verdict};
use reverie_telemetry::{Metric, publish};
use tokio::time::timeout;

use crate::{Housekeeper, HousekeeperError};

/// How long a turn reads. The next minute goes on.
const TURN: SignedDuration = SignedDuration::from_secs(10);
/// How long one wallet is read: one that is longer must not keep the others from their turn.
const PATIENCE: Duration = Duration::from_secs(5);
/// How many wallets are read at once.
const AT_ONCE: usize = 8;

/// What a turn of the audit found, in wallets.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct AuditReport {
    /// Read.
    pub audited: u32,
    /// Whose rows do not explain each other.
    pub faulty: u32,
    /// That never stood still while they were read, or are too long to be. Tomorrow's round sees them again.
    pub busy: u32,
}

impl AuditReport {
    /// Publishes the numbers as metrics, on standard output.
    pub fn publish(&self) {
        let count = |name, value| Metric { name, unit: "Count", value: f64::from(value) };
        let metrics = [
            count("Audited", self.audited),
            count("AuditDifferences", self.faulty),
            count("Unaudited", self.busy),
        ];
        publish("housekeeper", &metrics);
    }
}

impl Housekeeper {
    /// Compares wallets with their entries and holds: each once a day, a part of them each minute. What
    /// was found is told page by page, before the page is remembered as read.
    ///
    /// # Errors
    /// [`HousekeeperError`]; the next turn begins at the same place.
    pub async fn audit(&self, tell: impl Fn(AuditReport) + Sync) -> Result<(), HousekeeperError> {
        let begun = self.clock.now();
        while self.clock.now().duration_since(begun) < TURN {
            let Some(page) = audit::next_page(&*self.tables, self.clock.now()).await? else {
                break;
            };
            tell(self.audit_page(page.wallets.clone()).await?);
            page.done(&*self.tables).await?;
        }
        Ok(())
    }

    async fn audit_page(&self, wallets: Vec<WalletId>) -> Result<AuditReport, HousekeeperError> {
        let mut report = AuditReport::default();
        let mut verdicts =
            stream::iter(wallets).map(|id| self.verdict(id)).buffer_unordered(AT_ONCE);
        while let Some(verdict) = verdicts.next().await {
            match verdict? {
                Verdict::Busy => report.busy += 1,
                verdict => {
                    report.audited += 1;
                    report.faulty += u32::from(verdict != Verdict::Sound);
                }
            }
        }
        Ok(report)
    }

    async fn verdict(&self, id: WalletId) -> Result<Verdict, HousekeeperError> {
        let Ok(verdict) = timeout(PATIENCE, audit::verdict(&*self.tables, id)).await else {
            tracing::error!(wallet = %id, "a wallet takes too long to audit");
            return Ok(Verdict::Busy);
        };
        let verdict = verdict?;
        match &verdict {
            Verdict::Faulty(fault) => {
                tracing::error!(wallet = %id, %fault, "the ledger does not add up");
            }
            Verdict::Unreadable(reason) => {
                tracing::error!(wallet = %id, reason, "the ledger cannot be read");
            }
            Verdict::Sound | Verdict::Busy => {}
        }
        Ok(verdict)
    }
}
