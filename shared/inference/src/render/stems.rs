//! A part by itself, at the level that it has in the mix.
//!
//! All stems of a work have one common gain, so they add up to the mix as it is before the master, at that
//! gain. The master's filter, compressor and limiter follow the sum of all parts; no part by itself has them.

use std::sync::Arc;

use rustysynth::SoundFont;

use super::master::fade;
use super::mix::{Balance, place};
use super::player::{Time, play};
use super::sound::{Sound, gain_of};
use crate::error::EngineError;
use crate::progress::Progress;
use crate::score::Score;

/// The greatest sample of all stems and of their sum, in dB of full scale.
const PEAK: f64 = -1.0;

/// Part `index` of a score, faded at both ends as the work is.
///
/// Parts are played anew one after the other instead of being kept from the mix, so that the memory needed does
/// not depend on their number.
pub(crate) fn stem(
    score: &Score,
    index: usize,
    balance: &Balance,
    bank: &Arc<SoundFont>,
    frames: usize,
    progress: &mut Progress<'_, '_>,
) -> Result<Sound, EngineError> {
    let part = &score.parts[index];
    let mut sound = play(part, place(part.role, index), Time::of(score), bank, frames, progress)?;
    sound.scale(balance.gains[index] * balance.headroom());
    fade(&mut sound);
    Ok(sound)
}

impl Balance {
    /// The common gain of the stems of a work, as a factor.
    pub(super) fn headroom(&self) -> f32 {
        if self.peak > 0.0 { gain_of(PEAK) / self.peak } else { 1.0 }
    }
}

#[cfg(test)]
mod tests {
    use std::ops::ControlFlow;

    use super::*;
    use crate::encode;
    use crate::render::mix::mix;
    use crate::render::read_bank;
    use crate::score::{Key, Metre, Note, Part, Role};

    fn score() -> Score {
        let part = |role, program, pitch| Part {
            instrument: String::new(),
            role,
            program,
            notes: (0..6)
                .map(|at| Note { start: at * 480, length: 400, pitch, velocity: 100 })
                .collect(),
        };
        Score {
            tempo_bpm: 120.0,
            metre: Metre { beats: 4, unit: 4 },
            key: Key { tonic: 0, minor: false },
            sections: Vec::new(),
            parts: vec![
                part(Role::Drums, 0, 38),
                part(Role::Bass, 1, 40),
                part(Role::Chords, 5, 60),
                part(Role::Melody, 9, 72),
            ],
        }
    }

    #[test]
    fn decoded_stems_add_up_to_the_mix() {
        let bank = include_bytes!("../../../../tests/packages/tiny-score/bank.sf2");
        let (score, bank, frames) = (score(), read_bank(bank).expect("bank"), 150_000);
        let watch = &mut |_: f32| ControlFlow::Continue(());
        let mut progress = Progress::new(watch);
        let (mut mix, balance) = mix(&score, &bank, frames, &mut progress).expect("mix");
        mix.scale(balance.headroom());
        fade(&mut mix);
        let mut sum = vec![0i32; frames * 2];
        for index in 0..score.parts.len() {
            let stem = stem(&score, index, &balance, &bank, frames, &mut progress).expect("stem");
            assert!(stem.peak() > 0.01 && stem.peak() <= gain_of(PEAK) * 1.0001);
            let flac = encode::flac(&stem, index as u64, &mut progress).expect("flac");
            let mut reader = claxon::FlacReader::new(&flac[..]).expect("header");
            for (sum, sample) in sum.iter_mut().zip(reader.samples()) {
                *sum += sample.expect("sample");
            }
        }
        // Rounding and noise are up to one and a half steps in each of the four.
        let [left, right] = mix.channels();
        let pairs = left.iter().zip(right).flat_map(|(left, right)| [left, right]);
        let furthest = pairs
            .zip(&sum)
            .map(|(mixed, sum)| (mixed * 32_767.0 - *sum as f32).abs())
            .fold(0.0, f32::max);
        assert!(furthest <= 6.1, "{furthest} steps of 1/32,768");
    }
}
