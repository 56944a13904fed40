//! Chords for a sketch, which has to name them before the first note: loops of the books of progressions that the
//! network has been taught with, chosen as it has been taught.

use super::brief::Outline;
use super::vocabulary::{GENERAL, Step, Style, Vocabulary, index_of};
use crate::dice::Dice;

/// Semitones above the tonic, and index into the qualities.
type Chord = (u8, u8);

/// How many bars a chord lasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Pace {
    Half,
    One,
    Two,
}

/// The chords of a piece: a loop for each kind of section.
pub(crate) struct Harmony<'v> {
    vocabulary: &'v Vocabulary,
    /// For each kind of section.
    loops: Vec<Vec<Chord>>,
    pace: Pace,
    /// Sections close with this chord.
    cadence: Option<Chord>,
    home: Chord,
}

impl<'v> Harmony<'v> {
    /// Chooses the loops of the sections of `form`.
    pub(crate) fn new(
        vocabulary: &'v Vocabulary,
        outline: &Outline,
        form: &[(&str, u32)],
        dice: &mut Dice,
    ) -> Self {
        let style = &vocabulary.styles[outline.style].1;
        let book = Book { vocabulary, mode: outline.mode, style };
        let kinds = vocabulary.sections.len();
        let home = book.diatonic(0, false);
        let long = style.long_sections.as_ref();
        if let Some(long) = long.filter(|long| form.iter().any(|(_, bars)| *bars >= long.bars)) {
            let loops = vec![book.of(&long.book, false, dice); kinds];
            return Self { vocabulary, loops, pace: Pace::One, cadence: None, home };
        }
        let metre = vocabulary.metres[outline.metre].1;
        let two_chords = (metre.steps / metre.steps_per_beat).is_multiple_of(2);
        let pace = match dice.unit() {
            // A chord a bar says which beats are the first ones; two make each half sound like a bar of twice the tempo.
            _ if outline.counted => Pace::One,
            roll if roll < style.harmony.slow => Pace::Two,
            roll if roll > 1.0 - style.harmony.fast && two_chords => Pace::Half,
            _ => Pace::One,
        };
        let cadence = (dice.unit() < style.harmony.cadences).then(|| book.dominant()).flatten();
        Self { vocabulary, loops: loops(vocabulary, &book, dice), pace, cadence, home }
    }

    /// The chords of each bar of a section, one or two. The last section of a piece ends at home.
    pub(crate) fn section(&self, name: &str, bars: u32, last: bool) -> Vec<Vec<Chord>> {
        let kind = self.vocabulary.sections.iter().position(|other| other == name);
        let steps = &self.loops[kind.unwrap_or(0)];
        let at = |place: u32| steps[place as usize % steps.len()];
        let mut chords: Vec<Vec<Chord>> = (0..bars)
            .map(|bar| match self.pace {
                Pace::Half => vec![at(2 * bar), at(2 * bar + 1)],
                Pace::One => vec![at(bar)],
                Pace::Two => vec![at(bar / 2)],
            })
            .collect();
        if let Some(dominant) = self.cadence {
            let place = bars.checked_sub(if last { 2 } else { 1 });
            let place = place.filter(|_| bars >= if last { 3 } else { 4 });
            if let Some(bar) = place.and_then(|place| chords.get_mut(place as usize)) {
                let first = bar.first().copied().filter(|_| self.pace == Pace::Half);
                *bar = first.into_iter().chain([dominant]).collect();
            }
        }
        if let Some(bar) = chords.last_mut().filter(|_| last) {
            *bar = vec![self.home];
        }
        chords.iter_mut().for_each(Vec::dedup);
        chords
    }
}

/// A loop for each kind of section: the intro and the outro have that of the verse or of the chorus.
fn loops(vocabulary: &Vocabulary, book: &Book<'_>, dice: &mut Dice) -> Vec<Vec<Chord>> {
    let verse = book.progression(dice);
    let chorus = match dice.unit() < book.style.harmony.one_loop {
        true => verse.clone(),
        false => book.progression(dice),
    };
    let bridge = book.progression(dice);
    let ends = if dice.unit() < 0.5 { &verse } else { &chorus };
    let of = |name: &String| match name.as_str() {
        "chorus" => chorus.clone(),
        "bridge" => bridge.clone(),
        "intro" | "outro" => ends.clone(),
        _ => verse.clone(),
    };
    vocabulary.sections.iter().map(of).collect()
}

/// The progressions of a style in a mode.
struct Book<'v> {
    vocabulary: &'v Vocabulary,
    mode: usize,
    style: &'v Style,
}

impl Book<'_> {
    fn progression(&self, dice: &mut Dice) -> Vec<Chord> {
        let harmony = &self.style.harmony;
        let (names, weights): (Vec<&String>, Vec<f32>) = harmony.books.iter().unzip();
        let name = names.get(dice.choose(&weights)).map_or(GENERAL, |name| name.as_str());
        let sevenths = dice.unit() < harmony.sevenths;
        self.of(name, sevenths, dice)
    }

    /// One of the progressions of a book, or of the general one where it does not have the mode.
    fn of(&self, name: &str, sevenths: bool, dice: &mut Dice) -> Vec<Chord> {
        let books = &self.vocabulary.progressions;
        let mode = &self.vocabulary.modes[self.mode].0;
        let in_book = |book: &str| books.get(book).and_then(|book| book.get(mode));
        let Some(loops) = in_book(name).or_else(|| in_book(GENERAL)) else {
            return vec![self.diatonic(0, sevenths)];
        };
        let steps = &loops[dice.choose(&vec![1.0; loops.len()])];
        steps.iter().map(|step| self.chord(step, sevenths)).collect()
    }

    /// The chord before a cadence.
    fn dominant(&self) -> Option<Chord> {
        let mode = &self.vocabulary.modes[self.mode].0;
        self.style.harmony.dominants.get(mode).map(|step| self.chord(step, false))
    }

    fn chord(&self, step: &Step, seventh: bool) -> Chord {
        match step {
            Step::Degree(degree) => self.diatonic(*degree, seventh),
            Step::Named(text) => {
                let (root, quality) = text.split_once(':').unwrap_or((text, "maj"));
                (root.parse::<u8>().unwrap_or(0) % 12, self.quality(quality))
            }
        }
    }

    /// The chord in thirds on a degree of the scale.
    fn diatonic(&self, degree: usize, seventh: bool) -> Chord {
        let (root, quality) = in_thirds(&self.vocabulary.modes[self.mode].1, degree, seventh);
        (root, self.quality(quality))
    }

    /// A package need not have them all.
    fn quality(&self, name: &str) -> u8 {
        let known = |name: &str| index_of(&self.vocabulary.qualities, name);
        known(name).or_else(|| known("maj")).unwrap_or(0) as u8
    }
}

/// The chord in thirds on a degree of a scale: its root above the tonic, and its quality.
fn in_thirds(scale: &[u8], degree: usize, seventh: bool) -> (u8, &'static str) {
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
        let named = |degree, seventh| in_thirds(&major, degree, seventh);
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
