use std::{fmt, num::NonZero, sync::Arc};

use aws_lambda_events::sqs::SqsEvent;
use reverie_store::queue::Gauge;
use reverie_telemetry::{Metric, publish};
use serde_json::Value;

use crate::{Housekeeper, HousekeeperError, Load, mail::Returned};

/// What a minute's turn measures besides what it does.
#[derive(Clone)]
pub struct Minute {
    /// The queue from which workers take jobs.
    pub jobs: Arc<dyn Gauge>,
    /// How many jobs each worker is to have before it.
    pub per_worker: NonZero<u32>,
}

impl fmt::Debug for Minute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Minute").field("per_worker", &self.per_worker).finish_non_exhaustive()
    }
}

impl Minute {
    /// Without a measure for ten minutes the alarm on silence comes; the next minute tries again.
    async fn measure(&self) {
        match Load::of(&*self.jobs, self.per_worker).await {
            Ok(load) => load.publish(),
            Err(error) => tracing::error!(%error, "the backlog cannot be counted"),
        }
    }
}

/// The source of the event that an operator sends after tables were restored from a backup.
const RESTORED: &str = "reverie.restored";

/// The source of what SES tells about mail that was sent.
const MAIL: &str = "aws.ses";

/// What calls the function.
#[derive(Debug)]
enum Event {
    Schedule,
    Restored,
    Mail(Option<Returned>),
    DeadLetters(SqsEvent),
}

impl Housekeeper {
    /// Does what an event of the schedule, of SES or of the dead-letter queue asks for.
    ///
    /// # Errors
    /// [`HousekeeperError::UnknownEvent`], and of what Lambda is to try again. Everything else is in the
    /// metrics, or in the answer to the queue.
    pub async fn handle(&self, event: Value, minute: &Minute) -> Result<Value, HousekeeperError> {
        match Event::parse(event)? {
            Event::Schedule => {
                // First, as workers are called by it; a sweep may take its time.
                minute.measure().await;
                self.sweep().await.publish();
                // The next minute makes up for what fails.
                if let Err(error) = self.count_usage(|report| report.publish()).await {
                    tracing::error!(%error, "the use cannot be counted");
                }
                match self.requests().await {
                    Ok(report) => report.publish(),
                    Err(error) => tracing::error!(%error, "requests by mail cannot be counted"),
                }
                // Last, as it reads the most.
                if let Err(error) = self.audit(|report| report.publish()).await {
                    tracing::error!(%error, "the ledger cannot be audited");
                }
                Ok(Value::Null)
            }
            Event::Restored => {
                let replayed = self.replay_erasures().await?;
                tracing::warn!(replayed, "erasures begin again after a restore");
                for id in self.copies_without_order().await? {
                    tracing::error!(%id, "no row tells of the order of this copy");
                }
                Ok(Value::from(replayed))
            }
            Event::Mail(returned) => {
                if let Some(returned) = returned {
                    self.stop_mail(&returned).await?;
                }
                Ok(Value::Null)
            }
            Event::DeadLetters(event) => {
                let letters = event.records.len() as f64;
                publish(
                    "housekeeper",
                    &[Metric { name: "DeadLetters", unit: "Count", value: letters }],
                );
                let response = self.dead_letters(event.records).await;
                // Strings always serialise.
                Ok(serde_json::to_value(response).unwrap_or_default())
            }
        }
    }
}

impl Event {
    fn parse(event: Value) -> Result<Self, HousekeeperError> {
        let source = event.get("source").and_then(Value::as_str);
        if source.is_some_and(|source| matches!(source, "aws.events" | "aws.scheduler")) {
            return Ok(Self::Schedule);
        }
        if source == Some(RESTORED) {
            return Ok(Self::Restored);
        }
        if source == Some(MAIL) {
            return Ok(Self::Mail(Returned::parse(&event)));
        }
        serde_json::from_value(event)
            .map(Self::DeadLetters)
            .map_err(|_| HousekeeperError::UnknownEvent)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_schedule_is_told_from_the_queue() {
        let minute =
            json!({"source": "aws.events", "detail-type": "Scheduled Event", "detail": {}});
        assert!(matches!(Event::parse(minute), Ok(Event::Schedule)));
        let letters =
            json!({"Records": [{"messageId": "1", "body": "{}", "eventSource": "aws:sqs"}]});
        let Ok(Event::DeadLetters(event)) = Event::parse(letters) else { panic!("letters") };
        assert_eq!(event.records[0].message_id.as_deref(), Some("1"));
        let restored = json!({"source": "reverie.restored"});
        assert!(matches!(Event::parse(restored), Ok(Event::Restored)));
        let mail = json!({"source": "aws.ses", "detail-type": "Email Delivered", "detail": {}});
        assert!(matches!(Event::parse(mail), Ok(Event::Mail(None))));
        assert!(Event::parse(json!({"hello": 1})).is_err());
    }
}
