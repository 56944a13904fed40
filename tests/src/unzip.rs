//! Reads an archive from its directory, as its readers do, and checks every checksum.

use std::{collections::BTreeMap, io::Read};

use flate2::{Crc, read::DeflateDecoder};

/// The files of an archive below 4 GiB.
///
/// # Panics
/// If it is no archive, or not as its directory says.
#[must_use]
pub fn unzip(archive: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let end = archive.len() - 22;
    assert_eq!(of32(archive, end), 0x0605_4b50, "the end");
    let count = of16(archive, end + 10);
    let mut at = of32(archive, end + 16) as usize;
    let mut files = BTreeMap::new();
    for _ in 0..count {
        assert_eq!(of32(archive, at), 0x0201_4b50, "an entry of the directory");
        let (packed, name) = (of32(archive, at + 20) as usize, of16(archive, at + 28));
        let (extra, header) = (of16(archive, at + 30), of32(archive, at + 42) as usize);
        let text = archive[at + 46..at + 46 + name].to_vec();
        let text = String::from_utf8(text).expect("a name in UTF-8");
        assert_eq!(of32(archive, header), 0x0403_4b50, "the header of {text}");
        let data = header + 30 + of16(archive, header + 26) + of16(archive, header + 28);
        assert_eq!(of32(archive, data + packed), 0x0807_4b50, "what follows {text}");
        let mut bytes = Vec::new();
        let mut file = DeflateDecoder::new(&archive[data..data + packed]);
        file.read_to_end(&mut bytes).expect("deflated data");
        let mut crc = Crc::new();
        crc.update(&bytes);
        for place in [at + 16, data + packed + 4] {
            assert_eq!(of32(archive, place), crc.sum(), "the checksum of {text}");
        }
        assert_eq!(of32(archive, at + 24) as usize, bytes.len(), "the size of {text}");
        assert!(files.insert(text, bytes).is_none(), "a name is there twice");
        at += 46 + name + extra;
    }
    files
}

fn of16(bytes: &[u8], at: usize) -> usize {
    usize::from(u16::from_le_bytes([bytes[at], bytes[at + 1]]))
}

fn of32(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
}
