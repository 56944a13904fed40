//! FLAC, 16 bits, by `flacenc`.

use flacenc::bitsink::ByteSink;
use flacenc::component::BitRepr;
use flacenc::error::{SourceError, Verify};
use flacenc::source::{Fill, Source};

use crate::dice::{Dice, Purpose};
use crate::error::EngineError;
use crate::progress::Progress;
use crate::render::{SAMPLE_RATE, Sound};

const CHANNELS: usize = 2;

/// A FLAC file with triangular dither of ±1 bit, drawn from `seed`. It carries no metadata but the format's own.
pub(crate) fn flac(
    sound: &Sound,
    seed: u64,
    progress: &mut Progress<'_, '_>,
) -> Result<Vec<u8>, EngineError> {
    let failed = |error: String| EngineError::internal("flac")(error);
    let mut config = flacenc::config::Encoder::default();
    config.multithread = false;
    let config = config.into_verified().map_err(|(_, error)| failed(error.to_string()))?;
    let mut source = Samples { samples: quantise(sound, seed), read: 0, progress, canceled: None };
    let stream = flacenc::encode_with_fixed_block_size(&config, &mut source, config.block_size);
    if let Some(canceled) = source.canceled {
        return Err(canceled);
    }
    let mut sink = ByteSink::new();
    stream
        .map_err(|error| failed(error.to_string()))?
        .write(&mut sink)
        .map_err(|error| failed(error.to_string()))?;
    Ok(sink.into_inner())
}

/// Hands the encoder one block after the other, and stops when the job is canceled.
struct Samples<'a, 'p, 'w> {
    /// Interleaved.
    samples: Vec<i32>,
    read: usize,
    progress: &'a mut Progress<'p, 'w>,
    canceled: Option<EngineError>,
}

impl Source for Samples<'_, '_, '_> {
    fn channels(&self) -> usize {
        CHANNELS
    }

    fn bits_per_sample(&self) -> usize {
        16
    }

    fn sample_rate(&self) -> usize {
        SAMPLE_RATE as usize
    }

    fn read_samples<F: Fill>(
        &mut self,
        block_size: usize,
        dest: &mut F,
    ) -> Result<usize, SourceError> {
        let share = self.read as f32 / self.samples.len().max(1) as f32;
        if let Err(canceled) = self.progress.at(share) {
            self.canceled = Some(canceled);
            return Err(SourceError::from_unknown());
        }
        let end = self.samples.len().min(self.read + block_size * CHANNELS);
        let block = &self.samples[self.read..end];
        dest.fill_interleaved(block)?;
        self.read = end;
        Ok(block.len() / CHANNELS)
    }

    fn len_hint(&self) -> Option<usize> {
        Some(self.samples.len() / CHANNELS)
    }
}

/// Interleaved 16-bit values. Digital silence stays silent.
fn quantise(sound: &Sound, seed: u64) -> Vec<i32> {
    let mut dice = Dice::new(seed, Purpose::Dither);
    let mut samples = Vec::with_capacity(sound.frames() * CHANNELS);
    for (left, right) in sound.left.iter().zip(&sound.right) {
        for value in [left, right] {
            let noise = dice.unit() - dice.unit();
            let scaled = value * 32_767.0;
            let dithered = if *value == 0.0 { 0.0 } else { scaled + noise };
            samples.push(dithered.round().clamp(-32_768.0, 32_767.0) as i32);
        }
    }
    samples
}

#[cfg(test)]
mod tests {
    use std::ops::ControlFlow;

    use super::*;

    fn encode(sound: &Sound) -> Vec<u8> {
        let watch = &mut |_: f32| ControlFlow::Continue(());
        flac(sound, 3, &mut Progress::new(watch)).expect("flac")
    }

    #[test]
    fn decodes_to_what_went_in() {
        let mut sound = Sound::silent(10_001);
        for (at, value) in sound.left.iter_mut().enumerate() {
            *value = (at as f32 * 0.05).sin() * 0.5;
        }
        let bytes = encode(&sound);
        assert_eq!(bytes, encode(&sound), "is reproducible");
        let mut reader = claxon::FlacReader::new(&bytes[..]).expect("header");
        assert_eq!(reader.streaminfo().samples, Some(10_001));
        assert_eq!(reader.streaminfo().sample_rate, SAMPLE_RATE);
        let samples: Vec<i32> = reader.samples().map(|value| value.expect("sample")).collect();
        assert_eq!(samples, quantise(&sound, 3));
        let error = (samples[2000] as f32 / 32_767.0 - sound.left[1000]).abs();
        assert!(error < 2.0 / 32_767.0);
    }

    #[test]
    fn stops_when_canceled() {
        let watch = &mut |_: f32| ControlFlow::Break(());
        let result = flac(&Sound::silent(9_000), 3, &mut Progress::new(watch));
        assert!(matches!(result, Err(EngineError::Canceled)));
    }
}
