//! The frames of a film without sound, decoded.

use image::{Rgb, RgbImage};
use openh264::OpenH264API;
use openh264::decoder::{Decoder, DecoderConfig, Flush};
use openh264::formats::YUVSource;

/// The content of the first box of this kind at the top of a file.
fn top<'f>(file: &'f [u8], kind: &[u8]) -> &'f [u8] {
    let mut rest = file;
    while let Some((head, _)) = rest.split_first_chunk::<4>() {
        let length = u32::from_be_bytes(*head) as usize;
        let (this, after) = rest.split_at(length);
        if &this[4..8] == kind {
            return &this[8..];
        }
        rest = after;
    }
    panic!("no box {kind:?}");
}

/// SPS and PPS, as a decoder takes them.
fn parameters(file: &[u8]) -> Vec<u8> {
    let moov = top(file, b"moov");
    let at = moov.windows(4).position(|four| four == b"avcC").expect("avcC") + 4;
    let mut rest = &moov[at + 6..];
    let mut packet = Vec::new();
    for _ in 0..2 {
        let length = usize::from(u16::from_be_bytes([rest[0], rest[1]]));
        packet.extend_from_slice(&[0, 0, 0, 1]);
        packet.extend_from_slice(&rest[2..2 + length]);
        // Between the two is the number of the second.
        rest = &rest[(3 + length).min(rest.len())..];
    }
    packet
}

/// Every frame. A slice is a frame in what we encode.
pub(crate) fn decoded(file: &[u8]) -> Vec<RgbImage> {
    let config = DecoderConfig::new().flush_after_decode(Flush::NoFlush);
    let mut decoder =
        Decoder::with_api_config(OpenH264API::from_source(), config).expect("decoder");
    let mut packet = parameters(file);
    let mut rest = top(file, b"mdat");
    let mut frames = Vec::new();
    while let Some((head, after)) = rest.split_first_chunk::<4>() {
        let (unit, after) = after.split_at(u32::from_be_bytes(*head) as usize);
        packet.extend_from_slice(&[0, 0, 0, 1]);
        packet.extend_from_slice(unit);
        rest = after;
        if matches!(unit[0] & 31, 1 | 5) {
            frames.extend(decoder.decode(&packet).expect("a frame").map(|frame| rgb(&frame)));
            packet.clear();
        }
    }
    frames.extend(decoder.flush_remaining().expect("the last").iter().map(rgb));
    frames
}

/// BT.709, limited range.
fn rgb(frame: &impl YUVSource) -> RgbImage {
    let (width, height) = frame.dimensions();
    let (luma, chroma, _) = frame.strides();
    RgbImage::from_fn(width as u32, height as u32, |x, y| {
        let (x, y) = (x as usize, y as usize);
        let small = y / 2 * chroma + x / 2;
        let y = 1.164_384 * (f32::from(frame.y()[y * luma + x]) - 16.0);
        let u = f32::from(frame.u()[small]) - 128.0;
        let v = f32::from(frame.v()[small]) - 128.0;
        let parts = [y + 1.792_741 * v, y - 0.213_249 * u - 0.532_909 * v, y + 2.112_402 * u];
        Rgb(parts.map(|part| part.round().clamp(0.0, 255.0) as u8))
    })
}

/// How much two pictures are alike, in decibels (peak signal to noise).
pub(crate) fn likeness(one: &RgbImage, other: &RgbImage) -> f64 {
    assert_eq!(one.dimensions(), other.dimensions());
    let pairs = one.as_raw().iter().zip(other.as_raw());
    let sum: f64 = pairs.map(|(a, b)| (f64::from(*a) - f64::from(*b)).powi(2)).sum();
    10.0 * (255.0f64.powi(2) / (sum / one.as_raw().len() as f64).max(1e-9)).log10()
}
