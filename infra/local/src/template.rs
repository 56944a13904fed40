//! What the deployment template declares, for the parts that run on a laptop.
//!
//! The template is the single description of tables, bucket and queues. This module reads it as
//! CloudFormation would: literals, `Ref`, `Sub`, `GetAtt` and `If` are resolved; anything else that
//! a stateful resource needs is an error that names the place, never a silent difference.

mod document;
mod error;
mod functions;
mod properties;
mod resolve;
mod resources;
mod roles;

pub use error::TemplateError;
pub use functions::{Function, Route};
pub use resources::{
    Attribute, Bucket, CorsRule, Deployment, Index, KeyElement, LifecycleRule, Projection, Queue,
    Redrive, Table,
};
pub use roles::{Role, Statement};

/// The template of this version, compiled in.
pub const TEMPLATE: &str = include_str!("../../template.yaml");

/// The AWS account that embedded services pretend to be in.
pub const ACCOUNT: &str = "000000000000";

/// The region that embedded services pretend to be in.
pub const REGION: &str = "us-east-1";

/// The name of the stack, with which generated resource names begin.
pub const STACK_NAME: &str = "reverie";

#[cfg(test)]
mod tests;
