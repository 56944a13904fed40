//! A piece as its MIDI file has it, and whether it is what its sketch says.

use std::collections::BTreeSet;

use midly::{MetaMessage, MidiMessage, Smf, TrackEventKind};
use reverie_domain::sketch::Chord;
use serde_json::Value;

/// A note: when it starts and ends in bars, and its key.
struct Note {
    start: f64,
    end: f64,
    key: u8,
}

/// What a MIDI file says.
pub(super) struct Heard {
    bpm: f64,
    metre: (u8, u8),
    /// Names of sections and their first bars.
    sections: Vec<(String, u32)>,
    /// Instruments and their notes; drums by their channel.
    parts: Vec<(String, bool, Vec<Note>)>,
}

pub(super) fn heard(bytes: &[u8]) -> Heard {
    let smf = Smf::parse(bytes).unwrap();
    let midly::Timing::Metrical(ticks) = smf.header.timing else { panic!("{:?}", smf.header) };
    let mut heard = Heard { bpm: 0.0, metre: (0, 0), sections: vec![], parts: vec![] };
    let mut markers = Vec::new();
    for track in &smf.tracks {
        let (mut now, mut name, mut drums) = (0_u32, String::new(), false);
        let (mut open, mut notes) = (Vec::new(), Vec::new());
        for event in track {
            now += event.delta.as_int();
            match event.kind {
                TrackEventKind::Meta(MetaMessage::Tempo(tempo)) => {
                    heard.bpm = 60e6 / f64::from(tempo.as_int());
                }
                TrackEventKind::Meta(MetaMessage::TimeSignature(beats, unit, ..)) => {
                    heard.metre = (beats, 1 << unit);
                }
                TrackEventKind::Meta(MetaMessage::Marker(text)) => {
                    markers.push((String::from_utf8(text.to_vec()).unwrap(), now));
                }
                TrackEventKind::Meta(MetaMessage::TrackName(text)) => {
                    name = String::from_utf8(text.to_vec()).unwrap();
                }
                TrackEventKind::Midi { channel, message } => {
                    drums |= channel.as_int() == 9;
                    match message {
                        MidiMessage::NoteOn { key, vel } if vel > 0 => open.push((now, key)),
                        MidiMessage::NoteOff { key, .. } => {
                            let at = open.iter().position(|(_, other)| *other == key).unwrap();
                            let (start, key) = open.remove(at);
                            notes.push((start, now, key.as_int()));
                        }
                        _ => {}
                    }
                }
                _ => {}
            }
        }
        heard.parts.push((
            name,
            drums,
            notes
                .iter()
                .map(|n| Note { start: f64::from(n.0), end: f64::from(n.1), key: n.2 })
                .collect(),
        ));
    }
    let (beats, unit) = heard.metre;
    let bar = f64::from(ticks.as_int()) * 4.0 * f64::from(beats) / f64::from(unit);
    for note in heard.parts.iter_mut().flat_map(|part| &mut part.2) {
        (note.start, note.end) = (note.start / bar, note.end / bar);
    }
    heard.sections = markers
        .into_iter()
        .map(|(name, at)| (name, (f64::from(at) / bar).round() as u32))
        .collect();
    heard.parts.retain(|part| !part.2.is_empty());
    heard
}

fn classes(chord: &str) -> BTreeSet<u8> {
    let chord = Chord::parse(chord).unwrap();
    let intervals: &[u8] = match chord.quality {
        "" => &[0, 4, 7],
        "m" => &[0, 3, 7],
        "7" => &[0, 4, 7, 10],
        "maj7" => &[0, 4, 7, 11],
        "m7" => &[0, 3, 7, 10],
        "m7b5" => &[0, 3, 6, 10],
        "dim" => &[0, 3, 6],
        "sus4" => &[0, 5, 7],
        other => panic!("{other}"),
    };
    intervals.iter().map(|interval| (chord.root + interval) % 12).collect()
}

/// Checks a piece against all that its sketch says.
pub(super) fn follows(heard: &Heard, sketch: &Value) {
    let tempo = sketch["tempo_bpm"].as_f64().unwrap();
    assert!((heard.bpm - tempo).abs() < 0.01, "{} bpm, not {tempo}", heard.bpm);
    let metre = format!("{}/{}", heard.metre.0, heard.metre.1);
    assert_eq!(metre, sketch["metre"].as_str().unwrap());
    let mut bar = 0;
    let mut named = Vec::new();
    for section in sketch["sections"].as_array().unwrap() {
        named.push((section["name"].as_str().unwrap().to_owned(), bar));
        let end = bar + section["bars"].as_u64().unwrap() as u32;
        plays(heard, sketch, section, (f64::from(bar), f64::from(end)));
        for (index, chords) in section["chords"].as_array().unwrap().iter().enumerate() {
            let start = f64::from(bar) + index as f64;
            has_chords(heard, sketch, chords.as_str().unwrap(), start);
        }
        bar = end;
    }
    assert_eq!(heard.sections, named);
    // Notes are played a little beside the beat, but none after the last bar begins anew.
    let notes = heard.parts.iter().flat_map(|part| &part.2);
    assert!(notes.map(|note| note.start).fold(0.0, f64::max) < f64::from(bar));
}

/// Those of a section are heard in it, and nobody else is.
fn plays(heard: &Heard, sketch: &Value, section: &Value, (from, to): (f64, f64)) {
    for track in sketch["tracks"].as_array().unwrap() {
        let name = track["instrument"].as_str().unwrap();
        let wanted = section["tracks"].as_array().unwrap().contains(&track["role"]);
        let same = |other: &&Value| other["instrument"] == track["instrument"];
        if sketch["tracks"].as_array().unwrap().iter().filter(same).count() > 1 {
            continue;
        }
        let notes = heard.parts.iter().filter(|part| part.0 == name).flat_map(|part| &part.2);
        let sounds = |note: &&Note| note.start < to - 1e-6 && note.end > from + 1e-6;
        let count = notes.filter(sounds).count();
        assert_eq!(count > 0, wanted, "{name} in bars {from} to {to}: {count} notes");
    }
}

/// The accompaniment has the tones of the chord, and none beside them.
fn has_chords(heard: &Heard, sketch: &Value, bar: &str, start: f64) {
    let comp = sketch["tracks"].as_array().unwrap().iter().find(|track| track["role"] == "comp");
    let Some(comp) = comp else { return };
    let notes = heard.parts.iter().filter(|part| part.0 == comp["instrument"].as_str().unwrap());
    let chords: Vec<&str> = bar.split(' ').collect();
    // The second chord begins with the ninth sixteenth.
    let split = if sketch["metre"] == "3/4" { 8.0 / 12.0 } else { 0.5 };
    for note in notes.flat_map(|part| &part.2) {
        let at = note.start - start;
        if !(-1e-6..1.0 - 1e-6).contains(&at) {
            continue;
        }
        let chord = chords[usize::from(chords.len() > 1 && at > split - 1e-6)];
        let class = note.key % 12;
        assert!(classes(chord).contains(&class), "bar {start}: {class} is not of {chord}");
    }
}
