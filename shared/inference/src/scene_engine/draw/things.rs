//! People, machines without wheels, plants and houses, each looking to the right, standing on 0 and 1 high.

use super::pen::{Pen, Rgb, blob, oval, pill, polygon, rect};

const INK: Rgb = Rgb::hex(0x22242C);
const GLASS: Rgb = Rgb::hex(0xBFE3F2);
const SKIN: Rgb = Rgb::hex(0xE3A982);

pub(super) fn person(pen: &mut Pen<'_>, colour: Rgb, phase: f32, moves: bool) {
    let swing = if moves { (phase * 7.0).sin() * 0.16 } else { 0.02 };
    let trousers = Rgb::hex(0x39445C).lit(colour.lighter(0.8));
    for (way, shade) in [(-1.0, 0.2), (1.0, 0.0)] {
        let foot = swing * way;
        pen.stroke(
            &[(0.0, -0.42), (foot * 0.6 + 0.03, -0.22), (foot, -0.04)],
            0.1,
            trousers.darker(shade),
        );
        pen.stroke(&[(foot, -0.03), (foot + 0.07, -0.03)], 0.065, INK);
    }
    pen.stroke(
        &[(0.0, -0.7), (-swing * 0.7 - 0.03, -0.55), (-swing + 0.04, -0.43)],
        0.075,
        colour.darker(0.25),
    );
    pen.body(pill(-0.11, -0.77, 0.22, 0.4, 0.08), colour);
    pen.stroke(
        &[(0.0, -0.7), (swing * 0.7 - 0.03, -0.55), (swing + 0.05, -0.43)],
        0.075,
        colour.darker(0.08),
    );
    pen.ellipse(swing + 0.055, -0.42, 0.035, 0.035, SKIN);
    pen.round(0.02, -0.88, 0.105, 0.115, SKIN);
    pen.body(
        blob(&[
            (-0.1, -0.84),
            (-0.1, -0.99),
            (0.02, -1.03),
            (0.13, -0.98),
            (0.12, -0.92),
            (0.0, -0.93),
            (-0.04, -0.84),
        ]),
        Rgb::hex(0x4A2E20),
    );
    pen.ellipse(0.075, -0.885, 0.013, 0.017, INK);
}

pub(super) fn robot(pen: &mut Pen<'_>, colour: Rgb, phase: f32) {
    let swing = (phase * 5.0).sin() * 0.09;
    for way in [-1.0, 1.0] {
        let x = 0.1 * way;
        pen.stroke(&[(x, -0.3), (x + swing * way, -0.08)], 0.075, colour.darker(0.4));
        pen.body(pill(x + swing * way - 0.09, -0.09, 0.2, 0.09, 0.03), colour.darker(0.3));
        pen.stroke(
            &[
                (0.22 * way, -0.55),
                (0.32 * way, -0.42 - swing * way),
                (0.3 * way, -0.3 - swing * way),
            ],
            0.06,
            colour.darker(0.35),
        );
        pen.round(0.3 * way, -0.28 - swing * way, 0.05, 0.05, colour.darker(0.1));
    }
    pen.body(pill(-0.22, -0.62, 0.44, 0.38, 0.07), colour);
    pen.fill(pill(-0.12, -0.54, 0.24, 0.14, 0.03), colour.darker(0.45));
    for (x, hue) in [(-0.06, 0xFF6B5E), (0.0, 0xFFD34E), (0.06, 0x6BE38A)] {
        pen.ellipse(x, -0.47, 0.02, 0.02, Rgb::hex(hue));
    }
    pen.body(pill(-0.19, -0.92, 0.38, 0.26, 0.08), colour.lighter(0.1));
    pen.fill(pill(-0.14, -0.87, 0.3, 0.14, 0.06), INK);
    for x in [-0.05, 0.09] {
        pen.glow(x, -0.8, 0.08, Rgb::hex(0x7BF3FF).alpha(0.7));
        pen.ellipse(x, -0.8, 0.032, 0.036, Rgb::hex(0xBDFBFF));
    }
    pen.stroke(&[(0.0, -0.92), (0.0, -1.0)], 0.02, colour.darker(0.4));
    pen.ellipse(0.0, -1.01, 0.032, 0.032, Rgb::hex(0xFF6B5E));
}

pub(super) fn boat(pen: &mut Pen<'_>, colour: Rgb) {
    pen.block(-0.02, -1.0, 0.035, 0.78, Rgb::hex(0x6B4A30));
    let cloth = Rgb::hex(0xFAF5E8).lit(colour.lighter(0.9));
    pen.body(
        blob(&[(0.04, -0.98), (0.1, -0.96), (0.62, -0.34), (0.6, -0.3), (0.04, -0.3)]),
        cloth.mix(colour, 0.12),
    );
    pen.body(
        blob(&[(-0.04, -0.9), (-0.08, -0.88), (-0.46, -0.34), (-0.44, -0.3), (-0.04, -0.3)]),
        cloth,
    );
    pen.polygon(&[(0.0, -1.0), (0.0, -1.08), (-0.16, -1.04)], colour);
    pen.body(
        blob(&[
            (-0.78, -0.25),
            (0.0, -0.22),
            (0.94, -0.28),
            (0.62, 0.02),
            (0.0, 0.06),
            (-0.56, 0.02),
        ]),
        colour,
    );
    pen.stroke(
        &[(-0.62, -0.17), (0.0, -0.15), (0.68, -0.19)],
        0.035,
        Rgb::WHITE.lit(colour.lighter(0.85)),
    );
    pen.stroke(
        &[(-0.75, 0.045), (-0.2, 0.055), (0.3, 0.045), (0.85, 0.05)],
        0.03,
        Rgb::WHITE.alpha(0.5),
    );
}

