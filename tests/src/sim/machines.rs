//! What runs by itself: workers that die and come back, the housekeeper, the dead letters.

use std::{
    future::pending,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use jiff::SignedDuration;
use reverie::local::Ports;
use reverie_domain::random;
use reverie_housekeeper::{AuditReport, Housekeeper};
use reverie_worker::{Worker, WorkerConfig};
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

use super::{
    engine::InstantEngine,
    faults::{Faults, Process},
    services::Services,
    time::SimClock,
};
use crate::tap::tapped;

/// How wrong a clock may be, in milliseconds: two machines differ by 20 s at most.
const SKEW_MS: i64 = 10_000;

/// The services, and how a process gets at them.
#[derive(Clone)]
pub(super) struct World {
    pub(super) faults: Arc<Faults>,
    pub(super) services: Services,
    pub(super) engine: Arc<InstantEngine>,
    clock: SimClock,
    over: CancellationToken,
    /// Wallets that the audit found faulty.
    faulty: Arc<AtomicU32>,
}

impl World {
    pub(super) fn new(faults: Arc<Faults>, services: Services, clock: SimClock) -> Self {
        Self {
            faults,
            services,
            engine: InstantEngine::new(),
            clock,
            over: CancellationToken::new(),
            faulty: Arc::default(),
        }
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
        let clock = self.clock.skewed(SignedDuration::from_millis(skew));
        let ports = self.services.ports(&self.faults, clock);
        let ports = tapped(ports, &process);
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

    /// The audit found nothing, whatever moved while it read.
    pub(super) fn books_are_sound(&self) -> Result<(), String> {
        match self.faulty.load(Ordering::Relaxed) {
            0 => Ok(()),
            wallets => Err(format!("the audit found {wallets} faulty wallets")),
        }
    }

    /// The housekeeper's schedule: every minute, in a process of its own.
    pub(super) async fn keep_house(self) {
        loop {
            if self.over.run_until_cancelled(sleep(Duration::from_secs(60))).await.is_none() {
                return;
            }
            let (process, ports) = self.process("housekeeper");
            let minute = async {
                housekeeper(&ports).sweep().await;
                let count = |report: AuditReport| {
                    self.faulty.fetch_add(report.faulty, Ordering::Relaxed);
                };
                // What cannot be read now is read in the next minute.
                let _ = housekeeper(&ports).audit(count).await;
                let _ = housekeeper(&ports).count_usage(|_| {}).await;
            };
            process.run(timeout(Duration::from_secs(300), minute)).await;
        }
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
                    if housekeeper(&ports).dead_letter(message).await.is_ok() {
                        // A letter that is not deleted comes again.
                        let _ = ports.dead_letters.delete(&letter.handle).await;
                    }
                }
            };
            let life = self.over.run_until_cancelled(life);
            process.run(timeout(Duration::from_secs(300), life)).await;
        }
    }
}

fn housekeeper(ports: &Ports) -> Housekeeper {
    Housekeeper {
        tables: ports.tables.clone(),
        objects: ports.objects.clone(),
        queue: ports.queue.clone(),
        clock: ports.clock.clone(),
        // Who plays here has no address.
        post: None,
    }
}
