use serde_json::{Value, json};

use super::*;
use crate::{manifest::Kind, sketch::Sketch};

/// All words there are.
fn words() -> StoryboardWords {
    StoryboardWords {
        moods: Mood::ALL.to_vec(),
        palettes: Palette::ALL.to_vec(),
        transitions: Transition::ALL.to_vec(),
        settings: Setting::ALL.to_vec(),
        times: TimeOfDay::ALL.to_vec(),
        weathers: Weather::ALL.to_vec(),
        particles: Particles::ALL.to_vec(),
        cameras: Camera::ALL.to_vec(),
        shapes: Shape::ALL.to_vec(),
        colours: Colour::ALL.to_vec(),
        positions: Position::ALL.to_vec(),
        motions: Motion::ALL.to_vec(),
        speeds: Speed::ALL.to_vec(),
        title_chars: 60,
    }
}

fn example() -> Value {
    json!({
        "mood": "calm", "palette": "natural",
        "shots": [{
            "seconds": 4.0, "transition": "cut", "setting": "meadow", "time": "night",
            "weather": "clear", "particles": "nothing", "camera": "pan_left", "picture": 1,
            "title": "Good night", "subjects": [{
                "shape": "ball", "colour": "red", "count": 2, "position": "left",
                "motion": "right", "speed": "fast",
            }],
        }],
    })
}

fn changed(change: impl FnOnce(&mut Value)) -> Storyboard {
    let mut value = example();
    change(&mut value);
    serde_json::from_value(value).expect("storyboard")
}

fn paths(change: impl FnOnce(&mut Value)) -> Vec<String> {
    let errors = changed(change).checked(&words(), 1).expect_err("wrong");
    errors.into_iter().map(|error| error.path).collect()
}

#[test]
fn a_word_has_one_name() {
    fn same<T: serde::Serialize + Copy>(all: &[T], name: fn(T) -> &'static str) {
        for word in all {
            assert_eq!(serde_json::to_value(word).expect("json"), name(*word));
        }
    }
    same(Mood::ALL, Mood::name);
    same(Palette::ALL, Palette::name);
    same(Transition::ALL, Transition::name);
    same(Setting::ALL, Setting::name);
    same(TimeOfDay::ALL, TimeOfDay::name);
    same(Weather::ALL, Weather::name);
    same(Particles::ALL, Particles::name);
    same(Camera::ALL, Camera::name);
    same(Shape::ALL, Shape::name);
    same(Colour::ALL, Colour::name);
    same(Position::ALL, Position::name);
    same(Motion::ALL, Motion::name);
    same(Speed::ALL, Speed::name);
    same(PictureUse::ALL, PictureUse::name);
}

#[test]
fn a_good_one_comes_back_as_it_was() {
    let storyboard = changed(|_| {});
    let checked = storyboard.checked(&words(), 1).expect("good");
    assert_eq!(serde_json::to_value(&checked).expect("json"), example());
}

#[test]
fn a_storyboard_has_one_form() {
    let storyboard = changed(|v| {
        v["shots"][0]["seconds"] = json!(4.0049);
        v["shots"][0]["title"] = json!("  Good night ");
    });
    let checked = storyboard.checked(&words(), 1).expect("good");
    assert_eq!(serde_json::to_value(&checked).expect("json"), example());
    let untitled = changed(|v| v["shots"][0]["title"] = json!(" "));
    assert_eq!(untitled.checked(&words(), 1).expect("good").shots[0].title, None);
}

#[test]
fn what_is_wrong_is_named() {
    assert_eq!(paths(|v| v["shots"] = json!([])), ["sketch.shots"]);
    let shot = |field: &str, value: Value| paths(|v| v["shots"][0][field] = value);
    assert_eq!(shot("seconds", json!(99)), ["sketch.shots[0].seconds"]);
    assert_eq!(shot("picture", json!(2)), ["sketch.shots[0].picture"]);
    assert_eq!(shot("picture", json!(0)), ["sketch.shots[0].picture"]);
    assert_eq!(shot("title", json!("a".repeat(61))), ["sketch.shots[0].title"]);
    assert_eq!(shot("title", json!("月")), ["sketch.shots[0].title"]);
    assert_eq!(shot("title", json!("a\u{0}")), ["sketch.shots[0].title"]);
    let none = paths(|v| v["shots"][0]["subjects"][0]["count"] = json!(0));
    assert_eq!(none, ["sketch.shots[0].subjects[0].count"]);
    let few = StoryboardWords { settings: vec![Setting::Space], ..words() };
    let errors = changed(|_| {}).checked(&few, 1).expect_err("no meadow");
    assert_eq!(errors[0].path, "sketch.shots[0].setting");
    assert!(errors[0].message.contains("space"), "{errors:?}");
}

#[test]
fn unknown_words_and_fields_are_refused_by_their_path() {
    for (field, value, path) in [
        ("setting", json!("attic"), "sketch.shots[0].setting"),
        ("smell", json!("roses"), "sketch.shots[0].smell"),
        ("seconds", json!("many"), "sketch.shots[0].seconds"),
    ] {
        let mut wrong = example();
        wrong["shots"][0][field] = value;
        assert_eq!(Sketch::read(&wrong, Kind::Video).expect_err(field).path, path);
    }
    assert!(Sketch::read(&example(), Kind::Music).is_err(), "a video's");
}

#[test]
fn a_storyboard_knows_its_length_and_its_cuts() {
    let mut storyboard = changed(|_| {});
    let shot = storyboard.shots[0].clone();
    storyboard.shots = [1.1, 1.2, 0.7].map(|seconds| Shot { seconds, ..shot.clone() }).to_vec();
    assert_eq!(storyboard.whole_seconds(), 3);
    let cuts: Vec<i64> = storyboard.cuts().iter().map(|cut| (cut * 100.0).round() as i64).collect();
    assert_eq!(cuts, [110, 230]);
    storyboard.shots[0].seconds = 1.2;
    assert_eq!(storyboard.whole_seconds(), 4, "a second that is begun is paid");
}
