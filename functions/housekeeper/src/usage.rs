use std::collections::BTreeMap;

use jiff::SignedDuration;
use reverie_domain::{
    manifest::Kind,
    usage::{Day, Facet, SECONDS, Sample, Shown, Table},
};
use reverie_store::usage;
use reverie_telemetry::{Series, publish_by};

use crate::{Housekeeper, HousekeeperError};

/// How long a turn adds up. The next minute goes on.
const TURN: SignedDuration = SignedDuration::from_secs(5);
/// Longer than every band: a job's deadline, in seconds.
const LONGEST: f64 = 21_600.0;

/// What there is to tell of the use.
#[derive(Debug, Clone, PartialEq)]
pub enum UsageReport {
    /// These jobs have ended, and are counted.
    Counted(Vec<Sample>),
    /// A day's figures are complete.
    Closed(Day),
}

impl Housekeeper {
    /// Adds up what was counted of jobs that ended, and closes days that are over. Each is told after it is
    /// written: if the process dies in between the metrics lack it, and nothing is ever told twice.
    ///
    /// # Errors
    /// [`HousekeeperError`]; the next turn goes on.
    pub async fn count_usage(
        &self,
        tell: impl Fn(UsageReport) + Sync,
    ) -> Result<(), HousekeeperError> {
        let begun = self.clock.now();
        while self.clock.now().duration_since(begun) < TURN {
            let samples = usage::add_up(&*self.tables, self.clock.now()).await?;
            if samples.is_empty() {
                break;
            }
            tell(UsageReport::Counted(samples));
        }
        for day in usage::close(&*self.tables, self.clock.now()).await? {
            tell(UsageReport::Closed(day));
        }
        Ok(())
    }
}

impl UsageReport {
    /// Publishes it as metrics of each kind of work, on standard output: of jobs, how they ended and how long
    /// they took; which settings were used only of a whole day, and with the floor on small counts.
    pub fn publish(&self) {
        for (kind, series) in self.series() {
            publish_by("housekeeper", ("kind", kind.name()), &series);
        }
    }

    fn series(&self) -> BTreeMap<Kind, Vec<Series>> {
        match self {
            Self::Counted(samples) => {
                let of =
                    |kind| samples.iter().filter(|sample| sample.kind == kind).collect::<Vec<_>>();
                let kinds = samples.iter().map(|sample| sample.kind);
                kinds.map(|kind| (kind, ended(&of(kind)))).collect()
            }
            Self::Closed(day) => {
                let shown = |(kind, figures): (&Kind, &reverie_domain::usage::Figures)| {
                    Some((*kind, used(&figures.shown()?)))
                };
                day.kinds.iter().filter_map(shown).collect()
            }
        }
    }
}

fn ended(samples: &[&Sample]) -> Vec<Series> {
    let word = |facet, sample: &&Sample| sample.words.get(&facet).cloned().unwrap_or_default();
    let count = |name, wanted| {
        let is = |sample: &&&Sample| word(Facet::Outcome, sample) == wanted;
        let jobs = samples.iter().filter(is).count();
        Series { name, unit: "Count", values: vec![jobs as f64] }
    };
    let times = |facet| samples.iter().filter_map(|one| seconds(&word(facet, one))).collect();
    vec![
        count("JobsSucceeded", "succeeded"),
        count("JobsFailed", "failed"),
        count("JobsCanceled", "canceled"),
        count("JobsRefused", "refused"),
        Series { name: "SecondsWaited", unit: "Seconds", values: times(Facet::Waited) },
        Series { name: "SecondsComputed", unit: "Seconds", values: times(Facet::Computed) },
    ]
}

/// The upper end of a band; nothing of a job that has no time.
fn seconds(word: &str) -> Option<f64> {
    match word {
        "more" => Some(LONGEST),
        _ => word.parse().ok().filter(|end| SECONDS.contains(end)).map(f64::from),
    }
}

fn used(shown: &Shown) -> Vec<Series> {
    let count = |name, facet, is_used: fn(&str) -> bool| {
        let Table { jobs, withheld } = shown.facets.get(&facet)?;
        let used = jobs.iter().filter(|(word, _)| is_used(word)).map(|(_, count)| count);
        let values = vec![used.sum::<u64>() as f64];
        (*withheld == 0).then_some(Series { name, unit: "Count", values })
    };
    let yes: fn(&str) -> bool = |word| word == "yes";
    let some: fn(&str) -> bool = |word| !matches!(word, "none" | "no" | "0" | "unknown");
    let all = [
        count("DayWithSketch", Facet::Sketch, yes),
        count("DayWithReferences", Facet::References, some),
        count("DayWithStems", Facet::Stems, yes),
        count("DayWithLoop", Facet::Loop, yes),
        count("DayWithPreset", Facet::Preset, some),
        count("DayWithGenre", Facet::Genre, some),
        count("DayFromCache", Facet::Cached, yes),
    ];
    all.into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use jiff::civil::Date;

    use super::*;

    fn sample(words: &[(Facet, &str)]) -> Sample {
        Sample {
            number: String::new(),
            day: Date::constant(2026, 11, 28),
            kind: Kind::Music,
            words: words.iter().map(|(facet, word)| (*facet, (*word).to_owned())).collect(),
        }
    }

    fn values(report: &UsageReport, name: &str) -> Option<Vec<f64>> {
        let series = report.series().remove(&Kind::Music)?;
        series.into_iter().find(|one| one.name == name).map(|one| one.values)
    }

    #[test]
    fn metrics_have_outcomes_and_times_and_settings_only_of_many() {
        let waited = |word| sample(&[(Facet::Outcome, "failed"), (Facet::Waited, word)]);
        let counted = UsageReport::Counted(vec![waited("5"), waited("never"), waited("more")]);
        assert_eq!(values(&counted, "JobsFailed"), Some(vec![3.0]));
        assert_eq!(values(&counted, "SecondsWaited"), Some(vec![5.0, LONGEST]));
        assert_eq!(values(&counted, "DayWithStems"), None);

        let with = |word| sample(&[(Facet::Stems, word)]);
        let day = Day::empty(Date::constant(2026, 11, 28));
        let few = UsageReport::Closed(day.with(&[with("no"), with("yes")]));
        assert_eq!(few.series(), BTreeMap::new());
        let one = [vec![with("no"); 9], vec![with("yes"); 1]].concat();
        assert_eq!(values(&UsageReport::Closed(day.with(&one)), "DayWithStems"), None);
        let many = [vec![with("no"); 9], vec![with("yes"); 6]].concat();
        assert_eq!(values(&UsageReport::Closed(day.with(&many)), "DayWithStems"), Some(vec![6.0]));
    }
}
