//! Every function as its own binary behind a local Lambda, on the embedded stack.
//!
//! Sandboxes speak the [Runtime API], a gateway makes events of requests by the routes that
//! `infra/template.yaml` declares, and the binaries get the variables that it declares. The worker
//! and the housekeeper's minute stay in this process.
//!
//! [Runtime API]: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html

mod environment;
mod function;
mod gateway;
mod measure;
mod recorder;
mod runtime_api;
mod sandbox;
mod secrets;

use std::{
    collections::{BTreeMap, HashMap},
    net::Ipv4Addr,
    path::{Path, PathBuf},
    sync::Arc,
};

use reverie::{
    local::{Local, LocalConfig},
    template,
};
use serde_json::Value;
use tokio::net::TcpListener;

use self::{environment::Environment, function::Function, gateway::Gateway, secrets::Secrets};
use crate::{Adapter, Process};

pub use self::{
    measure::Measured,
    recorder::{Recorder, Use},
    runtime_api::FunctionError,
    secrets::{ORIGIN_ARN, PROVIDERS_ARN},
};

/// The worker's role in the template.
const WORKER_ROLE: &str = "WorkerRole";

/// The functions' binaries behind a gateway.
pub struct Lambda {
    local: Local,
    parameters: BTreeMap<String, String>,
    recorder: Option<Recorder>,
    functions: HashMap<String, Arc<Function>>,
    gateway: Gateway,
    logs: PathBuf,
    _secrets: Secrets,
}

impl Adapter for Lambda {
    async fn start(config: LocalConfig) -> Self {
        Self::start_with(config, false).await
    }

    fn base_url(&self) -> &str {
        self.gateway.base_url()
    }

    fn local(&self) -> &Local {
        &self.local
    }

    async fn shutdown(self) {
        let Self { local, functions, gateway, .. } = self;
        drop((gateway, functions));
        local.shutdown().await;
    }
}

/// The same with a record of each function's calls to the services.
pub struct RecordedLambda(pub Lambda);

impl Adapter for RecordedLambda {
    async fn start(config: LocalConfig) -> Self {
        Self(Lambda::start_with(config, true).await)
    }

    fn base_url(&self) -> &str {
        self.0.base_url()
    }

    fn local(&self) -> &Local {
        self.0.local()
    }

    async fn shutdown(self) {
        self.0.shutdown().await;
    }
}

impl Lambda {
    async fn start_with(mut config: LocalConfig, records: bool) -> Self {
        // Its port is part of the public origin, which the functions get as a variable.
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a free port");
        let base_url = format!("http://{}", listener.local_addr().expect("an address"));
        config.public_url.get_or_insert(base_url.clone());
        let local = Local::start(config.clone()).await.expect("the deployment starts");
        publish_catalogue(&local, &config.models).await;
        let secrets = Secrets::start(&config.data, local.base_url()).await;
        let environment = Environment::new(&local, &secrets).await;
        let logs = config.data.join("logs");
        std::fs::create_dir_all(&logs).expect("a folder of logs");

        let references = environment::references(&local);
        let parameters = parameters(&config);
        let declared = template::Function::all(template::TEMPLATE, &parameters, &references);
        let declared = declared.expect("the template's functions are understood");
        let mut recorder = records.then(|| Recorder::new(&environment));
        let mut functions = Vec::new();
        for function in &declared {
            let given = match &mut recorder {
                Some(recorder) => &environment.at(&recorder.listen(&function.logical_id).await),
                None => &environment,
            };
            functions.push(Arc::new(Function::new(function, given, &logs)));
        }
        if let Some(recorder) = &mut recorder {
            recorder.listen(WORKER_ROLE).await;
        }
        let api = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a free port");
        let gateway = Gateway::start(listener, api, base_url, declared.iter().zip(&functions));
        // Where two run one binary, either will do.
        let functions = functions.into_iter().map(|f| (f.name().to_owned(), f)).collect();
        Self { local, parameters, recorder, functions, gateway, logs, _secrets: secrets }
    }

    /// The record of a [`RecordedLambda`].
    ///
    /// # Panics
    /// If this is another.
    #[must_use]
    pub fn recorder(&self) -> &Recorder {
        self.recorder.as_ref().expect("a deployment that records")
    }

