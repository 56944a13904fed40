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

/// The versions of a deployment. All but tests have [`Policies::SHIPPED`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policies {
    first: &'static PolicyText,
    /// With the first one.
    all: &'static [PolicyText],
}

impl Policies {
    /// The versions that Reverie ships with.
    pub const SHIPPED: Self = Self { first: &ALL[0], all: ALL };

    /// These versions, oldest first; `None` if there is none.
    #[must_use]
    pub const fn of(all: &'static [PolicyText]) -> Option<Self> {
        match all {
            [first, ..] => Some(Self { first, all }),
            [] => None,
        }
    }

    /// Every version, newest first, with those that hold only later.
    pub fn versions(self) -> impl Iterator<Item = Policy> {
        self.all.iter().rev().map(|one| one.policy)
    }

    /// The version that holds at an instant; before the first one, the first.
    #[must_use]
    pub fn at(self, now: Timestamp) -> &'static PolicyText {
        self.holding(now).next_back().unwrap_or(self.first)
    }

    /// The version with this name.
    #[must_use]
    pub fn find(self, version: &str) -> Option<&'static PolicyText> {
        self.all.iter().find(|one| one.policy.version == version)
    }

    /// The version that somebody who has acknowledged these is still to acknowledge at an instant: the
    /// newest significant one that holds, unless it or a later one is among them.
    #[must_use]
    pub fn unacknowledged<'a>(
        self,
        now: Timestamp,
        acknowledged: impl IntoIterator<Item = &'a str>,
    ) -> Option<Policy> {
        let wanted = self.holding(now).rfind(|one| one.policy.significant)?.policy;
        (!self.knows(acknowledged, wanted.version)).then_some(wanted)
    }

    /// The significant change that people are told of by mail: the newest, also if it holds only later. The
    /// first version changes nothing.
    #[must_use]
    pub fn significant_change(self) -> Option<Policy> {
        let newest = self.all.iter().skip(1).rfind(|one| one.policy.significant);
        newest.map(|one| one.policy)
    }

    /// Whether that version or a later one is among those that were acknowledged.
    #[must_use]
    pub fn knows<'a>(self, acknowledged: impl IntoIterator<Item = &'a str>, version: &str) -> bool {
        let place = |version: &str| self.all.iter().position(|one| one.policy.version == version);
        let newest = acknowledged.into_iter().filter_map(place).max();
        newest.is_some() && newest >= place(version)
    }

    fn holding(self, now: Timestamp) -> impl DoubleEndedIterator<Item = &'static PolicyText> {
        let today = now.to_zoned(TimeZone::UTC).date();
        self.all.iter().filter(move |one| one.policy.effective_on <= today)
    }
}

impl Policy {
    /// The first instant at which it holds.
    #[must_use]
    pub fn effective_at(&self) -> Timestamp {
        let midnight = self.effective_on.to_zoned(TimeZone::UTC);
        midnight.map_or(Timestamp::MAX, |zoned| zoned.timestamp())
    }
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

    fn three() -> Policies {
        Policies::of(THREE).unwrap()
    }

    #[test]
    fn people_are_told_of_the_newest_significant_change_and_not_of_the_first_version() {
        let told = |all| Policies::of(all)?.significant_change().map(|policy| policy.version);
        assert_eq!(told(THREE), Some("b"));
        assert_eq!(told(&THREE[..1]), None);
        assert_eq!(told(&[]), None);
        assert!(three().knows(["a", "c"], "b") && !three().knows(["a"], "b"));
        assert_eq!(THREE[1].policy.effective_at().to_string(), "2026-06-01T00:00:00Z");
    }

    #[test]
    fn a_version_holds_from_the_beginning_of_its_day() {
        let at = |time: &str| three().at(time.parse().unwrap()).policy.version;
        assert_eq!(at("2020-01-01T00:00:00Z"), "a");
        assert_eq!(at("2026-05-31T23:59:59Z"), "a");
        assert_eq!(at("2026-06-01T00:00:00Z"), "b");
        assert_eq!(at("2026-12-01T00:00:00Z"), "c");
    }

    #[test]
    fn only_a_significant_change_is_acknowledged_again() {
        let missing = |time: &str, seen: &[&'static str]| {
            let seen = seen.iter().copied();
            three().unacknowledged(time.parse().unwrap(), seen).map(|policy| policy.version)
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
            assert_eq!(
                Policies::SHIPPED.find(policy.version).map(|found| found.policy),
                Some(*policy)
            );
            assert!(text.contains(&format!("Version {}.", policy.version)), "{}", policy.version);
            assert!(!policy.changes.is_empty());
        }
    }
}
