//! The bucket's files, and the lifecycle rules on them.
//!
//! `s3s-fs` keeps an object at `root/bucket/key`, and what it knows about it beside the bucket, in
//! files whose names hold bucket and key in base64. It leaves those behind when an object is
//! deleted; here they go with it, since names are data, too.

#[cfg(any(test, fuzzing))]
pub(super) mod fuzz;

use std::{
    fs, io,
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::Timestamp;
use reverie_domain::plan::lifecycle_expiry;
use uuid::Uuid;

use crate::template::{Bucket, LifecycleRule};

/// How long an empty folder stays, so that an upload that has just made it finds it.
const EMPTY_FOLDER_AGE: Duration = Duration::from_secs(3600);

/// What the lifecycle rules deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Expired {
    /// Objects.
    pub(super) objects: usize,
    /// Unfinished multipart uploads.
    pub(super) uploads: usize,
}

/// An unfinished multipart upload.
#[derive(Debug)]
pub(super) struct Unfinished {
    pub(super) key: String,
    pub(super) upload_id: String,
    pub(super) initiated: SystemTime,
}

/// The bucket's folder and rules.
#[derive(Debug)]
pub(super) struct Lifecycle {
    root: PathBuf,
    bucket: String,
    rules: Vec<LifecycleRule>,
}

impl Lifecycle {
    pub(super) fn new(root: PathBuf, bucket: &Bucket) -> Self {
        Self { root, bucket: bucket.name.clone(), rules: bucket.lifecycle.clone() }
    }

    pub(super) fn root(&self) -> &Path {
        &self.root
    }

    pub(super) fn bucket_folder(&self) -> PathBuf {
        self.root.join(&self.bucket)
    }

    /// When the object expires, and by which rule: the first one to do so.
    pub(super) fn expiry(&self, key: &str, written_at: Timestamp) -> Option<(Timestamp, &str)> {
        self.rules
            .iter()
            .filter(|rule| key.starts_with(&rule.prefix))
            .filter_map(|rule| {
                let days = i64::from(rule.expire_after_days?);
                Some((lifecycle_expiry(written_at, days), rule.id.as_str()))
            })
            .min()
    }

    /// Deletes what has expired at `now`.
    pub(super) fn enforce(&self, now: Timestamp) -> io::Result<Expired> {
        let mut expired = Expired::default();
        let folder = self.bucket_folder();
        let mut folders = vec![folder.clone()];
        // Deepest last, so that emptied folders are removed from the inside out.
        let mut emptied = Vec::new();
        while let Some(current) = folders.pop() {
            for entry in fs::read_dir(&current)? {
                let entry = entry?;
                if entry.file_type()?.is_dir() {
                    folders.push(entry.path());
                    emptied.push(entry.path());
                } else if let Some(key) = key_of(&folder, &entry.path())
                    && self.is_expired(&key, &entry, now)?
                {
                    gone(fs::remove_file(entry.path()))?;
                    self.forget(&key);
                    expired.objects += 1;
                }
            }
        }
        emptied.iter().rev().for_each(|folder| remove_if_empty(folder));
        expired.uploads = self.abort_unfinished(now)?;
        Ok(expired)
    }

    fn is_expired(&self, key: &str, entry: &fs::DirEntry, now: Timestamp) -> io::Result<bool> {
        let Some(written_at) = timestamp(entry.metadata()?.modified()?) else { return Ok(false) };
        Ok(self.expiry(key, written_at).is_some_and(|(expiry, _)| expiry <= now))
    }

    /// Removes what `s3s-fs` remembers about a deleted object.
    pub(super) fn forget(&self, key: &str) {
        let stem = format!(".bucket-{}.object-{}", encode(&self.bucket), encode(key));
        for kind in ["metadata", "internal"] {
            let path = self.root.join(format!("{stem}.{kind}.json"));
            if let Err(error) = gone(fs::remove_file(path)) {
                tracing::warn!(%error, "the description of a deleted object is left behind");
            }
        }
    }

    /// The unfinished multipart uploads under a prefix, by key.
    pub(super) fn unfinished(&self, prefix: &str) -> io::Result<Vec<Unfinished>> {
        let mut uploads = Vec::new();
        for entry in fs::read_dir(&self.root)? {
            let entry = entry?;
            let name = entry.file_name();
            let found = name.to_str().and_then(|name| upload_of(&self.bucket, name));
            let Some((key, upload_id)) = found else { continue };
            if key.starts_with(prefix) {
                let initiated = entry.metadata()?.modified()?;
                uploads.push(Unfinished { key, upload_id, initiated });
            }
        }
        uploads
            .sort_by(|left, right| (&left.key, left.initiated).cmp(&(&right.key, right.initiated)));
        Ok(uploads)
    }

    fn abort_unfinished(&self, now: Timestamp) -> io::Result<usize> {
        let mut aborted = 0;
        for rule in &self.rules {
            let Some(days) = rule.abort_multipart_after_days else { continue };
            for upload in self.unfinished(&rule.prefix)? {
                let ends = timestamp(upload.initiated)
                    .map(|initiated| lifecycle_expiry(initiated, i64::from(days)));
                if ends.is_some_and(|ends| ends <= now) {
                    self.remove_upload(&upload.upload_id)?;
                    aborted += 1;
                }
            }
        }
        Ok(aborted)
    }

    /// Every file of an upload has the upload's id in its name.
    fn remove_upload(&self, upload_id: &str) -> io::Result<()> {
        for entry in fs::read_dir(&self.root)? {
            let entry = entry?;
            let named = entry.file_name().to_str().is_some_and(|name| name.contains(upload_id));
            if named && entry.file_type()?.is_file() {
                gone(fs::remove_file(entry.path()))?;
            }
        }
        Ok(())
    }
}

/// Key and id of the upload that a file beside the bucket describes. The id is a UUID: files are
/// found by it.
fn upload_of(bucket: &str, name: &str) -> Option<(String, String)> {
    let prefix = format!(".bucket-{}.object-", encode(bucket));
    let rest = name.strip_prefix(&prefix)?.strip_suffix(".metadata.json")?;
    let (key, upload_id) = rest.split_once(".upload-")?;
    let key = String::from_utf8(URL_SAFE_NO_PAD.decode(key).ok()?).ok()?;
    let canonical = Uuid::try_parse(upload_id).ok()?.to_string() == upload_id;
    canonical.then(|| (key, upload_id.to_owned()))
}

fn encode(text: &str) -> String {
    URL_SAFE_NO_PAD.encode(text)
}

fn key_of(folder: &Path, file: &Path) -> Option<String> {
    let parts: Option<Vec<_>> =
        file.strip_prefix(folder).ok()?.iter().map(|part| part.to_str()).collect();
    Some(parts?.join("/"))
}

fn timestamp(time: SystemTime) -> Option<Timestamp> {
    Timestamp::try_from(time).ok()
}

/// That a file is gone already is as good.
fn gone(removed: io::Result<()>) -> io::Result<()> {
    match removed {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}

/// A folder's name is part of a key, too. One with files in it stays, which is no error.
fn remove_if_empty(folder: &Path) {
    let age = fs::metadata(folder).and_then(|metadata| metadata.modified()).ok();
    let old =
        age.and_then(|modified| modified.elapsed().ok()).is_some_and(|age| age > EMPTY_FOLDER_AGE);
    if old {
        drop(fs::remove_dir(folder));
    }
}
