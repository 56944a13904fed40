use std::{sync::Arc, time::Duration};

use jiff::Timestamp;
use reverie_domain::{export::EXPORTS, job::Status, legal_hold::HOLDS, random};
use tokio::{runtime::Builder, task::JoinSet, time::sleep};

use super::{
    embedded::Embedded,
    faults::{Faults, Plan},
    machines::World,
    memory::Memory,
    mutants::Mutant,
    operators::Operator,
    people::Person,
    rules::{self, Counts, Rest},
    services::Services,
    time::SimClock,
    years,
};

/// How long everything may take to come to rest once the faults have ended: deadlines pass after
/// six hours, and the last purge a little later.
const REST_MINUTES: u32 = 8 * 60;
/// Of so many histories, in one years pass.
const YEARS: u64 = 5;

/// What a history amounted to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Report {
    /// Calls to services.
    pub calls: u32,
    /// Of those, the ones that went wrong; lost and doubled messages too.
    pub faults: u32,
    /// Jobs submitted.
    pub jobs: u32,
    /// Of those, the ones that succeeded.
    pub succeeded: u32,
    /// Of those, the ones answered from the cache.
    pub cached: u32,
    /// Archives that are there at the end.
    pub exports: u32,
    /// Mails that were sent.
    pub mails: u32,
    /// Of those, the ones that came back or were complained about.
    pub returned: u32,
    /// Mailings of news.
    pub news: u32,
    /// Orders of courts.
    pub orders: u32,
    /// Guests that became an account that there was.
    pub joins: u32,
    /// Accounts that ended because nobody used them.
    pub unused: u32,
}

/// How a history ended.
#[derive(Debug)]
pub enum Outcome {
    /// No rule was broken.
    Fine {
        /// What it amounted to.
        report: Report,
        /// What happened, if the plan asked for it.
        trace: String,
    },
    /// A rule was broken.
    Broken {
        /// Which.
        rule: String,
        /// How many faults it took.
        faults: u32,
        /// What happened, if the plan asked for it.
        trace: String,
    },
}

/// Runs the history of a seed on services in memory.
///
/// # Panics
/// If the machine gives no runtime.
#[must_use]
pub fn run(seed: u64, plan: Plan, mutant: Option<Mutant>) -> Outcome {
    random::seed(seed);
    let runtime = Builder::new_current_thread().enable_time().start_paused(true).build();
    runtime.expect("a runtime").block_on(async {
        let faults = Faults::new(plan);
        let clock = SimClock::start(Timestamp::constant(1_780_000_000, 0));
        let services = Services::Memory(Arc::new(Memory::new(faults.clone(), mutant)));
        tell(&World::new(faults, services, clock), random::number().is_multiple_of(YEARS)).await
    })
}

/// Runs the history of a seed on the embedded stack. The time is simulated also here, that of SQS
/// included, but threads take turns as they like: a seed has a few histories, nearly the same.
///
/// # Panics
/// If the machine gives no runtime, or the stack does not start.
#[must_use]
pub fn run_embedded(seed: u64, plan: Plan, mutant: Option<Mutant>) -> Outcome {
    random::seed(seed);
    let folder = tempfile::tempdir().expect("a temporary folder");
    let runtime = Builder::new_current_thread().enable_all().start_paused(true).build();
    runtime.expect("a runtime").block_on(async {
        // DynamoDB ends rows by the real time, so theirs must not lie behind it.
        let clock = SimClock::start(Timestamp::now());
        let embedded = Embedded::start(folder.path(), mutant).await;
        let services = Services::Embedded(Arc::new(embedded.expect("the stack starts")));
        tell(&World::new(Faults::new(plan), services, clock), false).await
    })
}

async fn tell(world: &World, long: bool) -> Outcome {
    let lived = live(world, long).await;
    world.end();
    let (faults, calls) = world.faults.counts();
    let trace = world.faults.trace();
    match lived {
        Ok(report) => Outcome::Fine { report: Report { calls, faults, ..report }, trace },
        Err(rule) => Outcome::Broken { rule, faults, trace },
    }
}

/// The history of a seed with as few faults as still break a rule, to be read from its trace.
#[must_use]
pub fn minimal(seed: u64, plan: Plan, mutant: Option<Mutant>) -> Outcome {
    let with = |budget, trace| run(seed, Plan { budget, trace, ..plan }, mutant);
    let Outcome::Broken { faults, .. } = with(u32::MAX, false) else {
        return with(u32::MAX, false);
    };
    let (mut fine, mut broken) = (0, faults);
    while fine < broken {
        let middle = fine.midpoint(broken);
        match with(middle, false) {
            Outcome::Broken { .. } => broken = middle,
            Outcome::Fine { .. } => fine = middle + 1,
        }
    }
    with(broken, true)
}

