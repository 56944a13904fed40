//! Where subjects are, how they move, and which way they look.

use std::f32::consts::{FRAC_PI_2, PI, TAU};

use reverie_domain::storyboard::{Colour, Motion, Position, Setting, Shape, Shot, Speed, Subject};
use tiny_skia::Transform;

use super::figures::{self, Look};
use super::noise::hash;
use super::pen::Rgb;
use super::shot::Stage;

/// Of a colour's name.
fn rgb(colour: Colour) -> Rgb {
    Rgb::hex(match colour {
        Colour::Red => 0xDE2F2A,
        Colour::Orange => 0xF5892A,
        Colour::Yellow => 0xFAD02E,
        Colour::Green => 0x36A852,
        Colour::Blue => 0x2F6BDE,
        Colour::Purple => 0x8644C4,
        Colour::Pink => 0xF77FB0,
        Colour::Brown => 0x8A5734,
        Colour::Black => 0x23232B,
        Colour::White => 0xF6F6F2,
        Colour::Grey => 0x8E959E,
        Colour::Gold => 0xE0AA3A,
    })
}

/// How high it is, as a share of the picture.
fn height(shape: Shape) -> f32 {
    match shape {
        Shape::Cat | Shape::Dog => 0.21,
        Shape::Bird => 0.15,
        Shape::Fish => 0.17,
        Shape::Butterfly => 0.17,
        Shape::Whale => 0.3,
        Shape::Person | Shape::Robot => 0.34,
        Shape::Car => 0.19,
        Shape::Boat => 0.32,
        Shape::Rocket => 0.36,
        Shape::Plane => 0.2,
        Shape::Balloon => 0.36,
        Shape::Ball => 0.17,
        Shape::Tree => 0.46,
        Shape::House => 0.36,
        Shape::Flower => 0.28,
        Shape::Horse | Shape::Elephant => 0.35,
        Shape::Bear => 0.27,
        Shape::Rabbit => 0.19,
        Shape::Frog | Shape::Turtle => 0.14,
        Shape::Dragon => 0.36,
        Shape::Jellyfish => 0.34,
        Shape::Bicycle => 0.25,
        Shape::Train => 0.23,
        Shape::Lantern => 0.27,
        Shape::Cup => 0.2,
        Shape::Umbrella => 0.32,
        Shape::Kite => 0.44,
        Shape::Planet => 0.3,
    }
}

/// How wide it is beside its height.
fn width(shape: Shape) -> f32 {
    match shape {
        Shape::Train => 3.5,
        Shape::Dragon => 2.1,
        Shape::Turtle => 2.3,
        Shape::Frog | Shape::Elephant | Shape::Horse | Shape::Bear => 1.7,
        Shape::Bicycle => 1.9,
        _ => 1.2,
    }
}

/// Where its foot is, or its middle if it floats; and whether it floats.
fn level(shape: Shape, setting: Setting) -> (f32, bool) {
    let nowhere =
        matches!(setting, Setting::Sky | Setting::Space | Setting::Abstract | Setting::Underwater);
    match shape {
        Shape::Bird | Shape::Butterfly | Shape::Plane => (-0.12, true),
        Shape::Balloon | Shape::Rocket | Shape::Umbrella => (-0.04, true),
        Shape::Dragon | Shape::Lantern | Shape::Planet => (-0.08, true),
        Shape::Kite => (-0.1, true),
        Shape::Fish | Shape::Whale if setting == Setting::Water => (0.2, true),
        Shape::Fish | Shape::Whale | Shape::Jellyfish => (0.04, true),
        _ if nowhere => (0.04, true),
        _ if setting == Setting::Water => (0.27, false),
        _ => (0.37, false),
    }
}

/// The height of the middle of what is seen first.
pub(super) fn middle(shot: &Shot) -> f32 {
    let Some(first) = shot.subjects.first() else { return 0.0 };
    let (level, floats) = level(first.shape, shot.setting);
    if floats { level } else { level - height(first.shape) / 2.0 }
}

