//! Cuts and motion of an MP4 file with H.264.
//!
//! The file may be anything: boxes are read by `mp4-atom`, every offset is checked, and only so many
//! pixels are decoded.

use mp4_atom::{Codec, Decode, Header, Moov, Stbl, StszSamples};
use openh264::OpenH264API;
use openh264::decoder::{DecodedYUV, Decoder, DecoderConfig, Flush};
use openh264::formats::YUVSource;

use super::figures::{SIDE, Thumbnail, luma};
use super::{Look, Motion};

/// The most pixels that are decoded: 30 s of 1080p. What follows is not looked at.
const MOST_PIXELS: u64 = 2_000_000_000;
/// The most frames: a minute of 60 a second.
const MOST_FRAMES: usize = 3_600;
/// The largest `moov` box, in bytes.
const MOST_MOOV: usize = 8 * 1024 * 1024;
/// The mean difference of two frames from which on they may be different shots.
const CUT: f32 = 0.1;
/// How many times the usual difference around it a cut has.
const STANDS_OUT: f32 = 3.0;
/// Frames before and after that are around it.
const AROUND: usize = 6;
/// Seconds between cuts. More are a flicker.
const BETWEEN_CUTS: f64 = 0.25;
/// The mean difference of frames that counts as full motion.
const FULL_MOTION: f32 = 0.06;
/// Seconds between the frames whose colours are looked at.
const BETWEEN_LOOKS: f64 = 1.0;

/// The samples of a video track.
struct Samples<'f> {
    /// The NAL units of each, in decoding order.
    frames: Vec<&'f [u8]>,
    /// When each is shown, in seconds, rising.
    times: Vec<f64>,
    /// SPS and PPS, in Annex B form.
    parameters: Vec<u8>,
    /// Bytes of a NAL unit's length.
    length_size: usize,
}

/// Looks at a video. `None` if it is no MP4 with H.264, or broken.
pub(super) fn look(file: &[u8]) -> Option<Look> {
    let moov = moov(file)?;
    let track = moov.trak.iter().find_map(|trak| {
        let stbl = &trak.mdia.minf.stbl;
        samples(file, stbl, trak.mdia.mdhd.timescale)
    })?;
    let config = DecoderConfig::new().flush_after_decode(Flush::NoFlush);
    let mut decoder = Decoder::with_api_config(OpenH264API::from_source(), config).ok()?;
    let mut seen = Seen { times: &track.times, ..Seen::default() };
    let mut packet = track.parameters.clone();
    // Samples lie side by side: together they are no longer than the file, unless it wants to be
    // decoded for ever.
    let mut unread = file.len();
    for frame in &track.frames {
        unread = unread.checked_sub(frame.len())?;
        annex_b(frame, track.length_size, &mut packet)?;
        // A broken frame leaves the ones before and after it.
        if let Ok(Some(picture)) = decoder.decode(&packet) {
            seen.take(&picture);
        }
        if seen.pixels > MOST_PIXELS {
            break;
        }
        packet.clear();
    }
    for picture in decoder.flush_remaining().unwrap_or_default() {
        seen.take(&picture);
    }
    seen.look()
}

fn moov(file: &[u8]) -> Option<Moov> {
    let mut rest = file;
    while rest.len() >= 8 {
        let header = Header::decode(&mut rest).ok()?;
        let (mut body, after) = rest.split_at_checked(header.size.unwrap_or(rest.len()))?;
        if header.kind == mp4_atom::FourCC::new(b"moov") {
            use mp4_atom::Atom;
            return (body.len() <= MOST_MOOV).then(|| Moov::decode_body(&mut body).ok()).flatten();
        }
        rest = after;
    }
    None
}

fn samples<'f>(file: &'f [u8], stbl: &Stbl, timescale: u32) -> Option<Samples<'f>> {
    let avcc = stbl.stsd.codecs.iter().find_map(|codec| match codec {
        Codec::Avc1(avc1) => Some(&avc1.avcc),
        _ => None,
    })?;
    let sets = avcc.sequence_parameter_sets.iter().chain(&avcc.picture_parameter_sets);
    let parameters = sets.flat_map(|set| [&START[..], set].concat()).collect();
    let frames = frames(file, stbl)?;
    let times = times(stbl, timescale, frames.len())?;
    Some(Samples { frames, times, parameters, length_size: usize::from(avcc.length_size) })
}

