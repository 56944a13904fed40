//! DynamoDB, S3, SQS and SES inside this process, set up from the deployment template.
//!
//! Every service answers on its own port of 127.0.0.1 and takes signed requests only, so that
//! normal SDK clients are used as in the cloud and nobody else on the machine gets in. The secret
//! key belongs to the data folder.

mod bucket;
mod cors;
mod dynamodb;
mod folder;
mod lifecycle;
mod listen;
mod queues;
mod resources;
mod sdk;
mod ses;
mod tables;
mod timers;

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use aws_config::SdkConfig;
use dynoxide::Database;
use hyper::service::service_fn;
use jiff::Timestamp;
use reverie_store::aws;
use secrecy::SecretString;
use tokio::{
    net::TcpListener,
    task::{JoinSet, spawn_blocking},
};
use tokio_util::sync::{CancellationToken, DropGuard};

use self::{cors::Origins, dynamodb::DynamoDb, folder::DataFolder, lifecycle::Lifecycle, ses::Ses};
pub(crate) use self::{listen::accept, ses::account_of};
use crate::template::Deployment;

pub use self::{
    folder::FolderInUse,
    listen::PortInUse,
    resources::{Resources, Tables},
    sdk::Endpoints,
};

/// Panics if a file of this name is taken for what it is not. For `tests/fuzz`.
#[cfg(fuzzing)]
pub fn check_upload_name(name: &str) {
    lifecycle::fuzz::check(name);
}

/// The length of the secret key: that of AWS.
const SECRET_KEY_LENGTH: u32 = 40;

/// Where the services keep their data and listen.
#[derive(Debug, Clone)]
pub struct StackConfig {
    /// The folder of tables and objects. One process at a time uses it.
    pub data_dir: PathBuf,
    /// The port of DynamoDB; 0 takes a free one.
    pub dynamodb_port: u16,
    /// The port of S3; 0 takes a free one.
    pub s3_port: u16,
    /// The port of SQS; 0 takes a free one.
    pub sqs_port: u16,
    /// The port of SES; 0 takes a free one.
    pub ses_port: u16,
}

/// The running services. Dropping it stops them at once; [`Stack::shutdown`] lets requests end.
pub struct Stack {
    sdk: SdkConfig,
    s3: aws_sdk_s3::Client,
    sqs: aws_sdk_sqs::Client,
    ses: aws_sdk_sesv2::Client,
    outbox: PathBuf,
    dynamodb: aws_sdk_dynamodb::Client,
    endpoints: Endpoints,
    resources: Resources,
    storage: Storage,
    origins: Origins,
    tasks: JoinSet<()>,
    stop: CancellationToken,
    _stop_on_drop: DropGuard,
    _folder: DataFolder,
}

/// What is kept on the disk.
struct Storage {
    database: Database,
    database_file: PathBuf,
    lifecycle: Arc<Lifecycle>,
}

impl Stack {
    /// Starts the services and creates what the template declares and the folder lacks.
    ///
    /// # Errors
    /// [`FolderInUse`], [`PortInUse`], or what is wrong with the folder.
    pub async fn start(config: StackConfig) -> anyhow::Result<Self> {
        let deployment = resources::deployment(None)?;
        let bucket = resources::bucket(&deployment)?;
        let folder = DataFolder::open(&config.data_dir)?;
        let secret_key = folder.secret("aws-secret-key", SECRET_KEY_LENGTH)?;
        let listeners = Listeners::bind(&config).await?;
        let endpoints = listeners.endpoints()?;
        let storage = Storage::open(&folder, deployment.clone()).await?;

        let origins = Origins::default();
        let s3 = bucket::service(bucket, storage.lifecycle.clone(), &secret_key, &origins)?;
        let queues = queues::start(&deployment.queues, endpoints.sqs_port, &secret_key).await?;
        let dynamodb = DynamoDb::new(storage.database.clone(), sdk::credentials(&secret_key));
        let dynamodb = service_fn(move |request| dynamodb.clone().answer(request));
        let outbox = folder.subfolder("outbox")?;
        let ses = Ses::new(outbox.clone(), sdk::credentials(&secret_key));
        let ses = service_fn(move |request| ses.clone().answer(request));

        let stop = CancellationToken::new();
        let mut tasks = JoinSet::new();
        tasks.spawn(listen::serve(listeners.dynamodb, dynamodb, stop.clone()));
        tasks.spawn(listen::serve(listeners.s3, s3, stop.clone()));
        tasks.spawn(queues::serve(listeners.sqs, queues, stop.clone()));
        tasks.spawn(listen::serve(listeners.ses, ses, stop.clone()));
        storage.start_timers(&mut tasks, &stop);
        let resources = Resources::new(&deployment, &endpoints)?;
        Ok(Self::assembled(Parts {
            endpoints,
            resources,
            storage,
            outbox,
            origins,
            tasks,
            stop,
            folder,
            secret_key,
        }))
    }

    fn assembled(parts: Parts) -> Self {
        let sdk = sdk::config(&parts.endpoints, &parts.secret_key);
        Self {
            s3: aws::s3(&sdk),
            sqs: aws::sqs(&sdk),
            ses: aws::ses(&sdk),
            outbox: parts.outbox,
            dynamodb: aws::dynamodb(&sdk),
            sdk,
            endpoints: parts.endpoints,
            resources: parts.resources,
            storage: parts.storage,
            origins: parts.origins,
            tasks: parts.tasks,
            _stop_on_drop: parts.stop.clone().drop_guard(),
            stop: parts.stop,
            _folder: parts.folder,
        }
    }

