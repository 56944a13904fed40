//! Reads the books again: does every wallet still have what its entries add up to?

use jiff::{Timestamp, tz::TimeZone};
use reverie_domain::{
    ids::WalletId,
    wallet::{Audit, Fault},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::wallet;
use crate::{
    Record,
    ledger::LedgerError,
    record::{from_row, get, write_over},
    tables::{Key, Query, Range, Row, Scan, StoreError, Table, Tables},
};

/// Rows of the ledger that are gone through at a time.
const PAGE: u32 = 1_000;
/// How often a wallet that moves while it is read is read again.
const ATTEMPTS: u32 = 3;

/// What the books of one wallet say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// The rows explain each other.
    Sound,
    /// They do not.
    Faulty(Fault),
    /// A row of it has not the shape of one, or the wallet's own is gone; wallets are never deleted.
    Unreadable(String),
    /// It never stood still. The next round sees it again.
    Busy,
}

/// Where the audit is in the ledger. A round goes through all of it; one begins each day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Round {
    /// When it began.
    pub began_at: Timestamp,
    /// The key of the last row seen.
    after: Option<(String, String)>,
    /// Whether it is through.
    ended: bool,
    version: u64,
}

impl Record for Round {
    fn key(&self) -> Key {
        round_key()
    }

    fn version(&self) -> u64 {
        self.version
    }
}

/// Wallets to audit now.
#[derive(Debug)]
pub struct Page {
    /// Their ids.
    pub wallets: Vec<WalletId>,
    before: Option<Round>,
    next: Round,
}

/// The wallets of the next page of today's round; `None` when the round is through.
///
/// # Errors
/// [`StoreError`].
pub async fn next_page(tables: &dyn Tables, now: Timestamp) -> Result<Option<Page>, StoreError> {
    let before: Option<Round> = get(tables, round_key()).await?;
    let day = |time: Timestamp| time.to_zoned(TimeZone::UTC).date();
    let round = match &before {
        Some(round) if !round.ended => round.clone(),
        Some(round) if day(round.began_at) >= day(now) => return Ok(None),
        past => {
            let version = past.as_ref().map_or(0, |past| past.version);
            Round { began_at: now, after: None, ended: false, version }
        }
    };
    let after = round.after.clone().map(|(pk, sk)| Key::new(Table::Ledger, pk, sk));
    let scan = Scan { table: Table::Ledger, sk: "wallet".to_owned(), after, limit: PAGE };
    let found = tables.scan(&scan).await?;
    let next = Round {
        after: found.next.as_ref().map(|key| (key.pk.clone(), key.sk.clone())),
        ended: found.next.is_none(),
        version: round.version + 1,
        ..round
    };
    let wallets = found.keys.iter().filter_map(|key| key.pk.parse().ok()).collect();
    Ok(Some(Page { wallets, before, next }))
}

impl Page {
    /// Remembers that these wallets were audited. Of two that audit the same page, the second
    /// finds the round gone on, and that is as well.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn done(self, tables: &dyn Tables) -> Result<(), StoreError> {
        write_over(tables, self.before.as_ref(), &self.next).await.map(drop)
    }
}

/// Reads all rows of a wallet and compares them.
///
/// # Errors
/// [`StoreError::Unavailable`].
pub async fn verdict(tables: &dyn Tables, id: WalletId) -> Result<Verdict, StoreError> {
    match compared(tables, id).await {
        Err(LedgerError::Store(StoreError::Unavailable { service, reason })) => {
            Err(StoreError::Unavailable { service, reason })
        }
        Err(error) => Ok(Verdict::Unreadable(error.to_string())),
        Ok(verdict) => Ok(verdict),
    }
}

async fn compared(tables: &dyn Tables, id: WalletId) -> Result<Verdict, LedgerError> {
    let mut before = wallet(tables, id).await?;
    for _ in 0..ATTEMPTS {
        let books = read(tables, id).await?;
        let after = wallet(tables, id).await?;
        // Each movement is one transaction that changes the wallet: the same version before and
        // after means that nothing moved meanwhile.
        if after.version == before.version {
            return Ok(books.close(&after).map_or_else(Verdict::Faulty, |()| Verdict::Sound));
        }
        before = after;
    }
    Ok(Verdict::Busy)
}

async fn read(tables: &dyn Tables, id: WalletId) -> Result<Audit, StoreError> {
    let mut books = Audit::default();
    let mut query = Query {
        table: Table::Ledger,
        index: None,
        partition: id.to_string(),
        range: Range::All,
        after: None,
        descending: false,
        limit: PAGE,
    };
    loop {
        let rows = tables.query(&query).await?;
        query.after = rows.last().cloned();
        if rows.is_empty() {
            return Ok(books);
        }
        for row in rows {
            note(&mut books, row)?;
        }
    }
}

fn note(books: &mut Audit, row: Row) -> Result<(), StoreError> {
    let sk = row.get("sk").and_then(Value::as_str).unwrap_or_default();
    if sk.starts_with("entry#") {
        books.entry(&from_row(row)?);
    } else if sk.starts_with("hold#") {
        books.hold(&from_row(row)?);
    }
    Ok(())
}

fn round_key() -> Key {
    Key::new(Table::Operations, "audit", "round")
}
