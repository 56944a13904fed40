//! What people make: a city, a room, and pictures of nothing.

use std::f32::consts::TAU;

use tiny_skia::{PathBuilder, Rect};

use super::light::Light;
use super::noise::{between, hash};
use super::pen::{Pen, Rgb, pill, polygon};
use super::shot::Stage;

pub(super) fn city(stage: &mut Stage<'_>, wet: bool) {
    let rows = [
        (0.12, 0.78, 0.42, 26, 0x7D8CA5),
        (0.25, 0.5, 0.5, 20, 0x5C6B86),
        (0.45, 0.18, 0.48, 13, 0x454F68),
    ];
    for (index, (depth, far, height, count, colour)) in rows.into_iter().enumerate() {
        skyline(stage, index as u32, (depth, far, height), count, colour);
    }
    street(stage, wet);
}

fn skyline(
    stage: &mut Stage<'_>,
    layer: u32,
    (depth, far, height): (f32, f32, f32),
    count: i32,
    colour: u32,
) {
    let (half, light, night) = (stage.half(), stage.light, stage.light.is_night());
    let seed = stage.seed ^ (layer * 7177 + 3);
    let wall = light.land(Rgb::hex(colour), far);
    let lit = Rgb::hex(0xFFD98A).mix(wall, far * 0.55);
    let dark = if night { wall.darker(0.35) } else { wall.mix(light.zenith, 0.5).lighter(0.2) };
    let share = if night { 0.5 } else { 0.06 };
    let (mut shining, mut blind) = (PathBuilder::new(), PathBuilder::new());
    stage.still(depth, |pen| {
        let wide = 2.0 * half / count as f32;
        for index in 0..count {
            let x = -half + wide * index as f32;
            let tall = height * between(seed, index * 5, 0.35, 1.0);
            let (left, width, top) =
                (x + wide * 0.04, wide * between(seed, index * 5 + 1, 0.75, 1.0), 0.26 - tall);
            let tone = wall.lighter(0.06 * hash(seed, index * 5 + 2));
            pen.fade(
                super::pen::rect(left, top, width, 0.6),
                (top, tone),
                (0.3, tone.mix(light.horizon, 0.3)),
            );
            pen.block(left + width * 0.8, top, width * 0.2, 0.6, tone.darker(0.16).alpha(0.7));
            if hash(seed, index * 5 + 3) > 0.6 {
                pen.block(left + width * 0.45, top - 0.05, width * 0.04, 0.06, tone);
            }
            let columns = (width / 0.018) as i32;
            let gap = width / columns.max(1) as f32;
            for floor in 1..(tall / 0.024) as i32 {
                for column in 0..columns {
                    let on = hash(seed, index * 4096 + floor * 32 + column) < share;
                    let path = if on { &mut shining } else { &mut blind };
                    let x = left + gap * (column as f32 + 0.25);
                    if let Some(rect) =
                        Rect::from_xywh(x, top + 0.024 * floor as f32 - 0.012, gap * 0.5, 0.012)
                    {
                        path.push_rect(rect);
                    }
                }
            }
        }
        pen.fill(blind.finish(), dark.alpha(0.55));
        pen.fill(shining.finish(), lit);
    });
}

fn street(stage: &mut Stage<'_>, wet: bool) {
    let (half, light, seed) = (stage.half(), stage.light, stage.seed ^ 0x57);
    let asphalt = light.land(Rgb::hex(0x4A4D57), 0.0);
    stage.still(0.85, |pen| {
        pen.block(-half, 0.235, 2.0 * half, 0.4, light.land(Rgb::hex(0x8C8F96), 0.08));
        pen.fade(
            super::pen::rect(-half, 0.26, 2.0 * half, 0.4),
            (0.26, asphalt.lighter(0.08)),
            (0.5, asphalt.darker(0.2)),
        );
        for index in 0..14 {
            let x = -half + 0.24 * index as f32;
            pen.polygon(
                &[(x, 0.40), (x + 0.11, 0.40), (x + 0.115, 0.412), (x - 0.005, 0.412)],
                light.land(Rgb::hex(0xE8E4D0), 0.0),
            );
        }
        for index in 0..7 {
            let x = -half + 0.1 + 0.46 * index as f32;
            pen.stroke(
                &[(x, 0.26), (x, 0.02), (x + 0.05, 0.0)],
                0.006,
                light.land(Rgb::hex(0x3A3E48), 0.0),
            );
            if light.is_night() {
                pen.glow(x + 0.055, 0.005, 0.15, Rgb::hex(0xFFD590).alpha(0.75));
                pen.ellipse(x + 0.055, 0.004, 0.011, 0.006, Rgb::hex(0xFFF3D0));
            }
            if wet || light.is_night() {
                let hue = [0xFFCF8A, 0x7FB8FF, 0xFF8FB0][(hash(seed, index) * 3.0) as usize % 3];
                let strip = super::pen::rect(x + 0.02, 0.27, 0.06, 0.26);
                pen.fade(strip, (0.27, Rgb::hex(hue).alpha(0.26)), (0.5, Rgb::hex(hue).alpha(0.0)));
            }
        }
    });
}

