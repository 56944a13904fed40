//! The adapters to DynamoDB, S3 and SQS.

mod clients;
mod dynamo;
mod s3;
mod sqs;

pub use clients::{dynamodb, s3, sqs};
pub use dynamo::{DynamoTables, TableNames};
pub use s3::S3Objects;
pub use sqs::SqsQueue;

use aws_sdk_dynamodb::error::DisplayErrorContext;

use crate::tables::StoreError;

/// An SDK error, with its causes, for the log.
fn unavailable(service: &'static str, error: impl std::error::Error) -> StoreError {
    StoreError::Unavailable { service, reason: DisplayErrorContext(error).to_string() }
}
