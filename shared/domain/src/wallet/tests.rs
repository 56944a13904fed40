//! The wallet against a pure model: random operations, every invariant after every one.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use super::*;

#[derive(Debug, Clone)]
enum Op {
    Grant { amount: u32, days: Option<u8> },
    Purchase { amount: u32 },
    Hold { amount: u32 },
    Capture { nth: usize, percent: u8 },
    Release { nth: usize },
    Wait { hours: u16 },
    Cap { job: Option<u32>, month: Option<u32> },
    Close,
}

fn op() -> impl Strategy<Value = Op> {
    prop_oneof![
        2 => (0..200_u32, prop::option::of(1..40_u8))
            .prop_map(|(amount, days)| Op::Grant { amount, days }),
        1 => (0..100_u32).prop_map(|amount| Op::Purchase { amount }),
        6 => (0..60_u32).prop_map(|amount| Op::Hold { amount }),
        4 => (any::<usize>(), 0..=110_u8)
            .prop_map(|(nth, percent)| Op::Capture { nth, percent }),
        4 => any::<usize>().prop_map(|nth| Op::Release { nth }),
        2 => (1..500_u16).prop_map(|hours| Op::Wait { hours }),
        1 => (prop::option::of(0..80_u32), prop::option::of(0..300_u32))
            .prop_map(|(job, month)| Op::Cap { job, month }),
        1 => Just(Op::Close),
    ]
}

/// What the wallet must amount to, kept as plainly as possible.
struct World {
    now: Timestamp,
    wallet: Wallet,
    entries: Vec<Entry>,
    holds: BTreeMap<GenerationId, Hold>,
    resolutions: BTreeMap<GenerationId, u32>,
    spent: BTreeMap<String, u32>,
}

impl World {
    fn new() -> Self {
        let now = "2026-01-15T12:00:00Z".parse().unwrap();
        Self {
            now,
            wallet: Wallet::new(WalletId::new(), now),
            entries: Vec::new(),
            holds: BTreeMap::new(),
            resolutions: BTreeMap::new(),
            spent: BTreeMap::new(),
        }
    }

    fn write(&mut self, movement: Movement) {
        self.wallet = movement.wallet;
        self.entries.extend(movement.entries);
    }

    fn nth_hold(&self, nth: usize) -> Option<Hold> {
        (!self.holds.is_empty())
            .then(|| self.holds.values().nth(nth % self.holds.len()).unwrap().clone())
    }

    fn apply(&mut self, op: &Op) {
        let before = self.wallet.available(self.now);
        match *op {
            Op::Grant { amount, days } => {
                let end = days.map(|d| self.now + SignedDuration::from_hours(24 * i64::from(d)));
                let grant = self.wallet.grant(self.now, Credits::new(amount), end, "test");
                match grant {
                    Ok(movement) => self.write(movement),
                    Err(error) => assert_eq!(error, WalletError::Closed),
                }
            }
            Op::Purchase { amount } => {
                match self.wallet.purchase(self.now, Credits::new(amount), "test") {
                    Ok(movement) => self.write(movement),
                    Err(error) => assert_eq!(error, WalletError::Closed),
                }
            }
            Op::Hold { amount } => self.hold(Credits::new(amount), before),
            Op::Capture { nth, percent } => self.capture(nth, percent),
            Op::Release { nth } => self.release(nth),
            Op::Wait { hours } => self.now += SignedDuration::from_hours(i64::from(hours)),
            Op::Close => self.wallet.state = WalletState::Closed,
            Op::Cap { job, month } => {
                let [per_job, per_month] = [job, month].map(|cap| cap.map(Credits::new));
                match self.wallet.cap(self.now, Caps { per_job, per_month }) {
                    Ok(movement) => self.write(movement),
                    Err(error) => assert_eq!(error, WalletError::Closed),
                }
            }
        }
    }

    /// What is spent in this month, and what may be.
    fn committed(&self) -> u32 {
        let spent = self.spent.get(&month_of(self.now)).copied().unwrap_or_default();
        spent + self.wallet.held.get()
    }

