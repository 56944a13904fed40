//! The soundtrack of a film.

use std::ops::ControlFlow;
use std::path::Path;

use reverie_inference::{MusicRequest, Package, load_all};

use crate::{bytes, request};

fn folder(path: &str) -> Package {
    Package::open(&Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).expect("package")
}

#[test]
fn a_film_has_music_of_its_mood_as_long_as_itself() {
    let packages = [folder("models/reverie-scene"), folder("../../tests/packages/tiny-score")];
    let engines = load_all(&packages).expect("engines");
    let ids: Vec<&str> = engines.iter().map(|engine| engine.manifest().id.as_str()).collect();
    assert_eq!(ids, ["reverie-scene", "tiny-score"], "in the order of the packages");
    let film = |request: &MusicRequest| {
        engines[0].generate(request, &mut |_| ControlFlow::Continue(())).expect("film")
    };
    let mut tempi = Vec::new();
    for (prompt, seconds) in [("a sad grey day by the sea", 3.0), ("a happy dog on a meadow", 8.0)]
    {
        let asked = MusicRequest { soundtrack: true, seconds, ..request(prompt, 2) };
        let output = film(&asked);
        let music = &output.understood["soundtrack"];
        assert_eq!(music["model"], "tiny-score");
        tempi.push(music["tempo_bpm"].as_f64().expect("a tempo"));
        let clip = bytes(&output, "clip.mp4");
        let packets = packets(clip);
        // 20 ms each.
        assert_eq!(packets, (seconds / 0.02).round() as usize, "{prompt}");
        assert!(bytes(&film(&asked), "clip.mp4") == clip, "the same request, the same film");
        let silent = film(&MusicRequest { soundtrack: false, ..asked });
        assert!(clip.len() > bytes(&silent, "clip.mp4").len() + 5_000);
        assert_eq!(silent.understood["soundtrack"], serde_json::Value::Null);
    }
    assert!(tempi[1] > tempi[0] + 30.0, "{tempi:?}");
}

/// How many samples the sound has: the second number of its `stsz` box.
fn packets(clip: &[u8]) -> usize {
    assert!(clip.windows(4).any(|four| four == b"dOps"), "Opus");
    let boxes: Vec<usize> =
        clip.windows(4).enumerate().filter(|(_, four)| four == b"stsz").map(|(at, _)| at).collect();
    assert_eq!(boxes.len(), 2, "two tracks");
    let count = &clip[boxes[1] + 12..boxes[1] + 16];
    u32::from_be_bytes(count.try_into().expect("four bytes")) as usize
}

#[test]
fn a_film_with_music_stops_while_it_is_composed() {
    let packages = [folder("models/reverie-scene"), folder("../../tests/packages/tiny-score")];
    let engines = load_all(&packages).expect("engines");
    let asked = MusicRequest { soundtrack: true, ..request("waves", 1) };
    let mut last = 0.0;
    let ended = engines[0].generate(&asked, &mut |share| {
        last = share;
        if share > 0.05 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    assert!(matches!(ended, Err(reverie_inference::EngineError::Canceled)));
    assert!(last < 0.2, "{last}");
}
