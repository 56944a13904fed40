//! Hills, mountains, dunes and woods.

use tiny_skia::{Path, PathBuilder};

use super::noise::{between, hash, ridge};
use super::pen::{Pen, Rgb, polygon};
use super::shot::Stage;

/// Everything below a line of noise: its mean height, how far it swings, and how many swings there are.
struct Ridge {
    at: f32,
    height: f32,
    swings: f32,
    octaves: u32,
}

impl Ridge {
    fn y(&self, seed: u32, x: f32) -> f32 {
        self.at - self.height * ridge(seed, (x + 3.0) * self.swings, self.octaves)
    }

    fn path(&self, seed: u32, half: f32) -> Option<Path> {
        let mut path = PathBuilder::new();
        path.move_to(-half, 0.75);
        for step in 0..=160 {
            let x = -half + 2.0 * half * step as f32 / 160.0;
            path.line_to(x, self.y(seed, x));
        }
        path.line_to(half, 0.75);
        path.close();
        path.finish()
    }
}

/// Layers from far to near; each has its depth, how far away it is (0–1), its line and its colour.
fn layers(stage: &mut Stage<'_>, rows: &[(f32, f32, Ridge, u32)]) {
    let (half, light, seed) = (stage.half(), stage.light, stage.seed);
    for (index, (depth, far, line, colour)) in rows.iter().enumerate() {
        let seed = seed.wrapping_add(index as u32 * 977);
        let colour = light.land(Rgb::hex(*colour), *far);
        let top = line.at - line.height * 0.6;
        let below =
            colour.mix(light.land(light.horizon, 0.6), 0.3 * far).darker(0.12 * (1.0 - far));
        stage.still(*depth, |pen| {
            let path = line.path(seed, half);
            pen.fade(path, (top, colour.lighter(0.07)), (top + 0.34, below));
        });
    }
}

/// Only haze below the clouds.
pub(super) fn far_below(stage: &mut Stage<'_>) {
    let line = |at, height| Ridge { at, height, swings: 1.6, octaves: 3 };
    layers(
        stage,
        &[(0.1, 0.85, line(0.42, 0.05), 0x6F8FA8), (0.16, 0.7, line(0.47, 0.05), 0x5F8090)],
    );
}

pub(super) fn meadow(stage: &mut Stage<'_>) {
    let line = |at, height, swings| Ridge { at, height, swings, octaves: 2 };
    layers(
        stage,
        &[
            (0.15, 0.75, line(0.08, 0.14, 1.3), 0x6E93A0),
            (0.25, 0.5, line(0.13, 0.10, 1.2), 0x6FA074),
            (0.45, 0.25, line(0.17, 0.09, 1.0), 0x69A452),
        ],
    );
    bushes(stage);
    layers(stage, &[(0.9, 0.0, line(0.25, 0.035, 0.9), 0x5C9E3D)]);
    flowers(stage);
}

/// Round trees on the hill behind.
fn bushes(stage: &mut Stage<'_>) {
    let (half, light, seed) = (stage.half(), stage.light, stage.seed ^ 0xB5);
    let line = Ridge { at: 0.17, height: 0.09, swings: 1.0, octaves: 2 };
    let under = stage.seed.wrapping_add(2 * 977);
    stage.still(0.45, |pen| {
        for index in 0..16 {
            let x = between(seed, index * 3, -half, half);
            let size = between(seed, index * 3 + 1, 0.018, 0.04);
            let colour = light.land(Rgb::hex(0x3E7A3A), 0.22).lighter(0.06 * hash(seed, index));
            let y = line.y(under, x);
            pen.block(x - size * 0.12, y - size * 0.8, size * 0.24, size, colour.darker(0.4));
            for (dx, dy, r) in [(-0.6, -1.2, 0.7), (0.55, -1.25, 0.75), (0.0, -1.8, 0.95)] {
                pen.round(x + dx * size, y + dy * size, r * size, r * size, colour);
            }
        }
    });
}

