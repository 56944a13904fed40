//! From what a prompt says to a storyboard.

mod open;

use reverie_domain::storyboard::{
    Camera, Colour, Mood, Motion, Palette, Particles, Position, SHORTEST_SHOT, Setting, Shape,
    Shot, Speed, Storyboard, Subject, TimeOfDay, Transition, Weather,
};
use serde_json::{Value, json};

use self::open::{Open, only_home};
use super::soundtrack;
use super::writer::{Said, Told, ToldShot};
use crate::dice::{Dice, Purpose};

/// How many "many" are.
const MANY: u8 = 9;
/// How long each shot must be, in seconds, for one more to be drawn after pictures.
const DRAWN_SECONDS: usize = 2;
/// How long shots are beside those about whose length nothing is said.
const SHORT: f64 = 0.5;
const LONG: f64 = 2.0;

/// What a storyboard is made for, beside what the prompt says.
pub(super) struct Wanted {
    pub(super) seconds: u32,
    pub(super) seed: u64,
    /// Of the first shot.
    pub(super) title: Option<String>,
    /// The numbers of the pictures to show.
    pub(super) pictures: Vec<u8>,
    /// Whether the film goes from the first of them to the second.
    pub(super) first_and_last: bool,
    /// Whether cuts are on the beats of a soundtrack.
    pub(super) on_beats: bool,
}

/// The storyboard of a prompt.
pub(super) fn of(told: &Told, wanted: &Wanted) -> Storyboard {
    let mut dice = Dice::new(wanted.seed, Purpose::Plan);
    let scenes = scenes(told, &mut dice);
    let camera = told.shots.first().and_then(|shot| shot.fields.word("camera", Camera::named));
    let mut shots = match (scenes.as_slice(), wanted.pictures.as_slice()) {
        ([first], []) => drawn(first, camera, wanted.seconds, &mut dice),
        ([first, ..], pictures @ [_, ..]) => shown(first, camera, pictures, wanted, &mut dice),
        _ => several(told, scenes, wanted.seconds, &mut dice),
    };
    if let Some(shot) = shots.first_mut() {
        shot.title.clone_from(&wanted.title);
    }
    let mood = told.whole.word("mood", Mood::named).unwrap_or(Mood::Calm);
    if wanted.on_beats {
        soundtrack::cut_on_beats(&mut shots, mood);
    }
    let palette = told.whole.word("palette", Palette::named).unwrap_or(Palette::Natural);
    Storyboard { mood, palette, shots }
}

/// A scene for each shot of which the prompt tells. What it does not say of a later one is as it was.
fn scenes(told: &Told, dice: &mut Dice) -> Vec<Shot> {
    let mut open = Open { dice, not: &told.not };
    let mut scenes: Vec<Shot> = Vec::new();
    for shot in &told.shots {
        let scene = scene(shot, scenes.last(), &mut open);
        scenes.push(scene);
    }
    scenes
}

fn scene(told: &ToldShot, before: Option<&Shot>, open: &mut Open<'_>) -> Shot {
    let said = &told.fields;
    let place = said.word("setting", Setting::named);
    let subjects = match before {
        // Nothing but the hour or the weather changes.
        Some(before) if told.subjects.is_empty() && place.is_none() => before.subjects.clone(),
        _ => subjects(&told.subjects, open),
    };
    let first = subjects.first().map(|subject| subject.shape);
    let there =
        || before.map(|before| before.setting).filter(|_| first.and_then(only_home).is_none());
    let time = said.word("time", TimeOfDay::named).or(before.map(|before| before.time));
    let weather = said.word("weather", Weather::named).or(before.map(|before| before.weather));
    Shot {
        seconds: 0.0,
        transition: Transition::Cut,
        setting: place.or_else(there).unwrap_or_else(|| open.home(first)),
        time: time.unwrap_or_else(|| open.hour(first)),
        weather: weather.unwrap_or(Weather::Clear),
        particles: said.word("particles", Particles::named).unwrap_or(Particles::Nothing),
        camera: Camera::Static,
        picture: None,
        title: None,
        subjects,
    }
}

fn subjects(told: &[Said], open: &mut Open<'_>) -> Vec<Subject> {
    let named = told.iter().filter_map(|said| Some((said, said.word("shape", Shape::named)?)));
    let mut subjects: Vec<Subject> =
        named.map(|(said, shape)| subject(said, shape, open)).collect();
    place(told, &mut subjects);
    subjects
}

fn subject(said: &Said, shape: Shape, open: &mut Open<'_>) -> Subject {
    Subject {
        shape,
        colour: said.word("colour", Colour::named).unwrap_or_else(|| open.colour(shape)),
        count: match said.get("count") {
            Some("many") => MANY,
            number => number.and_then(|number| number.parse().ok()).unwrap_or(1),
        },
        position: said.word("position", Position::named).unwrap_or(Position::Centre),
        motion: said.word("motion", Motion::named).unwrap_or_else(|| open.motion(shape)),
        speed: said.word("speed", Speed::named).unwrap_or(Speed::Medium),
    }
}

