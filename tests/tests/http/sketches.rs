//! The form of a piece: read, changed, submitted, and heard.

use std::collections::BTreeSet;

use midly::{MetaMessage, MidiMessage, Smf, TrackEventKind};
use reqwest::StatusCode;
use reverie_domain::sketch::Chord;
use reverie_tests::Client;
use serde_json::{Value, json};

use crate::TestApp;

fn prompt() -> Value {
    json!({"kind": "music", "prompt": "a happy march in D minor", "seconds": 20, "seed": 7})
}

async fn sketched(guest: &Client, body: Value) -> Value {
    guest.post("/v1/sketches", body).await.expect(StatusCode::OK)
}

/// The submission of a sketch, as it came or changed.
fn submission(sketch: &Value) -> Value {
    json!({
        "kind": sketch["kind"], "model": sketch["model"], "seed": sketch["seed"],
        "prompt": prompt()["prompt"], "sketch": sketch["sketch"],
    })
}

async fn midi(guest: &Client, body: &Value) -> (Value, Vec<u8>) {
    let job = guest.post("/v1/generations", body.clone()).await.expect(StatusCode::ACCEPTED);
    let done = guest.finished(&job).await;
    assert_eq!(done["status"], "succeeded", "{done:#}");
    let file = done["files"].as_array().unwrap().iter().find(|file| file["name"] == "track.mid");
    let url = file.unwrap()["download"]["url"].as_str().unwrap();
    let bytes = guest.download(url).await.2;
    (done, bytes)
}

/// A note: when it starts and ends in bars, and its key.
struct Note {
    start: f64,
    end: f64,
    key: u8,
}

/// What a MIDI file says.
struct Heard {
    bpm: f64,
    metre: (u8, u8),
    /// Names of sections and their first bars.
    sections: Vec<(String, u32)>,
    /// Instruments and their notes; drums by their channel.
    parts: Vec<(String, bool, Vec<Note>)>,
}

fn heard(bytes: &[u8]) -> Heard {
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
        "sus4" => &[0, 5, 7],
        other => panic!("{other}"),
    };
    intervals.iter().map(|interval| (chord.root + interval) % 12).collect()
}

