//! Storyboards: asked for, changed, and made exactly so.

use std::path::Path;

use reverie_domain::manifest::SketchInputs;
use reverie_domain::sketch::Sketch;
use reverie_domain::storyboard::{
    Camera, Colour, Mood, Motion, Palette, Particles, Position, Setting, Shape, Speed, Storyboard,
    TimeOfDay, Transition, Weather,
};
use reverie_inference::{EngineError, Look, MusicRequest, Package, load_planner};
use serde_json::{Value, json};

use crate::frames::{decoded, likeness};
use crate::{bytes, engine, film, request};

fn planner() -> std::sync::Arc<dyn reverie_inference::Planner> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("models/reverie-scene");
    load_planner(&Package::open(&folder).expect("package")).expect("planner")
}

#[test]
fn the_words_of_the_package_are_those_that_can_be_drawn() {
    let manifest = planner().manifest().clone();
    let Some(SketchInputs::Video(words)) = manifest.inputs.sketch else { panic!("no words") };
    assert_eq!(words.moods, Mood::ALL);
    assert_eq!(words.palettes, Palette::ALL);
    assert_eq!(words.transitions, Transition::ALL);
    assert_eq!(words.settings, Setting::ALL);
    assert_eq!(words.times, TimeOfDay::ALL);
    assert_eq!(words.weathers, Weather::ALL);
    assert_eq!(words.particles, Particles::ALL);
    assert_eq!(words.cameras, Camera::ALL);
    assert_eq!(words.shapes, Shape::ALL);
    assert_eq!(words.colours, Colour::ALL);
    assert_eq!(words.positions, Position::ALL);
    assert_eq!(words.motions, Motion::ALL);
    assert_eq!(words.speeds, Speed::ALL);
}

fn planned(prompt: &str, seconds: f64) -> (Storyboard, Value) {
    let plan = planner().plan(&MusicRequest { seconds, ..request(prompt, 5) }).expect("a plan");
    (plan.sketch.video().expect("a storyboard").clone(), plan.understood)
}

#[test]
fn a_prompt_may_tell_of_several_shots() {
    let prompt =
        "first a black cat sleeps in a living room, then a white rocket takes off at night";
    let (board, _) = planned(prompt, 6.0);
    let [one, two] = &board.shots[..] else { panic!("{board:#?}") };
    assert_eq!((one.setting, one.subjects[0].shape), (Setting::Room, Shape::Cat));
    assert_eq!((one.subjects[0].colour, one.subjects[0].motion), (Colour::Black, Motion::Still));
    assert_eq!((two.time, two.subjects[0].shape), (TimeOfDay::Night, Shape::Rocket));
    assert_eq!((two.subjects[0].colour, two.subjects[0].motion), (Colour::White, Motion::Up));
    assert_eq!(board.seconds(), 6.0);
}

#[test]
fn what_is_left_out_is_told_and_not_chosen() {
    let (board, understood) =
        planned("a car drives to the left through the city, no rain please", 5.0);
    assert_eq!(understood["left_out"], json!(["rain"]));
    assert_ne!(board.shots[0].weather, Weather::Rain);
    assert_eq!(board.shots[0].subjects[0].motion, Motion::Left);
}

#[test]
fn people_have_other_words_than_we() {
    let (board, _) = planned("a dachshund trots from the left to the right, dusk, drizzle", 5.0);
    let shot = &board.shots[0];
    assert_eq!((shot.subjects[0].shape, shot.subjects[0].motion), (Shape::Dog, Motion::Right));
    assert_eq!((shot.time, shot.weather), (TimeOfDay::Sunset, Weather::Rain));
}

#[test]
fn a_request_is_made_of_the_storyboard_that_it_is_answered_with() {
    for (prompt, soundtrack) in [("a red boat in the rain", false), ("calm \"At sea\" waves", true)]
    {
        let asked = MusicRequest { seconds: 8.0, soundtrack, ..request(prompt, 3) };
        let plan = planner().plan(&asked).expect("a plan");
        assert_eq!(plan.seconds, 8);
        let silent = MusicRequest { soundtrack: false, ..asked.clone() };
        let sketch = Some(plan.sketch.clone());
        let own = film(&MusicRequest { sketch, ..silent.clone() });
        let board: Storyboard =
            serde_json::from_slice(bytes(&own, "storyboard.json")).expect("storyboard");
        assert_eq!(Some(&board), plan.sketch.video());
        if !soundtrack {
            let plain = film(&silent);
            assert!(bytes(&plain, "clip.mp4") == bytes(&own, "clip.mp4"), "{prompt}");
        }
    }
}