/// The bytes of each sample, by the chunks that they are in.
fn frames<'f>(file: &'f [u8], stbl: &Stbl) -> Option<Vec<&'f [u8]>> {
    let size = |index: usize| match &stbl.stsz.samples {
        StszSamples::Identical { count, size } => (index < *count as usize).then_some(*size),
        StszSamples::Different { sizes } => sizes.get(index).copied(),
    };
    let offsets: Vec<u64> = match (&stbl.stco, &stbl.co64) {
        (Some(stco), _) => stco.entries.iter().map(|offset| u64::from(*offset)).collect(),
        (None, Some(co64)) => co64.entries.clone(),
        (None, None) => return None,
    };
    let mut frames = Vec::new();
    for (chunk, offset) in (1_u32..).zip(offsets) {
        let entries = stbl.stsc.entries.iter();
        let entry = entries.take_while(|entry| entry.first_chunk <= chunk).last()?;
        let mut at = usize::try_from(offset).ok()?;
        for _ in 0..entry.samples_per_chunk {
            let Some(size) = size(frames.len()) else { return Some(frames) };
            let end = at.checked_add(size as usize)?;
            frames.push(file.get(at..end)?);
            at = end;
            if frames.len() == MOST_FRAMES {
                return Some(frames);
            }
        }
    }
    Some(frames)
}

/// When the first `count` samples are shown, in order.
fn times(stbl: &Stbl, timescale: u32, count: usize) -> Option<Vec<f64>> {
    let deltas = stbl.stts.entries.iter();
    let deltas = deltas.flat_map(|entry| (0..entry.sample_count).map(|_| entry.sample_delta));
    let offsets = stbl.ctts.iter().flat_map(|ctts| &ctts.entries);
    let offsets = offsets.flat_map(|entry| (0..entry.sample_count).map(|_| entry.sample_offset));
    let mut now = 0_i64;
    let mut ticks: Vec<i64> = deltas
        .zip(offsets.chain(std::iter::repeat(0)))
        .take(count)
        .map(|(delta, offset)| {
            let shown = now.saturating_add(offset);
            now = now.saturating_add(i64::from(delta));
            shown
        })
        .collect();
    ticks.sort_unstable();
    let first = *ticks.first()?;
    let scale = f64::from(timescale.max(1));
    Some(ticks.iter().map(|tick| (tick - first) as f64 / scale).collect())
}

const START: [u8; 4] = [0, 0, 0, 1];

/// Appends a sample's NAL units with start codes instead of lengths.
fn annex_b(mut sample: &[u8], length_size: usize, packet: &mut Vec<u8>) -> Option<()> {
    while !sample.is_empty() {
        let (length, rest) = sample.split_at_checked(length_size.max(1))?;
        let length = length.iter().fold(0_usize, |sum, byte| sum << 8 | usize::from(*byte));
        let (unit, rest) = rest.split_at_checked(length)?;
        packet.extend_from_slice(&START);
        packet.extend_from_slice(unit);
        sample = rest;
    }
    Some(())
}

/// What was seen so far.
#[derive(Default)]
struct Seen<'t> {
    times: &'t [f64],
    pixels: u64,
    /// Luma of the last frame's small copy.
    last: Vec<f32>,
    /// How much each frame differs from the one before it.
    differences: Vec<f32>,
    looks: Vec<Look>,
    looked_at: Option<f64>,
}

impl Seen<'_> {
    fn take(&mut self, picture: &DecodedYUV<'_>) {
        let Some(small) = small(picture) else { return };
        let (width, height) = picture.dimensions();
        self.pixels += width as u64 * height as u64;
        let lumas: Vec<f32> = small.iter().map(luma).collect();
        let difference = match self.last.is_empty() {
            true => 0.0,
            false => {
                let each = lumas.iter().zip(&self.last).map(|(one, other)| (one - other).abs());
                each.sum::<f32>() / lumas.len() as f32
            }
        };
        let now = self.times.get(self.differences.len()).copied().unwrap_or_default();
        self.differences.push(difference);
        self.last = lumas;
        if self.looked_at.is_none_or(|before| now >= before + BETWEEN_LOOKS) {
            self.looked_at = Some(now);
            self.looks.push(Thumbnail(small).look());
        }
    }

    fn look(self) -> Option<Look> {
        if self.looks.is_empty() {
            return None;
        }
        let mean = |of: &dyn Fn(&Look) -> f32| {
            self.looks.iter().map(of).sum::<f32>() / self.looks.len() as f32
        };
        let cuts = self.cuts();
        let moving: Vec<f32> = (1..self.differences.len())
            .filter(|index| !cuts.contains(index))
            .map(|index| self.differences[index])
            .collect();
        let motion = moving.iter().sum::<f32>() / moving.len().max(1) as f32 / FULL_MOTION;
        let time = |index: &usize| self.times.get(*index).copied();
        Some(Look {
            brightness: mean(&|look| look.brightness),
            contrast: mean(&|look| look.contrast),
            colourfulness: mean(&|look| look.colourfulness),
            warmth: mean(&|look| look.warmth),
            detail: mean(&|look| look.detail),
            motion: Some(Motion {
                seconds: self.times.get(self.differences.len() - 1).copied().unwrap_or_default(),
                cuts: cuts.iter().filter_map(time).collect(),
                amount: motion.min(1.0),
            }),
        })
    }

    /// Indices of the frames that begin a shot.
    fn cuts(&self) -> Vec<usize> {
        let mut cuts: Vec<usize> = Vec::new();
        let time = |index: usize| self.times.get(index).copied().unwrap_or_default();
        for (index, difference) in self.differences.iter().enumerate().skip(1) {
            let from = index.saturating_sub(AROUND).max(1);
            let to = (index + AROUND + 1).min(self.differences.len());
            let mut around: Vec<f32> =
                (from..to).filter(|other| *other != index).map(|i| self.differences[i]).collect();
            around.sort_by(f32::total_cmp);
            let usual = around.get(around.len() / 2).copied().unwrap_or_default();
            let late = cuts.last().is_none_or(|last| time(index) >= time(*last) + BETWEEN_CUTS);
            if late && *difference > CUT && *difference > STANDS_OUT * usual {
                cuts.push(index);
            }
        }
        cuts
    }
}

