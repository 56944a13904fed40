//! What every package of the engine `score` must do, run on the small package of the test suite and once on the real
//! one.

#![expect(clippy::expect_used, reason = "what fails here is to fail the test")]

use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use reverie_domain::sketch::{SketchSection, beats_per_bar};
use reverie_inference::{
    Engine, EngineError, MusicRequest, Output, Package, PackageError, StyleHints, load,
    load_planner,
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

/// Interleaved 16-bit samples of a stereo FLAC file.
fn samples(flac: &[u8]) -> Vec<i32> {
    let mut reader = claxon::FlacReader::new(flac).expect("flac");
    let info = reader.streaminfo();
    assert_eq!((info.sample_rate, info.channels, info.bits_per_sample), (44_100, 2, 16));
    reader.samples().map(|sample| sample.expect("sample")).collect()
}

/// Length, peaks, ends and gaps of a work.
fn assert_sounds(output: &Output, seconds: f64) {
    let samples = samples(file(output, "track.flac"));
    assert_eq!(samples.len(), 2 * (seconds * 44_100.0).round() as usize);
    let peak = samples.iter().map(|sample| sample.abs()).max().unwrap_or(0);
    // −1 dBFS is 29,204; true peaks lie above sample peaks, so none may reach it.
    assert!((6_000..=29_204).contains(&peak), "peak {peak}");
    let edge = |part: &[i32]| part.iter().map(|sample| sample.abs()).max().unwrap_or(0);
    assert!(edge(&samples[..20]) < 40, "starts in silence");
    assert!(edge(&samples[samples.len() - 20..]) < 40, "ends in silence");
    for (index, window) in samples.chunks_exact(2 * 2 * 44_100).enumerate() {
        // −55 dBFS.
        assert!(edge(window) > 58, "two silent seconds from {} s", index * 2);
    }
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
        .filter(|artefact| has(&artefact.name))
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

/// Loudness in LUFS and true peak in dBTP, after ITU-R BS.1770-4.
fn measured(flac: &[u8]) -> (f64, f64) {
    let samples: Vec<f32> = samples(flac).iter().map(|sample| *sample as f32 / 32_768.0).collect();
    let modes = ebur128::Mode::I | ebur128::Mode::TRUE_PEAK;
    let mut meter = ebur128::EbuR128::new(2, 44_100, modes).expect("a meter");
    meter.add_frames_f32(&samples).expect("samples");
    let peaks = [0, 1].map(|channel| meter.true_peak(channel).expect("a peak"));
    (meter.loudness_global().expect("loudness"), 20.0 * peaks[0].max(peaks[1]).log10())
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
        let words = manifest.inputs.sketch.clone().expect("words");
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
    let words = planner.manifest().inputs.sketch.clone().expect("words");
    for (seed, prompt) in
        ["solo piano lullaby", "hard techno at 140 bpm", "jazz waltz", "sad folk in 6/8", "", "d&b"]
            .into_iter()
            .enumerate()
    {
        for seconds in [5.0, 12.0, 30.0, 61.0, 180.0] {
            let asked = MusicRequest { seed: seed as u64, ..request(prompt, seconds) };
            let plan = planner.plan(&asked).expect("a plan");
            let checked = plan.sketch.checked(&words, &planner.manifest().inputs.genres);
            assert_eq!(checked.as_ref(), Ok(&plan.sketch), "{prompt} {seconds}");
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

/// Loudness of the middle of a stretch of a work, in dB of full scale.
fn level(flac: &[u8], from: f64, to: f64) -> f64 {
    let samples = samples(flac);
    let at = |seconds: f64| 2 * (seconds * 44_100.0) as usize;
    let part = &samples[at(from)..at(to)];
    let square = |sample: &i32| (f64::from(*sample) / 32_768.0).powi(2);
    10.0 * (part.iter().map(square).sum::<f64>() / part.len() as f64).log10()
}

#[test]
fn intensity_is_heard_and_the_real_package_keeps_to_a_sketch() {
    let package = Package::open(&folder("models/reverie-score")).expect("package");
    let (engine, planner) = (load(&package).expect("engine"), load_planner(&package).expect("one"));
    let asked = request("funky pop with electric piano, drums and bass", 40.0);
    let mut sketch = planner.plan(&asked).expect("a plan").sketch;
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
    let asked =
        MusicRequest { seconds: f64::from(sketch.usual_seconds()), sketch: Some(sketch), ..asked };
    let output = generate(&*engine, &asked);
    let flac = file(&output, "track.flac");
    let (quiet, loud) = (level(flac, 1.0, 15.0), level(flac, 17.0, 29.0));
    assert!(loud > quiet + 2.0, "{quiet} dB, then {loud} dB");
    assert_eq!(output.understood["sections"][1]["start"], 16.0);
}
