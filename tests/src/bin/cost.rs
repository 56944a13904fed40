//! Prints what a deployment costs, and what the scaling target does to waits and worker hours.
//!
//! `cargo run --release -p reverie-tests --bin cost [SECONDS]`

use reverie_tests::cost::{
    Prices, bill, count,
    fleet::{Load, PATIENCE, TARGETS, find_target, simulate},
};

/// The length of the counted track, unless another is given.
const SECONDS: u32 = 30;
/// The default size of a worker: `Cpu` of infra/worker.yaml.
const CORES: usize = 2;

#[tokio::main]
async fn main() {
    let seconds = std::env::args().nth(1).map_or(SECONDS, |n| n.parse().expect("a number"));
    let prices = Prices::load();
    let models = reverie_tests::real_packages();
    let (counted, minute) = count(models, seconds, prices.assumed.generations_per_guest).await;
    println!("One generation of {seconds} s, counted:\n{counted:#?}\n");
    println!("One idle minute of the housekeeper: {} read units\n", minute.reads);

    let load = |monthly, target| Load {
        monthly,
        core_seconds: counted.core_seconds,
        cores: CORES,
        start_seconds: prices.assumed.worker_start_seconds,
        target,
        most: 64,
    };
    println!("Workers of {CORES} cores, a burst of ten times the jobs for 10 minutes in 2 hours:");
    println!(
        "{:>12} {:>7} {:>10} {:>10} {:>12} {:>6}",
        "a month", "target", "wait p50", "p99", "hours", "used"
    );
    for monthly in [1e3, 1e5, 1e7] {
        for target in TARGETS {
            let fleet = simulate(&load(monthly, target));
            println!(
                "{monthly:>12} {target:>7} {:>8.0} s {:>8.0} s {:>12.1} {:>5.0}%",
                fleet.wait_p50,
                fleet.wait_p99,
                fleet.task_hours,
                fleet.used * 100.0,
            );
        }
    }
    let target = find_target(&load(1e5, 1));
    println!("\nThe target for 100,000 a month, with p99 within {PATIENCE} s: {target}\n");

    println!("US dollars, prices as of {}, target {target}, without free tiers:", prices.as_of);
    for monthly in [1e3, 1e5, 1e7] {
        let bill = bill(&prices, monthly, &counted, &minute, &simulate(&load(monthly, target)));
        println!("\n{monthly} generations a month");
        for (service, dollars) in &bill.0 {
            println!("{service:>12} {dollars:>12.2}");
        }
        let total = bill.total();
        println!("{:>12} {total:>12.2}   {:.2} for 1,000", "together", total / monthly * 1e3);
    }
}
