//! The embedded services answer as AWS documents it, wherever the code relies on it. Everything is
//! asked through the SDK's clients or plain HTTP, so that the same questions could be put to AWS.

#[path = "contract/browser.rs"]
mod browser;
#[path = "contract/dynamodb.rs"]
mod dynamodb;
#[path = "contract/lifecycle.rs"]
mod lifecycle;
#[path = "contract/links.rs"]
mod links;
#[path = "contract/objects.rs"]
mod objects;
#[path = "contract/queues.rs"]
mod queues;
#[path = "contract/stack.rs"]
mod stack;
#[path = "contract/transactions.rs"]
mod transactions;

use std::time::{Duration, Instant};

use aws_sdk_dynamodb::config::Credentials;
use reverie::stack::{Stack, StackConfig};
use tempfile::TempDir;

/// A stack in a folder of its own.
struct Services {
    stack: Stack,
    folder: TempDir,
}

impl Services {
    async fn start() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let stack = Stack::start(config(&folder)).await.expect("the stack starts");
        Self { stack, folder }
    }

    /// Stops the services and starts them again on the same folder.
    async fn restart(self) -> Self {
        self.stack.shutdown().await;
        let stack = Stack::start(config(&self.folder)).await.expect("the stack starts again");
        Self { stack, folder: self.folder }
    }

    fn bucket(&self) -> &str {
        &self.stack.resources().bucket
    }

    /// The SDK's configuration with a key that the services do not know.
    fn forged_config(&self) -> aws_config::SdkConfig {
        let known = "reverie-local";
        let credentials =
            Credentials::new(known, "a-secret-that-is-not-theirs", None, None, "test");
        self.stack
            .sdk_config()
            .clone()
            .into_builder()
            .credentials_provider(aws_sdk_dynamodb::config::SharedCredentialsProvider::new(
                credentials,
            ))
            .build()
    }
}

fn config(folder: &TempDir) -> StackConfig {
    let data_dir = folder.path().to_owned();
    StackConfig { data_dir, dynamodb_port: 0, s3_port: 0, sqs_port: 0, ses_port: 0 }
}

/// Asks again until the answer is there; fails after a while.
async fn until<T, F: Future<Output = Option<T>>>(what: &str, mut ask: impl FnMut() -> F) -> T {
    let started = Instant::now();
    loop {
        if let Some(answer) = ask().await {
            return answer;
        }
        assert!(started.elapsed() < Duration::from_secs(30), "this did not happen: {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
