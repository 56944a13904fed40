//! Duration and dimensions from the `moov` box of an MP4 (ISO/IEC 14496-12).

use mp4_atom::{Atom, Decode, FourCC, Hdlr, Header, Mdhd, Mvhd, Stts, Tkhd};
use reverie_domain::upload::{MAX_VIDEO_SECONDS, MediaFacts};

/// The most boxes that are looked at in one level.
const MOST_BOXES: usize = 10_000;

/// The dimensions and the duration. The duration is the longest that the file claims anywhere.
pub(super) fn measure(file: &[u8]) -> Result<MediaFacts, String> {
    let moov = only(file, b"moov").ok_or_else(unreadable)?;
    if child(moov, b"mvex")?.is_some() {
        return Err("The video is a fragmented MP4; export it as a plain one.".to_owned());
    }
    let mvhd: Mvhd = leaf(only(moov, b"mvhd"))?;
    let mut longest = seconds(mvhd.duration, mvhd.timescale)?;
    let mut dimensions = None;
    for (kind, trak) in boxes(moov)? {
        if kind != FourCC::new(b"trak") {
            continue;
        }
        let track = Track::read(trak)?;
        longest = longest.max(track.seconds);
        dimensions = dimensions.or(track.dimensions);
    }
    let (width, height) = dimensions.ok_or("The file has no video track.")?;
    if longest > MAX_VIDEO_SECONDS {
        return Err(format!(
            "The video is {longest:.1} s long; at most {MAX_VIDEO_SECONDS} s are taken."
        ));
    }
    if longest <= 0.0 {
        return Err("The video has no duration.".to_owned());
    }
    Ok(MediaFacts { width: Some(width), height: Some(height), seconds: Some(longest) })
}

struct Track {
    seconds: f64,
    /// Of a video track.
    dimensions: Option<(u32, u32)>,
}

impl Track {
    fn read(trak: &[u8]) -> Result<Self, String> {
        let mdia = only(trak, b"mdia").ok_or_else(unreadable)?;
        let mdhd: Mdhd = leaf(only(mdia, b"mdhd"))?;
        let hdlr: Hdlr = leaf(only(mdia, b"hdlr"))?;
        let mut longest = seconds(mdhd.duration, mdhd.timescale)?;
        let table = only(mdia, b"minf").and_then(|minf| only(minf, b"stbl"));
        if let Some(stts) = table.and_then(|stbl| only(stbl, b"stts")) {
            let stts: Stts = leaf(Some(stts))?;
            let ticks = |sum: u64, entry: &mp4_atom::SttsEntry| {
                sum.saturating_add(u64::from(entry.sample_count) * u64::from(entry.sample_delta))
            };
            let sum = stts.entries.iter().fold(0, ticks);
            longest = longest.max(seconds(sum, mdhd.timescale)?);
        }
        if hdlr.handler != FourCC::new(b"vide") {
            return Ok(Self { seconds: longest, dimensions: None });
        }
        let tkhd: Tkhd = leaf(only(trak, b"tkhd"))?;
        let (width, height) = (tkhd.width.integer(), tkhd.height.integer());
        if width == 0 || height == 0 {
            return Err("The video has no pixels.".to_owned());
        }
        Ok(Self { seconds: longest, dimensions: Some((width.into(), height.into())) })
    }
}

fn seconds(ticks: u64, timescale: u32) -> Result<f64, String> {
    // All ones mean that the duration is not known.
    if timescale == 0 || ticks == u64::MAX || ticks == u64::from(u32::MAX) {
        return Err("The video does not say how long it is.".to_owned());
    }
    Ok(ticks as f64 / f64::from(timescale))
}

fn unreadable() -> String {
    "The MP4 file cannot be read.".to_owned()
}

/// The boxes in `bytes`, each with its body.
fn boxes(mut bytes: &[u8]) -> Result<Vec<(FourCC, &[u8])>, String> {
    let mut found = Vec::new();
    while bytes.len() >= 8 {
        if found.len() == MOST_BOXES {
            return Err(unreadable());
        }
        let header = Header::decode(&mut bytes).map_err(|_| unreadable())?;
        let size = header.size.unwrap_or(bytes.len());
        let (body, rest) = bytes.split_at_checked(size).ok_or_else(unreadable)?;
        found.push((header.kind, body));
        bytes = rest;
    }
    Ok(found)
}

