//! The mix: every part at a level that its role decides.
//!
//! Banks differ in how loud their instruments are, and scores in how hard they are played, so each part is measured
//! (BS.1770, gated: rests do not count) and brought to its level. No part can drown another by accident.

use std::sync::Arc;

use rustysynth::SoundFont;

use super::loudness::loudness;
use super::player::{Place, Time, play};
use super::sound::{Sound, gain_of};
use crate::error::EngineError;
use crate::progress::Progress;
use crate::score::{Role, Score};

/// Loudness that a part of level 0 is brought to, in LUFS.
const REFERENCE: f64 = -20.0;
/// A part that is nearly silent is not raised by more than this, in dB.
const MOST_GAIN: f64 = 24.0;

/// How loud the parts are in the mix of a work.
#[derive(Debug, Clone)]
pub(crate) struct Balance {
    /// Factors of the parts, in their order; 0 for one that is never heard.
    pub(super) gains: Vec<f32>,
    /// The greatest sample of the mix and of all parts in it, as an amplitude.
    pub(super) peak: f32,
}

/// Plays all parts and adds them up.
pub(super) fn mix(
    score: &Score,
    bank: &Arc<SoundFont>,
    frames: usize,
    progress: &mut Progress<'_, '_>,
) -> Result<(Sound, Balance), EngineError> {
    let mut mix = Sound::silent(frames);
    let mut balance = Balance { gains: Vec::with_capacity(score.parts.len()), peak: 0.0 };
    let count = score.parts.len().max(1) as f32;
    for (index, part) in score.parts.iter().enumerate() {
        let place = place(part.role, index);
        let mut stage = progress.stage(index as f32 / count, (index + 1) as f32 / count);
        let stem = play(part, place, Time::of(score), bank, frames, &mut stage)?;
        let measured = loudness(stem.channels()).map_err(EngineError::internal("loudness"))?;
        let gain = measured.map_or(0.0, |measured| {
            gain_of((REFERENCE + level(part.role) - measured).min(MOST_GAIN))
        });
        mix.add(&stem, gain);
        balance.peak = balance.peak.max(stem.peak() * gain);
        balance.gains.push(gain);
    }
    balance.peak = balance.peak.max(mix.peak());
    Ok((mix, balance))
}

/// Loudness units relative to the melody.
fn level(role: Role) -> f64 {
    match role {
        Role::Melody => 0.0,
        Role::Drums => -2.0,
        Role::Bass => -5.5,
        Role::Chords => -4.0,
        Role::Counter => -4.5,
        Role::Figure => -5.0,
        Role::Pad => -8.0,
    }
}

/// Low and leading parts in the middle, the others to the sides in turn.
pub(super) fn place(role: Role, index: usize) -> Place {
    let side = if index.is_multiple_of(2) { 1 } else { -1 };
    let (width, reverb, chorus) = match role {
        Role::Bass => (0, 10, 0),
        Role::Drums => (0, 30, 0),
        Role::Melody => (5, 72, 6),
        Role::Counter => (28, 72, 6),
        Role::Chords => (24, 66, 16),
        Role::Figure => (34, 76, 16),
        Role::Pad => (14, 84, 56),
    };
    Place { pan: (64 + side * width) as u8, reverb, chorus }
}
