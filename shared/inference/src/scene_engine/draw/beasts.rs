//! Large animals on four legs, each looking to the right, standing on 0 and 1 high.

use std::f32::consts::{FRAC_PI_2, PI};

use tiny_skia::{Path, Transform};

use super::animals::eye;
use super::figures::Look;
use super::pen::{Pen, Rgb, blob, curve, joined, limb, oval, pill};

const INK: Rgb = Rgb::hex(0x1E1B22);

/// Where a foot is before its usual place, and how high: on the ground it goes back, in the air forward.
pub(super) fn step(angle: f32, long: f32, high: f32) -> (f32, f32) {
    let (s, c) = angle.sin_cos();
    (long * s, high * c.max(0.0))
}

/// A gallop: hind legs push, then all are in the air, then the fore legs land.
pub(super) fn horse(pen: &mut Pen<'_>, look: &Look) {
    let Look { colour, phase, moves, .. } = *look;
    let run = f32::from(moves);
    let beat = phase * 10.0;
    let hair = look.accent();
    let pitch = 0.055 * run * beat.sin();
    let rise = -0.035 * run * (1.0 - (beat + 0.6).cos());
    let mut pen = pen.within(Transform::from_rotate(pitch.to_degrees()).post_translate(0.0, rise));
    let pen = &mut pen;
    let [fore, hind] = horse_legs(pen, look, beat);
    let sway = look.wave(4.0) * 0.05 + (beat + 1.0).sin() * 0.05 * run;
    let tail = limb(&[
        (-0.5, -0.68, 0.04),
        (-0.62 - 0.04 * run, -0.68 - 0.04 * run, 0.062),
        (-0.7 - 0.12 * run, -0.5 - 0.14 * run + sway * 0.5, 0.066),
        (-0.7 - 0.26 * run, -0.26 - 0.28 * run + sway, 0.012),
    ]);
    pen.body(tail, hair);
    let ear = blob(&[(0.46, -0.95), (0.47, -1.1), (0.55, -1.0), (0.55, -0.92)]);
    pen.fill(ear, colour.darker(0.25));
    let trunk = blob(&[
        (-0.58, -0.56),
        (-0.55, -0.78),
        (-0.28, -0.8),
        (-0.02, -0.69),
        (0.2, -0.76),
        (0.4, -0.74),
        (0.43, -0.5),
        (0.22, -0.38),
        (-0.1, -0.4),
        (-0.36, -0.42),
        (-0.52, -0.42),
    ]);
    let neck = limb(&[(0.2, -0.6, 0.19), (0.36, -0.79, 0.118), (0.49, -0.92, 0.085)]);
    let head = limb(&[(0.49, -0.92, 0.085), (0.58, -0.865, 0.078), (0.73, -0.74, 0.052)]);
    pen.body(joined([fore, hind, trunk, neck, head]), colour);
    horse_face(pen, look, run * (0.03 + (beat + 2.0).sin() * 0.025));
}

/// Draws the far legs and all hooves; the near legs, which go with the body.
fn horse_legs(pen: &mut Pen<'_>, look: &Look, beat: f32) -> [Option<Path>; 2] {
    let Look { colour, moves, .. } = *look;
    let run = f32::from(moves);
    let hoof = look.hue(0x2A2421);
    // A leg and its hoof, by when it steps, where it is, whether it is a hind leg, and where it rests.
    let leg = |late: f32, x: f32, hind: bool, rest: f32| {
        let (ahead, up) = step(beat - late, 0.27 * run, if hind { 0.16 } else { 0.22 } * run);
        let (fx, fy) = (x + ahead + if moves { 0.0 } else { rest }, -0.03 - up);
        let bend = if hind { -0.055 - up * 0.12 } else { 0.012 + up * 0.45 };
        let path = limb(&[
            (x, -0.52, if hind { 0.125 } else { 0.095 }),
            (x + 0.42 * (fx - x) + bend * 0.6, -0.3 - up * 0.45, 0.052),
            (x + 0.7 * (fx - x) + bend, -0.18 - up * 0.75, 0.034),
            (fx, fy - 0.035, 0.03),
        ]);
        let tip = blob(&[
            (fx - 0.045, fy - 0.05),
            (fx + 0.04, fy - 0.05),
            (fx + 0.085, fy + 0.03),
            (fx - 0.055, fy + 0.03),
        ]);
        (path, tip)
    };
    for (path, tip) in [leg(0.5, 0.28, false, 0.05), leg(3.5, -0.36, true, -0.03)] {
        pen.fill(path, colour.darker(0.34));
        pen.fill(tip, hoof);
    }
    [leg(0.0, 0.22, false, -0.03), leg(3.0, -0.42, true, 0.05)].map(|(path, tip)| {
        pen.fill(tip, hoof);
        path
    })
}

