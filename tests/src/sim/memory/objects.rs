use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use bytes::Bytes;
use reverie_store::{
    objects::{ObjectInfo, Objects, Presigned},
    tables::StoreError,
};

use crate::sim::faults::Process;

type Contents = BTreeMap<String, Bytes>;

/// A process's connection to the bucket.
#[derive(Clone)]
pub(in crate::sim) struct MemoryObjects {
    contents: Arc<Mutex<Contents>>,
    process: Process,
}

impl MemoryObjects {
    pub(in crate::sim) fn new(process: Process) -> Self {
        Self { contents: Arc::default(), process }
    }

    /// The same bucket for another process.
    pub(in crate::sim) fn for_process(&self, process: Process) -> Self {
        Self { contents: self.contents.clone(), process }
    }

    /// All keys, which no fault disturbs.
    pub(in crate::sim) fn keys(&self) -> Vec<String> {
        contents(&self.contents).keys().cloned().collect()
    }
}

fn contents(shared: &Mutex<Contents>) -> MutexGuard<'_, Contents> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

fn link(key: &str) -> Presigned {
    Presigned { method: "GET".to_owned(), url: format!("memory:{key}"), headers: Vec::new() }
}

#[async_trait]
impl Objects for MemoryObjects {
    async fn presign_get(
        &self,
        key: &str,
        _: &str,
        _: &str,
        _: Duration,
    ) -> Result<Presigned, StoreError> {
        Ok(link(key))
    }

    async fn presign_put(
        &self,
        key: &str,
        _: &str,
        _: u64,
        _: Duration,
    ) -> Result<Presigned, StoreError> {
        Ok(link(key))
    }

    async fn head(&self, key: &str) -> Result<Option<ObjectInfo>, StoreError> {
        let (shared, key) = (self.contents.clone(), key.to_owned());
        let call = async move {
            let info = |bytes: &Bytes| ObjectInfo { bytes: bytes.len() as u64, content_type: None };
            Ok(contents(&shared).get(&key).map(info))
        };
        self.process.call(|| "head".to_owned(), call).await
    }

    async fn get(&self, key: &str, most: u64) -> Result<Option<Bytes>, StoreError> {
        let (shared, key) = (self.contents.clone(), key.to_owned());
        let call = async move {
            let part = |bytes: &Bytes| bytes.slice(..bytes.len().min(most as usize));
            Ok(contents(&shared).get(&key).map(part))
        };
        self.process.call(|| "get object".to_owned(), call).await
    }

    async fn put(&self, key: &str, _: &str, bytes: Bytes) -> Result<(), StoreError> {
        let (shared, key) = (self.contents.clone(), key.to_owned());
        let what = format!("put {key}");
        let call = async move {
            contents(&shared).insert(key, bytes);
            Ok(())
        };
        self.process.call(|| what.clone(), call).await
    }

    async fn list(&self, prefix: &str) -> Result<Vec<String>, StoreError> {
        let (shared, prefix) = (self.contents.clone(), prefix.to_owned());
        let what = format!("list {prefix}");
        let call = async move {
            let contents = contents(&shared);
            Ok(contents.keys().filter(|key| key.starts_with(&prefix)).cloned().collect())
        };
        self.process.call(|| what.clone(), call).await
    }

    async fn delete(&self, keys: &[String]) -> Result<(), StoreError> {
        let (shared, keys) = (self.contents.clone(), keys.to_vec());
        let what = format!("delete {}", keys.join(" "));
        let call = async move {
            contents(&shared).retain(|key, _| !keys.contains(key));
            Ok(())
        };
        self.process.call(|| what.clone(), call).await
    }
}