pub(super) fn room(stage: &mut Stage<'_>) {
    let (half, light) = (stage.half(), stage.light);
    let night = light.is_night();
    let dim = if night { Rgb::hex(0x5C5876) } else { light.subject };
    let of = |hex: u32| Rgb::hex(hex).lit(dim);
    stage.backdrop(&[(0.0, of(0xD8C7B0)), (1.0, of(0xC4AB8E))], -0.55, 0.22);
    stage.still(0.3, |pen| {
        floor(pen, half, &of);
        window(pen, &light, &of);
    });
    stage.still(0.5, |pen| furniture(pen, of(0x4F6F86), of(0x5A3B28)));
    plant(stage, of(0x3E7A4E));
    let lamp = if night { 0.95 } else { 0.35 };
    let pole = of(0x3C342E);
    stage.still(0.5, |pen| {
        pen.stroke(&[(0.62, 0.22), (0.62, -0.08)], 0.008, pole);
        let shade = [(0.575, -0.07), (0.595, -0.17), (0.645, -0.17), (0.665, -0.07)];
        pen.polygon(&shade, Rgb::hex(0xFFE2A8));
        pen.glow(0.62, -0.1, 0.5, Rgb::hex(0xFFC873).alpha(0.5 * lamp));
    });
    stage.still(0.8, |pen| {
        pen.fill(super::pen::oval(0.0, 0.4, 0.62, 0.085), of(0x9E4B4B));
        pen.fill(super::pen::oval(0.0, 0.4, 0.56, 0.073), of(0xD8B98A));
        pen.fill(super::pen::oval(0.0, 0.4, 0.5, 0.06), of(0xA85450));
    });
}

fn floor(pen: &mut Pen<'_>, half: f32, of: &dyn Fn(u32) -> Rgb) {
    let boards = super::pen::rect(-half, 0.2, 2.0 * half, 0.5);
    pen.fade(boards, (0.2, of(0x8A5F3E)), (0.55, of(0xB98354)));
    for plank in -14..=14 {
        let x = plank as f32 * 0.13;
        pen.stroke(&[(x * 0.8, 0.205), (x * 1.9, 0.56)], 0.0022, of(0x6B462B).alpha(0.7));
    }
    pen.block(-half, 0.185, 2.0 * half, 0.022, of(0xF1E8DA));
}

/// A window with what is seen through it, and its curtains.
fn window(pen: &mut Pen<'_>, light: &Light, of: &dyn Fn(u32) -> Rgb) {
    let (x, y, w, h) = (-0.19, -0.34, 0.46, 0.36);
    pen.fill(pill(x - 0.02, y - 0.02, w + 0.04, h + 0.04, 0.008), of(0xF4EEE4));
    let stops = [(0.0, light.zenith), (0.6, light.middle), (1.0, light.horizon)];
    pen.stops(super::pen::rect(x, y, w, h), (y, y + h), &stops);
    if light.is_night() {
        pen.sphere(x + 0.33, y + 0.09, 0.028, light.star);
        for k in 0..24 {
            let (left, top) = (x + w * hash(7, k * 2), y + h * hash(7, k * 2 + 1));
            pen.ellipse(left, top, 0.0013, 0.0013, Rgb::WHITE.alpha(0.8));
        }
    } else {
        pen.ellipse(x + 0.34, y + 0.1, 0.03, 0.03, light.star);
    }
    let hills = [
        (x, y + h),
        (x, y + h * 0.78),
        (x + w * 0.3, y + h * 0.66),
        (x + w * 0.62, y + h * 0.8),
        (x + w, y + h * 0.7),
        (x + w, y + h),
    ];
    pen.polygon(&hills, light.land(Rgb::hex(0x5E8A58), 0.3));
    pen.block(x + w / 2.0 - 0.005, y, 0.01, h, of(0xF4EEE4));
    pen.block(x, y + h * 0.45, w, 0.009, of(0xF4EEE4));
    for (edge, fold) in [(x - 0.07, 1.0), (x + w + 0.07, -1.0)] {
        let inner = edge + 0.1 * fold;
        let cloth = polygon(&[
            (edge - 0.02 * fold, y - 0.05),
            (inner, y - 0.05),
            (inner - 0.03 * fold, y + 0.1),
            (inner - 0.045 * fold, 0.14),
            (edge - 0.03 * fold, 0.14),
        ]);
        pen.fade(cloth, (y, of(0xC4685A)), (0.14, of(0x8E4440)));
    }
}

