//! What people ask for by mail, and until when it is to be answered.

use jiff::{SignedDuration, Timestamp, ToSpan, tz::TimeZone};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{audit::AUDIT_DAYS, ids::SubjectRequestId, job::after};

/// The most characters of a reference.
pub const REFERENCE_LENGTH: usize = 100;

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RequestKind {
    /// What is held about somebody (GDPR, article 15).
    Access,
    /// That something is not done (article 21).
    Objection,
    /// That data is only kept (article 18).
    Restriction,
    /// That a person looks at a decision again.
    Appeal,
}

/// How a request ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// As was asked.
    Granted,
    /// Not as was asked, and why was answered.
    Refused,
    /// Not asked for any more.
    Withdrawn,
}

/// A request's row. It has no personal data: a reference to the mail, and a hash.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubjectRequest {
    /// Its id.
    pub id: SubjectRequestId,
    /// What is asked for.
    pub kind: RequestKind,
    /// What finds the mail again.
    pub reference: String,
    /// Who asks, as a hash that only the deployment can compute.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// When it came.
    pub received_at: Timestamp,
    /// Until when it is to be answered.
    pub due_at: Timestamp,
    /// How it ended; missing while it is open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Outcome>,
    /// When it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed_at: Option<Timestamp>,
    /// Counts the row's changes.
    pub version: u64,
}

impl SubjectRequest {
    /// One that came then, due a calendar month later (GDPR, article 12(3)).
    #[must_use]
    pub fn received(at: Timestamp, kind: RequestKind, reference: String) -> Self {
        Self {
            id: SubjectRequestId::new(),
            kind,
            reference,
            subject: None,
            received_at: at,
            due_at: at.to_zoned(TimeZone::UTC).saturating_add(1.month()).timestamp(),
            outcome: None,
            closed_at: None,
            version: 1,
        }
    }

    /// The same, answered.
    #[must_use]
    pub fn closed(&self, now: Timestamp, outcome: Outcome) -> Self {
        Self {
            outcome: Some(outcome),
            closed_at: Some(now),
            version: self.version + 1,
            ..self.clone()
        }
    }

    /// Whether it is open and late.
    #[must_use]
    pub fn is_overdue(&self, now: Timestamp) -> bool {
        self.closed_at.is_none() && now > self.due_at
    }

    /// When the row ends: an open one does not.
    #[must_use]
    pub fn ends_at(&self) -> Option<Timestamp> {
        self.closed_at.map(|at| after(at, SignedDuration::from_hours(24 * AUDIT_DAYS)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_is_a_month_of_the_calendar() {
        let one = |at: &str| {
            let at = at.parse().unwrap();
            SubjectRequest::received(at, RequestKind::Access, "one".to_owned())
        };
        let due = |at| one(at).due_at.to_string();
        assert_eq!(due("2026-01-31T10:00:00Z"), "2026-02-28T10:00:00Z");
        assert_eq!(due("2026-11-24T10:00:00Z"), "2026-12-24T10:00:00Z");
        let open = one("2026-01-31T10:00:00Z");
        let late = open.due_at + SignedDuration::from_secs(1);
        assert!(open.is_overdue(late) && !open.is_overdue(open.due_at));
        assert_eq!(open.ends_at(), None);
        assert!(!open.closed(late, Outcome::Granted).is_overdue(late));
    }
}
