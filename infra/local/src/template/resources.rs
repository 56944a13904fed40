//! The stateful resources of a template, resolved and typed.

use std::{collections::BTreeMap, time::Duration};

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;

use super::{
    TemplateError,
    document::{self, Node},
    properties::{
        BucketProperties, LifecycleStatus, QueueProperties, SecretProperties, TableProperties,
    },
    resolve::{Resolver, bucket_name, physical_name, queue_arn},
};

/// Resource types that exist in the cloud only: compute, permissions and logs.
const CLOUD_ONLY: [&str; 11] = [
    "AWS::Serverless::",
    "AWS::Lambda::",
    "AWS::Logs::",
    "AWS::IAM::",
    "AWS::Budgets::",
    "AWS::CloudWatch::",
    "AWS::S3::BucketPolicy",
    "AWS::SQS::QueuePolicy",
    "AWS::SES::",
    "AWS::SNS::",
    "AWS::SSM::Parameter",
];

/// A table.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// Its name in the template.
    pub logical_id: String,
    /// Its name in DynamoDB.
    pub name: String,
    /// The primary key.
    pub key_schema: Vec<KeyElement>,
    /// The types of the attributes that are in keys.
    pub attributes: Vec<Attribute>,
    /// The global secondary indexes.
    pub indexes: Vec<Index>,
    /// The attribute with the epoch second after which a row ends.
    pub ttl_attribute: Option<String>,
}

/// One attribute of a key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct KeyElement {
    /// The attribute.
    pub attribute_name: String,
    /// `HASH` or `RANGE`.
    pub key_type: String,
}

/// The type of an attribute.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Attribute {
    /// The attribute.
    pub attribute_name: String,
    /// `S`, `N` or `B`.
    pub attribute_type: String,
}

/// A global secondary index.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Index {
    /// Its name.
    pub index_name: String,
    /// Its key.
    pub key_schema: Vec<KeyElement>,
    /// What it holds besides keys.
    pub projection: Projection,
}

/// What an index holds besides keys.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Projection {
    /// `KEYS_ONLY`, `INCLUDE` or `ALL`.
    pub projection_type: String,
    /// The further attributes of `INCLUDE`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub non_key_attributes: Vec<String>,
}

/// A bucket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bucket {
    /// Its name in the template.
    pub logical_id: String,
    /// Its name in S3.
    pub name: String,
    /// From which origins browsers may use it.
    pub cors: Vec<CorsRule>,
    /// When its objects end. Disabled rules are left out.
    pub lifecycle: Vec<LifecycleRule>,
}

/// What browsers may do from some origins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CorsRule {
    /// The origins.
    pub origins: Vec<String>,
    /// The methods.
    pub methods: Vec<String>,
    /// Request headers; `*` stands for all.
    pub allowed_headers: Vec<String>,
    /// Response headers that scripts may read.
    pub exposed_headers: Vec<String>,
    /// For how long a browser may remember the answer.
    pub max_age: Option<Duration>,
}

/// When objects under a prefix end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LifecycleRule {
    /// The rule's name.
    pub id: String,
    /// The keys it is about; empty for all.
    pub prefix: String,
    /// Age in days at which an object expires.
    pub expire_after_days: Option<u32>,
    /// Age in days at which an unfinished multipart upload is aborted.
    pub abort_multipart_after_days: Option<u32>,
}

/// A queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Queue {
    /// Its name in the template.
    pub logical_id: String,
    /// Its name in SQS.
    pub name: String,
    /// For how long a received message is hidden.
    pub visibility: Duration,
    /// For how long a receive waits if it does not say.
    pub receive_wait: Duration,
    /// For how long a message is kept.
    pub retention: Duration,
    /// Where messages go that are received too often.
    pub redrive: Option<Redrive>,
}

/// Where messages go that are received too often.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redrive {
    /// The ARN of the dead-letter queue.
    pub dead_letter_arn: String,
    /// The number of receipts after which a message goes there.
    pub max_receive_count: u32,
}

/// Everything stateful in a template.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Deployment {
    /// The tables.
    pub tables: Vec<Table>,
    /// The buckets.
    pub buckets: Vec<Bucket>,
    /// The queues.
    pub queues: Vec<Queue>,
    /// The generated secrets: name in the template, and length.
    pub secrets: BTreeMap<String, u32>,
}

impl Queue {
    /// The queue's ARN.
    #[must_use]
    pub fn arn(&self) -> String {
        queue_arn(&self.name)
    }
}

impl Deployment {
    /// Reads a template. `parameters` override the defaults.
    ///
    /// # Errors
    /// Names the place that is unreadable, unknown or cannot be resolved.
    pub fn from_template(
        template: &str,
        parameters: &BTreeMap<String, String>,
    ) -> Result<Self, TemplateError> {
        let document = document::parse(template)?;
        let none = BTreeMap::new();
        let section = |name: &str| document.get(name).and_then(Node::map).unwrap_or(&none);
        let resources = section("Resources");
        let resolver =
            Resolver::new(section("Parameters"), section("Conditions"), resources, parameters)?;
        let mut deployment = Self::default();
        for (logical_id, resource) in resources {
            deployment.add(logical_id, resource, &resolver)?;
        }
        deployment.check_redrives()?;
        Ok(deployment)
    }

