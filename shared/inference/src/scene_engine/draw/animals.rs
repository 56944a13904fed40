//! Animals, each looking to the right, standing on 0 and 1 high.

use tiny_skia::Transform;

use super::pen::{Pen, Rgb, blob, polygon};

const INK: Rgb = Rgb::hex(0x1E1B22);

pub(super) fn eye(pen: &mut Pen<'_>, x: f32, y: f32, r: f32) {
    pen.ellipse(x, y, r, r * 1.1, Rgb::WHITE);
    pen.ellipse(x + r * 0.2, y, r * 0.62, r * 0.75, INK);
    pen.ellipse(x + r * 0.4, y - r * 0.3, r * 0.2, r * 0.2, Rgb::WHITE);
}

/// Four legs that swing by turns.
fn legs(pen: &mut Pen<'_>, xs: [f32; 2], top: f32, width: f32, colour: Rgb, phase: f32) {
    let swing = (phase * 9.0).sin() * 0.1;
    for (x, way, shade) in
        [(xs[0], -1.0, 0.22), (xs[1], 1.0, 0.22), (xs[0] + 0.1, 1.0, 0.0), (xs[1] + 0.1, -1.0, 0.0)]
    {
        let foot = x + swing * way;
        pen.stroke(&[(x, top), (foot, -width * 0.5)], width, colour.darker(shade));
        pen.stroke(
            &[(foot, -width * 0.45), (foot + width * 0.35, -width * 0.45)],
            width * 0.9,
            colour.darker(shade),
        );
    }
}

pub(super) fn cat(pen: &mut Pen<'_>, colour: Rgb, phase: f32) {
    let wag = (phase * 3.0).sin() * 0.08;
    pen.stroke(
        &[(-0.5, -0.42), (-0.66, -0.5), (-0.72 + wag * 0.5, -0.68), (-0.66 + wag, -0.86)],
        0.09,
        colour.darker(0.1),
    );
    legs(pen, [-0.42, 0.2], -0.36, 0.115, colour, phase);
    pen.body(
        blob(&[
            (-0.62, -0.52),
            (-0.4, -0.66),
            (0.1, -0.62),
            (0.42, -0.66),
            (0.46, -0.36),
            (0.1, -0.24),
            (-0.4, -0.22),
            (-0.64, -0.3),
        ]),
        colour,
    );
    for side in [-0.13, 0.13] {
        pen.polygon(
            &[(0.42 + side - 0.1, -0.82), (0.42 + side * 1.5, -1.06), (0.42 + side + 0.1, -0.82)],
            colour.darker(0.08),
        );
        pen.polygon(
            &[(0.42 + side - 0.05, -0.84), (0.42 + side * 1.4, -0.99), (0.42 + side + 0.05, -0.84)],
            Rgb::hex(0xF0A8A8),
        );
    }
    pen.round(0.42, -0.73, 0.25, 0.21, colour);
    pen.ellipse(0.49, -0.66, 0.11, 0.075, colour.lighter(0.45));
    eye(pen, 0.36, -0.76, 0.048);
    eye(pen, 0.54, -0.76, 0.048);
    pen.polygon(&[(0.465, -0.695), (0.515, -0.695), (0.49, -0.665)], Rgb::hex(0xD9707C));
    for dy in [-0.02, 0.02] {
        pen.stroke(&[(0.56, -0.66), (0.76, -0.67 + dy)], 0.008, Rgb::WHITE.alpha(0.8));
        pen.stroke(&[(0.42, -0.66), (0.22, -0.67 + dy)], 0.008, Rgb::WHITE.alpha(0.8));
    }
}

