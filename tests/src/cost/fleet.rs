//! The queue, the scaling policy of `infra/worker.yaml` and the workers, simulated event by event.
//!
//! Jobs come at random (Poisson), ten times as many for ten minutes in every two hours. Each minute
//! the housekeeper publishes the workers wanted; the policy looks at the most of the last ten
//! minutes. A worker takes a while to start, and one that works is not stopped.

use std::collections::VecDeque;

use rand_chacha::{
    ChaCha8Rng,
    rand_core::{Rng, SeedableRng},
};

/// What is simulated.
#[derive(Debug, Clone, Copy)]
pub struct Load {
    /// Generations in 30 days.
    pub monthly: f64,
    /// Seconds that one takes a core, on average. Half of it is fixed, half is exponential.
    pub core_seconds: f64,
    /// Cores of a worker: jobs that it does at once.
    pub cores: usize,
    /// Seconds from the wish for a worker to its first job.
    pub start_seconds: f64,
    /// Jobs that each worker is to have before it: `BacklogPerWorker`.
    pub target: usize,
    /// The most workers: `MaxWorkers`.
    pub most: usize,
}

/// What came out, for a month.
#[derive(Debug, Clone, Copy)]
pub struct Fleet {
    /// Cores of a worker.
    pub cores: f64,
    /// Seconds that half of the jobs waited at most.
    pub wait_p50: f64,
    /// Seconds that 99 of 100 jobs waited at most.
    pub wait_p99: f64,
    /// Hours of tasks in a month.
    pub task_hours: f64,
    /// Part of the cores' time that was worked.
    pub used: f64,
    /// Jobs that were simulated.
    pub jobs: usize,
}

/// One in every so many seconds has a burst.
const CYCLE: f64 = 7200.0;
/// How long a burst lasts.
const BURST: f64 = 600.0;
/// How many times as many jobs come in it.
const TIMES: f64 = 10.0;
/// The alarm's period, in minutes.
const LOOK_BACK: usize = 10;
/// From a metric's publication to the policy's action.
const REACTION: f64 = 30.0;
/// At most so many jobs are simulated, over at least two cycles.
const MOST_JOBS: f64 = 200_000.0;
/// The steps of the policy.
const STEPS: [usize; 13] = [0, 1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64];

struct Worker {
    ready_at: f64,
    since: f64,
    /// When each of its cores is free.
    free_at: Vec<f64>,
}

impl Worker {
    fn is_idle(&self, now: f64) -> bool {
        self.free_at.iter().all(|at| *at <= now)
    }
}

struct Dice(ChaCha8Rng);

impl Dice {
    /// Uniform in (0, 1].
    fn uniform(&mut self) -> f64 {
        (f64::from(self.0.next_u32()) + 1.0) / (f64::from(u32::MAX) + 1.0)
    }

    fn exponential(&mut self, mean: f64) -> f64 {
        -mean * self.uniform().ln()
    }
}

/// Simulates a load; the same one always comes out the same.
#[must_use]
pub fn simulate(load: &Load) -> Fleet {
    let per_second = load.monthly / (30.0 * 86_400.0);
    let span = (MOST_JOBS / per_second).clamp(2.0 * CYCLE, 30.0 * 86_400.0);
    let mut dice = Dice(ChaCha8Rng::seed_from_u64(1));
    let mut arrivals = arrivals(&mut dice, per_second, span);
    let mut waiting: VecDeque<f64> = VecDeque::new();
    let mut workers: Vec<Worker> = Vec::new();
    let mut orders: VecDeque<(f64, usize)> = VecDeque::new();
    let mut wanted: VecDeque<usize> = VecDeque::new();
    let (mut waits, mut worked, mut task_seconds) = (Vec::new(), 0.0, 0.0);
    let mut now = 0.0;
    let mut next_minute = 0.0;
    while now < span || !waiting.is_empty() {
        let arrival = arrivals.front().copied().unwrap_or(f64::INFINITY);
        let order = orders.front().map_or(f64::INFINITY, |(at, _)| *at);
        let free = next_free(&workers, now, !waiting.is_empty());
        now = arrival.min(order).min(next_minute).min(free);
        if now == arrival {
            arrivals.pop_front();
            waiting.push_back(now);
        }
        if now == next_minute {
            next_minute += 60.0;
            let busy: usize =
                workers.iter().flat_map(|w| &w.free_at).filter(|at| **at > now).count();
            wanted.push_back((waiting.len() + busy).div_ceil(load.target));
            if wanted.len() > LOOK_BACK {
                wanted.pop_front();
            }
            let most = wanted.iter().max().copied().unwrap_or_default();
            let step = STEPS.iter().find(|step| **step >= most).copied();
            orders.push_back((now + REACTION, step.unwrap_or(64).min(load.most)));
        }
        if now == order
            && let Some((_, count)) = orders.pop_front()
        {
            task_seconds += scale(&mut workers, now, count, load);
        }
        for worker in workers.iter_mut().filter(|worker| worker.ready_at <= now) {
            for free_at in worker.free_at.iter_mut().filter(|at| **at <= now) {
                let Some(came) = waiting.pop_front() else { break };
                let takes = load.core_seconds / 2.0 + dice.exponential(load.core_seconds / 2.0);
                waits.push(now - came);
                worked += takes;
                *free_at = now + takes;
            }
        }
    }
    task_seconds += workers.iter().map(|worker| now - worker.since).sum::<f64>();
    waits.sort_by(f64::total_cmp);
    let at = |part: f64| waits.get((waits.len() as f64 * part) as usize).copied().unwrap_or(0.0);
    let cores = load.cores as f64;
    Fleet {
        cores,
        wait_p50: at(0.5),
        wait_p99: at(0.99),
        task_hours: task_seconds / 3600.0 * (30.0 * 86_400.0 / now),
        used: worked / (task_seconds * cores).max(1.0),
        jobs: waits.len(),
    }
}

