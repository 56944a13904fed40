//! Whether a wallet's rows explain each other.

use thiserror::Error;

use super::{Entry, Hold, HoldState, Wallet};

/// A wallet's rows do not explain each other: a bug, or somebody wrote past the ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Fault {
    /// An entry is missing or too many.
    #[error("after entry {last} comes {found}")]
    Gap {
        /// The number of the entry before.
        last: u64,
        /// The number found.
        found: u64,
    },
    /// An entry states another balance than the entries up to it add up to.
    #[error("entry {number} states {stated}, the sum is {sum}")]
    Balance {
        /// Its number.
        number: u64,
        /// What it states, in credits.
        stated: i64,
        /// What the entries add up to, in credits.
        sum: i64,
    },
    /// The wallet has seen more entries, or fewer, than there are.
    #[error("there are {entries} entries, and the wallet is at {version}")]
    Version {
        /// How many there are.
        entries: u64,
        /// The wallet's version.
        version: u64,
    },
    /// The wallet has other credits than its entries add up to.
    #[error("{available} credits are available, the entries add up to {sum}")]
    Available {
        /// The wallet's.
        available: i64,
        /// What the entries add up to.
        sum: i64,
    },
    /// The wallet counts other holds than there are.
    #[error("the wallet says {active} holds of {held} credits; {open} of {sum} are open")]
    Held {
        /// How many open holds the wallet says there are.
        active: u32,
        /// The credits that it says are held.
        held: i64,
        /// How many there are.
        open: u32,
        /// Their credits.
        sum: i64,
    },
}

/// A wallet's books, read row by row: entries by their number, holds in any order, then the wallet.
#[derive(Debug, Default)]
pub struct Audit {
    entries: u64,
    balance: i64,
    open: u32,
    held: i64,
    fault: Option<Fault>,
}

impl Audit {
    /// Reads the next entry.
    pub fn entry(&mut self, entry: &Entry) {
        let (last, found) = (self.entries, entry.number);
        self.balance = self.balance.saturating_add(entry.amount);
        self.entries += 1;
        let (number, stated, sum) = (found, entry.balance_after.signed(), self.balance);
        if found != last + 1 {
            self.fault.get_or_insert(Fault::Gap { last, found });
        } else if stated != sum {
            self.fault.get_or_insert(Fault::Balance { number, stated, sum });
        }
    }

    /// Reads a hold.
    pub fn hold(&mut self, hold: &Hold) {
        if hold.state == HoldState::Open {
            self.open += 1;
            self.held += hold.amount().signed();
        }
    }

    /// Compares all that was read with the wallet.
    ///
    /// # Errors
    /// The first fault.
    pub fn close(self, wallet: &Wallet) -> Result<(), Fault> {
        let (entries, version, sum) = (self.entries, wallet.version, self.balance);
        let available = wallet.plan.signed() + wallet.bought.signed();
        let (active, held) = (wallet.active, wallet.held.signed());
        match self.fault {
            Some(fault) => Err(fault),
            None if entries != version => Err(Fault::Version { entries, version }),
            None if available != sum => Err(Fault::Available { available, sum }),
            None if (active, held) != (self.open, self.held) => {
                Err(Fault::Held { active, held, open: self.open, sum: self.held })
            }
            None => Ok(()),
        }
    }
}
