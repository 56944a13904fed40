//! The master: from a mix of any level to a work of fixed loudness that starts and ends in silence.

use std::f64::consts::{PI, SQRT_2};
use std::ops::Range;

use super::limiter::limit;
use super::loudness::{loudness, true_peak};
use super::sound::{SAMPLE_RATE, Sound, frames_of, gain_of};
use crate::error::EngineError;
use crate::progress::Progress;

/// Integrated loudness of a finished work, in LUFS.
const LOUDNESS: f64 = -14.0;
/// How near to it is near enough, in LU.
const NEAR: f64 = 0.1;
/// How often the limiter is tried. What peaks high loses much to it, and may stay below.
const PASSES: u8 = 5;
/// The limiter's ceiling in dBTP; 0.5 dB below the promise of −1 for what its estimate misses, which was 0.37 dB where bright
/// waves are loud.
const CEILING: f64 = -1.5;
/// The promise, in dBTP.
const TRUE_PEAK: f64 = -1.0;
/// Nothing audible lies below, in Hz.
const LOWEST: f64 = 28.0;
const FADE_IN: f64 = 0.004;
const FADE_OUT: f64 = 0.9;

/// Filters, fades, compresses and limits a whole work in place.
pub(super) fn master(
    sound: &mut Sound,
    progress: &mut Progress<'_, '_>,
) -> Result<(), EngineError> {
    high_pass(sound);
    fade(sound);
    let all = 0..sound.frames();
    level(sound, &all, progress)
}

/// Filters, compresses and limits a stretch of a work; what is around it is there for filters and gains to
/// come from and to go on to.
pub(super) fn master_within(
    sound: &mut Sound,
    stretch: &Range<usize>,
    progress: &mut Progress<'_, '_>,
) -> Result<(), EngineError> {
    high_pass(sound);
    level(sound, stretch, progress)
}

/// Brings the stretch to its loudness, below the ceiling.
fn level(
    sound: &mut Sound,
    stretch: &Range<usize>,
    progress: &mut Progress<'_, '_>,
) -> Result<(), EngineError> {
    let measure =
        |sound: &Sound| loudness(sound.within(stretch)).map_err(EngineError::internal("loudness"));
    progress.at(0.1)?;
    let Some(measured) = measure(sound)? else {
        return Ok(());
    };
    sound.scale(gain_of(LOUDNESS - measured));
    compress(sound);
    progress.at(0.3)?;
    let mut gain = LOUDNESS - measure(sound)?.unwrap_or(LOUDNESS);
    let mut limited = attempt(sound, gain);
    for pass in 1..PASSES {
        progress.at(0.3 + 0.6 * f32::from(pass) / f32::from(PASSES))?;
        // The limiter takes some loudness away; more gain before it gives that back.
        let lost = LOUDNESS - measure(&limited)?.unwrap_or(LOUDNESS);
        if lost < NEAR {
            break;
        }
        gain += lost;
        limited = attempt(sound, gain);
    }
    let peak = true_peak(limited.within(stretch)).map_err(EngineError::internal("true peak"))?;
    let allowed = f64::from(gain_of(TRUE_PEAK));
    if peak > allowed {
        limited.scale((allowed / peak) as f32);
    }
    *sound = limited;
    progress.at(1.0)
}

fn attempt(sound: &Sound, gain: f64) -> Sound {
    let mut limited = sound.clone();
    limited.scale(gain_of(gain));
    limit(&mut limited, gain_of(CEILING));
    limited
}

/// Second-order Butterworth, by the cookbook of R. Bristow-Johnson.
fn high_pass(sound: &mut Sound) {
    let omega = 2.0 * PI * LOWEST / f64::from(SAMPLE_RATE);
    let alpha = omega.sin() / SQRT_2;
    let cosine = omega.cos();
    let a0 = 1.0 + alpha;
    let b = (1.0 + cosine) / 2.0 / a0;
    let (a1, a2) = (-2.0 * cosine / a0, (1.0 - alpha) / a0);
    for channel in sound.channels_mut() {
        let (mut x1, mut x2, mut y1, mut y2) = (0.0, 0.0, 0.0, 0.0);
        for value in channel.iter_mut() {
            let x = f64::from(*value);
            let y = b * (x - 2.0 * x1 + x2) - a1 * y1 - a2 * y2;
            (x2, x1, y2, y1) = (x1, x, y1, y);
            *value = y as f32;
        }
    }
}

/// A slow 2:1 compressor on both channels together, which holds the parts of a mix together.
fn compress(sound: &mut Sound) {
    const THRESHOLD: f64 = -16.0;
    const ATTACK: f64 = 0.015;
    const RELEASE: f64 = 0.2;
    let step = |seconds: f64| 1.0 - (-1.0 / (seconds * f64::from(SAMPLE_RATE))).exp();
    let (attack, release) = (step(ATTACK), step(RELEASE));
    let mut power = 0.0f64;
    let Sound { left, right } = sound;
    for (left, right) in left.iter_mut().zip(right) {
        let now = 0.5 * f64::from(*left * *left + *right * *right);
        power += (now - power) * if now > power { attack } else { release };
        let over = 10.0 * power.max(1e-12).log10() - THRESHOLD;
        if over > 0.0 {
            let gain = gain_of(-over / 2.0);
            *left *= gain;
            *right *= gain;
        }
    }
}

/// Half a cosine at both ends.
pub(super) fn fade(sound: &mut Sound) {
    let frames = sound.frames();
    let fade_in = frames_of(FADE_IN).min(frames / 2).max(1);
    let fade_out = frames_of(FADE_OUT).min(frames / 4).max(1);
    let shape = |at: usize, of: usize| (0.5 - 0.5 * (PI * at as f64 / of as f64).cos()) as f32;
    for channel in sound.channels_mut() {
        for (at, value) in channel.iter_mut().take(fade_in).enumerate() {
            *value *= shape(at, fade_in);
        }
        for (at, value) in channel.iter_mut().rev().take(fade_out).enumerate() {
            *value *= shape(at, fade_out);
        }
    }
}
