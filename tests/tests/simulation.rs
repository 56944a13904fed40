//! Many histories under faults, each from its seed. `REVERIE_SEEDS=10000 cargo test --workspace
//! --test simulation` runs many more; `REVERIE_SEED=17` replays one and prints it.

use std::{
    env,
    num::NonZero,
    sync::{
        Mutex,
        atomic::{AtomicU64, Ordering},
    },
    thread,
};

use reverie_tests::sim::{Mutant, Outcome, Plan, Report, minimal, run};

/// How many histories a plain `cargo test` runs.
const HISTORIES: u64 = 200;
/// Within how many histories a planted bug must show.
const SOON: u64 = 300;

fn number(variable: &str) -> Option<u64> {
    env::var(variable).ok().map(|text| text.parse().expect("a number"))
}

/// Runs the seeds on all cores; the first that fails, and what the others amounted to.
fn search(seeds: u64, mutant: Option<Mutant>) -> (Option<u64>, Report) {
    let (next, failed) = (AtomicU64::new(0), Mutex::new(None));
    let total = Mutex::new(Report::default());
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, NonZero::get) {
            scope.spawn(|| {
                while failed.lock().unwrap().is_none() {
                    let seed = next.fetch_add(1, Ordering::SeqCst);
                    if seed >= seeds {
                        return;
                    }
                    match run(seed, Plan::default(), mutant) {
                        Outcome::Fine { report, .. } => add(&mut total.lock().unwrap(), report),
                        Outcome::Broken { .. } => *failed.lock().unwrap() = Some(seed),
                    }
                }
            });
        }
    });
    let failed = *failed.lock().unwrap();
    let total = *total.lock().unwrap();
    (failed, total)
}

fn add(total: &mut Report, report: Report) {
    total.calls += report.calls;
    total.faults += report.faults;
    total.jobs += report.jobs;
    total.succeeded += report.succeeded;
    total.cached += report.cached;
}

#[test]
fn no_history_breaks_a_rule() {
    if let Some(seed) = number("REVERIE_SEED") {
        match run(seed, Plan { trace: true, ..Plan::default() }, None) {
            Outcome::Fine { report, trace } => println!("{trace}{report:?}"),
            Outcome::Broken { rule, trace, .. } => panic!("{trace}{rule}"),
        }
        return;
    }
    let seeds = number("REVERIE_SEEDS").unwrap_or(HISTORIES);
    let (failed, total) = search(seeds, None);
    if let Some(seed) = failed {
        if let Outcome::Broken { rule, faults, trace } = minimal(seed, Plan::default(), None) {
            panic!("seed {seed}, {faults} faults: {rule}\n{trace}");
        }
        panic!("seed {seed} broke a rule, and not again");
    }
    println!("{seeds} histories: {total:?}");
    assert!(total.faults > total.jobs && total.succeeded > total.jobs / 4, "{total:?}");
    assert!(total.cached > 0, "{total:?}");
}

#[test]
fn planted_bugs_are_found() {
    for mutant in Mutant::ALL {
        let (failed, _) = search(SOON, Some(mutant));
        assert!(failed.is_some(), "{mutant:?} is not found in {SOON} histories");
    }
}

#[test]
fn a_seed_has_one_history() {
    let trace = |seed| match run(seed, Plan { trace: true, ..Plan::default() }, None) {
        Outcome::Fine { trace, .. } | Outcome::Broken { trace, .. } => trace,
    };
    for seed in 0..20 {
        let (one, other) = (trace(seed), trace(seed));
        let differs = one.lines().zip(other.lines()).enumerate().find(|(_, (a, b))| a != b);
        assert!(one == other, "seed {seed}: {differs:?}");
    }
}
