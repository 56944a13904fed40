//! Tells the housekeeper of mail that came back, as EventBridge and Lambda do: at least once, and after
//! some tries no more.

use std::{num::NonZero, sync::Arc, time::Duration};

use async_trait::async_trait;
use reverie_domain::random;
use reverie_housekeeper::Minute;
use reverie_store::{
    queue::{Depth, Gauge},
    tables::StoreError,
};
use tokio::time::{sleep, timeout};

use super::{TWICE, World};
use crate::sim::{mail::Returned, rules::Heard};

/// How often the function is called for one event, as in the template.
const TRIES: u32 = 3;
/// How long a call may take, as in the template.
const PATIENCE: Duration = Duration::from_secs(60);

impl World {
    pub(in crate::sim) async fn return_mail(self) {
        let mailbox = self.services.mailbox().clone();
        while let Some(returned) = self.over.run_until_cancelled(mailbox.returned()).await {
            tokio::spawn(self.clone().tell_of(returned));
        }
    }

    async fn tell_of(self, returned: Returned) {
        sleep(Duration::from_millis(random::number() % 120_000)).await;
        for _ in 0..if self.faults.strikes(TWICE) { 2 } else { 1 } {
            for _ in 0..TRIES {
                if self.hear(&returned).await {
                    break;
                }
                sleep(PATIENCE).await;
            }
        }
        self.services.mailbox().told();
    }

    /// Whether the function has heard it.
    async fn hear(&self, returned: &Returned) -> bool {
        let (process, ports) = self.process("post");
        let before = self.services.look(|rows| Heard::of(rows, returned));
        let minute = Minute { jobs: Arc::new(NoGauge), per_worker: NonZero::<u32>::MIN };
        let housekeeper = self.housekeeper(&ports);
        let heard = housekeeper.handle(returned.event(), &minute);
        let Some(Ok(Ok(_))) = process.run(timeout(PATIENCE, heard)).await else { return false };
        let after = self.services.look(|rows| Heard::of(rows, returned));
        let fits = before.and_then(|before| after?.follows(&before, returned));
        if let Err(rule) = fits {
            self.mishap(rule);
        }
        true
    }
}

/// Nobody measures while mail comes back.
struct NoGauge;

#[async_trait]
impl Gauge for NoGauge {
    async fn depth(&self) -> Result<Depth, StoreError> {
        Ok(Depth { waiting: 0, in_flight: 0 })
    }
}
