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
use sha2::{Digest, Sha256};

/// S3, as far as the port goes.
#[derive(Default)]
pub(in crate::sim) struct MemoryObjects(Mutex<BTreeMap<String, Bytes>>, Mutex<Uploads>);

/// Parts by their numbers, each with its tag.
type Parts = BTreeMap<u32, (String, Bytes)>;

/// What is written in parts.
#[derive(Default)]
struct Uploads {
    /// How many there have been.
    begun: u32,
    /// By the upload's id, the key and the parts.
    unfinished: BTreeMap<String, (String, Parts)>,
}

impl MemoryObjects {
    /// All keys.
    pub(in crate::sim) fn keys(&self) -> Vec<String> {
        self.contents().keys().cloned().collect()
    }

    /// How many uploads in parts were begun and neither ended nor dropped.
    pub(in crate::sim) fn unfinished(&self) -> usize {
        self.uploads().unfinished.len()
    }

    fn uploads(&self) -> MutexGuard<'_, Uploads> {
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
    let reason = "there is no such upload, or no such part".to_owned();
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
        let mut uploads = self.uploads();
        uploads.begun += 1;
        let id = format!("upload-{}", uploads.begun);
        uploads.unfinished.insert(id.clone(), (key.to_owned(), BTreeMap::new()));
        Ok(id)
    }

    async fn put_part(&self, part: Part<'_>, bytes: Bytes) -> Result<String, StoreError> {
        let mut uploads = self.uploads();
        let (_, parts) = uploads.unfinished.get_mut(part.upload).ok_or_else(no_upload)?;
        let tag = format!("{:x}", Sha256::digest(&bytes));
        parts.insert(part.number, (tag.clone(), bytes));
        Ok(tag)
    }

    async fn end_parts(&self, key: &str, upload: &str, tags: &[String]) -> Result<(), StoreError> {
        let mut uploads = self.uploads();
        let (_, parts) = uploads.unfinished.get(upload).ok_or_else(no_upload)?;
        let mut whole = Vec::new();
        for (number, wanted) in (1..).zip(tags) {
            // A part that somebody else has written meanwhile is another one.
            let part = parts.get(&number).filter(|(tag, _)| tag == wanted);
            whole.extend_from_slice(&part.ok_or_else(no_upload)?.1);
        }
        uploads.unfinished.remove(upload);
        self.contents().insert(key.to_owned(), whole.into());
        Ok(())
    }

    async fn drop_parts(&self, prefix: &str) -> Result<usize, StoreError> {
        let unfinished = &mut self.uploads().unfinished;
        let before = unfinished.len();
        unfinished.retain(|_, (key, _)| !key.starts_with(prefix));
        Ok(before - unfinished.len())
    }
}
