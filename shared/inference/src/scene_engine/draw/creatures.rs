//! A dragon and a jellyfish, each looking to the right, its middle half as high as the whole.

use std::f32::consts::{PI, TAU};

use tiny_skia::{Path, PathBuilder, Transform};

use super::figures::Look;
use super::pen::{Pen, Rgb, blob, curve, joined, limb, oval, polygon};

const INK: Rgb = Rgb::hex(0x1E1B22);

pub(super) fn dragon(pen: &mut Pen<'_>, look: &Look) {
    let Look { colour, phase, moves, .. } = *look;
    let beat = phase * 6.0;
    let flap = beat.sin();
    let mut pen = pen.within(Transform::from_translate(0.16, 0.035 * flap));
    let pen = &mut pen;
    let wag = look.wave(2.6) * 0.07;
    let bone = look.hue(0xF3E7C8);
    wing(pen, look, (0.2, -0.6), (beat - 0.25).sin(), 0.3);
    claws(pen, (0.3, -0.4), (0.34, -0.26), (0.47, -0.23), colour.darker(0.34), bone);
    claws(pen, (-0.2, -0.36), (-0.14, -0.2), (-0.24, -0.08), colour.darker(0.34), bone);
    let spine = [
        (-1.22, -0.36 + wag * 1.6, 0.012),
        (-1.0, -0.27 + wag, 0.036),
        (-0.72, -0.3 + wag * 0.4, 0.07),
        (-0.38, -0.42, 0.13),
        (0.0, -0.45, 0.185),
        (0.27, -0.51, 0.145),
        (0.43, -0.66, 0.095),
        (0.55, -0.8, 0.085),
    ];
    spikes(pen, look, &spine);
    let end = (-1.22, -0.36 + wag * 1.6);
    pen.body(
        polygon(&[
            (end.0 + 0.06, end.1 + 0.01),
            (end.0 - 0.02, end.1 - 0.12),
            (end.0 - 0.2, end.1 - 0.04),
            (end.0 - 0.04, end.1 + 0.1),
        ]),
        look.accent(),
    );
    let mouth = if moves { fire(pen, phase) } else { 0.0 };
    let jaw = limb(&[
        (0.56, -0.76, 0.05),
        (0.7, -0.73 + mouth * 0.03, 0.042),
        (0.84, -0.7 + mouth * 0.07, 0.026),
    ]);
    pen.body(jaw, colour.darker(0.12));
    let head = limb(&[
        (0.56, -0.82, 0.1),
        (0.7, -0.815, 0.078),
        (0.82, -0.775, 0.056),
        (0.91, -0.765, 0.05),
    ]);
    pen.body(joined([limb(&spine), head]), colour);
    belly(pen, look);
    claws(pen, (0.2, -0.38), (0.26, -0.22), (0.4, -0.2), colour.darker(0.08), bone);
    claws(pen, (-0.3, -0.38), (-0.26, -0.18), (-0.38, -0.07), colour.darker(0.08), bone);
    dragon_face(pen, look, bone);
    wing(pen, look, (0.02, -0.55), flap, 0.0);
}

/// Spikes along the back.
fn spikes(pen: &mut Pen<'_>, look: &Look, spine: &[(f32, f32, f32)]) {
    let steps = spine.windows(3).filter_map(|near| <[_; 3]>::try_from(near).ok());
    for [before, (x, y, r), next] in steps {
        let (dx, dy): (f32, f32) = (next.0 - before.0, next.1 - before.1);
        let long = dx.hypot(dy);
        let (tx, ty) = (dx / long, dy / long);
        let (nx, ny) = (ty, -tx);
        let size = 0.05 + r * 0.25;
        for shift in [-0.055, 0.075] {
            let (bx, by) = (x + nx * r * 0.86 + tx * shift, y + ny * r * 0.86 + ty * shift);
            pen.polygon(
                &[
                    (bx + tx * size * 0.7, by + ty * size * 0.7),
                    (bx + nx * size - tx * size * 0.7, by + ny * size - ty * size * 0.7),
                    (bx - tx * size * 0.7, by - ty * size * 0.7),
                ],
                look.accent(),
            );
        }
    }
}