fn horse_face(pen: &mut Pen<'_>, look: &Look, flow: f32) {
    let Look { colour, .. } = *look;
    let hair = look.accent();
    pen.fill(
        blob(&[(0.67, -0.8), (0.77, -0.76), (0.79, -0.68), (0.71, -0.67), (0.65, -0.72)]),
        colour.mix(look.hue(0x4A3A38), 0.35),
    );
    pen.ellipse(0.752, -0.735, 0.012, 0.015, INK);
    pen.stroke_path(
        curve(&[(0.69, -0.69), (0.735, -0.695), (0.765, -0.69)]),
        0.012,
        INK.alpha(0.6),
    );
    let mane = blob(&[
        (0.6, -0.99),
        (0.5, -1.06),
        (0.38, -1.0 - flow),
        (0.24 - flow, -0.88 - flow),
        (0.12 - flow, -0.74 - flow),
        (0.2, -0.66),
        (0.31, -0.72),
        (0.39, -0.86),
        (0.5, -0.93),
        (0.6, -0.9),
    ]);
    pen.body(mane, hair);
    let ear = blob(&[(0.5, -0.94), (0.52, -1.12), (0.6, -1.0), (0.6, -0.92)]);
    pen.body(ear, colour);
    eye(pen, 0.6, -0.885, 0.028);
}

pub(super) fn elephant(pen: &mut Pen<'_>, look: &Look) {
    let Look { colour, phase, moves, .. } = *look;
    let walk = f32::from(moves);
    let beat = phase * 5.0;
    let rise = -0.012 * walk * (beat * 2.0).cos();
    let skin = colour.darker(0.02);
    let foot = |x: f32, late: f32| {
        let (ahead, up) = step(beat - late, 0.09 * walk, 0.05 * walk);
        (x + ahead, -up)
    };
    let column = |x: f32, (fx, fy): (f32, f32)| {
        let shaft =
            limb(&[(x, -0.42, 0.12), (fx * 0.6 + x * 0.4, -0.22, 0.092), (fx, fy - 0.1, 0.088)]);
        joined([shaft, pill(fx - 0.095, fy - 0.12, 0.2, 0.12, 0.04)])
    };
    let tail = look.wave(3.0) * 0.06;
    pen.stroke_path(
        curve(&[(-0.58, -0.7), (-0.68, -0.58), (-0.69 + tail, -0.42)]),
        0.028,
        colour.darker(0.3),
    );
    pen.ellipse(-0.69 + tail, -0.39, 0.025, 0.05, look.accent());
    for (x, late) in [(0.31, PI * 1.5), (-0.24, FRAC_PI_2)] {
        pen.fill(column(x, foot(x, late)), colour.darker(0.34));
    }
    let swing = look.wave(2.2) * 0.07;
    let nose = limb(&[
        (0.5, -0.7, 0.15),
        (0.66, -0.52, 0.105),
        (0.71 + swing * 0.3, -0.34, 0.08),
        (0.73 + swing, -0.19, 0.062),
        (0.83 + swing * 1.5, -0.11 - swing.abs() * 0.3, 0.048),
        (0.92 + swing * 1.7, -0.17 - swing.abs() * 0.4, 0.042),
    ]);
    let feet = [foot(0.2, PI * 0.5), foot(-0.42, PI * 1.5)];
    let [fore, hind] = feet;
    let trunk = blob(&[
        (-0.64, -0.4),
        (-0.64, -0.8),
        (-0.34, -0.99),
        (0.1, -0.92),
        (0.36, -0.94),
        (0.4, -0.6),
        (0.34, -0.3),
        (0.02, -0.25),
        (-0.36, -0.26),
        (-0.58, -0.28),
    ]);
    let head = oval(0.43, -0.75 + rise, 0.235, 0.245);
    let whole = joined([column(0.2, fore), column(-0.42, hind), trunk, head, nose]);
    pen.body(whole, skin);
    for (x, y) in feet {
        for nail in 0..3 {
            pen.ellipse(
                x + 0.02 + 0.034 * nail as f32,
                y - 0.022,
                0.015,
                0.02,
                colour.lighter(0.5),
            );
        }
    }
    for (x, y) in [(0.71, -0.45), (0.735, -0.36), (0.745 + swing * 0.5, -0.28)] {
        let line = curve(&[(x - 0.09, y + 0.02), (x - 0.02, y + 0.035), (x + 0.06, y + 0.01)]);
        pen.stroke_path(line, 0.01, colour.darker(0.3).alpha(0.6));
    }
    elephant_face(pen, look, rise);
}

