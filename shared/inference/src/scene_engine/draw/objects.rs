//! Things without a will of their own, each standing on 0 and 1 high.

use std::f32::consts::{FRAC_PI_2, PI, TAU};

use tiny_skia::{Path, PathBuilder, Transform};

use super::figures::Look;
use super::pen::{Pen, Rgb, arc, blob, curve, limb, oval, pill, polygon};

/// Of paper, with a light in it.
pub(super) fn lantern(pen: &mut Pen<'_>, look: &Look) {
    let Look { phase, night, .. } = *look;
    let flicker = 1.0 + 0.06 * (phase * 9.0).sin() + 0.04 * (phase * 14.7).sin();
    let warm = Rgb::hex(0xFFC56B);
    // Paper with a light behind it is as bright at night as by day.
    let colour = match night {
        true => look.colour.lit(Rgb(1.45, 1.3, 1.05, 1.0)),
        false => look.colour,
    };
    pen.glow(
        0.0,
        -0.53,
        if night { 1.55 } else { 0.85 } * flicker,
        warm.alpha(if night { 0.75 } else { 0.4 }),
    );
    let gold = look.hue(0xD9A441).mix(warm, if night { 0.3 } else { 0.0 });
    pen.stroke_path(oval(0.0, -0.965, 0.04, 0.045), 0.016, gold.darker(0.2));
    let sway = 0.05 * look.wave(2.4);
    pen.stroke(&[(0.0, -0.24), (sway * 0.4, -0.15)], 0.018, gold);
    let tassel = blob(&[
        (-0.05 + sway * 0.4, -0.16),
        (0.05 + sway * 0.4, -0.16),
        (0.06 + sway * 1.3, 0.02),
        (-0.06 + sway * 1.3, 0.02),
    ]);
    pen.body(tassel, look.hue(0xC9372C).mix(gold, 0.2));
    pen.ellipse(sway * 0.5, -0.14, 0.035, 0.035, gold);
    let body = |k: f32| oval(0.0, -0.545, 0.4 * k, 0.3);
    pen.stops(
        body(1.0),
        (-0.85, -0.24),
        &[
            (0.0, colour.darker(0.3)),
            (0.3, colour),
            (0.62, colour.mix(warm, 0.25)),
            (1.0, colour.darker(0.22)),
        ],
    );
    let inner = if night { 0.95 } else { 0.72 };
    pen.glow(0.0, -0.5, 0.36 * flicker, Rgb::hex(0xFFE9A6).alpha(inner));
    for k in [0.26, 0.64, 0.9] {
        pen.stroke_path(body(k), 0.011, colour.darker(0.42).alpha(0.6));
    }
    pen.stroke(&[(0.0, -0.84), (0.0, -0.25)], 0.011, colour.darker(0.42).alpha(0.6));
    for (y, width) in [(-0.875, 0.36), (-0.28, 0.34)] {
        pen.body(pill(-width / 2.0, y, width, 0.065, 0.02), gold);
        pen.block(-width / 2.0, y + 0.025, width, 0.012, gold.darker(0.35));
    }
    pen.body(pill(-0.1, -0.925, 0.2, 0.055, 0.02), gold.darker(0.15));
}

/// A mug on its saucer.
pub(super) fn cup(pen: &mut Pen<'_>, look: &Look) {
    let Look { colour, .. } = *look;
    let white = look.hue(0xF7F3EA);
    let dish = if colour.level() > 0.8 { look.hue(0x8FB7D8) } else { white };
    pen.round(0.02, -0.075, 0.66, 0.085, dish.darker(0.2));
    pen.round(0.02, -0.1, 0.66, 0.085, dish);
    pen.ellipse(0.02, -0.095, 0.44, 0.05, dish.darker(0.16));
    pen.ellipse(0.0, -0.09, 0.33, 0.045, Rgb::BLACK.alpha(0.22));
    let handle = arc((0.36, -0.42), (0.19, 0.17), -1.9, 1.9);
    pen.stroke_path(curve(&handle), 0.085, colour.darker(0.2));
    pen.stroke_path(curve(&handle), 0.03, colour.lighter(0.1));
    let mut wall = vec![(-0.4, -0.7)];
    wall.extend(arc((0.0, -0.13), (0.31, 0.06), PI, 0.0));
    wall.push((0.4, -0.7));
    pen.body(polygon(&wall), colour);
    // Round: dark at the right, with a shine at the left.
    let side = polygon(&[(0.2, -0.7), (0.4, -0.7), (0.31, -0.13), (0.16, -0.08)]);
    pen.fill(side, Rgb::BLACK.alpha(0.1));
    let edge = polygon(&[(0.31, -0.7), (0.4, -0.7), (0.31, -0.13), (0.25, -0.1)]);
    pen.fill(edge, Rgb::BLACK.alpha(0.12));
    pen.fill(
        limb(&[(-0.31, -0.56, 0.018), (-0.29, -0.38, 0.03), (-0.25, -0.22, 0.014)]),
        Rgb::WHITE.alpha(0.5),
    );
    let heart = if colour.level() > 0.62 { look.hue(0xDE4B45) } else { white };
    pen.fill(
        blob(&[
            (-0.05, -0.5),
            (-0.18, -0.5),
            (-0.18, -0.36),
            (-0.02, -0.2),
            (0.14, -0.36),
            (0.14, -0.5),
            (0.01, -0.5),
            (-0.02, -0.42),
        ]),
        heart,
    );
    pen.ellipse(0.0, -0.7, 0.4, 0.085, colour.lighter(0.35));
    pen.ellipse(0.0, -0.695, 0.355, 0.068, look.hue(0x3A2115));
    pen.ellipse(0.0, -0.68, 0.325, 0.05, look.hue(0x6B4024));
    pen.fill(oval(-0.1, -0.69, 0.12, 0.018), look.hue(0xA8764A).alpha(0.8));
    vapour(pen, look);
}

