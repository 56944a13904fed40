//! What goes on wheels, each looking to the right, standing on 0 and 1 high.

use std::f32::consts::{PI, TAU};

use tiny_skia::Transform;

use super::figures::Look;
use super::pen::{Pen, Rgb, arc, blob, curve, joined, oval, pill, polygon};

const INK: Rgb = Rgb::hex(0x22242C);
const GLASS: Rgb = Rgb::hex(0xBFE3F2);
const STEEL: u32 = 0xC9CDD4;

pub(super) fn car(pen: &mut Pen<'_>, colour: Rgb, phase: f32, night: bool, moves: bool) {
    if night {
        headlight(pen, (1.12, -0.3), 1.5);
    }
    pen.body(
        blob(&[
            (-0.72, -0.5),
            (-0.56, -0.98),
            (-0.1, -1.06),
            (0.36, -1.02),
            (0.72, -0.5),
            (0.4, -0.42),
            (-0.5, -0.42),
        ]),
        colour.darker(0.08),
    );
    pen.fill(
        polygon(&[(-0.5, -0.55), (-0.4, -0.86), (-0.06, -0.92), (-0.06, -0.55)]),
        GLASS.lit(colour.lighter(0.85)),
    );
    pen.fill(
        polygon(&[(0.02, -0.55), (0.02, -0.92), (0.3, -0.88), (0.52, -0.55)]),
        GLASS.lit(colour.lighter(0.85)),
    );
    pen.body(
        blob(&[
            (-1.1, -0.5),
            (-1.0, -0.62),
            (0.5, -0.6),
            (1.1, -0.52),
            (1.24, -0.3),
            (1.1, -0.14),
            (-1.08, -0.14),
            (-1.2, -0.3),
        ]),
        colour,
    );
    pen.stroke(&[(-0.95, -0.38), (1.0, -0.36)], 0.018, colour.lighter(0.4).alpha(0.7));
    pen.ellipse(1.08, -0.38, 0.06, 0.06, Rgb::hex(0xFFF4CC));
    pen.ellipse(-1.1, -0.4, 0.04, 0.06, Rgb::hex(0xE0302A));
    let turn = if moves { phase * 9.0 } else { 0.4 };
    for x in [-0.64, 0.66] {
        pen.ellipse(x, -0.19, 0.245, 0.245, INK.alpha(0.5));
        pen.ellipse(x, -0.19, 0.21, 0.21, INK);
        pen.ellipse(x, -0.19, 0.11, 0.11, Rgb::hex(0xC9CDD4));
        for spoke in 0..3 {
            let (s, c) = (turn + spoke as f32 * 1.047).sin_cos();
            pen.stroke(
                &[(x - 0.1 * c, -0.19 - 0.1 * s), (x + 0.1 * c, -0.19 + 0.1 * s)],
                0.022,
                Rgb::hex(0x7A8089),
            );
        }
    }
}

/// What a lamp throws ahead and down.
fn headlight(pen: &mut Pen<'_>, (x, y): (f32, f32), far: f32) {
    let beam = polygon(&[(x, y - 0.07), (x + far, -0.2), (x + far, 0.06), (x, y + 0.07)]);
    pen.ray(beam, (x, y), (x + far, y * 0.4), Rgb::hex(0xFFF1B8).alpha(0.5));
}