    /// The rights that the template gives, with the ARNs of this deployment.
    #[must_use]
    pub fn roles(&self) -> Vec<template::Role> {
        let references = environment::references(&self.local);
        template::Role::all(template::TEMPLATE, &self.parameters, &references)
            .expect("the template's roles")
    }

    /// Calls the function of this binary with an event, as a schedule or a queue does.
    ///
    /// # Errors
    /// What the function says is wrong, or how its sandbox ended.
    pub async fn invoke(&self, binary: &str, event: &Value) -> Result<Value, FunctionError> {
        self.functions[binary].invoke_with_json(event).await
    }

    /// The same with another value of one variable, in a sandbox of its own.
    ///
    /// # Errors
    /// As [`Lambda::invoke`].
    pub async fn invoke_with(
        &self,
        binary: &str,
        variable: (&str, &str),
        event: &Value,
    ) -> Result<Value, FunctionError> {
        Arc::new(self.functions[binary].with(variable)).invoke_with_json(event).await
    }

    /// Where the API answers when there is no edge in front of it.
    #[must_use]
    pub fn api_url(&self) -> &str {
        self.gateway.api_url()
    }

    /// What the sandboxes of the function of this binary have written so far.
    #[must_use]
    pub fn log(&self, binary: &str) -> String {
        self.functions[binary].log()
    }

    /// Starts the worker's binary, which is no function, on these packages.
    #[must_use]
    pub fn start_worker(&self, models: &Path) -> Process {
        let mut variables = self.functions["generations"].variables().clone();
        variables.retain(|name, _| !name.starts_with("AWS_LAMBDA_"));
        if let Some(recorder) = &self.recorder {
            let url = recorder.url(WORKER_ROLE);
            for (_, value) in
                variables.iter_mut().filter(|(name, _)| name.starts_with("AWS_ENDPOINT_URL"))
            {
                url.clone_into(value);
            }
            variables.insert("ECS_AGENT_URI".to_owned(), format!("{url}/agent"));
        }
        variables.insert("REVERIE_MODELS".to_owned(), models.display().to_string());
        variables.insert("REVERIE_JOBS".to_owned(), "1".to_owned());
        Process::start("worker", &[], &variables, &self.logs.join("worker.log"))
    }

    /// Starts a function's binary without one of its variables.
    #[must_use]
    pub fn start_without(&self, binary: &str, variable: &str) -> Process {
        let mut variables = self.functions[binary].variables().clone();
        variables.remove(variable).expect("a variable that it has");
        Process::start(binary, &[], &variables, &self.logs.join(format!("{binary}-without.log")))
    }
}

/// Where mail comes from.
const MAIL_DOMAIN: &str = "reverie.example";

fn parameters(config: &LocalConfig) -> BTreeMap<String, String> {
    let origin = config.public_url.clone().unwrap_or_default();
    let operators: Vec<_> = config.operators.iter().map(ToString::to_string).collect();
    BTreeMap::from([
        ("PublicOrigin".to_owned(), origin),
        ("ProvidersSecretArn".to_owned(), PROVIDERS_ARN.to_owned()),
        ("MailDomain".to_owned(), MAIL_DOMAIN.to_owned()),
        ("Operators".to_owned(), operators.join(",")),
        ("GuestCredits".to_owned(), config.guest_credits.to_string()),
        ("GuestsPerAddress".to_owned(), config.guests_per_address.to_string()),
        ("RequestsPerAccount".to_owned(), config.requests_per_account.to_string()),
        ("RequestsPerKey".to_owned(), config.requests_per_key.to_string()),
        ("RequestsPerAddress".to_owned(), config.requests_per_address.to_string()),
    ])
}

/// The functions know of other models than the built-in ones by this object.
async fn publish_catalogue(local: &Local, folders: &[PathBuf]) {
    let mut packages = Vec::new();
    for folder in folders {
        packages.extend(reverie_inference::open_all(folder).expect("packages"));
    }
    let published = reverie_worker::publish_models(&*local.ports().objects, &packages).await;
    published.expect("the catalogue is written");
}
