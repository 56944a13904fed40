use std::{sync::Arc, time::Duration};

use jiff::Timestamp;
use reverie_domain::{job::Status, random};
use tokio::{runtime::Builder, task::JoinSet, time::sleep};

use super::{
    embedded::Embedded,
    faults::{Faults, Plan},
    machines::World,
    memory::Memory,
    mutants::Mutant,
    people::Person,
    rules,
    services::Services,
    time::SimClock,
};

/// How long everything may take to come to rest once the faults have ended: deadlines pass after
/// six hours, and the last purge a little later.
const REST_MINUTES: u32 = 8 * 60;

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
        let services = Services::Memory(Arc::new(Memory::new(faults.clone(), mutant, clock)));
        tell(&World::new(faults, services, clock)).await
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
        let embedded = Embedded::start(folder.path(), mutant, clock).await;
        let services = Services::Embedded(Arc::new(embedded.expect("the stack starts")));
        tell(&World::new(Faults::new(plan), services, clock)).await
    })
}

async fn tell(world: &World) -> Outcome {
    let lived = live(world).await;
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

async fn live(world: &World) -> Result<Report, String> {
    let mut machines = JoinSet::new();
    for number in 0..2 {
        machines.spawn(world.clone().work(format!("worker {number}")));
    }
    machines.spawn(world.clone().keep_house());
    machines.spawn(world.clone().bury());
    let mut lives = JoinSet::new();
    for number in 0..1 + random::number() % 3 {
        let person = Person::new(world.clone(), format!("person {number}"));
        let deeds = 2 + random::number() % 8;
        // Few deeds: the number is below ten.
        lives.spawn(person.live(deeds as u32));
    }
    let mut people = Vec::new();
    while let Some(lived) = lives.join_next().await {
        people.push(lived.map_err(|error| error.to_string())??);
        keep_rules(world)?;
    }
    // The trouble lasts a while longer than people have patience.
    sleep(world.faults.lasts()).await;
    world.faults.end();
    world.faults.note(|| "the trouble is over".to_owned());
    rest(world).await?;
    for person in people {
        person.settle().await?;
    }
    keep_rules(world)?;
    world.books_are_sound()?;
    let objects = world.services.objects().await?;
    world.services.look(|rows| rules::at_rest(rows, &objects))?;
    let (archives, unfinished) =
        (world.services.archives().await?, world.services.unfinished().await?);
    let exports =
        world.services.look(|rows| rules::exports_at_rest(rows, &archives, unfinished))?;
    let (judge, sent) = (world.services.judge(), world.services.mailbox().all());
    world.services.look(|rows| judge.mail_at_rest(rows, &sent))?;
    // A history has a few of them.
    let (exports, mails) = (exports as u32, sent.len() as u32);
    Ok(Report { exports, mails, ..count(world)? })
}

/// Waits until nothing is left to be done.
async fn rest(world: &World) -> Result<(), String> {
    let mut unrest = None;
    for _ in 0..REST_MINUTES {
        keep_rules(world)?;
        let messages = world.services.messages().await?;
        unrest = world.services.look(|rows| rules::unrest(rows, messages));
        if unrest.is_none() {
            return Ok(());
        }
        sleep(Duration::from_secs(60)).await;
    }
    Err(format!("not at rest after {REST_MINUTES} minutes: {}", unrest.unwrap_or_default()))
}

fn keep_rules(world: &World) -> Result<(), String> {
    world.services.judge().broken.map_or(Ok(()), Err)
}

fn count(world: &World) -> Result<Report, String> {
    let jobs = world.services.look(rules::jobs)?;
    let succeeded = jobs.iter().filter(|job| job.status == Status::Succeeded).count();
    // A history has a dozen jobs.
    let cached = jobs.iter().filter(|job| job.cached).count();
    Ok(Report {
        jobs: jobs.len() as u32,
        succeeded: succeeded as u32,
        cached: cached as u32,
        ..Report::default()
    })
}
