//! The outline of the waveform, for players that draw it before they have the sound.

use serde_json::{Value, json};

use crate::render::{SAMPLE_RATE, Sound};

/// About how many pairs there are.
const POINTS: usize = 900;

/// `{sample_rate, samples_per_peak, peaks: [min, max, …]}` over both channels, three decimals.
pub(crate) fn peaks(sound: &Sound) -> Value {
    let per_peak = sound.frames().div_ceil(POINTS).max(1);
    let mut peaks = Vec::with_capacity(POINTS * 2);
    for (left, right) in sound.left.chunks(per_peak).zip(sound.right.chunks(per_peak)) {
        let (mut least, mut most) = (0f32, 0f32);
        for value in left.iter().chain(right) {
            least = least.min(*value);
            most = most.max(*value);
        }
        peaks.extend([three_decimals(least), three_decimals(most)]);
    }
    json!({ "sample_rate": SAMPLE_RATE, "samples_per_peak": per_peak, "peaks": peaks })
}

fn three_decimals(value: f32) -> f64 {
    (f64::from(value) * 1000.0).round() / 1000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn covers_every_frame() {
        let mut sound = Sound::silent(44_100);
        sound.left[44_099] = -0.5;
        sound.right[0] = 0.25;
        let value = peaks(&sound);
        let list = value["peaks"].as_array().expect("list");
        assert_eq!(value["samples_per_peak"], 49);
        assert_eq!(list.len(), 1800);
        assert_eq!(list[1], 0.25);
        assert_eq!(list[1798], -0.5);
    }
}
