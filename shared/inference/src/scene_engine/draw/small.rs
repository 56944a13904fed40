//! Small animals, each looking to the right, standing on 0 and 1 high.

use std::f32::consts::PI;

use tiny_skia::{Path, Transform};

use super::animals::eye;
use super::beasts::step;
use super::figures::Look;
use super::pen::{Pen, Rgb, blob, curve, joined, limb, oval, pill, polygon};

const INK: Rgb = Rgb::hex(0x1E1B22);

/// A hop: how high it is, 0 to 1, and how it climbs, -1 to 1. Between two hops it sits.
fn hop(phase: f32, pace: f32, moves: bool) -> (f32, f32) {
    let turn = (phase * pace).rem_euclid(1.0);
    let air = 0.72;
    if !moves || turn > air {
        return (0.0, 0.0);
    }
    let angle = turn / air * PI;
    (angle.sin(), angle.cos() * angle.sin().min(0.4) / 0.4)
}

/// A leg from a hip to a foot, with a knee that is so far before the straight line.
fn leg(hip: (f32, f32), foot: (f32, f32), (thick, thin): (f32, f32), knee: f32) -> Option<Path> {
    let middle = ((hip.0 + foot.0) / 2.0 + knee, (hip.1 + foot.1) / 2.0);
    limb(&[
        (hip.0, hip.1, thick),
        (middle.0, middle.1, thick * 0.4 + thin * 0.6),
        (foot.0, foot.1 - thin, thin),
    ])
}

pub(super) fn rabbit(pen: &mut Pen<'_>, look: &Look) {
    let Look { colour, phase, moves, .. } = *look;
    let (high, climb) = hop(phase, 1.7, moves);
    let tilt = Transform::from_rotate_at(-18.0 * climb, 0.0, -0.2);
    let mut pen = pen.within(tilt.post_translate(0.0, -0.3 * high));
    let pen = &mut pen;
    let twitch = look.wave(2.3).powi(5) * 0.04;
    let back = 0.16 * high + twitch;
    let far = limb(&[
        (0.32, -0.62, 0.045),
        (0.33 - back * 0.5, -0.8 + back * 0.1, 0.058),
        (0.36 - back * 1.5, -1.0 + back * 0.5, 0.026),
    ]);
    pen.body(far, colour.darker(0.22));
    pen.round(-0.5, -0.3, 0.1, 0.1, colour.lighter(0.65));
    let reach = 0.2 * high;
    let arm =
        |x: f32| leg((x, -0.3), (x + 0.06 + reach, -0.005 + reach * 0.3), (0.085, 0.045), 0.02);
    let foot = |x: f32| {
        let (s, c) = (0.75 * high).sin_cos();
        let heel = (x - 0.3 * high, -0.055 + 0.03 * high);
        limb(&[
            (heel.0, heel.1, 0.055),
            (heel.0 + 0.14 * c, heel.1 + 0.14 * s, 0.058),
            (heel.0 + 0.3 * c, heel.1 + 0.3 * s, 0.045),
        ])
    };
    pen.fill(arm(0.3), colour.darker(0.28));
    pen.fill(foot(-0.16), colour.darker(0.3));
    let trunk = blob(&[
        (-0.52, -0.12),
        (-0.52, -0.46),
        (-0.16, -0.66),
        (0.2, -0.56),
        (0.4, -0.44),
        (0.32, -0.14),
        (0.1, -0.03),
        (-0.3, -0.0),
    ]);
    let head = oval(0.31, -0.54, 0.19, 0.165);
    pen.body(joined([arm(0.2), foot(-0.28), trunk, head]), colour);
    let chest = blob(&[(0.2, -0.4), (0.38, -0.4), (0.36, -0.18), (0.2, -0.1), (0.12, -0.24)]);
    pen.fill(chest, colour.lighter(0.45).alpha(0.7));
    let haunch = curve(&[(-0.06, -0.1), (0.0, -0.26), (-0.1, -0.4), (-0.26, -0.44)]);
    pen.stroke_path(haunch, 0.016, colour.darker(0.28).alpha(0.55));
    let near = |thin: f32| {
        limb(&[
            (0.25, -0.62, 0.05 * thin),
            (0.2 - back * 0.6, -0.8 + back * 0.15, 0.064 * thin),
            (0.17 - back * 1.7, -1.0 + back * 0.7 + 0.04 * (1.0 - thin), 0.03 * thin),
        ])
    };
    pen.body(near(1.0), colour);
    pen.fill(near(0.55), look.hue(0xF2A9AE));
    pen.ellipse(0.4, -0.48, 0.1, 0.075, colour.lighter(0.5));
    eye(pen, 0.37, -0.585, 0.046);
    pen.ellipse(0.492, -0.53, 0.024, 0.019, look.hue(0xE07F8C));
    pen.stroke_path(curve(&[(0.485, -0.51), (0.47, -0.47), (0.43, -0.465)]), 0.011, INK.alpha(0.6));
    for dy in [-0.03, 0.015] {
        pen.stroke(&[(0.43, -0.49), (0.6, -0.5 + dy)], 0.007, INK.alpha(0.45));
    }
}