fn shot(seconds: f64, setting: &str, time: &str) -> Value {
    json!({
        "seconds": seconds, "transition": "cut", "setting": setting, "time": time,
        "weather": "clear", "particles": "nothing", "camera": "static",
    })
}

fn board(shots: Vec<Value>) -> Storyboard {
    let value = json!({"mood": "calm", "palette": "natural", "shots": shots});
    serde_json::from_value(value).expect("storyboard")
}

#[test]
fn an_edited_storyboard_is_honoured_to_the_frame() {
    let day_and_night = board(vec![
        shot(1.25, "desert", "day"),
        shot(1.5, "space", "night"),
        shot(0.75, "desert", "day"),
    ]);
    for (fps, frames) in [(24, 84), (30, 105)] {
        let mut asked = MusicRequest {
            seconds: 4.0,
            sketch: Some(Sketch::Video(day_and_night.clone())),
            ..request("ignored", 1)
        };
        asked.style.fps = Some(fps);
        let output = film(&asked);
        assert!((output.seconds - 3.5).abs() < 1e-9);
        let clip = bytes(&output, "clip.mp4");
        let decoded = decoded(clip);
        assert_eq!(decoded.len(), frames);
        let light = |at: usize| {
            let sum: u64 = decoded[at].as_raw().iter().map(|part| u64::from(*part)).sum();
            sum / decoded[at].as_raw().len() as u64
        };
        let at = |seconds: f64| (seconds * f64::from(fps)).ceil() as usize;
        for cut in [at(1.25), at(2.75)] {
            let change = light(cut).abs_diff(light(cut - 1));
            assert!(change > 60, "{fps} fps: {change} at {cut}");
            assert!(light(cut - 1).abs_diff(light(cut - 2)) < 5);
        }
        let seen = Look::at_any(clip).and_then(|look| look.motion).expect("motion");
        assert_eq!(seen.cuts.len(), 2, "{seen:?}");
    }
}

/// Otherwise only the subjects would jump.
#[test]
fn a_cut_within_a_place_is_seen_as_one_and_a_fade_stays_there() {
    for (setting, time) in [("meadow", "day"), ("forest", "night")] {
        let mut shots = vec![shot(1.0, setting, time); 3];
        shots[2]["transition"] = json!("fade");
        let asked = MusicRequest { sketch: Some(Sketch::Video(board(shots))), ..request("", 1) };
        let frames = decoded(bytes(&film(&asked), "clip.mp4"));
        let cut = likeness(&frames[23], &frames[24]);
        assert!(cut < 22.0, "{setting}: {cut} dB");
        let fade = likeness(&frames[47], &frames[71]);
        assert!(fade > cut + 6.0, "{setting}: {fade} dB after the fade, {cut} dB at the cut");
    }
}

#[test]
fn a_title_is_seen_while_its_shot_lasts() {
    let plain = board(vec![shot(2.0, "forest", "night"), shot(1.0, "forest", "night")]);
    let mut titled = plain.clone();
    titled.shots[0].title = Some("Good night".to_owned());
    let frames = |board: Storyboard| {
        let asked = MusicRequest { sketch: Some(Sketch::Video(board)), ..request("", 1) };
        decoded(bytes(&film(&asked), "clip.mp4"))
    };
    let (plain, titled) = (frames(plain), frames(titled));
    let white = |frames: &[image::RgbImage], at: usize| {
        frames[at].pixels().filter(|p| p.0.iter().all(|part| *part > 215)).count()
    };
    assert!(white(&titled, 24) > white(&plain, 24) + 4_000, "{}", white(&titled, 24));
    assert_eq!(white(&titled, 60), white(&plain, 60), "in the next shot");
}

#[test]
fn what_cannot_be_filmed_is_refused() {
    let refused = |request: &MusicRequest| match engine()
        .generate(request, &mut |_| std::ops::ControlFlow::Continue(()))
    {
        Err(EngineError::Invalid { field, .. }) => field,
        other => panic!("{:?}", other.map(|output| output.seconds)),
    };
    let long = Some(Sketch::Video(board(vec![shot(15.0, "sky", "day"); 8])));
    assert_eq!(refused(&MusicRequest { sketch: long, ..request("", 1) }), "sketch.shots");
    let mut fast = request("", 1);
    fast.style.fps = Some(100_000);
    assert_eq!(refused(&fast), "style.fps");
    let alone = MusicRequest { soundtrack: true, ..request("", 1) };
    assert_eq!(refused(&alone), "soundtrack", "no music model is loaded");
}
