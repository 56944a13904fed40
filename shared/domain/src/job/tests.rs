//! The job machine under random histories, and the arrows by name.

use jiff::SignedDuration;
use proptest::prelude::*;

use super::*;

fn start() -> Timestamp {
    "2026-11-01T10:00:00Z".parse().unwrap()
}

fn submission() -> Submission {
    Submission {
        id: GenerationId::new(),
        account: AccountId::new(),
        wallet: WalletId::new(),
        kind: Kind::Music,
        model: ModelRef { id: "m".into(), version: "1".into() },
        seed: 1,
        request_hash: String::new(),
        seconds: 30,
        price: Credits::new(5),
        plan: Plan::Free,
        expires_by: None,
    }
}

fn job() -> Job {
    Job::submit(start(), submission())
}

#[test]
fn a_cached_job_is_claimed_and_free_and_cached_only_if_nobody_else_makes_it() {
    let cached = Job::submit_cached(start(), submission());
    assert_eq!((cached.status, cached.epoch, cached.version), (Status::Running, 1, 1));
    assert_eq!((cached.price, cached.cached), (Credits::ZERO, true));
    assert!(cached.claim(later(1)).is_err(), "whoever submits it has it");
    let done = cached.succeed(later(1), 1, Vec::new()).unwrap();
    assert!(done.job.cached);
    assert_eq!(done.resolution, Some(Resolution::Capture(Credits::ZERO)));
    // Whoever submitted it is gone.
    let over = cached.takeover_at();
    assert!(!cached.claim(over).unwrap().cached);
    assert!(!cached.sweep(over).unwrap().job.cached);
    assert!(!cached.hand_back(later(1), 1).unwrap().cached);
}

fn later(secs: i64) -> Timestamp {
    start() + SignedDuration::from_secs(secs)
}

#[derive(Debug, Clone)]
enum Op {
    Claim,
    Heartbeat(u32),
    Succeed(u32),
    Fail(u32),
    HandBack(u32),
    Cancel,
    Delete,
    Shorten(u32),
    Sweep,
    DeadLetter,
    Restart,
    Purged,
    Wait(u32),
}

fn op() -> impl Strategy<Value = Op> {
    prop_oneof![
        4 => Just(Op::Claim),
        2 => (0..4_u32).prop_map(Op::Heartbeat),
        1 => (0..4_u32).prop_map(Op::Succeed),
        1 => (0..4_u32).prop_map(Op::Fail),
        1 => (0..4_u32).prop_map(Op::HandBack),
        1 => Just(Op::Cancel),
        1 => Just(Op::Delete),
        1 => (1..9_000_000_u32).prop_map(Op::Shorten),
        2 => Just(Op::Sweep),
        1 => Just(Op::DeadLetter),
        1 => Just(Op::Restart),
        1 => Just(Op::Purged),
        4 => (1..4_000_u32).prop_map(Op::Wait),
    ]
}

fn plain(job: Job) -> Transition {
    Transition { job, resolution: None }
}

fn apply(job: &Job, now: Timestamp, op: &Op) -> Result<Transition, JobError> {
    let failure = || Failure::retryable("test", "test");
    match *op {
        Op::Claim => job.claim(now).map(plain),
        Op::Heartbeat(back) => job.heartbeat(now, job.epoch.wrapping_sub(back), 0.5).map(plain),
        Op::Succeed(back) => job.succeed(now, job.epoch.wrapping_sub(back), Vec::new()),
        Op::Fail(back) => job.fail(now, job.epoch.wrapping_sub(back), failure()),
        Op::HandBack(back) => job.hand_back(now, job.epoch.wrapping_sub(back)).map(plain),
        Op::Cancel => job.cancel(now),
        Op::Delete => job.delete(now),
        Op::Shorten(secs) => {
            job.shorten(now, now + SignedDuration::from_secs(i64::from(secs))).map(plain)
        }
        Op::Sweep => job.sweep(now),
        Op::DeadLetter => job.dead_letter(now),
        Op::Restart => job.after_restart(now).map(plain),
        Op::Purged => Ok(plain(job.purged(now))),
        Op::Wait(_) => Ok(plain(job.clone())),
    }
}

/// A job as plain as possible: the sweep alone brings it to an end, and to rest.
fn sweep_to_rest(mut job: Job, mut now: Timestamp) -> (Job, u32) {
    let mut resolutions = 0;
    for _ in 0..1000 {
        let Some(due) = job.due_at() else { return (job, resolutions) };
        now = now.max(due);
        job = match job.sweep(now) {
            Ok(transition) => {
                resolutions += u32::from(transition.resolution.is_some());
                transition.job
            }
            Err(_) => job.purged(now),
        };
    }
    panic!("never at rest: {job:?}");
}