/// Sits, and leaps with its legs stretched.
pub(super) fn frog(pen: &mut Pen<'_>, look: &Look) {
    let Look { colour, phase, moves, .. } = *look;
    let (high, climb) = hop(phase, 1.3, moves);
    let tilt = Transform::from_rotate_at(-16.0 * climb, 0.0, -0.3);
    let mut pen = pen.within(tilt.post_translate(0.0, -0.75 * high));
    let pen = &mut pen;
    let to = |a: f32, b: f32| a + (b - a) * high;
    // Folded as a Z while it sits, and one line in the air.
    let thigh = |dx: f32| {
        limb(&[
            (-0.26 + dx, -0.28, 0.15),
            (to(-0.5, -0.54) + dx, to(-0.42, -0.3), 0.16),
            (to(-0.72, -0.84) + dx, to(-0.3, -0.18), 0.11),
        ])
    };
    let shin = |dx: f32| {
        let (knee, heel) =
            ((to(-0.76, -0.82) + dx, to(-0.24, -0.18)), (to(-0.5, -1.14) + dx, to(-0.06, -0.04)));
        let foot = (to(-0.12, -1.4) + dx, to(-0.045, 0.04));
        joined([
            limb(&[
                (knee.0, knee.1, 0.1),
                ((knee.0 + heel.0) / 2.0, (knee.1 + heel.1) / 2.0 + 0.02, 0.08),
                (heel.0, heel.1, 0.06),
                (foot.0, foot.1, 0.048),
            ]),
            limb(&[(foot.0 - 0.05, foot.1, 0.04), (foot.0 + 0.13, foot.1 - 0.06, 0.034)]),
            limb(&[(foot.0 - 0.05, foot.1, 0.04), (foot.0 + 0.18, foot.1 + 0.012, 0.034)]),
        ])
    };
    let arm = |x: f32| {
        let hand = (x + to(0.08, 0.3), to(-0.04, -0.02));
        joined([
            limb(&[(x, -0.4, 0.13), (x - to(0.05, -0.1), -0.18, 0.075), (hand.0, hand.1, 0.05)]),
            limb(&[(hand.0 - 0.02, hand.1, 0.038), (hand.0 + 0.15, hand.1 - 0.045, 0.034)]),
            limb(&[(hand.0 - 0.02, hand.1, 0.038), (hand.0 + 0.17, hand.1 + 0.012, 0.034)]),
        ])
    };
    pen.fill(joined([thigh(0.16), shin(0.16)]), colour.darker(0.4));
    pen.fill(arm(0.62), colour.darker(0.36));
    pen.round(0.66, -0.86, 0.16, 0.16, colour.darker(0.12));
    let trunk = blob(&[
        (-0.86, -0.1),
        (-0.7, -0.52),
        (-0.3, -0.78),
        (0.1, -0.9),
        (0.56, -0.92),
        (0.92, -0.76),
        (0.92, -0.46),
        (0.66, -0.14),
        (0.1, -0.02),
        (-0.5, -0.02),
    ]);
    let bump = oval(0.34, -0.84, 0.19, 0.18);
    pen.body(joined([trunk, bump]), colour);
    let pulse = 0.5 + 0.5 * look.wave(7.0);
    let belly =
        blob(&[(0.9, -0.46), (0.5, -0.48), (0.1, -0.4), (-0.1, -0.16), (0.2, -0.05), (0.7, -0.14)]);
    pen.fill(belly, colour.mix(look.hue(0xF4F0C4), 0.7));
    let grown = 1.0 + 0.3 * pulse * (1.0 - high);
    pen.round(0.62, -0.36, 0.22 * grown, 0.13 * grown, colour.mix(look.hue(0xFBF7D8), 0.82));
    let spot = colour.darker(0.26).alpha(0.75);
    for (x, y, r) in
        [(-0.42, -0.56, 0.09), (-0.14, -0.68, 0.075), (-0.2, -0.46, 0.06), (0.04, -0.56, 0.05)]
    {
        pen.ellipse(x, y, r, r * 0.75, spot);
    }
    pen.body(shin(0.0), colour.darker(0.16));
    pen.body(thigh(0.0), colour.lighter(0.02));
    pen.body(arm(0.4), colour.darker(0.02));
    frog_face(pen, look);
}

