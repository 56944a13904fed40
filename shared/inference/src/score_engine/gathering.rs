//! When many jobs decode at the same time, they wait for each other, and one of them computes a step for several.
//!
//! A run of several rows costs the same however many it has, and as much as three of one row. So it is worth
//! waiting only when there are enough jobs to fill one for every core; otherwise nobody waits.

use std::collections::HashMap;
use std::fmt;
use std::num::NonZero;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

use tract_onnx::prelude::{TractError, TractResult};

/// Where steps `S` are handed in, each of which gives a `T`.
pub(super) struct Gathering<S, T> {
    desk: Mutex<Desk<S, T>>,
    changed: Condvar,
    cores: usize,
    /// Steps of one run.
    most: usize,
}

struct Desk<S, T> {
    /// Jobs that decode; each hands in a step soon, or leaves.
    decoding: usize,
    waiting: Vec<(Ticket, S)>,
    /// What a step gave; the step itself if its run failed.
    done: HashMap<Ticket, Result<T, S>>,
    next: Ticket,
}

/// Of a job; it has one step at a time.
type Ticket = u64;

/// A job while it decodes.
pub(super) struct Decoding<'g, S, T> {
    gathering: &'g Gathering<S, T>,
    ticket: Ticket,
}

impl<S, T> fmt::Debug for Gathering<S, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gathering").field("cores", &self.cores).finish_non_exhaustive()
    }
}

impl<S, T> Gathering<S, T> {
    /// For the cores of this machine, and runs of up to `most` steps.
    pub(super) fn new(most: usize) -> Self {
        Self::on(thread::available_parallelism().map_or(1, NonZero::get), most)
    }

    fn on(cores: usize, most: usize) -> Self {
        let desk = Desk { decoding: 0, waiting: Vec::new(), done: HashMap::new(), next: 0 };
        Self { desk: Mutex::new(desk), changed: Condvar::new(), cores, most }
    }

    pub(super) fn join(&self) -> Decoding<'_, S, T> {
        let mut desk = self.desk();
        desk.decoding += 1;
        desk.next += 1;
        Decoding { gathering: self, ticket: desk.next }
    }

    fn desk(&self) -> MutexGuard<'_, Desk<S, T>> {
        self.desk.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The steps that are worth a run now.
    fn ready(&self, desk: &mut Desk<S, T>) -> Vec<(Ticket, S)> {
        let crowd = desk.decoding >= self.most * self.cores;
        let wanted = if crowd { self.most } else { 1 };
        if desk.waiting.len() < wanted {
            return Vec::new();
        }
        desk.waiting.drain(..wanted).collect()
    }

    /// Tells the owners of these steps what they gave; of a run that failed they get them back.
    fn tell(&self, tickets: &[Ticket], steps: Vec<S>, given: Option<Vec<T>>) {
        let told: Vec<Result<T, S>> = match given.filter(|given| given.len() == steps.len()) {
            Some(given) => {
                // The caches are their owners' again before they are told.
                drop(steps);
                given.into_iter().map(Ok).collect()
            }
            None => steps.into_iter().map(Err).collect(),
        };
        self.desk().done.extend(tickets.iter().copied().zip(told));
        self.changed.notify_all();
    }
}

impl<S, T> Decoding<'_, S, T> {
    /// Hands in a step and waits for what it gives. `run` computes the steps of several jobs, if it is
    /// this one's turn. If that fails each job computes its own alone: so only the one whose step it is
    /// fails.
    pub(super) fn step(
        &self,
        step: S,
        mut run: impl FnMut(&[S]) -> TractResult<Vec<T>>,
    ) -> TractResult<T> {
        let gathering = self.gathering;
        let mut desk = gathering.desk();
        desk.waiting.push((self.ticket, step));
        loop {
            match desk.done.remove(&self.ticket) {
                Some(Ok(given)) => return Ok(given),
                Some(Err(step)) => {
                    drop(desk);
                    return run(&[step])?.pop().ok_or_else(|| TractError::msg("no result"));
                }
                None => {}
            }
            let ready = gathering.ready(&mut desk);
            if ready.is_empty() {
                desk = gathering.changed.wait(desk).unwrap_or_else(PoisonError::into_inner);
                continue;
            }
            drop(desk);
            let (tickets, steps): (Vec<Ticket>, Vec<S>) = ready.into_iter().unzip();
            // Whatever goes wrong may be about another job's step.
            let given = catch_unwind(AssertUnwindSafe(|| run(&steps)));
            gathering.tell(&tickets, steps, given.ok().and_then(Result::ok));
            desk = gathering.desk();
        }
    }
}

