use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use bytes::Bytes;
use reverie_store::{
    objects::{ObjectInfo, Objects, Part, Presigned},
    tables::StoreError,
};

/// S3, as far as the port goes.
#[derive(Default)]
pub(in crate::sim) struct MemoryObjects(Mutex<BTreeMap<String, Bytes>>, Mutex<Unfinished>);

/// What is written in parts: by the upload's id, the key and the parts by their numbers.
type Unfinished = BTreeMap<String, (String, BTreeMap<u32, Bytes>)>;

impl MemoryObjects {
    /// All keys.
    pub(in crate::sim) fn keys(&self) -> Vec<String> {
        self.contents().keys().cloned().collect()
    }

    fn unfinished(&self) -> MutexGuard<'_, Unfinished> {
        self.1.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn contents(&self) -> MutexGuard<'_, BTreeMap<String, Bytes>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn link(key: &str) -> Presigned {
    Presigned { method: "GET".to_owned(), url: format!("memory:{key}"), headers: Vec::new() }
}

fn no_upload() -> StoreError {
    let reason = "there is no such upload".to_owned();
    StoreError::Unavailable { service: "S3", reason }
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

    async fn get_range(
        &self,
        key: &str,
        start: u64,
        most: u64,
    ) -> Result<Option<Bytes>, StoreError> {
        let part = |bytes: &Bytes| {
            let start = bytes.len().min(start as usize);
            bytes.slice(start..bytes.len().min(start + most as usize))
        };
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

    async fn list_after(&self, prefix: &str, after: &str) -> Result<Vec<String>, StoreError> {
        let keys = self.list(prefix).await?;
        Ok(keys.into_iter().filter(|key| key.as_str() > after).collect())
    }

    async fn delete(&self, keys: &[String]) -> Result<(), StoreError> {
        self.contents().retain(|key, _| !keys.contains(key));
        Ok(())
    }

    async fn begin_parts(&self, key: &str, _: &str) -> Result<String, StoreError> {
        let mut unfinished = self.unfinished();
        let id = format!("upload-{}", unfinished.len());
        unfinished.insert(id.clone(), (key.to_owned(), BTreeMap::new()));
        Ok(id)
    }

    async fn put_part(&self, part: Part<'_>, bytes: Bytes) -> Result<String, StoreError> {
        let mut unfinished = self.unfinished();
        let (_, parts) = unfinished.get_mut(part.upload).ok_or_else(no_upload)?;
        parts.insert(part.number, bytes);
        Ok(part.number.to_string())
    }

    async fn end_parts(&self, key: &str, upload: &str, tags: &[String]) -> Result<(), StoreError> {
        let (_, mut parts) = self.unfinished().remove(upload).ok_or_else(no_upload)?;
        let numbers = tags.iter().filter_map(|tag| tag.parse().ok());
        let parts: Vec<Bytes> = numbers.filter_map(|number: u32| parts.remove(&number)).collect();
        self.contents().insert(key.to_owned(), parts.concat().into());
        Ok(())
    }

    async fn drop_parts(&self, prefix: &str) -> Result<usize, StoreError> {
        let mut unfinished = self.unfinished();
        let before = unfinished.len();
        unfinished.retain(|_, (key, _)| !key.starts_with(prefix));
        Ok(before - unfinished.len())
    }
}
