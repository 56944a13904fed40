//! The price list, `tests/prices.toml`.

use serde::Deserialize;

/// US dollars; the keys say for what.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "the list itself explains its keys")]
pub struct Prices {
    pub as_of: String,
    pub lambda: Lambda,
    pub http_api: HttpApi,
    pub dynamodb: DynamoDb,
    pub s3: S3,
    pub sqs: Sqs,
    pub fargate: Fargate,
    pub cloudwatch: CloudWatch,
    pub xray: XRay,
    pub secrets: Secrets,
    pub assumed: Assumed,
}

macro_rules! prices {
    ($($name:ident { $($field:ident),* })*) => {$(
        #[derive(Debug, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub struct $name {
            $(pub $field: f64,)*
        }
    )*};
}

prices! {
    Lambda { request, gb_second }
    HttpApi { request }
    DynamoDb { write_unit, read_unit, gb_month, recovery_gb_month }
    S3 { write, read, gb_month, gb_out }
    Sqs { call }
    Fargate { vcpu_hour, gb_hour, address_hour }
    CloudWatch { metric_month, alarm_metric_month, log_gb }
    XRay { trace }
    Secrets { secret_month }
    Assumed {
        milliseconds_per_call, log_bytes_per_request, generations_per_guest, downloads, row_bytes,
        ledger_bytes, worker_start_seconds
    }
}

impl Prices {
    /// The list of this version.
    ///
    /// # Panics
    /// If the list is not understood.
    #[must_use]
    pub fn load() -> Self {
        toml::from_str(include_str!("../../prices.toml")).expect("tests/prices.toml is understood")
    }
}
