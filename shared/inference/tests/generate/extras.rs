//! Stems and loops, which are made only on request.

use std::io::{Cursor, Read};

use reverie_domain::manifest::Extra;
use reverie_inference::{MusicRequest, Package, load, load_planner};

use crate::listening::{measured, samples};
use crate::seam::assert_no_seam;
use crate::{file, folder, generate, request, tiny};

fn asked(prompt: &str, seconds: f64) -> MusicRequest {
    MusicRequest { outputs: vec![Extra::Stems, Extra::Loop], ..request(prompt, seconds) }
}

/// Names and content of the files of an archive.
fn unpacked(zip: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut archive = zip::ZipArchive::new(Cursor::new(zip)).expect("an archive");
    (0..archive.len())
        .map(|index| {
            let mut file = archive.by_index(index).expect("a file");
            let mut bytes = Vec::new();
            file.read_to_end(&mut bytes).expect("content");
            (file.name().expect("a name").into_owned(), bytes)
        })
        .collect()
}

#[test]
fn extras_are_made_only_where_they_are_asked_for_and_change_nothing_else() {
    let engine = tiny();
    let plain = generate(&*engine, &request("a march", 8.0));
    let all = generate(&*engine, &asked("a march", 8.0));
    assert_eq!(all.files.len(), plain.files.len() + 2);
    for (one, other) in plain.files.iter().zip(&all.files) {
        assert!((one.name, &one.bytes) == (other.name, &other.bytes), "{}", one.name);
    }
    let again = generate(&*engine, &asked("a march", 8.0));
    for (one, other) in all.files.iter().zip(&again.files) {
        assert!(one.bytes == other.bytes, "{} is reproducible", one.name);
    }
}

/// The master's gains follow the sum of all parts. So the stems, which are without it, add up to the track but
/// for a gain that moves, and for the phase of low tones, which the filter at 28 Hz turns. (That they add up to
/// the mix before it, sample by sample, is tested where they are made.)
#[test]
fn stems_add_up_to_the_track_but_for_the_master() {
    let engine = tiny();
    let output = generate(&*engine, &asked("a march", 12.0));
    let track = samples(file(&output, "track.flac"));
    let stems = unpacked(file(&output, "stems.zip"));
    let players = output.understood["instruments"].as_array().expect("a list");
    assert_eq!(stems.len(), players.len());
    let mut sum = vec![0i64; track.len()];
    for (index, (name, bytes)) in stems.iter().enumerate() {
        let player = &players[index];
        let text = |field: &str| player[field].as_str().expect("a text").to_owned();
        assert_eq!(*name, format!("{}-{}-{}.flac", index + 1, text("role"), text("name")));
        let stem = samples(bytes);
        assert_eq!(stem.len(), track.len());
        sum.iter_mut().zip(&stem).for_each(|(sum, sample)| *sum += i64::from(*sample));
    }
    // −1 dB of full scale, and the noise below the last bit of each.
    let peak = sum.iter().map(|sample| sample.abs()).max().expect("samples");
    assert!((6_000..=29_220).contains(&peak), "{peak}");
    let (mut kept, mut all) = (0.0, 0.0);
    for (track, sum) in track.chunks(4_410).zip(sum.chunks(4_410)) {
        let product = |one: &dyn Fn(usize) -> f64, other: &dyn Fn(usize) -> f64| -> f64 {
            (0..track.len()).map(|at| one(at) * other(at)).sum()
        };
        let (track_at, sum_at) = (|at| f64::from(track[at]), |at| sum[at] as f64);
        let square = product(&sum_at, &sum_at);
        all += product(&track_at, &track_at);
        kept += if square > 0.0 { product(&track_at, &sum_at).powi(2) / square } else { 0.0 };
    }
    let rest = 10.0 * (1.0 - kept / all).log10();
    println!("what is left of the track without its stems: {rest:.1} dB");
    assert!(rest < -12.0, "{rest} dB");
}

#[test]
fn a_loop_has_whole_bars_and_the_loudness_of_a_track() {
    let package = Package::open(&folder("models/reverie-score")).expect("package");
    let (engine, planner) = (load(&package).expect("engine"), load_planner(&package).expect("one"));
    for (prompt, seconds) in [("ambient pads, no drums", 24.0), ("funk with brass", 30.0)] {
        let plan = planner.plan(&request(prompt, seconds)).expect("a plan");
        let sketch = plan.sketch.music().expect("music");
        let bar = sketch.bar_seconds() * 44_100.0;
        let output = generate(&*engine, &asked(prompt, seconds));
        let flac = file(&output, "loop.flac");
        let frames = samples(flac).len() / 2;
        let bars =
            (1..sketch.bars()).find(|bars| (f64::from(*bars) * bar).round() == frames as f64);
        assert!(
            bars.is_some_and(|bars| bars % 4 == 0),
            "{prompt}: {frames} frames, a bar has {bar}"
        );
        let (loudness, peak) = measured(flac);
        assert!((loudness + 14.0).abs() <= 0.5, "{prompt}: {loudness} LUFS");
        assert!(peak <= -1.0, "{prompt}: {peak} dBTP");
        assert_no_seam(prompt, &samples(flac));
    }
}
