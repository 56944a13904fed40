//! The one-process deployment: every function, a worker and the housekeeper on embedded AWS.

mod listen;
mod outbox;
mod ports;
mod routes;
pub mod sign_in;
mod tasks;

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use anyhow::Context;
use reverie_api::{AccountLimit, AddressLimit, App, Settings, finish};
use reverie_domain::{credits::Credits, ids::AccountId, policy::Policies};
use reverie_housekeeper::Housekeeper;
use reverie_inference::{Engine, Package, open_all};
use reverie_worker::{Worker, WorkerConfig};
use secrecy::SecretString;
use tokio::{net::TcpListener, task::JoinSet};
use tokio_util::sync::CancellationToken;
use utoipa::openapi::OpenApi;

use crate::stack::{Stack, StackConfig};

pub use ports::{Between, Part, Ports};

/// How a local deployment is set up.
#[derive(Debug, Clone)]
pub struct LocalConfig {
    /// Where everything is kept.
    pub data: PathBuf,
    /// Folders of model packages.
    pub models: Vec<PathBuf>,
    /// Where to listen; port 0 takes a free one.
    pub listen: SocketAddr,
    /// The origin that people see, if it is another than the address listened at.
    pub public_url: Option<String>,
    /// The credits of a new guest.
    pub guest_credits: u32,
    /// How many guests an address may make in a day. On a laptop everyone has one address.
    pub guests_per_address: u32,
    /// The accounts of operators.
    pub operators: Vec<AccountId>,
    /// How often an account may ask in a minute.
    pub requests_per_account: u32,
    /// The same for an API key.
    pub requests_per_key: u32,
    /// The same for a network address.
    pub requests_per_address: u32,
    /// How many jobs run at once; by default one a core.
    pub jobs: Option<usize>,
    /// Where people may sign in, as JSON; see [`reverie_auth::Providers::parse`]. By default at a
    /// provider of this process's own, on which everybody is who they say, but only if nobody else can
    /// reach it.
    pub providers: Option<String>,
    /// Whether a worker runs. Tests of waiting jobs do without.
    pub worker: bool,
    /// How long a client may take to send a request's head, and then its body.
    pub slowest_client: Duration,
    /// The versions of the policies; those that ship, but for tests.
    pub policies: Policies,
    /// What stands between the parts and the services; nothing, but for tests.
    pub between: Option<Between>,
}

impl LocalConfig {
    /// The usual set-up on these folders.
    #[must_use]
    pub fn new(data: impl Into<PathBuf>, models: Vec<PathBuf>) -> Self {
        Self {
            data: data.into(),
            models,
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            public_url: None,
            guest_credits: reverie_domain::plan::GUEST_ALLOWANCE.get(),
            guests_per_address: 10_000,
            operators: Vec::new(),
            requests_per_account: 60_000,
            requests_per_key: 60_000,
            requests_per_address: 600_000,
            jobs: None,
            providers: None,
            worker: true,
            slowest_client: Duration::from_secs(30),
            policies: Policies::SHIPPED,
            between: None,
        }
    }

    /// Whether nobody but this machine's user reaches it.
    fn is_alone(&self, settings: &Settings) -> bool {
        settings.is_plain_http() && self.listen.ip().is_loopback()
    }
}

/// A running local deployment.
pub struct Local {
    stack: Stack,
    ports: Ports,
    housekeeper: Housekeeper,
    base_url: String,
    openapi: OpenApi,
    settings: Arc<Settings>,
    shutdown: CancellationToken,
    tasks: JoinSet<()>,
    url_file: PathBuf,
}

