//! What people ask for by mail, and until when it is to be answered.

use jiff::{SignedDuration, Timestamp, ToSpan, tz::TimeZone};
use serde::{Deserialize, Serialize};
use thiserror::Error;
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

/// Why more time is taken (GDPR, article 12(3)). Who asked is told so, by mail, before the first due date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ExtensionReason {
    /// The request is complex.
    Complexity,
    /// There are many requests.
    NumberOfRequests,
}

/// Why a request gets no more time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ExtensionError {
    /// It is answered.
    #[error("the request is closed")]
    Closed,
    /// It was extended before, for another reason.
    #[error("the request was extended, for another reason")]
    Extended,
    /// The month is over.
    #[error("the request is overdue")]
    Overdue,
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
    /// Why it has two months more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extension: Option<ExtensionReason>,
    /// When that was decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extended_at: Option<Timestamp>,
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
            due_at: months_after(at, 1),
            extension: None,
            extended_at: None,
            outcome: None,
            closed_at: None,
            version: 1,
        }
    }

    /// The same with two months more, once, and only before it is due. For the same reason again it stays as
    /// it is: `None`.
    ///
    /// # Errors
    /// [`ExtensionError`].
    pub fn extended(
        &self,
        now: Timestamp,
        reason: ExtensionReason,
    ) -> Result<Option<Self>, ExtensionError> {
        match self.extension {
            Some(known) if known == reason => return Ok(None),
            Some(_) => return Err(ExtensionError::Extended),
            None if self.closed_at.is_some() => return Err(ExtensionError::Closed),
            None if self.is_overdue(now) => return Err(ExtensionError::Overdue),
            None => {}
        }
        Ok(Some(Self {
            due_at: months_after(self.received_at, 3),
            extension: Some(reason),
            extended_at: Some(now),
            version: self.version + 1,
            ..self.clone()
        }))
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

/// Months of the calendar; at a shorter month's end, its last day.
fn months_after(at: Timestamp, months: i64) -> Timestamp {
    at.to_zoned(TimeZone::UTC).saturating_add(months.months()).timestamp()
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

    #[test]
    fn two_months_more_once_and_in_time() {
        let at = "2026-01-31T10:00:00Z".parse().unwrap();
        let open = SubjectRequest::received(at, RequestKind::Access, "one".to_owned());
        let (complex, many) = (ExtensionReason::Complexity, ExtensionReason::NumberOfRequests);
        let late = open.due_at + SignedDuration::from_secs(1);
        assert_eq!(open.extended(late, complex), Err(ExtensionError::Overdue));
        let longer = open.extended(open.due_at, complex).unwrap().unwrap();
        assert_eq!(longer.due_at.to_string(), "2026-04-30T10:00:00Z", "three months in all");
        assert!(!longer.is_overdue(late) && longer.version == 2);
        assert_eq!(longer.extended(late, complex), Ok(None));
        assert_eq!(longer.extended(at, many), Err(ExtensionError::Extended));
        let closed = open.closed(at, Outcome::Granted);
        assert_eq!(closed.extended(at, many), Err(ExtensionError::Closed));
    }
}