/// Several subjects whose place is open stand beside each other.
fn place(told: &[Said], subjects: &mut [Subject]) {
    let places: &[Position] = match subjects.len() {
        2 => &[Position::Left, Position::Right],
        3 => &[Position::Left, Position::Centre, Position::Right],
        _ => return,
    };
    for ((said, subject), place) in told.iter().zip(subjects).zip(places) {
        if said.get("position").is_none() {
            subject.position = *place;
        }
    }
}

/// Cameras that suit a shot of which nothing is said.
fn free_cameras(shot: &Shot) -> &'static [Camera] {
    let moving = shot.subjects.iter().any(|subject| subject.motion != Motion::Still);
    match moving {
        // A view that moves with its subject would hide that it moves.
        true => &[Camera::ZoomIn, Camera::Static, Camera::ZoomOut],
        false => &[Camera::Dolly, Camera::PanRight, Camera::ZoomIn, Camera::PanLeft],
    }
}

/// A short film is one shot; a longer one is the same scene again, seen otherwise.
fn drawn(first: &Shot, camera: Option<Camera>, seconds: u32, dice: &mut Dice) -> Vec<Shot> {
    let count = match seconds {
        0..=6 => 1,
        7..=10 => 2,
        _ => 3,
    };
    let free = free_cameras(first);
    let start = (dice.unit() * free.len() as f32) as usize;
    let shots = (0..count).map(|index| {
        let own = free.iter().cycle().nth(start + index).copied();
        Shot { camera: camera.or(own).unwrap_or(Camera::Static), ..first.clone() }
    });
    faded(shots.collect(), seconds)
}

/// The shots of which a prompt tells.
fn several(told: &Told, mut shots: Vec<Shot>, seconds: u32, dice: &mut Dice) -> Vec<Shot> {
    let start = (dice.unit() * 12.0) as usize;
    for (index, (shot, told)) in shots.iter_mut().zip(&told.shots).enumerate() {
        let own = free_cameras(shot).iter().cycle().nth(start + index).copied();
        let said = told.fields.word("camera", Camera::named);
        shot.camera = said.or(own).unwrap_or(Camera::Static);
        if index > 0 {
            shot.transition =
                told.fields.word("transition", Transition::named).unwrap_or(Transition::Cut);
        }
    }
    let weight = |told: &ToldShot| match told.fields.get("length") {
        Some("short") => SHORT,
        Some("long") => LONG,
        _ => 1.0,
    };
    let weights: Vec<f64> = told.shots.iter().map(weight).collect();
    lasting(&mut shots, &weights, seconds);
    shots
}

/// Pictures, one after the other. What the prompt names follows, if there is time for it.
fn shown(
    first: &Shot,
    camera: Option<Camera>,
    pictures: &[u8],
    wanted: &Wanted,
    dice: &mut Dice,
) -> Vec<Shot> {
    let free = [Camera::ZoomIn, Camera::PanRight, Camera::ZoomOut, Camera::PanLeft];
    let start = (dice.unit() * free.len() as f32) as usize;
    // The first frame is the whole of the first picture, and the last of the last.
    let ends = [Camera::ZoomIn, Camera::ZoomOut];
    let picture = |(index, number): (usize, &u8)| {
        let own = match wanted.first_and_last {
            true => ends.get(index).copied(),
            false => camera.or_else(|| free.iter().cycle().nth(start + index).copied()),
        };
        Shot {
            picture: Some(*number),
            camera: own.unwrap_or(Camera::ZoomIn),
            subjects: Vec::new(),
            ..first.clone()
        }
    };
    let mut shots: Vec<Shot> = pictures.iter().enumerate().map(picture).collect();
    let time = wanted.seconds as usize >= DRAWN_SECONDS * (shots.len() + 1);
    if !first.subjects.is_empty() && time && !wanted.first_and_last {
        shots.push(Shot { camera: camera.unwrap_or(Camera::Static), ..first.clone() });
    }
    faded(shots, wanted.seconds)
}

/// Shots of equal lengths that fade into each other.
fn faded(mut shots: Vec<Shot>, seconds: u32) -> Vec<Shot> {
    let weights = vec![1.0; shots.len()];
    lasting(&mut shots, &weights, seconds);
    for shot in shots.iter_mut().skip(1) {
        shot.transition = Transition::Fade;
    }
    shots
}

