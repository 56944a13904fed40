//! From 44.1 kHz to 48 kHz, by a windowed sinc in as many phases as the two rates have.

use std::f64::consts::PI;

/// 48,000 by 44,100.
const UP: usize = 160;
const DOWN: usize = 147;
/// Samples on each side that a sample is made of.
const REACH: usize = 16;

/// The same sound with 48,000 samples a second.
pub(super) fn to_48k(samples: &[f32]) -> Vec<f32> {
    let phases: Vec<[f32; 2 * REACH]> = (0..UP).map(phase).collect();
    let length = samples.len() * UP / DOWN;
    let mut padded = vec![0.0; REACH];
    padded.extend_from_slice(samples);
    padded.resize(samples.len() + 2 * REACH + 1, 0.0);
    let at = |index: usize| {
        let (whole, phase) = (index * DOWN / UP, index * DOWN % UP);
        let around = padded.get(whole + 1..whole + 1 + 2 * REACH).unwrap_or_default();
        let weights = phases.get(phase).map(<[f32; 2 * REACH]>::as_slice).unwrap_or_default();
        around.iter().zip(weights).map(|(sample, weight)| sample * weight).sum()
    };
    (0..length).map(at).collect()
}

/// The weights of the samples around one that is `phase` of [`UP`] between two.
fn phase(phase: usize) -> [f32; 2 * REACH] {
    let shift = phase as f64 / UP as f64;
    let mut weights = [0.0; 2 * REACH];
    for (index, weight) in weights.iter_mut().enumerate() {
        let x = index as f64 + 1.0 - REACH as f64 - shift;
        let sinc = if x.abs() < 1e-9 { 1.0 } else { (PI * x).sin() / (PI * x) };
        // Hann.
        let window = 0.5 + 0.5 * (PI * x / (REACH as f64 + 1.0)).cos();
        *weight = (sinc * window) as f32;
    }
    let sum: f32 = weights.iter().sum();
    weights.map(|weight| weight / sum)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tone_keeps_its_pitch_and_its_level() {
        for pitch in [100.0, 1_000.0, 12_000.0] {
            let tone = |rate: f64, count: usize| -> Vec<f64> {
                (0..count).map(|at| (2.0 * PI * pitch * at as f64 / rate).sin()).collect()
            };
            let given: Vec<f32> = tone(44_100.0, 44_100).iter().map(|s| *s as f32).collect();
            let made = to_48k(&given);
            assert_eq!(made.len(), 48_000);
            let wanted = tone(48_000.0, 48_000);
            // Away from the ends, where there is nothing beside it.
            let worst = (100..47_900)
                .map(|at| (f64::from(made[at]) - wanted[at]).abs())
                .fold(0.0, f64::max);
            assert!(worst < 0.01, "{pitch} Hz: {worst}");
        }
    }
}
