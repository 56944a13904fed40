//! Sea, deep water and space.

use tiny_skia::PathBuilder;

use super::noise::{between, hash, line, ridge};
use super::pen::{Rgb, oval, polygon};
use super::shot::{Stage, stars};

/// Where the sea meets the sky.
const HORIZON: f32 = 0.06;

pub(super) fn water(stage: &mut Stage<'_>) {
    let (half, light, seed, time) = (stage.half(), stage.light, stage.seed, stage.time);
    islands(stage);
    let far = light.land(Rgb::hex(0x4FA3C4), 0.0).mix(light.horizon, 0.55);
    let near = light.land(Rgb::hex(0x124E78), 0.0);
    let sea = super::pen::rect(-half, HORIZON, 2.0 * half, 0.7);
    stage.still(0.1, |pen| pen.fade(sea, (HORIZON, far), (0.5, near)));
    glints(stage);
    for band in 0..11 {
        let share = band as f32 / 10.0;
        let depth = 0.15 + 0.85 * share;
        let y = HORIZON + 0.012 + 0.44 * share * share;
        let (high, long) = (0.002 + 0.013 * share, 26.0 - 19.0 * share);
        // Below it the crest has faded.
        let foot = y + 0.02 + 0.07 * share;
        let mut path = PathBuilder::new();
        path.move_to(-half, foot);
        for step in 0..=120 {
            let x = -half + 2.0 * half * step as f32 / 120.0;
            let phase = time * (0.7 + 0.9 * share) + band as f32 * 1.7;
            let wave = (x * long + phase).sin() + 0.5 * (x * long * 1.9 - phase * 1.3).sin();
            path.line_to(x, y + high * (wave + 0.7 * line(seed + band, x * 3.0 + time * 0.2)));
        }
        path.line_to(half, foot);
        path.close();
        let crest = far.mix(near, share).lighter(0.16).alpha(0.34);
        let body = near.mix(far, 0.4 * (1.0 - share)).alpha(0.0);
        stage.at(depth).fade(path.finish(), (y - high, crest), (foot, body));
    }
}

fn islands(stage: &mut Stage<'_>) {
    let (half, light, seed) = (stage.half(), stage.light, stage.seed);
    stage.still(0.08, |pen| {
        for index in 0..3 {
            let x = between(seed, index * 3 + 40, -half, half);
            let (wide, high) = (
                between(seed, index * 3 + 41, 0.12, 0.34),
                between(seed, index * 3 + 42, 0.02, 0.07),
            );
            let mut points = vec![(x - wide, HORIZON + 0.002)];
            for k in 0..=24 {
                let u = k as f32 / 24.0;
                let bell = (u * std::f32::consts::PI).sin();
                points.push((
                    x - wide + 2.0 * wide * u,
                    HORIZON - high * bell * (0.8 + 0.5 * ridge(seed, u * 4.0, 3)),
                ));
            }
            points.push((x + wide, HORIZON + 0.002));
            pen.polygon(&points, light.land(Rgb::hex(0x4C6B78), 0.65));
        }
    });
}

/// The path of light that the sun or the moon leaves on the water.
fn glints(stage: &mut Stage<'_>) {
    let (light, seed, time) = (stage.light, stage.seed ^ 0x61, stage.time);
    let x = light.star_at.0 * stage.size.aspect().min(1.4);
    let strength = 0.75 * (1.0 - light.cover * 0.6);
    let mut pen = stage.at(0.2);
    for index in 0..110 {
        let share = hash(seed, index * 3).powf(1.3);
        let y = HORIZON + 0.005 + 0.45 * share;
        let spread = 0.02 + 0.17 * share;
        let dx = between(seed, index * 3 + 1, -1.0, 1.0) * spread;
        let flicker = ((time * 3.0 + hash(seed, index * 3 + 2) * 30.0).sin() * 0.5 + 0.5).powi(2);
        let wide = 0.006 + 0.03 * share;
        pen.ellipse(x + dx, y, wide, 0.0011 + 0.0028 * share, light.star.alpha(strength * flicker));
    }
}

