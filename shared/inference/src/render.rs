//! From notes to sound: a bank plays each part by itself, the parts are mixed and the mix is mastered.

mod bank;
mod limiter;
mod loudness;
mod master;
mod mix;
mod player;
mod seamless;
mod sound;
mod stems;

use std::sync::Arc;

use rustysynth::SoundFont;

use crate::error::EngineError;
use crate::progress::Progress;
use crate::score::Score;

pub(crate) use bank::read_bank;
pub(crate) use mix::Balance;
pub(crate) use player::channel_of;
pub(crate) use seamless::seamless;
pub(crate) use sound::{SAMPLE_RATE, Sound, frames_of};
pub(crate) use stems::stem;

/// Silence before the first note, in seconds: codecs smear what starts at the very first frame.
pub(crate) use reverie_domain::sketch::LEAD_IN;

/// Plays `score` into exactly `frames` frames. What still sounds at the end is faded.
pub(crate) fn render(
    score: &Score,
    bank: &Arc<SoundFont>,
    frames: usize,
    progress: &mut Progress<'_, '_>,
) -> Result<(Sound, Balance), EngineError> {
    let (mut sound, balance) = mix::mix(score, bank, frames, &mut progress.stage(0.0, 0.7))?;
    master::master(&mut sound, &mut progress.stage(0.7, 1.0))?;
    Ok((sound, balance))
}