pub(super) fn rocket(pen: &mut Pen<'_>, colour: Rgb, phase: f32, moves: bool) {
    let burn = if moves { 1.0 + 0.25 * (phase * 31.0).sin() } else { 0.45 };
    pen.glow(0.0, 0.05, 0.4 * burn, Rgb::hex(0xFFA53A).alpha(0.7));
    pen.fill(
        blob(&[(-0.11, -0.13), (0.11, -0.13), (0.08, 0.1), (0.0, 0.42 * burn), (-0.08, 0.1)]),
        Rgb::hex(0xFF8A2A).alpha(0.9),
    );
    pen.fill(
        blob(&[(-0.06, -0.13), (0.06, -0.13), (0.04, 0.06), (0.0, 0.24 * burn), (-0.04, 0.06)]),
        Rgb::hex(0xFFF0A8),
    );
    for way in [-1.0, 1.0] {
        pen.body(
            polygon(&[
                (0.12 * way, -0.42),
                (0.32 * way, -0.18),
                (0.32 * way, -0.02),
                (0.12 * way, -0.14),
            ]),
            colour.darker(0.3),
        );
    }
    pen.body(
        blob(&[
            (-0.13, -0.1),
            (-0.21, -0.4),
            (-0.14, -0.86),
            (0.0, -1.1),
            (0.14, -0.86),
            (0.21, -0.4),
            (0.13, -0.1),
        ]),
        colour,
    );
    pen.fill(
        blob(&[(-0.1, -0.3), (-0.14, -0.5), (-0.08, -0.84), (-0.03, -0.9), (-0.08, -0.5)]),
        Rgb::WHITE.alpha(0.3),
    );
    pen.ellipse(0.0, -0.62, 0.085, 0.085, Rgb::WHITE.lit(colour.lighter(0.85)));
    pen.ellipse(0.0, -0.62, 0.06, 0.06, Rgb::hex(0x4FA6D8));
    pen.block(-0.12, -0.16, 0.24, 0.05, INK.lighter(0.2));
}

pub(super) fn plane(pen: &mut Pen<'_>, colour: Rgb) {
    pen.body(
        polygon(&[(0.1, -0.55), (-0.3, -0.95), (-0.45, -0.95), (-0.2, -0.55)]),
        colour.darker(0.3),
    );
    pen.body(
        polygon(&[(-0.8, -0.55), (-1.12, -1.0), (-1.28, -1.0), (-1.15, -0.5)]),
        colour.darker(0.12),
    );
    pen.body(
        blob(&[
            (-1.25, -0.54),
            (-0.6, -0.68),
            (0.6, -0.7),
            (1.12, -0.56),
            (1.14, -0.42),
            (0.6, -0.32),
            (-0.6, -0.36),
            (-1.2, -0.48),
        ]),
        colour,
    );
    pen.fill(
        blob(&[(0.8, -0.62), (1.0, -0.57), (1.02, -0.51), (0.8, -0.53)]),
        GLASS.lit(colour.lighter(0.85)),
    );
    for k in 0..8 {
        pen.ellipse(-0.6 + 0.17 * k as f32, -0.545, 0.035, 0.042, GLASS.lit(colour.lighter(0.85)));
    }
    pen.body(
        polygon(&[(0.2, -0.45), (-0.42, 0.0), (-0.6, 0.0), (-0.22, -0.45)]),
        colour.darker(0.2),
    );
    pen.body(pill(-0.32, -0.28, 0.3, 0.12, 0.05), colour.darker(0.4));
}

pub(super) fn balloon(pen: &mut Pen<'_>, colour: Rgb) {
    for x in [-0.1, 0.1] {
        pen.stroke(&[(x * 1.6, -0.36), (x * 0.9, -0.14)], 0.009, INK);
    }
    let hull = |wide: f32| {
        blob(&[
            (-0.1 * wide, -0.3),
            (-0.4 * wide, -0.6),
            (-0.36 * wide, -0.94),
            (0.0, -1.08),
            (0.36 * wide, -0.94),
            (0.4 * wide, -0.6),
            (0.1 * wide, -0.3),
        ])
    };
    pen.body(hull(1.06), colour);
    pen.fill(hull(0.62), colour.lighter(0.35).alpha(0.55));
    pen.fill(hull(0.26), colour.darker(0.06));
    pen.fill(oval(-0.19, -0.82, 0.05, 0.1), Rgb::WHITE.alpha(0.4));
    pen.body(pill(-0.1, -0.14, 0.2, 0.14, 0.03), Rgb::hex(0x8A5A34));
    pen.block(-0.11, -0.145, 0.22, 0.03, Rgb::hex(0x5E3B22));
}