fn frog_face(pen: &mut Pen<'_>, look: &Look) {
    let colour = look.colour;
    let mouth = curve(&[(0.12, -0.54), (0.36, -0.48), (0.64, -0.5), (0.88, -0.62)]);
    pen.stroke_path(mouth, 0.026, colour.darker(0.6));
    pen.ellipse(0.84, -0.7, 0.015, 0.012, INK);
    for (x, y, r) in [(0.69, -0.88, 0.105), (0.37, -0.86, 0.125)] {
        pen.ellipse(x, y, r, r, look.hue(0xF7E59A));
        pen.ellipse(x + r * 0.15, y, r * 0.74, r * 0.5, INK);
        pen.ellipse(x + r * 0.4, y - r * 0.3, r * 0.2, r * 0.2, Rgb::WHITE);
    }
}

pub(super) fn turtle(pen: &mut Pen<'_>, look: &Look) {
    let Look { colour, phase, moves, .. } = *look;
    let walk = if moves { 1.0 } else { 0.12 };
    let beat = phase * 4.0;
    let skin = colour.mix(look.hue(0xD8CE8A), 0.55);
    let foot = |x: f32, late: f32| {
        let (ahead, up) = step(beat - late, 0.15 * walk, 0.1 * walk);
        (x + ahead, -up)
    };
    let paw = |x: f32, (fx, fy): (f32, f32)| {
        joined([
            limb(&[(x, -0.36, 0.17), ((x + fx) / 2.0, -0.2, 0.15), (fx, fy - 0.12, 0.12)]),
            pill(fx - 0.13, fy - 0.14, 0.32, 0.14, 0.06),
        ])
    };
    for (x, late) in [(0.62, PI * 1.5), (-0.42, PI * 0.5)] {
        pen.fill(paw(x, foot(x, late)), skin.darker(0.36));
    }
    let wag = 0.04 * look.wave(3.0);
    pen.body(
        blob(&[
            (-0.76, -0.44),
            (-1.02, -0.24 + wag),
            (-1.12, -0.12 + wag),
            (-0.9, -0.18),
            (-0.7, -0.22),
        ]),
        skin.darker(0.1),
    );
    let nod = 0.03 * look.wave(2.0) + 0.05 * walk * beat.sin();
    let neck = limb(&[(0.6, -0.4, 0.14), (0.9, -0.48, 0.125), (1.08 + nod, -0.66, 0.13)]);
    let (hx, hy) = (1.15 + nod, -0.72);
    let head = blob(&[
        (hx - 0.22, hy - 0.02),
        (hx - 0.18, hy - 0.2),
        (hx + 0.06, hy - 0.22),
        (hx + 0.26, hy - 0.08),
        (hx + 0.26, hy + 0.08),
        (hx + 0.06, hy + 0.16),
        (hx - 0.18, hy + 0.14),
    ]);
    pen.body(joined([neck, head]), skin);
    pen.stroke_path(
        curve(&[(hx + 0.04, hy + 0.05), (hx + 0.14, hy + 0.055), (hx + 0.21, hy + 0.02)]),
        0.02,
        skin.darker(0.6),
    );
    eye(pen, hx + 0.07, hy - 0.06, 0.05);
    let feet = [foot(0.44, PI * 0.5), foot(-0.58, PI * 1.5)];
    for ((x, late), (fx, fy)) in [(0.44, 0.0), (-0.58, 0.0)].into_iter().zip(feet) {
        pen.body(paw(x + late, (fx, fy)), skin.darker(0.06));
        for nail in 0..3 {
            pen.ellipse(
                fx + 0.05 + 0.055 * nail as f32,
                fy - 0.03,
                0.022,
                0.022,
                skin.lighter(0.5),
            );
        }
    }
    shell(pen, look);
}

