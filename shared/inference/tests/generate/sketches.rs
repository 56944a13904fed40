//! The form of a piece, before and after it is made.

use std::fs;

use reverie_domain::manifest::{Manifest, MusicWords, SketchInputs};
use reverie_domain::sketch::{MusicSketch, Sketch, SketchSection, beats_per_bar};
use reverie_inference::{MusicRequest, Package, Plan, StyleHints, load, load_planner};

use crate::{file, folder, generate, listening::level, request, tiny_folder};

fn music_words(manifest: &Manifest) -> MusicWords {
    manifest.inputs.sketch.as_ref().and_then(SketchInputs::music).cloned().expect("words")
}

fn music(plan: &Plan) -> MusicSketch {
    plan.sketch.music().cloned().expect("the sketch of music")
}

/// What a manifest says of sketches, against the tables that are used.
#[test]
fn the_words_of_sketches_are_those_of_the_vocabulary() {
    for folder in [tiny_folder(), folder("models/reverie-score")] {
        let manifest = Package::open(&folder).expect("package").manifest().clone();
        let tables = fs::read(folder.join("vocab.json")).expect("file");
        let tables: serde_json::Value = serde_json::from_slice(&tables).expect("json");
        let keys = |name: &str| -> Vec<String> {
            tables[name].as_object().expect("an object").keys().cloned().collect()
        };
        let sorted = |names: &[String]| {
            let mut names = names.to_vec();
            names.sort();
            names
        };
        let words = music_words(&manifest);
        assert_eq!(serde_json::json!(words.sections), tables["sections"]);
        assert_eq!(sorted(&words.metres), keys("metres"));
        assert_eq!(sorted(&words.modes), keys("modes"));
        assert_eq!(words.chords.len(), keys("qualities").len());
        assert_eq!(sorted(&manifest.inputs.moods), keys("moods"));
        assert_eq!(sorted(&manifest.inputs.genres), keys("styles"));
        let roles: Vec<&str> = words.tracks.iter().map(|track| track.role.as_str()).collect();
        assert_eq!(serde_json::json!(roles), tables["roles"]);
        for (name, instrument) in tables["instruments"].as_object().expect("an object") {
            for track in &words.tracks {
                let plays = instrument["roles"]
                    .as_array()
                    .expect("a list")
                    .contains(&track.role.clone().into());
                assert_eq!(track.instruments.contains(name), plays, "{name} {}", track.role);
            }
        }
        for (name, metre) in tables["metres"].as_object().expect("an object") {
            let beats = metre["steps"].as_f64().expect("steps")
                / metre["steps_per_beat"].as_f64().expect("steps");
            assert!((beats_per_bar(name) - beats).abs() < 1e-9, "{name}");
        }
    }
}

#[test]
fn a_plan_is_a_sketch_that_can_be_made() {
    let package = Package::open(&folder("models/reverie-score")).expect("package");
    let planner = load_planner(&package).expect("planner");
    let words = music_words(planner.manifest());
    for (seed, prompt) in
        ["solo piano lullaby", "hard techno at 140 bpm", "jazz waltz", "sad folk in 6/8", "", "d&b"]
            .into_iter()
            .enumerate()
    {
        for seconds in [5.0, 12.0, 30.0, 61.0, 180.0] {
            let asked = MusicRequest { seed: seed as u64, ..request(prompt, seconds) };
            let plan = planner.plan(&asked).expect("a plan");
            let sketch = music(&plan);
            let checked = sketch.checked(&words, &planner.manifest().inputs.genres);
            assert_eq!(checked, Ok(sketch), "{prompt} {seconds}");
            assert!(
                (f64::from(plan.seconds) - seconds).abs() < 1e-9,
                "{prompt} {seconds}: {plan:?}"
            );
            let again = MusicRequest { sketch: Some(plan.sketch.clone()), ..asked };
            let again = planner.plan(&again).expect("a plan");
            assert_eq!(again.sketch, plan.sketch);
            for part in ["tempo_bpm", "key", "metre", "style", "valence"] {
                assert_eq!(again.understood[part], plan.understood[part], "{prompt} {part}");
            }
        }
    }
}

#[test]
fn a_request_is_made_of_the_sketch_that_it_is_answered_with() {
    let package = Package::open(&folder("models/reverie-score")).expect("package");
    let (engine, planner) = (load(&package).expect("engine"), load_planner(&package).expect("one"));
    for (prompt, seconds) in [("sparse jazz trio", 9.4), ("dense angry metal, 170 bpm", 11.0)] {
        let plain = request(prompt, seconds);
        let sketch = planner.plan(&plain).expect("a plan").sketch;
        let own = MusicRequest { sketch: Some(sketch), ..plain.clone() };
        let (plain, own) = (generate(&*engine, &plain), generate(&*engine, &own));
        for (one, other) in plain.files.iter().zip(&own.files) {
            assert!(one.bytes == other.bytes, "{prompt}: {}", one.name);
        }
        assert_eq!(plain.understood["sections"], own.understood["sections"]);
    }
}

#[test]
fn every_length_at_every_tempo_has_a_sketch() {
    let planner = load_planner(&Package::open(&tiny_folder()).expect("package")).expect("planner");
    for tempo in [40.0, 44.0, 51.0, 63.0, 90.0, 133.0, 220.0] {
        for seconds in [5, 6, 7, 8, 9, 11, 17, 30, 60] {
            let style = StyleHints { tempo_bpm: Some(tempo), ..StyleHints::default() };
            let asked = MusicRequest { style, ..request("", f64::from(seconds)) };
            let plan = planner.plan(&asked).expect("a plan");
            assert_eq!(plan.seconds, seconds, "{tempo} bpm: {:?}", plan.sketch);
        }
    }
}

#[test]
fn intensity_is_heard_and_the_real_package_keeps_to_a_sketch() {
    let package = Package::open(&folder("models/reverie-score")).expect("package");
    let (engine, planner) = (load(&package).expect("engine"), load_planner(&package).expect("one"));
    let asked = request("funky pop with electric piano, drums and bass", 40.0);
    let mut sketch = music(&planner.plan(&asked).expect("a plan"));
    sketch.tempo_bpm = 120.0;
    sketch.metre = "4/4".to_owned();
    let all: Vec<String> = sketch.tracks.iter().map(|track| track.role.clone()).collect();
    let root = sketch.key.split(' ').next().expect("a tonic").to_owned();
    let section = |name: &str, intensity| SketchSection {
        name: name.to_owned(),
        bars: 8,
        chords: vec![root.clone(); 8],
        tracks: all.clone(),
        intensity,
    };
    sketch.sections = vec![section("verse", 0.05), section("bridge", 1.0)];
    let asked = MusicRequest {
        seconds: f64::from(sketch.usual_seconds()),
        sketch: Some(Sketch::Music(sketch)),
        ..asked
    };
    let output = generate(&*engine, &asked);
    let flac = file(&output, "track.flac");
    let (quiet, loud) = (level(flac, 1.0, 15.0), level(flac, 17.0, 29.0));
    assert!(loud > quiet + 2.0, "{quiet} dB, then {loud} dB");
    assert_eq!(output.understood["sections"][1]["start"], 16.0);
}
