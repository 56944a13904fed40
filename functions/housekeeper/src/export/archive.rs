//! An archive that is written to S3 in parts, by several processes after each other.

use std::io::Write;

use bytes::Bytes;
use flate2::{Compression, Crc, write::DeflateEncoder};
use reverie_domain::export::Export;
use reverie_store::{
    objects::{Objects, PART_BYTES, Part},
    tables::StoreError,
};
use serde::{Deserialize, Serialize};
use sha2_state::{
    Digest, Sha256,
    digest::common::hazmat::{SerializableState, SerializedState},
};

use super::zip::{self, Entry};
use crate::HousekeeperError;

/// How large a part is: 10,000 of them are the most that S3 takes, 80 GiB.
const PART: usize = 8 * 1024 * 1024;
const _: () = assert!(PART >= PART_BYTES);
/// The most that what is saved takes: an unfinished part, and a few hundred bytes for each entry.
const SAVED_MOST: u64 = 256 * 1024 * 1024;

/// The archive, as far as it is written.
pub(super) struct Archive<'a> {
    objects: &'a dyn Objects,
    export: &'a Export,
    saved: Saved,
    hash: Sha256,
    /// What is not in a part yet.
    rest: Vec<u8>,
}

/// What the next process has to know, besides the rest.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Saved {
    upload: String,
    tags: Vec<String>,
    bytes: u64,
    /// The state of the archive's hash, in hex.
    hash: String,
    pub(super) entries: Vec<Entry>,
    pub(super) at: Place,
}

/// What comes next.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Place {
    /// The kind of row or the prefix; empty at the beginning.
    pub(super) part: String,
    /// Within it, after which key.
    pub(super) after: Option<String>,
    /// How many files the kind has so far.
    pub(super) files: u32,
}

impl<'a> Archive<'a> {
    /// Begins a new archive in place of all that was written before.
    pub(super) async fn begin(
        objects: &'a dyn Objects,
        export: &'a Export,
    ) -> Result<Self, StoreError> {
        objects.drop_parts(&export.prefix()).await?;
        let upload = objects.begin_parts(&export.archive_key(), "application/zip").await?;
        let saved = Saved {
            upload,
            tags: Vec::new(),
            bytes: 0,
            hash: String::new(),
            entries: Vec::new(),
            at: Place::default(),
        };
        Ok(Self { objects, export, saved, hash: Sha256::new(), rest: Vec::new() })
    }

    /// Goes on where an earlier turn has saved; `None` if that cannot be read.
    pub(super) async fn resume(
        objects: &'a dyn Objects,
        export: &'a Export,
    ) -> Result<Option<Self>, StoreError> {
        let Some(bytes) = objects.get(&export.saved_key(), SAVED_MOST).await? else {
            return Ok(None);
        };
        Ok(Self::parse(objects, export, &bytes))
    }

    fn parse(objects: &'a dyn Objects, export: &'a Export, bytes: &[u8]) -> Option<Self> {
        let end = bytes.iter().position(|byte| *byte == b'\n')?;
        let (line, rest) = bytes.split_at(end);
        let saved: Saved = serde_json::from_slice(line).ok()?;
        let state = hex::decode(&saved.hash).ok()?;
        let state = SerializedState::<Sha256>::try_from(state.as_slice()).ok()?;
        let hash = Sha256::deserialize(&state).ok()?;
        Some(Self { objects, export, saved, hash, rest: rest.get(1..)?.to_vec() })
    }

    /// Puts down where it is, for the turn that follows `export`'s.
    pub(super) async fn save(mut self, key: &str) -> Result<(), StoreError> {
        self.saved.hash = hex::encode(self.hash.serialize());
        // Names and numbers always serialise.
        let mut bytes = serde_json::to_vec(&self.saved).unwrap_or_default();
        bytes.push(b'\n');
        bytes.extend_from_slice(&self.rest);
        self.objects.put(key, "application/octet-stream", bytes.into()).await
    }

    pub(super) const fn at(&self) -> &Place {
        &self.saved.at
    }

    pub(super) fn go_to(&mut self, at: Place) {
        self.saved.at = at;
    }

    pub(super) fn entries(&self) -> &[Entry] {
        &self.saved.entries
    }

    /// Begins an entry. Media is packed already: to pack it again costs time and gains nothing.
    pub(super) fn entry(&mut self, name: &str, packs: bool) -> Writing {
        let offset = self.saved.bytes;
        self.write(&zip::header(name));
        let level = if packs { Compression::default() } else { Compression::none() };
        Writing {
            name: name.to_owned(),
            offset,
            packed: 0,
            crc: Crc::new(),
            hash: Sha256::new(),
            deflate: DeflateEncoder::new(Vec::new(), level),
        }
    }

    /// Adds to an entry.
    pub(super) async fn add(
        &mut self,
        writing: &mut Writing,
        bytes: &[u8],
    ) -> Result<(), HousekeeperError> {
        writing.crc.update(bytes);
        writing.hash.update(bytes);
        writing.deflate.write_all(bytes).map_err(|_| HousekeeperError::Archive)?;
        let packed = std::mem::take(writing.deflate.get_mut());
        writing.packed += packed.len() as u64;
        self.write(&packed);
        Ok(self.flush(PART).await?)
    }

    /// Ends an entry.
    pub(super) async fn end(&mut self, writing: Writing) -> Result<(), HousekeeperError> {
        let Writing { name, offset, packed, crc, hash, deflate } = writing;
        let last = deflate.finish().map_err(|_| HousekeeperError::Archive)?;
        self.write(&last);
        let packed = packed + last.len() as u64;
        let entry = Entry {
            name,
            sha256: hex::encode(hash.finalize()),
            bytes: crc.amount(),
            crc: crc.sum(),
            packed: u32::try_from(packed).map_err(|_| HousekeeperError::Archive)?,
            offset,
        };
        self.write(&zip::descriptor(&entry));
        self.saved.entries.push(entry);
        Ok(self.flush(PART).await?)
    }

    /// Writes the directory and makes the object; its size and its SHA-256 in hex.
    pub(super) async fn finish(mut self) -> Result<(u64, String), StoreError> {
        let directory = zip::directory(&self.saved.entries, self.saved.bytes);
        self.write(&directory);
        self.flush(1).await?;
        let Saved { upload, tags, bytes, .. } = &self.saved;
        self.objects.end_parts(&self.export.archive_key(), upload, tags).await?;
        Ok((*bytes, hex::encode(self.hash.finalize())))
    }

    fn write(&mut self, bytes: &[u8]) {
        self.hash.update(bytes);
        self.saved.bytes += bytes.len() as u64;
        self.rest.extend_from_slice(bytes);
    }

    /// Writes parts while there are so many bytes.
    async fn flush(&mut self, least: usize) -> Result<(), StoreError> {
        while self.rest.len() >= least {
            let number = self.saved.tags.len() as u32 + 1;
            let bytes: Vec<u8> = self.rest.drain(..self.rest.len().min(PART)).collect();
            let key = self.export.archive_key();
            let part = Part { key: &key, upload: &self.saved.upload, number };
            let tag = self.objects.put_part(part, Bytes::from(bytes)).await?;
            self.saved.tags.push(tag);
        }
        Ok(())
    }
}

/// An entry that is being written.
pub(super) struct Writing {
    name: String,
    offset: u64,
    packed: u64,
    crc: Crc,
    hash: Sha256,
    deflate: DeflateEncoder<Vec<u8>>,
}
