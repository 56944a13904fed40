//! The adapters to DynamoDB, S3, SQS and SES.

mod clients;
mod dynamo;
mod s3;
mod ses;
mod sqs;

pub use clients::{dynamodb, s3, ses, sqs};
pub use dynamo::{DynamoTables, TableNames};
pub use s3::S3Objects;
pub use ses::SesMailer;
pub use sqs::SqsQueue;

use aws_sdk_dynamodb::error::DisplayErrorContext;

use crate::tables::StoreError;

/// An SDK error, with its causes, for the log.
fn unavailable(service: &'static str, error: impl std::error::Error) -> StoreError {
    StoreError::Unavailable { service, reason: DisplayErrorContext(error).to_string() }
}
