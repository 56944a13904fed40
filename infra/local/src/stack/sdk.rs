//! How SDK clients find the services.

use anyhow::Context;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::{Credentials, provider::SharedCredentialsProvider};
use aws_types::service_config::{LoadServiceConfig, ServiceConfigKey};
use rustack_auth::StaticCredentialProvider;
use secrecy::{ExposeSecret, SecretString};
use tokio::net::TcpListener;

use crate::template::REGION;

/// The access key that the services know. Its secret is made for each data folder.
pub(super) const ACCESS_KEY_ID: &str = "reverie-local";

/// Where the services listen. Addresses, not names: with a name the SDK would put the bucket into
/// the host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoints {
    /// DynamoDB, such as `http://127.0.0.1:40001`.
    pub dynamodb: String,
    /// S3.
    pub s3: String,
    /// SQS.
    pub sqs: String,
    /// SES.
    pub ses: String,
    pub(super) sqs_port: u16,
}

impl Endpoints {
    pub(super) fn of(
        dynamodb: &TcpListener,
        s3: &TcpListener,
        sqs: &TcpListener,
        ses: &TcpListener,
    ) -> anyhow::Result<Self> {
        Ok(Self {
            dynamodb: url(dynamodb)?,
            s3: url(s3)?,
            sqs: url(sqs)?,
            ses: url(ses)?,
            sqs_port: sqs.local_addr()?.port(),
        })
    }
}

fn url(listener: &TcpListener) -> anyhow::Result<String> {
    let address = listener.local_addr().context("a listening port has no address")?;
    Ok(format!("http://{address}"))
}

impl LoadServiceConfig for Endpoints {
    /// Answers for the variables `AWS_ENDPOINT_URL_*`, so that several stacks fit in one process.
    fn load_config(&self, key: ServiceConfigKey<'_>) -> Option<String> {
        if key.env() != "AWS_ENDPOINT_URL" {
            return None;
        }
        match key.service_id() {
            "DynamoDB" => Some(self.dynamodb.clone()),
            "S3" => Some(self.s3.clone()),
            "SQS" => Some(self.sqs.clone()),
            "SESv2" => Some(self.ses.clone()),
            _ => None,
        }
    }
}

pub(super) fn config(endpoints: &Endpoints, secret_key: &SecretString) -> SdkConfig {
    let secret_key = secret_key.expose_secret().to_owned();
    let credentials = Credentials::new(ACCESS_KEY_ID, secret_key, None, None, "reverie-local");
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::from_static(REGION))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .service_config(endpoints.clone())
        .build()
}

/// For the services that check signatures with `rustack-auth`.
pub(super) fn credentials(secret_key: &SecretString) -> StaticCredentialProvider {
    let pair = (ACCESS_KEY_ID.to_owned(), secret_key.expose_secret().to_owned());
    StaticCredentialProvider::new([pair])
}
