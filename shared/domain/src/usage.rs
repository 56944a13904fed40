//! Usage figures: how many generations, with which settings, how long they took and how they ended;
//! about nobody.
//!
//! The transaction that makes a job final writes a [`Sample`]: the day, what is made, and a word for each
//! [`Facet`]. It has no id of the job, no account, no prompt, no time, and no number but in bands. The
//! housekeeper adds samples to the row of their day and deletes them in one transaction, so each is counted
//! once. After the end of a day its row is closed: nothing is added to it any more, and only then it is
//! shown.
//!
//! What is shown keeps to [`FLOOR`], see [`Figures::shown`]. It is applied to each day by itself, before days
//! are added up. So every answer is a sum of the same figures of whole closed days, and the difference of
//! two answers is such a sum, too: it says nothing that the floor withholds.

mod sample;
mod shown;

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp, civil::Date, tz::TimeZone};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{job::after, manifest::Kind};

pub use self::{
    sample::{SECONDS, Sample},
    shown::{FLOOR, Shown, ShownDays, Table},
};

/// How long after its end a day is closed. Jobs of its last minutes are counted by then.
pub const CLOSED_AFTER: SignedDuration = SignedDuration::from_hours(1);
/// Days for which figures are kept: 24 months.
pub const USAGE_DAYS: i64 = 731;

/// What is counted of each job. Each facet has one word for it.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Facet {
    /// The final status.
    Outcome,
    /// The code of the failure; `none` without one.
    Failure,
    /// The model and its version.
    Model,
    /// The plan at submission.
    Plan,
    /// The length asked for: the upper end of its band in seconds, or `more`.
    Length,
    /// `style.genre`.
    Genre,
    /// `style.mood`.
    Mood,
    /// `style.preset`.
    Preset,
    /// `style.tempo_bpm` in bands.
    Tempo,
    /// `style.aspect_ratio`.
    AspectRatio,
    /// `yes` with `style.key`.
    Key,
    /// `yes` with `style.instruments`.
    Instruments,
    /// `yes` with a negative prompt.
    NegativePrompt,
    /// `yes` with a sketch.
    Sketch,
    /// How many references.
    References,
    /// `yes` where stems were asked for.
    Stems,
    /// `yes` where a loop was asked for.
    Loop,
    /// `yes` where it was answered from the cache.
    Cached,
    /// How long it waited for its first worker: the upper end of its band in seconds, `more`, `cached`, or
    /// `never`.
    Waited,
    /// How long it took from then to its end, in the same words.
    Computed,
}

/// The figures of one kind of work.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figures {
    /// How many jobs.
    pub jobs: u64,
    /// How many of them have each word. Those of one facet add up to `jobs`.
    pub facets: BTreeMap<Facet, BTreeMap<String, u64>>,
}

/// A day's row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Day {
    /// The day, UTC.
    pub day: Date,
    /// By kind of work.
    pub kinds: BTreeMap<Kind, Figures>,
    /// Whether nothing is added any more.
    pub closed: bool,
    /// Counts the row's changes.
    pub version: u64,
}

impl Figures {
    fn add(&mut self, sample: &Sample) {
        self.jobs += 1;
        for (facet, word) in &sample.words {
            *self.facets.entry(*facet).or_default().entry(word.clone()).or_default() += 1;
        }
    }
}

impl Day {
    /// A day on which nothing was counted yet.
    #[must_use]
    pub const fn empty(day: Date) -> Self {
        Self { day, kinds: BTreeMap::new(), closed: false, version: 0 }
    }

    /// The same with these samples.
    #[must_use]
    pub fn with(&self, samples: &[Sample]) -> Self {
        let mut next = Self { version: self.version + 1, ..self.clone() };
        for sample in samples {
            next.kinds.entry(sample.kind).or_default().add(sample);
        }
        next
    }

    /// The same, closed; `None` if it is closed already, or not yet to be.
    #[must_use]
    pub fn closed(&self, now: Timestamp) -> Option<Self> {
        let due = !self.closed && now >= closing(self.day);
        due.then(|| Self { closed: true, version: self.version + 1, ..self.clone() })
    }

    /// When the row ends.
    #[must_use]
    pub fn ends_at(&self) -> Timestamp {
        after(start(self.day), SignedDuration::from_hours(24 * USAGE_DAYS))
    }
}

/// The first day to which a sample may be added: its own, or today if that is over for long.
#[must_use]
pub fn counted_on(day: Date, now: Timestamp) -> Date {
    if now < closing(day) { day } else { day_of(now) }
}

/// The day of an instant, UTC.
#[must_use]
pub fn day_of(at: Timestamp) -> Date {
    at.to_zoned(TimeZone::UTC).date()
}

fn closing(day: Date) -> Timestamp {
    after(start(day), SignedDuration::from_hours(24) + CLOSED_AFTER)
}

/// Its first instant; at the ends of the calendar, the calendar's last.
fn start(day: Date) -> Timestamp {
    day.to_zoned(TimeZone::UTC).map_or(Timestamp::MAX, |zoned| zoned.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_closed_an_hour_after_its_end_and_then_nothing_is_added() {
        let day = Date::constant(2026, 11, 28);
        let [open, over]: [Timestamp; 2] =
            ["2026-11-29T00:59:59Z", "2026-11-29T01:00:00Z"].map(|at| at.parse().unwrap());
        assert_eq!(counted_on(day, open), day);
        assert_eq!(counted_on(day, over), Date::constant(2026, 11, 29));
        assert_eq!(Day::empty(day).closed(open), None);
        let closed = Day::empty(day).closed(over).unwrap();
        assert!(closed.closed && closed.version == 1);
        assert_eq!(closed.closed(over), None);
        assert_eq!(counted_on(Date::MAX, over), Date::MAX);
        assert_eq!(Day::empty(Date::MAX).ends_at(), Timestamp::MAX);
    }
}