pub(super) fn bicycle(pen: &mut Pen<'_>, look: &Look) {
    let Look { colour, phase, night, moves, .. } = *look;
    let turn = if moves { phase * 7.0 } else { 0.3 + 0.05 * phase.sin() };
    let (hub, rear, front) = ((-0.07, -0.31), (-0.55, -0.345), (0.57, -0.345));
    let steel = look.hue(STEEL);
    if night {
        headlight(pen, (0.62, -0.71), 1.3);
    }
    crank(pen, look, hub, turn * 0.45 + PI);
    for (x, y) in [rear, front] {
        wheel(pen, look, (x, y), turn);
    }
    for (x, y) in [rear, front] {
        pen.stroke_path(
            curve(&arc((x, y), (0.375, 0.375), -2.75, -0.85)),
            0.028,
            colour.darker(0.25),
        );
    }
    let (seat, head) = ((-0.2, -0.76), (0.37, -0.8));
    let neck = (0.405, -0.68);
    for points in [[rear, hub], [rear, seat]] {
        pen.stroke(&points, 0.034, colour.darker(0.15));
    }
    pen.stroke_path(curve(&[neck, (0.46, -0.5), front]), 0.042, colour.darker(0.1));
    for points in [[hub, neck], [(-0.18, -0.7), head], [hub, seat]] {
        pen.stroke(&points, 0.055, colour);
        let [from, to] = points;
        pen.stroke(
            &[(from.0 - 0.006, from.1 - 0.012), (to.0 - 0.006, to.1 - 0.012)],
            0.012,
            colour.lighter(0.5).alpha(0.7),
        );
    }
    pen.stroke(&[head, neck], 0.07, colour.darker(0.08));
    pen.stroke(&[hub, (rear.0, rear.1 + 0.04)], 0.012, INK);
    pen.stroke(&[(hub.0, hub.1 - 0.075), (rear.0, rear.1 - 0.035)], 0.012, INK);
    pen.ellipse(rear.0, rear.1, 0.045, 0.045, INK);
    pen.ellipse(hub.0, hub.1, 0.085, 0.085, steel.darker(0.2));
    pen.ellipse(hub.0, hub.1, 0.055, 0.055, INK);
    crank(pen, look, hub, turn * 0.45);
    pen.stroke(&[seat, (-0.225, -0.86)], 0.035, steel);
    let saddle = blob(&[
        (-0.42, -0.92),
        (-0.24, -0.94),
        (0.0, -0.9),
        (0.0, -0.86),
        (-0.2, -0.85),
        (-0.38, -0.82),
    ]);
    pen.body(saddle, look.hue(0x5B3A26));
    pen.stroke(&[head, (0.345, -0.92)], 0.032, steel);
    let bar = curve(&[(0.345, -0.92), (0.41, -0.98), (0.34, -1.02), (0.2, -0.98)]);
    pen.stroke_path(bar, 0.034, steel.darker(0.35));
    pen.stroke(&[(0.24, -0.99), (0.13, -0.965)], 0.052, look.hue(0x5B3A26));
    pen.round(0.585, -0.72, 0.055, 0.05, steel);
    pen.ellipse(0.625, -0.72, 0.022, 0.042, Rgb::hex(0xFFF4CC));
    pen.ellipse(-0.92, -0.43, 0.028, 0.035, Rgb::hex(0xE0302A));
    if night {
        pen.glow(0.63, -0.72, 0.22, Rgb::hex(0xFFE9A8).alpha(0.8));
        pen.glow(-0.92, -0.43, 0.14, Rgb::hex(0xFF4A3A).alpha(0.7));
    }
}

/// With spokes.
fn wheel(pen: &mut Pen<'_>, look: &Look, (x, y): (f32, f32), turn: f32) {
    let steel = look.hue(STEEL);
    for spoke in 0..7 {
        let (s, c) = (turn + spoke as f32 * PI / 7.0).sin_cos();
        pen.stroke(
            &[(x - 0.3 * c, y - 0.3 * s), (x + 0.3 * c, y + 0.3 * s)],
            0.009,
            steel.alpha(0.9),
        );
    }
    pen.stroke_path(oval(x, y, 0.292, 0.292), 0.022, steel);
    pen.stroke_path(oval(x, y, 0.32, 0.32), 0.046, INK);
    // What shows that it turns.
    for side in [0.0, PI] {
        let (s, c) = (turn + side + 0.2).sin_cos();
        pen.ellipse(x + 0.2 * c, y + 0.2 * s, 0.034, 0.034, Rgb::hex(0xFFA63D));
    }
    pen.ellipse(x, y, 0.04, 0.04, steel.darker(0.3));
}

