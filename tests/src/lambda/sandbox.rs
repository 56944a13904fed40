use std::{collections::BTreeMap, path::Path, time::Duration};

use bytes::Bytes;

use super::{
    environment,
    runtime_api::{FunctionError, Payload, RuntimeApi},
};
use crate::Process;

/// A process of a function, with a Runtime API of its own.
pub(super) struct Sandbox {
    process: Process,
    api: RuntimeApi,
}

impl Sandbox {
    pub(super) async fn start(
        name: &str,
        variables: &BTreeMap<String, String>,
        log: &Path,
    ) -> Self {
        let api = RuntimeApi::start(name).await;
        let mut variables = variables.clone();
        variables.extend([environment::runtime_api(&api.address())]);
        Self { process: Process::start(name, &[], &variables, log), api }
    }

    /// One call. After an error other than [`FunctionError::Failed`] the sandbox is of no use.
    pub(super) async fn call(
        &mut self,
        event: Bytes,
        timeout: Duration,
    ) -> Result<Payload, FunctionError> {
        let Self { process, api } = self;
        let answered = tokio::select! {
            answered = tokio::time::timeout(timeout, api.call(event, timeout)) => Some(answered),
            _ = process.ended() => None,
        };
        match answered {
            Some(Ok(answer)) => answer,
            Some(Err(_)) => Err(FunctionError::TimedOut(timeout)),
            None => Err(FunctionError::Ended(process.log_tail())),
        }
    }
}