/// A sofa and a picture.
fn furniture(pen: &mut Pen<'_>, sofa: Rgb, wood: Rgb) {
    pen.body(pill(-0.86, -0.02, 0.46, 0.2, 0.04), sofa);
    pen.body(pill(-0.9, 0.07, 0.54, 0.15, 0.04), sofa.lighter(0.08));
    pen.body(pill(-0.92, 0.04, 0.09, 0.19, 0.03), sofa.darker(0.08));
    pen.body(pill(-0.43, 0.04, 0.09, 0.19, 0.03), sofa.darker(0.08));
    pen.fill(pill(-0.78, -0.35, 0.2, 0.15, 0.004), wood);
    pen.block(-0.765, -0.335, 0.17, 0.12, Rgb::hex(0xBFD7E0).lit(sofa.lighter(0.8)));
    let hills = [(-0.765, -0.215), (-0.70, -0.3), (-0.65, -0.25), (-0.63, -0.28), (-0.595, -0.215)];
    pen.polygon(&hills, Rgb::hex(0x3E7A4E));
    let pot = polygon(&[(0.40, 0.12), (0.5, 0.12), (0.485, 0.22), (0.415, 0.22)]);
    pen.body(pot, Rgb::hex(0xB86A44).lit(sofa.lighter(0.7)));
}

/// Its leaves move a little.
fn plant(stage: &mut Stage<'_>, leaf: Rgb) {
    let time = stage.time;
    let mut pen = stage.at(0.5);
    for index in 0..7 {
        let lean = (index as f32 - 3.0) * 0.035 + 0.006 * (time + index as f32).sin();
        let tip = (0.45 + lean * 1.5, 0.12 - 0.17 + lean.abs() * 0.7);
        let (inner, outer) = (0.45 + lean * 0.4 - 0.015, 0.45 + lean * 0.9 + 0.015);
        let shape = [(0.445, 0.12), (inner, 0.05), tip, (outer, 0.05)];
        pen.polygon(&shape, leaf.lighter(0.04 * index as f32));
    }
}

pub(super) fn swirls(stage: &mut Stage<'_>) {
    let (half, seed, time, light) = (stage.half(), stage.seed, stage.time, stage.light);
    let sets = [
        [0x1B1464, 0x5F27CD, 0xFF6B6B, 0xFECA57, 0x48DBFB],
        [0x0B3954, 0x087E8B, 0xBFD7EA, 0xFF5A5F, 0xF9C784],
        [0x2D132C, 0x801336, 0xC72C41, 0xEE4540, 0xF7B267],
    ];
    let hues = sets[(hash(seed, 3) * 3.0) as usize % 3].map(Rgb::hex);
    let dim = if light.is_night() { 0.45 } else { 0.0 };
    stage.backdrop(&[(0.0, hues[0].darker(dim)), (1.0, hues[1].darker(dim))], -0.55, 0.55);
    stage.coarse(0.3, |pen| {
        for index in 0..9 {
            let turn = time * between(seed, index * 4, 0.2, 0.5) + TAU * hash(seed, index * 4 + 1);
            let (x, y) = (half * 0.75 * (turn + index as f32).cos(), 0.4 * (turn * 1.3).sin());
            let colour = hues[1 + index as usize % 4].darker(dim);
            pen.glow(x, y, between(seed, index * 4 + 2, 0.3, 0.6), colour.alpha(0.8));
        }
    });
    let mut pen = stage.at(0.7);
    for ribbon in 0..6 {
        let colour = hues[1 + ribbon as usize % 4].lighter(0.15).darker(dim);
        let at = between(seed, ribbon + 60, -0.35, 0.35);
        let wave = |x: f32, shift: f32| {
            at + 0.16 * (x * 2.6 + time * 0.8 + ribbon as f32 + shift).sin()
                + 0.05 * (x * 6.0 - time).cos()
        };
        let xs = (0..=80).map(|k| -half + half * k as f32 / 40.0);
        let mut points: Vec<_> = xs.clone().map(|x| (x, wave(x, 0.0))).collect();
        points.extend(xs.rev().map(|x| (x, wave(x, 0.35) + 0.025)));
        pen.fill(polygon(&points), colour.alpha(0.5));
    }
}
