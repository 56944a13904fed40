//! The one place where credits move.
//!
//! Every movement is one transaction: the wallet (conditional on its version), the new entries,
//! the hold, and whatever must be true together with it. A lost race recomputes from the wallet
//! that the refusal returned. Entries are keyed by wallet and number, so a second writer of the
//! same number is refused and the audit is gapless.

pub mod audit;

use std::time::Duration;

use jiff::Timestamp;
use reverie_domain::{
    credits::Credits,
    ids::{GenerationId, WalletId},
    job::Resolution,
    wallet::{Caps, Entry, Hold, Movement, Wallet, WalletError},
};
use thiserror::Error;

use crate::{
    Record,
    record::{from_maybe, newest_first},
    tables::{Key, Outcome, Range, StoreError, Table, Tables, Write, WriteError},
};

/// How often a movement is tried while other movements of the same wallet win.
const ATTEMPTS: u32 = 20;

/// A movement that did not happen.
#[derive(Debug, Error)]
pub enum LedgerError {
    /// The wallet does not allow it.
    #[error(transparent)]
    Wallet(#[from] WalletError),
    /// A condition of the other writes did not hold; one outcome for each of them.
    #[error("a condition beside the wallet did not hold")]
    Conflict(Vec<Outcome>),
    /// Other movements of this wallet won every time.
    #[error("the wallet is busy")]
    Busy,
    /// There is no such wallet or hold.
    #[error("the wallet or hold is missing")]
    Missing,
    /// The store could not do it.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Record for Wallet {
    fn key(&self) -> Key {
        wallet_key(self.id)
    }

    fn version(&self) -> u64 {
        self.version
    }
}

impl Record for Entry {
    fn key(&self) -> Key {
        Key::new(Table::Ledger, self.wallet, entry_sk(self.number))
    }
}

impl Record for Hold {
    fn key(&self) -> Key {
        hold_key(self.wallet, self.generation)
    }

