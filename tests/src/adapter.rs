//! The two ways in which the functions are put behind HTTP.

use std::future::Future;

use reverie::local::{Local, LocalConfig};

/// Something that answers the API on an embedded stack.
pub trait Adapter: Sized {
    /// Starts the deployment.
    fn start(config: LocalConfig) -> impl Future<Output = Self> + Send;

    /// Where the API answers.
    fn base_url(&self) -> &str;

    /// The embedded stack, the worker and the housekeeper.
    fn local(&self) -> &Local;

    /// Stops the deployment.
    fn shutdown(self) -> impl Future<Output = ()> + Send;
}

/// All functions in this process, as `reverie serve` has them.
pub struct InProcess(Local);

impl Adapter for InProcess {
    async fn start(config: LocalConfig) -> Self {
        Self(Local::start(config).await.expect("the deployment starts"))
    }

    fn base_url(&self) -> &str {
        self.0.base_url()
    }

    fn local(&self) -> &Local {
        &self.0
    }

    async fn shutdown(self) {
        self.0.shutdown().await;
    }
}
