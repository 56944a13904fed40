//! What people have agreed to: the newest decisions, and a line for each there ever was.

use std::{collections::BTreeMap, fmt, str::FromStr};

use jiff::Timestamp;
use reverie_domain::{
    clock::sortable,
    consent::{Consents, Line, Wish},
    ids::{AccountId, GenerationId},
};
use thiserror::Error;

use crate::{
    Record,
    record::{from_maybe, newest_first},
    tables::{Key, Range, StoreError, Table, Tables, WriteError, written},
};

impl Record for Consents {
    fn key(&self) -> Key {
        consents_key(self.account, self.generation)
    }

    fn version(&self) -> u64 {
        self.version
    }
}

impl Record for Line {
    fn key(&self) -> Key {
        Key::new(Table::Accounts, self.account, format!("{LINES}{}", Position::of(self)))
    }
}

/// Where a line is in the history: in the order of time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Position(String);

/// The longest that one is, with room.
const MOST_BYTES: usize = 150;

impl Position {
    /// The line's.
    #[must_use]
    pub fn of(line: &Line) -> Self {
        let (at, purpose, number) = (sortable(line.decision.at), line.purpose.name(), line.number);
        Self(format!("{at}#{number:08}#{}#{purpose}", subject(line.generation)))
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A text that is no position of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("not a place in the history")]
pub struct ParsePositionError;

impl FromStr for Position {
    type Err = ParsePositionError;

    fn from_str(text: &str) -> Result<Self, ParsePositionError> {
        let known = |byte: u8| byte.is_ascii_alphanumeric() || b"#:._-".contains(&byte);
        match text.len() <= MOST_BYTES && text.bytes().all(known) {
            true => Ok(Self(text.to_owned())),
            false => Err(ParsePositionError),
        }
    }
}

/// What was decided last about the account, and about these works; in this order.
///
/// # Errors
/// [`StoreError`].
pub async fn find(
    tables: &dyn Tables,
    account: AccountId,
    subjects: &[Option<GenerationId>],
) -> Result<Vec<Consents>, StoreError> {
    let keys: Vec<_> = subjects.iter().map(|subject| consents_key(account, *subject)).collect();
    let rows = tables.get(&keys).await?.into_iter().zip(subjects);
    let read = |(row, subject): (_, &Option<GenerationId>)| {
        Ok(from_maybe(row)?.unwrap_or_else(|| Consents::none(account, *subject)))
    };
    rows.map(read).collect()
}

/// How often decisions are tried while others are made.
const ATTEMPTS: u32 = 20;

/// Writes decisions about the account and its works, with a line for each that changes something, all
/// or none. Of two at once both are written, one after the other. `false` if others won every time.
///
/// # Errors
/// [`StoreError`].
pub async fn decide(
    tables: &dyn Tables,
    now: Timestamp,
    account: AccountId,
    wishes: &BTreeMap<Option<GenerationId>, Vec<Wish>>,
) -> Result<bool, StoreError> {
    let subjects: Vec<_> = wishes.keys().copied().collect();
    for _ in 0..ATTEMPTS {
        let mut writes = Vec::new();
        for before in find(tables, account, &subjects).await? {
            let wishes = wishes.get(&before.generation).map_or(&[][..], Vec::as_slice);
            let Some((after, lines)) = before.after(now, wishes) else { continue };
            writes.push(match before.version {
                0 => after.create()?,
                _ => after.replace(&before)?,
            });
            for line in lines {
                writes.push(line.create()?);
            }
        }
        if writes.is_empty() {
            return Ok(true);
        }
        match tables.write(&writes).await {
            Ok(()) => return Ok(true),
            Err(WriteError::Conflict(_)) => {}
            Err(WriteError::Store(error)) => return Err(error),
        }
    }
    Ok(false)
}

/// Hears a Global Privacy Control signal: what was agreed to without knowing of it is refused, with a line that
/// says so. One write, and none if the signal changes nothing; if somebody decides at the same time, the next
/// request with the signal is heard.
///
/// # Errors
/// [`StoreError`].
pub async fn hear_signal(
    tables: &dyn Tables,
    now: Timestamp,
    known: &Consents,
) -> Result<(), StoreError> {
    let Some((after, lines)) = known.after(now, &known.overridden_by_signal()) else {
        return Ok(());
    };
    let mut writes = vec![after.replace(known)?];
    for line in lines {
        writes.push(line.create()?);
    }
    written(tables, &writes).await.map(drop)
}

/// The account's lines, newest first; `after` is the position of the last one of the page before.
///
/// # Errors
/// [`StoreError`].
pub async fn history(
    tables: &dyn Tables,
    account: AccountId,
    after: Option<&Position>,
    limit: u32,
) -> Result<Vec<Line>, StoreError> {
    let (partition, after) = (
        (Table::Accounts, account),
        after.map(|at| Key::new(Table::Accounts, account, format!("{LINES}{at}"))),
    );
    newest_first(tables, partition, Range::Prefix(LINES.to_owned()), after, limit).await
}

const LINES: &str = "consent#";

/// The key of what was decided about the account itself.
pub(crate) fn own_consents_key(account: AccountId) -> Key {
    consents_key(account, None)
}

fn consents_key(account: AccountId, generation: Option<GenerationId>) -> Key {
    Key::new(Table::Accounts, account, format!("consents#{}", subject(generation)))
}

fn subject(generation: Option<GenerationId>) -> String {
    generation.map_or_else(|| "account".to_owned(), |id| id.to_string())
}