fn dragon_face(pen: &mut Pen<'_>, look: &Look, bone: Rgb) {
    let colour = look.colour;
    for (x, dark) in [(0.56, 0.12), (0.5, 0.0)] {
        let horn =
            limb(&[(x + 0.03, -0.88, 0.034), (x - 0.08, -0.98, 0.024), (x - 0.2, -1.0, 0.006)]);
        pen.body(horn, bone.darker(dark));
    }
    let frill = blob(&[(0.52, -0.82), (0.36, -0.9), (0.4, -0.8), (0.34, -0.72), (0.5, -0.74)]);
    pen.body(frill, colour.darker(0.28));
    pen.ellipse(0.915, -0.785, 0.013, 0.011, INK);
    pen.stroke_path(curve(&[(0.64, -0.755), (0.78, -0.735), (0.93, -0.74)]), 0.012, INK.alpha(0.7));
    for x in [0.8, 0.87] {
        pen.polygon(&[(x, -0.745), (x + 0.028, -0.745), (x + 0.014, -0.7)], Rgb::WHITE);
    }
    pen.ellipse(0.69, -0.845, 0.038, 0.036, Rgb::hex(0xFFD94A));
    pen.ellipse(0.697, -0.845, 0.012, 0.032, INK);
    pen.stroke(&[(0.645, -0.895), (0.735, -0.868)], 0.02, colour.darker(0.45));
}

/// An arm or a leg with three claws.
fn claws(
    pen: &mut Pen<'_>,
    hip: (f32, f32),
    knee: (f32, f32),
    foot: (f32, f32),
    colour: Rgb,
    bone: Rgb,
) {
    for turn in [-0.5_f32, 0.2, 0.9] {
        let (s, c) = turn.sin_cos();
        pen.stroke(&[foot, (foot.0 + 0.07 * c, foot.1 + 0.07 * s)], 0.022, bone);
    }
    pen.body(
        limb(&[(hip.0, hip.1, 0.09), (knee.0, knee.1, 0.058), (foot.0, foot.1, 0.038)]),
        colour,
    );
}

/// Plates below, from the tail to the throat.
fn belly(pen: &mut Pen<'_>, look: &Look) {
    let hue = look.colour.mix(look.hue(0xF7DFA0), 0.68);
    let path = limb(&[
        (-0.6, -0.29, 0.022),
        (-0.34, -0.355, 0.052),
        (0.02, -0.34, 0.075),
        (0.28, -0.435, 0.066),
        (0.44, -0.6, 0.05),
        (0.56, -0.735, 0.03),
    ]);
    pen.body(path, hue);
    for (x, y, dx, dy) in [
        (-0.42, -0.33, 0.02, 0.055),
        (-0.26, -0.35, 0.02, 0.075),
        (-0.08, -0.345, 0.01, 0.08),
        (0.1, -0.36, -0.01, 0.08),
        (0.25, -0.42, -0.035, 0.06),
        (0.37, -0.52, -0.04, 0.035),
        (0.47, -0.635, -0.04, 0.025),
    ] {
        pen.stroke(&[(x - dx, y - dy * 0.7), (x + dx, y + dy * 0.75)], 0.012, hue.darker(0.3));
    }
}