/// Gives shots their lengths, by weight. Ends are at tenths of a second, so that the lengths add up exactly.
fn lasting(shots: &mut [Shot], weights: &[f64], seconds: u32) {
    let total: f64 = weights.iter().sum();
    let least = SHORTEST_SHOT * shots.len() as f64;
    let free = (f64::from(seconds) - least).max(0.0);
    let (mut end, mut begun) = (0.0, 0.0);
    for (shot, weight) in shots.iter_mut().zip(weights) {
        end += SHORTEST_SHOT + free * weight / total;
        let tenths = (end * 10.0).round();
        shot.seconds = (tenths - begun) / 10.0;
        begun = tenths;
    }
}

/// How a request was understood: what its first shot that is drawn has, else its first.
pub(super) fn understood(storyboard: &Storyboard, told: &Told) -> Value {
    let drawn = storyboard.shots.iter().find(|shot| shot.picture.is_none());
    let Some(first) = drawn.or(storyboard.shots.first()) else { return json!({}) };
    json!({
        "setting": first.setting,
        "time": first.time,
        "weather": first.weather,
        "particles": first.particles,
        "camera": told.shots.first().and_then(|shot| shot.fields.word("camera", Camera::named)),
        "palette": storyboard.palette,
        "mood": storyboard.mood,
        "subjects": first.subjects,
        "shots": storyboard.shots.len(),
        "left_out": told.not,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_follow_the_weights_and_add_up() {
        let shot = scene(
            &ToldShot::default(),
            None,
            &mut Open { dice: &mut Dice::new(1, Purpose::Plan), not: &[] },
        );
        for (weights, seconds, wanted) in [
            (&[1.0][..], 5, &[5.0][..]),
            (&[1.0, 1.0, 1.0], 10, &[3.3, 3.4, 3.3]),
            (&[0.5, 2.0], 5, &[1.3, 3.7]),
            (&[1.0; 6], 3, &[0.5; 6]),
        ] {
            let mut shots = vec![shot.clone(); weights.len()];
            lasting(&mut shots, weights, seconds);
            let lengths: Vec<f64> = shots.iter().map(|shot| shot.seconds).collect();
            assert_eq!(lengths, wanted);
        }
    }

    #[test]
    fn a_later_shot_goes_on_with_what_it_does_not_say() {
        let said = |pairs: &[(&str, &str)]| -> Said { pairs.iter().copied().collect() };
        let told = Told {
            shots: vec![
                ToldShot {
                    fields: said(&[("setting", "forest"), ("weather", "snow")]),
                    subjects: vec![said(&[("shape", "dog"), ("colour", "brown")])],
                },
                ToldShot { fields: said(&[("time", "night")]), subjects: Vec::new() },
                ToldShot { fields: Said::default(), subjects: vec![said(&[("shape", "whale")])] },
            ],
            ..Told::default()
        };
        let scenes = scenes(&told, &mut Dice::new(1, Purpose::Plan));
        assert_eq!(scenes[1].setting, Setting::Forest);
        assert_eq!((scenes[1].time, scenes[1].weather), (TimeOfDay::Night, Weather::Snow));
        assert_eq!(scenes[1].subjects, scenes[0].subjects, "the same at another hour");
        assert_eq!(scenes[2].setting, Setting::Underwater, "there are no whales in forests");
    }

    #[test]
    fn what_must_not_be_is_not_chosen() {
        let not = ["day".to_owned(), "white".to_owned(), "red".to_owned()];
        for seed in 0..40 {
            let mut dice = Dice::new(seed, Purpose::Plan);
            let mut open = Open { dice: &mut dice, not: &not };
            assert_eq!(open.hour(None), TimeOfDay::Sunset);
            let colour = open.colour(Shape::Rocket);
            assert!(!matches!(colour, Colour::White | Colour::Red), "{colour:?}");
        }
    }

    #[test]
    fn what_nothing_is_said_of_is_where_and_when_it_belongs() {
        for seed in 0..40 {
            let mut dice = Dice::new(seed, Purpose::Plan);
            let mut open = Open { dice: &mut dice, not: &[] };
            let mut seen = |shape| {
                let told = ToldShot {
                    subjects: vec![[("shape", Shape::name(shape))].into_iter().collect()],
                    ..ToldShot::default()
                };
                scene(&told, None, &mut open)
            };
            assert_eq!(seen(Shape::Jellyfish).setting, Setting::Underwater);
            assert_eq!(seen(Shape::Planet).setting, Setting::Space);
            assert_eq!(seen(Shape::Cup).setting, Setting::Room);
            assert_eq!(seen(Shape::Elephant).subjects[0].colour, Colour::Grey);
            assert_eq!(seen(Shape::Umbrella).subjects[0].motion, Motion::Still);
            assert_ne!(seen(Shape::Lantern).time, TimeOfDay::Day, "it would not be seen to shine");
        }
    }
}
