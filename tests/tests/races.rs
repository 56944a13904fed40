//! People and workers at once, over the embedded stack: whatever comes first, each job has one end
//! and one price. The rules of the simulation are checked after every write.

use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

use futures::{StreamExt, future::join_all, stream};
use jiff::{SignedDuration, Timestamp};
use reqwest::StatusCode;
use reverie::local::{Between, Ports};
use reverie_housekeeper::Housekeeper;
use reverie_store::queue::Message;
use reverie_tests::{
    Client, InProcess, PATIENCE, TestApp, broken::Ahead, gated::GatedEngine, messages,
    sim::WatchedTables,
};
use serde_json::{Value, json};
use tokio::{task::JoinSet, time::sleep};
use tokio_util::sync::CancellationToken;

/// How often each race is run.
const ROUNDS: u64 = 10;
/// How many rounds run at a time, and how many jobs a worker takes.
const AT_ONCE: usize = 8;

/// When people do something about a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Moment {
    /// No worker is there yet.
    Queued,
    /// As soon as it is submitted: workers claim it meanwhile.
    Claimed,
    /// A worker has it for some time.
    Running,
    /// The model is done: the worker stores the result meanwhile.
    Ending,
    /// It has succeeded.
    Ended,
}

/// What people do about a job.
#[derive(Debug, Clone, Copy)]
enum Deed {
    Cancel,
    Delete,
    Shorten,
}

const DEEDS: [&[Deed]; 4] = [
    &[Deed::Cancel],
    &[Deed::Delete],
    &[Deed::Shorten],
    &[Deed::Shorten, Deed::Cancel, Deed::Delete, Deed::Cancel, Deed::Delete],
];

/// What is tried, and how often it was tried before.
#[derive(Debug, Clone, Copy)]
struct Race {
    moment: Moment,
    deeds: &'static [Deed],
    round: u64,
}

/// So many rounds of everything that people do, at that moment.
fn races(moment: Moment, rounds: u64) -> impl Iterator<Item = Race> {
    let of = move |round| DEEDS.into_iter().map(move |deeds| Race { moment, deeds, round });
    (0..rounds).flat_map(of)
}

/// A deployment whose writes are watched, with workers of its own.
struct World {
    app: TestApp<InProcess>,
    tables: WatchedTables,
    ports: Ports,
    engine: Arc<GatedEngine>,
    stop: CancellationToken,
    workers: JoinSet<()>,
}

impl World {
    async fn start() -> Self {
        let watched = Arc::new(OnceLock::new());
        let watch = watched.clone();
        let between = Between(Arc::new(move |_, mut ports: Ports| {
            let tables = watch.get_or_init(|| WatchedTables::new(ports.tables.clone()));
            ports.tables = Arc::new(tables.clone());
            ports
        }));
        let app = TestApp::<InProcess>::start_with(|config| {
            config.worker = false;
            config.between = Some(between);
        })
        .await;
        let tables = watched.get().expect("functions with tables").clone();
        let ports = Ports { tables: Arc::new(tables.clone()), ..app.local().ports().clone() };
        let (engine, stop) = (GatedEngine::new(), CancellationToken::new());
        Self { app, tables, ports, engine, stop, workers: JoinSet::new() }
    }

    /// Two workers, each for many jobs.
    fn work(&mut self) {
        for _ in 0..2 {
            let worker = self.engine.worker(&self.ports, AT_ONCE);
            let stop = self.stop.clone();
            self.workers.spawn(async move { worker.run(stop).await });
        }
    }

    /// A job of this guest, at that moment, and what the guest does about it.
    async fn race(&self, person: Client, race: Race) -> (Client, Value) {
        let Race { moment, deeds, round } = race;
        let prompt = format!("{race:?}");
        let job = person.submit(&prompt).await;
        let act = || join_all(deeds.iter().map(|deed| act(&person, &job, *deed)));
        match moment {
            Moment::Queued | Moment::Claimed => drop(act().await),
            Moment::Running => {
                person.until(&job, |now| now["status"] == "running").await;
                act().await;
            }
            Moment::Ending => {
                person.until(&job, |now| now["status"] == "running").await;
                self.engine.release(&prompt);
                // Each round a little later.
                sleep(Duration::from_millis(2 * round)).await;
                act().await;
            }
            Moment::Ended => {
                self.engine.release(&prompt);
                person.finished(&job).await;
                act().await;
            }
        }
        self.engine.release(&prompt);
        (person, job)
    }

