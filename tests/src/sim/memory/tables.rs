use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Bound,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use reverie_store::tables::{
    Expect, Index, Key, Outcome, Query, Range, Row, Scan, Scanned, StoreError, Table, Tables,
    Write, WriteError,
};
use serde_json::Value;

use crate::sim::{faults::Faults, mutants::Mutant, rules::Judge};

/// All rows.
pub(in crate::sim) type Rows = BTreeMap<Key, Row>;

/// Where a row stands in an index: partition, sort key, the row's own keys.
type Place = (&'static str, String, String, String, String);

#[derive(Default)]
struct State {
    rows: Rows,
    places: BTreeSet<Place>,
    judge: Judge,
}

/// DynamoDB, as far as the port goes.
pub(in crate::sim) struct MemoryTables {
    state: Mutex<State>,
    mutant: Option<Mutant>,
    faults: Arc<Faults>,
}

impl MemoryTables {
    pub(in crate::sim) fn new(faults: Arc<Faults>, mutant: Option<Mutant>) -> Self {
        Self { state: Mutex::default(), mutant, faults }
    }

    /// A look at all rows.
    pub(in crate::sim) fn look<T>(&self, at: impl FnOnce(&Rows) -> T) -> T {
        at(&self.state().rows)
    }

    /// What the rules have seen.
    pub(in crate::sim) fn judge(&self) -> Judge {
        self.state().judge.clone()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn commit(&self, mut writes: Vec<Write>) -> Result<(), WriteError> {
        let mut state = self.state();
        if let Some(mutant) = self.mutant {
            mutant.change(&mut writes);
        }
        let ignored = |write: &Write| self.mutant.is_some_and(|m| m.ignores_condition(write));
        let outcomes: Vec<Outcome> = writes
            .iter()
            .map(|write| match ignored(write) {
                true => Outcome::Held,
                false => outcome(&state.rows, write),
            })
            .collect();
        if outcomes.iter().any(|outcome| *outcome != Outcome::Held) {
            return Err(WriteError::Conflict(outcomes));
        }
        let before: Vec<_> = writes.iter().map(|w| state.rows.get(&w.key).cloned()).collect();
        for write in &writes {
            state.put(write);
        }
        let State { rows, judge, .. } = &mut *state;
        judge.after_write(rows, &writes, &before);
        Ok(())
    }
}

impl State {
    fn put(&mut self, write: &Write) {
        if let Some(row) = self.rows.remove(&write.key) {
            for place in places(&write.key, &row) {
                self.places.remove(&place);
            }
        }
        if let Some(row) = &write.row {
            self.places.extend(places(&write.key, row));
            self.rows.insert(write.key.clone(), row.clone());
        }
    }

    fn list(&self, query: &Query) -> Vec<Row> {
        let from = match &query.range {
            Range::Prefix(prefix) => prefix.clone(),
            Range::UpTo(_) | Range::All => String::new(),
        };
        let first = Key { table: query.table, pk: query.partition.clone(), sk: from };
        let rows = self.rows.range((Bound::Included(first), Bound::Unbounded));
        let within = |sk: &str| match &query.range {
            Range::Prefix(prefix) => sk.starts_with(prefix),
            Range::UpTo(most) => sk <= most.as_str(),
            Range::All => true,
        };
        let mut found: Vec<(&Key, &Row)> = rows
            .take_while(|(key, _)| {
                key.table == query.table && key.pk == query.partition && within(&key.sk)
            })
            .collect();
        if query.descending {
            found.reverse();
        }
        let after = query.after.as_ref().map(|row| text(row, "sk"));
        let passed = |sk: &str| match (&after, query.descending) {
            (None, _) => true,
            (Some(after), true) => sk < after.as_str(),
            (Some(after), false) => sk > after.as_str(),
        };
        found.retain(|(key, _)| passed(&key.sk));
        found.into_iter().take(query.limit as usize).map(|(_, row)| row.clone()).collect()
    }

    fn list_index(&self, query: &Query, index: Index) -> Vec<Row> {
        let (name, pk, sk) = names(index);
        let start = match &query.after {
            None => (name, query.partition.clone(), String::new(), String::new(), String::new()),
            Some(row) => {
                (name, query.partition.clone(), text(row, sk), text(row, "pk"), text(row, "sk"))
            }
        };
        let places = self.places.range((Bound::Excluded(start), Bound::Unbounded));
        places
            .take_while(|place| place.0 == name && place.1 == query.partition)
            .filter(|place| match &query.range {
                Range::UpTo(most) => place.2 <= *most,
                Range::Prefix(prefix) => place.2.starts_with(prefix),
                Range::All => true,
            })
            .take(query.limit as usize)
            .map(|place| {
                let columns = [(pk, &place.1), (sk, &place.2), ("pk", &place.3), ("sk", &place.4)];
                columns.map(|(name, text)| (name.to_owned(), Value::from(text.as_str())))
            })
            .map(Row::from_iter)
            .collect()
    }
}

fn names(index: Index) -> (&'static str, &'static str, &'static str) {
    match index {
        Index::Due => ("due", "due_shard", "due_at"),
        Index::Queued => ("queued", "queue", "queued_at"),
    }
}

fn places(key: &Key, row: &Row) -> Vec<Place> {
    if key.table != Table::Generations {
        return Vec::new();
    }
    let place = |index| {
        let (name, pk, sk) = names(index);
        let (partition, sort) = (row.get(pk)?.as_str()?, row.get(sk)?.as_str()?);
        Some((name, partition.to_owned(), sort.to_owned(), key.pk.clone(), key.sk.clone()))
    };
    [Index::Due, Index::Queued].into_iter().filter_map(place).collect()
}

fn text(row: &Row, name: &str) -> String {
    row.get(name).and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn outcome(rows: &Rows, write: &Write) -> Outcome {
    let row = rows.get(&write.key);
    let holds = match write.expect {
        Expect::Absent => row.is_none(),
        Expect::Version(version) => row.is_some_and(|row| row["version"] == version),
    };
    if holds { Outcome::Held } else { Outcome::Clashed(row.cloned()) }
}

#[async_trait]
impl Tables for MemoryTables {
    async fn get(&self, keys: &[Key]) -> Result<Vec<Option<Row>>, StoreError> {
        let state = self.state();
        Ok(keys.iter().map(|key| state.rows.get(key).cloned()).collect())
    }

    async fn write(&self, writes: &[Write]) -> Result<(), WriteError> {
        let written = self.commit(writes.to_vec());
        self.faults.note(|| format!("   … {}", spoken(&written)));
        written
    }

    async fn query(&self, query: &Query) -> Result<Vec<Row>, StoreError> {
        let state = self.state();
        Ok(match query.index {
            None => state.list(query),
            Some(index) => state.list_index(query, index),
        })
    }

    async fn scan(&self, scan: &Scan) -> Result<Scanned, StoreError> {
        let state = self.state();
        let from = scan.after.clone().map_or(Bound::Unbounded, Bound::Excluded);
        let keys = state.rows.range((from, Bound::Unbounded)).map(|(key, _)| key);
        let mut keys = keys.filter(|key| key.table == scan.table);
        let page: Vec<_> = keys.by_ref().take(scan.limit as usize).cloned().collect();
        let next = keys.next().and(page.last().cloned());
        Ok(Scanned { keys: page.into_iter().filter(|key| key.sk == scan.sk).collect(), next })
    }
}

fn spoken(written: &Result<(), WriteError>) -> &'static str {
    match written {
        Ok(()) => "written",
        Err(_) => "a condition did not hold",
    }
}