/// The first child of this kind.
fn child<'a>(bytes: &'a [u8], kind: &[u8; 4]) -> Result<Option<&'a [u8]>, String> {
    let kind = FourCC::new(kind);
    Ok(boxes(bytes)?.into_iter().find(|(found, _)| *found == kind).map(|(_, body)| body))
}

/// The child of this kind, if there is exactly one.
fn only<'a>(bytes: &'a [u8], kind: &[u8; 4]) -> Option<&'a [u8]> {
    let kind = FourCC::new(kind);
    let mut same = boxes(bytes).ok()?.into_iter().filter(|(found, _)| *found == kind);
    let (first, None) = (same.next()?, same.next()) else { return None };
    Some(first.1)
}

fn leaf<T: Atom>(body: Option<&[u8]>) -> Result<T, String> {
    let mut body = body.ok_or_else(unreadable)?;
    T::decode_body(&mut body).map_err(|_| unreadable())
}

#[cfg(test)]
mod tests {
    use mp4_atom::{
        Encode, FourCC, Ftyp, Hdlr, Mdhd, Mdia, Minf, Moov, Mvex, Mvhd, Stbl, Stts, SttsEntry,
        Tkhd, Trak,
    };
    use reverie_domain::upload::UploadType;

    use crate::inspect::inspect;

    fn video(seconds: u32) -> Moov {
        let stts =
            Stts { entries: vec![SttsEntry { sample_count: seconds * 25, sample_delta: 40 }] };
        let stbl = Stbl { stts, ..Stbl::default() };
        let mdia = Mdia {
            mdhd: Mdhd { timescale: 1000, language: "und".to_owned(), ..Mdhd::default() },
            hdlr: Hdlr { handler: FourCC::new(b"vide"), name: String::new() },
            minf: Minf { stbl, ..Minf::default() },
        };
        let tkhd = Tkhd { width: 640.into(), height: 360.into(), ..Tkhd::default() };
        Moov {
            mvhd: Mvhd { timescale: 1000, duration: 1, ..Mvhd::default() },
            trak: vec![Trak { tkhd, mdia, ..Trak::default() }],
            ..Moov::default()
        }
    }

    fn file(moov: &Moov) -> Vec<u8> {
        let brand = FourCC::new(b"isom");
        let ftyp = Ftyp { major_brand: brand, minor_version: 0, compatible_brands: vec![brand] };
        let mut bytes = Vec::new();
        ftyp.encode(&mut bytes).unwrap();
        moov.encode(&mut bytes).unwrap();
        bytes
    }

    #[test]
    fn a_video_is_measured_by_its_samples() {
        let facts = inspect(UploadType::Mp4, &file(&video(12))).unwrap();
        assert_eq!((facts.width, facts.height), (Some(640), Some(360)));
        assert_eq!(facts.seconds, Some(12.0));
    }

    #[test]
    fn what_is_too_long_silent_about_its_length_or_no_video_is_rejected() {
        let reason = |moov: &Moov| inspect(UploadType::Mp4, &file(moov)).unwrap_err();
        assert!(reason(&video(61)).contains("61.0 s"));
        assert!(reason(&Moov { mvex: Some(Mvex::default()), ..video(5) }).contains("fragmented"));
        assert!(reason(&Moov { trak: vec![], ..video(5) }).contains("no video"));
        let mut timeless = video(5);
        timeless.mvhd.timescale = 0;
        assert!(reason(&timeless).contains("how long"));
    }

    #[test]
    fn broken_files_are_rejected_without_a_panic() {
        let whole = file(&video(5));
        for length in 0..whole.len() {
            assert!(inspect(UploadType::Mp4, &whole[..length]).is_err(), "{length}");
        }
        for at in 8..whole.len() {
            for value in [0, 1, 0x7F, 0xFF] {
                let mut broken = whole.clone();
                broken[at] = value;
                let _ = inspect(UploadType::Mp4, &broken);
            }
        }
    }
}
