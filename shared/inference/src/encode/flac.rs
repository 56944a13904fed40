//! FLAC, 16 bits, by `flacenc`.

use flacenc::bitsink::ByteSink;
use flacenc::component::BitRepr;
use flacenc::error::Verify;
use flacenc::source::MemSource;

use crate::dice::{Dice, Purpose};
use crate::error::EngineError;
use crate::render::{SAMPLE_RATE, Sound};

const STAGE: &str = "flac";

/// A FLAC file with triangular dither of ±1 bit, drawn from `seed`. It carries no metadata but the format's own.
pub(crate) fn flac(sound: &Sound, seed: u64) -> Result<Vec<u8>, EngineError> {
    let samples = quantise(sound, seed);
    let mut config = flacenc::config::Encoder::default();
    config.multithread = false;
    let config = config
        .into_verified()
        .map_err(|(_, error)| EngineError::internal(STAGE)(error.to_string()))?;
    let source = MemSource::from_samples(&samples, 2, 16, SAMPLE_RATE as usize);
    let stream = flacenc::encode_with_fixed_block_size(&config, source, config.block_size)
        .map_err(|error| EngineError::internal(STAGE)(error.to_string()))?;
    let mut sink = ByteSink::new();
    stream.write(&mut sink).map_err(|error| EngineError::internal(STAGE)(error.to_string()))?;
    Ok(sink.into_inner())
}

/// Interleaved 16-bit values. Digital silence stays silent.
fn quantise(sound: &Sound, seed: u64) -> Vec<i32> {
    let mut dice = Dice::new(seed, Purpose::Dither);
    let mut samples = Vec::with_capacity(sound.frames() * 2);
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
    use super::*;

    #[test]
    fn decodes_to_what_went_in() {
        let mut sound = Sound::silent(10_001);
        for (at, value) in sound.left.iter_mut().enumerate() {
            *value = (at as f32 * 0.05).sin() * 0.5;
        }
        let bytes = flac(&sound, 3).expect("flac");
        assert_eq!(bytes, flac(&sound, 3).expect("flac"), "is reproducible");
        let mut reader = claxon::FlacReader::new(&bytes[..]).expect("header");
        assert_eq!(reader.streaminfo().samples, Some(10_001));
        assert_eq!(reader.streaminfo().sample_rate, SAMPLE_RATE);
        let samples: Vec<i32> = reader.samples().map(|value| value.expect("sample")).collect();
        assert_eq!(samples, quantise(&sound, 3));
        let error = (samples[2000] as f32 / 32_767.0 - sound.left[1000]).abs();
        assert!(error < 2.0 / 32_767.0);
    }
}
