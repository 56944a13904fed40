//! Many histories under faults, each from its seed. `REVERIE_SEEDS=10000 cargo test --workspace
//! --test simulation` runs many more; `REVERIE_SEED=17` replays one and prints it. The same over the
//! embedded stack: `REVERIE_EMBEDDED_SEEDS` and `REVERIE_EMBEDDED_SEED`.

use std::{
    env,
    num::NonZero,
    sync::{
        Mutex,
        atomic::{AtomicU64, Ordering},
    },
    thread,
};

use reverie_tests::sim::{Mutant, Outcome, Plan, Report, minimal, run, run_embedded};

/// How many histories a plain `cargo test` runs.
const HISTORIES: u64 = 120;
/// How many of them over the embedded stack.
const EMBEDDED_HISTORIES: u64 = 15;
/// Within how many histories a planted bug must show.
const SOON: u64 = 300;

fn number(variable: &str) -> Option<u64> {
    env::var(variable).ok().map(|text| text.parse().expect("a number"))
}

/// A history that broke a rule.
struct Failed {
    seed: u64,
    rule: String,
    trace: String,
}

/// Runs the seeds on all cores; the first that fails, and what the others amounted to.
fn search(seeds: u64, run: impl Fn(u64) -> Outcome + Sync) -> (Option<Failed>, Report) {
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
                    match run(seed) {
                        Outcome::Fine { report, .. } => add(&mut total.lock().unwrap(), report),
                        Outcome::Broken { rule, trace, .. } => {
                            *failed.lock().unwrap() = Some(Failed { seed, rule, trace });
                        }
                    }
                }
            });
        }
    });
    (failed.into_inner().unwrap(), total.into_inner().unwrap())
}

fn add(total: &mut Report, report: Report) {
    total.calls += report.calls;
    total.faults += report.faults;
    total.jobs += report.jobs;
    total.succeeded += report.succeeded;
    total.cached += report.cached;
    total.exports += report.exports;
    total.mails += report.mails;
    total.returned += report.returned;
    total.news += report.news;
    total.orders += report.orders;
    total.joins += report.joins;
    total.unused += report.unused;
}

/// Prints the history of a seed.
fn replay(outcome: Outcome) {
    match outcome {
        Outcome::Fine { report, trace } => println!("{trace}{report:?}"),
        Outcome::Broken { rule, trace, .. } => panic!("{trace}{rule}"),
    }
}

fn enough_happened(seeds: u64, total: Report) {
    println!("{seeds} histories: {total:?}");
    assert!(total.faults > total.jobs && total.succeeded > total.jobs / 4, "{total:?}");
    assert!(total.exports > 0 && total.mails > total.exports, "{total:?}");
}

const TRACED: Plan = Plan { trace: true, ..Plan::USUAL };

#[test]
fn no_history_breaks_a_rule() {
    if let Some(seed) = number("REVERIE_SEED") {
        return replay(run(seed, TRACED, None));
    }
    let seeds = number("REVERIE_SEEDS").unwrap_or(HISTORIES);
    let (failed, total) = search(seeds, |seed| run(seed, Plan::USUAL, None));
    if let Some(Failed { seed, .. }) = failed {
        if let Outcome::Broken { rule, faults, trace } = minimal(seed, Plan::USUAL, None) {
            panic!("seed {seed}, {faults} faults: {rule}\n{trace}");
        }
        panic!("seed {seed} broke a rule, and not again");
    }
    enough_happened(seeds, total);
    assert!(total.cached > 0 && total.returned > 0 && total.news > 0, "{total:?}");
    assert!(total.orders > 0 && total.joins > 0 && total.unused > 0, "{total:?}");
}

#[test]
fn no_history_on_the_embedded_stack_breaks_a_rule() {
    if let Some(seed) = number("REVERIE_EMBEDDED_SEED") {
        return replay(run_embedded(seed, TRACED, None));
    }
    let seeds = number("REVERIE_EMBEDDED_SEEDS").unwrap_or(EMBEDDED_HISTORIES);
    // Traced at once: the same seed need not break the rule again.
    let (failed, total) = search(seeds, |seed| run_embedded(seed, TRACED, None));
    if let Some(Failed { seed, rule, trace }) = failed {
        panic!("seed {seed}: {rule}\n{trace}");
    }
    enough_happened(seeds, total);
}

/// One is enough to know that the rules look at what is stored.
#[test]
fn a_planted_bug_is_found_on_the_embedded_stack() {
    let planted = Some(Mutant::ForgottenHold);
    let (failed, _) = search(SOON, |seed| run_embedded(seed, Plan::USUAL, planted));
    assert!(failed.is_some(), "not found in {SOON} histories");
}

#[test]
fn planted_bugs_are_found() {
    for mutant in Mutant::ALL {
        let (failed, _) = search(SOON, |seed| run(seed, Plan::USUAL, Some(mutant)));
        let Some(Failed { seed, rule, .. }) = failed else {
            panic!("{mutant:?} is not found in {SOON} histories");
        };
        println!("{mutant:?} is found by seed {seed}: {rule}");
    }
}

#[test]
fn a_seed_has_one_history() {
    let trace = |seed| match run(seed, TRACED, None) {
        Outcome::Fine { trace, .. } | Outcome::Broken { trace, .. } => trace,
    };
    for seed in 0..20 {
        let (one, other) = (trace(seed), trace(seed));
        let differs = one.lines().zip(other.lines()).enumerate().find(|(_, (a, b))| a != b);
        assert!(one == other, "seed {seed}: {differs:?}");
    }
}
