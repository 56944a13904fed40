//! Drawing with few words on `tiny-skia`.

use tiny_skia::{
    Color, FillRule, GradientStop, LineCap, LineJoin, LinearGradient, Paint, Path, PathBuilder,
    Pixmap, Point, RadialGradient, Rect, Shader, SpreadMode, Stroke, Transform,
};

/// A colour and how opaque it is, each 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Rgb(pub(super) f32, pub(super) f32, pub(super) f32, pub(super) f32);

impl Rgb {
    pub(super) const WHITE: Self = Self(1.0, 1.0, 1.0, 1.0);
    pub(super) const BLACK: Self = Self(0.0, 0.0, 0.0, 1.0);

    /// Of three bytes.
    pub(super) const fn hex(rgb: u32) -> Self {
        let (r, g, b) = ((rgb >> 16) & 255, (rgb >> 8) & 255, rgb & 255);
        Self(r as f32 / 255.0, g as f32 / 255.0, b as f32 / 255.0, 1.0)
    }

    pub(super) fn mix(self, other: Self, share: f32) -> Self {
        let to = |a: f32, b: f32| a + (b - a) * share;
        Self(to(self.0, other.0), to(self.1, other.1), to(self.2, other.2), to(self.3, other.3))
    }

    pub(super) fn lighter(self, share: f32) -> Self {
        Self(1.0, 1.0, 1.0, self.3).mix(self, 1.0 - share)
    }

    pub(super) fn darker(self, share: f32) -> Self {
        Self(0.0, 0.0, 0.02, self.3).mix(self, 1.0 - share)
    }

    pub(super) const fn alpha(self, alpha: f32) -> Self {
        Self(self.0, self.1, self.2, alpha)
    }

    /// How bright it is, 0 to 1.
    pub(super) fn level(self) -> f32 {
        0.3 * self.0 + 0.55 * self.1 + 0.15 * self.2
    }

    /// Under a light of this colour.
    pub(super) fn lit(self, light: Self) -> Self {
        Self(self.0 * light.0, self.1 * light.1, self.2 * light.2, self.3)
    }

    fn color(self) -> Color {
        let part = |x: f32| x.clamp(0.0, 1.0);
        Color::from_rgba(part(self.0), part(self.1), part(self.2), part(self.3))
            .unwrap_or(Color::BLACK)
    }
}

/// Draws in the coordinates of a transform.
pub(super) struct Pen<'p> {
    frame: &'p mut Pixmap,
    to: Transform,
}

impl<'p> Pen<'p> {
    pub(super) fn new(frame: &'p mut Pixmap, to: Transform) -> Self {
        Self { frame, to }
    }

