//! Which bars take up earlier ones: choruses come back whole; other sections begin as they did and then differ.

use super::brief::Brief;

/// What a bar takes from an earlier one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Repeat {
    /// The earlier bar.
    pub(crate) bar: usize,
    /// All tracks; otherwise the melodic ones are written anew over the same chords.
    pub(crate) whole: bool,
}

/// For each bar of the piece, what it repeats. The last bar repeats nothing: it must end the piece.
pub(crate) fn repeats(brief: &Brief) -> Vec<Option<Repeat>> {
    let places = &brief.places;
    let mut repeats: Vec<Option<Repeat>> = vec![None; places.len()];
    for (at, place) in places.iter().enumerate() {
        let phrase = place.phrase as usize;
        let Some(start) = at.checked_sub(phrase).filter(|_| at + 1 < places.len()) else {
            continue;
        };
        let chords = |bar: usize| &brief.demands[bar].chords;
        let first = places[..start].iter().enumerate().position(|(bar, other)| {
            (other.section, other.phrase) == (place.section, place.phrase)
                && chords(bar) == chords(at)
        });
        if let Some(bar) = first {
            let whole = place.refrain || place.phrase < place.length / 2;
            repeats[at] = Some(Repeat { bar, whole });
        }
    }
    repeats
}