/// When jobs come: the average is `per_second`, with bursts.
fn arrivals(dice: &mut Dice, per_second: f64, span: f64) -> VecDeque<f64> {
    let quiet = per_second * CYCLE / (CYCLE - BURST + TIMES * BURST);
    let mut times = VecDeque::new();
    let mut at = 0.0;
    // Thinned from the busiest rate.
    while at < span {
        at += dice.exponential(1.0 / (quiet * TIMES));
        let bursts = at % CYCLE >= CYCLE - BURST;
        if bursts || dice.uniform() <= 1.0 / TIMES {
            times.push_back(at);
        }
    }
    times
}

/// When the next core can take a job that waits.
fn next_free(workers: &[Worker], now: f64, waits: bool) -> f64 {
    if !waits {
        return f64::INFINITY;
    }
    let free = workers
        .iter()
        .flat_map(|worker| worker.free_at.iter().map(move |at| at.max(worker.ready_at)));
    free.filter(|at| *at > now).fold(f64::INFINITY, f64::min)
}

/// Starts workers, or stops idle ones; the seconds that the stopped ones were there.
fn scale(workers: &mut Vec<Worker>, now: f64, count: usize, load: &Load) -> f64 {
    while workers.len() < count {
        let ready_at = now + load.start_seconds;
        workers.push(Worker { ready_at, since: now, free_at: vec![0.0; load.cores] });
    }
    let mut spent = 0.0;
    let mut extra = workers.len() - count;
    workers.retain(|worker| {
        let goes = extra > 0 && worker.is_idle(now);
        if goes {
            extra -= 1;
            spent += now - worker.since;
        }
        !goes
    });
    spent
}

/// The targets that are tried.
pub const TARGETS: [usize; 8] = [1, 2, 3, 4, 6, 8, 12, 16];
/// The longest wait, in seconds, that 99 of 100 jobs may have: a cold start, and patience.
pub const PATIENCE: f64 = 180.0;

/// The smallest target that takes at most a tenth more worker hours than the cheapest that keeps the
/// patience: beyond it, people wait longer for nothing. The smallest one if none keeps it.
#[must_use]
pub fn find_target(load: &Load) -> usize {
    let tried = TARGETS.map(|target| (target, simulate(&Load { target, ..*load })));
    let kept = tried.iter().filter(|(_, fleet)| fleet.wait_p99 <= PATIENCE);
    let least = kept.clone().map(|(_, fleet)| fleet.task_hours).fold(f64::INFINITY, f64::min);
    let found = kept.clone().find(|(_, fleet)| fleet.task_hours <= 1.1 * least);
    found.map_or(TARGETS[0], |(target, _)| *target)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(target: usize) -> Load {
        Load {
            monthly: 100_000.0,
            core_seconds: 20.0,
            cores: 2,
            start_seconds: 75.0,
            target,
            most: 64,
        }
    }

    #[test]
    fn every_job_is_done_and_no_core_works_more_than_its_time() {
        for target in TARGETS {
            let fleet = simulate(&load(target));
            assert!(fleet.jobs > 50_000, "{fleet:?}");
            assert!(fleet.used > 0.0 && fleet.used <= 1.0, "{fleet:?}");
            assert!(fleet.wait_p50 <= fleet.wait_p99, "{fleet:?}");
        }
    }

    #[test]
    fn a_larger_target_waits_longer_and_costs_less() {
        let (small, large) = (simulate(&load(1)), simulate(&load(16)));
        assert!(small.wait_p99 < large.wait_p99, "{small:?} {large:?}");
        assert!(small.task_hours > large.task_hours, "{small:?} {large:?}");
    }

    /// A track of 30 s took 11 s of a core; see the `cost` binary.
    #[test]
    fn the_template_has_the_target_that_is_found() {
        let target = find_target(&Load { core_seconds: 11.0, ..load(1) });
        let template = reverie::template::TEMPLATE;
        let (_, declared) = template.split_once("BacklogPerWorker:").unwrap();
        let (_, default) = declared.split_once("Default: ").unwrap();
        assert_eq!(default.lines().next(), Some(target.to_string().as_str()));
    }

    #[test]
    fn without_jobs_there_is_no_worker() {
        let fleet = simulate(&Load { monthly: 1.0, ..load(4) });
        assert!(fleet.task_hours < 3.0, "{fleet:?}");
    }
}
