use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use reverie::template;
use serde_json::Value;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::{
    environment::Environment,
    runtime_api::{FunctionError, Payload},
    sandbox::Sandbox,
};
use crate::binaries;

/// How many sandboxes a function has at once. Further calls wait.
const CONCURRENCY: usize = 4;

/// A function with its sandboxes: started when a call finds none idle, and used again.
pub(super) struct Function {
    name: String,
    /// Its name in the template, of which several may run one binary.
    id: String,
    variables: BTreeMap<String, String>,
    timeout: Duration,
    logs: PathBuf,
    started: AtomicU32,
    idle: Mutex<Vec<Sandbox>>,
    slots: Arc<Semaphore>,
}

/// A sandbox in use. It ends when this is dropped, unless it is given back.
pub(super) struct Lease {
    sandbox: Sandbox,
    function: Arc<Function>,
    _slot: OwnedSemaphorePermit,
}

impl Function {
    pub(super) fn new(declared: &template::Function, given: &Environment, logs: &Path) -> Self {
        Self {
            name: declared.binary.clone(),
            id: declared.logical_id.clone(),
            variables: given.of(declared),
            timeout: declared.timeout,
            logs: logs.to_owned(),
            started: AtomicU32::new(0),
            idle: Mutex::default(),
            slots: Arc::new(Semaphore::new(CONCURRENCY)),
        }
    }

    /// The same function with another value of one variable, and no sandbox yet.
    pub(super) fn with(&self, (name, value): (&str, &str)) -> Self {
        let mut variables = self.variables.clone();
        variables.insert(name.to_owned(), value.to_owned());
        Self {
            name: self.name.clone(),
            id: self.id.clone(),
            variables,
            timeout: self.timeout,
            logs: self.logs.join(format!("{name}-{value}")),
            started: AtomicU32::new(0),
            idle: Mutex::default(),
            slots: Arc::new(Semaphore::new(CONCURRENCY)),
        }
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) const fn variables(&self) -> &BTreeMap<String, String> {
        &self.variables
    }

    /// Calls it. The lease lasts as long as the answer streams.
    pub(super) async fn invoke(
        self: &Arc<Self>,
        event: Bytes,
    ) -> Result<(Payload, Lease), FunctionError> {
        let mut lease = self.lease().await;
        match lease.sandbox.call(event, self.timeout).await {
            Ok(payload) => Ok((payload, lease)),
            Err(error) => {
                if matches!(error, FunctionError::Failed(_)) {
                    lease.give_back();
                }
                Err(error)
            }
        }
    }

    /// Calls it with JSON, for JSON.
    pub(super) async fn invoke_with_json(
        self: &Arc<Self>,
        event: &Value,
    ) -> Result<Value, FunctionError> {
        let (payload, lease) = self.invoke(event.to_string().into()).await?;
        let Payload::Whole(answer) = payload else {
            return Err(FunctionError::Failed("it streams".into()));
        };
        lease.give_back();
        serde_json::from_slice(&answer)
            .map_err(|error| FunctionError::Failed(error.to_string().into()))
    }

    /// What its sandboxes have written so far.
    pub(super) fn log(&self) -> String {
        let started = self.started.load(Ordering::Relaxed);
        let logs = (0..started).map(|n| fs::read_to_string(self.log_file(n)).unwrap_or_default());
        logs.collect()
    }

    async fn lease(self: &Arc<Self>) -> Lease {
        let slot = self.slots.clone().acquire_owned().await.expect("it is never closed");
        let idle = self.idle().pop();
        let sandbox = match idle {
            Some(sandbox) => sandbox,
            None => self.start().await,
        };
        Lease { sandbox, function: self.clone(), _slot: slot }
    }

    async fn start(&self) -> Sandbox {
        fs::create_dir_all(&self.logs).expect("a folder of logs");
        // The first one may have to be built.
        let name = self.name.clone();
        let built = tokio::task::spawn_blocking(move || binaries::find(&name)).await;
        built.expect("the binary is there");
        let log = self.log_file(self.started.fetch_add(1, Ordering::Relaxed));
        Sandbox::start(&self.name, &self.variables, &log).await
    }

    fn log_file(&self, number: u32) -> PathBuf {
        self.logs.join(format!("{}-{number}.log", self.id))
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Sandbox>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Lease {
    /// Lets the next call have the sandbox.
    pub(super) fn give_back(self) {
        let Self { sandbox, function, _slot } = self;
        function.idle().push(sandbox);
    }
}
