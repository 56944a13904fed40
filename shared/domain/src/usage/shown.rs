use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

use super::{Day, Facet, Figures, SECONDS};
use crate::manifest::Kind;

/// The fewest jobs about which anything is said.
pub const FLOOR: u64 = 5;

/// How many jobs have each word of a facet, as far as it is said.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = UsageTable)]
pub struct Table {
    /// By word.
    pub jobs: BTreeMap<String, u64>,
    /// Jobs of which it is not said which word they have.
    pub withheld: u64,
}

/// What is said of a kind of work.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Shown {
    /// How many jobs.
    pub jobs: u64,
    /// By facet. The words of each facet and what is withheld add up to `jobs`.
    pub facets: BTreeMap<Facet, Table>,
}

/// What is said of several days together.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ShownDays {
    /// By kind of work.
    pub kinds: BTreeMap<Kind, Shown>,
}

impl Figures {
    /// What may be said of one day: nothing of fewer than [`FLOOR`] jobs. No word that fewer have is named;
    /// and as all words of a facet add up to all jobs, the smallest of the others are withheld, too, until
    /// those that are withheld together are as many as the floor.
    #[must_use]
    pub fn shown(&self) -> Option<Shown> {
        let table = |(facet, words): (&Facet, _)| (*facet, table(self.jobs, words));
        (self.jobs >= FLOOR)
            .then(|| Shown { jobs: self.jobs, facets: self.facets.iter().map(table).collect() })
    }
}

fn table(jobs: u64, words: &BTreeMap<String, u64>) -> Table {
    let mut smallest_first: Vec<_> = words.iter().collect();
    smallest_first.sort_by_key(|(_, count)| **count);
    // A facet that later versions count has no word in a day's first samples.
    let mut withheld = jobs.saturating_sub(words.values().sum());
    let mut shown = BTreeMap::new();
    for (word, count) in smallest_first {
        if *count < FLOOR || (1..FLOOR).contains(&withheld) {
            withheld += count;
        } else {
            shown.insert(word.clone(), *count);
        }
    }
    Table { jobs: shown, withheld }
}

impl ShownDays {
    /// Adds what is said of a day.
    pub fn add(&mut self, day: &Day) {
        for (kind, figures) in &day.kinds {
            if let Some(shown) = figures.shown() {
                self.kinds.entry(*kind).or_default().add(shown);
            }
        }
    }
}

impl Shown {
    fn add(&mut self, other: Self) {
        self.jobs += other.jobs;
        for (facet, Table { jobs, withheld }) in other.facets {
            let mine = self.facets.entry(facet).or_default();
            mine.withheld += withheld;
            for (word, count) in jobs {
                *mine.jobs.entry(word).or_default() += count;
            }
        }
    }

    /// The least and the most of these jobs that may have this word, as a share of all.
    #[must_use]
    pub fn share(&self, facet: Facet, word: &str) -> Option<(f64, f64)> {
        let table = self.facets.get(&facet)?;
        let least = table.jobs.get(word).copied().unwrap_or_default();
        let of = |count: u64| count as f64 / self.jobs as f64;
        (self.jobs > 0).then(|| (of(least), of(least + table.withheld)))
    }

    /// Seconds that this percentage of the jobs that have a time did not exceed: the upper end of a band.
    /// What is withheld counts as slow, so the number is never too small. `None` if it is above all bands, or
    /// if there is no time.
    #[must_use]
    pub fn percentile(&self, facet: Facet, percent: u64) -> Option<u32> {
        let table = self.facets.get(&facet)?;
        let count = |word: &str| table.jobs.get(word).copied().unwrap_or_default();
        let bands = || SECONDS.iter().map(|end| (*end, count(&end.to_string())));
        let all = bands().map(|(_, jobs)| jobs).sum::<u64>() + count("more") + table.withheld;
        let mut faster = 0;
        bands().find_map(|(end, jobs)| {
            faster += jobs;
            (faster > 0 && faster * 100 >= all * percent).then_some(end)
        })
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::Date;
    use proptest::prelude::*;

    use super::*;

    fn figures(counts: &[u64]) -> Figures {
        let words = counts.iter().enumerate().map(|(n, count)| (n.to_string(), *count)).collect();
        Figures { jobs: counts.iter().sum(), facets: BTreeMap::from([(Facet::Outcome, words)]) }
    }

    #[test]
    fn the_smallest_are_withheld_until_they_are_many() {
        let shown = |counts: &[u64]| {
            let shown = figures(counts).shown()?;
            let Table { jobs, withheld } = shown.facets[&Facet::Outcome].clone();
            Some((jobs.into_values().collect::<Vec<_>>(), withheld))
        };
        assert_eq!(shown(&[1, 3]), None);
        assert_eq!(shown(&[5]), Some((vec![5], 0)));
        assert_eq!(shown(&[17, 3]), Some((vec![], 20)), "17 of 20 would tell of the 3");
        assert_eq!(shown(&[17, 3, 6]), Some((vec![17], 9)));
        assert_eq!(shown(&[17, 3, 2]), Some((vec![17], 5)));
    }

    #[test]
    fn what_is_withheld_counts_as_slow_and_as_either() {
        let words = BTreeMap::from([("5", 50), ("30", 40), ("cached", 7)]);
        let jobs = words.into_iter().map(|(word, count)| (word.to_owned(), count)).collect();
        let table = Table { jobs, withheld: 10 };
        let shown = Shown { jobs: 107, facets: BTreeMap::from([(Facet::Computed, table)]) };
        assert_eq!(shown.percentile(Facet::Computed, 50), Some(5));
        assert_eq!(shown.percentile(Facet::Computed, 90), Some(30));
        assert_eq!(shown.percentile(Facet::Computed, 95), None);
        assert_eq!(shown.percentile(Facet::Waited, 50), None);
        let share = shown.share(Facet::Computed, "cached");
        assert_eq!(share, Some((7.0 / 107.0, 17.0 / 107.0)));
    }

    proptest! {
        /// Also of the difference of two ranges of days, as that is a sum of other days.
        #[test]
        fn nothing_is_said_of_fewer_than_the_floor(
            days in prop::collection::vec(prop::collection::vec(0_u64..12, 1..6), 1..6),
            from in 0_usize..6,
        ) {
            let mut all = ShownDays::default();
            let mut first = ShownDays::default();
            for (number, counts) in days.iter().enumerate() {
                let kinds = BTreeMap::from([(Kind::Music, figures(counts))]);
                let day = Day { kinds, ..Day::empty(Date::constant(2026, 11, 28)) };
                all.add(&day);
                if number < from {
                    first.add(&day);
                }
            }
            let of = |days: &ShownDays| days.kinds.get(&Kind::Music).cloned().unwrap_or_default();
            let (all, first) = (of(&all), of(&first));
            let table = |shown: &Shown| {
                shown.facets.get(&Facet::Outcome).cloned().unwrap_or_default()
            };
            for shown in [&all, &first] {
                let table = table(shown);
                prop_assert_eq!(table.jobs.values().sum::<u64>() + table.withheld, shown.jobs);
            }
            let said = |count: u64| count == 0 || count >= FLOOR;
            let (now, before) = (table(&all), table(&first));
            prop_assert!(said(all.jobs - first.jobs));
            prop_assert!(said(now.withheld - before.withheld));
            for (word, count) in &now.jobs {
                prop_assert!(said(count - before.jobs.get(word).unwrap_or(&0)));
            }
        }
    }
}
