use std::panic::AssertUnwindSafe;

use aws_lambda_events::sqs::{SqsBatchResponse, SqsMessage};
use futures::{FutureExt, future::join_all};
use reverie_domain::job::JobError;
use reverie_store::{
    generations::{self, Finished},
    queue::Message,
};

use crate::{Housekeeper, HousekeeperError};

/// How often a letter is tried anew because its job had changed.
const RACES: u32 = 5;

impl Housekeeper {
    /// Fails the job of a message that the queue gave up, unless it is final or gone.
    ///
    /// # Errors
    /// The letter is to come again: [`HousekeeperError::Leased`] while a worker has the job.
    pub async fn dead_letter(&self, message: &Message) -> Result<(), HousekeeperError> {
        let Message::GenerationQueued { account, generation } = *message;
        for _ in 0..RACES {
            let found = generations::find_job(&*self.tables, account, generation).await?;
            let Some(job) = found else { return Ok(()) };
            let now = self.clock.now();
            let transition = match job.dead_letter(now) {
                Ok(transition) => transition,
                Err(JobError::Leased) => return Err(HousekeeperError::Leased),
                Err(_) => return Ok(()),
            };
            let applied = generations::apply(&*self.tables, now, &job, &transition, None).await?;
            if let Finished::Done(job) = applied {
                tracing::warn!(id = %job.id, "a dead letter ended it");
                return Ok(());
            }
        }
        Err(HousekeeperError::Contended)
    }

    /// A batch of letters, each on its own; the answer names those that are to come again.
    pub(crate) async fn dead_letters(&self, records: Vec<SqsMessage>) -> SqsBatchResponse {
        let done =
            join_all(records.iter().map(|record| {
                AssertUnwindSafe(self.record(record.body.as_deref())).catch_unwind()
            }));
        let mut response = SqsBatchResponse::default();
        for (done, record) in done.await.into_iter().zip(&records) {
            let letter = record.message_id.as_deref().unwrap_or_default();
            match done {
                Ok(Ok(())) => continue,
                Ok(Err(error)) => tracing::warn!(letter, %error, "a dead letter comes again"),
                Err(_) => tracing::error!(letter, "a dead letter panicked"),
            }
            response.add_failure(letter);
        }
        response
    }

    async fn record(&self, body: Option<&str>) -> Result<(), HousekeeperError> {
        match serde_json::from_str(body.unwrap_or_default()) {
            Ok(message) => self.dead_letter(&message).await,
            // A message only says "look", and the sweep looks anyway.
            Err(_) => {
                tracing::error!("a dead letter of a kind that this version does not know");
                Ok(())
            }
        }
    }
}
