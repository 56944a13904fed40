//! Answers that are held open until something changes. Each occupies an execution of a function, of which a
//! deployment has only so many: so an account has few of them at once.

use jiff::Timestamp;
use reverie_domain::ids::AccountId;
use serde::{Deserialize, Serialize};

use crate::{
    Record,
    record::{get, write_over},
    tables::{Key, StoreError, Table, Tables},
};

/// How many answers of an account are held open at once.
pub const MOST: usize = 12;
/// How often a place is tried for while others of the same account are taken.
const ATTEMPTS: u32 = 8;

/// The row of an account's open answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct OpenAnswers {
    account: AccountId,
    /// When each ends at the latest.
    until: Vec<Timestamp>,
    /// When the last one ends that ever was.
    ends_at: Timestamp,
    version: u64,
}

impl Record for OpenAnswers {
    fn key(&self) -> Key {
        Key::new(Table::Operations, format!("allowance#{}", self.account), "open-answers")
    }

    fn version(&self) -> u64 {
        self.version
    }

    fn ends_at(&self) -> Option<Timestamp> {
        Some(self.ends_at)
    }
}

/// An answer that may be held open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    account: AccountId,
    until: Timestamp,
}

impl Place {
    /// Takes a place for an answer that is open until `until` at the latest; `None` if all are taken.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn take(
        tables: &dyn Tables,
        now: Timestamp,
        account: AccountId,
        until: Timestamp,
    ) -> Result<Option<Self>, StoreError> {
        let place = Self { account, until };
        let taken = change(tables, account, |open| {
            // Whoever died, or was left by its client, did not give its place back.
            open.retain(|end| *end > now);
            let is_room = open.len() < MOST;
            if is_room {
                open.push(until);
            }
            is_room
        });
        Ok(taken.await?.then_some(place))
    }

    /// Gives the place back before its end.
    ///
    /// # Errors
    /// [`StoreError`]; the place is free at its end all the same.
    pub async fn give_back(self, tables: &dyn Tables) -> Result<(), StoreError> {
        let given = change(tables, self.account, |open| {
            let mine = open.iter().position(|end| *end == self.until);
            mine.map(|index| open.swap_remove(index)).is_some()
        });
        given.await.map(drop)
    }
}

/// Writes what `edit` makes of the row, if it says so; `false` if it does not, or others are always faster.
async fn change(
    tables: &dyn Tables,
    account: AccountId,
    edit: impl Fn(&mut Vec<Timestamp>) -> bool + Send + Sync,
) -> Result<bool, StoreError> {
    let (until, ends_at) = (Vec::new(), Timestamp::UNIX_EPOCH);
    let none = OpenAnswers { account, until, ends_at, version: 0 };
    let mut known = get::<OpenAnswers>(tables, none.key()).await?;
    for _ in 0..ATTEMPTS {
        let mut next = known.clone().unwrap_or_else(|| none.clone());
        next.version += 1;
        if !edit(&mut next.until) {
            return Ok(false);
        }
        next.ends_at = next.until.iter().copied().fold(next.ends_at, Timestamp::max);
        match write_over(tables, known.as_ref(), &next).await? {
            Ok(()) => return Ok(true),
            Err(present) => known = present,
        }
    }
    Ok(false)
}
