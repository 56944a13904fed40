//! Rate limits as token buckets.
//!
//! A bucket is one instant: when it will be full again (the generic cell rate algorithm, ITU-T
//! I.371 annex A). Taking a token moves that instant into the future; time alone fills the bucket.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::job::after;

/// How much may be asked for: `quota` requests at once, and again over each `window`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    /// Its name in `RateLimit` fields.
    pub name: &'static str,
    /// The tokens of a full bucket; zero refuses everything.
    pub quota: u32,
    /// How long an empty bucket takes to fill.
    pub window: SignedDuration,
}

/// A bucket, as the instant at which it is full. A new one is full. Of two, the greater is the one
/// from which more was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Bucket {
    full_at: Timestamp,
}

/// What is left of a bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// Under which policy.
    pub policy: Policy,
    /// The tokens that are left.
    pub remaining: u32,
    /// Seconds until the bucket is full.
    pub full_in: u32,
}

impl Policy {
    /// `quota` requests a minute.
    #[must_use]
    pub const fn per_minute(name: &'static str, quota: u32) -> Self {
        Self { name, quota, window: SignedDuration::from_mins(1) }
    }

    /// The time in which `tokens` come back.
    fn refill(&self, tokens: u32) -> SignedDuration {
        let nanos = self.window.as_nanos() * i128::from(tokens) / i128::from(self.quota.max(1));
        SignedDuration::from_nanos_i128(nanos)
    }
}

impl Bucket {
    /// A full bucket.
    #[must_use]
    pub const fn full(now: Timestamp) -> Self {
        Self { full_at: now }
    }

    /// Whether time has filled it, so that it need not be kept.
    #[must_use]
    pub fn is_full(&self, now: Timestamp) -> bool {
        self.full_at <= now
    }

    /// When it is full again.
    #[must_use]
    pub const fn full_at(&self) -> Timestamp {
        self.full_at
    }

    /// The bucket without `tokens` of its tokens, whether or not it has as many.
    #[must_use]
    pub fn less(self, now: Timestamp, tokens: u32, policy: &Policy) -> Self {
        Self { full_at: after(self.full_at.max(now), policy.refill(tokens)) }
    }

    /// What is left of it.
    #[must_use]
    pub fn standing(&self, now: Timestamp, policy: Policy) -> Standing {
        let missing = self.full_at.duration_since(now).max(SignedDuration::ZERO);
        let share = missing.as_nanos().unsigned_abs() * u128::from(policy.quota);
        let gone = share.div_ceil(policy.window.as_nanos().unsigned_abs().max(1));
        let gone = u32::try_from(gone).unwrap_or(u32::MAX);
        Standing {
            policy,
            remaining: policy.quota.saturating_sub(gone),
            full_in: whole_seconds(missing),
        }
    }

    /// Takes one token; `Err` is the seconds until there is one.
    ///
    /// # Errors
    /// If none is left.
    pub fn take(self, now: Timestamp, policy: &Policy) -> Result<Self, u32> {
        let taken = self.less(now, 1, policy);
        let over = taken.full_at.duration_since(after(now, policy.window));
        match over.is_positive() || policy.quota == 0 {
            true => Err(whole_seconds(over).max(1)),
            false => Ok(taken),
        }
    }
}

fn whole_seconds(time: SignedDuration) -> u32 {
    let up = i64::from(time.subsec_nanos() > 0);
    u32::try_from(time.as_secs() + up).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const POLICY: Policy = Policy::per_minute("test", 60);

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_millisecond(1_700_000_000_000 + millis).unwrap()
    }

    #[test]
    fn a_full_bucket_gives_its_quota_and_then_one_as_each_comes_back() {
        let mut bucket = Bucket::full(at(0));
        for taken in 1..=60 {
            bucket = bucket.take(at(0), &POLICY).unwrap();
            assert_eq!(bucket.standing(at(0), POLICY).remaining, 60 - taken);
        }
        assert_eq!(bucket.take(at(0), &POLICY), Err(1));
        assert_eq!(bucket.take(at(999), &POLICY), Err(1));
        let bucket = bucket.take(at(1_000), &POLICY).unwrap();
        let standing = bucket.standing(at(1_000), POLICY);
        assert_eq!((standing.remaining, standing.full_in), (0, 60));
        assert_eq!(bucket.standing(at(61_000), POLICY).remaining, 60);
        assert!(bucket.is_full(at(61_000)));
    }

    #[test]
    fn a_quota_of_zero_refuses_everything() {
        let none = Policy::per_minute("none", 0);
        assert!(Bucket::full(at(0)).take(at(0), &none).is_err());
        assert_eq!(Bucket::full(at(0)).standing(at(0), none).remaining, 0);
    }

    #[test]
    fn no_more_than_quota_and_refill_in_any_history() {
        let steps = prop::collection::vec(0_i64..3_000, 1..400);
        proptest!(|(steps in steps, quota in 1_u32..100)| {
            let policy = Policy::per_minute("random", quota);
            let (mut now, mut bucket, mut taken) = (0, Bucket::full(at(0)), 0_i64);
            for step in steps {
                now += step;
                match bucket.take(at(now), &policy) {
                    Ok(next) => {
                        bucket = next;
                        taken += 1;
                    }
                    Err(seconds) => {
                        let later = at(now + i64::from(seconds) * 1_000);
                        prop_assert!(bucket.take(later, &policy).is_ok(), "Retry-After is enough");
                    }
                }
                let most = i64::from(quota) + now * i64::from(quota) / 60_000 + 1;
                prop_assert!(taken <= most, "{taken} of {most}");
            }
        });
    }
}
