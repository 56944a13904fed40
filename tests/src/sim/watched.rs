use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use reverie_store::tables::{
    Key, Query, Range, Row, Scan, Scanned, StoreError, Table, Tables, Write, WriteError,
};
use tokio::sync;

use super::{
    memory::Rows,
    mutants::Mutant,
    rules::{self, Judge},
};

/// More rows than a history has in a partition.
const MOST_ROWS: u32 = 1_000;

/// Tables that are read back after every write, to check the rules on what is really stored.
#[derive(Clone)]
pub struct WatchedTables(Arc<Watch>);

struct Watch {
    tables: Arc<dyn Tables>,
    mutant: Option<Mutant>,
    /// One write at a time: what is read back is what it left.
    turn: sync::Mutex<()>,
    seen: Mutex<Seen>,
}

#[derive(Default)]
struct Seen {
    rows: Rows,
    judge: Judge,
}

impl WatchedTables {
    /// Watches these tables, from when they are empty on.
    #[must_use]
    pub fn new(tables: Arc<dyn Tables>) -> Self {
        Self::with_bug(tables, None)
    }

    /// The same with a bug planted in front of them.
    pub(super) fn with_bug(tables: Arc<dyn Tables>, mutant: Option<Mutant>) -> Self {
        let (turn, seen) = (sync::Mutex::default(), Mutex::default());
        Self(Arc::new(Watch { tables, mutant, turn, seen }))
    }

    /// Checks the rules at rest, when these are all objects.
    ///
    /// # Errors
    /// The rule that is broken, or was broken before.
    pub fn at_rest(&self, objects: &[String]) -> Result<(), String> {
        self.judge().broken.map_or(Ok(()), Err)?;
        self.look(|rows| rules::at_rest(rows, objects))
    }

    /// A look at the rows of ledger and jobs.
    pub(super) fn look<T>(&self, at: impl FnOnce(&Rows) -> T) -> T {
        at(&self.0.seen().rows)
    }

    /// What the rules have seen.
    pub(super) fn judge(&self) -> Judge {
        self.0.seen().judge.clone()
    }
}

impl Watch {
    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn write(&self, mut writes: Vec<Write>) -> Result<(), WriteError> {
        let _turn = self.turn.lock().await;
        if let Some(mutant) = self.mutant {
            mutant.change(&mut writes);
        }
        let before: Vec<_> = {
            let seen = self.seen();
            writes.iter().map(|write| seen.rows.get(&write.key).cloned()).collect()
        };
        self.tables.write(&writes).await?;
        let touched: BTreeSet<_> =
            writes.iter().map(|write| (write.key.table, &write.key.pk)).collect();
        let mut found = Vec::new();
        for (table, partition) in touched {
            found.push((table, partition, self.partition(table, partition).await?));
        }
        let mut seen = self.seen();
        for (table, partition, rows) in found {
            seen.rows.retain(|key, _| key.table != table || key.pk != *partition);
            seen.rows.extend(rows);
        }
        let Seen { rows, judge } = &mut *seen;
        judge.after_write(rows, &writes, &before);
        Ok(())
    }

    async fn partition(
        &self,
        table: Table,
        partition: &str,
    ) -> Result<Vec<(Key, Row)>, StoreError> {
        let query = Query {
            table,
            index: None,
            partition: partition.to_owned(),
            range: Range::All,
            after: None,
            descending: false,
            limit: MOST_ROWS,
        };
        let rows = self.tables.query(&query).await?;
        assert!(rows.len() < MOST_ROWS as usize, "a long history");
        let key = |row: &Row| Key::new(table, partition, row["sk"].as_str().unwrap_or_default());
        Ok(rows.into_iter().map(|row| (key(&row), row)).collect())
    }
}

#[async_trait]
impl Tables for WatchedTables {
    async fn get(&self, keys: &[Key]) -> Result<Vec<Option<Row>>, StoreError> {
        self.0.tables.get(keys).await
    }

    /// Also if its caller dies meanwhile: it is on its way.
    async fn write(&self, writes: &[Write]) -> Result<(), WriteError> {
        let (watch, writes) = (self.0.clone(), writes.to_vec());
        tokio::spawn(async move { watch.write(writes).await }).await.expect("a write that ends")
    }

    async fn query(&self, query: &Query) -> Result<Vec<Row>, StoreError> {
        self.0.tables.query(query).await
    }

    async fn scan(&self, scan: &Scan) -> Result<Scanned, StoreError> {
        self.0.tables.scan(scan).await
    }
}