    /// A pen whose coordinates lie within this one's.
    pub(super) fn within(&mut self, inner: Transform) -> Pen<'_> {
        Pen { frame: self.frame, to: self.to.pre_concat(inner) }
    }

    /// Fills a path with a plain colour.
    pub(super) fn fill(&mut self, path: Option<Path>, colour: Rgb) {
        self.shade(path, Shader::SolidColor(colour.color()));
    }

    /// Fills a path from `top` to `bottom`, between two heights.
    pub(super) fn fade(&mut self, path: Option<Path>, top: (f32, Rgb), bottom: (f32, Rgb)) {
        self.stops(path, (top.0, bottom.0), &[(0.0, top.1), (1.0, bottom.1)]);
    }

    /// Fills a path with several colours between two heights.
    pub(super) fn stops(&mut self, path: Option<Path>, span: (f32, f32), stops: &[(f32, Rgb)]) {
        let stops = stops.iter().map(|(at, rgb)| GradientStop::new(*at, rgb.color())).collect();
        let (from, to) = (Point::from_xy(0.0, span.0), Point::from_xy(0.0, span.1));
        let shader = LinearGradient::new(from, to, stops, SpreadMode::Pad, Transform::identity());
        if let Some(shader) = shader {
            self.shade(path, shader);
        }
    }

    /// Fills a path with a colour that fades out from one point to another.
    pub(super) fn ray(
        &mut self,
        path: Option<Path>,
        from: (f32, f32),
        to: (f32, f32),
        colour: Rgb,
    ) {
        let stops = [(0.0, 1.0), (0.5, 0.4), (1.0, 0.0)];
        let stops =
            stops.map(|(at, share)| GradientStop::new(at, colour.alpha(colour.3 * share).color()));
        let (from, to) = (Point::from_xy(from.0, from.1), Point::from_xy(to.0, to.1));
        let (mode, whole) = (SpreadMode::Pad, Transform::identity());
        if let Some(shader) = LinearGradient::new(from, to, stops.to_vec(), mode, whole) {
            self.shade(path, shader);
        }
    }

    /// Fills a path as if light came from above.
    pub(super) fn body(&mut self, path: Option<Path>, colour: Rgb) {
        let Some(bounds) = path.as_ref().map(Path::bounds) else { return };
        let (top, bottom) = (colour.lighter(0.16), colour.darker(0.24));
        self.stops(
            path,
            (bounds.top(), bounds.bottom() + 0.001),
            &[(0.0, top), (0.45, colour), (1.0, bottom)],
        );
    }

    pub(super) fn ellipse(&mut self, x: f32, y: f32, rx: f32, ry: f32, colour: Rgb) {
        self.fill(oval(x, y, rx, ry), colour);
    }

    pub(super) fn round(&mut self, x: f32, y: f32, rx: f32, ry: f32, colour: Rgb) {
        self.body(oval(x, y, rx, ry), colour);
    }

    pub(super) fn block(&mut self, x: f32, y: f32, width: f32, height: f32, colour: Rgb) {
        self.fill(rect(x, y, width, height), colour);
    }

    pub(super) fn polygon(&mut self, points: &[(f32, f32)], colour: Rgb) {
        self.fill(polygon(points), colour);
    }

    /// A line with round ends.
    pub(super) fn stroke(&mut self, points: &[(f32, f32)], width: f32, colour: Rgb) {
        let mut path = PathBuilder::new();
        trace(&mut path, points);
        self.stroke_path(path.finish(), width, colour);
    }

    pub(super) fn stroke_path(&mut self, path: Option<Path>, width: f32, colour: Rgb) {
        let Some(path) = path else { return };
        let stroke = Stroke {
            width,
            line_cap: LineCap::Round,
            line_join: LineJoin::Round,
            ..Stroke::default()
        };
        let paint = paint(Shader::SolidColor(colour.color()));
        self.frame.stroke_path(&path, &paint, &stroke, self.to, None);
    }

    /// A light that fades out.
    pub(super) fn glow(&mut self, x: f32, y: f32, radius: f32, colour: Rgb) {
        let stops = [(0.0, 1.0), (0.3, 0.5), (0.6, 0.16), (1.0, 0.0)];
        let stops =
            stops.map(|(at, share)| GradientStop::new(at, colour.alpha(colour.3 * share).color()));
        self.radial(x, y, radius, stops.to_vec());
    }

    /// A ball that is lit from the upper left.
    pub(super) fn sphere(&mut self, x: f32, y: f32, radius: f32, colour: Rgb) {
        let centre = Point::from_xy(x - radius * 0.35, y - radius * 0.4);
        let stops = vec![
            GradientStop::new(0.0, colour.lighter(0.35).color()),
            GradientStop::new(0.35, colour.color()),
            GradientStop::new(1.0, colour.darker(0.5).color()),
        ];
        let shader = RadialGradient::new(
            centre,
            0.0,
            centre,
            radius * 1.6,
            stops,
            SpreadMode::Pad,
            Transform::identity(),
        );
        if let Some(shader) = shader {
            self.shade(oval(x, y, radius, radius), shader);
        }
    }

    /// The side of a ball that is away from the light at the upper left.
    pub(super) fn dusk(&mut self, x: f32, y: f32, radius: f32, colour: Rgb) {
        let stops = [(0.0, 0.0), (0.5, 0.0), (0.78, 0.55), (1.0, 1.0)];
        let stops =
            stops.map(|(at, share)| GradientStop::new(at, colour.alpha(colour.3 * share).color()));
        let centre = Point::from_xy(x - radius * 0.45, y - radius * 0.4);
        let (mode, to) = (SpreadMode::Pad, Transform::identity());
        let far = radius * 1.55;
        let shader = RadialGradient::new(centre, 0.0, centre, far, stops.to_vec(), mode, to);
        if let Some(shader) = shader {
            self.shade(oval(x, y, radius, radius), shader);
        }
    }

    fn radial(&mut self, x: f32, y: f32, radius: f32, stops: Vec<GradientStop>) {
        let centre = Point::from_xy(x, y);
        let shader = RadialGradient::new(
            centre,
            0.0,
            centre,
            radius,
            stops,
            SpreadMode::Pad,
            Transform::identity(),
        );
        if let Some(shader) = shader {
            self.shade(oval(x, y, radius, radius), shader);
        }
    }

    fn shade(&mut self, path: Option<Path>, shader: Shader<'_>) {
        let Some(path) = path else { return };
        self.frame.fill_path(&path, &paint(shader), FillRule::Winding, self.to, None);
    }
}

