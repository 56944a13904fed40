//! Stress: people play the first beat of a bar louder, and beats louder than what is between them. So where the beat is can be
//! heard without drums, too. The levels are those of the metrical grid of Lerdahl and Jackendoff, *A Generative Theory of Tonal
//! Music* (1983). The corpus that the judges of our music have learned from is played so, too (`train/midi.py`).

use crate::score_engine::vocabulary::Metre;

/// Factors of the velocity: on the first beat, on another, half-way or a third of the way to the next, and elsewhere.
const LEVELS: [f32; 4] = [1.2, 1.06, 0.9, 0.82];

/// Factor of the velocity at step `pos` of a bar.
pub(super) fn of(metre: Metre, pos: u8) -> f32 {
    let beat = metre.steps_per_beat;
    // The beat of compound time has three parts.
    let part = if beat.is_multiple_of(3) { beat / 3 } else { beat / 2 };
    match pos {
        0 => LEVELS[0],
        _ if pos.is_multiple_of(beat) => LEVELS[1],
        _ if pos.is_multiple_of(part) => LEVELS[2],
        _ => LEVELS[3],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beats_are_louder_than_what_is_between_them() {
        let of = |steps, steps_per_beat, pos| super::of(Metre { steps, steps_per_beat }, pos);
        let four: Vec<f32> = [0, 8, 6, 7].map(|pos| of(16, 4, pos)).to_vec();
        let compound: Vec<f32> = [0, 6, 2, 3].map(|pos| of(12, 6, pos)).to_vec();
        assert_eq!(four, LEVELS);
        assert_eq!(compound, LEVELS);
    }
}