pub(super) fn underwater(stage: &mut Stage<'_>) {
    let (half, seed, time, light) = (stage.half(), stage.seed, stage.time, stage.light);
    let dim = if light.is_night() { 0.62 } else { 0.0 };
    let of = |hex: u32| Rgb::hex(hex).darker(dim);
    stage.backdrop(&[(0.0, of(0x5FD3DE)), (0.35, of(0x1E8FBF)), (1.0, of(0x0A3C73))], -0.55, 0.55);
    stage.coarse(0.1, |pen| {
        for index in 0..9 {
            let x =
                between(seed, index * 2, -half, half) + 0.03 * (time * 0.5 + index as f32).sin();
            let wide = between(seed, index * 2 + 1, 0.02, 0.09);
            let strength = 0.2 + 0.1 * (time * 0.9 + index as f32 * 2.0).sin();
            let ray = polygon(&[
                (x, -0.6),
                (x + wide, -0.6),
                (x + wide * 2.4 - 0.3, 0.5),
                (x - 0.34, 0.5),
            ]);
            pen.fade(
                ray,
                (-0.5, Rgb::WHITE.alpha(strength * (1.0 - dim))),
                (0.35, Rgb::WHITE.alpha(0.0)),
            );
        }
    });
    for (index, (depth, at, hex)) in
        [(0.2, 0.26, 0x1A6A9A), (0.45, 0.33, 0x17557F)].into_iter().enumerate()
    {
        let mut points = vec![(-half, 0.75)];
        for k in 0..=60 {
            let x = -half + half * k as f32 / 30.0;
            points.push((x, at - 0.13 * ridge(seed + index as u32 * 7, x * 2.4, 4)));
        }
        points.push((half, 0.75));
        stage.still(depth, |pen| pen.polygon(&points, of(hex)));
    }
    coral(stage, dim);
    let mut sand = vec![(-half, 0.75)];
    sand.extend(
        (0..=40)
            .map(|k| -half + half * k as f32 / 20.0)
            .map(|x| (x, 0.4 - 0.03 * ridge(seed, x * 1.5, 2))),
    );
    sand.push((half, 0.75));
    let (upper, lower) = (of(0xD9C79A), of(0x7E8F86));
    stage.still(0.9, |pen| pen.fade(polygon(&sand), (0.38, upper), (0.56, lower)));
    weeds(stage, dim);
}

fn coral(stage: &mut Stage<'_>, dim: f32) {
    let (half, seed) = (stage.half(), stage.seed ^ 0xC0);
    stage.still(0.75, |pen| {
        for index in 0..9 {
            let x = between(seed, index * 4, -half, half);
            let hue = [0xE4637C, 0xF09A4A, 0xA767C4, 0xEFC35A]
                [(hash(seed, index * 4 + 1) * 4.0) as usize % 4];
            let colour = Rgb::hex(hue).mix(Rgb::hex(0x1E8FBF), 0.25).darker(dim);
            let size = between(seed, index * 4 + 2, 0.05, 0.11);
            for arm in -2..=2 {
                let lean = arm as f32 * 0.32;
                let tip = (x + size * lean, 0.41 - size * (1.0 - 0.12 * lean.abs()));
                pen.stroke(
                    &[(x, 0.43), (x + size * lean * 0.4, 0.42 - size * 0.4), tip],
                    size * 0.17,
                    colour,
                );
                pen.ellipse(tip.0, tip.1, size * 0.11, size * 0.11, colour.lighter(0.2));
            }
        }
    });
}

fn weeds(stage: &mut Stage<'_>, dim: f32) {
    let (half, seed, time) = (stage.half(), stage.seed ^ 0x5EA, stage.time);
    let mut pen = stage.at(1.1);
    for index in 0..26 {
        let x = between(seed, index * 3, -half, half);
        let tall = between(seed, index * 3 + 1, 0.08, 0.26);
        let points: Vec<_> = (0..8)
            .map(|k| k as f32 / 7.0)
            .map(|u| (x + 0.035 * u * (time * 1.3 + x * 5.0 + u * 3.0).sin(), 0.54 - tall * u))
            .collect();
        let hue = if hash(seed, index * 3 + 2) < 0.5 { 0x1F7A58 } else { 0x3A9A55 };
        pen.stroke(&points, 0.011, Rgb::hex(hue).darker(dim));
    }
}

pub(super) fn space(stage: &mut Stage<'_>) {
    let of = Rgb::hex;
    stage.backdrop(&[(0.0, of(0x05060F)), (0.5, of(0x0B0E22)), (1.0, of(0x060713))], -0.55, 0.55);
    stars(stage, 420);
}

pub(super) fn planet(stage: &mut Stage<'_>) {
    let (seed, half) = (stage.seed ^ 0x9147, stage.size.aspect() / 2.0);
    let hues = [0xC9784A, 0x4C86C6, 0x8A63B8, 0x5FA58A];
    let colour = Rgb::hex(hues[(hash(seed, 1) * 4.0) as usize % 4]);
    let side = if hash(seed, 2) < 0.5 { -1.0 } else { 1.0 };
    let (x, y, r) = (side * half * 0.62, 0.24, 0.17);
    stage.still(0.12, |pen| {
        pen.glow(x, y, r * 1.9, colour.lighter(0.3).alpha(0.35));
        pen.sphere(x, y, r, colour);
        let ring = Rgb::hex(0xE6D6B8).alpha(0.55);
        let half_ring = |from: f32| {
            (0..=30)
                .map(|k| from + std::f32::consts::PI * k as f32 / 30.0)
                .map(|a| (x + r * 1.75 * a.cos(), y + r * 0.4 * a.sin() + r * 0.18 * a.cos()))
                .collect::<Vec<_>>()
        };
        pen.stroke(&half_ring(0.0), r * 0.09, ring);
        pen.fill(oval(-x * 0.75, -0.3, 0.035, 0.035), Rgb::hex(0xA9A9B4));
        pen.fill(oval(-x * 0.75 + 0.013, -0.29, 0.03, 0.032), Rgb::hex(0x70707C).alpha(0.8));
    });
}