pub(super) fn dog(pen: &mut Pen<'_>, colour: Rgb, phase: f32) {
    let wag = (phase * 11.0).sin() * 0.1;
    pen.stroke(&[(-0.52, -0.56), (-0.64, -0.7), (-0.68 + wag, -0.88)], 0.085, colour.darker(0.1));
    legs(pen, [-0.46, 0.18], -0.4, 0.13, colour, phase);
    pen.body(
        blob(&[
            (-0.64, -0.6),
            (-0.3, -0.7),
            (0.2, -0.68),
            (0.5, -0.72),
            (0.44, -0.36),
            (0.1, -0.26),
            (-0.36, -0.3),
            (-0.62, -0.3),
        ]),
        colour,
    );
    pen.round(0.45, -0.82, 0.23, 0.2, colour);
    pen.round(0.64, -0.75, 0.16, 0.11, colour.lighter(0.2));
    pen.ellipse(0.77, -0.79, 0.05, 0.042, INK);
    pen.body(
        blob(&[(0.22, -0.98), (0.4, -0.96), (0.38, -0.7), (0.28, -0.58), (0.18, -0.72)]),
        colour.darker(0.35),
    );
    eye(pen, 0.52, -0.87, 0.045);
    pen.stroke(&[(0.62, -0.68), (0.72, -0.68)], 0.018, INK);
    pen.body(
        blob(&[(0.62, -0.67), (0.72, -0.67), (0.71, -0.56), (0.64, -0.56)]),
        Rgb::hex(0xF07F8C),
    );
    pen.stroke(&[(0.3, -0.6), (0.46, -0.56)], 0.055, Rgb::hex(0xD23B3B).mix(colour, 0.15));
}

pub(super) fn bird(pen: &mut Pen<'_>, colour: Rgb, phase: f32) {
    let flap = (phase * 11.0).sin();
    let wing = |far: f32| {
        blob(&[
            (-0.22, -0.5),
            (0.24, -0.54),
            (0.12 - far, -0.54 - 0.62 * flap),
            (-0.34 - far, -0.62 - 0.72 * flap),
            (-0.3, -0.55 - 0.2 * flap),
        ])
    };
    pen.body(wing(-0.1), colour.darker(0.3));
    pen.polygon(&[(-0.4, -0.5), (-0.86, -0.62), (-0.8, -0.44), (-0.4, -0.36)], colour.darker(0.22));
    pen.body(
        blob(&[
            (-0.56, -0.5),
            (-0.2, -0.68),
            (0.3, -0.68),
            (0.54, -0.56),
            (0.4, -0.3),
            (0.0, -0.22),
            (-0.36, -0.32),
        ]),
        colour,
    );
    pen.body(blob(&[(-0.2, -0.36), (0.3, -0.42), (0.36, -0.3), (0.0, -0.23)]), colour.lighter(0.4));
    pen.round(0.46, -0.66, 0.2, 0.19, colour);
    pen.polygon(&[(0.62, -0.72), (0.88, -0.63), (0.62, -0.58)], Rgb::hex(0xF2A027));
    eye(pen, 0.52, -0.7, 0.05);
    pen.body(wing(0.0), colour.darker(0.12));
}

pub(super) fn fish(pen: &mut Pen<'_>, colour: Rgb, phase: f32) {
    let wag = (phase * 7.0).sin() * 0.14;
    pen.body(
        blob(&[
            (-0.48, -0.5),
            (-0.84, -0.86 + wag),
            (-0.78, -0.5 + wag * 0.6),
            (-0.84, -0.16 + wag),
        ]),
        colour.darker(0.12),
    );
    pen.body(
        blob(&[(-0.2, -0.74), (-0.1, -1.04), (0.3, -0.92), (0.34, -0.74)]),
        colour.darker(0.2),
    );
    pen.body(
        blob(&[
            (-0.58, -0.5),
            (-0.2, -0.84),
            (0.4, -0.86),
            (0.74, -0.52),
            (0.4, -0.16),
            (-0.2, -0.16),
        ]),
        colour,
    );
    pen.fill(
        blob(&[(-0.2, -0.3), (0.3, -0.3), (0.56, -0.42), (0.3, -0.19), (-0.1, -0.19)]),
        colour.lighter(0.45).alpha(0.8),
    );
    for x in [-0.2, 0.04] {
        pen.fill(
            blob(&[
                (x - 0.05, -0.74),
                (x + 0.06, -0.76),
                (x + 0.1, -0.5),
                (x + 0.04, -0.24),
                (x - 0.06, -0.26),
                (x, -0.5),
            ]),
            colour.lighter(0.55).alpha(0.6),
        );
    }
    pen.body(
        blob(&[(0.06, -0.46), (-0.16, -0.34 + wag), (-0.08, -0.2 + wag), (0.16, -0.36)]),
        colour.darker(0.25),
    );
    eye(pen, 0.44, -0.58, 0.085);
    pen.stroke(&[(0.6, -0.4), (0.53, -0.37)], 0.022, colour.darker(0.5));
}

