//! A look-ahead limiter on true peaks.
//!
//! The gain is computed for the whole work at once: the least gain that each frame needs, held over the look-ahead,
//! released exponentially, then averaged over the look-ahead. An average of values that are each low enough is low
//! enough, so the ceiling holds without clipping, and the gain has no corners that could be heard as clicks.

use std::collections::VecDeque;
use std::f64::consts::PI;

use crate::render::sound::{SAMPLE_RATE, Sound};

/// Frames of look-ahead: 5 ms.
const LOOK_AHEAD: usize = SAMPLE_RATE as usize / 200;
/// Time constant of the release, in seconds.
const RELEASE: f64 = 0.12;
/// Phases of the oversampling (BS.1770-4 annex 2 asks for four).
const PHASES: usize = 4;
/// Taps per phase.
const TAPS: usize = 12;

/// Turns `sound` down where a true peak would exceed `ceiling` (an amplitude).
pub(crate) fn limit(sound: &mut Sound, ceiling: f32) {
    let mut gain = needed_gain(sound, ceiling);
    hold_minimum(&mut gain, LOOK_AHEAD);
    release(&mut gain);
    average(&mut gain, LOOK_AHEAD);
    for channel in sound.channels_mut() {
        for (value, gain) in channel.iter_mut().zip(&gain) {
            *value *= gain;
        }
    }
}

/// The gain that each frame needs by itself.
fn needed_gain(sound: &Sound, ceiling: f32) -> Vec<f32> {
    let filter = interpolator();
    let mut gain = vec![1.0f32; sound.frames()];
    for channel in sound.channels() {
        for (at, gain) in gain.iter_mut().enumerate() {
            let peak = peak_around(channel, at, &filter);
            if peak > ceiling {
                *gain = gain.min(ceiling / peak);
            }
        }
    }
    gain
}

/// The highest absolute value from frame `at` to the next.
fn peak_around(channel: &[f32], at: usize, filter: &[[f32; TAPS]; PHASES]) -> f32 {
    let half = TAPS / 2;
    let mut peak = channel[at].abs();
    let Some(window) =
        (at + 1).checked_sub(half).and_then(|start| channel.get(start..start + TAPS))
    else {
        // The first and last frames of a work are faded to silence.
        return peak;
    };
    for taps in &filter[1..] {
        let value: f32 = window.iter().zip(taps).map(|(x, tap)| x * tap).sum();
        peak = peak.max(value.abs());
    }
    peak
}

/// A Hann-windowed sinc for each quarter of a frame.
fn interpolator() -> [[f32; TAPS]; PHASES] {
    std::array::from_fn(|phase| {
        let offset = phase as f64 / PHASES as f64;
        std::array::from_fn(|tap| {
            let x = tap as f64 - (TAPS / 2 - 1) as f64 - offset;
            let sinc = if x.abs() < 1e-9 { 1.0 } else { (PI * x).sin() / (PI * x) };
            let window = 0.5 + 0.5 * (2.0 * PI * x / (TAPS as f64 + 1.0)).cos();
            (sinc * window) as f32
        })
    })
}

/// Replaces each value by the least of itself and the `span` after it.
fn hold_minimum(gain: &mut [f32], span: usize) {
    // Indices of a rising sequence of values; the front is the least of the window.
    let mut window: VecDeque<(usize, f32)> = VecDeque::new();
    for index in (0..gain.len()).rev() {
        let value = gain[index];
        while window.back().is_some_and(|(_, other)| *other >= value) {
            window.pop_back();
        }
        window.push_back((index, value));
        while window.front().is_some_and(|(at, _)| *at > index + span) {
            window.pop_front();
        }
        if let Some((_, least)) = window.front() {
            gain[index] = *least;
        }
    }
}

fn release(gain: &mut [f32]) {
    let step = (-1.0 / (RELEASE * f64::from(SAMPLE_RATE))).exp() as f32;
    let mut current = 1.0f32;
    for value in gain {
        let risen = 1.0 - (1.0 - current) * step;
        current = value.min(risen);
        *value = current;
    }
}

/// Replaces each value by the mean of itself and the `span - 1` before it.
fn average(gain: &mut [f32], span: usize) {
    let source = gain.to_vec();
    let first = f64::from(source.first().copied().unwrap_or(1.0));
    let mut sum = first * span as f64;
    for (index, value) in gain.iter_mut().enumerate() {
        let leaving = index.checked_sub(span).map_or(first, |at| f64::from(source[at]));
        sum += f64::from(source[index]) - leaving;
        *value = (sum / span as f64) as f32;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::loudness::true_peak;

    fn tone(amplitude: f32, hertz: f64) -> Sound {
        let channel: Vec<f32> = (0..SAMPLE_RATE as usize)
            .map(|at| {
                let phase = at as f64 / f64::from(SAMPLE_RATE) * hertz * 2.0 * PI + 0.7;
                let swell = (at as f64 / f64::from(SAMPLE_RATE) * PI).sin();
                amplitude * (phase.sin() * swell) as f32
            })
            .collect();
        Sound { left: channel.clone(), right: channel }
    }

    #[test]
    fn peaks_stay_below_the_ceiling() {
        for hertz in [60.0, 997.0, 11_025.0] {
            let mut sound = tone(3.0, hertz);
            limit(&mut sound, 0.85);
            let peak = true_peak(sound.channels()).expect("meter");
            assert!((0.75..0.88).contains(&peak), "{hertz} Hz: {peak}");
        }
    }

    #[test]
    fn what_is_quiet_is_untouched() {
        let mut sound = tone(0.5, 440.0);
        let before = sound.clone();
        limit(&mut sound, 0.85);
        assert_eq!(sound.left, before.left);
    }
}
