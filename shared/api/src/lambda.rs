//! The adapter to Lambda: settings from the environment, clients once per process.

use std::{env, sync::Arc};

use anyhow::Context;
use aws_config::SdkConfig;
use axum::Router;
use reverie_domain::{
    clock::SystemClock, credits::Credits, ids::AccountId, plan::GUEST_ALLOWANCE, policy::Policies,
};
use reverie_store::{
    aws::{self, DynamoTables, S3Objects, SesMailer, SqsQueue, TableNames},
    tables::{Key, Table, Tables},
};
use secrecy::SecretString;

use crate::{AccountLimit, AddressLimit, App, Settings, edge, finish};

/// The deployment, as a function sees it.
#[derive(Debug)]
pub struct Deployment {
    sdk: SdkConfig,
}

impl Deployment {
    /// Starts logging and loads the credentials.
    pub async fn load(function: &'static str) -> Self {
        reverie_telemetry::init(function);
        Self { sdk: aws_config::load_defaults(aws_config::BehaviorVersion::latest()).await }
    }

    /// What every HTTP function needs. The connection to DynamoDB is opened meanwhile, so that the
    /// first request does not wait for its handshake.
    ///
    /// # Errors
    /// Names the variable that is missing or wrong, or says that the secret cannot be read.
    pub async fn app(&self) -> anyhow::Result<App> {
        let per_account = number("REVERIE_REQUESTS_PER_ACCOUNT")?.unwrap_or(PER_ACCOUNT);
        let per_key = number("REVERIE_REQUESTS_PER_KEY")?.unwrap_or(PER_KEY);
        let tables = self.tables()?;
        let (settings, ()) = tokio::join!(self.settings(), warm(&tables));
        Ok(App {
            tables: Arc::new(tables),
            clock: Arc::new(SystemClock),
            settings: Arc::new(settings?),
            positions: Arc::default(),
            requests: Arc::new(AccountLimit::per_minute(per_account, per_key)),
        })
    }

    /// The deployment's settings.
    ///
    /// # Errors
    /// Names the variable that is missing or wrong, or says that the secret cannot be read.
    pub async fn settings(&self) -> anyhow::Result<Settings> {
        Ok(Settings {
            public_origin: required("REVERIE_PUBLIC_ORIGIN")?,
            hash_secret: self.secret("REVERIE_HASH_SECRET_ARN").await?,
            guest_credits: number("REVERIE_GUEST_CREDITS")?.map_or(GUEST_ALLOWANCE, Credits::new),
            guests_per_address: number("REVERIE_GUESTS_PER_ADDRESS")?.unwrap_or(20),
            operators: operators(&env::var("REVERIE_OPERATORS").unwrap_or_default())?,
            policies: Policies::SHIPPED,
        })
    }

    /// The tables.
    ///
    /// # Errors
    /// Names the variable that is missing.
    pub fn tables(&self) -> anyhow::Result<DynamoTables> {
        let names = TableNames {
            accounts: required("REVERIE_TABLE_ACCOUNTS")?,
            ledger: required("REVERIE_TABLE_LEDGER")?,
            generations: required("REVERIE_TABLE_GENERATIONS")?,
            operations: required("REVERIE_TABLE_OPERATIONS")?,
        };
        Ok(DynamoTables::new(aws::dynamodb(&self.sdk), names))
    }

    /// The bucket.
    ///
    /// # Errors
    /// Names the variable that is missing.
    pub fn objects(&self) -> anyhow::Result<S3Objects> {
        Ok(S3Objects::new(aws::s3(&self.sdk), required("REVERIE_BUCKET")?))
    }

    /// The job queue.
    ///
    /// # Errors
    /// Names the variable that is missing.
    pub fn queue(&self) -> anyhow::Result<SqsQueue> {
        Ok(SqsQueue::new(aws::sqs(&self.sdk), required("REVERIE_QUEUE_JOBS")?))
    }

    /// What sends mail.
    ///
    /// # Errors
    /// Names the variable that is missing.
    pub fn mailer(&self) -> anyhow::Result<SesMailer> {
        Ok(SesMailer::new(aws::ses(&self.sdk), required("REVERIE_MAIL_CONFIGURATION")?))
    }

    /// The text of the secret that the variable names.
    ///
    /// # Errors
    /// Names the variable that is missing, or whose secret cannot be read.
    pub async fn secret(&self, variable: &str) -> anyhow::Result<SecretString> {
        let client = aws_sdk_secretsmanager::Client::new(&self.sdk);
        let answer = client.get_secret_value().secret_id(required(variable)?).send().await;
        let answer = answer.with_context(|| format!("the secret of {variable} cannot be read"))?;
        let text = answer.secret_string.context("the secret has no text")?;
        Ok(SecretString::from(text))
    }
}

/// Asks for a row that is not there: every function may read accounts. If that fails, so will the
/// first request, which has an answer for it.
async fn warm(tables: &dyn Tables) {
    if let Err(error) = tables.get(&[Key::new(Table::Accounts, "warm", "warm")]).await {
        tracing::warn!(%error, "no connection at the start");
    }
}

/// How often an account may ask in a minute, unless the operator sets another number.
const PER_ACCOUNT: u32 = 600;
/// The same for each of its API keys.
const PER_KEY: u32 = 300;
/// The same for a network address, of which many people may share one.
const PER_ADDRESS: u32 = 3_000;

fn surrounded(router: Router) -> anyhow::Result<Router> {
    let per_address = number("REVERIE_REQUESTS_PER_ADDRESS")?.unwrap_or(PER_ADDRESS);
    Ok(finish(router, AddressLimit::per_minute(per_address, Arc::new(SystemClock))))
}

/// Serves a function's routes to API Gateway.
///
/// # Errors
/// Names a variable that is wrong or a secret that cannot be read; otherwise when the runtime stops.
pub async fn run(router: Router) -> anyhow::Result<()> {
    let router = edge::behind(surrounded(router)?).await?;
    lambda_http::run(router).await.map_err(anyhow::Error::from_boxed)
}

/// Serves a function's routes to a streaming Function URL.
///
/// # Errors
/// Names a variable that is wrong or a secret that cannot be read; otherwise when the runtime stops.
pub async fn run_streaming(router: Router) -> anyhow::Result<()> {
    let router = edge::behind(surrounded(router)?).await?;
    lambda_http::run_with_streaming_response(router).await.map_err(anyhow::Error::from_boxed)
}

/// The variable's value.
///
/// # Errors
/// Names the variable if it is not set.
pub fn required(name: &str) -> anyhow::Result<String> {
    env::var(name)
        .ok()
        .filter(|value| !value.is_empty())
        .with_context(|| format!("{name} is not set"))
}

/// The ids in a list with commas.
fn operators(text: &str) -> anyhow::Result<Vec<AccountId>> {
    let ids = text.split(',').map(str::trim).filter(|id| !id.is_empty());
    ids.map(|id| id.parse().with_context(|| format!("REVERIE_OPERATORS: {id:?}"))).collect()
}

/// The variable's number, if it is set.
///
/// # Errors
/// Names the variable if it is not a number.
pub fn number(name: &str) -> anyhow::Result<Option<u32>> {
    let Ok(text) = env::var(name) else { return Ok(None) };
    text.parse().map(Some).with_context(|| format!("{name} is not a whole number: {text:?}"))
}
