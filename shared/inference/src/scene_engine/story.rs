//! From what a prompt says to a storyboard: what it leaves open is chosen by rules and by the seed.

use reverie_domain::storyboard::{
    Camera, Colour, Mood, Motion, Palette, Particles, Position, Setting, Shape, Shot, Speed,
    Storyboard, Subject, TimeOfDay, Transition, Weather,
};
use serde_json::{Value, json};

use super::reader::Reading;
use super::soundtrack;
use crate::dice::{Dice, Purpose};

/// How many "many" are.
const MANY: u8 = 9;
/// How many subjects the reader can tell apart.
const SUBJECTS: usize = 3;
/// How long each shot must be, in seconds, for one more to be drawn after pictures.
const DRAWN_SECONDS: usize = 2;

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
pub(super) fn of(reading: &Reading, wanted: &Wanted) -> Storyboard {
    let mut dice = Dice::new(wanted.seed, Purpose::Plan);
    let subjects = subjects(reading, &mut dice);
    let setting = said(reading, "setting", Setting::named)
        .unwrap_or_else(|| home_of(subjects.first().map(|subject| subject.shape), &mut dice));
    let weather = said(reading, "weather", Weather::named).unwrap_or(Weather::Clear);
    let first = Shot {
        seconds: 0.0,
        transition: Transition::Cut,
        setting,
        time: said(reading, "time", TimeOfDay::named).unwrap_or_else(|| hour(&mut dice)),
        weather,
        particles: said(reading, "particles", Particles::named).unwrap_or(Particles::Nothing),
        camera: Camera::Static,
        picture: None,
        title: None,
        subjects,
    };
    let camera = said(reading, "camera", Camera::named);
    let mut shots = match wanted.pictures.as_slice() {
        [] => drawn(&first, camera, wanted.seconds, &mut dice),
        pictures => shown(&first, camera, pictures, wanted, &mut dice),
    };
    if let Some(shot) = shots.first_mut() {
        shot.title.clone_from(&wanted.title);
    }
    let mood = said(reading, "mood", Mood::named).unwrap_or(Mood::Calm);
    if wanted.on_beats {
        soundtrack::cut_on_beats(&mut shots, mood);
    }
    let palette = said(reading, "palette", Palette::named).unwrap_or(Palette::Natural);
    Storyboard { mood, palette, shots }
}

fn said<T>(reading: &Reading, head: &str, named: fn(&str) -> Option<T>) -> Option<T> {
    reading.get(head).and_then(named)
}

fn subjects(reading: &Reading, dice: &mut Dice) -> Vec<Subject> {
    let mut subjects = Vec::new();
    for slot in 0..SUBJECTS {
        let head = |name: &str| format!("subject{slot}.{name}");
        let Some(shape) = said(reading, &head("shape"), Shape::named) else { break };
        let count = match reading.get(&head("count")) {
            Some("many") => MANY,
            number => number.and_then(|number| number.parse().ok()).unwrap_or(1),
        };
        subjects.push(Subject {
            shape,
            colour: said(reading, &head("colour"), Colour::named)
                .unwrap_or_else(|| usual_colour(shape, dice)),
            count,
            position: said(reading, &head("position"), Position::named).unwrap_or(Position::Centre),
            motion: said(reading, &head("motion"), Motion::named)
                .unwrap_or_else(|| usual_motion(shape, dice)),
            speed: said(reading, &head("speed"), Speed::named).unwrap_or(Speed::Medium),
        });
    }
    place(reading, &mut subjects);
    subjects
}

/// Several subjects whose place is open stand beside each other.
fn place(reading: &Reading, subjects: &mut [Subject]) {
    let places: &[Position] = match subjects.len() {
        2 => &[Position::Left, Position::Right],
        3 => &[Position::Left, Position::Centre, Position::Right],
        _ => return,
    };
    for (slot, (subject, place)) in subjects.iter_mut().zip(places).enumerate() {
        if reading.get(&format!("subject{slot}.position")).is_none() {
            subject.position = *place;
        }
    }
}

fn one_of<T: Copy>(dice: &mut Dice, choices: &[T], otherwise: T) -> T {
    let at = (dice.unit() * choices.len() as f32) as usize;
    choices.get(at).copied().unwrap_or(otherwise)
}