/// Breathes now and then; how far the mouth is open, 0 to 1.
fn fire(pen: &mut Pen<'_>, phase: f32) -> f32 {
    let breath = (phase * 2.1 - 0.9).sin();
    if breath < 0.2 {
        return (breath + 0.3).max(0.0) * 2.0;
    }
    let far = (breath - 0.2) / 0.8;
    let lick = (phase * 23.0).sin() * 0.03;
    pen.glow(1.0 + 0.2 * far, -0.68, 0.45 * far, Rgb::hex(0xFF9A2E).alpha(0.7));
    for (long, wide, hue) in
        [(0.62, 0.12, 0xFF7A1F), (0.46, 0.08, 0xFFB637), (0.3, 0.045, 0xFFF2B0)]
    {
        let end = 0.86 + long * far;
        let flame = limb(&[
            (0.84, -0.725, 0.018),
            (0.86 + long * far * 0.45, -0.7 + lick * 0.5, wide * far * 0.7),
            (0.86 + long * far * 0.8, -0.66 - lick, wide * far),
            (end, -0.66 - lick * 2.0, wide * far * 0.3),
        ]);
        pen.fill(flame, Rgb::hex(hue).alpha(0.92));
    }
    1.0
}

/// A wing of three fingers with skin between them.
fn wing(pen: &mut Pen<'_>, look: &Look, (x, y): (f32, f32), flap: f32, dark: f32) {
    let lift = 0.36 + 0.72 * flap;
    // When it is raised its tip follows, and when it falls it leads. It is seen a little from above, so
    // that it never is but a line.
    let at = |along: f32, up: f32, behind: f32| {
        (x + along - 0.1 * (1.0 - flap) * up, y - up * lift - 0.02 + 0.15 * behind)
    };
    let (root, wrist) = (at(0.0, 0.0, 0.0), at(0.06, 0.44, -0.3));
    let tips =
        [at(-0.72, 0.78, -0.5), at(-0.8, 0.4, 0.5), at(-0.68, 0.1, 1.0), at(-0.42, -0.04, 0.6)];
    let skin = look.colour.mix(look.hue(0xFFC06A), 0.42).darker(dark);
    let mut path = PathBuilder::new();
    path.move_to(root.0, root.1);
    path.line_to(wrist.0, wrist.1);
    let ridge = at(-0.3, 0.78, -0.9);
    path.quad_to(ridge.0, ridge.1, tips[0].0, tips[0].1);
    for pair in tips.windows(2) {
        let [from, to] = pair else { continue };
        // Hollow between two fingers.
        let middle = ((from.0 + to.0) / 2.0, (from.1 + to.1) / 2.0);
        let (cx, cy) =
            (middle.0 + (wrist.0 - middle.0) * 0.3, middle.1 + (wrist.1 - middle.1) * 0.3);
        path.quad_to(cx, cy, to.0, to.1);
    }
    path.close();
    pen.body(path.finish(), skin);
    let finger = look.colour.darker(0.3 + dark * 0.6);
    for tip in tips.into_iter().skip(1) {
        let (mx, my) = ((wrist.0 + tip.0) / 2.0, (wrist.1 + tip.1) / 2.0);
        let bow = curve(&[wrist, (mx - 0.02, my - 0.05 * lift), tip]);
        pen.stroke_path(bow, 0.018, finger);
    }
    let arm = limb(&[(root.0, root.1, 0.06), (wrist.0, wrist.1, 0.032)]);
    pen.fill(arm, finger.lighter(0.08));
    let mut edge = PathBuilder::new();
    edge.move_to(wrist.0, wrist.1);
    edge.quad_to(ridge.0, ridge.1, tips[0].0, tips[0].1);
    pen.stroke_path(edge.finish(), 0.034, finger.lighter(0.08));
    pen.stroke(&[wrist, at(0.12, 0.5, -0.3)], 0.026, look.hue(0xF3E7C8).darker(dark));
}