/// A dome of plates.
fn shell(pen: &mut Pen<'_>, look: &Look) {
    let colour = look.colour;
    let base = colour.darker(0.16);
    let dome = blob(&[
        (-0.98, -0.3),
        (-0.9, -0.7),
        (-0.52, -1.04),
        (0.0, -1.1),
        (0.46, -1.0),
        (0.8, -0.68),
        (0.86, -0.3),
        (0.4, -0.22),
        (-0.5, -0.22),
    ]);
    pen.body(dome, base);
    let plate = colour.lighter(0.14);
    let seam = |points: &[(f32, f32)]| {
        // A little smaller than its place, so that the shell is seen between.
        let count = points.len() as f32;
        let (x, y) = points.iter().fold((0.0, 0.0), |sum, p| (sum.0 + p.0, sum.1 + p.1));
        let (x, y) = (x / count, y / count);
        let points: Vec<_> =
            points.iter().map(|p| (x + (p.0 - x) * 0.88, y + (p.1 - y) * 0.86)).collect();
        polygon(&points)
    };
    let plates: [&[(f32, f32)]; 7] = [
        &[(-0.26, -0.52), (-0.18, -0.84), (0.14, -0.84), (0.22, -0.52), (0.0, -0.4)],
        &[(-0.26, -0.52), (-0.18, -0.84), (-0.46, -0.86), (-0.68, -0.6), (-0.5, -0.42)],
        &[(0.22, -0.52), (0.14, -0.84), (0.4, -0.82), (0.6, -0.6), (0.46, -0.42)],
        &[(-0.18, -0.84), (0.14, -0.84), (0.1, -1.0), (-0.2, -1.01)],
        &[(-0.18, -0.84), (-0.2, -1.01), (-0.36, -0.97), (-0.46, -0.86)],
        &[(-0.68, -0.6), (-0.5, -0.42), (-0.58, -0.34), (-0.84, -0.36), (-0.82, -0.56)],
        &[(0.6, -0.6), (0.46, -0.42), (0.52, -0.34), (0.74, -0.36), (0.73, -0.54)],
    ];
    for points in plates {
        pen.body(seam(points), plate);
    }
    let rim = limb(&[
        (-0.88, -0.32, 0.06),
        (-0.4, -0.25, 0.075),
        (0.3, -0.25, 0.075),
        (0.8, -0.33, 0.055),
    ]);
    pen.body(rim, colour.mix(look.hue(0xE9D9A0), 0.45));
}
