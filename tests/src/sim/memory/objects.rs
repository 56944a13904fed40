use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use bytes::Bytes;
use reverie_store::{
    objects::{ObjectInfo, Objects, Presigned},
    tables::StoreError,
};

/// S3, as far as the port goes.
#[derive(Default)]
pub(in crate::sim) struct MemoryObjects(Mutex<BTreeMap<String, Bytes>>);

impl MemoryObjects {
    /// All keys.
    pub(in crate::sim) fn keys(&self) -> Vec<String> {
        self.contents().keys().cloned().collect()
    }

    fn contents(&self) -> MutexGuard<'_, BTreeMap<String, Bytes>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
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
        let info = |bytes: &Bytes| ObjectInfo { bytes: bytes.len() as u64, content_type: None };
        Ok(self.contents().get(key).map(info))
    }

    async fn get(&self, key: &str, most: u64) -> Result<Option<Bytes>, StoreError> {
        let part = |bytes: &Bytes| bytes.slice(..bytes.len().min(most as usize));
        Ok(self.contents().get(key).map(part))
    }

    async fn put(&self, key: &str, _: &str, bytes: Bytes) -> Result<(), StoreError> {
        self.contents().insert(key.to_owned(), bytes);
        Ok(())
    }

    async fn copy(&self, from: &str, to: &str) -> Result<bool, StoreError> {
        let mut contents = self.contents();
        let Some(bytes) = contents.get(from).cloned() else { return Ok(false) };
        contents.insert(to.to_owned(), bytes);
        Ok(true)
    }

    async fn list(&self, prefix: &str) -> Result<Vec<String>, StoreError> {
        let contents = self.contents();
        Ok(contents.keys().filter(|key| key.starts_with(prefix)).cloned().collect())
    }

    async fn delete(&self, keys: &[String]) -> Result<(), StoreError> {
        self.contents().retain(|key, _| !keys.contains(key));
        Ok(())
    }
}