fn crank(pen: &mut Pen<'_>, look: &Look, (x, y): (f32, f32), turn: f32) {
    let (s, c) = turn.sin_cos();
    let end = (x + 0.17 * c, y + 0.17 * s);
    pen.stroke(&[(x, y), end], 0.03, look.hue(0x8D939C));
    pen.stroke(&[(end.0 - 0.055, end.1), (end.0 + 0.055, end.1)], 0.035, INK);
}

/// A locomotive and a carriage.
pub(super) fn train(pen: &mut Pen<'_>, look: &Look) {
    let Look { colour, phase, night, moves, .. } = *look;
    let turn = if moves { phase * 6.0 } else { 0.6 };
    let black = look.hue(0x2E3038);
    let gold = look.hue(0xE3B448);
    let mut pen = pen.within(Transform::from_translate(0.22, 0.0));
    let pen = &mut pen;
    if night {
        headlight(pen, (1.4, -0.55), 1.9);
    }
    if moves {
        steam(pen, look, (1.05, -1.02));
    }
    carriage(pen, look, turn);
    pen.stroke(&[(-0.5, -0.24), (-0.24, -0.24)], 0.06, black);
    // Frame, boiler, cab and what is on it.
    pen.body(pill(-0.3, -0.34, 1.66, 0.13, 0.03), black.lighter(0.1));
    pen.body(
        polygon(&[(1.3, -0.3), (1.5, -0.04), (1.5, 0.0), (1.2, 0.0), (1.22, -0.3)]),
        look.hue(0xC23B33),
    );
    for x in [1.27, 1.34, 1.41] {
        pen.stroke(&[(x, -0.24), (x + 0.03, -0.02)], 0.018, look.hue(0xF4DCA0));
    }
    let stack = polygon(&[
        (0.95, -0.7),
        (0.96, -0.94),
        (0.9, -1.03),
        (1.2, -1.03),
        (1.14, -0.94),
        (1.15, -0.7),
    ]);
    pen.body(stack, black);
    pen.body(pill(0.88, -1.06, 0.34, 0.06, 0.02), gold);
    pen.body(
        blob(&[(0.5, -0.7), (0.5, -0.92), (0.6, -0.94), (0.72, -0.94), (0.78, -0.9), (0.78, -0.7)]),
        gold,
    );
    pen.body(pill(0.1, -0.78, 1.1, 0.47, 0.05), colour);
    pen.fill(pill(0.12, -0.72, 1.0, 0.06, 0.03), colour.lighter(0.5).alpha(0.55));
    for x in [0.42, 0.82] {
        pen.block(x, -0.78, 0.045, 0.47, gold);
    }
    pen.body(pill(1.06, -0.8, 0.3, 0.51, 0.06), black);
    pen.ellipse(1.36, -0.55, 0.035, 0.2, black.lighter(0.16));
    pen.body(pill(-0.27, -0.98, 0.48, 0.68, 0.03), colour.darker(0.06));
    pen.body(pill(-0.36, -1.06, 0.66, 0.11, 0.05), black);
    window(pen, look, (-0.18, -0.88, 0.28, 0.25));
    pen.block(-0.27, -0.42, 0.48, 0.035, gold);
    pen.round(1.36, -0.66, 0.075, 0.075, gold);
    pen.ellipse(1.385, -0.66, 0.045, 0.055, Rgb::hex(0xFFF4CC));
    if night {
        pen.glow(1.4, -0.66, 0.34, Rgb::hex(0xFFE9A8).alpha(0.85));
    }
    for x in [0.02, 0.42] {
        iron_wheel(pen, look, (x, -0.19), 0.19, turn);
    }
    for x in [0.82, 1.08] {
        iron_wheel(pen, look, (x, -0.12), 0.12, turn * 1.6);
    }
    let (s, c) = turn.sin_cos();
    let (px, py) = (0.1 * c, -0.19 + 0.1 * s);
    pen.stroke(&[(0.02 + px, py), (0.42 + px, py)], 0.04, look.hue(STEEL));
    pen.stroke(&[(0.42 + px, py), (0.92, -0.25)], 0.034, look.hue(STEEL).darker(0.15));
    pen.body(pill(0.84, -0.34, 0.28, 0.14, 0.03), black.lighter(0.16));
}

