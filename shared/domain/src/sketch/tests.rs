use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::manifest::{MusicWords, TrackInputs};

fn texts(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

fn words() -> MusicWords {
    let track = |role: &str, instruments: &[&str]| TrackInputs {
        role: role.to_owned(),
        instruments: texts(instruments),
    };
    MusicWords {
        sections: texts(&["verse", "chorus"]),
        metres: texts(&["4/4", "6/8"]),
        modes: texts(&["major", "minor"]),
        chords: texts(&["", "m", "7"]),
        tracks: vec![track("drums", &["kit"]), track("lead", &["piano", "flute"])],
    }
}

fn example() -> Value {
    json!({
        "genre": "march", "valence": 0.5, "density": 0.5, "tempo_bpm": 120, "metre": "4/4", "key": "d MINOR",
        "tracks": [{"role": "drums", "instrument": "kit"}, {"role": "lead", "instrument": "flute"}],
        "sections": [
            {"name": "verse", "bars": 2, "chords": ["Dm", " Gm  A7 "], "tracks": ["lead"],
             "intensity": 0.333_33},
            {"name": "chorus", "bars": 1, "chords": ["Dm"], "tracks": ["drums", "lead"],
             "intensity": 1},
        ],
    })
}

fn checked(value: Value) -> Result<MusicSketch, Vec<FieldError>> {
    let sketch: MusicSketch = serde_json::from_value(value).unwrap();
    sketch.checked(&words(), &texts(&["march"]))
}

#[test]
fn a_sketch_has_one_form() {
    let sketch = checked(example()).unwrap();
    assert_eq!(sketch.key, "D minor");
    assert_eq!(sketch.sections[0].chords, ["Dm", "Gm A7"]);
    assert_eq!(sketch.sections[0].intensity.to_string(), "0.33");
    assert!(!sketch.steady, "unless it says so");
    assert_eq!(checked(serde_json::to_value(&sketch).unwrap()).unwrap(), sketch);
}

#[test]
fn a_sketch_knows_its_length() {
    let sketch = checked(example()).unwrap();
    // Two bars of two seconds before the last one begins.
    assert!((sketch.last_bar() - 4.03).abs() < 1e-9);
    assert_eq!((sketch.seconds(), sketch.usual_seconds()), ((6, 9), 6));
    let slow = MusicSketch { tempo_bpm: 30.0, ..sketch.clone() };
    // At 16.03 s the last of three bars of eight seconds begins.
    assert_eq!(slow.seconds(), (18, 25));
    let compound = MusicSketch { metre: "6/8".to_owned(), ..sketch };
    assert!((compound.bar_seconds() - 1.0).abs() < 1e-9, "two beats");
}

#[test]
fn every_wrong_part_is_named() {
    for (pointer, value, path) in [
        ("/genre", json!("polka"), "sketch.genre"),
        ("/valence", json!(-0.1), "sketch.valence"),
        ("/density", json!(1.1), "sketch.density"),
        ("/tempo_bpm", json!(301), "sketch.tempo_bpm"),
        ("/metre", json!("5/4"), "sketch.metre"),
        ("/key", json!("H minor"), "sketch.key"),
        ("/key", json!("D"), "sketch.key"),
        ("/key", json!("éa minor"), "sketch.key"),
        ("/tracks", json!([]), "sketch.tracks"),
        ("/tracks/0/role", json!("lead"), "sketch.tracks[0].instrument"),
        ("/tracks/1/role", json!("horns"), "sketch.tracks[1].role"),
        ("/tracks/1/instrument", json!("kit"), "sketch.tracks[1].instrument"),
        ("/sections", json!([]), "sketch.sections"),
        ("/sections/0/name", json!("drop"), "sketch.sections[0].name"),
        ("/sections/0/bars", json!(3), "sketch.sections[0].chords"),
        ("/sections/0/bars", json!(0), "sketch.sections[0].bars"),
        ("/sections/0/chords/0", json!("X"), "sketch.sections[0].chords[0]"),
        ("/sections/0/chords/0", json!("Dmaj13"), "sketch.sections[0].chords[0]"),
        ("/sections/0/chords/0", json!(""), "sketch.sections[0].chords[0]"),
        ("/sections/0/chords/0", json!("D G A"), "sketch.sections[0].chords[0]"),
        ("/sections/1/chords/0", json!("D G"), "sketch.sections[1].chords[0]"),
        ("/sections/0/tracks", json!([]), "sketch.sections[0].tracks"),
        ("/sections/0/tracks/0", json!("bass"), "sketch.sections[0].tracks[0]"),
        ("/sections/1/tracks/1", json!("drums"), "sketch.sections[1].tracks[1]"),
        ("/sections/1/intensity", json!(2), "sketch.sections[1].intensity"),
    ] {
        let mut wrong = example();
        *wrong.pointer_mut(pointer).unwrap() = value.clone();
        let errors = checked(wrong).expect_err(pointer);
        assert!(errors.iter().any(|error| error.path == path), "{pointer} {value}: {errors:?}");
    }
}

#[test]
fn chords_and_keys_of_any_letters_do_not_panic() {
    proptest!(|(chord in "[A-Hé #bm7]{0,6}", key in "\\PC{0,8}")| {
        let mut any = example();
        any["sections"][0]["chords"][0] = json!(chord);
        any["key"] = json!(key);
        if let Ok(sketch) = checked(any) {
            prop_assert!(sketch.sections[0].chords[0].split(' ').all(|c| Chord::parse(c).is_some()));
        }
    });
}
