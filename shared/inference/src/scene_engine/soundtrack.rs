//! Music for a storyboard, by a package of the engine `score`: its mood sets valence, energy and tempo, and
//! its cuts are on beats.

use reverie_domain::sketch::{LEAD_IN, MusicSketch, Sketch, SketchSection};
use reverie_domain::storyboard::{
    Mood, Motion, SHORTEST_SHOT, Setting, Shot, Speed, Storyboard, TimeOfDay,
};
use serde_json::{Value, json};

use super::{opus, resample};
use crate::engine::{MusicRequest, Planner, StyleHints};
use crate::error::EngineError;
use crate::progress::Progress;
use crate::reference::{Look, Motion as Moves, Reference};
use crate::score_engine::ScoreEngine;

/// Share by which the tempo may be moved to meet cuts that are given.
const MOST_BEND: f64 = 0.15;
/// The shortest ring of the last chord, in seconds.
const RING: f64 = 1.4;
/// By how much a cut is off its beat because lengths are in hundredths of a second.
const ROUNDING: f64 = 0.01;
/// How long the end fades, in seconds.
const FADE: f64 = 0.7;

/// Music that is ready for a file.
pub(super) struct Track {
    /// Opus, 20 ms each.
    pub(super) packets: Vec<Vec<u8>>,
    pub(super) understood: Value,
}

/// What a mood means for music: beats a minute, valence and energy.
fn feel(mood: Mood) -> (f64, f64, f64) {
    match mood {
        Mood::Calm => (76.0, 0.6, 0.3),
        Mood::Happy => (116.0, 0.95, 0.7),
        Mood::Sad => (66.0, 0.1, 0.25),
        Mood::Tense => (126.0, 0.15, 0.75),
        Mood::Dreamy => (80.0, 0.65, 0.35),
        Mood::Epic => (104.0, 0.45, 0.95),
    }
}

/// Moves the cuts between these shots to the nearest beats. The whole keeps its length.
pub(super) fn cut_on_beats(shots: &mut [Shot], mood: Mood) {
    let beat = 60.0 / feel(mood).0;
    let mut planned = 0.0;
    let mut cut = 0.0;
    let total: f64 = shots.iter().map(|shot| shot.seconds).sum();
    let count = shots.len();
    for (index, shot) in shots.iter_mut().enumerate() {
        planned += shot.seconds;
        let on_beat = ((planned - LEAD_IN) / beat).round() * beat + LEAD_IN;
        let on_beat = (on_beat * 100.0).round() / 100.0;
        // Shots that are shorter than a beat keep their cuts.
        let enough = on_beat - cut >= SHORTEST_SHOT
            && total - on_beat >= SHORTEST_SHOT * (count - 1 - index) as f64;
        let next = match () {
            () if index + 1 == count => total,
            () if enough => on_beat,
            () => planned.max(cut + SHORTEST_SHOT),
        };
        shot.seconds = ((next - cut) * 100.0).round() / 100.0;
        cut = next;
    }
}

/// The tempo near the mood's own at which the cuts are nearest to beats.
fn tempo(storyboard: &Storyboard) -> f64 {
    let usual = feel(storyboard.mood).0;
    let cuts = storyboard.cuts();
    let off = |bpm: f64| -> f64 {
        let beats = cuts.iter().map(|cut| (cut - LEAD_IN) * bpm / 60.0);
        let late = beats.map(|at| (at - at.round()).abs() * 60.0 / bpm);
        late.map(|late| (late - ROUNDING).max(0.0).powi(2)).sum()
    };
    let steps = (MOST_BEND * usual * 10.0) as i32;
    let tempi = (-steps..=steps).map(|tenth| usual + f64::from(tenth) / 10.0);
    // Being off by 10 ms is as bad as a tempo that is 3 % off.
    let cost = |bpm: f64| off(bpm) + ((bpm / usual - 1.0) / 3.0).powi(2);
    tempi.min_by(|a, b| cost(*a).total_cmp(&cost(*b))).unwrap_or(usual)
}

/// Words that a reader of music prompts knows.
fn words(storyboard: &Storyboard) -> String {
    let first = storyboard.shots.first();
    let place = match first.map(|shot| (shot.setting, shot.time)) {
        Some((Setting::Space, _)) => "synth ambient",
        Some((Setting::City, TimeOfDay::Night)) => "synthwave",
        Some((Setting::City, _)) => "funk",
        Some((Setting::Underwater, _)) => "ambient",
        Some((Setting::Abstract, _)) => "house",
        Some((Setting::Room, _)) => "lo-fi piano",
        Some((Setting::Mountains | Setting::Desert | Setting::Sky, _)) => "cinematic orchestra",
        _ => "folk guitar and strings",
    };
    let style = match storyboard.mood {
        Mood::Epic => "epic orchestral",
        Mood::Tense => "dark cinematic",
        Mood::Sad => "sad piano and strings",
        _ => place,
    };
    format!("{} {style}", storyboard.mood.name())
}

