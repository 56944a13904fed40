use std::collections::BTreeMap;

use aws_credential_types::provider::ProvideCredentials;
use reverie::{
    local::Local,
    template::{ACCOUNT, REGION},
};

use super::secrets::{self, Secrets};

/// What Lambda itself gives to every function, and where the services are.
pub(super) struct Environment(BTreeMap<String, String>);

impl Environment {
    pub(super) async fn new(local: &Local, secrets: &Secrets) -> Self {
        let stack = local.stack();
        let credentials = stack.sdk_config().credentials_provider().expect("credentials");
        let credentials = credentials.provide_credentials().await.expect("credentials");
        let endpoints = stack.endpoints();
        let variables = [
            ("AWS_REGION", REGION),
            ("AWS_DEFAULT_REGION", REGION),
            ("AWS_ACCESS_KEY_ID", credentials.access_key_id()),
            ("AWS_SECRET_ACCESS_KEY", credentials.secret_access_key()),
            ("AWS_ENDPOINT_URL_DYNAMODB", &endpoints.dynamodb),
            // The host is an address, so the SDK puts the bucket into the path.
            ("AWS_ENDPOINT_URL_S3", &endpoints.s3),
            ("AWS_ENDPOINT_URL_SQS", &endpoints.sqs),
            ("AWS_ENDPOINT_URL_SESV2", &endpoints.ses),
            ("AWS_ENDPOINT_URL_SECRETS_MANAGER", secrets.url()),
        ];
        Self(variables.map(|(name, value)| (name.to_owned(), value.to_owned())).into())
    }

    /// The same with the services at one place, which tells them apart by itself.
    pub(super) fn at(&self, url: &str) -> Self {
        let moved = self.0.iter().map(|(name, value)| {
            let value = if name.starts_with("AWS_ENDPOINT_URL") { url } else { value };
            (name.clone(), value.to_owned())
        });
        Self(moved.collect())
    }

    /// Where the services are, by the last part of the variable's name.
    pub(super) fn endpoint(&self, service: &str) -> &str {
        &self.0[&format!("AWS_ENDPOINT_URL_{service}")]
    }

    /// A function's variables: these and its own.
    pub(super) fn of(&self, function: &reverie::template::Function) -> BTreeMap<String, String> {
        let mut variables = self.0.clone();
        let own = [
            ("AWS_LAMBDA_FUNCTION_NAME", function.binary.clone()),
            ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST".to_owned()),
            ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", function.memory.to_string()),
        ];
        variables.extend(own.map(|(name, value)| (name.to_owned(), value)));
        variables.extend(function.environment.clone());
        variables
    }
}

/// The variable that tells a function where its Runtime API is.
pub(super) fn runtime_api(address: &str) -> (String, String) {
    ("AWS_LAMBDA_RUNTIME_API".to_owned(), address.to_owned())
}

/// What `Ref` gives for resources whose names depend on where they are.
pub(crate) fn references(local: &Local) -> BTreeMap<String, String> {
    let resources = local.stack().resources();
    BTreeMap::from([
        ("JobsQueue".to_owned(), resources.jobs_queue_url.clone()),
        ("JobsDeadLetterQueue".to_owned(), resources.dead_letter_queue_url.clone()),
        ("HashSecret".to_owned(), secrets::arn()),
    ])
}

/// The ARN of a function.
pub(super) fn function_arn(name: &str) -> String {
    format!("arn:aws:lambda:{REGION}:{ACCOUNT}:function:{name}")
}