fn flowers(stage: &mut Stage<'_>) {
    if stage.light.is_snowy() {
        return;
    }
    let (half, light, seed) = (stage.half(), stage.light, stage.seed ^ 0xF1);
    let hues = [0xF6E27A, 0xF2F2F2, 0xE88AA8, 0xB79AE0];
    stage.still(0.95, |pen| {
        for index in 0..70 {
            let x = between(seed, index * 3, -half, half);
            let y = between(seed, index * 3 + 1, 0.3, 0.52);
            let size = 0.0035 + (y - 0.3) * 0.02;
            let hue = hues[(hash(seed, index * 3 + 2) * 4.0) as usize % 4];
            pen.ellipse(x, y, size, size * 0.8, Rgb::hex(hue).lit(light.land));
        }
    });
}

/// Blades before everything else.
pub(super) fn grass(stage: &mut Stage<'_>) {
    let (half, light, seed, time) = (stage.half(), stage.light, stage.seed ^ 0x6A, stage.time);
    let mut rows = [PathBuilder::new(), PathBuilder::new()];
    for index in 0..260 {
        let x = between(seed, index * 3, -half, half);
        let height = between(seed, index * 3 + 1, 0.04, 0.1);
        let sway = (time * 1.7 + x * 4.0 + hash(seed, index) * 2.0).sin() * 0.018;
        let path = &mut rows[index as usize % 2];
        path.move_to(x - 0.004, 0.56);
        path.quad_to(x, 0.56 - height * 0.6, x + sway, 0.55 - height);
        path.quad_to(x + 0.004, 0.56 - height * 0.5, x + 0.005, 0.56);
        path.close();
    }
    let mut pen = stage.at(1.15);
    for (path, colour) in rows.into_iter().zip([0x3C7A2A, 0x54983A]) {
        pen.fill(path.finish(), light.land(Rgb::hex(colour), 0.0));
    }
}

pub(super) fn mountains(stage: &mut Stage<'_>) {
    let (half, light, seed) = (stage.half(), stage.light, stage.seed);
    let rows = [
        (0.08, 0.72, Ridge { at: -0.06, height: 0.34, swings: 1.5, octaves: 6 }, 0x7C8CA6),
        (0.16, 0.45, Ridge { at: 0.05, height: 0.42, swings: 1.2, octaves: 7 }, 0x62738C),
        (0.3, 0.24, Ridge { at: 0.2, height: 0.3, swings: 1.6, octaves: 6 }, 0x4A5C66),
    ];
    for (index, (depth, far, line, rock)) in rows.into_iter().enumerate() {
        let seed = seed.wrapping_add(index as u32 * 331);
        let rock = light.land(Rgb::hex(rock), far);
        let snow = light.land(Rgb::hex(0xF7FBFF), far * 0.5);
        let top = line.at - line.height * 0.55;
        let snowline = if index == 2 { 0.02 } else { 0.42 };
        let stops = [
            (0.0, snow),
            (snowline, snow.mix(rock, 0.15)),
            (snowline + 0.12, rock),
            (1.0, rock.mix(light.horizon, 0.35)),
        ];
        let path = line.path(seed, half);
        let bottom = line.at + line.height * 0.55;
        stage.still(depth, |pen| pen.stops(path, (top, bottom), &stops));
        gullies(stage, depth, &line, seed, rock.darker(0.3).alpha(0.3));
    }
    let line = |at, height| Ridge { at, height, swings: 2.0, octaves: 3 };
    layers(
        stage,
        &[(0.5, 0.12, line(0.27, 0.06), 0x3D5A45), (0.9, 0.0, line(0.34, 0.05), 0x4B6B45)],
    );
    pines(stage, 0.55, 0.29, 0.05, 34, light.land(Rgb::hex(0x23402F), 0.1));
}