    /// Stops the workers once every message is gone, purges what is to be purged soon, and checks
    /// that nothing is left over and nothing is missing.
    async fn rest(mut self) {
        until_no_messages(&self.app).await;
        self.stop.cancel();
        while let Some(ended) = self.workers.join_next().await {
            ended.expect("a worker that ends");
        }
        let housekeeper = Housekeeper {
            tables: self.ports.tables.clone(),
            objects: self.ports.objects.clone(),
            queue: self.ports.queue.clone(),
            clock: Arc::new(Ahead(self.ports.clock.clone())),
            post: None,
        };
        let swept = housekeeper.sweep().await;
        assert_eq!(swept.failed, 0, "{swept:?}");
        let objects = self.ports.objects.list("").await.expect("all objects");
        self.tables.at_rest(&objects).expect("the rules");
        self.app.stop().await;
    }
}

async fn until_no_messages(app: &TestApp<InProcess>) {
    let gone = tokio::time::timeout(PATIENCE, async {
        while messages(app.local().stack()).await.expect("a number") > 0 {
            sleep(Duration::from_millis(50)).await;
        }
    });
    gone.await.expect("every message gets deleted");
}

async fn act(person: &Client, job: &Value, deed: Deed) {
    let path = format!("/v1/generations/{}", job["id"].as_str().expect("an id"));
    let answer = match deed {
        Deed::Cancel => person.post(&format!("{path}/cancel"), Value::Null).await,
        Deed::Delete => person.delete(&path).await,
        Deed::Shorten => {
            let end = Timestamp::now() + SignedDuration::from_hours(1);
            person.patch(&path, json!({"expires_at": end.to_string()})).await
        }
    };
    // Done, done before, gone, or too late.
    let heard = answer.status.as_u16();
    assert!(matches!(heard, 200 | 202 | 204 | 404 | 409), "{deed:?} heard {heard}: {answer:?}");
}

/// The job has one end, and its price was spent or given back accordingly.
async fn settled(person: &Client, job: &Value) {
    let path = format!("/v1/generations/{}", job["id"].as_str().expect("an id"));
    let shown = person.get(&path).await;
    let end = match shown.status {
        StatusCode::NOT_FOUND => None,
        _ => Some(person.finished(job).await),
    };
    let entries = person.transactions().await;
    let of_job: Vec<_> = entries
        .iter()
        .filter(|entry| entry["generation"] == job["id"])
        .map(|entry| entry["kind"].as_str().expect("a kind"))
        .collect();
    let resolved = match end.as_ref().and_then(|end| end["status"].as_str()) {
        Some("succeeded") => vec!["capture"],
        Some("canceled") => vec!["release"],
        None => vec!["capture", "release"],
        Some(_) => panic!("{end:#?}"),
    };
    assert!(
        of_job.len() == 2 && of_job[0] == "hold" && resolved.contains(&of_job[1]),
        "{entries:#?}"
    );
    let sum: i64 = entries.iter().map(|entry| entry["amount"].as_i64().expect("a number")).sum();
    let credits = person.credits().await;
    assert_eq!((credits["held"].as_u64(), credits["available"].as_i64()), (Some(0), Some(sum)));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_people_do_about_a_job_may_race_with_everything() {
    let mut world = World::start().await;
    let mut jobs = Vec::new();
    for race in races(Moment::Queued, 1) {
        jobs.push(world.race(world.app.guest().await, race).await);
    }
    world.work();
    let races = races(Moment::Claimed, ROUNDS)
        .chain(races(Moment::Running, 2))
        .chain(races(Moment::Ending, ROUNDS))
        .chain(races(Moment::Ended, 2));
    // Guests are made one after the other: from one address there may not be many at once.
    let raced = stream::iter(races)
        .then(async |race| (world.app.guest().await, race))
        .map(|(person, race)| world.race(person, race));
    jobs.extend(raced.buffer_unordered(AT_ONCE).collect::<Vec<_>>().await);
    for (person, job) in &jobs {
        settled(person, job).await;
    }
    world.rest().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_comes_five_times_is_one_run_and_one_charge() {
    let mut world = World::start().await;
    let person = world.app.guest().await;
    let me = person.get("/v1/me").await.expect(StatusCode::OK);
    let job = person.submit("five times").await;
    let id = |value: &Value| value["id"].as_str().expect("an id").to_owned();
    let message = Message::GenerationQueued {
        account: id(&me).parse().expect("an account"),
        generation: id(&job).parse().expect("a generation"),
    };
    for _ in 0..3 {
        world.ports.queue.send(&message).await.expect("a copy");
    }
    world.work();
    person.until(&job, |now| now["status"] == "running").await;
    // Those that came while it runs are gone before it ends; one more comes afterwards.
    world.engine.release("five times");
    assert_eq!(person.finished(&job).await["status"], "succeeded");
    world.ports.queue.send(&message).await.expect("the fifth");
    until_no_messages(&world.app).await;
    assert_eq!(world.engine.runs(), 1);
    settled(&person, &job).await;
    world.rest().await;
}
