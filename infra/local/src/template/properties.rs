//! The shape of CloudFormation's properties, of which only those listed here are understood.
//!
//! Unknown properties are refused, so that none is dropped in silence. Those of type
//! [`IgnoredAny`] protect data in the cloud and have no meaning on a laptop.

use serde::{Deserialize, de::IgnoredAny};

use super::resources::{Attribute, Index, KeyElement};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct TableProperties {
    pub(super) key_schema: Vec<KeyElement>,
    pub(super) attribute_definitions: Vec<Attribute>,
    #[serde(default)]
    pub(super) global_secondary_indexes: Vec<Index>,
    #[serde(rename = "BillingMode")]
    pub(super) _billing_mode: BillingMode,
    pub(super) time_to_live_specification: Option<TimeToLive>,
    #[serde(rename = "SSESpecification")]
    pub(super) _encryption: Option<IgnoredAny>,
    #[serde(rename = "PointInTimeRecoverySpecification")]
    pub(super) _recovery: Option<IgnoredAny>,
    #[serde(rename = "DeletionProtectionEnabled")]
    pub(super) _protection: Option<IgnoredAny>,
    #[serde(rename = "Tags")]
    pub(super) _tags: Option<IgnoredAny>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(super) enum BillingMode {
    PayPerRequest,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct TimeToLive {
    pub(super) attribute_name: String,
    pub(super) enabled: bool,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct BucketProperties {
    pub(super) cors_configuration: Option<CorsConfiguration>,
    pub(super) lifecycle_configuration: Option<LifecycleConfiguration>,
    #[serde(rename = "BucketEncryption")]
    pub(super) _encryption: Option<IgnoredAny>,
    #[serde(rename = "OwnershipControls")]
    pub(super) _ownership: Option<IgnoredAny>,
    #[serde(rename = "PublicAccessBlockConfiguration")]
    pub(super) _public_access: Option<IgnoredAny>,
    #[serde(rename = "Tags")]
    pub(super) _tags: Option<IgnoredAny>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct CorsConfiguration {
    pub(super) cors_rules: Vec<CorsRuleProperties>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct CorsRuleProperties {
    pub(super) allowed_origins: Vec<String>,
    pub(super) allowed_methods: Vec<String>,
    #[serde(default)]
    pub(super) allowed_headers: Vec<String>,
    #[serde(default)]
    pub(super) exposed_headers: Vec<String>,
    pub(super) max_age: Option<u32>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct LifecycleConfiguration {
    pub(super) rules: Vec<LifecycleRuleProperties>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct LifecycleRuleProperties {
    pub(super) id: String,
    pub(super) status: LifecycleStatus,
    #[serde(default)]
    pub(super) prefix: String,
    pub(super) expiration_in_days: Option<u32>,
    pub(super) abort_incomplete_multipart_upload: Option<AbortIncomplete>,
}

#[derive(Debug, PartialEq, Eq, Deserialize)]
pub(super) enum LifecycleStatus {
    Enabled,
    Disabled,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct AbortIncomplete {
    pub(super) days_after_initiation: u32,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct QueueProperties {
    #[serde(default = "default_visibility")]
    pub(super) visibility_timeout: u32,
    #[serde(default)]
    pub(super) receive_message_wait_time_seconds: u32,
    #[serde(default = "default_retention")]
    pub(super) message_retention_period: u32,
    pub(super) redrive_policy: Option<RedriveProperties>,
    #[serde(rename = "SqsManagedSseEnabled")]
    pub(super) _encryption: Option<IgnoredAny>,
    #[serde(rename = "Tags")]
    pub(super) _tags: Option<IgnoredAny>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct RedriveProperties {
    pub(super) dead_letter_target_arn: String,
    pub(super) max_receive_count: u32,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct SecretProperties {
    pub(super) generate_secret_string: GenerateSecret,
    #[serde(rename = "Description")]
    pub(super) _description: Option<IgnoredAny>,
    #[serde(rename = "Tags")]
    pub(super) _tags: Option<IgnoredAny>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct GenerateSecret {
    pub(super) password_length: u32,
    #[serde(rename = "ExcludePunctuation")]
    pub(super) _exclude_punctuation: bool,
}

/// SQS's own default.
const fn default_visibility() -> u32 {
    30
}

/// SQS's own default: 4 days.
const fn default_retention() -> u32 {
    345_600
}