proptest! {
    #[test]
    fn every_history_ends_with_one_resolution(ops in prop::collection::vec(op(), 1..60)) {
        let (mut job, mut now, mut resolutions) = (job(), start(), 0);
        for op in &ops {
            if let Op::Wait(secs) = op {
                now += SignedDuration::from_secs(i64::from(*secs));
            }
            let Ok(next) = apply(&job, now, op) else { continue };
            resolutions += u32::from(next.resolution.is_some());
            prop_assert!(next.job.version > job.version || matches!(op, Op::Wait(_)));
            prop_assert!(next.job.epoch >= job.epoch);
            if job.status.is_final() {
                prop_assert_eq!(next.job.status, job.status, "final states never change");
                prop_assert!(next.resolution.is_none());
            }
            if let (Some(before), Some(end)) = (job.expires_at, next.job.expires_at) {
                prop_assert!(end <= before, "retention is never extended");
            }
            prop_assert_eq!(resolutions == 1, next.job.status.is_final());
            prop_assert!(next.job.status.is_final() || next.job.due_at().is_some());
            job = next.job;
        }
        let (rested, swept) = sweep_to_rest(job, now);
        prop_assert!(rested.status.is_final());
        prop_assert_eq!(resolutions + swept, 1);
        prop_assert!(rested.charged == rested.price || rested.refunded() == rested.price);
    }
}

#[test]
fn a_claim_is_exclusive_until_its_lease_is_well_past() {
    let running = job().claim(later(1)).unwrap();
    assert_eq!(running.claim(later(60)), Err(JobError::Leased));
    assert_eq!(running.claim(later(1 + 90 + 14)), Err(JobError::Leased));
    let taken = running.claim(later(1 + 90 + 15)).unwrap();
    assert_eq!((taken.epoch, taken.lost_leases), (2, 1));
    assert_eq!(taken.heartbeat(later(107), 1, 0.5), Err(JobError::ClaimLost));
    assert_eq!(taken.succeed(later(107), 1, Vec::new()), Err(JobError::ClaimLost));
}

#[test]
fn five_lost_leases_fail_the_job() {
    let (mut job, mut now) = (job(), start());
    for lost in 1..MAX_LOST_LEASES {
        job = job.claim(now).unwrap();
        now = job.takeover_at();
        let swept = job.sweep(now).unwrap();
        assert_eq!((swept.job.status, swept.job.lost_leases), (Status::Queued, lost));
        job = swept.job;
    }
    job = job.claim(now).unwrap();
    let swept = job.sweep(job.takeover_at()).unwrap();
    assert_eq!(swept.job.failure.unwrap().code, "worker_lost");
    assert_eq!(swept.resolution, Some(Resolution::Release("generation failed")));
}

#[test]
fn success_fixes_the_expiry_and_purges_what_lost() {
    let first = job().claim(start()).unwrap().claim(later(200)).unwrap();
    let done = first.succeed(later(201), 2, Vec::new()).unwrap().job;
    assert_eq!(done.expires_at, Some("2026-11-09T00:00:00Z".parse().unwrap()));
    assert_eq!(done.purges[0].scope, PurgeScope::LosingEpochs);
    let asked = Some("2026-11-02T00:00:00Z".parse().unwrap());
    let short = Job { expires_by: asked, ..job().claim(start()).unwrap() };
    assert_eq!(short.succeed(later(2), 1, Vec::new()).unwrap().job.expires_at, asked);
}

#[test]
fn files_that_were_written_before_midnight_end_with_those_of_that_day() {
    let at = |text: &str| text.parse::<Timestamp>().unwrap();
    let claimed = job().claim(at("2026-11-01T23:59:00Z")).unwrap();
    let done = claimed.succeed(at("2026-11-02T00:00:01Z"), 1, Vec::new()).unwrap().job;
    assert_eq!(done.expires_at, Some(at("2026-11-09T00:00:00Z")));
}

#[test]
fn a_job_whose_files_have_ended_before_they_are_made_fails_and_costs_nothing() {
    let short = Job { expires_by: Some(later(60)), ..job().claim(start()).unwrap() };
    let late = short.succeed(later(60), 1, Vec::new()).unwrap();
    assert_eq!(late.resolution, Some(Resolution::Release("generation failed")));
    assert_eq!((late.job.status, late.job.charged), (Status::Failed, Credits::ZERO));
    assert_eq!(late.job.failure.unwrap().code, "expired");
    assert!(!late.job.purges.is_empty(), "what was written is deleted");
}

#[test]
fn resends_back_off() {
    let (mut job, mut now) = (job(), start());
    let mut waits = Vec::new();
    for _ in 0..4 {
        let due = job.due_at().unwrap();
        waits.push(due.duration_since(now).as_secs() / 60);
        now = due;
        job = job.sweep(now).unwrap().job;
    }
    assert_eq!(waits, [1, 5, 10, 20]);
}

#[test]
fn a_deleted_job_is_purged_twice() {
    let deleted = job().claim(start()).unwrap().delete(later(5)).unwrap();
    assert_eq!(deleted.resolution, Some(Resolution::Release("canceled")));
    assert_eq!(deleted.job.due_at(), Some(later(5)));
    let once = deleted.job.purged(later(5));
    assert_eq!(once.due_at(), Some(later(5 + 90 + 15 + 60)));
    assert_eq!(once.purged(later(1000)).due_at(), None);
}
