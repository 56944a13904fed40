//! The port to objects.

use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;

use crate::tables::StoreError;

/// The longest a presigned link is valid.
pub const LINK_VALIDITY: Duration = Duration::from_secs(15 * 60);

/// A request that anyone may send until it expires.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Presigned {
    /// The method.
    pub method: String,
    /// The whole URL.
    pub url: String,
    /// Headers that were signed and must be sent exactly so.
    pub headers: Vec<(String, String)>,
}

/// An object's properties.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectInfo {
    /// The size in bytes.
    pub bytes: u64,
    /// The media type.
    pub content_type: Option<String>,
}

/// The least that a part of an object has, but for the last one; S3's own limit.
pub const PART_BYTES: usize = 5 * 1024 * 1024;

/// A part of an object.
#[derive(Debug, Clone, Copy)]
pub struct Part<'a> {
    /// Of which object.
    pub key: &'a str,
    /// The upload's id.
    pub upload: &'a str,
    /// Its number, from 1 to 10,000.
    pub number: u32,
}

/// A bucket.
#[async_trait]
pub trait Objects: Send + Sync {
    /// A link to download `key` under the name `file_name`.
    async fn presign_get(
        &self,
        key: &str,
        file_name: &str,
        content_type: &str,
        validity: Duration,
    ) -> Result<Presigned, StoreError>;

    /// A link to upload exactly `bytes` bytes of `content_type` to `key`, once.
    async fn presign_put(
        &self,
        key: &str,
        content_type: &str,
        bytes: u64,
        validity: Duration,
    ) -> Result<Presigned, StoreError>;

    /// The object's properties, if it is there.
    async fn head(&self, key: &str) -> Result<Option<ObjectInfo>, StoreError>;

    /// The object's first `most` bytes, if it is there.
    async fn get(&self, key: &str, most: u64) -> Result<Option<Bytes>, StoreError>;

    /// Up to `most` bytes of the object from `start` on, if it is there. Nothing beyond its end.
    async fn get_range(
        &self,
        key: &str,
        start: u64,
        most: u64,
    ) -> Result<Option<Bytes>, StoreError>;

    /// Writes an object.
    async fn put(&self, key: &str, content_type: &str, bytes: Bytes) -> Result<(), StoreError>;

    /// Copies an object. `false` if there is none.
    async fn copy(&self, from: &str, to: &str) -> Result<bool, StoreError>;

    /// All keys under `prefix`, up to 1,000.
    async fn list(&self, prefix: &str) -> Result<Vec<String>, StoreError>;

    /// The keys under `prefix` that sort after `after`, up to 1,000, in order.
    async fn list_after(&self, prefix: &str, after: &str) -> Result<Vec<String>, StoreError>;

    /// Deletes objects; those that are not there are no error.
    async fn delete(&self, keys: &[String]) -> Result<(), StoreError>;

    /// Begins an object that is written in parts; its upload's id.
    async fn begin_parts(&self, key: &str, content_type: &str) -> Result<String, StoreError>;

    /// Writes a part, from number 1 on, at least [`PART_BYTES`] but for the last; its tag. A part that
    /// is written again is replaced.
    async fn put_part(&self, part: Part<'_>, bytes: Bytes) -> Result<String, StoreError>;

    /// Makes the object of its parts: their tags, in order.
    async fn end_parts(&self, key: &str, upload: &str, tags: &[String]) -> Result<(), StoreError>;

    /// Drops what was begun in parts under `prefix` and not ended, up to 1,000 objects; how many.
    async fn drop_parts(&self, prefix: &str) -> Result<usize, StoreError>;
}