fn elephant_face(pen: &mut Pen<'_>, look: &Look, rise: f32) {
    let Look { colour, .. } = *look;
    let tusk = limb(&[(0.56, -0.55, 0.034), (0.66, -0.44, 0.029), (0.8, -0.45, 0.007)]);
    pen.body(tusk, look.hue(0xF7EFD8));
    let flap = 0.9 + 0.12 * look.wave(2.6);
    let mut ear = pen.within(Transform::from_row(flap, 0.0, 0.0, 1.0, 0.36 * (1.0 - flap), rise));
    let lobe = |k: f32| {
        let points = [
            (0.34, -0.96),
            (0.1, -1.02),
            (-0.05, -0.86),
            (0.0, -0.62),
            (0.12, -0.4),
            (0.27, -0.42),
            (0.36, -0.62),
            (0.41, -0.82),
        ];
        blob(&points.map(|(x, y)| (0.26 + (x - 0.26) * k, -0.72 + (y + 0.72) * k)))
    };
    ear.fill(lobe(1.05), colour.darker(0.34));
    ear.body(lobe(1.0), colour.lighter(0.06));
    ear.fill(lobe(0.66), colour.mix(look.hue(0xE79C9C), 0.35).alpha(0.75));
    eye(pen, 0.53, -0.78 + rise, 0.032);
    pen.stroke_path(
        curve(&[(0.48, -0.83 + rise), (0.53, -0.845 + rise), (0.58, -0.825 + rise)]),
        0.014,
        colour.darker(0.4),
    );
}

/// A heavy walk: the body rolls, and the feet are turned in.
pub(super) fn bear(pen: &mut Pen<'_>, look: &Look) {
    let Look { colour, phase, moves, .. } = *look;
    let walk = f32::from(moves);
    let beat = phase * 5.5;
    let roll = 0.025 * walk * beat.sin() + 0.008 * look.wave(2.0);
    let paw = |x: f32, late: f32| {
        let (ahead, up) = step(beat - late, 0.13 * walk, 0.07 * walk);
        (x + ahead, -up)
    };
    let limb_of = |x: f32, (fx, fy): (f32, f32), thick: f32| {
        let shaft =
            limb(&[(x, -0.42, thick), (fx * 0.5 + x * 0.5, -0.22, 0.115), (fx, fy - 0.1, 0.095)]);
        joined([shaft, pill(fx - 0.1, fy - 0.125, 0.27, 0.125, 0.055)])
    };
    for (x, late) in [(0.4, PI * 1.5), (-0.3, FRAC_PI_2)] {
        pen.fill(limb_of(x, paw(x, late), 0.14), colour.darker(0.36));
    }
    let mut turned = pen.within(Transform::from_rotate_at(roll.to_degrees(), 0.0, -0.5));
    turned.round(0.43, -0.9, 0.075, 0.075, colour.darker(0.2));
    turned.ellipse(-0.66, -0.62, 0.07, 0.07, colour.darker(0.15));
    let feet = [paw(0.24, PI * 0.5), paw(-0.46, PI * 1.5)];
    let [fore, hind] = feet;
    let trunk = blob(&[
        (-0.72, -0.4),
        (-0.7, -0.74),
        (-0.4, -0.9),
        (-0.05, -0.8),
        (0.18, -0.98),
        (0.42, -0.9),
        (0.5, -0.56),
        (0.34, -0.26),
        (0.0, -0.2),
        (-0.4, -0.22),
        (-0.62, -0.26),
    ]);
    let head = oval(0.56, -0.72, 0.21, 0.2);
    let whole = joined([limb_of(0.24, fore, 0.17), limb_of(-0.46, hind, 0.19), trunk, head]);
    turned.body(whole, colour);
    for (x, y) in feet {
        for claw in 0..3 {
            let from = x + 0.075 + 0.045 * claw as f32;
            turned.stroke(
                &[(from, y - 0.035), (from + 0.012, y - 0.01)],
                0.018,
                look.hue(0xE9DFC8),
            );
        }
    }
    turned.round(0.58, -0.91, 0.08, 0.08, colour);
    turned.ellipse(0.585, -0.905, 0.045, 0.045, colour.mix(look.hue(0xD99C84), 0.5));
    turned.round(0.72, -0.65, 0.125, 0.095, colour.lighter(0.34));
    turned.ellipse(0.815, -0.69, 0.045, 0.036, INK);
    turned.ellipse(0.805, -0.702, 0.014, 0.009, Rgb::WHITE.alpha(0.5));
    turned.stroke_path(curve(&[(0.67, -0.6), (0.74, -0.585), (0.8, -0.61)]), 0.014, INK.alpha(0.7));
    eye(&mut turned, 0.61, -0.78, 0.036);
}
