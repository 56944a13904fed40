//! Every job that has ended is in the usage figures, once.

use reverie_domain::{
    usage::{Day, Facet, Sample},
    wallet::{Hold, HoldState},
};
use reverie_store::tables::{Table, Write};

use super::{Rows, all, ensure, parse};

pub(super) fn concerns(write: &Write) -> bool {
    write.key.sk.starts_with("hold#") || ["usage", "usage_day"].contains(&&*write.key.pk)
}

/// Jobs go with their account, their holds stay; each was captured if the job succeeded, and else released.
pub(super) fn counted_once(rows: &Rows) -> Result<(), String> {
    let (mut ended, mut succeeded) = (0, 0);
    for (key, row) in rows.iter().filter(|(key, _)| key.table == Table::Operations) {
        if key.pk == "usage" {
            let sample: Sample = parse(row)?;
            ended += 1;
            succeeded += u64::from(sample.words[&Facet::Outcome] == "succeeded");
        } else if key.pk == "usage_day" {
            let day: Day = parse(row)?;
            for figures in day.kinds.values() {
                ended += figures.jobs;
                let outcomes = &figures.facets[&Facet::Outcome];
                succeeded += outcomes.get("succeeded").copied().unwrap_or_default();
                for words in figures.facets.values() {
                    let sum = words.values().sum::<u64>();
                    ensure(sum == figures.jobs, || {
                        format!("{sum} words of {} jobs", figures.jobs)
                    })?;
                }
            }
        }
    }
    let holds: Vec<Hold> = all(rows, Table::Ledger, "hold#")?;
    let are = |state| holds.iter().filter(|hold| hold.state == state).count() as u64;
    let (captured, released) = (are(HoldState::Captured), are(HoldState::Released));
    ensure((ended, succeeded) == (captured + released, captured), || {
        format!("{ended} jobs are counted, {succeeded} that succeeded, of {captured} + {released}")
    })
}
