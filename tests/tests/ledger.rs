//! The ledger as a state machine against the embedded DynamoDB: random operations, and every
//! invariant after every one. The same rules against a pure model are in `reverie-domain`.

use std::{
    collections::BTreeMap,
    sync::atomic::{AtomicU32, Ordering},
};

use jiff::Timestamp;
use proptest::{prelude::*, test_runner::Config};
use reverie_domain::{
    credits::Credits,
    ids::{GenerationId, WalletId},
    job::Resolution,
    wallet::{Entry, Wallet, WalletError},
};
use reverie_store::{
    ledger::{self, LedgerError},
    tables::Tables,
};
use reverie_tests::{InProcess, TestApp};

#[derive(Debug, Clone)]
enum Op {
    Purchase(u32),
    Hold(u32),
    Capture { nth: usize, percent: u32 },
    Release { nth: usize },
    StaleHold(u32),
    RaceHolds { amount: u32, racers: u32 },
}

fn op() -> impl Strategy<Value = Op> {
    prop_oneof![
        1 => (1..50_u32).prop_map(Op::Purchase),
        4 => (0..60_u32).prop_map(Op::Hold),
        3 => (any::<usize>(), 0..=100_u32)
            .prop_map(|(nth, percent)| Op::Capture { nth, percent }),
        3 => any::<usize>().prop_map(|nth| Op::Release { nth }),
        1 => (1..20_u32).prop_map(Op::StaleHold),
        1 => (1..20_u32, 2..6_u32).prop_map(|(amount, racers)| Op::RaceHolds { amount, racers }),
    ]
}

const ACTIVE_LIMIT: u32 = 12;

struct World<'a> {
    tables: &'a dyn Tables,
    wallet: WalletId,
    stale: Wallet,
    /// What the holds must amount to: the amount while open, `None` once resolved.
    holds: BTreeMap<GenerationId, Option<u32>>,
}

fn now() -> Timestamp {
    Timestamp::now()
}

impl<'a> World<'a> {
    async fn new(tables: &'a dyn Tables) -> Self {
        let allowance = Credits::new(100);
        let wallet = WalletId::new();
        let opened = ledger::open(tables, now(), wallet, allowance, "test", &[]).await.unwrap();
        Self { tables, wallet, stale: opened, holds: BTreeMap::new() }
    }

    async fn read(&self) -> Wallet {
        ledger::wallet(self.tables, self.wallet).await.unwrap()
    }

    async fn apply(&mut self, op: &Op) {
        match *op {
            Op::Purchase(amount) => {
                let (wallet, amount) = (self.read().await, Credits::new(amount));
                let bought = ledger::purchase(self.tables, now(), wallet, amount, "test", &[]);
                bought.await.unwrap();
            }
            Op::Hold(amount) => {
                let wallet = self.read().await;
                self.hold(wallet, amount).await;
            }
            // From a wallet read long ago: the ledger has to recompute from the fresh one.
            Op::StaleHold(amount) => self.hold(self.stale.clone(), amount).await,
            Op::RaceHolds { amount, racers } => self.race(amount, racers).await,
            Op::Capture { nth, percent } => {
                self.resolve(nth, |held| Resolution::Capture(Credits::new(held * percent / 100)))
                    .await;
            }
            Op::Release { nth } => self.resolve(nth, |_| Resolution::Release("test")).await,
        }
    }

    async fn hold(&mut self, wallet: Wallet, amount: u32) {
        let (id, before) = (GenerationId::new(), self.read().await);
        let credits = Credits::new(amount);
        let held = ledger::hold(self.tables, now(), wallet, id, credits, ACTIVE_LIMIT, &[]).await;
        match held {
            Ok(_) => drop(self.holds.insert(id, Some(amount))),
            Err(LedgerError::Wallet(WalletError::Insufficient { .. })) => {
                assert!(before.available(now()) < credits);
            }
            Err(LedgerError::Wallet(WalletError::TooManyActive { .. })) => {
                assert_eq!(before.active, ACTIVE_LIMIT);
            }
            Err(error) => panic!("{error}"),
        }
    }

    async fn race(&mut self, amount: u32, racers: u32) {
        let wallet = self.read().await;
        let tables = self.tables;
        let racing = (0..racers).map(|_| {
            let (id, wallet) = (GenerationId::new(), wallet.clone());
            async move {
                let credits = Credits::new(amount);
                let held = ledger::hold(tables, now(), wallet, id, credits, ACTIVE_LIMIT, &[]);
                (id, held.await.is_ok())
            }
        });
        for (id, won) in futures::future::join_all(racing).await {
            if won {
                self.holds.insert(id, Some(amount));
            }
        }
    }

    async fn resolve(&mut self, nth: usize, resolution: impl Fn(u32) -> Resolution) {
        if self.holds.is_empty() {
            return;
        }
        let (id, held) = {
            let (id, held) = self.holds.iter().nth(nth % self.holds.len()).unwrap();
            (*id, *held)
        };
        let how = resolution(held.unwrap_or(1));
        let resolved = ledger::resolve(self.tables, now(), (self.wallet, id), &how, &[]).await;
        match held {
            Some(_) => drop(resolved.unwrap()),
            None => assert!(
                matches!(resolved, Err(LedgerError::Wallet(WalletError::Resolved))),
                "resolved twice"
            ),
        }
        self.holds.insert(id, None);
    }

    async fn check(&self) {
        let wallet = self.read().await;
        let mut entries = self.entries().await;
        entries.reverse();
        let sum: i64 = entries.iter().map(|entry| entry.amount).sum();
        assert_eq!(sum, wallet.available(now()).signed(), "balance = Σ entries");
        let numbers: Vec<u64> = entries.iter().map(|entry| entry.number).collect();
        assert_eq!(numbers, (1..=wallet.version).collect::<Vec<_>>(), "no gap");
        let mut running = 0;
        for entry in &entries {
            running += entry.amount;
            assert_eq!(running, entry.balance_after.signed());
        }
        let open: Vec<u32> = self.holds.values().flatten().copied().collect();
        assert_eq!(wallet.held.get(), open.iter().sum::<u32>(), "held = Σ open holds");
        assert_eq!(wallet.active as usize, open.len());
        for (id, held) in &self.holds {
            let of = entries.iter().filter(|entry| entry.generation == Some(*id)).count();
            assert_eq!(of, if held.is_some() { 1 } else { 2 }, "one hold, one resolution");
        }
    }

    async fn entries(&self) -> Vec<Entry> {
        let mut all: Vec<Entry> = Vec::new();
        loop {
            let before = all.last().map(|entry| entry.number);
            let page = ledger::entries(self.tables, self.wallet, before, 50).await.unwrap();
            if page.is_empty() {
                return all;
            }
            all.extend(page);
        }
    }
}

#[test]
fn every_invariant_holds_after_every_operation() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let app = runtime.block_on(TestApp::<InProcess>::without_worker());
    let tables = app.local().ports().tables.clone();
    let histories = AtomicU32::new(0);
    let config = Config { cases: 24, failure_persistence: None, ..Config::default() };
    proptest!(config, |(ops in prop::collection::vec(op(), 1..25))| {
        runtime.block_on(async {
            let mut world = World::new(&*tables).await;
            for op in &ops {
                world.apply(op).await;
                world.check().await;
            }
        });
        histories.fetch_add(1, Ordering::Relaxed);
    });
    assert!(histories.into_inner() >= 24);
    runtime.block_on(app.stop());
}
