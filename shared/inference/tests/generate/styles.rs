//! What a style decides: chords, sections, and how people play.

use std::collections::BTreeSet;
use std::sync::Arc;

use reverie_domain::sketch::{MusicSketch, Sketch};
use reverie_inference::{MusicRequest, Package, Planner, StyleHints, load, load_planner};

use crate::{file, folder, generate, request, tiny};

fn planner() -> Arc<dyn Planner> {
    let package = Package::open(&folder("models/reverie-score")).expect("package");
    load_planner(&package).expect("planner")
}

fn of_style(genre: &str, seconds: f64, seed: u64) -> MusicRequest {
    let style = StyleHints { genre: Some(genre.to_owned()), ..StyleHints::default() };
    MusicRequest { style, seed, ..request("something", seconds) }
}

fn sketch(planner: &dyn Planner, request: &MusicRequest) -> MusicSketch {
    let plan = planner.plan(request).expect("a plan");
    serde_json::from_value(serde_json::json!(plan.sketch)).expect("a sketch of music")
}

#[test]
fn a_number_of_beats_is_kept_to() {
    let planner = planner();
    for (beats, seconds) in
        [(60.0, 10.0), (83.0, 30.0), (97.0, 17.0), (128.0, 61.0), (174.0, 180.0)]
    {
        for seed in 0..4 {
            let asked =
                MusicRequest { seed, ..request(&format!("a tune at {beats} bpm"), seconds) };
            let tempo = sketch(&*planner, &asked).tempo_bpm;
            assert!((tempo - beats).abs() < 0.03, "{tempo} instead of {beats} in {seconds} s");
        }
    }
}

#[test]
fn beats_that_are_counted_have_one_metre_and_a_chord_a_bar() {
    let planner = planner();
    let sketches = |prompt: &str| -> Vec<MusicSketch> {
        let asked = |seed| MusicRequest { seed, ..request(prompt, 30.0) };
        (0..16).map(|seed| sketch(&*planner, &asked(seed))).collect()
    };
    let metres = |prompt: &str| {
        sketches(prompt).into_iter().map(|sketch| sketch.metre).collect::<BTreeSet<_>>().len()
    };
    assert!(metres("a lullaby") > 1);
    assert_eq!(metres("a lullaby, 76 bpm"), 1);
    let two_chords = |prompt: &str| {
        let sketches = sketches(prompt);
        let bars = sketches.iter().flat_map(|one| &one.sections).flat_map(|one| &one.chords);
        bars.filter(|bar| bar.contains(' ')).count()
    };
    assert!(two_chords("jazz") > 0);
    assert_eq!(two_chords("jazz, 120 bpm"), 0);
}

#[test]
fn beats_that_are_counted_are_played() {
    let planner = planner();
    let plan = |prompt: &str| sketch(&*planner, &request(prompt, 12.0));
    assert!(plan("felt piano and cello, no drums, 92 bpm").steady);
    assert!(!plan("felt piano and cello, no drums").steady, "nobody counts");
    assert!(!plan("felt piano and cello, no drums, 66 bpm").steady, "slow beats are divided");
    assert!(plan("felt piano and cello in 6/8, no drums, 66 bpm").steady);

    let package = Package::open(&folder("models/reverie-score")).expect("package");
    let engine = load(&package).expect("engine");
    let given = plan("felt piano and cello, no drums, 92 bpm");
    // Beats without a note of whoever keeps time.
    let missing = |steady, seed| {
        let sketch = MusicSketch { steady, ..given.clone() };
        let sketch = Some(Sketch::Music(sketch));
        let output = generate(&*engine, &MusicRequest { sketch, seed, ..request("", 12.0) });
        let played: BTreeSet<u32> = notes(file(&output, "track.mid"))
            .iter()
            .map(|(tick, ..)| (tick + STEP / 2) / STEP)
            .collect();
        let beats = 4 * given.bars().saturating_sub(1);
        (0..beats).filter(|beat| !played.contains(&(4 * beat))).count()
    };
    assert_eq!((0..3).map(|seed| missing(true, seed)).sum::<usize>(), 0);
    assert!((0..3).map(|seed| missing(false, seed)).sum::<usize>() > 0);
}

#[test]
fn whoever_is_asked_for_plays_even_in_a_short_piece() {
    let planner = planner();
    for (prompt, names) in [
        ("piano, warm pad and cello", &["piano", "warm_pad", "cello"][..]),
        ("violin, trumpet and flute", &["violin", "trumpet", "flute"]),
        (
            "clarinet, oboe, trumpet, piano, strings",
            &["clarinet", "oboe", "trumpet", "piano", "strings"],
        ),
        ("harp, choir, strings and glockenspiel", &["harp", "choir", "strings", "glockenspiel"]),
    ] {
        for seed in 0..4 {
            let sketch = sketch(&*planner, &MusicRequest { seed, ..request(prompt, 5.0) });
            let playing: Vec<&str> = sketch
                .tracks
                .iter()
                .filter(|track| sketch.sections.iter().any(|one| one.tracks.contains(&track.role)))
                .map(|track| track.instrument.as_str())
                .collect();
            assert!(names.iter().all(|name| playing.contains(name)), "{prompt}: {playing:?}");
        }
    }
}