pub(super) fn butterfly(pen: &mut Pen<'_>, colour: Rgb, phase: f32) {
    let open = 0.35 + 0.65 * (phase * 8.0).sin().abs();
    for side in [-1.0, 1.0] {
        let mut wing = pen.within(Transform::from_row(side * open, 0.0, 0.0, 1.0, 0.0, 0.0));
        wing.body(
            blob(&[(0.0, -0.5), (0.16, -0.92), (0.62, -1.02), (0.66, -0.66), (0.3, -0.44)]),
            colour,
        );
        wing.body(
            blob(&[(0.0, -0.48), (0.4, -0.5), (0.56, -0.26), (0.34, -0.02), (0.1, -0.22)]),
            colour.darker(0.15),
        );
        wing.fill(
            blob(&[(0.2, -0.7), (0.42, -0.86), (0.5, -0.74), (0.34, -0.6)]),
            colour.lighter(0.5),
        );
        wing.ellipse(0.33, -0.26, 0.07, 0.07, colour.lighter(0.5));
        wing.stroke_path(
            blob(&[(0.0, -0.5), (0.16, -0.92), (0.62, -1.02), (0.66, -0.66), (0.3, -0.44)]),
            0.035,
            INK.alpha(0.75),
        );
    }
    pen.body(super::pen::oval(0.0, -0.47, 0.05, 0.3), INK.lighter(0.1));
    pen.ellipse(0.0, -0.8, 0.065, 0.065, INK);
    for side in [-1.0, 1.0] {
        pen.stroke(&[(0.0, -0.84), (0.08 * side, -0.97), (0.15 * side, -1.0)], 0.015, INK);
    }
}

pub(super) fn whale(pen: &mut Pen<'_>, colour: Rgb, phase: f32) {
    let wag = (phase * 2.4).sin() * 0.1;
    pen.body(
        polygon(&[
            (-0.86, -0.5 + wag),
            (-1.2, -0.8 + wag),
            (-1.04, -0.5 + wag),
            (-1.2, -0.24 + wag),
        ]),
        colour.darker(0.15),
    );
    pen.body(
        blob(&[
            (-0.98, -0.52 + wag),
            (-0.5, -0.66),
            (0.0, -0.92),
            (0.6, -0.9),
            (0.94, -0.55),
            (0.66, -0.16),
            (0.0, -0.1),
            (-0.5, -0.34),
            (-0.95, -0.46 + wag),
        ]),
        colour,
    );
    pen.fill(
        blob(&[
            (0.9, -0.42),
            (0.62, -0.18),
            (0.0, -0.12),
            (-0.4, -0.3),
            (0.0, -0.28),
            (0.5, -0.34),
        ]),
        colour.lighter(0.6),
    );
    for k in 0..4 {
        let y = -0.3 + 0.04 * k as f32;
        pen.stroke(
            &[(0.76 - 0.06 * k as f32, y), (0.1, y + 0.03)],
            0.012,
            colour.darker(0.2).alpha(0.6),
        );
    }
    pen.body(
        blob(&[(0.2, -0.3), (0.02, -0.02 + wag), (-0.14, 0.02 + wag), (0.0, -0.28)]),
        colour.darker(0.22),
    );
    eye(pen, 0.6, -0.5, 0.045);
}