    fn hold(&mut self, amount: Credits, before: Credits) {
        match self.wallet.hold(self.now, GenerationId::new(), amount, 4) {
            Ok((movement, hold)) => {
                assert_eq!(hold.amount(), amount);
                self.write(movement);
                assert_eq!(self.wallet.available(self.now), before.minus(amount).unwrap());
                self.holds.insert(hold.generation, hold);
                let Caps { per_job, per_month } = self.wallet.caps;
                assert!(per_job.is_none_or(|cap| amount <= cap));
                // Nothing is spent by what costs nothing.
                let fits = |cap: Credits| self.committed() <= cap.get();
                assert!(amount == Credits::ZERO || per_month.is_none_or(fits));
            }
            Err(WalletError::OverJobCap { cap, .. }) => assert!(amount > cap),
            Err(WalletError::OverMonthCap { cap, .. }) => {
                assert!(self.committed() + amount.get() > cap.get());
            }
            Err(WalletError::Insufficient { .. }) => assert!(before < amount),
            Err(WalletError::TooManyActive { active }) => assert_eq!(active, 4),
            Err(error) => assert_eq!(error, WalletError::Closed),
        }
    }

    fn capture(&mut self, nth: usize, percent: u8) {
        let Some(hold) = self.nth_hold(nth) else { return };
        let charged = Credits::new(hold.amount().get() * u32::from(percent) / 100);
        match self.wallet.capture(self.now, &hold, charged) {
            Ok((movement, resolved)) => {
                assert_eq!(resolved.state, HoldState::Captured);
                *self.spent.entry(month_of(self.now)).or_default() += charged.get();
                self.resolve(movement, resolved);
            }
            Err(WalletError::ExceedsHold { .. }) => assert!(charged > hold.amount()),
            Err(error) => {
                assert_eq!(error, WalletError::Resolved);
                assert_ne!(hold.state, HoldState::Open);
            }
        }
    }

    fn release(&mut self, nth: usize) {
        let Some(hold) = self.nth_hold(nth) else { return };
        match self.wallet.release(self.now, &hold, "test") {
            Ok((movement, resolved)) => self.resolve(movement, resolved),
            Err(error) => {
                assert_eq!(error, WalletError::Resolved);
                assert_ne!(hold.state, HoldState::Open);
            }
        }
    }

    fn resolve(&mut self, movement: Movement, hold: Hold) {
        *self.resolutions.entry(hold.generation).or_default() += 1;
        self.holds.insert(hold.generation, hold);
        self.write(movement);
    }

    fn check(&self) {
        let sum: i64 = self.entries.iter().map(|entry| entry.amount).sum();
        let booked = self.wallet.plan.plus(self.wallet.bought).unwrap();
        assert_eq!(sum, booked.signed(), "balance = Σ entries");
        assert!(self.wallet.available(self.now) <= booked);

        let numbers: Vec<u64> = self.entries.iter().map(|entry| entry.number).collect();
        let gapless: Vec<u64> = (1..=self.wallet.version).collect();
        assert_eq!(numbers, gapless, "entries are gapless");

        let mut running = 0;
        for entry in &self.entries {
            running += entry.amount;
            assert_eq!(running, entry.balance_after.signed(), "balance_after of {entry:?}");
        }

        let open = || self.holds.values().filter(|hold| hold.state == HoldState::Open);
        let held: u32 = open().map(|hold| hold.amount().get()).sum();
        assert_eq!(self.wallet.held.get(), held, "held = Σ open holds");
        assert_eq!(self.wallet.active as usize, open().count());
        assert!(self.resolutions.values().all(|times| *times == 1), "resolved once");
    }
}

proptest! {
    #[test]
    fn every_invariant_holds_after_every_operation(ops in prop::collection::vec(op(), 1..60)) {
        let mut world = World::new();
        for op in &ops {
            world.apply(op);
            world.check();
        }
    }
}

fn funded(plan: u32, bought: u32) -> (Wallet, Timestamp) {
    let now: Timestamp = "2026-11-10T00:00:00Z".parse().unwrap();
    let wallet = Wallet::new(WalletId::new(), now);
    let end = now + SignedDuration::from_hours(24);
    let wallet = wallet.grant(now, Credits::new(plan), Some(end), "plan").unwrap().wallet;
    (wallet.purchase(now, Credits::new(bought), "bought").unwrap().wallet, now)
}

#[test]
fn plan_credits_are_spent_first_and_go_back_where_they_came_from() {
    let (wallet, now) = funded(10, 10);
    let (held, hold) = wallet.hold(now, GenerationId::new(), Credits::new(15), 9).unwrap();
    assert_eq!((hold.from_plan, hold.from_bought), (Credits::new(10), Credits::new(5)));
    let (released, _) = held.wallet.release(now, &hold, "canceled").unwrap();
    assert_eq!(released.wallet.plan, Credits::new(10));
    assert_eq!(released.wallet.bought, Credits::new(10));
}