fn usual_colour(shape: Shape, dice: &mut Dice) -> Colour {
    use Colour::*;
    let choices: &[Colour] = match shape {
        Shape::Cat => &[Orange, Grey, White],
        Shape::Dog => &[Brown, Gold, White],
        Shape::Bird => &[Blue, White, Red],
        Shape::Fish => &[Orange, Yellow, Blue],
        Shape::Butterfly => &[Orange, Purple, Blue],
        Shape::Whale => &[Blue, Grey],
        Shape::Robot => &[Grey, Blue, Orange],
        Shape::Tree => &[Green],
        Shape::House => &[White, Yellow, Red],
        Shape::Rocket | Shape::Plane => &[White, Red],
        Shape::Boat => &[Red, Blue, White],
        _ => &[Red, Yellow, Blue, Pink],
    };
    one_of(dice, choices, Red)
}

fn usual_motion(shape: Shape, dice: &mut Dice) -> Motion {
    let sideways = one_of(dice, &[Motion::Right, Motion::Left], Motion::Right);
    match shape {
        Shape::Tree | Shape::House | Shape::Flower => Motion::Still,
        Shape::Rocket | Shape::Balloon => Motion::Up,
        Shape::Ball => Motion::Bounce,
        Shape::Butterfly => Motion::Circle,
        _ => sideways,
    }
}

/// Where something is usually seen.
fn home_of(shape: Option<Shape>, dice: &mut Dice) -> Setting {
    match shape {
        None => {
            one_of(dice, &[Setting::Mountains, Setting::Meadow, Setting::Water], Setting::Meadow)
        }
        Some(Shape::Fish) => Setting::Underwater,
        Some(Shape::Whale) => Setting::Underwater,
        Some(Shape::Boat) => Setting::Water,
        Some(Shape::Car | Shape::Robot) => Setting::City,
        Some(Shape::Rocket) => Setting::Space,
        Some(Shape::Plane) => Setting::Sky,
        Some(Shape::Bird | Shape::Balloon) => {
            one_of(dice, &[Setting::Mountains, Setting::Meadow], Setting::Meadow)
        }
        Some(_) => Setting::Meadow,
    }
}

fn hour(dice: &mut Dice) -> TimeOfDay {
    one_of(dice, &[TimeOfDay::Day, TimeOfDay::Day, TimeOfDay::Sunset], TimeOfDay::Day)
}

/// A short film is one shot; a longer one is the same scene again, seen otherwise.
fn drawn(first: &Shot, camera: Option<Camera>, seconds: u32, dice: &mut Dice) -> Vec<Shot> {
    let count = match seconds {
        0..=6 => 1,
        7..=10 => 2,
        _ => 3,
    };
    let moving = first.subjects.iter().any(|subject| subject.motion != Motion::Still);
    let free: &[Camera] = match moving {
        // A view that moves with its subject would hide that it moves.
        true => &[Camera::ZoomIn, Camera::Static, Camera::ZoomOut],
        false => &[Camera::Dolly, Camera::PanRight, Camera::ZoomIn, Camera::PanLeft],
    };
    let start = (dice.unit() * free.len() as f32) as usize;
    let shots = (0..count).map(|index| {
        let own = free.iter().cycle().nth(start + index).copied();
        Shot { camera: camera.or(own).unwrap_or(Camera::Static), ..first.clone() }
    });
    in_turn(shots.collect(), seconds)
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
    in_turn(shots, wanted.seconds)
}

/// Shots of equal lengths that fade into each other.
fn in_turn(mut shots: Vec<Shot>, seconds: u32) -> Vec<Shot> {
    // In tenths, so that the lengths add up exactly.
    let (tenths, count) = (u64::from(seconds) * 10, shots.len() as u64);
    for (index, shot) in (0u64..).zip(&mut shots) {
        let length = tenths * (index + 1) / count - tenths * index / count;
        shot.seconds = length as f64 / 10.0;
        shot.transition = if index == 0 { Transition::Cut } else { Transition::Fade };
    }
    shots
}

/// How a request was understood: what its first shot that is drawn has, else its first.
pub(super) fn understood(storyboard: &Storyboard, reading: &Reading) -> Value {
    let drawn = storyboard.shots.iter().find(|shot| shot.picture.is_none());
    let Some(first) = drawn.or(storyboard.shots.first()) else { return json!({}) };
    json!({
        "setting": first.setting,
        "time": first.time,
        "weather": first.weather,
        "particles": first.particles,
        "camera": said(reading, "camera", Camera::named),
        "palette": storyboard.palette,
        "mood": storyboard.mood,
        "subjects": first.subjects,
        "shots": storyboard.shots.len(),
    })
}