/// Three wisps that wind upwards and thin out.
fn vapour(pen: &mut Pen<'_>, look: &Look) {
    let white = look.hue(0xFFFFFF).lighter(0.3);
    for (index, x) in [-0.16, 0.02, 0.19].into_iter().enumerate() {
        let late = index as f32 * 1.9;
        let high = 0.42 + 0.08 * (look.phase * 1.3 + late).sin();
        let wisp: Vec<(f32, f32, f32)> = (0..=8)
            .map(|step| {
                let up = step as f32 / 8.0;
                let wind = (up * 5.5 - look.phase * 2.6 + late).sin() * 0.065 * (0.3 + up);
                let wide = 0.034 * (up * PI).sin().max(0.0).powf(0.7) + 0.004;
                (x + wind, -0.73 - high * up, wide)
            })
            .collect();
        let path = limb(&wisp);
        pen.stops(
            path,
            (-0.73 - high, -0.73),
            &[
                (0.0, white.alpha(0.0)),
                (0.5, white.alpha(0.6)),
                (0.85, white.alpha(0.65)),
                (1.0, white.alpha(0.0)),
            ],
        );
    }
}

/// Open; its panels go round slowly.
pub(super) fn umbrella(pen: &mut Pen<'_>, look: &Look) {
    let colour = look.colour;
    let (apex, rim, wide) = (-0.96, -0.5, 0.66);
    let wood = look.hue(0x7A4A2B);
    let steel = look.hue(0xB9BEC6);
    pen.fill(oval(0.0, rim, wide * 0.97, 0.075), colour.darker(0.55));
    for k in [-0.7, -0.3, 0.3, 0.7] {
        pen.stroke(&[(0.0, rim - 0.12), (wide * k, rim + 0.03)], 0.01, steel.darker(0.2));
    }
    pen.stroke(&[(0.0, apex), (0.0, -0.12)], 0.03, steel);
    pen.stroke(&[(0.008, rim), (0.008, -0.2)], 0.009, Rgb::WHITE.alpha(0.5));
    let mut crook = vec![(0.0, -0.26), (0.0, -0.12)];
    crook.extend(arc((0.085, -0.085), (0.085, 0.085), PI, 0.15));
    pen.stroke_path(curve(&crook), 0.05, wood);
    // Angles of the seams that are seen, from the left to the right.
    const PANELS: i32 = 10;
    let wedge = TAU / PANELS as f32;
    let spin = look.phase * 0.55;
    let first = (spin / wedge).floor() as i32;
    for index in 0..=PANELS / 2 {
        let from = (index as f32 * wedge - spin.rem_euclid(wedge)).clamp(0.0, PI) - FRAC_PI_2;
        let to = ((index + 1) as f32 * wedge - spin.rem_euclid(wedge)).clamp(0.0, PI) - FRAC_PI_2;
        let light = (index + first) % 2 == 0;
        let hue = if light { colour.lighter(0.1) } else { colour.darker(0.14) };
        // Away from the light it is darker.
        let shade = 0.2 * ((from + to) / 2.0 + 0.35).sin().max(0.0);
        let path = panel((apex, rim), wide, from, to);
        pen.stops(
            path,
            (apex, rim + 0.06),
            &[
                (0.0, hue.lighter(0.16).darker(shade)),
                (0.5, hue.darker(shade)),
                (1.0, hue.darker(0.22 + shade)),
            ],
        );
        pen.stroke_path(seam((apex, rim), wide, to), 0.009, colour.darker(0.4).alpha(0.7));
        let (x, y) = (wide * to.sin(), rim + 0.035 * to.cos());
        pen.ellipse(x, y, 0.014, 0.014, steel);
    }
    pen.fill(
        limb(&[(-0.4, -0.68, 0.014), (-0.3, -0.8, 0.026), (-0.14, -0.885, 0.012)]),
        Rgb::WHITE.alpha(0.2),
    );
    pen.stroke(&[(0.0, apex), (0.0, apex - 0.07)], 0.03, wood.darker(0.2));
}

