//! The log of what operators did: lines are written once, and no function changes or deletes one.

use jiff::Timestamp;
use reverie_domain::{audit::Line, ids::AccountId};

use crate::{
    Record,
    record::newest_first,
    tables::{Key, Outcome, Range, StoreError, Table, Tables, Write, WriteError},
};

/// `audit` is the one of the ledger's.
const PARTITION: &str = "operator_audit";
/// How often a number is tried for while others take it.
const ATTEMPTS: u32 = 20;

impl Record for Line {
    fn key(&self) -> Key {
        line_key(self.number)
    }

    fn ends_at(&self) -> Option<Timestamp> {
        Some(self.ends_at())
    }
}

fn line_key(number: u64) -> Key {
    Key::new(Table::Operations, PARTITION, format!("{number:020}"))
}

/// Does the writes of an act together with its line, which gets the next number; so there is no act
/// without its line. `false` if one of the writes was refused: then there is neither.
///
/// # Errors
/// [`StoreError`].
pub async fn written(
    tables: &dyn Tables,
    mut line: Line,
    writes: &[Write],
) -> Result<bool, StoreError> {
    for _ in 0..ATTEMPTS {
        let last = list(tables, None, 1).await?;
        line.number = last.first().map_or(1, |line| line.number + 1);
        let mut all = writes.to_vec();
        all.push(line.create()?);
        let outcomes = match tables.write(&all).await {
            Ok(()) => return Ok(true),
            Err(WriteError::Conflict(outcomes)) => outcomes,
            Err(WriteError::Store(error)) => return Err(error),
        };
        let refused = |outcome: &Outcome| matches!(outcome, Outcome::Clashed(_));
        if outcomes.iter().take(writes.len()).any(refused) {
            return Ok(false);
        }
    }
    let reason = "its next number was always taken".to_owned();
    Err(StoreError::Unavailable { service: "the audit log", reason })
}

/// Lines before that number, newest first.
///
/// # Errors
/// [`StoreError`].
pub async fn list(
    tables: &dyn Tables,
    before: Option<u64>,
    limit: u32,
) -> Result<Vec<Line>, StoreError> {
    let (partition, after) = ((Table::Operations, PARTITION), before.map(line_key));
    newest_first(tables, partition, Range::All, after, limit).await
}

/// How many lines are read at once.
const PAGE: u32 = 100;

/// The newest line of an operator's, for whose erasure the whole log may be read.
///
/// # Errors
/// [`StoreError`].
pub async fn newest_of(
    tables: &dyn Tables,
    operator: AccountId,
) -> Result<Option<Line>, StoreError> {
    let mut before = None;
    loop {
        let lines = list(tables, before, PAGE).await?;
        before = lines.last().map(|line| line.number);
        let more = lines.len() == PAGE as usize;
        let found = lines.into_iter().find(|line| line.operator == operator);
        if found.is_some() || !more {
            return Ok(found);
        }
    }
}