/// The sides of the peaks that are turned away from the light; they fade downwards.
fn gullies(stage: &mut Stage<'_>, depth: f32, line: &Ridge, seed: u32, shadow: Rgb) {
    let half = stage.half();
    let step = half / 80.0;
    stage.still(depth, |pen| {
        for index in 1..160 {
            let x = -half + step * index as f32;
            let y = line.y(seed, x);
            let peak = y < line.y(seed, x - step) && y < line.y(seed, x + step);
            if !peak {
                continue;
            }
            let deep = line.height * between(seed, index, 0.3, 0.62);
            // Down the ridge on one side, as far as it falls, and back below the peak.
            let mut side = vec![(x, y)];
            for k in 1..9 {
                let right = (x + step * k as f32, line.y(seed, x + step * k as f32) + 0.002);
                if side.last().is_some_and(|last| right.1 < last.1) {
                    break;
                }
                side.push(right);
            }
            let (right, foot) = side.last().copied().unwrap_or((x, y));
            side.push((right + step * 0.5, foot.max(y + deep * 0.8)));
            side.push((x + (right - x) * 0.35, y + deep));
            side.push((x - step * 0.4, y + deep * 0.45));
            pen.fade(polygon(&side), (y, shadow), (y + deep, shadow.alpha(0.0)));
        }
    });
}

pub(super) fn desert(stage: &mut Stage<'_>) {
    let line = |at, height, swings| Ridge { at, height, swings, octaves: 2 };
    layers(
        stage,
        &[
            (0.1, 0.7, line(0.1, 0.12, 2.2), 0xB98A62),
            (0.2, 0.42, line(0.14, 0.1, 1.2), 0xD9A05F),
            (0.4, 0.2, line(0.19, 0.1, 0.8), 0xE0A45A),
        ],
    );
    cacti(stage);
    layers(stage, &[(0.9, 0.0, line(0.27, 0.06, 0.7), 0xE6B06A)]);
    let (half, light, seed) = (stage.half(), stage.light, stage.seed ^ 0xDE);
    stage.still(0.92, |pen| {
        for row in 0..9 {
            let y = 0.32 + 0.026 * row as f32;
            let points: Vec<_> = (0..=40)
                .map(|k| -half + half * k as f32 / 20.0)
                .map(|x| (x, y + 0.008 * ridge(seed + row, x * 3.0, 2)))
                .collect();
            pen.stroke(&points, 0.0022, light.land(Rgb::hex(0xC08A48), 0.0).alpha(0.45));
        }
    });
}

fn cacti(stage: &mut Stage<'_>) {
    let (half, light, seed) = (stage.half(), stage.light, stage.seed ^ 0xCAC);
    let colour = light.land(Rgb::hex(0x4E7A4A), 0.15);
    stage.still(0.45, |pen| {
        for index in 0..5 {
            let x = between(seed, index * 2, -half, half);
            let (s, y) = (between(seed, index * 2 + 1, 0.05, 0.1), 0.24);
            pen.stroke(&[(x, y), (x, y - s)], s * 0.2, colour);
            pen.stroke(
                &[(x, y - s * 0.4), (x - s * 0.3, y - s * 0.45), (x - s * 0.3, y - s * 0.75)],
                s * 0.14,
                colour,
            );
            pen.stroke(
                &[(x, y - s * 0.3), (x + s * 0.28, y - s * 0.35), (x + s * 0.28, y - s * 0.6)],
                s * 0.14,
                colour.darker(0.1),
            );
        }
    });
}

