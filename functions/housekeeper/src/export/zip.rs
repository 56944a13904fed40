//! The ZIP format (PKWARE's APPNOTE 6.3.10) for a stream that is never sought in. Written here because
//! the state of an archive must survive the process: the libraries keep theirs to themselves.
//!
//! Each entry's sizes and checksum come after its data, so they need not be known before; the data is
//! deflated, as only then a reader of a stream sees where it ends. Fields of 64 bits are used where 32
//! are not enough.

use serde::{Deserialize, Serialize};

/// An entry that is written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Entry {
    pub(super) name: String,
    /// SHA-256 of the content, in hex.
    pub(super) sha256: String,
    pub(super) bytes: u32,
    pub(super) crc: u32,
    pub(super) packed: u32,
    /// Where its header is in the archive.
    pub(super) offset: u64,
}

/// Version 4.5 of the format: with fields of 64 bits.
const VERSION: u16 = 45;
/// Sizes after the data, names in UTF-8.
const FLAGS: u16 = 0x0808;
const DEFLATED: u16 = 8;
/// A readable file of a Unix system.
const MODE: u32 = 0o100_644 << 16;
/// What a field of 32 bits says if the number is in one of 64.
const BEYOND: u32 = u32::MAX;

/// Text of little-endian numbers.
struct Fields(Vec<u8>);

impl Fields {
    fn of16(mut self, number: u16) -> Self {
        self.0.extend(number.to_le_bytes());
        self
    }

    fn of32(mut self, number: u32) -> Self {
        self.0.extend(number.to_le_bytes());
        self
    }

    fn of64(mut self, number: u64) -> Self {
        self.0.extend(number.to_le_bytes());
        self
    }

    /// What all headers of entries have from the version on.
    fn kind(self) -> Self {
        // All entries are of the first day of the format's calendar, so that nothing depends on the clock.
        let (time, date) = (0, 0x21);
        self.of16(VERSION).of16(FLAGS).of16(DEFLATED).of16(time).of16(date)
    }
}

/// What comes before an entry's data.
pub(super) fn header(name: &str) -> Vec<u8> {
    let fields = Fields(Vec::new()).of32(0x0403_4b50).kind().of32(0).of32(0).of32(0);
    let mut header = fields.of16(length(name)).of16(0).0;
    header.extend(name.as_bytes());
    header
}

/// What comes after it.
pub(super) fn descriptor(entry: &Entry) -> Vec<u8> {
    let fields = Fields(Vec::new()).of32(0x0807_4b50).of32(entry.crc);
    fields.of32(entry.packed).of32(entry.bytes).0
}

/// What comes after all entries, at `offset`.
pub(super) fn directory(entries: &[Entry], offset: u64) -> Vec<u8> {
    let mut all = Fields(Vec::new());
    for entry in entries {
        let far = u32::try_from(entry.offset).is_err();
        all = all.of32(0x0201_4b50).of16(VERSION | 3 << 8).kind();
        all = all.of32(entry.crc).of32(entry.packed).of32(entry.bytes).of16(length(&entry.name));
        all = all.of16(if far { 12 } else { 0 }).of16(0).of16(0).of16(0).of32(MODE);
        all = all.of32(u32::try_from(entry.offset).unwrap_or(BEYOND));
        all.0.extend(entry.name.as_bytes());
        if far {
            all = all.of16(1).of16(8).of64(entry.offset);
        }
    }
    let size = all.0.len() as u64;
    let count = entries.len() as u64;
    // Their end says where they are; its place is known by a locator, and the old end refers to both.
    all = all.of32(0x0606_4b50).of64(44).of16(VERSION).of16(VERSION).of32(0).of32(0);
    all = all.of64(count).of64(count).of64(size).of64(offset);
    all = all.of32(0x0706_4b50).of32(0).of64(offset + size).of32(1);
    let short = |number: u64| u16::try_from(number).unwrap_or(u16::MAX);
    let long = |number: u64| u32::try_from(number).unwrap_or(BEYOND);
    all = all.of32(0x0605_4b50).of16(0).of16(0).of16(short(count)).of16(short(count));
    all.of32(long(size)).of32(long(offset)).of16(0).0
}

/// Names are made here, and short.
fn length(name: &str) -> u16 {
    u16::try_from(name.len()).unwrap_or(u16::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(offset: u64) -> Entry {
        let (name, sha256) = ("a.json".to_owned(), String::new());
        Entry { name, sha256, bytes: 2, crc: 3, packed: 7, offset }
    }

    #[test]
    fn an_entry_beyond_four_gigabytes_has_a_longer_field() {
        let near = directory(&[entry(0xffff_fffe)], 1 << 32);
        let far = directory(&[entry(1 << 32)], 1 << 32);
        assert_eq!(far.len(), near.len() + 12);
        // The 46 bytes of the header and the name are before it.
        assert_eq!(far[42..46], u32::MAX.to_le_bytes());
        assert_eq!(far[52..56], [1, 0, 8, 0]);
        assert_eq!(far[56..64], (1_u64 << 32).to_le_bytes());
        assert_eq!(near[42..46], 0xffff_fffe_u32.to_le_bytes());
    }

    #[test]
    fn the_end_says_where_the_directory_is() {
        let all = directory(&[entry(0)], 1000);
        let end = &all[all.len() - 22..];
        assert_eq!(end[..4], 0x0605_4b50_u32.to_le_bytes());
        assert_eq!(end[10..12], [1, 0], "one entry");
        assert_eq!(end[12..16], (46 + 6_u32).to_le_bytes(), "its size");
        assert_eq!(end[16..20], 1000_u32.to_le_bytes(), "its place");
    }
}