/// A job that leaves is not waited for, and leaves nothing: it may have panicked.
impl<S, T> Drop for Decoding<'_, S, T> {
    fn drop(&mut self) {
        let mut desk = self.gathering.desk();
        desk.decoding -= 1;
        desk.waiting.retain(|(ticket, _)| *ticket != self.ticket);
        desk.done.remove(&self.ticket);
        drop(desk);
        self.gathering.changed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    /// Each of `jobs` threads takes `steps` steps; returns how many steps each run had.
    fn runs(gathering: &Gathering<usize, usize>, jobs: usize, steps: usize) -> Vec<usize> {
        let runs = Mutex::new(Vec::new());
        let decoding: Vec<_> = (0..jobs).map(|_| gathering.join()).collect();
        thread::scope(|scope| {
            for (job, decoding) in decoding.into_iter().enumerate() {
                let runs = &runs;
                scope.spawn(move || {
                    // The first one leaves early.
                    for step in 0..if job == 0 { 1 } else { steps } {
                        let given = decoding.step(job * 100 + step, |steps| {
                            runs.lock().expect("runs").push(steps.len());
                            Ok(steps.iter().map(|step| step * 2).collect())
                        });
                        assert_eq!(given.expect("a step"), (job * 100 + step) * 2);
                    }
                });
            }
        });
        runs.into_inner().expect("runs")
    }

    #[test]
    fn jobs_share_runs_when_every_core_has_enough_of_them() {
        let gathering = Gathering::on(1, 4);
        assert_eq!(runs(&gathering, 4, 2), [4, 1, 1, 1], "when one has left, nobody waits");
        assert_eq!(runs(&gathering, 1, 1), [1], "nobody else is waited for");
        let sizes = runs(&gathering, 6, 50);
        assert!(sizes.iter().all(|size| matches!(size, 1 | 4)), "{sizes:?}");
        assert_eq!(sizes.iter().sum::<usize>(), 1 + 5 * 50);
        for (cores, jobs) in [(2, 2), (2, 7)] {
            let alone = runs(&Gathering::on(cores, 4), jobs, 50);
            assert!(alone.iter().all(|size| *size == 1), "{jobs} jobs on {cores}: {alone:?}");
        }
    }

    #[test]
    fn of_a_run_that_fails_or_panics_only_the_guilty_step_fails() {
        for panics in [false, true] {
            let gathering: Gathering<usize, usize> = Gathering::on(1, 2);
            let decoding = [gathering.join(), gathering.join()];
            let run = |steps: &[usize]| match steps.contains(&13) {
                true if panics => panic!("as the test wants"),
                true => Err(TractError::msg("as the test wants")),
                false => Ok(steps.to_vec()),
            };
            let given = thread::scope(|scope| {
                let jobs = decoding.into_iter().zip([13, 7]).map(|(decoding, step)| {
                    scope.spawn(move || {
                        let step = || decoding.step(step, run).ok();
                        catch_unwind(AssertUnwindSafe(step)).unwrap_or(None)
                    })
                });
                let jobs: Vec<_> = jobs.collect();
                jobs.into_iter().map(|job| job.join().expect("a thread")).collect::<Vec<_>>()
            });
            assert!(given[0].is_none());
            assert_eq!(given[1], Some(7), "panics: {panics}");
            let desk = gathering.desk();
            assert!(desk.waiting.is_empty() && desk.done.is_empty() && desk.decoding == 0);
        }
    }
}