impl Local {
    /// Starts everything. Requests are answered when this returns; the worker warms up meanwhile.
    ///
    /// # Errors
    /// Says which port, folder or model file is the trouble, and what to do.
    pub async fn start(config: LocalConfig) -> anyhow::Result<Self> {
        let stack = Stack::start(StackConfig {
            data_dir: config.data.clone(),
            dynamodb_port: 0,
            s3_port: 0,
            sqs_port: 0,
            ses_port: 0,
        })
        .await?;
        let ports = Ports::of(&stack);
        let given = |part| ports.given_to(part, config.between.as_ref());
        let listener = TcpListener::bind(config.listen).await.with_context(|| {
            let at = config.listen;
            format!("cannot listen at {at}: stop what runs there, or choose another --listen")
        })?;
        let base_url = format!("http://{}", listener.local_addr()?);
        let origin = config.public_url.clone().unwrap_or_else(|| base_url.clone());
        let origin = origin.trim_end_matches('/').to_owned();
        // Pages upload to the bucket directly.
        stack.set_public_origin(&origin)?;
        let settings = Settings {
            public_origin: origin,
            hash_secret: hash_secret(&config.data)?,
            guest_credits: Credits::new(config.guest_credits),
            guests_per_address: config.guests_per_address,
            operators: config.operators.clone(),
            policies: config.policies,
        };
        let functions = given(Part::Functions);
        let app = App {
            tables: functions.tables.clone(),
            clock: functions.clock.clone(),
            settings: Arc::new(settings),
            positions: Arc::default(),
            requests: Arc::new(AccountLimit::per_minute(
                config.requests_per_account,
                config.requests_per_key,
            )),
        };
        let (packages, engines) = load_engines(config.models.clone()).await?;
        let (providers, dev) = sign_in::set_up(&config, &app.settings, &base_url)?;
        let (router, openapi) = routes::all(&app, &functions, packages, providers);
        let router = router.merge(dev).merge(outbox::routes(&config, &app.settings, &stack));

        let shutdown = CancellationToken::new();
        let mut tasks = JoinSet::new();
        let slowest = config.slowest_client;
        let addresses =
            AddressLimit::per_minute(config.requests_per_address, functions.clock.clone());
        let router = finish(router, addresses);
        tasks.spawn(listen::serve(listener, router, slowest, shutdown.clone()));
        let housekeeper = given(Part::Housekeeper);
        let outbox = stack.outbox();
        tasks::keep_house(&mut tasks, &housekeeper, &app.settings, outbox, &shutdown).await?;
        let housekeeper = tasks::housekeeper(&housekeeper, &app.settings);
        if config.worker {
            let worker = worker(&given(Part::Worker), engines, config.jobs);
            let stop = shutdown.clone();
            tasks.spawn(async move { worker.run(stop).await });
        }
        let url_file = url_file(&config.data);
        std::fs::write(&url_file, &base_url).context("the data folder cannot be written")?;
        let settings = app.settings.clone();
        Ok(Self {
            stack,
            ports,
            housekeeper,
            base_url,
            openapi,
            settings,
            shutdown,
            tasks,
            url_file,
        })
    }

    /// Where it answers.
    #[must_use]
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// The embedded services.
    #[must_use]
    pub const fn stack(&self) -> &Stack {
        &self.stack
    }

    /// The ports to the embedded services.
    #[must_use]
    pub const fn ports(&self) -> &Ports {
        &self.ports
    }

    /// The deployment's settings.
    #[must_use]
    pub const fn settings(&self) -> &Arc<Settings> {
        &self.settings
    }

    /// The API's description, made from the code.
    #[must_use]
    pub const fn openapi(&self) -> &OpenApi {
        &self.openapi
    }

    /// Lets the housekeeper look once, as it does every minute.
    pub async fn sweep(&self) {
        self.housekeeper.sweep().await;
        if let Err(error) = self.housekeeper.count_usage(|_| {}).await {
            tracing::error!(%error, "the use cannot be counted");
        }
        tasks::tidy_outbox(&*self.ports.tables, self.stack.outbox()).await;
    }

    /// The housekeeper, as every minute's turn has it.
    #[must_use]
    pub const fn housekeeper(&self) -> &Housekeeper {
        &self.housekeeper
    }

    /// Stops everything: running jobs are handed back, and go on at the next start.
    pub async fn shutdown(mut self) {
        // The file is how `create` finds the server; without it there is none to find.
        let _ = std::fs::remove_file(&self.url_file);
        self.shutdown.cancel();
        while self.tasks.join_next().await.is_some() {}
        self.stack.shutdown().await;
    }
}

/// Where a running deployment says its URL.
#[must_use]
pub fn url_file(data: &Path) -> PathBuf {
    data.join("server.url")
}

/// Checksums and plans take a moment, so it happens on a thread that may block.
async fn load_engines(
    folders: Vec<PathBuf>,
) -> anyhow::Result<(Vec<Package>, Vec<Arc<dyn Engine>>)> {
    let load_all = move || {
        let mut packages = Vec::new();
        for folder in &folders {
            let found = open_all(folder)
                .with_context(|| format!("model packages in {}", folder.display()))?;
            packages.extend(found);
        }
        anyhow::ensure!(!packages.is_empty(), "there is no model package: see --models");
        let engines = reverie_worker::load_engines(&packages)?;
        Ok((packages, engines))
    };
    tokio::task::spawn_blocking(load_all).await?
}

fn worker(ports: &Ports, engines: Vec<Arc<dyn Engine>>, jobs: Option<usize>) -> Worker {
    let mut config = WorkerConfig::default();
    if let Some(jobs) = jobs {
        config.jobs = jobs;
    }
    Worker {
        tables: ports.tables.clone(),
        objects: ports.objects.clone(),
        queue: ports.queue.clone(),
        clock: ports.clock.clone(),
        engines,
        config,
    }
}

/// The key of keyed hashes, made at the first start.
fn hash_secret(data: &Path) -> anyhow::Result<SecretString> {
    let file = data.join("hash-secret");
    if let Ok(text) = std::fs::read_to_string(&file) {
        return Ok(SecretString::from(text));
    }
    let mut random = [0; 32];
    getrandom::fill(&mut random).context("the system has no randomness")?;
    let text = hex::encode(random);
    crate::private_file::write(&file, &text)?;
    Ok(SecretString::from(text))
}
