//! What every package of the engine `score` must do, run on the small package of the test suite and once on the real
//! one.

#![expect(clippy::expect_used, reason = "what fails here is to fail the test")]

#[path = "generate/extras.rs"]
mod extras;
#[path = "generate/jobs.rs"]
mod jobs;
#[path = "generate/listening.rs"]
mod listening;
#[path = "generate/seam.rs"]
mod seam;
#[path = "generate/sketches.rs"]
mod sketches;
#[path = "generate/styles.rs"]
mod styles;

use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use listening::{assert_sounds, measured};
use reverie_inference::{
    Engine, EngineError, MusicRequest, Output, Package, PackageError, StyleHints, load,
};

fn folder(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn tiny_folder() -> PathBuf {
    folder("../../tests/packages/tiny-score")
}

fn tiny() -> Arc<dyn Engine> {
    static ENGINE: OnceLock<Arc<dyn Engine>> = OnceLock::new();
    let open = || load(&Package::open(&tiny_folder()).expect("package")).expect("engine");
    Arc::clone(ENGINE.get_or_init(open))
}

fn request(prompt: &str, seconds: f64) -> MusicRequest {
    MusicRequest { prompt: prompt.to_owned(), seconds, seed: 42, ..MusicRequest::default() }
}

fn generate(engine: &dyn Engine, request: &MusicRequest) -> Output {
    engine.generate(request, &mut |_| ControlFlow::Continue(())).expect("output")
}

fn file<'a>(output: &'a Output, name: &str) -> &'a [u8] {
    let file = output.files.iter().find(|file| file.name == name);
    &file.unwrap_or_else(|| panic!("no {name}")).bytes
}

#[test]
fn length_is_exact_and_sound_is_clean() {
    for seconds in [6.0, 7.77] {
        let output = generate(&*tiny(), &request("a happy tune", seconds));
        assert_sounds(&output, seconds);
        assert!((output.seconds - seconds).abs() < 1e-4);
    }
}

#[test]
fn the_same_request_gives_the_same_bytes() {
    let engine = tiny();
    let first = generate(&*engine, &request("calm", 6.0));
    let again = generate(&*engine, &request("calm", 6.0));
    for (one, other) in first.files.iter().zip(&again.files) {
        assert!(one.bytes == other.bytes, "{}", one.name);
    }
    let mut other = request("calm", 6.0);
    other.seed = 43;
    let other = generate(&*engine, &other);
    assert!(file(&first, "track.mid") != file(&other, "track.mid"));
}

#[test]
fn names_and_types_are_those_of_the_manifest() {
    let engine = tiny();
    let output = generate(&*engine, &request("", 6.0));
    let has = |name: &str| cfg!(feature = "mp3") || name != "track.mp3";
    let listed = engine.manifest().outputs.iter();
    let expected: Vec<_> = listed
        .filter(|artefact| artefact.on_request.is_none() && has(&artefact.name))
        .map(|artefact| (artefact.name.as_str(), artefact.content_type.as_str()))
        .collect();
    let files = output.files.iter();
    let found: Vec<_> = files.map(|file| (file.name, file.content_type)).collect();
    assert_eq!(found, expected);
    let peaks: serde_json::Value =
        serde_json::from_slice(file(&output, "peaks.json")).expect("json");
    assert!(peaks["peaks"].as_array().is_some_and(|list| list.len() > 1_000));
}

#[test]
fn hints_and_words_are_followed() {
    let mut asked = request("in D minor at 100 bpm", 8.0);
    let output = generate(&*tiny(), &asked);
    assert_eq!(output.understood["key"], "D minor");
    let tempo = output.understood["tempo_bpm"].as_f64().expect("tempo");
    assert!((96.0..=104.0).contains(&tempo), "{tempo}");
    asked.style =
        StyleHints { key: Some("G major".into()), tempo_bpm: Some(80.0), ..StyleHints::default() };
    let output = generate(&*tiny(), &asked);
    assert_eq!(output.understood["key"], "G major");
    let tempo = output.understood["tempo_bpm"].as_f64().expect("tempo");
    assert!((76.8..=83.2).contains(&tempo), "{tempo}");
}