#[test]
fn a_release_into_a_past_period_gives_and_takes() {
    let (wallet, now) = funded(10, 0);
    let (held, hold) = wallet.hold(now, GenerationId::new(), Credits::new(4), 9).unwrap();
    let later = now + SignedDuration::from_hours(48);
    let (released, _) = held.wallet.release(later, &hold, "failed").unwrap();
    let amounts: Vec<i64> = released.entries.iter().map(|entry| entry.amount).collect();
    assert_eq!(amounts, [-6, 4, -4]);
    assert_eq!(released.wallet.available(later), Credits::ZERO);
}

#[test]
fn a_full_capture_changes_nothing_that_is_available() {
    let (wallet, now) = funded(10, 0);
    let (held, hold) = wallet.hold(now, GenerationId::new(), Credits::new(4), 9).unwrap();
    let (captured, _) = held.wallet.capture(now, &hold, Credits::new(4)).unwrap();
    assert_eq!(captured.entries[0].amount, 0);
    assert_eq!(captured.wallet.month_spent, Credits::new(4));
    let again =
        captured.wallet.capture(now, &hold.resolved(HoldState::Captured, now), hold.amount());
    assert_eq!(again.unwrap_err(), WalletError::Resolved);
}

#[test]
fn a_month_begins_anew_and_what_is_held_counts_in_the_month_that_is() {
    let (wallet, now) = funded(0, 100);
    let caps = Caps { per_job: None, per_month: Some(Credits::new(10)) };
    let wallet = wallet.cap(now, caps).unwrap().wallet;
    let (held, hold) = wallet.hold(now, GenerationId::new(), Credits::new(8), 9).unwrap();
    let (needed, left, cap) = (Credits::new(3), Credits::new(2), Credits::new(10));
    let refused = held.wallet.hold(now, GenerationId::new(), needed, 9).unwrap_err();
    assert_eq!(refused, WalletError::OverMonthCap { needed, left, cap });
    let next = "2026-12-01T00:00:00Z".parse().unwrap();
    assert!(held.wallet.check_caps(next, needed).is_err(), "it is charged in December, if at all");
    let (captured, _) = held.wallet.capture(now, &hold, Credits::new(8)).unwrap();
    assert!(captured.wallet.check_caps(now, needed).is_err());
    assert_eq!(captured.wallet.check_caps(next, cap), Ok(()));
}

#[test]
fn a_clock_that_is_behind_does_not_bring_back_the_month_before() {
    let (wallet, now) = funded(0, 100);
    let next = "2026-12-01T00:00:05Z".parse().unwrap();
    let (held, hold) = wallet.hold(now, GenerationId::new(), Credits::new(8), 9).unwrap();
    let (held, late) = held.wallet.hold(now, GenerationId::new(), Credits::new(3), 9).unwrap();
    let (captured, _) = held.wallet.capture(next, &hold, Credits::new(8)).unwrap();
    let (captured, _) = captured.wallet.capture(now, &late, Credits::new(3)).unwrap();
    assert_eq!(captured.wallet.spent_in_month(next), ("2026-12".to_owned(), Credits::new(11)));
}

#[test]
fn a_closed_wallet_has_nothing_and_gets_nothing_back() {
    let (wallet, now) = funded(10, 10);
    let (held, hold) = wallet.hold(now, GenerationId::new(), Credits::new(15), 9).unwrap();
    let closed = held.wallet.close(now).unwrap();
    assert_eq!(closed.wallet.available(now), Credits::ZERO);
    assert_eq!(closed.wallet.close(now), Err(WalletError::Closed));
    let refused = closed.wallet.hold(now, GenerationId::new(), Credits::ZERO, 9);
    assert_eq!(refused.unwrap_err(), WalletError::Closed);
    let (released, _) = closed.wallet.release(now, &hold, "canceled").unwrap();
    assert_eq!(released.wallet.available(now), Credits::ZERO);
    assert_eq!(released.wallet.held, Credits::ZERO);
    let amounts = |movement: &Movement| -> Vec<i64> {
        movement.entries.iter().map(|entry| entry.amount).collect()
    };
    assert_eq!((amounts(&closed), amounts(&released)), (vec![-5], vec![15, -15]));
}
