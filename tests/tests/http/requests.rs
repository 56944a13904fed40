//! Each field of a request changes the music in the direction that it says.

use std::collections::BTreeMap;

use midly::{MidiMessage, Smf, TrackEventKind};
use reqwest::StatusCode;
use reverie_tests::{Client, real_packages};
use serde_json::{Value, json};

use crate::TestApp;

/// A finished piece: what was understood, and how many notes each channel has.
struct Made {
    understood: Value,
    tempo: f64,
    notes: BTreeMap<u8, usize>,
}

const DRUMS: u8 = 9;

async fn made(guest: &Client, fields: Value) -> Made {
    let mut body =
        json!({"kind": "music", "prompt": "an upbeat pop song", "seconds": 8, "seed": 11});
    body.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    let job = guest.post("/v1/generations", body).await.expect(StatusCode::ACCEPTED);
    let done = guest.finished(&job).await;
    assert_eq!(done["status"], "succeeded", "{done:#}");
    let file = done["files"].as_array().unwrap().iter().find(|file| file["name"] == "track.mid");
    let bytes = guest.download(file.unwrap()["download"]["url"].as_str().unwrap()).await.2;
    let smf = Smf::parse(&bytes).unwrap();
    let mut made =
        Made { understood: done["understood"].clone(), tempo: 0.0, notes: BTreeMap::new() };
    for event in smf.tracks.iter().flatten() {
        match event.kind {
            TrackEventKind::Midi { channel, message: MidiMessage::NoteOn { vel, .. } }
                if vel > 0 =>
            {
                *made.notes.entry(channel.as_int()).or_default() += 1;
            }
            TrackEventKind::Meta(midly::MetaMessage::Tempo(tempo)) => {
                made.tempo = 60e6 / f64::from(tempo.as_int());
            }
            _ => {}
        }
    }
    made
}

#[tokio::test(flavor = "multi_thread")]
async fn every_wish_is_heard() {
    let app = TestApp::start_with(|config| {
        config.models = vec![real_packages()];
        config.guest_credits = 1000;
    })
    .await;
    let guest = app.guest().await;
    let plain = made(&guest, json!({})).await;
    assert!(plain.notes[&DRUMS] > 10, "{:?}", plain.notes);
    assert_eq!(plain.understood["notes"], json!([]));

    let without = made(&guest, json!({"negative_prompt": "drums, percussion"})).await;
    assert!(!without.notes.contains_key(&DRUMS), "{:?}", without.notes);
    assert!(!without.notes.is_empty());

    for bpm in [70, 150] {
        let at = made(&guest, json!({"style": {"tempo_bpm": bpm}})).await;
        assert!((at.tempo / f64::from(bpm) - 1.0).abs() < 0.045, "{} at {bpm}", at.tempo);
    }
    let keyed = made(&guest, json!({"style": {"key": "F# minor"}})).await;
    assert_eq!(keyed.understood["key"], "F# minor");
    let style = made(&guest, json!({"style": {"genre": "waltz"}})).await;
    assert_eq!(
        (&style.understood["style"], &style.understood["metre"]),
        (&json!("waltz"), &json!("3/4"))
    );

    let sad = made(&guest, json!({"style": {"mood": "sad"}})).await;
    let wild = made(&guest, json!({"style": {"mood": "triumphant"}})).await;
    for part in ["valence", "energy"] {
        let (low, high) = (sad.understood[part].as_f64(), wild.understood[part].as_f64());
        assert!(low.unwrap() + 0.5 < high.unwrap(), "{part}: {low:?} {high:?}");
    }
    let count = |made: &Made| made.notes.values().sum::<usize>();
    assert!(count(&wild) > count(&sad), "{} and {} notes", count(&sad), count(&wild));

    let duo = made(&guest, json!({"style": {"instruments": ["flute", "harp"]}})).await;
    let mut names: Vec<&str> = duo.understood["instruments"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["name"].as_str().unwrap())
        .collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names, ["flute", "harp"]);
    assert_eq!(duo.notes.len(), 2);
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_preset_decides_what_nobody_says() {
    let app = TestApp::start_with(|config| {
        config.models = vec![real_packages()];
        config.guest_credits = 1000;
    })
    .await;
    let guest = app.guest().await;
    let piece = |style| json!({"prompt": "music for my video", "style": style});
    let preset = |name: &str| piece(json!({"preset": name}));
    let [sleep, fight] =
        [made(&guest, preset("deep sleep")).await, made(&guest, preset("8-bit boss fight")).await];
    let style = |made: &Made| made.understood["style"].clone();
    assert_eq!([style(&sleep), style(&fight)], ["ambient", "chiptune"]);
    assert!((48.0..=62.5).contains(&sleep.tempo), "{}", sleep.tempo);
    assert!((150.0..=185.2).contains(&fight.tempo), "{}", fight.tempo);
    assert!(!sleep.notes.contains_key(&DRUMS) && fight.notes.contains_key(&DRUMS));
    let count = |made: &Made| made.notes.values().sum::<usize>();
    assert!(count(&fight) > 2 * count(&sleep), "{} and {}", count(&fight), count(&sleep));

    // It gives way to a field, and to the prompt.
    let named = json!({"preset": "deep sleep", "tempo_bpm": 120});
    let named = made(&guest, piece(named)).await;
    assert!((named.tempo / 120.0 - 1.0).abs() < 0.045, "{}", named.tempo);
    let mut said = preset("deep sleep");
    said["prompt"] = json!("hard techno");
    assert_eq!(style(&made(&guest, said).await), "techno");
    app.stop().await;
}