pub(super) fn forest(stage: &mut Stage<'_>) {
    let light = stage.light;
    let line = |at, height| Ridge { at, height, swings: 1.1, octaves: 2 };
    layers(stage, &[(0.1, 0.8, line(0.06, 0.12), 0x6A8A92)]);
    let rows =
        [(0.15, 0.72, 0.16, 0.22, 30), (0.28, 0.5, 0.2, 0.32, 24), (0.45, 0.28, 0.25, 0.46, 17)];
    for (index, (depth, far, foot, height, count)) in rows.into_iter().enumerate() {
        layers(stage, &[(depth, far, line(foot, 0.03), 0x39613F)]);
        let seed = index as u32 * 17;
        let colour = light.land(Rgb::hex(0x27553A), far);
        row_of_pines(stage, depth, (foot, height), seed, count, colour);
        mist(stage, depth, foot);
    }
    layers(stage, &[(0.9, 0.0, line(0.27, 0.035), 0x44682F)]);
    flowers(stage);
    // Two trunks frame the picture.
    let half = stage.size.aspect() / 2.0;
    let bark = light.land(Rgb::hex(0x2B2620), 0.0);
    stage.still(1.2, |pen| {
        for (x, lean) in [(-half - 0.02, 0.03), (half + 0.02, -0.04)] {
            let (left, right) = (x - 0.035 + lean, x + 0.035 + lean);
            let trunk = [(x - 0.06, 0.7), (left, -0.6), (right, -0.6), (x + 0.07, 0.7)];
            pen.polygon(&trunk, bark);
        }
    });
}

fn mist(stage: &mut Stage<'_>, depth: f32, foot: f32) {
    let (half, colour) = (stage.half(), stage.light.horizon);
    let band = super::pen::rect(-half, foot - 0.14, 2.0 * half, 0.2);
    let (top, bottom) = (foot - 0.14, foot + 0.04);
    stage.still(depth, |pen| {
        pen.fade(band, (top, colour.alpha(0.0)), (bottom, colour.alpha(0.3)));
    });
}

fn pines(stage: &mut Stage<'_>, depth: f32, foot: f32, height: f32, count: i32, colour: Rgb) {
    row_of_pines(stage, depth, (foot, height), 5, count, colour);
}

/// From this depth on one sees that trees sway.
const SWAYS: f32 = 0.4;

fn row_of_pines(
    stage: &mut Stage<'_>,
    depth: f32,
    (foot, height): (f32, f32),
    salt: u32,
    count: i32,
    colour: Rgb,
) {
    let (half, seed, time) = (stage.half(), stage.seed ^ (0x91 + salt), stage.time);
    let sways = depth > SWAYS && height > 0.1;
    let row = |pen: &mut Pen<'_>| {
        for index in 0..count {
            let x = -half + 2.0 * half * (index as f32 + hash(seed, index * 3)) / count as f32;
            let tall = height * between(seed, index * 3 + 1, 0.6, 1.0);
            let y = foot + 0.03 + 0.02 * hash(seed, index * 3 + 2);
            let time = if sways { time } else { 0.0 };
            let sway = (time * 0.9 + index as f32).sin() * 0.012 * tall;
            let shade =
                colour.lighter(0.05 * hash(seed, index)).darker(0.08 * hash(seed, index + 90));
            pine(pen, (x, y, tall), sway, shade);
        }
    };
    match sways {
        true => row(&mut stage.at(depth)),
        false => stage.still(depth, row),
    }
}

fn pine(pen: &mut Pen<'_>, (x, y, tall): (f32, f32, f32), sway: f32, shade: Rgb) {
    pen.block(x - tall * 0.025, y - tall * 0.2, tall * 0.05, tall * 0.22, shade.darker(0.45));
    for tier in 0..5 {
        let t = tier as f32 / 5.0;
        let (bottom, top) = (y - tall * (0.1 + 0.72 * t), y - tall * (0.42 + 0.6 * t).min(1.0));
        let wide = tall * (0.24 - 0.17 * t);
        let lean = sway * (0.3 + t);
        let outline = [
            (x - wide + lean * 0.5, bottom),
            (x + lean, top),
            (x + wide + lean * 0.5, bottom),
            (x, bottom - tall * 0.03),
        ];
        pen.body(polygon(&outline), shade.lighter(0.03 * t));
    }
}
