//! Which tokens may follow within one track of one bar.

use super::bars::{BACK, Bar, Group};
use super::vocabulary::{Token, Vocabulary};

/// What the grammar of a track depends on.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rules {
    pub(crate) drums: bool,
    /// Most keys in one group.
    pub(crate) keys: usize,
    /// Steps of a bar.
    pub(crate) steps: u8,
    /// Step at which the second chord starts.
    pub(crate) split: u8,
    /// Pitch classes that are allowed before and from the split, as bits.
    pub(crate) classes: [u16; 2],
    /// Pitch classes of the chords before and from the split, as bits.
    pub(crate) chords: [u16; 2],
    /// Where only the chord's own tones are allowed.
    pub(crate) strict: Strict,
    /// The first group starts on the first beat.
    pub(crate) on_first_beat: bool,
    /// All groups do.
    pub(crate) first_beat_only: bool,
    /// Steps of a beat, if a group starts on each.
    pub(crate) beat: Option<u8>,
}

/// Where a track keeps to the tones of the chord.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Strict {
    Nowhere,
    /// Where a chord begins.
    AtChanges,
    Everywhere,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Start,
    Position,
    Velocity,
    Keys,
    Done,
}

/// One track of one bar while it is written.
pub(crate) struct TrackGrammar<'v> {
    vocabulary: &'v Vocabulary,
    rules: Rules,
    state: State,
    groups: Vec<Group>,
    group: Group,
    velocity: Option<u8>,
}

impl<'v> TrackGrammar<'v> {
    pub(crate) fn new(vocabulary: &'v Vocabulary, rules: Rules) -> Self {
        Self {
            vocabulary,
            rules,
            state: State::Start,
            groups: Vec::new(),
            group: Group { pos: 0, vel: 0, keys: Vec::new(), steps: 0 },
            velocity: None,
        }
    }

    /// Replaces `allowed` by the ids that may follow within the track. Returns whether the track may end here.
    pub(crate) fn allowed(&self, allowed: &mut Vec<u32>) -> bool {
        allowed.clear();
        match self.state {
            State::Start if self.rules.on_first_beat => self.positions(0, 1, allowed),
            State::Start => self.positions(0, self.end(), allowed),
            State::Position => {
                self.velocities(allowed);
                if self.velocity.is_some() {
                    self.keys(allowed);
                }
            }
            State::Velocity => self.keys(allowed),
            State::Keys => {
                self.keys(allowed);
                if self.rules.drums {
                    self.positions(self.group.pos + 1, self.end(), allowed);
                    return self.next_beat(self.group.pos + 1).is_none();
                }
                let durations = self.vocabulary.between(Token::Dur(1), Token::Dur(u8::MAX));
                allowed.extend(durations.map(|(_, id)| id));
            }
            State::Done => {
                self.positions(self.group.pos + 1, self.end(), allowed);
                return self.next_beat(self.group.pos + 1).is_none();
            }
        }
        false
    }

    /// Follows a token that was allowed.
    pub(crate) fn push(&mut self, token: Token) {
        match token {
            Token::Pos(pos) => {
                self.close();
                self.group.pos = pos;
                self.state = State::Position;
            }
            Token::Vel(vel) => {
                self.velocity = Some(vel);
                self.state = State::Velocity;
            }
            Token::Pitch(key) | Token::Drum(key) => {
                self.group.keys.push(key);
                self.state = State::Keys;
            }
            Token::Dur(steps) => {
                self.group.steps = steps;
                self.close();
                self.state = State::Done;
            }
            _ => {}
        }
    }

    /// The groups that are complete.
    pub(crate) fn finish(mut self) -> Vec<Group> {
        if self.rules.drums {
            self.close();
        }
        self.groups
    }

    fn close(&mut self) {
        let keys = std::mem::take(&mut self.group.keys);
        if let Some(vel) = self.velocity.filter(|_| !keys.is_empty()) {
            self.groups.push(Group { pos: self.group.pos, vel, keys, steps: self.group.steps });
        }
    }

    /// The step before which groups start.
    fn end(&self) -> u8 {
        if self.rules.first_beat_only { 1 } else { self.rules.steps }
    }

