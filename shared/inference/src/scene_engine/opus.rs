//! Sound as Opus packets, as an MP4 file takes them.

use ropus::{Application, Bitrate, Channels, Encoder, Signal};

use crate::error::EngineError;
use crate::progress::Progress;

/// Frames per second.
pub(super) const RATE: u32 = 48_000;
/// Frames of a packet: 20 ms.
const FRAMES: usize = 960;
/// Bits per second.
const BITS: u32 = 160_000;
/// The largest packet there can be, in bytes.
const MOST_BYTES: usize = 1275;

/// When a packet begins, in seconds.
pub(super) fn start(packet: u32) -> f64 {
    f64::from(packet) * FRAMES as f64 / f64::from(RATE)
}

/// Encodes two channels of equal length. What does not fill a packet at the end is left out, so that no sound
/// lasts longer than its film.
pub(super) fn encode(
    left: &[f32],
    right: &[f32],
    progress: &mut Progress<'_, '_>,
) -> Result<Vec<Vec<u8>>, EngineError> {
    let mut encoder = Encoder::builder(RATE, Channels::Stereo, Application::Audio)
        .bitrate(Bitrate::Bits(BITS))
        .signal(Signal::Music)
        .build()
        .map_err(|error| EngineError::internal("opus")(error.to_string()))?;
    let count = left.len() / FRAMES;
    let mut frames = left.iter().zip(right).flat_map(|(left, right)| [*left, *right]);
    let mut packets = Vec::with_capacity(count);
    let mut bytes = [0; MOST_BYTES];
    for index in 0..count {
        progress.at(index as f32 / count as f32)?;
        let mut packet: Vec<f32> = frames.by_ref().take(2 * FRAMES).collect();
        packet.resize(2 * FRAMES, 0.0);
        let length = encoder
            .encode_float(&packet, &mut bytes)
            .map_err(|error| EngineError::internal("opus")(error.to_string()))?;
        packets.push(bytes.get(..length).unwrap_or_default().to_vec());
    }
    Ok(packets)
}

#[cfg(test)]
mod tests {
    use std::f64::consts::PI;
    use std::ops::ControlFlow;

    use super::*;

    /// What the encoder is late, in frames; `muxide` tells decoders to skip as many.
    const LATE: usize = 312;

    #[test]
    fn what_is_decoded_is_what_was_encoded() {
        let tone = |pitch: f64| -> Vec<f32> {
            let at = |at: i32| (2.0 * PI * pitch * f64::from(at) / 48_000.0).sin() as f32 * 0.5;
            (0..48_000).map(at).collect()
        };
        let (left, right) = (tone(440.0), tone(660.0));
        let mut watch = |_| ControlFlow::Continue(());
        let packets = encode(&left, &right, &mut Progress::new(&mut watch)).expect("packets");
        assert_eq!(packets.len(), 50);
        let mut decoder = ropus::Decoder::new(RATE, Channels::Stereo).expect("decoder");
        let mut heard = Vec::new();
        for packet in &packets {
            let mut frames = [0.0; 2 * FRAMES];
            let normal = ropus::DecodeMode::Normal;
            decoder.decode_float(packet, &mut frames, normal).expect("sound");
            heard.extend(frames);
        }
        for (channel, sent) in [&left, &right].into_iter().enumerate() {
            let worst = (4_800..43_200)
                .map(|at| (heard[2 * (at + LATE) + channel] - sent[at]).abs())
                .fold(0.0, f32::max);
            assert!(worst < 0.05, "{channel}: {worst}");
        }
    }
}