pub(super) fn ball(pen: &mut Pen<'_>, colour: Rgb) {
    pen.sphere(0.0, -0.5, 0.5, colour);
    pen.fill(
        blob(&[
            (-0.5, -0.58),
            (0.0, -0.66),
            (0.5, -0.58),
            (0.5, -0.44),
            (0.0, -0.52),
            (-0.5, -0.44),
        ]),
        Rgb::WHITE.alpha(0.55),
    );
    pen.fill(oval(-0.2, -0.74, 0.09, 0.055), Rgb::WHITE.alpha(0.65));
}

pub(super) fn tree(pen: &mut Pen<'_>, colour: Rgb, phase: f32) {
    let sway = 0.012 * (phase * 3.0).sin();
    pen.body(
        blob(&[(-0.08, 0.02), (-0.05, -0.4), (0.05, -0.4), (0.09, 0.02)]),
        Rgb::hex(0x6A4630).lit(colour.lighter(0.75)),
    );
    pen.stroke(&[(0.0, -0.3), (0.16, -0.48)], 0.035, Rgb::hex(0x6A4630));
    for (x, y, r, shade) in [
        (-0.24, -0.5, 0.2, 0.18),
        (0.25, -0.52, 0.2, 0.15),
        (0.0, -0.56, 0.26, 0.08),
        (-0.15, -0.74, 0.2, 0.0),
        (0.16, -0.76, 0.19, 0.0),
        (0.0, -0.86, 0.18, 0.0),
    ] {
        pen.round(x + sway * (1.0 - y), y, r, r * 0.92, colour.darker(shade));
    }
    for (x, y) in [(-0.1, -0.8), (0.12, -0.68), (-0.2, -0.6), (0.02, -0.94)] {
        pen.fill(oval(x + sway, y, 0.06, 0.035), colour.lighter(0.25).alpha(0.6));
    }
}

pub(super) fn house(pen: &mut Pen<'_>, colour: Rgb, night: bool) {
    let roof = Rgb::hex(0x6E4038).lit(colour.lighter(0.8));
    pen.block(0.24, -0.98, 0.1, 0.3, roof.darker(0.2));
    pen.fade(
        rect(-0.46, -0.6, 0.92, 0.6),
        (-0.6, colour.lighter(0.08)),
        (0.0, colour.darker(0.12)),
    );
    pen.body(
        polygon(&[(-0.58, -0.56), (0.0, -1.02), (0.58, -0.56), (0.54, -0.52), (-0.54, -0.52)]),
        roof,
    );
    let pane = if night { Rgb::hex(0xFFD98A) } else { GLASS };
    for x in [-0.34, 0.14] {
        if night {
            pen.glow(x + 0.1, -0.36, 0.3, Rgb::hex(0xFFC873).alpha(0.5));
        }
        pen.block(x - 0.015, -0.455, 0.23, 0.21, Rgb::hex(0xF4EFE4).lit(colour.lighter(0.8)));
        pen.block(x, -0.44, 0.2, 0.18, pane);
        pen.block(x + 0.093, -0.44, 0.014, 0.18, Rgb::hex(0xF4EFE4).lit(colour.lighter(0.8)));
    }
    pen.body(pill(-0.085, -0.3, 0.17, 0.3, 0.03), roof.darker(0.1));
    pen.ellipse(0.05, -0.14, 0.014, 0.014, Rgb::hex(0xE8C04A));
    pen.body(oval(0.0, -0.73, 0.07, 0.07), pane);
}

pub(super) fn flower(pen: &mut Pen<'_>, colour: Rgb, phase: f32) {
    let sway = 0.04 * (phase * 3.2).sin();
    let leaf = Rgb::hex(0x3F8A3E).lit(colour.lighter(0.7));
    pen.stroke(&[(0.0, 0.0), (sway * 0.2, -0.3), (sway, -0.66)], 0.035, leaf);
    pen.body(blob(&[(0.0, -0.18), (0.14, -0.38), (0.3, -0.36), (0.18, -0.2)]), leaf);
    pen.body(blob(&[(0.0, -0.1), (-0.14, -0.3), (-0.3, -0.28), (-0.18, -0.12)]), leaf.darker(0.1));
    for layer in [0.0, 0.39] {
        for petal in 0..8 {
            let (s, c) = (layer + petal as f32 * 0.785).sin_cos();
            let far = 0.19 - layer * 0.12;
            pen.round(
                sway + far * c,
                -0.74 + far * s,
                0.105,
                0.105,
                colour.darker(0.12 - layer * 0.3),
            );
        }
    }
    pen.sphere(
        sway,
        -0.74,
        0.09,
        Rgb::hex(0xF0B429).mix(INK, if colour.0 > 0.9 && colour.1 > 0.7 { 0.45 } else { 0.0 }),
    );
}
