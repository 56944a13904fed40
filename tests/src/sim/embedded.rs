//! The embedded stack as the services of a history, in the history's own runtime: the AWS SDK, the
//! network and the disk are real, and SQS keeps the simulated time.

mod still;

use std::{path::Path, sync::Arc};

use reverie::{
    local::Ports,
    stack::{Stack, StackConfig},
};

use self::still::{StandStill, still};
use super::{mail::Mailbox, mutants::Mutant, watched::WatchedTables};
use crate::{
    messages,
    tap::{tapped, tapped_mailer},
};

/// The embedded stack.
pub(super) struct Embedded {
    stack: Stack,
    ports: Ports,
    tables: WatchedTables,
    mailbox: Arc<Mailbox>,
}

impl Embedded {
    /// Starts it on an empty folder.
    pub(super) async fn start(folder: &Path, mutant: Option<Mutant>) -> anyhow::Result<Self> {
        let data_dir = folder.to_owned();
        let config =
            StackConfig { data_dir, dynamodb_port: 0, s3_port: 0, sqs_port: 0, ses_port: 0 };
        let stack = Stack::start(config).await?;
        let ports = tapped(Ports::of(&stack), &StandStill);
        let tables = WatchedTables::with_bug(ports.tables.clone(), mutant);
        let beyond = tapped_mailer(ports.mailer.clone(), &StandStill);
        let mailbox = Arc::new(Mailbox::new(Some(beyond)));
        let ports = Ports { tables: Arc::new(tables.clone()), mailer: mailbox.clone(), ..ports };
        Ok(Self { stack, ports, tables, mailbox })
    }

    pub(super) fn ports(&self) -> Ports {
        self.ports.clone()
    }

    pub(super) fn tables(&self) -> &WatchedTables {
        &self.tables
    }

    pub(super) fn mailbox(&self) -> &Arc<Mailbox> {
        &self.mailbox
    }

    /// How many uploads in parts were begun and neither ended nor dropped.
    pub(super) async fn unfinished(&self) -> Result<usize, String> {
        let _still = still();
        let uploads = self.stack.s3().list_multipart_uploads();
        let uploads = uploads.bucket(&self.stack.resources().bucket).send().await;
        uploads.map(|found| found.uploads().len()).map_err(|error| error.to_string())
    }

    pub(super) async fn objects(&self) -> Result<Vec<String>, String> {
        self.ports.objects.list("").await.map_err(|error| error.to_string())
    }

    pub(super) async fn messages(&self) -> Result<usize, String> {
        let _still = still();
        messages(&self.stack).await
    }
}
