use std::time::Duration;

use async_trait::async_trait;
use aws_sdk_sqs::{Client, types::QueueAttributeName};

use super::{clients::long_poll, unavailable};
use crate::{
    queue::{Depth, Gauge, Message, Queue, Received},
    tables::StoreError,
};

/// [`Queue`] on SQS.
#[derive(Debug, Clone)]
pub struct SqsQueue {
    client: Client,
    url: String,
}

impl SqsQueue {
    /// The queue of this URL.
    #[must_use]
    pub const fn new(client: Client, url: String) -> Self {
        Self { client, url }
    }
}

#[async_trait]
impl Queue for SqsQueue {
    async fn send(&self, message: &Message) -> Result<(), StoreError> {
        let body = serde_json::to_string(message).map_err(|error| unavailable("SQS", error))?;
        self.client
            .send_message()
            .queue_url(&self.url)
            .message_body(body)
            .send()
            .await
            .map(drop)
            .map_err(|error| unavailable("SQS", error))
    }

    async fn receive(
        &self,
        most: u32,
        wait: Duration,
        visibility: Duration,
    ) -> Result<Vec<Received>, StoreError> {
        let answer = self
            .client
            .receive_message()
            .queue_url(&self.url)
            .max_number_of_messages(most.clamp(1, 10).cast_signed())
            .wait_time_seconds(seconds(wait))
            .visibility_timeout(seconds(visibility))
            .customize()
            .config_override(long_poll())
            .send()
            .await
            .map_err(|error| unavailable("SQS", error))?;
        let received = answer.messages.unwrap_or_default().into_iter().filter_map(|message| {
            let body = message.body.unwrap_or_default();
            Some(Received {
                handle: message.receipt_handle?,
                message: serde_json::from_str(&body).ok(),
            })
        });
        Ok(received.collect())
    }

    async fn extend(&self, handle: &str, visibility: Duration) -> Result<(), StoreError> {
        self.client
            .change_message_visibility()
            .queue_url(&self.url)
            .receipt_handle(handle)
            .visibility_timeout(seconds(visibility))
            .send()
            .await
            .map(drop)
            .map_err(|error| unavailable("SQS", error))
    }

    async fn delete(&self, handle: &str) -> Result<(), StoreError> {
        self.client
            .delete_message()
            .queue_url(&self.url)
            .receipt_handle(handle)
            .send()
            .await
            .map(drop)
            .map_err(|error| unavailable("SQS", error))
    }
}

#[async_trait]
impl Gauge for SqsQueue {
    async fn depth(&self) -> Result<Depth, StoreError> {
        let (waiting, in_flight) = (
            QueueAttributeName::ApproximateNumberOfMessages,
            QueueAttributeName::ApproximateNumberOfMessagesNotVisible,
        );
        let answer = self
            .client
            .get_queue_attributes()
            .queue_url(&self.url)
            .attribute_names(waiting.clone())
            .attribute_names(in_flight.clone())
            .send()
            .await
            .map_err(|error| unavailable("SQS", error))?;
        let attributes = answer.attributes.unwrap_or_default();
        let count = |name| attributes.get(name).and_then(|text| text.parse().ok());
        match (count(&waiting), count(&in_flight)) {
            (Some(waiting), Some(in_flight)) => Ok(Depth { waiting, in_flight }),
            _ => Err(StoreError::Unavailable {
                service: "SQS",
                reason: "the queue's counts are missing".to_owned(),
            }),
        }
    }
}

/// SQS counts in whole seconds, 12 hours at most.
fn seconds(duration: Duration) -> i32 {
    i32::try_from(duration.as_secs()).unwrap_or(43_200).min(43_200)
}
