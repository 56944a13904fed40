//! What runs beside the requests: the housekeeper and its dead letters.

use std::{path::Path, sync::Arc, time::Duration};

use reverie_api::Settings;
use reverie_housekeeper::{Housekeeper, Post};
use reverie_store::{queue::Received, tables::Tables};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::{Ports, outbox};

/// As the schedule in the template.
const EVERY: Duration = Duration::from_secs(60);

/// Finds what a stop left behind, then sweeps every minute.
pub(super) async fn keep_house(
    tasks: &mut JoinSet<()>,
    ports: &Ports,
    settings: &Arc<Settings>,
    outbox: &Path,
    stop: &CancellationToken,
) -> anyhow::Result<()> {
    let (sweeper, outbox) = (housekeeper(ports, settings), outbox.to_owned());
    // The embedded queue does not outlive the process, so no message is on its way now.
    sweeper.after_restart().await?;
    let stopped = stop.clone();
    tasks.spawn(async move {
        while stopped.run_until_cancelled(tokio::time::sleep(EVERY)).await.is_some() {
            sweeper.sweep().await;
            if let Err(error) = sweeper.audit(|_| {}).await {
                tracing::error!(%error, "the ledger cannot be audited");
            }
            if let Err(error) = sweeper.count_usage(|_| {}).await {
                tracing::error!(%error, "the use cannot be counted");
            }
            tidy_outbox(&*sweeper.tables, &outbox).await;
        }
    });
    let (undertaker, letters, stopped) =
        (housekeeper(ports, settings), ports.dead_letters.clone(), stop.clone());
    tasks.spawn(async move {
        loop {
            let receive = letters.receive(10, Duration::from_secs(20), Duration::from_secs(90));
            let Some(received) = stopped.run_until_cancelled(receive).await else { return };
            match received {
                Ok(received) => bury(&undertaker, &*letters, received).await,
                Err(error) => {
                    tracing::warn!(%error, "dead letters cannot be received");
                    tokio::time::sleep(Duration::from_secs(1)).await;
                }
            }
        }
    });
    Ok(())
}

/// Deletes the mail of accounts that are erased.
pub(super) async fn tidy_outbox(tables: &dyn Tables, outbox: &Path) {
    if let Err(error) = outbox::forget_erased(tables, outbox).await {
        tracing::error!(%error, "mail of accounts that are erased stays for another minute");
    }
}

/// The address that sends.
const SENDER: &str = "reverie@localhost";

/// A housekeeper on these ports.
pub(super) fn housekeeper(ports: &Ports, settings: &Arc<Settings>) -> Housekeeper {
    let (mailer, settings) = (ports.mailer.clone(), settings.clone());
    Housekeeper {
        tables: ports.tables.clone(),
        objects: ports.objects.clone(),
        queue: ports.queue.clone(),
        clock: ports.clock.clone(),
        post: Some(Post { mailer, sender: SENDER.to_owned(), settings }),
    }
}

async fn bury(
    undertaker: &Housekeeper,
    letters: &dyn reverie_store::queue::Queue,
    received: Vec<Received>,
) {
    for Received { handle, message } in received {
        let done = match message {
            Some(message) => undertaker.dead_letter(&message).await.is_ok(),
            None => true,
        };
        if done && let Err(error) = letters.delete(&handle).await {
            tracing::warn!(%error, "a dead letter was not deleted");
        }
    }
}
