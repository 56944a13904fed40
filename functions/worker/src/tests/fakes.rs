//! Stores in memory, and an engine that does as it is told.

use std::{
    collections::BTreeMap,
    ops::ControlFlow,
    sync::{Mutex, MutexGuard},
    thread,
    time::Duration,
};

use async_trait::async_trait;
use bytes::Bytes;
use reverie_domain::manifest::Manifest;
use reverie_inference::{Engine, EngineError, MusicRequest, Output, OutputFile, Watch};
use reverie_store::{
    objects::{ObjectInfo, Objects, Part, Presigned},
    queue::{Message, Queue, Received},
    tables::{
        Expect, Key, Outcome, Query, Row, Scan, Scanned, StoreError, Tables, Write, WriteError,
    },
};

#[derive(Default)]
struct State {
    rows: BTreeMap<Key, Row>,
    objects: BTreeMap<String, Bytes>,
    sent: usize,
    deleted: Vec<String>,
}

/// All three ports.
#[derive(Default)]
pub(super) struct Memory(Mutex<State>);

impl Memory {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }

    pub(super) fn keys(&self) -> Vec<String> {
        self.state().objects.keys().cloned().collect()
    }

    pub(super) fn sent(&self) -> usize {
        self.state().sent
    }

    pub(super) fn deleted(&self) -> Vec<String> {
        self.state().deleted.clone()
    }
}

fn outcome(rows: &BTreeMap<Key, Row>, write: &Write) -> Outcome {
    let row = rows.get(&write.key);
    let holds = match write.expect {
        Expect::Absent => row.is_none(),
        Expect::Version(version) => row.is_some_and(|row| row["version"] == version),
    };
    if holds { Outcome::Held } else { Outcome::Clashed(row.cloned()) }
}

#[async_trait]
impl Tables for Memory {
    async fn get(&self, keys: &[Key]) -> Result<Vec<Option<Row>>, StoreError> {
        let state = self.state();
        Ok(keys.iter().map(|key| state.rows.get(key).cloned()).collect())
    }

    async fn write(&self, writes: &[Write]) -> Result<(), WriteError> {
        let mut state = self.state();
        let outcomes: Vec<_> = writes.iter().map(|write| outcome(&state.rows, write)).collect();
        if outcomes.iter().any(|outcome| *outcome != Outcome::Held) {
            return Err(WriteError::Conflict(outcomes));
        }
        for write in writes {
            match &write.row {
                Some(row) => state.rows.insert(write.key.clone(), row.clone()),
                None => state.rows.remove(&write.key),
            };
        }
        Ok(())
    }

    async fn query(&self, _: &Query) -> Result<Vec<Row>, StoreError> {
        unreachable!("a worker lists nothing")
    }

    async fn scan(&self, _: &Scan) -> Result<Scanned, StoreError> {
        unreachable!("a worker lists nothing")
    }
}

#[async_trait]
impl Objects for Memory {
    async fn presign_get(
        &self,
        _: &str,
        _: &str,
        _: &str,
        _: Duration,
    ) -> Result<Presigned, StoreError> {
        unreachable!("a worker signs nothing")
    }

    async fn presign_put(
        &self,
        _: &str,
        _: &str,
        _: u64,
        _: Duration,
    ) -> Result<Presigned, StoreError> {
        unreachable!("a worker signs nothing")
    }

    async fn head(&self, _: &str) -> Result<Option<ObjectInfo>, StoreError> {
        unreachable!("a worker reads no objects")
    }

    async fn get(&self, _: &str, _: u64) -> Result<Option<Bytes>, StoreError> {
        unreachable!("a worker reads no objects")
    }

    async fn get_range(&self, _: &str, _: u64, _: u64) -> Result<Option<Bytes>, StoreError> {
        unreachable!("a worker reads no objects")
    }

    async fn put(&self, key: &str, _: &str, bytes: Bytes) -> Result<(), StoreError> {
        self.state().objects.insert(key.to_owned(), bytes);
        Ok(())
    }