    fn version(&self) -> u64 {
        self.version
    }
}

/// Makes a wallet with its first grant, together with `others`.
///
/// # Errors
/// [`LedgerError`].
pub async fn open(
    tables: &dyn Tables,
    now: Timestamp,
    id: WalletId,
    allowance: Credits,
    reason: &str,
    others: &[Write],
) -> Result<Wallet, LedgerError> {
    let Movement { wallet, entries } = Wallet::new(id, now).grant(now, allowance, None, reason)?;
    let mut writes = vec![wallet.create()?];
    for entry in &entries {
        writes.push(entry.create()?);
    }
    let own = writes.len();
    writes.extend_from_slice(others);
    match tables.write(&writes).await {
        Ok(()) => Ok(wallet),
        Err(WriteError::Conflict(mut outcomes)) => {
            Err(LedgerError::Conflict(outcomes.split_off(own)))
        }
        Err(WriteError::Store(error)) => Err(error.into()),
    }
}

/// Buys credits for a wallet, together with `others`, which must make a repetition fail.
///
/// # Errors
/// [`LedgerError`].
pub async fn purchase(
    tables: &dyn Tables,
    now: Timestamp,
    wallet: Wallet,
    amount: Credits,
    reason: &str,
    others: &[Write],
) -> Result<Wallet, LedgerError> {
    let step = |wallet: &Wallet| Ok((wallet.purchase(now, amount, reason)?, None));
    transact(tables, wallet, step, others).await
}

/// Sets the most that a wallet's owner wants to spend, if it is something else.
///
/// # Errors
/// [`LedgerError`].
pub async fn cap(
    tables: &dyn Tables,
    now: Timestamp,
    wallet: Wallet,
    caps: Caps,
) -> Result<Wallet, LedgerError> {
    if wallet.caps == caps {
        return Ok(wallet);
    }
    let step = |wallet: &Wallet| Ok((wallet.cap(now, caps)?, None));
    transact(tables, wallet, step, &[]).await
}

/// Reserves `amount` for a job, together with `others`.
///
/// # Errors
/// [`LedgerError`].
pub async fn hold(
    tables: &dyn Tables,
    now: Timestamp,
    wallet: Wallet,
    generation: GenerationId,
    amount: Credits,
    active_limit: u32,
    others: &[Write],
) -> Result<Wallet, LedgerError> {
    let step = |wallet: &Wallet| {
        let (movement, hold) = wallet.hold(now, generation, amount, active_limit)?;
        Ok((movement, Some(hold.create()?)))
    };
    transact(tables, wallet, step, others).await
}

/// Closes a wallet, together with `others`.
///
/// # Errors
/// [`LedgerError`].
pub async fn close(
    tables: &dyn Tables,
    now: Timestamp,
    wallet: Wallet,
    others: &[Write],
) -> Result<Wallet, LedgerError> {
    let step = |wallet: &Wallet| Ok((wallet.close(now)?, None));
    transact(tables, wallet, step, others).await
}

/// Captures or releases a job's hold, together with `others`, which make the job final.
///
/// # Errors
/// [`LedgerError`].
pub async fn resolve(
    tables: &dyn Tables,
    now: Timestamp,
    (wallet, generation): (WalletId, GenerationId),
    resolution: &Resolution,
    others: &[Write],
) -> Result<Wallet, LedgerError> {
    let keys = [wallet_key(wallet), hold_key(wallet, generation)];
    let mut rows = tables.get(&keys).await?.into_iter();
    let wallet: Wallet = from_maybe(rows.next().flatten())?.ok_or(LedgerError::Missing)?;
    let hold: Hold = from_maybe(rows.next().flatten())?.ok_or(LedgerError::Missing)?;
    let step = |wallet: &Wallet| {
        let (movement, resolved) = match resolution {
            Resolution::Capture(charged) => wallet.capture(now, &hold, *charged)?,
            Resolution::Release(reason) => wallet.release(now, &hold, reason)?,
        };
        Ok((movement, Some(resolved.replace(&hold)?)))
    };
    transact(tables, wallet, step, others).await
}

/// The wallet.
///
/// # Errors
/// [`LedgerError::Missing`], [`LedgerError::Store`].
pub async fn wallet(tables: &dyn Tables, id: WalletId) -> Result<Wallet, LedgerError> {
    let found = crate::record::get(tables, wallet_key(id)).await?;
    found.ok_or(LedgerError::Missing)
}

/// A wallet's entries, newest first; `before` is the number of the last one of the page before.
///
/// # Errors
/// [`StoreError`].
pub async fn entries(
    tables: &dyn Tables,
    wallet: WalletId,
    before: Option<u64>,
    limit: u32,
) -> Result<Vec<Entry>, StoreError> {
    let (partition, after) = (
        (Table::Ledger, wallet),
        before.map(|number| Key::new(Table::Ledger, wallet, entry_sk(number))),
    );
    newest_first(tables, partition, Range::Prefix("entry#".to_owned()), after, limit).await
}

/// The key of a wallet's row, for callers that read it together with other rows.
#[must_use]
pub fn wallet_key(id: WalletId) -> Key {
    Key::new(Table::Ledger, id, "wallet")
}

type Step = (Movement, Option<Write>);

/// One movement: the wallet and its entries, the hold if the step has one, and `others`.
async fn transact(
    tables: &dyn Tables,
    mut wallet: Wallet,
    step: impl Fn(&Wallet) -> Result<Step, LedgerError> + Send,
    others: &[Write],
) -> Result<Wallet, LedgerError> {
    for attempt in 0..ATTEMPTS {
        let (movement, hold) = step(&wallet)?;
        let mut writes = vec![movement.wallet.replace(&wallet)?];
        for entry in &movement.entries {
            writes.push(entry.create()?);
        }
        writes.extend(hold);
        let own = writes.len();
        writes.extend_from_slice(others);
        let mut outcomes = match tables.write(&writes).await {
            Ok(()) => return Ok(movement.wallet),
            Err(WriteError::Conflict(outcomes)) => outcomes,
            Err(WriteError::Store(error)) => return Err(error.into()),
        };
        let beside = outcomes.split_off(own);
        if beside.iter().any(|outcome| *outcome != Outcome::Held) {
            return Err(LedgerError::Conflict(beside));
        }
        wallet = match outcomes.swap_remove(0) {
            Outcome::Clashed(row) => from_maybe(row)?.ok_or(LedgerError::Missing)?,
            // Not the wallet but the hold: it was resolved by someone else.
            Outcome::Held => return Err(WalletError::Resolved.into()),
        };
        tokio::time::sleep(jitter(attempt)).await;
    }
    Err(LedgerError::Busy)
}

/// Full jitter over a window that grows to 100 ms ("Exponential backoff and jitter", AWS
/// Architecture Blog).
fn jitter(attempt: u32) -> Duration {
    let window_ms = (4_u64 << attempt.min(5)).min(100);
    Duration::from_millis(reverie_domain::random::number() % window_ms)
}

/// Numbers are padded so that text order is number order.
fn entry_sk(number: u64) -> String {
    format!("entry#{number:012}")
}

fn hold_key(wallet: WalletId, generation: GenerationId) -> Key {
    Key::new(Table::Ledger, wallet, format!("hold#{generation}"))
}
