//! Sound banks: SoundFont 2, or SoundFont 3, which is the same with Ogg Vorbis samples.
//!
//! `rustysynth` reads only the former, so a SoundFont 3 is rewritten in memory once per bank.
//! Layout: SoundFont Technical Specification 2.04, section 4; SoundFont 3 as written by MuseScore's `sf3convert`:
//! bit 4 of a sample's type marks it as compressed, its start and end are byte offsets into `smpl`, and its loop
//! points count from its own start.

use std::io::Cursor;
use std::sync::Arc;

use lewton::inside_ogg::OggStreamReader;
use rustysynth::SoundFont;

/// Bytes of a sample header record.
const HEADER_BYTES: usize = 46;
/// Flag of a sample header: the sample is Ogg Vorbis.
const COMPRESSED: u16 = 0x10;
/// Zeros that the specification wants after each sample (section 6.1).
const GUARD_FRAMES: usize = 46;

/// Reads a bank of either kind.
///
/// # Errors
/// A sentence about what is wrong with the file.
pub(crate) fn read_bank(bytes: &[u8]) -> Result<Arc<SoundFont>, String> {
    let expanded;
    let plain = if is_compressed(bytes)? {
        expanded = expand(bytes)?;
        &expanded
    } else {
        bytes
    };
    SoundFont::new(&mut Cursor::new(plain)).map(Arc::new).map_err(|error| error.to_string())
}

/// The three parts of a bank that an expansion reads or replaces.
struct Parts<'a> {
    info: &'a [u8],
    samples: &'a [u8],
    presets: &'a [u8],
    headers: &'a [u8],
}

fn is_compressed(bytes: &[u8]) -> Result<bool, String> {
    Ok(parts(bytes)?.samples.starts_with(b"OggS"))
}

fn parts(bytes: &[u8]) -> Result<Parts<'_>, String> {
    let (id, riff) = chunks(bytes).next().ok_or("no RIFF chunk")?;
    let body = riff.strip_prefix(b"sfbk").filter(|_| id == b"RIFF");
    let (mut info, mut samples, mut presets) = (None, None, None);
    for (_, list) in chunks(body.ok_or("not a SoundFont")?) {
        match list.split_at_checked(4) {
            Some((b"INFO", _)) => info = Some(list),
            Some((b"sdta", inner)) => samples = find(inner, b"smpl"),
            Some((b"pdta", inner)) => presets = Some(inner),
            _ => {}
        }
    }
    let presets = presets.ok_or("no preset data")?;
    Ok(Parts {
        info: info.ok_or("no INFO list")?,
        samples: samples.ok_or("no sample data")?,
        presets,
        headers: find(presets, b"shdr").ok_or("no sample headers")?,
    })
}

fn expand(bytes: &[u8]) -> Result<Vec<u8>, String> {
    let parts = parts(bytes)?;
    let mut samples: Vec<u8> = Vec::with_capacity(parts.samples.len() * 6);
    let mut headers = parts.headers.to_vec();
    // The last record only ends the list.
    let count = (headers.len() / HEADER_BYTES).saturating_sub(1);
    for record in headers.chunks_exact_mut(HEADER_BYTES).take(count) {
        expand_sample(record, parts.samples, &mut samples)?;
    }
    let mut presets = b"pdta".to_vec();
    for (id, content) in chunks(parts.presets) {
        let content = if id == b"shdr" { &headers } else { content };
        push(&mut presets, id, content)?;
    }
    let mut data = b"sdta".to_vec();
    push(&mut data, b"smpl", &samples)?;
    let mut body = b"sfbk".to_vec();
    push(&mut body, b"LIST", parts.info)?;
    push(&mut body, b"LIST", &data)?;
    push(&mut body, b"LIST", &presets)?;
    let mut file = Vec::with_capacity(body.len() + 8);
    push(&mut file, b"RIFF", &body)?;
    Ok(file)
}

