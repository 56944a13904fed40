//! What goes wrong between a process and the services.

use std::{
    fmt::Write as _,
    future::{Future, pending},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
    time::Duration,
};

use reverie_domain::random;
use reverie_store::tables::StoreError;
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

use crate::tap::{Call, Tap};

/// How a history is troubled.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    /// Of 1,000 calls, how many go wrong while the trouble lasts.
    pub per_mille: u64,
    /// How many faults there are at most; to find the fewest that break something.
    pub budget: u32,
    /// Whether a trace is kept.
    pub trace: bool,
}

impl Plan {
    /// One call of twelve goes wrong, or of fifty, without end and without a trace.
    pub const USUAL: Self = Self { per_mille: 80, budget: u32::MAX, trace: false };
}

/// Of 1,000 processes, how many have a slow network.
const SLOW: u64 = 100;

/// The source of all faults of a history.
pub(super) struct Faults {
    plan: Plan,
    /// Whether calls go wrong four times less often, and for longer: what takes many calls gets further.
    mild: bool,
    calm: AtomicBool,
    made: AtomicU32,
    calls: AtomicU32,
    start: Instant,
    trace: Mutex<String>,
}

/// One thing that goes wrong with a call.
#[derive(Debug, Clone, Copy)]
enum Fault {
    /// Refused; nothing happened.
    Refuse,
    /// It happened, but the answer is lost.
    Lose,
    /// It happens later.
    Delay(Duration),
    /// It happened, but the answer takes its time.
    Late(Duration),
    /// The caller hears of a failure, and it happens later all the same.
    Ghost(Duration),
    /// Nothing happens and nobody answers for minutes.
    Hang,
    /// The process dies before the call.
    DieBefore,
    /// The process dies after the call.
    DieAfter,
}

impl Faults {
    pub(super) fn new(plan: Plan) -> Arc<Self> {
        Arc::new(Self {
            plan,
            mild: random::number().is_multiple_of(3),
            calm: AtomicBool::new(false),
            made: AtomicU32::new(0),
            calls: AtomicU32::new(0),
            start: Instant::now(),
            trace: Mutex::default(),
        })
    }

    /// From now on everything works.
    pub(super) fn end(&self) {
        self.calm.store(true, Ordering::SeqCst);
    }

    /// From now on things go wrong again.
    pub(super) fn resume(&self) {
        self.calm.store(false, Ordering::SeqCst);
    }

    pub(super) fn ended(&self) -> bool {
        self.calm.load(Ordering::SeqCst)
    }

    /// How long the trouble may last once people have done what they wanted.
    pub(super) fn lasts(&self) -> Duration {
        let most = if self.mild { 1_800 } else { 600 };
        Duration::from_secs(random::number() % most)
    }

    /// How many faults there were, in how many calls.
    pub(super) fn counts(&self) -> (u32, u32) {
        (self.made.load(Ordering::SeqCst), self.calls.load(Ordering::SeqCst))
    }

    pub(super) fn note(&self, line: impl FnOnce() -> String) {
        if self.plan.trace {
            let at = self.start.elapsed().as_secs_f64();
            let mut trace = self.trace.lock().unwrap_or_else(PoisonError::into_inner);
            // Writing to a string does not fail.
            let _ = writeln!(trace, "{at:>10.3} {}", line());
        }
    }

    pub(super) fn trace(&self) -> String {
        self.trace.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Whether something with this probability goes wrong now.
    pub(super) fn strikes(&self, per_mille: u64) -> bool {
        let struck = random::number() % 1_000 < per_mille && !self.ended();
        struck && self.made.fetch_add(1, Ordering::SeqCst) < self.plan.budget
    }

    fn draw(&self) -> Option<Fault> {
        self.calls.fetch_add(1, Ordering::SeqCst);
        let (kind, length) = (random::number() % 20, random::number());
        let seconds = |most: u64| Duration::from_millis(length % (most * 1_000));
        if !self.strikes(self.plan.per_mille / if self.mild { 4 } else { 1 }) {
            return None;
        }
        Some(match kind {
            0..4 => Fault::Refuse,
            4..8 => Fault::Lose,
            8..11 => Fault::Delay(seconds(8)),
            11..13 => Fault::Late(seconds(8)),
            13..15 => Fault::Ghost(seconds(50)),
            15 => Fault::Hang,
            16..18 => Fault::DieBefore,
            _ => Fault::DieAfter,
        })
    }
}

/// A process that may die at any call. What it had under way is dropped by whoever runs it.
#[derive(Clone)]
pub(super) struct Process {
    pub(super) name: Arc<str>,
    pub(super) faults: Arc<Faults>,
    /// Whether its network is slow while the trouble lasts.
    slow: bool,
    dead: CancellationToken,
}

impl Process {
    pub(super) fn new(name: impl Into<Arc<str>>, faults: Arc<Faults>) -> Self {
        let slow = faults.strikes(SLOW);
        Self { name: name.into(), faults, slow, dead: CancellationToken::new() }
    }

    /// Runs `life` until its end or the process's death; `None` for the latter.
    pub(super) async fn run<T>(&self, life: impl Future<Output = T>) -> Option<T> {
        tokio::select! {
            biased;
            () = self.dead.cancelled() => None,
            done = life => Some(done),
        }
    }

    /// One way: every call takes a moment, in which others get their turn.
    fn network(&self) -> Duration {
        let most = if self.slow && !self.faults.ended() { 600 } else { 12 };
        Duration::from_millis(random::number() % most)
    }

    async fn die<T>(&self) -> T {
        self.dead.cancel();
        pending().await
    }
}

impl Tap for Process {
    /// A call to a service, with whatever goes wrong on the way.
    async fn pass<V, E>(
        &self,
        call: Call,
        made: impl Future<Output = Result<V, E>> + Send + 'static,
    ) -> Result<V, E>
    where
        V: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        if self.dead.is_cancelled() {
            pending::<()>().await;
        }
        let (there, back) = (self.network(), self.network());
        let made = async move {
            sleep(there).await;
            let answer = made.await;
            sleep(back).await;
            answer
        };
        let fault = self.faults.draw();
        self.faults.note(|| match fault {
            None => format!("{} {}", self.name, call.what),
            Some(fault) => format!("{} {} !! {fault:?}", self.name, call.what),
        });
        match fault {
            None => made.await,
            Some(Fault::Refuse) => Err(unavailable()),
            Some(Fault::Lose) => made.await.and_then(|_| Err(unavailable())),
            Some(Fault::Delay(time)) => {
                sleep(time).await;
                made.await
            }
            Some(Fault::Late(time)) => {
                let answer = made.await;
                sleep(time).await;
                answer
            }
            Some(Fault::Ghost(time)) => {
                tokio::spawn(async move {
                    sleep(time).await;
                    drop(made.await);
                });
                Err(unavailable())
            }
            Some(Fault::Hang) => {
                sleep(Duration::from_secs(300)).await;
                Err(unavailable())
            }
            Some(Fault::DieBefore) => self.die().await,
            Some(Fault::DieAfter) => {
                drop(made.await);
                self.die().await
            }
        }
    }
}

fn unavailable<E: From<StoreError>>() -> E {
    StoreError::Unavailable { service: "simulation", reason: "a fault".to_owned() }.into()
}
