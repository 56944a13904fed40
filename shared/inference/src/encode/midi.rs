//! Standard MIDI file, format 1, by `midly`.

use midly::num::{u4, u7, u15, u24, u28};
use midly::{
    Format, Header, MetaMessage, MidiMessage, Smf, Timing, Track, TrackEvent, TrackEventKind,
};

use crate::error::EngineError;
use crate::render::channel_of;
use crate::score::{Part, Score, TICKS_PER_QUARTER};

/// A MIDI file with one track for tempo, metre, key and sections, and one for each part.
pub(crate) fn midi(score: &Score) -> Result<Vec<u8>, EngineError> {
    let timing = Timing::Metrical(u15::from(TICKS_PER_QUARTER as u16));
    let mut smf = Smf::new(Header::new(Format::Parallel, timing));
    smf.tracks.push(conductor(score));
    for (index, part) in score.parts.iter().enumerate() {
        smf.tracks.push(track(part, channel_of(index, part.role)));
    }
    let mut bytes = Vec::new();
    smf.write_std(&mut bytes).map_err(EngineError::internal("midi"))?;
    Ok(bytes)
}

fn conductor(score: &Score) -> Track<'_> {
    let microseconds = (60e6 / score.tempo_bpm).round() as u32;
    let unit_log = score.metre.unit.ilog2() as u8;
    let mut events = vec![
        (0, meta(MetaMessage::Tempo(u24::from(microseconds)))),
        (0, meta(MetaMessage::TimeSignature(score.metre.beats, unit_log, 24, 8))),
        (0, meta(MetaMessage::KeySignature(score.key.sharps(), score.key.minor))),
    ];
    for section in &score.sections {
        let at = section.bar * score.metre.bar_ticks();
        events.push((at, meta(MetaMessage::Marker(section.name.as_bytes()))));
    }
    timed(events)
}

fn track(part: &Part, channel: u8) -> Track<'_> {
    let channel = u4::from(channel);
    let play = |message| TrackEventKind::Midi { channel, message };
    let mut events = vec![
        (0, meta(MetaMessage::TrackName(part.instrument.as_bytes()))),
        (0, play(MidiMessage::ProgramChange { program: u7::from(part.program & 127) })),
    ];
    for note in &part.notes {
        let key = u7::from(note.pitch & 127);
        let vel = u7::from(note.velocity & 127);
        events.push((note.start, play(MidiMessage::NoteOn { key, vel })));
        let off = MidiMessage::NoteOff { key, vel: u7::from(64) };
        events.push((note.start + note.length, play(off)));
    }
    timed(events)
}

fn meta(message: MetaMessage<'_>) -> TrackEventKind<'_> {
    TrackEventKind::Meta(message)
}

/// Absolute ticks to deltas. At one tick, ends come before starts.
fn timed(mut events: Vec<(u32, TrackEventKind<'_>)>) -> Track<'_> {
    let starts = |kind: &TrackEventKind<'_>| {
        matches!(kind, TrackEventKind::Midi { message: MidiMessage::NoteOn { .. }, .. })
    };
    events.sort_by_key(|(at, kind)| (*at, starts(kind)));
    let mut now = 0;
    let mut track: Track<'_> = events
        .into_iter()
        .map(|(at, kind)| {
            let delta = u28::from(at - now);
            now = at;
            TrackEvent { delta, kind }
        })
        .collect();
    track.push(TrackEvent { delta: u28::from(0), kind: meta(MetaMessage::EndOfTrack) });
    track
}

#[cfg(any(test, fuzzing))]
pub(crate) mod fuzz;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::score::{Key, Metre, Note, Role, Section};

    #[test]
    fn is_read_back() {
        let note = |start, pitch| Note { start, length: 480, pitch, velocity: 90 };
        let score = Score {
            tempo_bpm: 97.5,
            metre: Metre { beats: 3, unit: 4 },
            key: Key { tonic: 2, minor: true },
            sections: vec![Section { name: "intro".into(), bar: 0, bars: 1 }],
            parts: vec![Part {
                instrument: "piano".into(),
                role: Role::Melody,
                program: 0,
                notes: vec![note(0, 60), note(480, 60)],
            }],
        };
        let bytes = midi(&score).expect("midi");
        let smf = Smf::parse(&bytes).expect("parses");
        assert_eq!(smf.tracks.len(), 2);
        let ons = smf.tracks[1].iter().filter(|event| {
            matches!(event.kind, TrackEventKind::Midi { message: MidiMessage::NoteOn { vel, .. }, .. } if vel > 0)
        });
        assert_eq!(ons.count(), 2);
    }
}