pub(super) fn draw(stage: &mut Stage<'_>, shot: &Shot, share: f32) {
    // What stands is behind what moves.
    let mut order: Vec<(usize, &Subject)> = shot.subjects.iter().enumerate().collect();
    order.sort_by_key(|(_, subject)| {
        !matches!(subject.shape, Shape::House | Shape::Tree | Shape::Flower | Shape::Planet)
    });
    for (index, subject) in order {
        group(stage, shot, index, subject, share);
    }
}

fn group(stage: &mut Stage<'_>, shot: &Shot, index: usize, subject: &Subject, share: f32) {
    let aspect = stage.size.aspect();
    let (level, floats) = level(subject.shape, shot.setting);
    let count = i32::from(subject.count);
    // Many are smaller, and so is everything in a narrow picture.
    let crowd = 1.0 / (1.0 + 0.16 * (count as f32 - 1.0)).min(2.1);
    let usual = height(subject.shape) * crowd.max(0.45) * (0.62 + 0.38 * aspect.min(1.0));
    let wide = width(subject.shape);
    let size = usual.min(0.9 * aspect / wide);
    let middle = match subject.position {
        Position::Left => -0.27 * aspect,
        Position::Centre => 0.0,
        Position::Right => 0.27 * aspect,
    };
    let room = if shot.subjects.len() > 1 { 0.42 } else { 0.84 } * aspect;
    let gap = (size * 1.13 * wide).min(room / (count as f32 - 1.0).max(1.0));
    for each in 0..count {
        let seed = stage.seed ^ (index as u32 * 131 + 7);
        let scatter =
            (hash(seed, each) - 0.5) * if floats { 0.26 } else { 0.1 } * f32::from(count > 1);
        let x = middle + gap * (each as f32 - (count as f32 - 1.0) / 2.0);
        let y = level + scatter + if floats { 0.0 } else { 0.03 };
        one(stage, subject, (x, y, size), floats, share, each);
    }
}

/// How fast it moves, beside the usual.
fn pace(speed: Speed) -> f32 {
    match speed {
        Speed::Slow => 0.5,
        Speed::Medium => 1.0,
        Speed::Fast => 1.7,
    }
}

/// Where one of them is at a time: its shift, its turn, and whether it looks to the left.
fn pose(subject: &Subject, aspect: f32, time: f32, share: f32, each: i32) -> (f32, f32, f32, bool) {
    let pace = pace(subject.speed);
    let way = (share - 0.5) * pace;
    let beat = time * pace * 2.6 + each as f32 * 1.3;
    match subject.motion {
        Motion::Still => (0.0, 0.0, 0.0, false),
        Motion::Left => (-0.62 * aspect * way, 0.0, 0.0, true),
        Motion::Right => (0.62 * aspect * way, 0.0, 0.0, false),
        Motion::Up => (0.0, -0.74 * way, -1.0, false),
        Motion::Down => (0.0, 0.74 * way, 1.0, false),
        Motion::Circle => {
            let angle = share * TAU * pace + each as f32 * 0.5;
            (0.2 * aspect.min(1.2) * angle.cos(), 0.13 * angle.sin(), 0.0, angle.sin() > 0.0)
        }
        Motion::Bounce => (0.0, -0.17 * beat.sin().abs(), 0.0, false),
    }
}