/// A point of a dome, `down` (0 to 1) from its top, at an angle round it.
fn on_dome((apex, rim): (f32, f32), wide: f32, angle: f32, down: f32) -> (f32, f32) {
    let (s, c) = (down * FRAC_PI_2).sin_cos();
    (wide * angle.sin() * s, rim + (apex - rim) * c + 0.035 * angle.cos() * s)
}

fn seam(span: (f32, f32), wide: f32, angle: f32) -> Option<Path> {
    let points: Vec<(f32, f32)> =
        (0..=6).map(|step| on_dome(span, wide, angle, step as f32 / 6.0)).collect();
    curve(&points)
}

fn panel(span: (f32, f32), wide: f32, from: f32, to: f32) -> Option<Path> {
    let mut path = PathBuilder::new();
    path.move_to(0.0, span.0);
    for step in 1..=10 {
        let (x, y) = on_dome(span, wide, from, step as f32 / 10.0);
        path.line_to(x, y);
    }
    let (a, b) = (on_dome(span, wide, from, 1.0), on_dome(span, wide, to, 1.0));
    let sag = 0.07 * ((b.0 - a.0) / 0.4).min(1.0);
    path.quad_to((a.0 + b.0) / 2.0, (a.1 + b.1) / 2.0 - sag, b.0, b.1);
    for step in (0..10).rev() {
        let (x, y) = on_dome(span, wide, to, step as f32 / 10.0);
        path.line_to(x, y);
    }
    path.close();
    path.finish()
}

pub(super) fn kite(pen: &mut Pen<'_>, look: &Look) {
    let Look { colour, phase, .. } = *look;
    let lean = 0.42 + 0.05 * look.wave(2.9);
    let turn = Transform::from_rotate_at(lean.to_degrees(), 0.0, -0.62);
    let mut pen = pen.within(turn.post_concat(Transform::from_row(0.7, 0.0, 0.0, 0.7, 0.0, -0.28)));
    let pen = &mut pen;
    let (top, left, right, low) = ((0.0, -1.06), (-0.33, -0.74), (0.33, -0.74), (0.0, -0.22));
    let middle = (0.0, -0.74);
    // Its string, down to someone who is not seen.
    let line = [(0.0, -0.66), (-0.2, -0.3), (-0.28, 0.1), (-0.3, 0.5), (-0.28, 0.9)];
    for (index, pair) in line.windows(2).enumerate() {
        pen.stroke(pair, 0.007, Rgb::WHITE.alpha(0.75 - 0.17 * index as f32));
    }
    let tail: Vec<(f32, f32)> = (0..=16)
        .map(|step| {
            let far = step as f32 / 16.0;
            let wave = (phase * 4.2 - far * 6.0).sin() * 0.1 * far.sqrt();
            (wave + 0.16 * far * far, -0.22 + 0.78 * far)
        })
        .collect();
    pen.stroke_path(curve(&tail), 0.014, look.hue(0xF4EFE4));
    for (index, hue) in [0xF4C430, 0xEF5F7A, 0x3FA9D8, 0x7AC74F].into_iter().enumerate() {
        let at = 4 + index * 4;
        let (Some(a), Some(b)) = (tail.get(at - 1), tail.get(at)) else { continue };
        bow(pen, *b, (b.1 - a.1).atan2(b.0 - a.0) - FRAC_PI_2, look.hue(hue));
    }
    let white = colour.lighter(0.62);
    pen.fill(polygon(&[top, left, middle]), colour.lighter(0.12));
    pen.fill(polygon(&[top, middle, right]), white);
    pen.fill(polygon(&[left, low, middle]), white.darker(0.1));
    pen.fill(polygon(&[right, low, middle]), colour.darker(0.14));
    pen.fill(polygon(&[top, (0.09, -0.74), low, (0.0, -0.74)]), Rgb::BLACK.alpha(0.07));
    pen.stroke_path(polygon(&[top, right, low, left]), 0.02, colour.darker(0.4));
    let stick = look.hue(0x7A4A2B);
    pen.stroke(&[top, low], 0.016, stick);
    pen.stroke_path(curve(&[left, (0.0, -0.755), right]), 0.016, stick);
    pen.ellipse(0.0, -0.745, 0.022, 0.022, look.hue(0xF4C430));
}

