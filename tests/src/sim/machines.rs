//! What runs by itself: workers that die and come back, the housekeeper, the dead letters, mail that comes
//! back.

mod post;

use std::{
    future::pending,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use jiff::{SignedDuration, Timestamp, civil::Date};
use reverie::local::Ports;
use reverie_api::Settings;
use reverie_domain::{
    clock::Clock,
    credits::Credits,
    policy::{Policies, Policy, PolicyText},
    random,
};
use reverie_housekeeper::{AuditReport, Housekeeper, Post};
use reverie_worker::{Worker, WorkerConfig};
use secrecy::SecretString;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

use super::{
    desk::Desk,
    engine::InstantEngine,
    faults::{Faults, Process},
    operators::OPERATORS,
    services::Services,
    time::SimClock,
};
use crate::tap::{tapped, tapped_mailer};

/// The second one is told to everybody who has an address when a history begins.
const POLICIES: &[PolicyText] = &[
    version("2026-01-01", Date::constant(2026, 1, 1)),
    version("2026-05-01", Date::constant(2026, 5, 1)),
];

const fn version(version: &'static str, effective_on: Date) -> PolicyText {
    let policy = Policy { version, effective_on, significant: true, changes: "Something." };
    PolicyText { policy, text: "" }
}

/// How wrong a clock may be, in milliseconds: two machines differ by 20 s at most.
const SKEW_MS: i64 = 10_000;

/// Of 1,000 minutes, in how many the schedule fires twice.
const TWICE: u64 = 150;

/// The services, and how a process gets at them.
#[derive(Clone)]
pub(super) struct World {
    pub(super) faults: Arc<Faults>,
    pub(super) services: Services,
    pub(super) engine: Arc<InstantEngine>,
    pub(super) settings: Arc<Settings>,
    pub(super) desk: Arc<Desk>,
    clock: SimClock,
    over: CancellationToken,
    /// Wallets that the audit found faulty.
    faulty: Arc<AtomicU32>,
    /// The first thing that a machine saw go wrong.
    mishap: Arc<Mutex<Option<String>>>,
}

impl World {
    pub(super) fn new(faults: Arc<Faults>, services: Services, clock: SimClock) -> Self {
        Self {
            faults,
            services,
            engine: InstantEngine::new(),
            settings: Arc::new(settings()),
            desk: Arc::default(),
            clock,
            over: CancellationToken::new(),
            faulty: Arc::default(),
            mishap: Arc::default(),
        }
    }

    /// The time.
    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// So much time passes at once, in which nobody does anything.
    pub(super) fn pass(&self, time: SignedDuration) {
        self.clock.pass(time);
    }

    /// Ports of somebody to whom nothing happens.
    pub(super) fn untroubled(&self) -> Ports {
        self.services.ports(&self.faults, self.clock.clone().skewed(SignedDuration::ZERO))
    }

    fn mishap(&self, rule: String) {
        let mut first = self.mishap.lock().unwrap_or_else(PoisonError::into_inner);
        first.get_or_insert(rule);
    }

    /// A new process and its ports, with a clock of its own.
    pub(super) fn process(&self, name: &str) -> (Process, Ports) {
        let process = Process::new(name, self.faults.clone());
        let skew = match random::number() % 4 {
            0 => -SKEW_MS,
            1 => SKEW_MS,
            // In range: at most 20,000.
            _ => (random::number() % (2 * SKEW_MS as u64 + 1)) as i64 - SKEW_MS,
        };
        let clock = self.clock.clone().skewed(SignedDuration::from_millis(skew));
        let ports = self.services.ports(&self.faults, clock);
        let mailer = tapped_mailer(ports.mailer.clone(), &process);
        let ports = Ports { mailer, ..tapped(ports, &process) };
        (process, ports)
    }

    /// Stops the machines.
    pub(super) fn end(&self) {
        self.over.cancel();
    }

    /// A worker: when it dies or is told to stop, another one starts after a while.
    pub(super) async fn work(self, name: String) {
        while !self.over.is_cancelled() {
            let (process, ports) = self.process(&name);
            let worker = Worker {
                tables: ports.tables,
                objects: ports.objects,
                queue: ports.queue,
                clock: ports.clock,
                engines: vec![self.engine.clone()],
                config: WorkerConfig { jobs: 2, inline: true, ..WorkerConfig::default() },
            };
            let shutdown = self.over.child_token();
            let terminated = self.terminate(&shutdown);
            let life = async {
                tokio::select! {
                    biased;
                    () = worker.run(shutdown.clone()) => {}
                    () = terminated => {}
                }
            };
            process.run(life).await;
            self.faults.note(|| format!("{name} is gone"));
            sleep(Duration::from_secs(1 + random::number() % 60)).await;
        }
    }

    /// SIGTERM at some time, while the trouble lasts.
    async fn terminate(&self, shutdown: &CancellationToken) {
        sleep(Duration::from_secs(5 + random::number() % 400)).await;
        if !self.faults.ended() {
            self.faults.note(|| "SIGTERM".to_owned());
            shutdown.cancel();
        }
        pending().await
    }

    /// The audit found nothing, whatever moved while it read, and nothing else went wrong.
    pub(super) fn is_sound(&self) -> Result<(), String> {
        if let Some(rule) = &*self.mishap.lock().unwrap_or_else(PoisonError::into_inner) {
            return Err(rule.clone());
        }
        match self.faulty.load(Ordering::Relaxed) {
            0 => Ok(()),
            wallets => Err(format!("the audit found {wallets} faulty wallets")),
        }
    }

    /// The housekeeper's schedule: every minute, and sometimes twice in one.
    pub(super) async fn keep_house(self) {
        loop {
            if self.over.run_until_cancelled(sleep(Duration::from_secs(60))).await.is_none() {
                return;
            }
            if self.faults.strikes(TWICE) {
                self.faults.note(|| "the schedule fires twice".to_owned());
                tokio::join!(self.minute(), self.minute());
            } else {
                self.minute().await;
            }
        }
    }

    /// One minute's turn, in a process of its own.
    async fn minute(&self) {
        let (process, ports) = self.process("housekeeper");
        let minute = async {
            let housekeeper = self.housekeeper(&ports);
            housekeeper.sweep().await;
            let count = |report: AuditReport| {
                self.faulty.fetch_add(report.faulty, Ordering::Relaxed);
            };
            // What cannot be read now is read in the next minute.
            let _ = housekeeper.audit(count).await;
            let _ = housekeeper.count_usage(|_| {}).await;
        };
        process.run(timeout(Duration::from_secs(300), minute)).await;
    }

    /// The dead-letter function.
    pub(super) async fn bury(self) {
        while !self.over.is_cancelled() {
            let (process, ports) = self.process("undertaker");
            let life = async {
                let (wait, hidden) = (Duration::from_secs(20), Duration::from_secs(360));
                let Ok(letters) = ports.dead_letters.receive(10, wait, hidden).await else {
                    sleep(Duration::from_secs(5)).await;
                    return;
                };
                for letter in letters {
                    let Some(message) = &letter.message else { continue };
                    if self.housekeeper(&ports).dead_letter(message).await.is_ok() {
                        // A letter that is not deleted comes again.
                        let _ = ports.dead_letters.delete(&letter.handle).await;
                    }
                }
            };
            let life = self.over.run_until_cancelled(life);
            process.run(timeout(Duration::from_secs(300), life)).await;
        }
    }

    fn housekeeper(&self, ports: &Ports) -> Housekeeper {
        Housekeeper {
            tables: ports.tables.clone(),
            objects: ports.objects.clone(),
            queue: ports.queue.clone(),
            clock: ports.clock.clone(),
            post: Some(Post {
                mailer: ports.mailer.clone(),
                sender: "reverie@reverie.example".to_owned(),
                settings: self.settings.clone(),
            }),
        }
    }
}

fn settings() -> Settings {
    Settings {
        public_origin: "https://reverie.example".to_owned(),
        hash_secret: SecretString::from("simulated"),
        guest_credits: Credits::new(100),
        guests_per_address: 1_000,
        operators: OPERATORS.to_vec(),
        policies: Policies::of(POLICIES).unwrap_or(Policies::SHIPPED),
    }
}
