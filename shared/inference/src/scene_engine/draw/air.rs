//! What falls, drifts and glows in the air.

use reverie_domain::storyboard::Particles;
use tiny_skia::Transform;

use super::noise::{between, hash};
use super::pen::Rgb;
use super::shot::Stage;

/// Something that moves steadily and comes back at the other side: 0 to 1.
fn round(start: f32, way: f32) -> f32 {
    (start + way).rem_euclid(1.0)
}

pub(super) fn lightning(stage: &mut Stage<'_>) {
    let (seed, half, time) = (stage.seed ^ 0x11, stage.size.aspect() / 2.0, stage.time);
    let strike = (time / 1.7) as i32;
    let since = time - strike as f32 * 1.7 - between(seed, strike, 0.2, 0.9);
    if !(0.0..0.4).contains(&since) {
        return;
    }
    let strength = (1.0 - since / 0.4) * (0.6 + 0.4 * (since * 60.0).cos());
    let (mut x, mut y) = (between(seed, strike + 50, -half, half) * 0.8, -0.55);
    let mut points = vec![(x, y)];
    for k in 0..9 {
        x += between(seed, strike * 20 + k, -0.05, 0.05);
        y += 0.075;
        points.push((x, y));
    }
    let mut pen = stage.at(0.1);
    pen.block(-3.0, -0.7, 6.0, 1.5, Rgb::hex(0xC8D4FF).alpha(0.3 * strength));
    pen.stroke(&points, 0.012, Rgb::hex(0x9FB4FF).alpha(0.4 * strength));
    pen.stroke(&points, 0.004, Rgb::WHITE.alpha(strength));
}

pub(super) fn snow(stage: &mut Stage<'_>) {
    let (half, seed, time) = (stage.half(), stage.seed ^ 0x510, stage.time);
    for (layer, depth, count, size) in
        [(0, 0.4, 170, 0.0022), (1, 0.8, 110, 0.004), (2, 1.3, 40, 0.0075)]
    {
        let mut pen = stage.at(depth);
        for index in 0..count {
            let fall = round(hash(seed + layer, index * 3), time * (0.07 + 0.06 * depth));
            let sway = 0.03 * (time * 1.3 + hash(seed, index) * 20.0).sin();
            let x = between(seed + layer, index * 3 + 1, -half, half) + sway;
            let r = size * between(seed, index * 3 + 2, 0.6, 1.2);
            pen.ellipse(x, -0.58 + 1.16 * fall, r, r, Rgb::WHITE.alpha(0.85));
        }
    }
}

pub(super) fn particles(stage: &mut Stage<'_>, particles: Particles) {
    match particles {
        Particles::Nothing | Particles::Stars => {}
        Particles::Sparks => rising(stage, 90, 0.26, &sparks),
        Particles::Bubbles => rising(stage, 48, 0.1, &bubble),
        Particles::Leaves => falling(stage, 46, &[0xD9772B, 0xC4482A, 0xE3A534, 0x9C5A2C], 0.017),
        Particles::Petals => falling(stage, 60, &[0xF9B8CB, 0xFBD3DF, 0xF59AB5], 0.011),
        Particles::Confetti => {
            falling(stage, 90, &[0xE8443A, 0xF5C53A, 0x3AA65C, 0x3A7BE8, 0xC25AD0], 0.010);
        }
        Particles::Fireflies => fireflies(stage),
    }
}

type Mark = dyn Fn(&mut super::pen::Pen<'_>, (f32, f32), f32, f32);

fn rising(stage: &mut Stage<'_>, count: i32, speed: f32, mark: &Mark) {
    let (half, seed, time) = (stage.half(), stage.seed ^ 0x715E, stage.time);
    let mut pen = stage.at(1.0);
    for index in 0..count {
        let share =
            round(hash(seed, index * 4), time * speed * between(seed, index * 4 + 1, 0.6, 1.3));
        let sway = 0.025 * (time * 2.0 + hash(seed, index * 4 + 2) * 20.0).sin();
        let x = between(seed, index * 4 + 3, -half, half) + sway;
        mark(&mut pen, (x, 0.58 - 1.16 * share), hash(seed, index + 999), share);
    }
}

fn sparks(pen: &mut super::pen::Pen<'_>, (x, y): (f32, f32), size: f32, share: f32) {
    let colour = Rgb::hex(0xFFB347).alpha(1.0 - share * 0.8);
    pen.glow(x, y, 0.012 + 0.012 * size, colour.alpha(0.6 * (1.0 - share)));
    pen.ellipse(x, y, 0.0018 + 0.002 * size, 0.0018 + 0.002 * size, colour.lighter(0.4));
}

fn bubble(pen: &mut super::pen::Pen<'_>, (x, y): (f32, f32), size: f32, _: f32) {
    let r = 0.004 + 0.016 * size * size;
    pen.ellipse(x, y, r, r, Rgb::hex(0xDDF6FF).alpha(0.22));
    pen.stroke_path(super::pen::oval(x, y, r, r), r * 0.13, Rgb::WHITE.alpha(0.65));
    pen.ellipse(x - r * 0.35, y - r * 0.4, r * 0.2, r * 0.2, Rgb::WHITE.alpha(0.9));
}

/// Small sheets that tumble.
fn falling(stage: &mut Stage<'_>, count: i32, hues: &[u32], size: f32) {
    let (half, seed, time, light) = (stage.half(), stage.seed ^ 0xFA11, stage.time, stage.light);
    for (layer, depth) in [(0, 0.7), (1, 1.15)] {
        let mut pen = stage.at(depth);
        for index in 0..count / 2 {
            let of = |k: i32| hash(seed + layer, index * 6 + k);
            let fall = round(of(0), time * (0.07 + 0.05 * of(1)));
            let x = -half + 2.0 * half * round(of(2), -time * 0.015 * (0.5 + of(3)));
            let sway = 0.03 * (time * 1.8 + of(4) * 20.0).sin();
            let turn =
                (time * (1.0 + 2.0 * of(5)) + of(4) * 9.0) * if of(3) < 0.5 { -1.0 } else { 1.0 };
            let Some(hue) = hues.get((of(1) * hues.len() as f32) as usize) else { continue };
            let (s, c) = turn.sin_cos();
            let flat = 0.35 + 0.65 * (time * 2.6 + of(0) * 20.0).sin().abs();
            let to = Transform::from_row(c, s, -s * flat, c * flat, x + sway, -0.58 + 1.16 * fall);
            pen.within(to).body(
                super::pen::oval(0.0, 0.0, size, size * 0.55),
                Rgb::hex(*hue).lit(light.subject),
            );
        }
    }
}

fn fireflies(stage: &mut Stage<'_>) {
    let (half, seed, time) = (stage.half(), stage.seed ^ 0xF1FE, stage.time);
    let mut pen = stage.at(0.9);
    for index in 0..44 {
        let of = |k: i32| hash(seed, index * 5 + k);
        let x = -half + 2.0 * half * of(0) + 0.05 * (time * (0.5 + of(2)) + of(3) * 20.0).sin();
        let y = -0.1 + 0.55 * of(1) + 0.035 * (time * (0.7 + of(3)) + of(4) * 20.0).cos();
        let pulse = ((time * 2.0 + of(4) * 30.0).sin() * 0.5 + 0.5).powi(2);
        pen.glow(x, y, 0.03, Rgb::hex(0xE8FF8A).alpha(0.75 * pulse));
        pen.ellipse(x, y, 0.0028, 0.0028, Rgb::hex(0xFAFFD0).alpha(0.4 + 0.6 * pulse));
    }
}
