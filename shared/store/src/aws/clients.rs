//! SDK clients with a limit on every call.
//!
//! The SDK's own limits are for a terminal's user: without these a connection that hangs would
//! take a function's whole time. An attempt that is over its limit is tried again by the SDK.

use std::time::Duration;

use aws_sdk_dynamodb::config::timeout::TimeoutConfig;
use aws_types::SdkConfig;

/// How long a connection may take.
const CONNECT: Duration = Duration::from_secs(2);

/// A DynamoDB client. It answers within milliseconds or something is wrong.
#[must_use]
pub fn dynamodb(sdk: &SdkConfig) -> aws_sdk_dynamodb::Client {
    let config = aws_sdk_dynamodb::config::Builder::from(sdk).timeout_config(limits(3, 9));
    aws_sdk_dynamodb::Client::from_conf(config.build())
}

/// An S3 client; files of up to 100 MiB pass. Where the endpoint is an address, the SDK puts the
/// bucket into the path by itself.
#[must_use]
pub fn s3(sdk: &SdkConfig) -> aws_sdk_s3::Client {
    let config = aws_sdk_s3::config::Builder::from(sdk).timeout_config(limits(25, 55));
    aws_sdk_s3::Client::from_conf(config.build())
}

/// An SQS client. It answers at once, except where a message is waited for.
#[must_use]
pub fn sqs(sdk: &SdkConfig) -> aws_sdk_sqs::Client {
    let config = aws_sdk_sqs::config::Builder::from(sdk).timeout_config(limits(3, 7));
    aws_sdk_sqs::Client::from_conf(config.build())
}

/// The limits of a call that may take 20 s because it waits for a message.
pub(super) fn long_poll() -> aws_sdk_sqs::config::Builder {
    aws_sdk_sqs::config::Builder::default().timeout_config(limits(24, 50))
}

/// An SES client.
#[must_use]
pub fn ses(sdk: &SdkConfig) -> aws_sdk_sesv2::Client {
    let config = aws_sdk_sesv2::config::Builder::from(sdk).timeout_config(limits(4, 9));
    aws_sdk_sesv2::Client::from_conf(config.build())
}

fn limits(attempt: u64, operation: u64) -> TimeoutConfig {
    TimeoutConfig::builder()
        .connect_timeout(CONNECT)
        .operation_attempt_timeout(Duration::from_secs(attempt))
        .operation_timeout(Duration::from_secs(operation))
        .build()
}
