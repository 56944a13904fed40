//! Bars of a score in the terms of the tokens.

use super::vocabulary::Token;

/// Notes of one track that start together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Group {
    /// Step of the bar.
    pub(crate) pos: u8,
    /// Index into the velocities.
    pub(crate) vel: u8,
    /// MIDI keys, rising; with C as the tonic unless the track is drums.
    pub(crate) keys: Vec<u8>,
    /// Length in steps; 0 for drums.
    pub(crate) steps: u8,
}

/// One bar of all tracks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Bar {
    /// Index into the sections.
    pub(crate) section: u8,
    /// Bar within its section.
    pub(crate) phrase: u32,
    /// Bars that follow in the piece.
    pub(crate) left: u32,
    /// One or two: semitones above the tonic, and index into the qualities.
    pub(crate) chords: Vec<(u8, u8)>,
    /// In the order of the header; `None` rests.
    pub(crate) tracks: Vec<Option<Vec<Group>>>,
}

/// Bars back that a `BACK` token may name.
pub(crate) const BACK: [u8; 4] = [1, 2, 4, 8];

/// Highest value of `LEFT`.
const LEFT_MOST: u32 = 63;

impl Bar {
    /// The tokens before the tracks.
    pub(crate) fn opening(&self) -> [Token; 3] {
        [
            Token::Bar((self.phrase % 8) as u8),
            Token::Left(self.left.min(LEFT_MOST) as u8),
            Token::Section(self.section),
        ]
    }

    pub(crate) fn chord_tokens(&self) -> impl Iterator<Item = Token> + '_ {
        self.chords.iter().map(|(root, quality)| Token::Chord(*root, *quality))
    }
}

/// The tokens of track `track` (whose role is `role`) in bar `at`, in a row that starts with bar `first`. `BACK` where
/// it can be said.
pub(crate) fn track_tokens(
    bars: &[Bar],
    at: usize,
    first: usize,
    track: usize,
    role: u8,
    drums: bool,
) -> Vec<Token> {
    let Some(groups) = bars.get(at).and_then(|bar| bar.tracks[track].as_ref()) else {
        return Vec::new();
    };
    let mut tokens = vec![Token::Track(role)];
    let same = |back: &&u8| {
        at.checked_sub(usize::from(**back)).is_some_and(|before| {
            before >= first && bars[before].tracks[track].as_ref() == Some(groups)
        })
    };
    if let Some(back) = BACK.iter().find(same) {
        tokens.push(Token::Back(*back));
        return tokens;
    }
    let mut velocity = None;
    for group in groups {
        tokens.push(Token::Pos(group.pos));
        if velocity != Some(group.vel) {
            velocity = Some(group.vel);
            tokens.push(Token::Vel(group.vel));
        }
        let keys = group.keys.iter();
        if drums {
            tokens.extend(keys.map(|key| Token::Drum(*key)));
        } else {
            tokens.extend(keys.map(|key| Token::Pitch(*key)));
            tokens.push(Token::Dur(group.steps));
        }
    }
    tokens
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bar(pos: u8) -> Bar {
        Bar {
            section: 0,
            phrase: 9,
            left: 70,
            chords: vec![(0, 0)],
            tracks: vec![Some(vec![Group { pos, vel: 3, keys: vec![60, 64], steps: 4 }])],
        }
    }

    #[test]
    fn repeats_are_said_as_back() {
        let bars = [bar(0), bar(8), bar(0)];
        let tokens = |first| track_tokens(&bars, 2, first, 0, 5, false);
        assert_eq!(tokens(0), [Token::Track(5), Token::Back(2)]);
        assert_eq!(
            tokens(1),
            [
                Token::Track(5),
                Token::Pos(0),
                Token::Vel(3),
                Token::Pitch(60),
                Token::Pitch(64),
                Token::Dur(4)
            ]
        );
        assert_eq!(bars[0].opening(), [Token::Bar(1), Token::Left(63), Token::Section(0)]);
    }
}
