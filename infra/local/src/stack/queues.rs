//! SQS: rustack in memory. The rows are the truth about jobs, so losing messages on restart is
//! survivable: the sweep sends them again.

use std::{collections::HashMap, net::Ipv4Addr, sync::Arc};

use anyhow::{Context, anyhow};
use rustack_sqs_core::{config::SqsConfig, handler::RustackSqsHandler, provider::RustackSqs};
use rustack_sqs_http::service::{SqsHttpConfig, SqsHttpService};
use rustack_sqs_model::input::CreateQueueInput;
use secrecy::SecretString;
use serde_json::json;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::{
    listen,
    sdk::{self, Endpoints},
};
use crate::template::{ACCOUNT, Queue, REGION};

/// The queues and the service in front of them.
pub(super) struct Queues {
    provider: Arc<RustackSqs>,
    service: SqsHttpService<RustackSqsHandler>,
}

/// The URL of a queue.
pub(super) fn url(endpoints: &Endpoints, queue: &Queue) -> String {
    format!("{}/{ACCOUNT}/{}", endpoints.sqs, queue.name)
}

/// Makes the queues.
pub(super) async fn start(
    queues: &[Queue],
    port: u16,
    secret_key: &SecretString,
) -> anyhow::Result<Queues> {
    let provider = Arc::new(RustackSqs::new(SqsConfig {
        skip_signature_validation: false,
        default_region: REGION.to_owned(),
        account_id: ACCOUNT.to_owned(),
        host: Ipv4Addr::LOCALHOST.to_string(),
        port,
    }));
    for queue in queues {
        let input = CreateQueueInput {
            queue_name: queue.name.clone(),
            attributes: attributes(queue),
            tags: HashMap::new(),
        };
        provider
            .create_queue(input)
            .await
            .map_err(|error| anyhow!("{error:?}"))
            .with_context(|| format!("queue {}", queue.name))?;
    }
    let config = SqsHttpConfig {
        skip_signature_validation: false,
        region: REGION.to_owned(),
        credential_provider: Some(Arc::new(sdk::credentials(secret_key))),
    };
    let handler = Arc::new(RustackSqsHandler::new(Arc::clone(&provider)));
    Ok(Queues { provider, service: SqsHttpService::new(handler, config) })
}

fn attributes(queue: &Queue) -> HashMap<String, String> {
    let mut attributes = HashMap::from([
        ("VisibilityTimeout".to_owned(), queue.visibility.as_secs().to_string()),
        ("ReceiveMessageWaitTimeSeconds".to_owned(), queue.receive_wait.as_secs().to_string()),
        ("MessageRetentionPeriod".to_owned(), queue.retention.as_secs().to_string()),
    ]);
    if let Some(redrive) = &queue.redrive {
        let policy = json!({
            "deadLetterTargetArn": redrive.dead_letter_arn,
            // A number: as text, which AWS takes too, this service would refuse it.
            "maxReceiveCount": redrive.max_receive_count,
        });
        attributes.insert("RedrivePolicy".to_owned(), policy.to_string());
    }
    attributes
}

/// Serves until `stop`.
pub(super) async fn serve(listener: TcpListener, queues: Queues, stop: CancellationToken) {
    let provider = queues.provider;
    // Receives may wait for 20 s: ending the queues ends the waiting.
    let ending = async {
        stop.cancelled().await;
        provider.shutdown_all().await;
    };
    tokio::join!(listen::serve(listener, queues.service, stop.clone()), ending);
}
