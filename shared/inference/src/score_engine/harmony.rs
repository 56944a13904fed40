//! Chords for a sketch: progressions that are usual in a mode.
//!
//! A sketch has to name its chords before the first note. These are the loops that the network has
//! been taught with.

use super::vocabulary::{Style, Vocabulary, index_of};
use crate::dice::Dice;

/// A chord of a progression.
#[derive(Debug, Clone, Copy)]
enum Step {
    /// On a degree of the scale, from 0.
    Degree(usize),
    /// Semitones above the tonic, and a quality: a chord from outside the scale.
    Outside(u8, &'static str),
}

use Step::{Degree as D, Outside as O};

const MAJOR: &[[Step; 4]] = &[
    [D(0), D(4), D(5), D(3)],
    [D(0), D(5), D(3), D(4)],
    [D(5), D(3), D(0), D(4)],
    [D(0), D(3), D(0), D(4)],
    [D(0), D(2), D(3), D(4)],
    [D(3), D(4), D(2), D(5)],
    [D(0), D(3), D(5), D(4)],
    [D(0), D(3), D(1), D(4)],
    [D(0), D(2), D(5), D(3)],
];
const MINOR: &[[Step; 4]] = &[
    [D(0), D(5), D(2), D(6)],
    [D(0), D(3), D(6), D(2)],
    [D(0), D(6), D(5), D(6)],
    [D(0), D(3), D(0), O(7, "7")],
    [D(0), D(5), D(3), O(7, "7")],
    [D(0), D(2), D(6), D(5)],
    [D(5), D(6), D(0), D(0)],
    [D(0), D(3), D(5), D(4)],
];
const DORIAN: &[[Step; 4]] = &[
    [D(0), D(3), D(0), D(3)],
    [D(0), D(1), D(0), D(3)],
    [D(0), D(6), D(3), D(0)],
    [D(0), D(2), D(3), D(0)],
    [D(0), D(3), D(6), D(3)],
];
const MIXOLYDIAN: &[[Step; 4]] = &[
    [D(0), D(6), D(3), D(0)],
    [D(0), D(4), D(3), D(0)],
    [D(0), D(6), D(0), D(3)],
    [D(0), D(3), D(6), D(0)],
];
const PHRYGIAN: &[[Step; 4]] = &[
    [D(0), D(1), D(0), D(1)],
    [D(0), D(1), D(6), D(0)],
    [D(0), D(5), D(1), D(0)],
    [D(0), D(6), D(1), D(0)],
];
const LYDIAN: &[[Step; 4]] = &[
    [D(0), D(1), D(0), D(1)],
    [D(0), D(1), D(6), D(2)],
    [D(0), D(4), D(1), D(0)],
    [D(0), D(2), D(1), D(4)],
];

/// Styles of which most chords have a seventh. `vocab.json` does not say it.
const WITH_SEVENTHS: &[&str] = &["lofi", "jazz", "bossa", "funk"];

/// The chords of a piece: a loop for each kind of section.
pub(crate) struct Harmony<'v> {
    vocabulary: &'v Vocabulary,
    mode: usize,
    sevenths: bool,
    loops: &'static [[Step; 4]],
    /// Index of the loop of each kind of section.
    chosen: Vec<usize>,
}

impl<'v> Harmony<'v> {
    /// Chooses the loops. Neighbouring kinds of sections get different ones.
    pub(crate) fn new(
        vocabulary: &'v Vocabulary,
        mode: usize,
        style: &(String, Style),
        dice: &mut Dice,
    ) -> Self {
        let loops = loops_of(&vocabulary.modes[mode]);
        let first = (dice.unit() * loops.len() as f32) as usize;
        let chosen = (0..vocabulary.sections.len()).map(|kind| {
            // A fixed stride visits other loops without drawing one twice in a row.
            (first + kind * 3 % loops.len()) % loops.len()
        });
        Self {
            vocabulary,
            mode,
            sevenths: WITH_SEVENTHS.contains(&style.0.as_str()),
            loops,
            chosen: chosen.collect(),
        }
    }

    /// The chord of bar `phrase` of a section of this kind: semitones above the tonic, and index into
    /// the qualities.
    pub(crate) fn chord(&self, section: &str, phrase: u32) -> (u8, u8) {
        let kind = self.vocabulary.sections.iter().position(|name| name == section);
        let steps = self.loops[kind.map_or(0, |kind| self.chosen[kind])];
        self.named(steps[phrase as usize % steps.len()])
    }

    /// The chord that ends a piece: the tonic's, without a seventh.
    pub(crate) fn home(&self) -> (u8, u8) {
        let plain = Self { chosen: Vec::new(), sevenths: false, ..*self };
        plain.named(D(0))
    }

    fn named(&self, step: Step) -> (u8, u8) {
        let (root, quality) = match step {
            D(degree) => diatonic(&self.vocabulary.modes[self.mode].1, degree, self.sevenths),
            O(root, quality) => (root, quality),
        };
        let known = |name: &str| index_of(&self.vocabulary.qualities, name);
        // A package need not have them all.
        (root, known(quality).or_else(|| known("maj")).unwrap_or(0) as u8)
    }
}

/// The loops of the mode of this name, else of its third.
fn loops_of((name, scale): &(String, Vec<u8>)) -> &'static [[Step; 4]] {
    match name.as_str() {
        "dorian" => DORIAN,
        "mixolydian" => MIXOLYDIAN,
        "phrygian" => PHRYGIAN,
        "lydian" => LYDIAN,
        _ if scale.contains(&4) => MAJOR,
        _ => MINOR,
    }
}

/// The chord in thirds on a degree of a scale: its root above the tonic, and its quality.
fn diatonic(scale: &[u8], degree: usize, seventh: bool) -> (u8, &'static str) {
    let at = |degree: usize| scale[degree % scale.len()];
    let root = at(degree);
    let above = |steps: usize| (at(degree + steps) + 12 - root) % 12;
    let quality = match (above(2), above(4), above(6), seventh) {
        (_, 6, _, true) => "m7b5",
        (_, 6, _, false) => "dim",
        (4, _, 11, true) => "maj7",
        (4, _, _, true) => "7",
        (4, _, _, false) => "maj",
        (_, _, _, true) => "min7",
        (_, _, _, false) => "min",
    };
    (root, quality)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chords_are_of_the_scale() {
        let major = [0, 2, 4, 5, 7, 9, 11];
        let named = |degree, seventh| diatonic(&major, degree, seventh);
        assert_eq!(
            [0, 1, 3, 4, 6].map(|degree| named(degree, false)),
            [(0, "maj"), (2, "min"), (5, "maj"), (7, "maj"), (11, "dim")]
        );
        assert_eq!(
            [0, 1, 4, 6].map(|degree| named(degree, true)),
            [(0, "maj7"), (2, "min7"), (7, "7"), (11, "m7b5")]
        );
    }
}
