//! When an account that nobody uses ends, as pure rules.
//!
//! Sessions end long before the account of somebody who has signed in does, so it is looked at while
//! they are there, and the last use that was seen is written down.

use jiff::{SignedDuration, Timestamp};

use crate::{
    job::after,
    plan::{GUEST_DAYS, USER_DAYS},
};

/// How often the account of somebody who has signed in is looked at: a session is there for 30 days
/// after its last use.
pub const LOOK: SignedDuration = SignedDuration::from_hours(24 * 28);
/// How long before the end its owner is told.
pub const NOTICE: SignedDuration = SignedDuration::from_hours(24 * 30);

/// What is known of an account's use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Usage {
    /// Whether nobody has signed in.
    pub is_guest: bool,
    /// Whether its owner can be told.
    pub has_address: bool,
    /// When it was used last.
    pub last_used: Timestamp,
    /// When its owner was told.
    pub noticed_at: Option<Timestamp>,
}

/// What is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Erase it.
    Erase,
    /// Tell its owner that it ends at this time.
    Tell(Timestamp),
    /// Look again at this time.
    Wait(Timestamp),
}

impl Usage {
    /// What is to be done now. Nobody who can be told is erased within [`NOTICE`] of it.
    #[must_use]
    pub fn verdict(&self, now: Timestamp) -> Verdict {
        if self.is_guest {
            return at(now, self.end(GUEST_DAYS), Verdict::Erase);
        }
        let end = self.end(USER_DAYS);
        let wait = match self.noticed_at.filter(|noticed| *noticed > self.last_used) {
            Some(noticed) => at(now, end.max(after(noticed, NOTICE)), Verdict::Erase),
            None if self.has_address => {
                at(now, end - NOTICE, Verdict::Tell(end.max(after(now, NOTICE))))
            }
            None => at(now, end, Verdict::Erase),
        };
        match wait {
            Verdict::Wait(until) => Verdict::Wait(until.min(after(now, LOOK))),
            other => other,
        }
    }

    fn end(&self, days: i64) -> Timestamp {
        after(self.last_used, SignedDuration::from_hours(24 * days))
    }
}

fn at(now: Timestamp, time: Timestamp, then: Verdict) -> Verdict {
    if time <= now { then } else { Verdict::Wait(time) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: SignedDuration = SignedDuration::from_hours(24);

    fn usage() -> (Timestamp, Usage) {
        let last_used = "2026-11-01T00:00:00Z".parse().unwrap();
        (last_used, Usage { is_guest: false, has_address: true, last_used, noticed_at: None })
    }

    #[test]
    fn a_guest_ends_after_thirty_days() {
        let (begun, usage) = usage();
        let guest = Usage { is_guest: true, ..usage };
        let end = begun + DAY * 30;
        assert_eq!(guest.verdict(begun), Verdict::Wait(end));
        assert_eq!(guest.verdict(end), Verdict::Erase);
    }

    #[test]
    fn an_owner_is_told_thirty_days_before_and_comes_back() {
        let (begun, usage) = usage();
        let end = begun + DAY * 365 * 3;
        assert_eq!(usage.verdict(begun), Verdict::Wait(begun + LOOK));
        assert_eq!(usage.verdict(end - DAY * 31), Verdict::Wait(end - NOTICE));
        assert_eq!(usage.verdict(end - NOTICE), Verdict::Tell(end));
        assert_eq!(usage.verdict(end + DAY), Verdict::Tell(end + DAY + NOTICE), "told late");
        let told = Usage { noticed_at: Some(end - NOTICE), ..usage };
        assert_eq!(told.verdict(end - DAY), Verdict::Wait(end));
        assert_eq!(told.verdict(end), Verdict::Erase);
        let back = Usage { last_used: end - DAY, ..told };
        assert_eq!(back.verdict(end), Verdict::Wait(end + LOOK));
        let again = end - DAY + DAY * 365 * 3;
        assert_eq!(back.verdict(again - NOTICE), Verdict::Tell(again), "told anew");
    }

    #[test]
    fn who_cannot_be_told_ends_on_the_day() {
        let (begun, usage) = usage();
        let silent = Usage { has_address: false, ..usage };
        let end = begun + DAY * 365 * 3;
        assert_eq!(silent.verdict(end - DAY), Verdict::Wait(end));
        assert_eq!(silent.verdict(end), Verdict::Erase);
    }
}