fn edited() -> Value {
    json!({
        "genre": "march", "valence": 0.75, "tempo_bpm": 96.5, "metre": "3/4", "key": "G major",
        "tracks": [
            {"role": "drums", "instrument": "knock"}, {"role": "bass", "instrument": "hum"},
            {"role": "comp", "instrument": "pluck"}, {"role": "lead", "instrument": "reed"},
        ],
        "sections": [
            {"name": "chorus", "bars": 3, "chords": ["G", "Eb", "F#m B7"],
             "tracks": ["comp", "bass"], "intensity": 0.2},
            {"name": "bridge", "bars": 2, "chords": ["Csus4 C", "Dm"],
             "tracks": ["drums", "comp", "lead"], "intensity": 1.0},
            {"name": "chorus", "bars": 3, "chords": ["G", "Ab", "G"],
             "tracks": ["bass", "lead"], "intensity": 0.5},
        ],
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_prompt_becomes_a_sketch_that_becomes_exactly_that_piece() {
    let app = TestApp::start().await;
    let guest = app.guest().await;
    let before = guest.credits().await;
    let sketch = sketched(&guest, prompt()).await;
    assert_eq!(sketched(&guest, prompt()).await, sketch, "the same request, the same sketch");
    assert_eq!(guest.credits().await, before);
    assert_eq!((&sketch["seconds"], &sketch["seed"]), (&json!(20), &json!(7)));
    assert_eq!(sketch["sketch"]["key"], "D minor");
    assert_eq!(sketch["understood"]["key"], "D minor");

    let mut body = submission(&sketch);
    body["seconds"] = sketch["seconds"].clone();
    let (done, bytes) = midi(&guest, &body).await;
    assert_eq!(done["request"]["sketch"], sketch["sketch"]);
    assert_eq!(done["request"]["seconds"], 20);
    follows(&heard(&bytes), &sketch["sketch"]);
    app.stop().await;
}

/// Checks a piece against all that its sketch says.
fn follows(heard: &Heard, sketch: &Value) {
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

#[tokio::test(flavor = "multi_thread")]
async fn an_edited_sketch_is_honoured_exactly() {
    let app = TestApp::start().await;
    let guest = app.guest().await;
    let mut sketch = json!({"kind": "music", "model": "tiny-score", "seed": 3});
    sketch["sketch"] = edited();
    let checked = sketched(&guest, submission(&sketch)).await;
    assert_eq!(checked["sketch"], edited());
    let (done, bytes) = midi(&guest, &submission(&sketch)).await;
    assert_eq!(done["request"]["seconds"], checked["seconds"]);
    let heard = heard(&bytes);
    follows(&heard, &edited());
    let understood = &done["understood"];
    assert_eq!((&understood["key"], &understood["metre"]), (&json!("G major"), &json!("3/4")));

    let mut again = submission(&sketch);
    again["prompt"] = json!("other words");
    again["cache"] = json!(false);
    assert_eq!(midi(&guest, &again).await.1, bytes, "the same sketch and seed, the same score");
    again["seed"] = json!(4);
    assert_ne!(midi(&guest, &again).await.1, bytes);
    let mut other = submission(&sketch);
    other["sketch"]["sections"][0]["chords"][1] = json!("D");
    let (job, changed) = midi(&guest, &other).await;
    assert_eq!(job["cached"], false, "the sketch is a part of what is asked for");
    assert_ne!(changed, bytes);
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_price_follows_the_sketch() {
    let app = TestApp::without_worker().await;
    let guest = app.guest().await;
    let mut body = json!({"kind": "music", "prompt": "long", "sketch": edited()});
    let short = guest.post("/v1/quotes", body.clone()).await.expect(StatusCode::CREATED);
    let section = json!({
        "name": "verse", "bars": 20, "chords": vec!["G"; 20], "tracks": ["comp"], "intensity": 0.5
    });
    body["sketch"]["sections"].as_array_mut().unwrap().insert(0, section.clone());
    let long = guest.post("/v1/quotes", body.clone()).await.expect(StatusCode::CREATED);
    let of =
        |quote: &Value| (quote["credits"].clone(), quote["request"]["seconds"].as_u64().unwrap());
    let (one, two) = (of(&short), of(&long));
    assert_eq!((one.0, two.0), (json!(1), json!(2)));
    // Twenty bars of three beats at 96.5 beats a minute.
    assert!((37..=38).contains(&(two.1 - one.1)), "{} {}", one.1, two.1);
    let job = guest.post("/v1/generations", json!({"quote": long["id"]})).await;
    assert_eq!(job.expect(StatusCode::ACCEPTED)["request"]["sketch"], body["sketch"]);

    body["sketch"]["sections"].as_array_mut().unwrap().insert(0, section);
    let problem = guest.post("/v1/quotes", body).await.problem(422, "invalid");
    assert_eq!(problem["errors"][0]["path"], "sketch.sections", "{problem:#}");
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_with_a_sketch_is_named() {
    let app = TestApp::without_worker().await;
    let guest = app.guest().await;
    for (pointer, value, path) in [
        ("/sections/1/chords/0", json!("Hm"), "sketch.sections[1].chords[0]"),
        ("/sections/1/bars", json!(9), "sketch.sections[1].chords"),
        ("/sections/1/bars", json!("many"), "sketch.sections[1].bars"),
        ("/sections/0/tracks/0", json!("kazoo"), "sketch.sections[0].tracks[0]"),
        ("/tracks/0/instrument", json!("hum"), "sketch.tracks[0].instrument"),
        ("/tempo_bpm", json!(1e9), "sketch.tempo_bpm"),
        ("/key", json!("C locrian"), "sketch.key"),
        ("/genre", json!("polka"), "sketch.genre"),
        ("/tracks/0", json!({"role": "drums"}), "sketch.tracks[0]"),
    ] {
        let mut body = json!({"kind": "music", "prompt": "wrong", "sketch": edited()});
        *body["sketch"].pointer_mut(pointer).unwrap() = value;
        for route in ["/v1/generations", "/v1/quotes", "/v1/sketches"] {
            let problem = guest.post(route, body.clone()).await.problem(422, "invalid");
            let named = problem["errors"].as_array().unwrap();
            assert!(named.iter().any(|error| error["path"] == path), "{route} {problem:#}");
        }
    }
    let body = json!({"kind": "music", "prompt": "x", "sketch": edited(), "seconds": 55});
    let problem = guest.post("/v1/generations", body).await.problem(422, "invalid");
    assert_eq!(problem["errors"][0]["path"], "seconds");
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sketches_are_free_but_not_without_end() {
    let app = TestApp::without_worker().await;
    let (guest, other) = (app.guest().await, app.guest().await);
    let mut made = 0;
    let refused = loop {
        let answer = guest.post("/v1/sketches", prompt()).await;
        if answer.status == StatusCode::TOO_MANY_REQUESTS {
            break answer;
        }
        answer.expect(StatusCode::OK);
        made += 1;
        assert!(made < 200, "a limit of 20 a minute");
    };
    assert!(made >= 20, "{made}");
    assert!(refused.headers.contains_key("retry-after"));
    refused.problem(429, "limit.sketches");
    sketched(&other, prompt()).await;
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn contradictions_are_resolved_and_told() {
    let app = TestApp::without_worker().await;
    let guest = app.guest().await;
    let body = json!({
        "kind": "music", "prompt": "slow tune at 60 bpm in C major", "seconds": 20, "seed": 1,
        "style": {"tempo_bpm": 140, "key": "D minor"},
    });
    let sketch = sketched(&guest, body).await;
    let tempo = sketch["sketch"]["tempo_bpm"].as_f64().unwrap();
    assert!((134.0..=146.0).contains(&tempo), "{tempo}");
    assert_eq!(sketch["sketch"]["key"], "D minor");
    let told = sketch["warnings"].to_string();
    for part in ["60 bpm", "slow", "C major", "style.tempo_bpm", "style.key"] {
        assert!(told.contains(part), "{part}: {told}");
    }
    assert_eq!(sketch["understood"]["notes"], sketch["warnings"]);

    let body = json!({"kind": "music", "prompt": "no drums, big drum solo", "seconds": 20});
    let sketch = sketched(&guest, body).await;
    assert!(sketch["warnings"].to_string().contains("drums"), "{sketch:#}");
    let tracks = sketch["sketch"]["tracks"].to_string();
    assert!(!tracks.contains("drums"), "{tracks}");
    let plain = sketched(&guest, json!({"kind": "music", "prompt": "a tune"})).await;
    assert_eq!(plain["warnings"], json!([]));
    app.stop().await;
}