    /// The next beat from a step on that must not be left out.
    fn next_beat(&self, from: u8) -> Option<u8> {
        let beat = from.next_multiple_of(self.rules.beat?);
        (beat < self.end()).then_some(beat)
    }

    fn positions(&self, from: u8, end: u8, allowed: &mut Vec<u32>) {
        let end = self.next_beat(from).map_or(end, |beat| end.min(beat + 1));
        if from < end {
            let positions = self.vocabulary.between(Token::Pos(from), Token::Pos(end - 1));
            allowed.extend(positions.map(|(_, id)| id));
        }
    }

    /// A velocity is said in the first group, and later only when it changes.
    fn velocities(&self, allowed: &mut Vec<u32>) {
        let velocities = self.vocabulary.between(Token::Vel(0), Token::Vel(u8::MAX));
        allowed.extend(
            velocities
                .filter(|(token, _)| self.velocity.map(Token::Vel) != Some(*token))
                .map(|(_, id)| id),
        );
    }

    fn keys(&self, allowed: &mut Vec<u32>) {
        if self.group.keys.len() >= self.rules.keys {
            return;
        }
        let next = self.group.keys.last().map_or(0, |key| key + 1);
        if self.rules.drums {
            let drums = self.vocabulary.between(Token::Drum(next), Token::Drum(u8::MAX));
            allowed.extend(drums.map(|(_, id)| id));
            return;
        }
        let half = usize::from(self.group.pos >= self.rules.split);
        let changes = matches!(self.group.pos, 0) || self.group.pos == self.rules.split;
        let classes = match self.rules.strict {
            Strict::Everywhere => self.rules.chords[half],
            Strict::AtChanges if changes => self.rules.chords[half],
            _ => self.rules.classes[half],
        };
        let pitches = self.vocabulary.between(Token::Pitch(next), Token::Pitch(u8::MAX));
        for (token, id) in pitches {
            if matches!(token, Token::Pitch(key) if classes & (1 << (key % 12)) != 0) {
                allowed.push(id);
            }
        }
    }
}

/// A `BACK` token and the bar that it means.
pub(crate) struct Back {
    pub(crate) id: u32,
    pub(crate) bar: usize,
}

/// The `BACK` tokens that may start track `track` of the bar after `bars`, in a row that starts with bar `first`.
pub(crate) fn backs<'a>(
    vocabulary: &'a Vocabulary,
    bars: &'a [Bar],
    first: usize,
    track: usize,
) -> impl Iterator<Item = Back> + 'a {
    BACK.iter().filter_map(move |back| {
        let bar = bars.len().checked_sub(usize::from(*back))?;
        let there = bar >= first && bars[bar].tracks[track].is_some();
        let id = vocabulary.id(Token::Back(*back)).filter(|_| there)?;
        Some(Back { id, bar })
    })
}

/// The tones of a scale that go with a chord from outside of it, and the chord's own: not those a
/// semitone beside a tone that the scale does not have. A chord of the scale leaves all of it.
pub(crate) fn over(scale: u16, chord: u16) -> u16 {
    let outside = chord & !scale;
    let (up, down) = (outside << 1 | outside >> 11, outside >> 1 | outside << 11);
    (scale & !(up | down) | chord) & 0x0FFF
}

/// Pitch classes as bits.
pub(crate) fn class_bits(classes: impl IntoIterator<Item = u8>) -> u16 {
    classes.into_iter().fold(0, |bits, class| bits | 1 << (class % 12))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chord_from_outside_the_scale_takes_its_neighbours_away() {
        let major = class_bits([0, 2, 4, 5, 7, 9, 11]);
        let inside = class_bits([7, 11, 2, 5]);
        assert_eq!(over(major, inside), major);
        // E major in C: G sharp takes G and A away.
        let outside = class_bits([4, 8, 11]);
        assert_eq!(over(major, outside), class_bits([0, 2, 4, 5, 8, 11]));
        // C sharp minor: its C sharp takes C and D, at both ends of the octave.
        let both = class_bits([1, 4, 8]);
        assert_eq!(over(major, both), class_bits([1, 4, 5, 8, 11]));
    }
}