fn carriage(pen: &mut Pen<'_>, look: &Look, turn: f32) {
    let colour = look.colour.darker(0.1);
    let black = look.hue(0x2E3038);
    pen.body(pill(-1.9, -0.3, 1.42, 0.1, 0.03), black.lighter(0.1));
    pen.body(pill(-1.94, -0.9, 1.5, 0.64, 0.05), colour);
    pen.fill(pill(-1.94, -0.8, 1.5, 0.3, 0.02), look.hue(0xF6E7C4));
    pen.body(pill(-2.0, -0.97, 1.62, 0.12, 0.055), black.lighter(0.06));
    for index in 0..4 {
        window(pen, look, (-1.84 + 0.345 * index as f32, -0.76, 0.26, 0.22));
    }
    pen.block(-1.94, -0.4, 1.5, 0.03, look.hue(0xE3B448));
    for x in [-1.7, -1.38, -0.98, -0.66] {
        iron_wheel(pen, look, (x, -0.125), 0.125, turn * 1.5);
    }
}

fn window(pen: &mut Pen<'_>, look: &Look, (x, y, width, height): (f32, f32, f32, f32)) {
    let frame = look.hue(0x5B3A26);
    pen.fill(pill(x - 0.02, y - 0.02, width + 0.04, height + 0.04, 0.03), frame);
    if look.night {
        pen.fill(pill(x, y, width, height, 0.02), Rgb::hex(0xFFD98A));
        pen.glow(x + width / 2.0, y + height / 2.0, 0.34, Rgb::hex(0xFFC873).alpha(0.55));
        return;
    }
    pen.fill(pill(x, y, width, height, 0.02), look.hue(0xA9D5EA));
    pen.polygon(
        &[
            (x + width * 0.2, y + height),
            (x + width * 0.55, y),
            (x + width * 0.78, y),
            (x + width * 0.43, y + height),
        ],
        Rgb::WHITE.alpha(0.4),
    );
}

fn iron_wheel(pen: &mut Pen<'_>, look: &Look, (x, y): (f32, f32), r: f32, turn: f32) {
    pen.ellipse(x, y, r, r, INK);
    pen.ellipse(x, y, r * 0.76, r * 0.76, look.hue(0xB9352E));
    pen.ellipse(x, y, r * 0.62, r * 0.62, INK.lighter(0.08));
    for spoke in 0..4 {
        let (s, c) = (turn + spoke as f32 * PI / 4.0).sin_cos();
        let (dx, dy) = (r * 0.68 * c, r * 0.68 * s);
        pen.stroke(&[(x - dx, y - dy), (x + dx, y + dy)], r * 0.12, look.hue(0xB9352E));
    }
    pen.ellipse(x, y, r * 0.2, r * 0.2, look.hue(0xE3B448));
}

/// Puffs that rise and stay behind.
fn steam(pen: &mut Pen<'_>, look: &Look, (x, y): (f32, f32)) {
    const PUFFS: i32 = 9;
    for puff in (0..PUFFS).rev() {
        let age = (look.phase * 0.55 + puff as f32 / PUFFS as f32).rem_euclid(1.0);
        let sway = 0.05 * (puff as f32 * 2.1 + age * TAU).sin();
        let (px, py) = (x - 1.5 * age * age - 0.25 * age, y - 0.62 * age.sqrt() + sway);
        let r = 0.06 + 0.2 * age;
        let alpha = (1.0 - age * age) * (age * 12.0).min(1.0);
        let white = look.hue(0xF4F5F8);
        let puff = joined([
            oval(px, py, r, r * 0.9),
            oval(px - r * 0.7, py + r * 0.25, r * 0.68, r * 0.6),
            oval(px + r * 0.6, py + r * 0.3, r * 0.6, r * 0.55),
        ]);
        pen.fade(
            puff,
            (py - r, white.alpha(0.92 * alpha)),
            (py + r, white.darker(0.16).alpha(0.85 * alpha)),
        );
    }
}
