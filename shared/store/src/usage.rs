//! Usage figures: what was counted of jobs that ended, and the days to which it is added.

use std::collections::BTreeMap;

use jiff::{Timestamp, civil::Date};
use reverie_domain::usage::{Day, Sample, counted_on};

use crate::{
    Record,
    record::{from_maybe, from_row, get, newest_first},
    tables::{Key, Query, Range, StoreError, Table, Tables, Write, WriteError, written},
};

const SAMPLES: &str = "usage";
const DAYS: &str = "usage_day";
/// How many samples one transaction adds up; it deletes each, and has one write more.
const PAGE: u32 = 90;
/// How many of the last days may be open: the one before, today, and tomorrow, as clocks differ.
const OPEN_DAYS: u32 = 4;
/// How many rows are read together.
const READ: usize = 100;

impl Record for Sample {
    fn key(&self) -> Key {
        Key::new(Table::Operations, SAMPLES, format!("{}#{}", self.day, self.number))
    }
}

impl Record for Day {
    fn key(&self) -> Key {
        day_key(self.day)
    }

    fn version(&self) -> u64 {
        self.version
    }

    fn ends_at(&self) -> Option<Timestamp> {
        Some(self.ends_at())
    }
}

fn day_key(day: Date) -> Key {
    Key::new(Table::Operations, DAYS, day)
}

/// Adds up to 90 samples to the row of their day, and deletes them, in one transaction: whoever dies or does
/// it twice counts none twice. Returns them once that is written; nothing when none is left, or when somebody
/// else adds them up.
///
/// # Errors
/// [`StoreError`].
pub async fn add_up(tables: &dyn Tables, now: Timestamp) -> Result<Vec<Sample>, StoreError> {
    let query = Query {
        table: Table::Operations,
        index: None,
        partition: SAMPLES.to_owned(),
        range: Range::All,
        after: None,
        descending: false,
        limit: PAGE,
    };
    let rows = tables.query(&query).await?.into_iter().map(from_row);
    let mut samples: Vec<Sample> = rows.collect::<Result<_, _>>()?;
    let Some(oldest) = samples.first() else { return Ok(samples) };
    let day = counted_on(oldest.day, now);
    samples.retain(|sample| counted_on(sample.day, now) == day);
    let Some(before) = open_day(tables, day).await? else { return Ok(Vec::new()) };
    let after = before.with(&samples);
    let mut writes: Vec<Write> = samples.iter().map(Sample::delete).collect();
    writes.push(match before.version {
        0 => after.create()?,
        _ => after.replace(&before)?,
    });
    match written(tables, &writes).await? {
        true => Ok(samples),
        false => Ok(Vec::new()),
    }
}

/// The first day from there that is open. Only clocks that differ close a day before its last sample is
/// added.
async fn open_day(tables: &dyn Tables, from: Date) -> Result<Option<Day>, StoreError> {
    let mut day = from;
    for _ in 0..OPEN_DAYS {
        let row = get::<Day>(tables, day_key(day)).await?.unwrap_or_else(|| Day::empty(day));
        if !row.closed {
            return Ok(Some(row));
        }
        let Ok(next) = day.tomorrow() else { break };
        day = next;
    }
    Ok(None)
}

/// Closes the days that are over, and returns those that were closed now.
///
/// # Errors
/// [`StoreError`].
pub async fn close(tables: &dyn Tables, now: Timestamp) -> Result<Vec<Day>, StoreError> {
    let days = (Table::Operations, DAYS);
    let newest: Vec<Day> = newest_first(tables, days, Range::All, None, OPEN_DAYS).await?;
    let mut closed = Vec::new();
    for before in newest {
        let Some(after) = before.closed(now) else { continue };
        match tables.write(&[after.replace(&before)?]).await {
            Ok(()) => closed.push(after),
            // Something was added meanwhile, or somebody else closed it.
            Err(WriteError::Conflict(_)) => {}
            Err(WriteError::Store(error)) => return Err(error),
        }
    }
    Ok(closed)
}

/// The days of these that are closed.
///
/// # Errors
/// [`StoreError`].
pub async fn closed_days(tables: &dyn Tables, days: &[Date]) -> Result<Vec<Day>, StoreError> {
    let mut found = BTreeMap::new();
    for days in days.chunks(READ) {
        let keys: Vec<Key> = days.iter().copied().map(day_key).collect();
        for row in tables.get(&keys).await? {
            if let Some(day) = from_maybe::<Day>(row)?.filter(|day| day.closed) {
                found.insert(day.day, day);
            }
        }
    }
    Ok(found.into_values().collect())
}