    fn add(
        &mut self,
        logical_id: &str,
        resource: &Node,
        resolver: &Resolver<'_>,
    ) -> Result<(), TemplateError> {
        let path = format!("Resources.{logical_id}");
        let field = |name: &str| resource.map().and_then(|map| map.get(name));
        let kind = field("Type")
            .and_then(Node::text)
            .ok_or_else(|| TemplateError::at(&path, "it has no Type"))?;
        if CLOUD_ONLY.iter().any(|prefix| kind.starts_with(prefix)) {
            return Ok(());
        }
        if let Some(name) = field("Condition").and_then(Node::text)
            && !resolver.condition(name, &path)?
        {
            return Ok(());
        }
        let path = format!("{path}.Properties");
        let properties = match field("Properties") {
            Some(node) => resolver.resolve(node, &path)?,
            None => None,
        };
        let properties = properties.unwrap_or_else(|| Value::Object(serde_json::Map::new()));
        match kind {
            "AWS::DynamoDB::Table" => {
                self.tables.push(table(logical_id, typed(properties, &path)?));
            }
            "AWS::S3::Bucket" => self.buckets.push(bucket(logical_id, typed(properties, &path)?)),
            "AWS::SQS::Queue" => self.queues.push(queue(logical_id, typed(properties, &path)?)),
            "AWS::SecretsManager::Secret" => {
                let secret: SecretProperties = typed(properties, &path)?;
                let length = secret.generate_secret_string.password_length;
                self.secrets.insert(logical_id.to_owned(), length);
            }
            _ => {
                let reason = format!("a resource of type {kind} has no counterpart here");
                return Err(TemplateError::at(&path, reason));
            }
        }
        Ok(())
    }

    /// An unknown dead-letter queue would lose messages.
    fn check_redrives(&self) -> Result<(), TemplateError> {
        for queue in &self.queues {
            let Some(redrive) = &queue.redrive else { continue };
            if !self.queues.iter().any(|other| other.arn() == redrive.dead_letter_arn) {
                let path = format!("Resources.{}.Properties.RedrivePolicy", queue.logical_id);
                let reason = format!("there is no queue {}", redrive.dead_letter_arn);
                return Err(TemplateError::at(&path, reason));
            }
        }
        Ok(())
    }
}

fn typed<T: DeserializeOwned>(properties: Value, path: &str) -> Result<T, TemplateError> {
    serde_path_to_error::deserialize(properties).map_err(|error| {
        TemplateError::at(&format!("{path}.{}", error.path()), error.inner().to_string())
    })
}

fn table(logical_id: &str, properties: TableProperties) -> Table {
    let ttl = properties.time_to_live_specification.filter(|ttl| ttl.enabled);
    Table {
        logical_id: logical_id.to_owned(),
        name: physical_name(logical_id),
        key_schema: properties.key_schema,
        attributes: properties.attribute_definitions,
        indexes: properties.global_secondary_indexes,
        ttl_attribute: ttl.map(|ttl| ttl.attribute_name),
    }
}

fn bucket(logical_id: &str, properties: BucketProperties) -> Bucket {
    let cors = properties.cors_configuration.map_or_else(Vec::new, |cors| cors.cors_rules);
    let lifecycle =
        properties.lifecycle_configuration.map_or_else(Vec::new, |lifecycle| lifecycle.rules);
    Bucket {
        logical_id: logical_id.to_owned(),
        name: bucket_name(logical_id),
        cors: cors
            .into_iter()
            .map(|rule| CorsRule {
                origins: rule.allowed_origins,
                methods: rule.allowed_methods,
                allowed_headers: rule.allowed_headers,
                exposed_headers: rule.exposed_headers,
                max_age: rule.max_age.map(seconds),
            })
            .collect(),
        lifecycle: lifecycle
            .into_iter()
            .filter(|rule| rule.status == LifecycleStatus::Enabled)
            .map(|rule| LifecycleRule {
                id: rule.id,
                prefix: rule.prefix,
                expire_after_days: rule.expiration_in_days,
                abort_multipart_after_days: rule
                    .abort_incomplete_multipart_upload
                    .map(|abort| abort.days_after_initiation),
            })
            .collect(),
    }
}

fn queue(logical_id: &str, properties: QueueProperties) -> Queue {
    Queue {
        logical_id: logical_id.to_owned(),
        name: physical_name(logical_id),
        visibility: seconds(properties.visibility_timeout),
        receive_wait: seconds(properties.receive_message_wait_time_seconds),
        retention: seconds(properties.message_retention_period),
        redrive: properties.redrive_policy.map(|redrive| Redrive {
            dead_letter_arn: redrive.dead_letter_target_arn,
            max_receive_count: redrive.max_receive_count,
        }),
    }
}

fn seconds(count: u32) -> Duration {
    Duration::from_secs(u64::from(count))
}