#[test]
fn a_blues_has_twelve_bars() {
    let planner = planner();
    for seed in 0..6 {
        let sketch = sketch(&*planner, &of_style("blues", 90.0, seed));
        let long: Vec<_> = sketch.sections.iter().filter(|section| section.bars >= 12).collect();
        assert!(long.len() >= 2, "{:?}", sketch.sections);
        for section in long {
            let chords = &section.chords;
            assert_eq!(chords[0], chords[6], "{chords:?}");
            assert_ne!(chords[0], chords[4], "{chords:?}");
            assert_eq!(chords.len() as u32, section.bars);
        }
    }
}

#[test]
fn styles_have_their_own_chords() {
    let planner = planner();
    let share = |genre: &str, is: &dyn Fn(&str) -> bool| {
        let sketches: Vec<_> =
            (0..8).map(|seed| sketch(&*planner, &of_style(genre, 60.0, seed))).collect();
        let bars = sketches.iter().flat_map(|sketch| &sketch.sections).flat_map(|one| &one.chords);
        let chords: Vec<&str> = bars.flat_map(|bar| bar.split(' ')).collect();
        chords.iter().filter(|chord| is(chord)).count() as f64 / chords.len() as f64
    };
    let seventh = |chord: &str| chord.contains('7');
    assert!(share("jazz", &seventh) > 0.8);
    assert!(share("blues", &seventh) > 0.7);
    assert!(share("march", &seventh) < 0.4);
    assert!(share("country", &|chord| chord.ends_with('m')) < 0.2);
}

/// Ticks of a sixteenth note.
const STEP: u32 = 120;

/// The notes of a file: tick, channel and velocity.
fn notes(midi: &[u8]) -> Vec<(u32, u8, u8)> {
    let file = midly::Smf::parse(midi).expect("a MIDI file");
    let quarter = midly::num::u15::new(4 * STEP as u16);
    assert_eq!(file.header.timing, midly::Timing::Metrical(quarter));
    let mut notes = Vec::new();
    for track in &file.tracks {
        let mut now = 0;
        for event in track {
            now += event.delta.as_int();
            if let midly::TrackEventKind::Midi {
                channel,
                message: midly::MidiMessage::NoteOn { vel, .. },
            } = event.kind
                && vel > 0
            {
                notes.push((now, channel.as_int(), vel.as_int()));
            }
        }
    }
    notes
}

/// How late each note is behind its sixteenth, in ticks.
fn lateness(midi: &[u8]) -> Vec<u32> {
    notes(midi).iter().map(|(tick, ..)| tick % STEP).collect()
}

#[test]
fn beats_are_played_louder_than_what_is_between_them() {
    let engine =
        load(&Package::open(&folder("models/reverie-score")).expect("package")).expect("engine");
    let output = generate(&*engine, &of_style("techno", 12.0, 3));
    let notes = notes(file(&output, "track.mid"));
    // Drums have accents of their own; techno is in four, and nobody is late.
    let mean = |at: &dyn Fn(u32) -> bool| {
        let loud = notes.iter().filter(|(tick, channel, _)| *channel != 9 && at(tick / STEP % 16));
        let loud: Vec<f64> = loud.map(|(.., velocity)| f64::from(*velocity)).collect();
        assert!(!loud.is_empty());
        loud.iter().sum::<f64>() / loud.len() as f64
    };
    assert!(mean(&|step| step == 0) > 1.1 * mean(&|step| step % 4 != 0));
}

#[test]
fn people_are_a_little_late_and_machines_are_not() {
    let march = lateness(file(&generate(&*tiny(), &request("a march", 8.0)), "track.mid"));
    let off = march.iter().filter(|late| **late > 0).count();
    assert!(off * 2 > march.len(), "{march:?}");
    // A quarter of a step, and as much again for the last string of a chord.
    assert!(march.iter().all(|late| *late <= 60), "{march:?}");

    let engine =
        load(&Package::open(&folder("models/reverie-score")).expect("package")).expect("engine");
    let techno = lateness(file(&generate(&*engine, &of_style("techno", 6.0, 1)), "track.mid"));
    assert!(!techno.is_empty() && techno.iter().all(|late| *late == 0), "{techno:?}");
}