/// Composes and encodes the music of a storyboard.
pub(super) fn compose(
    composer: &ScoreEngine,
    storyboard: &Storyboard,
    seed: u64,
    progress: &mut Progress<'_, '_>,
) -> Result<Track, EngineError> {
    let seconds = storyboard.seconds();
    let shortest = composer.planner().manifest().limits.seconds.min;
    // A film that is shorter than any piece has the first seconds of one.
    let length = seconds.max(shortest);
    let bpm = tempo(storyboard);
    let style = StyleHints { tempo_bpm: Some(bpm), ..StyleHints::default() };
    let prompt = words(storyboard);
    let asked = MusicRequest { prompt, seconds: length, seed, style, ..MusicRequest::default() };
    let Sketch::Music(mut sketch) = composer.planner().plan(&asked)?.sketch else {
        return Err(EngineError::internal("soundtrack")("the composer plans no music"));
    };
    fit(&mut sketch, storyboard, bpm, length);
    let asked = MusicRequest {
        sketch: Some(Sketch::Music(sketch)),
        references: vec![accents(storyboard)],
        style: StyleHints::default(),
        ..asked
    };
    let (sound, heard) = composer.sound(&asked, &mut progress.stage(0.0, 0.8))?;
    let packets = encoded(&sound.channels(), seconds, &mut progress.stage(0.8, 1.0))?;
    let part = |name: &str| heard.get(name).cloned().unwrap_or_default();
    let understood = json!({
        "model": composer.planner().manifest().id,
        "style": part("style"),
        "tempo_bpm": bpm,
        "key": part("key"),
        "valence": part("valence"),
        "energy": part("energy"),
        "instruments": part("instruments"),
    });
    Ok(Track { packets, understood })
}

/// Gives a plan the storyboard's tempo and feeling, and as many bars as fill the length.
fn fit(sketch: &mut MusicSketch, storyboard: &Storyboard, bpm: f64, length: f64) {
    let (_, valence, energy) = feel(storyboard.mood);
    sketch.tempo_bpm = bpm;
    sketch.valence = valence;
    sketch.density = None;
    let usual = average(sketch);
    for section in &mut sketch.sections {
        let intensity = section.intensity - usual + energy + 0.1 * pace(storyboard);
        section.intensity = intensity.clamp(0.05, 1.0);
    }
    let before_last = (length - LEAD_IN - RING) / sketch.bar_seconds();
    // At least one bar, and few: lengths and tempi are bounded.
    resize(&mut sketch.sections, before_last.max(0.0) as u32 + 1);
}

fn average(sketch: &MusicSketch) -> f64 {
    let sum: f64 = sketch.sections.iter().map(|section| section.intensity).sum();
    sum / sketch.sections.len().max(1) as f64
}

/// How fast what is seen moves: -1 to 1.
fn pace(storyboard: &Storyboard) -> f64 {
    let subjects = storyboard.shots.iter().flat_map(|shot| &shot.subjects);
    let moving = subjects.filter(|subject| subject.motion != Motion::Still);
    let paces: Vec<f64> = moving
        .map(|subject| match subject.speed {
            Speed::Slow => -1.0,
            Speed::Medium => 0.0,
            Speed::Fast => 1.0,
        })
        .collect();
    paces.iter().sum::<f64>() / paces.len().max(1) as f64
}

/// Takes bars from the longest sections or repeats their first ones; the last bar of all stays.
fn resize(sections: &mut Vec<SketchSection>, bars: u32) {
    loop {
        let now: u32 = sections.iter().map(|section| section.bars).sum();
        let longest = sections.iter_mut().rev().max_by_key(|section| section.bars);
        let Some(longest) = longest.filter(|_| now != bars) else { return };
        if now < bars {
            let first = longest.chords.first().cloned().unwrap_or_default();
            longest.chords.insert(0, first);
            longest.bars += 1;
        } else if longest.bars > 1 {
            longest.chords.remove(0);
            longest.bars -= 1;
        } else if sections.len() > 1 {
            sections.remove(0);
        } else {
            return;
        }
    }
}

