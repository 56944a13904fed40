//! What each plan includes: allowance, retention and limits.

use jiff::{SignedDuration, Timestamp, ToSpan, tz::TimeZone};
use serde::{Deserialize, Serialize};

use crate::credits::Credits;

/// The plan of an account. It fixes a file's retention when the job is submitted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Plan {
    /// Guests and people without a subscription.
    Free,
    /// The smaller subscription.
    Plus,
    /// The larger subscription.
    Premium,
}

impl Plan {
    /// All plans.
    pub const ALL: [Self; 3] = [Self::Free, Self::Plus, Self::Premium];

    /// The plan's name in JSON and in object keys.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Free => "free",
            Self::Plus => "plus",
            Self::Premium => "premium",
        }
    }

    /// Days for which results are kept. The bucket's lifecycle rule for
    /// [`Plan::results_prefix`] carries the same number; a test compares the two.
    #[must_use]
    pub const fn retention_days(self) -> i64 {
        match self {
            Self::Free => 7,
            Self::Plus => 30,
            Self::Premium => 90,
        }
    }

    /// The prefix under which results of this plan are stored.
    #[must_use]
    pub fn results_prefix(self) -> String {
        format!("results/{}/", self.name())
    }

    /// How many generations may be queued or running at once.
    #[must_use]
    pub const fn active_limit(self) -> u32 {
        match self {
            Self::Free => 5,
            Self::Plus => 20,
            Self::Premium => 50,
        }
    }
}

/// Credits of a new guest, unless the operator sets another number.
pub const GUEST_ALLOWANCE: Credits = Credits::new(100);

/// Days after their last use for which guests and what is theirs are kept.
pub const GUEST_DAYS: i64 = 30;
/// The same of people who have signed in.
pub const USER_DAYS: i64 = 3 * 365;

/// Days for which an upload is kept.
pub const UPLOAD_DAYS: i64 = 1;

/// The instant at which S3's lifecycle rule expires an object: `days` after it was
/// written, rounded up to the next midnight UTC. This is what `x-amz-expiration` says; see
/// "Lifecycle rules based on an object's age" in the Amazon S3 user guide.
///
/// Falls back to the exact age at the end of the calendar, which no real date reaches.
#[must_use]
pub fn lifecycle_expiry(written_at: Timestamp, days: i64) -> Timestamp {
    let aged =
        written_at.checked_add(SignedDuration::from_hours(24 * days)).unwrap_or(Timestamp::MAX);
    let day = aged.to_zoned(TimeZone::UTC).date();
    let midnight = |date: jiff::civil::Date| {
        date.to_zoned(TimeZone::UTC).map(|zoned| zoned.timestamp()).unwrap_or(aged)
    };
    if midnight(day) == aged {
        return aged;
    }
    day.checked_add(1.day()).map(midnight).unwrap_or(aged)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn expiry_is_the_midnight_after_the_last_full_day() {
        assert_eq!(lifecycle_expiry(at("2026-11-01T10:30:00Z"), 7), at("2026-11-09T00:00:00Z"));
        assert_eq!(lifecycle_expiry(at("2026-11-01T00:00:00Z"), 7), at("2026-11-08T00:00:00Z"));
        assert_eq!(lifecycle_expiry(at("2026-12-31T23:59:59.999Z"), 1), at("2027-01-02T00:00:00Z"));
    }
}