#[test]
fn what_cannot_be_done_names_its_field() {
    let refused = |change: &dyn Fn(&mut MusicRequest)| {
        let mut asked = request("", 6.0);
        change(&mut asked);
        let result = tiny().generate(&asked, &mut |_| ControlFlow::Continue(()));
        match result {
            Err(EngineError::Invalid { field, .. }) => field,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(refused(&|asked| asked.seconds = f64::NAN), "seconds");
    assert_eq!(refused(&|asked| asked.seconds = 1e9), "seconds");
    assert_eq!(refused(&|asked| asked.prompt = "x".repeat(100_000)), "prompt");
    assert_eq!(refused(&|asked| asked.style.key = Some("H".into())), "style.key");
    assert_eq!(refused(&|asked| asked.style.tempo_bpm = Some(1.0)), "style.tempo_bpm");
    assert_eq!(refused(&|asked| asked.style.genre = Some("?".into())), "style.genre");
    let instruments = |asked: &mut MusicRequest| asked.style.instruments = vec!["anvil".into()];
    assert_eq!(refused(&instruments), "style.instruments");
}

#[test]
fn break_cancels_at_every_stage() {
    let engine = tiny();
    for limit in [0.0, 0.3, 0.7, 0.95] {
        let mut last = 0.0f32;
        let result = engine.generate(&request("calm", 6.0), &mut |share| {
            assert!(share >= last, "progress fell from {last} to {share}");
            last = share;
            match share > limit {
                true => ControlFlow::Break(()),
                false => ControlFlow::Continue(()),
            }
        });
        assert!(matches!(result, Err(EngineError::Canceled)), "at {limit}");
    }
}

#[test]
fn a_changed_file_is_refused() {
    let copy = tempfile::tempdir().expect("folder");
    for entry in fs::read_dir(tiny_folder()).expect("folder") {
        let path = entry.expect("entry").path();
        if path.is_file() {
            fs::copy(&path, copy.path().join(path.file_name().expect("name"))).expect("copy");
        }
    }
    Package::open(copy.path()).expect("an unchanged copy opens");
    let path = copy.path().join("score.onnx");
    let mut bytes = fs::read(&path).expect("file");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&path, bytes).expect("write");
    let error = Package::open(copy.path()).expect_err("differs");
    assert!(matches!(error, PackageError::Checksum { .. }), "{error}");
}

#[test]
fn everything_is_as_loud_as_everything_else() {
    let package = Package::open(&folder("models/reverie-score")).expect("package");
    let engine = load(&package).expect("engine");
    for prompt in ["solo piano lullaby", "hard techno", "ambient pads", "funk with brass"] {
        let output = generate(&*engine, &request(prompt, 15.0));
        let (loudness, peak) = measured(file(&output, "track.flac"));
        println!("{prompt}: {loudness:.2} LUFS, {peak:.2} dBTP");
        assert!((loudness + 14.0).abs() <= 0.5, "{prompt}: {loudness} LUFS");
        assert!(peak <= -1.0, "{prompt}: {peak} dBTP");
    }
}

#[test]
fn the_real_package_plays() {
    let package = Package::open(&folder("models/reverie-score")).expect("package");
    let engine = load(&package).expect("engine");
    let output = generate(&*engine, &request("slow sad piano, no drums", 30.0));
    assert_sounds(&output, 30.0);
    let understood = &output.understood;
    let instruments = understood["instruments"].as_array().expect("list");
    assert!(instruments.iter().all(|instrument| instrument["role"] != "drums"));
    assert!(instruments.iter().any(|instrument| instrument["name"] == "piano"));
    assert!(understood["valence"].as_f64().is_some_and(|valence| valence < 0.5));
    assert!(understood["tempo_bpm"].as_f64().is_some_and(|tempo| tempo < 100.0));
}
