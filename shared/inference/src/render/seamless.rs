//! A stretch of whole bars that can be repeated without a seam.
//!
//! The bars are played from silence, and what rings on after them is added to their start: that is how they sound
//! when they have been heard before. So the last frame goes on to the first one as it would to the next. Filters
//! and gains of the master get the end of the stretch before its start, and its start after its end.

use std::ops::Range;
use std::sync::Arc;

use rustysynth::SoundFont;

use super::master::master_within;
use super::mix::{Balance, place};
use super::player::{Time, play};
use super::sound::{Sound, frames_of};
use crate::error::EngineError;
use crate::progress::Progress;
use crate::score::{Note, Part, Score};

/// Seconds after the last bar in which releases and the room die away.
const TAIL: f64 = 8.0;
/// Seconds at the end of the tail over which the little that is left is faded.
const TAIL_FADE: f64 = 2.0;
/// Seconds of the other end that the master hears before the stretch, many times the compressor's release,
/// and after it, more than the limiter's look-ahead.
const AROUND: (f64, f64) = (3.0, 0.1);

/// Plays the bars of a score, by their numbers, with the balance of the whole work.
pub(crate) fn seamless(
    score: &Score,
    bars: &Range<u32>,
    balance: &Balance,
    bank: &Arc<SoundFont>,
    progress: &mut Progress<'_, '_>,
) -> Result<Sound, EngineError> {
    let wrapped = wrapped(score, bars, balance, bank, &mut progress.stage(0.0, 0.7))?;
    let frames = wrapped.frames();
    let (before, after) = (frames_of(AROUND.0), frames_of(AROUND.1));
    let mut sound = repeated(&wrapped, before, before + frames + after);
    let stretch = before..before + frames;
    master_within(&mut sound, &stretch, &mut progress.stage(0.7, 1.0))?;
    let [left, right] = sound.within(&stretch).map(<[f32]>::to_vec);
    Ok(Sound { left, right })
}

/// The mix of the bars, before the master.
fn wrapped(
    score: &Score,
    bars: &Range<u32>,
    balance: &Balance,
    bank: &Arc<SoundFont>,
    progress: &mut Progress<'_, '_>,
) -> Result<Sound, EngineError> {
    let ticks = bars.start * score.metre.bar_ticks()..bars.end * score.metre.bar_ticks();
    let time = Time { lead_in: 0.0, tick: score.tick_seconds() };
    let frames = time.frame(ticks.end - ticks.start);
    let mut mix = Sound::silent(frames);
    let count = score.parts.len().max(1) as f32;
    for (index, part) in score.parts.iter().enumerate() {
        let mut stage = progress.stage(index as f32 / count, (index + 1) as f32 / count);
        let part = Part { notes: notes(&part.notes, &ticks), ..part.clone() };
        let all = frames + frames_of(TAIL);
        let mut sound = play(&part, place(part.role, index), time, bank, all, &mut stage)?;
        fade_tail(&mut sound);
        wrap(&sound, balance.gains[index], &mut mix);
    }
    Ok(mix)
}

/// The notes that start within `ticks`, counted from there. None is held longer: what plays at the start would
/// meet it.
fn notes(all: &[Note], ticks: &Range<u32>) -> Vec<Note> {
    let within = all.iter().filter(|note| ticks.contains(&note.start));
    let moved = |note: &Note| Note {
        start: note.start - ticks.start,
        length: note.length.min(ticks.end - note.start),
        ..*note
    };
    within.map(moved).collect()
}

fn fade_tail(sound: &mut Sound) {
    let fade = frames_of(TAIL_FADE);
    for channel in sound.channels_mut() {
        for (at, value) in channel.iter_mut().rev().take(fade).enumerate() {
            *value *= at as f32 / fade as f32;
        }
    }
}

/// Adds a sound that may be longer than `to` round and round.
fn wrap(sound: &Sound, gain: f32, to: &mut Sound) {
    let frames = to.frames().max(1);
    for (to, from) in to.channels_mut().into_iter().zip(sound.channels()) {
        for turn in from.chunks(frames) {
            for (to, from) in to.iter_mut().zip(turn) {
                *to += from * gain;
            }
        }
    }
}

/// `frames` frames of a sound that is repeated without end, of which `before` come before its start.
fn repeated(sound: &Sound, before: usize, frames: usize) -> Sound {
    let length = sound.frames().max(1);
    let first = (length - before % length) % length;
    let channel =
        |channel: &[f32]| channel.iter().cycle().skip(first).take(frames).copied().collect();
    let [left, right] = sound.channels().map(channel);
    Sound { left, right }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ramp(frames: usize) -> Sound {
        let channel: Vec<f32> = (0..frames).map(|at| at as f32).collect();
        Sound { left: channel.clone(), right: channel }
    }

    #[test]
    fn the_end_comes_before_the_start_and_the_start_after_the_end() {
        let sound = repeated(&ramp(4), 6, 12);
        assert_eq!(sound.left, [2.0, 3.0, 0.0, 1.0, 2.0, 3.0, 0.0, 1.0, 2.0, 3.0, 0.0, 1.0]);
        assert_eq!(repeated(&ramp(4), 8, 5).left, [0.0, 1.0, 2.0, 3.0, 0.0]);
    }

    #[test]
    fn what_rings_on_is_wrapped_as_often_as_it_is_long() {
        let mut to = Sound::silent(4);
        wrap(&ramp(9), 2.0, &mut to);
        assert_eq!(to.right, [24.0, 12.0, 16.0, 20.0]);
    }

    #[test]
    fn notes_end_at_the_seam_and_those_outside_are_left_out() {
        let note = |start, length| Note { start, length, pitch: 60, velocity: 90 };
        let all = [note(0, 50), note(10, 5), note(15, 30), note(20, 5)];
        assert_eq!(notes(&all, &(10..20)), [note(0, 5), note(5, 5)]);
    }
}