async fn live(world: &World, long: bool) -> Result<Report, String> {
    let operators = match random::number().is_multiple_of(2) {
        true => Operator::all(world).await,
        false => Vec::new(),
    };
    let mut machines = JoinSet::new();
    for number in 0..2 {
        machines.spawn(world.clone().work(format!("worker {number}")));
    }
    machines.spawn(world.clone().keep_house());
    machines.spawn(world.clone().bury());
    machines.spawn(world.clone().return_mail());
    let (mut people, mut operators) = everybody_lives(world, operators).await?;
    // The trouble lasts a while longer than people have patience.
    sleep(world.faults.lasts()).await;
    world.faults.end();
    world.faults.note(|| "the trouble is over".to_owned());
    rest(world).await?;
    for person in &mut people {
        person.settle().await?;
    }
    for operator in &mut operators {
        operator.settle().await?;
    }
    let mut counts = check(world).await?;
    if let Some(operator) = operators.first_mut().filter(|_| counts.orders > 0) {
        end_orders(world, operator, long).await?;
        rest(world).await?;
        for person in &people {
            person.look_at_receipt().await?;
        }
        counts = check(world).await?;
    }
    let report = count(world, counts)?;
    match long {
        true => {
            years::pass(world, &mut people).await?;
            rest(world).await?;
            let unused = check(world).await?.unused as u32;
            Ok(Report { unused, ..report })
        }
        false => Ok(report),
    }
}

/// Ends all orders, while things go wrong, and what is left when the trouble is over.
async fn end_orders(world: &World, operator: &mut Operator, lapse: bool) -> Result<(), String> {
    world.faults.resume();
    world.faults.note(|| "orders end".to_owned());
    operator.end_orders(lapse).await?;
    sleep(world.faults.lasts()).await;
    world.faults.end();
    match operator.end_orders(lapse).await? {
        true => Ok(()),
        false => Err("an order cannot be released".to_owned()),
    }
}

/// People and operators do what they want.
async fn everybody_lives(
    world: &World,
    operators: Vec<Operator>,
) -> Result<(Vec<Person>, Vec<Operator>), String> {
    let (mut lives, mut work) = (JoinSet::new(), JoinSet::new());
    for number in 0..1 + random::number() % 3 {
        let person = Person::new(world.clone(), format!("person {number}"));
        let deeds = 2 + random::number() % 8;
        // Few deeds: the number is below ten.
        lives.spawn(person.live(deeds as u32));
    }
    for operator in operators {
        let deeds = 3 + random::number() % 6;
        work.spawn(operator.live(deeds as u32));
    }
    let (mut people, mut operators) = (Vec::new(), Vec::new());
    while let Some(lived) = lives.join_next().await {
        people.push(lived.map_err(|error| error.to_string())??);
        keep_rules(world)?;
    }
    while let Some(worked) = work.join_next().await {
        operators.push(worked.map_err(|error| error.to_string())??);
        keep_rules(world)?;
    }
    Ok((people, operators))
}

/// Checks the rules at rest.
async fn check(world: &World) -> Result<Counts, String> {
    keep_rules(world)?;
    let services = &world.services;
    let (archives, copies) = (services.archives(EXPORTS).await?, services.archives(HOLDS).await?);
    let rest = Rest {
        now: world.now(),
        objects: &services.objects().await?,
        archives: &archives,
        copies: &copies,
        unfinished: services.unfinished().await?,
        sent: &services.mailbox().all(),
    };
    let judge = services.judge();
    services.look(|rows| judge.at_rest(rows, &rest))
}

/// Waits until nothing is left to be done.
async fn rest(world: &World) -> Result<(), String> {
    let mut unrest = None;
    for _ in 0..REST_MINUTES {
        keep_rules(world)?;
        let messages = world.services.messages().await? + world.services.mailbox().untold();
        unrest = world.services.look(|rows| rules::unrest(rows, messages));
        if unrest.is_none() {
            return Ok(());
        }
        sleep(Duration::from_secs(60)).await;
    }
    Err(format!("not at rest after {REST_MINUTES} minutes: {}", unrest.unwrap_or_default()))
}

fn keep_rules(world: &World) -> Result<(), String> {
    world.is_sound()?;
    world.services.judge().broken.map_or(Ok(()), Err)
}

/// A history has a few dozens of everything.
fn count(world: &World, counts: Counts) -> Result<Report, String> {
    let jobs = world.services.look(rules::jobs)?;
    let sent = world.services.mailbox().all();
    let succeeded = jobs.iter().filter(|job| job.status == Status::Succeeded).count();
    let cached = jobs.iter().filter(|job| job.cached).count();
    Ok(Report {
        jobs: jobs.len() as u32,
        succeeded: succeeded as u32,
        cached: cached as u32,
        exports: counts.exports as u32,
        mails: sent.len() as u32,
        returned: sent.iter().filter(|one| one.fate.stops()).count() as u32,
        news: world.desk.mailings().len() as u32,
        orders: counts.orders as u32,
        joins: counts.joins as u32,
        ..Report::default()
    })
}