    /// What SDK clients of this stack have in common: region, credentials and endpoints.
    #[must_use]
    pub const fn sdk_config(&self) -> &SdkConfig {
        &self.sdk
    }

    /// Where the services answer.
    #[must_use]
    pub const fn endpoints(&self) -> &Endpoints {
        &self.endpoints
    }

    /// The names of what the template declares.
    #[must_use]
    pub const fn resources(&self) -> &Resources {
        &self.resources
    }

    /// A DynamoDB client.
    #[must_use]
    pub fn dynamodb(&self) -> aws_sdk_dynamodb::Client {
        self.dynamodb.clone()
    }

    /// An S3 client. Its presigned links begin with this stack's endpoint.
    #[must_use]
    pub fn s3(&self) -> aws_sdk_s3::Client {
        self.s3.clone()
    }

    /// An SQS client.
    #[must_use]
    pub fn sqs(&self) -> aws_sdk_sqs::Client {
        self.sqs.clone()
    }

    /// An SES client.
    #[must_use]
    pub fn ses(&self) -> aws_sdk_sesv2::Client {
        self.ses.clone()
    }

    /// The folder into which mail is sent.
    #[must_use]
    pub fn outbox(&self) -> &Path {
        &self.outbox
    }

    /// Lets pages of this origin use the bucket, as deploying with the parameter `PublicOrigin`
    /// does in the cloud.
    ///
    /// # Errors
    /// If it is no origin.
    pub fn set_public_origin(&self, origin: &str) -> anyhow::Result<()> {
        let deployment = resources::deployment(Some(origin))?;
        self.origins.set(&resources::bucket(&deployment)?.cors)
    }

    /// Deletes the rows whose time is over, and returns how many. It happens every 30 s anyway.
    ///
    /// # Errors
    /// If the database cannot be written.
    pub async fn sweep_ttl(&self) -> anyhow::Result<usize> {
        let storage = &self.storage;
        timers::sweep_once(storage.database.clone(), storage.database_file.clone()).await
    }

    /// Deletes the objects and unfinished uploads whose time is over at `now`, and returns how
    /// many. It happens at the start and every hour anyway.
    ///
    /// # Errors
    /// If a file cannot be read or deleted.
    pub async fn enforce_lifecycle(&self, now: Timestamp) -> anyhow::Result<usize> {
        let lifecycle = self.storage.lifecycle.clone();
        let expired = spawn_blocking(move || lifecycle.enforce(now)).await??;
        Ok(expired.objects + expired.uploads)
    }

    /// Stops the services once the requests under way are answered, at most two seconds.
    pub async fn shutdown(mut self) {
        self.stop.cancel();
        while self.tasks.join_next().await.is_some() {}
        // Closing the last handle writes SQLite's log into the file.
        let closed = spawn_blocking(move || drop(self)).await;
        if let Err(error) = closed {
            tracing::error!(%error, "the database was not closed well");
        }
    }
}

impl std::fmt::Debug for Stack {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Stack").field("endpoints", &self.endpoints).finish_non_exhaustive()
    }
}

/// What a stack is put together from.
struct Parts {
    endpoints: Endpoints,
    resources: Resources,
    storage: Storage,
    outbox: PathBuf,
    origins: Origins,
    tasks: JoinSet<()>,
    stop: CancellationToken,
    folder: DataFolder,
    secret_key: SecretString,
}

struct Listeners {
    dynamodb: TcpListener,
    s3: TcpListener,
    sqs: TcpListener,
    ses: TcpListener,
}

impl Listeners {
    async fn bind(config: &StackConfig) -> anyhow::Result<Self> {
        Ok(Self {
            dynamodb: listen::bind("DynamoDB", config.dynamodb_port).await?,
            s3: listen::bind("S3", config.s3_port).await?,
            sqs: listen::bind("SQS", config.sqs_port).await?,
            ses: listen::bind("SES", config.ses_port).await?,
        })
    }

    fn endpoints(&self) -> anyhow::Result<Endpoints> {
        Endpoints::of(&self.dynamodb, &self.s3, &self.sqs, &self.ses)
    }
}

impl Storage {
    async fn open(folder: &DataFolder, deployment: Deployment) -> anyhow::Result<Self> {
        let database_file = folder.path().join("dynamodb.sqlite");
        let s3_root = folder.subfolder("s3")?;
        let file = database_file.clone();
        let opened = spawn_blocking(move || -> anyhow::Result<_> {
            let lifecycle = Lifecycle::new(s3_root, resources::bucket(&deployment)?);
            Ok((tables::open(&file, &deployment.tables)?, Arc::new(lifecycle)))
        });
        let (database, lifecycle) = opened.await??;
        Ok(Self { database, database_file, lifecycle })
    }

    fn start_timers(&self, tasks: &mut JoinSet<()>, stop: &CancellationToken) {
        let (database, file) = (self.database.clone(), self.database_file.clone());
        tasks.spawn(timers::sweep_rows(database, file, stop.clone()));
        tasks.spawn(timers::expire_objects(self.lifecycle.clone(), stop.clone()));
    }
}