/// A small copy in red, green and blue: the mean would be dearer, and says little more.
fn small(picture: &DecodedYUV<'_>) -> Option<Vec<[f32; 3]>> {
    let ((width, height), strides) = (picture.dimensions(), picture.strides());
    let side = SIDE as usize;
    let mut pixels = Vec::with_capacity(side * side);
    for row in 0..side {
        for column in 0..side {
            let (x, y) =
                ((column * 2 + 1) * width / (2 * side), (row * 2 + 1) * height / (2 * side));
            let light = f32::from(*picture.y().get(y * strides.0 + x)?);
            let blue = f32::from(*picture.u().get(y / 2 * strides.1 + x / 2)?) - 128.0;
            let red = f32::from(*picture.v().get(y / 2 * strides.2 + x / 2)?) - 128.0;
            // Rec. 709, limited range.
            let light = (light - 16.0) * 1.164;
            let rgb =
                [light + 1.793 * red, light - 0.213 * blue - 0.533 * red, light + 2.112 * blue];
            pixels.push(rgb.map(|value| (value / 255.0).clamp(0.0, 1.0)));
        }
    }
    Some(pixels)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Four shots of 1.5 s in High profile with B frames:
    ///
    /// `ffmpeg -f lavfi -i "color=red:s=160x90:r=24:d=1.5" -f lavfi -i "testsrc2=s=160x90:r=24:d=1.5"
    /// -f lavfi -i "color=white:s=160x90:r=24:d=1.5" -f lavfi -i "color=0x102040:s=160x90:r=24:d=1.5"
    /// -filter_complex concat=n=4 -pix_fmt yuv420p -c:v libx264 -bf 3 -bitexact cuts.mp4`
    const CUTS: &[u8] = include_bytes!("../../tests/files/cuts.mp4");

    #[test]
    fn cuts_are_found_where_they_are() {
        let look = look(CUTS).expect("a video");
        let motion = look.motion.expect("motion");
        assert_eq!(motion.cuts.len(), 3, "{motion:?}");
        for (found, cut) in motion.cuts.iter().zip([1.5, 3.0, 4.5]) {
            assert!((found - cut).abs() < 0.05, "{motion:?}");
        }
        assert!((motion.seconds - 6.0).abs() < 0.1, "{motion:?}");
        assert!((0.01..0.6).contains(&motion.amount), "{motion:?}");
        assert!((0.2..0.8).contains(&look.brightness));
    }

    #[test]
    fn a_file_whose_samples_lie_on_one_another_is_no_video() {
        let moov = CUTS.windows(4).position(|kind| kind == b"stsz").expect("a table of sizes");
        // After the kind: version and flags, one size for all, how many there are, their sizes.
        let count = u32::from_be_bytes(CUTS[moov + 12..moov + 16].try_into().unwrap()) as usize;
        let mut file = CUTS.to_vec();
        let most = u32::try_from(CUTS.len() / 2).unwrap().to_be_bytes();
        for index in 0..count {
            file[moov + 16 + 4 * index..][..4].copy_from_slice(&most);
        }
        assert_eq!(look(&file), None);
    }

    #[test]
    fn broken_files_are_seen_through_without_a_panic() {
        for length in (0..CUTS.len()).step_by(97) {
            let _ = look(&CUTS[..length]);
        }
        for at in (0..CUTS.len()).step_by(53) {
            let mut broken = CUTS.to_vec();
            broken[at] ^= 0xFF;
            let _ = look(&broken);
        }
    }
}