fn one(
    stage: &mut Stage<'_>,
    subject: &Subject,
    (x, y, size): (f32, f32, f32),
    floats: bool,
    share: f32,
    each: i32,
) {
    let (light, time, aspect) = (stage.light, stage.time, stage.size.aspect());
    let (dx, dy, climb, left) = pose(subject, aspect, time, share, each);
    // What stands does not leave the ground that is seen.
    let dy = if subject.motion == Motion::Circle && !floats { dy * 0.4 } else { dy };
    let moves = subject.motion != Motion::Still;
    // Legs and wings keep up with the way, though not as much as it changes.
    let stir = if moves { 0.4 + 0.6 * pace(subject.speed) } else { 0.35 };
    let phase = time * stir + each as f32 * 0.37;
    let hover = if floats { 0.008 * (time * 1.6 + each as f32).sin() } else { 0.0 };
    let mut pen = stage.at(1.0);
    if !floats && subject.shape != Shape::Boat {
        let flat = Transform::from_row(1.0, 0.0, 0.0, 0.16, x + dx, y);
        pen.within(flat).glow(
            0.0,
            0.0,
            size * 0.62 * width(subject.shape),
            Rgb::BLACK.alpha(0.5 * (1.0 + dy * 4.0).max(0.15)),
        );
    }
    if subject.shape == Shape::Boat && !floats {
        let flat = Transform::from_row(1.0, 0.0, 0.0, 0.18, x + dx, y);
        pen.within(flat).glow(0.0, 0.0, size * 0.9, Rgb::hex(0x0A2C48).alpha(0.6));
    }
    let turn = turn_of(subject, climb, phase, dx + x, size);
    let flip = if left && has_sides(subject) { -1.0 } else { 1.0 };
    // A ball turns about its middle.
    let rolls = !floats && subject.shape == Shape::Ball;
    let y = if rolls { y - size / 2.0 } else { y };
    let (s, c) = turn.sin_cos();
    let to = Transform::from_row(
        c * size * flip,
        s * size,
        -s * size * flip,
        c * size,
        x + dx,
        y + dy + hover,
    );
    // Shapes stand on 0 and are 1 high; one that floats has its middle at 0.
    let foot =
        if floats || rolls { Transform::from_translate(0.0, 0.5) } else { Transform::identity() };
    let mut pen = pen.within(to);
    let mut pen = pen.within(foot);
    // What has no hue would take on that of the light: a white cat at night would be a blue one.
    let lit = match subject.colour {
        Colour::White | Colour::Grey => light.subject.mix(Rgb::WHITE, 0.75),
        _ => light.subject,
    };
    let colour = rgb(subject.colour).lit(lit);
    // Black on black would not be seen.
    let dark = light.is_night() && subject.colour == Colour::Black;
    let colour = if dark { colour.lighter(0.12) } else { colour };
    if light.is_night() && matches!(subject.colour, Colour::Black | Colour::Brown) {
        pen.glow(0.0, -0.5, 0.9, Rgb::hex(0xA9BCE8).alpha(0.3));
    }
    let look = Look { colour, light: lit, phase, night: light.is_night(), moves };
    figures::draw(&mut pen, subject.shape, &look);
}

/// Whether it looks to a side; others have their light and their shade always on the same one.
fn has_sides(subject: &Subject) -> bool {
    match subject.shape {
        Shape::Jellyfish | Shape::Lantern | Shape::Cup | Shape::Umbrella | Shape::Planet => false,
        // The wind does not turn with it.
        Shape::Kite => subject.motion != Motion::Circle,
        _ => true,
    }
}

/// How far it is turned, in radians, before it is mirrored.
fn turn_of(subject: &Subject, climb: f32, phase: f32, x: f32, size: f32) -> f32 {
    match (subject.shape, subject.motion) {
        (Shape::Rocket, Motion::Left) => -FRAC_PI_2 * 0.9,
        (Shape::Rocket, Motion::Right) => FRAC_PI_2 * 0.9,
        (Shape::Rocket, Motion::Down) => PI,
        (Shape::Rocket, Motion::Circle) => phase,
        (Shape::Plane | Shape::Bird | Shape::Fish | Shape::Whale | Shape::Dragon, _) => climb * 0.6,
        (Shape::Ball, Motion::Left | Motion::Right) => x / (size * 0.5),
        (Shape::Boat, _) => 0.04 * (phase * 1.9).sin(),
        (Shape::Balloon, _) => 0.03 * (phase * 1.4).sin(),
        (Shape::Jellyfish, Motion::Left) => -0.5,
        (Shape::Jellyfish, Motion::Right) => 0.5,
        (Shape::Jellyfish | Shape::Lantern, _) => 0.06 * (phase * 1.5).sin(),
        (Shape::Umbrella, _) => 0.22 + 0.1 * (phase * 1.3).sin(),
        (Shape::Kite, _) => 0.1 * (phase * 1.7).sin(),
        _ => 0.0,
    }
}
