//! The form of a piece: read, changed, submitted, and heard.

#[path = "sketches/heard.rs"]
mod heard;

use heard::{follows, heard};
use reqwest::StatusCode;
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

#[tokio::test(flavor = "multi_thread")]
async fn a_request_and_its_own_sketch_give_the_same_piece() {
    let app = TestApp::start().await;
    let guest = app.guest().await;
    for (negative, style) in [
        (Value::Null, Value::Null),
        (json!("drums"), json!({"tempo_bpm": 72, "mood": "sad", "key": "Eb major"})),
    ] {
        // Without a seed: it is derived from the request, and the sketch tells it.
        let plain = json!({
            "kind": "music", "prompt": "a waltz for a small boat", "seconds": 12, "cache": false,
            "negative_prompt": negative, "style": style,
        });
        let mut asked = plain.clone();
        asked.as_object_mut().unwrap().remove("cache");
        let sketch = sketched(&guest, asked).await;
        let mut own = plain.clone();
        own["seed"] = sketch["seed"].clone();
        own["sketch"] = sketch["sketch"].clone();
        let ((first, _), (second, bytes)) = (midi(&guest, &plain).await, midi(&guest, &own).await);
        follows(&heard(&bytes), &sketch["sketch"]);
        let content = |done: &Value| -> Vec<(Value, Value)> {
            let files = done["files"].as_array().unwrap().iter();
            files.map(|file| (file["name"].clone(), file["content_sha256"].clone())).collect()
        };
        assert_eq!(content(&first), content(&second));
        for part in ["sections", "instruments", "key", "tempo_bpm", "energy"] {
            assert_eq!(first["understood"][part], second["understood"][part], "{part}");
        }
        assert_eq!(first["understood"]["instruments"], sketch["understood"]["instruments"]);
    }
    app.stop().await;
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