fn paint(shader: Shader<'_>) -> Paint<'_> {
    Paint { shader, anti_alias: true, ..Paint::default() }
}

fn trace(path: &mut PathBuilder, points: &[(f32, f32)]) {
    for (index, (x, y)) in points.iter().enumerate() {
        match index {
            0 => path.move_to(*x, *y),
            _ => path.line_to(*x, *y),
        }
    }
}

pub(super) fn oval(x: f32, y: f32, rx: f32, ry: f32) -> Option<Path> {
    PathBuilder::from_oval(Rect::from_ltrb(x - rx, y - ry, x + rx, y + ry)?)
}

pub(super) fn rect(x: f32, y: f32, width: f32, height: f32) -> Option<Path> {
    Some(PathBuilder::from_rect(Rect::from_xywh(x, y, width, height)?))
}

/// A rectangle with round corners.
pub(super) fn pill(x: f32, y: f32, width: f32, height: f32, r: f32) -> Option<Path> {
    let mut path = PathBuilder::new();
    let (right, bottom) = (x + width, y + height);
    path.move_to(x + r, y);
    path.line_to(right - r, y);
    path.quad_to(right, y, right, y + r);
    path.line_to(right, bottom - r);
    path.quad_to(right, bottom, right - r, bottom);
    path.line_to(x + r, bottom);
    path.quad_to(x, bottom, x, bottom - r);
    path.line_to(x, y + r);
    path.quad_to(x, y, x + r, y);
    path.close();
    path.finish()
}

pub(super) fn polygon(points: &[(f32, f32)]) -> Option<Path> {
    let mut path = PathBuilder::new();
    trace(&mut path, points);
    path.close();
    path.finish()
}

/// A closed curve through the middles of these points' edges, so that it has no corners.
pub(super) fn blob(points: &[(f32, f32)]) -> Option<Path> {
    let middle = |a: (f32, f32), b: (f32, f32)| ((a.0 + b.0) / 2.0, (a.1 + b.1) / 2.0);
    let (first, last) = (*points.first()?, *points.last()?);
    let mut path = PathBuilder::new();
    let start = middle(last, first);
    path.move_to(start.0, start.1);
    for (index, point) in points.iter().enumerate() {
        let next = middle(*point, points.get(index + 1).copied().unwrap_or(first));
        path.quad_to(point.0, point.1, next.0, next.1);
    }
    path.close();
    path.finish()
}

/// An open curve through these points.
pub(super) fn curve(points: &[(f32, f32)]) -> Option<Path> {
    let solid: Vec<(f32, f32, f32)> = points.iter().map(|(x, y)| (*x, *y, 0.0)).collect();
    let smooth: Vec<(f32, f32)> = spline(&solid).iter().map(|(x, y, _)| (*x, *y)).collect();
    let mut path = PathBuilder::new();
    trace(&mut path, &smooth);
    path.finish()
}

/// A limb along a curve through these points, with round ends; each has half of the limb's width there.
pub(super) fn limb(points: &[(f32, f32, f32)]) -> Option<Path> {
    let smooth = spline(points);
    let mut path = PathBuilder::new();
    for pair in smooth.windows(2) {
        let [from, to] = pair else { continue };
        let (dx, dy) = (to.0 - from.0, to.1 - from.1);
        let length = dx.hypot(dy).max(1e-6);
        let (nx, ny) = (-dy / length, dx / length);
        // As ovals go round, so that what lies on each other stays filled.
        path.move_to(from.0 - nx * from.2, from.1 - ny * from.2);
        path.line_to(to.0 - nx * to.2, to.1 - ny * to.2);
        path.line_to(to.0 + nx * to.2, to.1 + ny * to.2);
        path.line_to(from.0 + nx * from.2, from.1 + ny * from.2);
        path.close();
    }
    for (x, y, r) in smooth {
        if let Some(rect) = Rect::from_ltrb(x - r, y - r, x + r, y + r) {
            path.push_oval(rect);
        }
    }
    path.finish()
}

/// Several shapes as one, so that light falls on them as on one. All go round clockwise.
pub(super) fn joined<const N: usize>(parts: [Option<Path>; N]) -> Option<Path> {
    let mut path = PathBuilder::new();
    for part in parts.iter().flatten() {
        path.push_path(part);
    }
    path.finish()
}

/// Points of an arc, from one angle to another, clockwise from the right.
pub(super) fn arc(centre: (f32, f32), radii: (f32, f32), from: f32, to: f32) -> Vec<(f32, f32)> {
    const STEPS: i32 = 24;
    let at = |step: i32| {
        let (s, c) = (from + (to - from) * step as f32 / STEPS as f32).sin_cos();
        (centre.0 + radii.0 * c, centre.1 + radii.1 * s)
    };
    (0..=STEPS).map(at).collect()
}

/// Points close to each other on a curve through `points` (Catmull and Rom, 1974).
fn spline(points: &[(f32, f32, f32)]) -> Vec<(f32, f32, f32)> {
    const STEPS: usize = 5;
    let Some((first, last)) = points.first().zip(points.last()) else { return Vec::new() };
    let mut smooth = vec![*first];
    for (index, pair) in points.windows(2).enumerate() {
        let [b, c] = pair else { continue };
        let a = index.checked_sub(1).and_then(|before| points.get(before)).unwrap_or(first);
        let d = points.get(index + 2).unwrap_or(last);
        for step in 1..=STEPS {
            let t = step as f32 / STEPS as f32;
            let at = |a: f32, b: f32, c: f32, d: f32| {
                let cubic = (-a + 3.0 * b - 3.0 * c + d) * t * t * t;
                let square = (2.0 * a - 5.0 * b + 4.0 * c - d) * t * t;
                0.5 * (2.0 * b + (c - a) * t + square + cubic)
            };
            let x = at(a.0, b.0, c.0, d.0);
            let y = at(a.1, b.1, c.1, d.1);
            smooth.push((x, y, at(a.2, b.2, c.2, d.2).max(0.0)));
        }
    }
    smooth
}
