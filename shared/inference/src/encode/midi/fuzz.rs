//! Whatever is written can be read by others, note for note.

use super::*;
use crate::score::{Key, Metre, Note, Role, Section};

type Notes = Vec<(u16, u16, u8, u8)>;
/// Any numbers and names at all, of which a score is made.
pub(crate) type Piece = ((u8, u8, u8, bool), Vec<(String, u16)>, Vec<(String, u8, Notes)>);

const ROLES: [Role; 7] =
    [Role::Drums, Role::Bass, Role::Chords, Role::Pad, Role::Figure, Role::Melody, Role::Counter];

/// A score within what an engine writes: 40 to 220 beats a minute, and bars that exist.
fn score(((tempo, beats, tonic, minor), sections, parts): &Piece) -> Score {
    let metre = Metre { beats: beats % 12 + 1, unit: 4 << (beats & 1) };
    let section = |(name, bar): &(String, u16)| Section {
        name: name.clone(),
        bar: u32::from(*bar) % 1_000,
        bars: 1,
    };
    let part = |(index, (instrument, program, notes)): (usize, &(String, u8, Notes))| Part {
        instrument: instrument.clone(),
        role: ROLES[index % ROLES.len()],
        program: *program,
        notes: notes
            .iter()
            .map(|(start, length, pitch, velocity)| Note {
                start: u32::from(*start),
                length: u32::from(*length).max(1),
                pitch: *pitch & 127,
                velocity: (*velocity & 127).max(1),
            })
            .collect(),
    };
    Score {
        tempo_bpm: f64::from(tempo % 181) + 40.0,
        metre,
        key: Key { tonic: tonic % 12, minor: *minor },
        sections: sections.iter().map(section).collect(),
        parts: parts.iter().take(15).enumerate().map(part).collect(),
    }
}

/// The notes of a track as it is read: when each starts, and its pitch and velocity.
fn heard(track: &Track<'_>) -> Vec<(u32, u8, u8)> {
    let mut now = 0;
    let mut heard = Vec::new();
    for event in track {
        now += event.delta.as_int();
        if let TrackEventKind::Midi { message: MidiMessage::NoteOn { key, vel }, .. } = event.kind {
            heard.push((now, key.as_int(), vel.as_int()));
        }
    }
    heard.sort_unstable();
    heard
}

/// Checks it of one piece.
pub(crate) fn check(piece: &Piece) {
    let score = score(piece);
    let Ok(bytes) = midi(&score) else { panic!("cannot be written") };
    let Ok(read) = Smf::parse(&bytes) else { panic!("cannot be read") };
    assert_eq!(read.tracks.len(), score.parts.len() + 1);
    for (part, track) in score.parts.iter().zip(&read.tracks[1..]) {
        let mut written: Vec<_> =
            part.notes.iter().map(|note| (note.start, note.pitch, note.velocity)).collect();
        written.sort_unstable();
        assert_eq!(heard(track), written);
        let last = track.last().map(|event| event.kind);
        assert_eq!(last, Some(TrackEventKind::Meta(MetaMessage::EndOfTrack)));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn any_score_is_read_back() {
        proptest!(ProptestConfig::with_cases(1_000), |(piece in any::<Piece>())| {
            check(&piece);
        });
    }
}