fn bow(pen: &mut Pen<'_>, (x, y): (f32, f32), turn: f32, colour: Rgb) {
    let mut pen = pen.within(Transform::from_rotate(turn.to_degrees()).post_translate(x, y));
    for side in [-1.0, 1.0] {
        let half =
            blob(&[(0.0, 0.0), (0.07 * side, -0.075), (0.13 * side, 0.0), (0.07 * side, 0.075)]);
        pen.body(half, colour.darker(0.06 + 0.06 * side));
    }
    pen.ellipse(0.0, 0.0, 0.026, 0.026, colour.darker(0.25));
}

/// With bands, a storm that comes round, and a ring.
pub(super) fn planet(pen: &mut Pen<'_>, look: &Look) {
    let Look { colour, phase, .. } = *look;
    const R: f32 = 0.38;
    let lean = -0.32;
    let mut pen = pen.within(Transform::from_rotate_at(f32::to_degrees(lean), 0.0, -0.5));
    let pen = &mut pen;
    pen.glow(0.0, -0.5, R * 1.75, colour.lighter(0.35).alpha(0.4));
    let ring = colour.mix(look.hue(0xF3DFB4), 0.6);
    let half = |pen: &mut Pen<'_>, from: f32, to: f32| {
        for (r, width, hue) in [
            (0.52, 0.05, ring.darker(0.22).alpha(0.85)),
            (0.6, 0.075, ring.alpha(0.95)),
            (0.69, 0.04, ring.darker(0.12).alpha(0.75)),
        ] {
            pen.fill(band_of_ring((r, width), from, to), hue);
        }
    };
    half(pen, PI, TAU);
    pen.sphere(0.0, -0.5, R, colour);
    for (from, to, hue) in [
        (62.0, 90.0, colour.lighter(0.28)),
        (36.0, 50.0, colour.darker(0.2)),
        (14.0, 30.0, colour.lighter(0.38)),
        (-8.0, 4.0, colour.darker(0.28)),
        (-34.0, -16.0, colour.lighter(0.26)),
        (-58.0, -46.0, colour.darker(0.18)),
    ] {
        pen.fill(band(R, from, to, phase), hue.alpha(0.75));
    }
    for (latitude, longitude, size, hue) in [
        (-25.0_f32, 0.0, 0.085, colour.darker(0.42)),
        (22.0, 2.2, 0.05, Rgb::WHITE.lit(look.light).alpha(0.8)),
        (-2.0, 4.1, 0.045, colour.lighter(0.5)),
    ] {
        let (s, c) = (longitude + phase * 0.5).sin_cos();
        let (up, flat) = latitude.to_radians().sin_cos();
        if c > 0.05 {
            pen.ellipse(R * flat * s, on_ball(R, up, flat * c), size * c, size * 0.55, hue);
        }
    }
    pen.dusk(0.0, -0.5, R + 0.002, Rgb::hex(0x05060F).alpha(0.72));
    pen.fill(oval(-0.14, -0.68, 0.09, 0.06), Rgb::WHITE.alpha(0.22));
    half(pen, 0.0, PI);
}

/// The height of a point of a ball that is seen a little from above.
fn on_ball(r: f32, up: f32, near: f32) -> f32 {
    const TILT: f32 = 0.3;
    -0.5 - r * (up * TILT.cos() - near * TILT.sin())
}

/// Between two latitudes, in degrees; its edges are not quite straight.
fn band(r: f32, from: f32, to: f32, phase: f32) -> Option<Path> {
    let edge = |latitude: f32, back: bool| {
        (0..=24).map(move |step| {
            let share = step as f32 / 24.0;
            let longitude = PI * (if back { 1.0 - share } else { share } - 0.5);
            let wave = 1.6 * ((longitude + phase * 0.5) * 5.0 + latitude).sin();
            let (up, flat) = (latitude + wave).clamp(-90.0, 90.0).to_radians().sin_cos();
            (r * flat * longitude.sin(), on_ball(r, up, flat * longitude.cos()))
        })
    };
    let points: Vec<(f32, f32)> = edge(from, false).chain(edge(to, true)).collect();
    polygon(&points)
}

/// A part of a ring, seen from the side.
fn band_of_ring((r, width): (f32, f32), from: f32, to: f32) -> Option<Path> {
    const FLAT: f32 = 0.27;
    let edge = |r: f32, from: f32, to: f32| arc((0.0, -0.5), (r, r * FLAT), from, to);
    let mut points = edge(r - width / 2.0, from, to);
    points.extend(edge(r + width / 2.0, to, from));
    polygon(&points)
}