    async fn copy(&self, _: &str, _: &str) -> Result<bool, StoreError> {
        unreachable!("the worker does not copy")
    }

    async fn list(&self, prefix: &str) -> Result<Vec<String>, StoreError> {
        Ok(self.keys().into_iter().filter(|key| key.starts_with(prefix)).collect())
    }

    async fn list_after(&self, _: &str, _: &str) -> Result<Vec<String>, StoreError> {
        unreachable!("a worker has few objects")
    }

    async fn delete(&self, keys: &[String]) -> Result<(), StoreError> {
        self.state().objects.retain(|key, _| !keys.contains(key));
        Ok(())
    }

    async fn begin_parts(&self, _: &str, _: &str) -> Result<String, StoreError> {
        unreachable!("a worker writes whole objects")
    }

    async fn put_part(&self, _: Part<'_>, _: Bytes) -> Result<String, StoreError> {
        unreachable!("a worker writes whole objects")
    }

    async fn end_parts(&self, _: &str, _: &str, _: &[String]) -> Result<(), StoreError> {
        unreachable!("a worker writes whole objects")
    }

    async fn drop_parts(&self, _: &str) -> Result<usize, StoreError> {
        unreachable!("a worker writes whole objects")
    }
}

#[async_trait]
impl Queue for Memory {
    async fn send(&self, _: &Message) -> Result<(), StoreError> {
        self.state().sent += 1;
        Ok(())
    }

    async fn receive(&self, _: u32, _: Duration, _: Duration) -> Result<Vec<Received>, StoreError> {
        unreachable!("tests deliver messages themselves")
    }

    async fn extend(&self, _: &str, _: Duration) -> Result<(), StoreError> {
        Ok(())
    }

    async fn delete(&self, handle: &str) -> Result<(), StoreError> {
        self.state().deleted.push(handle.to_owned());
        Ok(())
    }
}

/// What the engine does.
#[derive(Debug, Clone, Copy)]
pub(super) enum Mode {
    Make,
    UntilStopped,
    Panic,
    Invalid,
    Fault,
}

pub(super) struct FakeEngine {
    mode: Mode,
    manifest: Manifest,
}

impl FakeEngine {
    pub(super) fn new(mode: Mode) -> Self {
        let document = r#"
            id = "fake"
            version = "1"
            kind = "music"
            engine = "fake"
            description = "Does as it is told."
            licence = "Apache-2.0"
            outputs = [{ name = "track.flac", content_type = "audio/flac" }]
            files = []
            inputs = { prompt = true, seconds = true, seed = true }
            limits = { prompt_chars = 10, seconds = { min = 1, max = 9, default = 5 } }
            price = { credits = 10, per = "30s" }
        "#;
        Self { mode, manifest: Manifest::parse(document).unwrap() }
    }
}

impl Engine for FakeEngine {
    fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    fn warm_up(&self) -> Result<(), EngineError> {
        Ok(())
    }

    fn generate(&self, _: &MusicRequest, watch: &mut Watch<'_>) -> Result<Output, EngineError> {
        match self.mode {
            Mode::Make => Ok(Output {
                understood: serde_json::json!({"mood": "calm"}),
                seconds: 5.0,
                files: vec![OutputFile {
                    name: "track.flac",
                    content_type: "audio/flac",
                    bytes: b"sound".to_vec(),
                    seconds: Some(5.0),
                }],
                stages: Vec::new(),
            }),
            Mode::UntilStopped => {
                while watch(0.5) == ControlFlow::Continue(()) {
                    thread::yield_now();
                }
                Err(EngineError::Canceled)
            }
            Mode::Panic => panic!("as told"),
            Mode::Invalid => {
                Err(EngineError::Invalid { field: "style.key", message: "no".to_owned() })
            }
            Mode::Fault => Err(EngineError::Internal { stage: "write", source: "broken".into() }),
        }
    }
}