pub(super) fn jellyfish(pen: &mut Pen<'_>, look: &Look) {
    let Look { colour, phase, night, .. } = *look;
    let pulse = look.wave(3.2);
    let wide = 0.4 * (1.0 - 0.12 * pulse);
    let (top, rim) = (-1.0 - 0.03 * pulse, -0.56 + 0.05 * pulse);
    let glow = colour.lighter(0.3);
    pen.glow(0.0, -0.72, 0.95, glow.alpha(if night { 0.6 } else { 0.32 }));
    // Each hangs from the rim and follows the bell late.
    let strand = |x: f32, long: f32, pace: f32, wild: f32| {
        let points: Vec<(f32, f32)> = (0..=9)
            .map(|step| {
                let down = step as f32 / 9.0;
                let sway = (phase * pace - down * 5.0 + x * 6.0).sin() * wild * down;
                (x * (1.0 - 0.25 * down) + sway, rim - 0.02 + long * down)
            })
            .collect();
        points
    };
    for index in 0..8 {
        let x = wide * (-0.9 + 1.8 * index as f32 / 7.0);
        let long = 0.5 + 0.14 * (index as f32 * 2.4).sin();
        pen.stroke_path(curve(&strand(x, long, 2.6, 0.06)), 0.016, glow.alpha(0.75));
    }
    for (x, long) in [(-0.13, 0.4), (0.13, 0.42), (0.0, 0.46)] {
        let arm: Vec<(f32, f32, f32)> = strand(x, long, 2.2, 0.05)
            .into_iter()
            .enumerate()
            .map(|(step, (x, y))| {
                let frill = 0.012 * (step as f32 * 2.6 + phase * 3.0).sin();
                (x, y, (0.055 - 0.0055 * step as f32 + frill).max(0.006))
            })
            .collect();
        pen.fill(limb(&arm), colour.lighter(0.5).alpha(0.62));
    }
    pen.fill(oval(0.0, rim, wide * 0.93, 0.075), colour.darker(0.4).alpha(0.75));
    bell(pen, colour, (wide, top, rim));
}

fn bell(pen: &mut Pen<'_>, colour: Rgb, (wide, top, rim): (f32, f32, f32)) {
    let dome = |k: f32, lobes: i32| -> Option<Path> {
        let (w, t) = (wide * k, rim + (top - rim) * k);
        let mut path = PathBuilder::new();
        path.move_to(-w, rim);
        path.cubic_to(-w * 1.12, rim + (t - rim) * 0.7, -w * 0.6, t, 0.0, t);
        path.cubic_to(w * 0.6, t, w * 1.12, rim + (t - rim) * 0.7, w, rim);
        for lobe in 0..lobes {
            let from = w - 2.0 * w * lobe as f32 / lobes as f32;
            let to = w - 2.0 * w * (lobe + 1) as f32 / lobes as f32;
            path.quad_to((from + to) / 2.0, rim + 0.12, to, rim);
        }
        path.close();
        path.finish()
    };
    pen.stops(
        dome(1.0, 7),
        (top, rim + 0.06),
        &[
            (0.0, colour.lighter(0.42).alpha(0.96)),
            (0.5, colour.alpha(0.9)),
            (1.0, colour.darker(0.2).alpha(0.85)),
        ],
    );
    pen.fill(dome(0.74, 1), colour.lighter(0.45).alpha(0.28));
    for index in 0..4 {
        let x = wide * (-0.42 + 0.28 * index as f32);
        let y = rim - 0.17 - 0.05 * (index as f32 / 3.0 * PI).sin();
        pen.stroke_path(oval(x, y, 0.042, 0.06), 0.018, colour.lighter(0.75).alpha(0.6));
    }
    for (angle, far) in [(3.6, 0.72), (4.2, 0.8), (5.3, 0.78), (5.9, 0.7), (4.75, 0.55)] {
        let (s, c) = (angle % TAU).sin_cos();
        let (x, y) = (wide * far * c, rim + (rim - top) * far * s);
        pen.ellipse(x, y, 0.02, 0.015, Rgb::WHITE.alpha(0.55));
    }
    let shine = limb(&[
        (-wide * 0.72, rim - 0.16, 0.012),
        (-wide * 0.62, rim - 0.27, 0.026),
        (-wide * 0.36, top + 0.08, 0.012),
    ]);
    pen.fill(shine, Rgb::WHITE.alpha(0.6));
}