/// A reference with nothing but cuts: music has accents on those.
fn accents(storyboard: &Storyboard) -> Reference {
    let (seconds, cuts) = (storyboard.seconds(), storyboard.cuts());
    let look = Look {
        brightness: 0.45,
        contrast: 0.4,
        colourfulness: 0.3,
        warmth: 0.0,
        detail: 0.3,
        motion: Some(Moves { seconds, cuts, amount: 0.3 }),
    };
    Reference { id: "storyboard".to_owned(), look: Some(look), picture: None }
}

fn encoded(
    channels: &[&[f32]; 2],
    seconds: f64,
    progress: &mut Progress<'_, '_>,
) -> Result<Vec<Vec<u8>>, EngineError> {
    let rate = f64::from(opus::RATE);
    let frames = (seconds * rate).round() as usize;
    let fade = (FADE * rate) as usize;
    let [left, right] = channels.map(|channel| {
        let mut channel = resample::to_48k(channel);
        channel.resize(frames, 0.0);
        for (left, sample) in channel.iter_mut().rev().take(fade).enumerate() {
            *sample *= left as f32 / fade as f32;
        }
        channel
    });
    opus::encode(&left, &right, progress)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn storyboard(mood: &str, lengths: &[f64]) -> Storyboard {
        let shots: Vec<Value> = lengths
            .iter()
            .map(|seconds| {
                json!({
                    "seconds": seconds, "transition": "cut", "setting": "sky", "time": "day",
                    "weather": "clear", "particles": "nothing", "camera": "static",
                })
            })
            .collect();
        let value = json!({"mood": mood, "palette": "natural", "shots": shots});
        serde_json::from_value(value).expect("storyboard")
    }

    fn off(storyboard: &Storyboard, bpm: f64) -> f64 {
        let beats = storyboard.cuts().into_iter().map(|cut| (cut - LEAD_IN) * bpm / 60.0);
        beats.map(|at| (at - at.round()).abs() * 60.0 / bpm).fold(0.0, f64::max)
    }

    #[test]
    fn cuts_that_are_free_go_to_the_beats_of_the_mood() {
        for mood in Mood::ALL {
            let mut board = storyboard(mood.name(), &[5.0, 5.0, 5.0]);
            cut_on_beats(&mut board.shots, *mood);
            assert!((board.seconds() - 15.0).abs() < 1e-9, "{board:?}");
            assert!((tempo(&board) - feel(*mood).0).abs() < 1e-9, "{mood:?}");
            assert!(off(&board, tempo(&board)) < 0.006, "{mood:?}");
            assert!(board.shots.iter().all(|shot| shot.seconds > 4.0), "{board:?}");
        }
    }

    #[test]
    fn shots_shorter_than_a_beat_stay_long_enough() {
        for mood in Mood::ALL {
            for lengths in [&[0.5; 6][..], &[0.5, 0.7, 1.8], &[2.0, 0.5, 0.5]] {
                let mut board = storyboard(mood.name(), lengths);
                let whole = board.seconds();
                cut_on_beats(&mut board.shots, *mood);
                assert!((board.seconds() - whole).abs() < 1e-9, "{board:?}");
                let least = SHORTEST_SHOT - 1e-9;
                assert!(board.shots.iter().all(|shot| shot.seconds >= least), "{board:?}");
            }
        }
    }

    #[test]
    fn cuts_that_are_given_move_the_tempo() {
        for lengths in [&[3.1, 2.9][..], &[2.2, 1.7, 3.3], &[1.0, 1.0, 1.0, 1.0]] {
            let board = storyboard("happy", lengths);
            let (bpm, usual) = (tempo(&board), feel(Mood::Happy).0);
            assert!((bpm / usual - 1.0).abs() <= MOST_BEND + 1e-9, "{bpm}");
            assert!(off(&board, bpm) < 0.03, "{lengths:?}: {bpm} {}", off(&board, bpm));
        }
        assert!((tempo(&storyboard("sad", &[5.0])) - feel(Mood::Sad).0).abs() < 1e-9);
    }

    #[test]
    fn a_plan_is_resized_and_keeps_its_end() {
        let section = |bars: u32, last: &str| SketchSection {
            name: "verse".to_owned(),
            bars,
            chords: (1..bars).map(|bar| format!("C{bar}")).chain([last.to_owned()]).collect(),
            tracks: Vec::new(),
            intensity: 0.5,
        };
        for bars in 1..20 {
            let mut sections = vec![section(4, "F"), section(3, "End")];
            resize(&mut sections, bars);
            assert_eq!(sections.iter().map(|section| section.bars).sum::<u32>(), bars);
            for section in &sections {
                assert_eq!(section.bars as usize, section.chords.len());
            }
            assert_eq!(
                sections.last().and_then(|s| s.chords.last()).map(String::as_str),
                Some("End")
            );
        }
    }
}
