//! The log of what operators did.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{ids::AccountId, job::after};

/// Days for which a line is kept: 24 months.
pub const AUDIT_DAYS: i64 = 731;

/// One act of an operator. It names the operator; whom it is about is a hash.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = AuditLine)]
pub struct Line {
    /// Counts the lines from 1, without gaps.
    pub number: u64,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// Who.
    pub operator: AccountId,
    /// What, such as `subject_request.close`.
    pub action: String,
    /// About whom, as a hash that only the deployment can compute.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// The id of what was acted upon.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
}

impl Line {
    /// An act about nobody in particular. Its number is given when it is written.
    #[must_use]
    pub fn new(at: Timestamp, operator: AccountId, action: &str) -> Self {
        Self { number: 0, at, operator, action: action.to_owned(), subject: None, target: None }
    }

    /// The act is about this person, or nobody we know, and this thing.
    #[must_use]
    pub fn about(self, subject: Option<String>, target: impl ToString) -> Self {
        Self { subject, target: Some(target.to_string()), ..self }
    }

    /// When it ends.
    #[must_use]
    pub fn ends_at(&self) -> Timestamp {
        after(self.at, SignedDuration::from_hours(24 * AUDIT_DAYS))
    }
}