/// Appends one decoded sample to `out` and rewrites its header record to point there.
fn expand_sample(record: &mut [u8], source: &[u8], out: &mut Vec<u8>) -> Result<(), String> {
    let field = |record: &[u8], at: usize| {
        u32::from_le_bytes([record[at], record[at + 1], record[at + 2], record[at + 3]])
    };
    let [start, end, loop_start, loop_end] = [20, 24, 28, 32].map(|at| field(record, at));
    let kind = u16::from_le_bytes([record[44], record[45]]);
    let first = u32::try_from(out.len() / 2).map_err(|_| "bank too large")?;
    let (frames, loop_origin) = if kind & COMPRESSED == 0 {
        let content = source
            .get(start as usize * 2..end as usize * 2)
            .ok_or("a sample lies outside the sample data")?;
        out.extend_from_slice(content);
        (end - start, start)
    } else {
        let content = source
            .get(start as usize..end as usize)
            .ok_or("a sample lies outside the sample data")?;
        (decode(content, out)?, 0)
    };
    out.extend_from_slice(&[0; GUARD_FRAMES * 2]);
    let moved = |point: u32| first + point.saturating_sub(loop_origin).min(frames);
    for (at, value) in
        [(20, first), (24, first + frames), (28, moved(loop_start)), (32, moved(loop_end))]
    {
        record[at..at + 4].copy_from_slice(&value.to_le_bytes());
    }
    record[44..46].copy_from_slice(&(kind & !COMPRESSED).to_le_bytes());
    Ok(())
}

/// Appends the 16-bit frames of a mono Ogg Vorbis stream to `out`; returns how many.
fn decode(stream: &[u8], out: &mut Vec<u8>) -> Result<u32, String> {
    let wrong = |error: lewton::VorbisError| format!("a sample is not Ogg Vorbis: {error}");
    let mut reader = OggStreamReader::new(Cursor::new(stream)).map_err(wrong)?;
    if reader.ident_hdr.audio_channels != 1 {
        return Err("a sample is not mono".to_owned());
    }
    let mut frames = 0;
    while let Some(packet) = reader.read_dec_packet_itl().map_err(wrong)? {
        frames += packet.len() as u32;
        out.extend(packet.iter().flat_map(|value| value.to_le_bytes()));
    }
    Ok(frames)
}

/// The RIFF chunks of `bytes`, up to the first one that is cut off.
fn chunks(bytes: &[u8]) -> impl Iterator<Item = (&[u8; 4], &[u8])> {
    let mut rest = bytes;
    std::iter::from_fn(move || {
        let (id, after) = rest.split_first_chunk::<4>()?;
        let (size, after) = after.split_first_chunk::<4>()?;
        let size = u32::from_le_bytes(*size) as usize;
        let (content, after) = after.split_at_checked(size)?;
        // A chunk of odd size is followed by a zero, which some writers of SoundFont 3 leave out.
        rest = match after {
            [0, padded @ ..] if size % 2 == 1 => padded,
            _ => after,
        };
        Some((id, content))
    })
}

fn find<'a>(bytes: &'a [u8], wanted: &[u8; 4]) -> Option<&'a [u8]> {
    chunks(bytes).find(|(id, _)| *id == wanted).map(|(_, content)| content)
}

fn push(out: &mut Vec<u8>, id: &[u8; 4], content: &[u8]) -> Result<(), String> {
    let size = u32::try_from(content.len()).map_err(|_| "bank too large")?;
    out.extend_from_slice(id);
    out.extend_from_slice(&size.to_le_bytes());
    out.extend_from_slice(content);
    if content.len() % 2 == 1 {
        out.push(0);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_what_is_no_bank() {
        for bytes in [&b""[..], b"RIFF", b"RIFF\x04\0\0\0WAVE", &[0xff; 64]] {
            assert!(read_bank(bytes).is_err());
        }
    }

    #[test]
    fn odd_chunks_are_padded() {
        let mut file = Vec::new();
        push(&mut file, b"aaaa", b"123").expect("fits");
        push(&mut file, b"bbbb", b"45").expect("fits");
        let read: Vec<_> = chunks(&file).collect();
        assert_eq!(read, [(b"aaaa", &b"123"[..]), (b"bbbb", &b"45"[..])]);
    }
}
