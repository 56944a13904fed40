//! The versions of the terms and the privacy policy: what they say and from when.
//!
//! A version is a file in `policies/` and a line in `ALL`; both stay when a later one comes, because
//! works name the version that they were made under.

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use serde::Serialize;
use utoipa::ToSchema;

/// One version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct Policy {
    /// Its name.
    #[schema(example = "2026-11-01")]
    pub version: &'static str,
    /// The day from whose beginning it holds (UTC).
    #[schema(value_type = String, format = Date)]
    pub effective_on: Date,
    /// Whether people are to acknowledge it, even if they have acknowledged an earlier one.
    pub significant: bool,
    /// What is different from the version before.
    pub changes: &'static str,
}

/// One version, and what it says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct PolicyText {
    /// Which one.
    #[serde(flatten)]
    pub policy: Policy,
    /// The terms and the privacy policy, as Markdown.
    pub text: &'static str,
}

/// Oldest first.
const ALL: &[PolicyText] = &[PolicyText {
    policy: Policy {
        version: "2026-11-01",
        effective_on: Date::constant(2026, 11, 1),
        significant: true,
        changes: "The first version.",
    },
    text: include_str!("../policies/2026-11-01.md"),
}];

/// Every version, newest first, with those that hold only later.
pub fn versions() -> impl Iterator<Item = Policy> {
    ALL.iter().rev().map(|one| one.policy)
}

/// The version that holds at an instant; before the first one, the first.
#[must_use]
pub fn at(now: Timestamp) -> &'static PolicyText {
    current(ALL, now)
}

/// The version with this name.
#[must_use]
pub fn find(version: &str) -> Option<&'static PolicyText> {
    ALL.iter().find(|one| one.policy.version == version)
}

/// The version that somebody who has acknowledged these is still to acknowledge at an instant: the newest
/// significant one that holds, unless it or a later one is among them.
#[must_use]
pub fn unacknowledged<'a>(
    now: Timestamp,
    acknowledged: impl IntoIterator<Item = &'a str>,
) -> Option<Policy> {
    missing(ALL, now, acknowledged)
}

fn holding(all: &[PolicyText], now: Timestamp) -> impl DoubleEndedIterator<Item = &PolicyText> {
    let today = now.to_zoned(TimeZone::UTC).date();
    all.iter().filter(move |one| one.policy.effective_on <= today)
}

fn current(all: &[PolicyText], now: Timestamp) -> &PolicyText {
    holding(all, now).next_back().unwrap_or(&all[0])
}

fn missing<'a>(
    all: &[PolicyText],
    now: Timestamp,
    acknowledged: impl IntoIterator<Item = &'a str>,
) -> Option<Policy> {
    let place = |version: &str| all.iter().position(|one| one.policy.version == version);
    let newest = acknowledged.into_iter().filter_map(place).max();
    let wanted = holding(all, now).rfind(|one| one.policy.significant)?.policy;
    (newest < place(wanted.version)).then_some(wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn version(version: &'static str, effective_on: Date, significant: bool) -> PolicyText {
        PolicyText { policy: Policy { version, effective_on, significant, changes: "x" }, text: "" }
    }

    const THREE: &[PolicyText] = &[
        version("a", Date::constant(2026, 1, 1), true),
        version("b", Date::constant(2026, 6, 1), true),
        version("c", Date::constant(2026, 7, 1), false),
    ];

    #[test]
    fn a_version_holds_from_the_beginning_of_its_day() {
        let at = |time: &str| current(THREE, time.parse().unwrap()).policy.version;
        assert_eq!(at("2020-01-01T00:00:00Z"), "a");
        assert_eq!(at("2026-05-31T23:59:59Z"), "a");
        assert_eq!(at("2026-06-01T00:00:00Z"), "b");
        assert_eq!(at("2026-12-01T00:00:00Z"), "c");
    }

    #[test]
    fn only_a_significant_change_is_acknowledged_again() {
        let missing = |time: &str, seen: &[&'static str]| {
            let policy = missing(THREE, time.parse().unwrap(), seen.iter().copied());
            policy.map(|policy| policy.version)
        };
        assert_eq!(missing("2026-03-01T00:00:00Z", &[]), Some("a"));
        assert_eq!(missing("2026-03-01T00:00:00Z", &["a"]), None);
        assert_eq!(missing("2026-06-01T00:00:00Z", &["a"]), Some("b"));
        assert_eq!(missing("2026-08-01T00:00:00Z", &["a"]), Some("b"));
        assert_eq!(missing("2026-08-01T00:00:00Z", &["c"]), None);
        assert_eq!(missing("2026-08-01T00:00:00Z", &["unknown"]), Some("b"));
    }

    #[test]
    fn the_versions_are_in_order_and_have_a_text_that_names_them() {
        assert!(ALL.is_sorted_by_key(|one| one.policy.effective_on));
        for PolicyText { policy, text } in ALL {
            assert_eq!(find(policy.version).map(|found| found.policy), Some(*policy));
            assert!(text.contains(&format!("Version {}.", policy.version)), "{}", policy.version);
            assert!(!policy.changes.is_empty());
        }
    }
}
