//! What stands still in a shot, drawn once, and the frame's way through it.

use reverie_domain::storyboard::Camera;
use tiny_skia::{Pixmap, Transform};

use super::Size;
use super::camera::{Angle, View};
use super::pen::Pen;
use super::plate::Plate;

/// What stands still in a shot. What moves is drawn between its plates.
#[derive(Default)]
pub(super) struct Plates {
    list: Vec<Plate>,
    /// For each thing that stands still, in the order in which they are drawn: the plate that begins
    /// with it; none if it is on the one before.
    begins: Vec<Option<usize>>,
}

impl Plates {
    /// The plate that begins with the thing of this number.
    pub(super) fn at(&self, thing: usize) -> Option<&Plate> {
        self.begins.get(thing).copied().flatten().and_then(|plate| self.list.get(plate))
    }
}

/// Draws plates. Things at one depth with nothing that moves between them share one; where the view
/// does not move, so do things at any depth.
pub(super) struct Setter {
    angle: Angle,
    size: Size,
    plates: Plates,
    open: Option<Open>,
}

/// A plate that is being drawn.
struct Open {
    depth: f32,
    picture: Pixmap,
    scale: f32,
    corner: (f32, f32),
}

impl Setter {
    pub(super) fn new(angle: Angle, size: Size) -> Self {
        Self { angle, size, plates: Plates::default(), open: None }
    }

    /// Draws something that stands still.
    pub(super) fn still(&mut self, depth: f32, draw: impl FnOnce(&mut Pen<'_>)) {
        let shared = |open: &Open| open.depth == depth || self.angle.camera == Camera::Static;
        if !self.open.as_ref().is_some_and(shared) {
            self.close();
            self.open = self.begun(depth);
            self.plates.begins.push(self.open.is_some().then_some(self.plates.list.len()));
        } else {
            self.plates.begins.push(None);
        }
        let Some(open) = &mut self.open else { return };
        let (scale, (left, top)) = (open.scale, open.corner);
        let to = Transform::from_row(scale, 0.0, 0.0, scale, -left * scale, -top * scale);
        draw(&mut Pen::new(&mut open.picture, to));
    }

    /// Ends the plate that is being drawn: something that moves is before it.
    pub(super) fn close(&mut self) {
        if let Some(open) = self.open.take() {
            let plate = Plate::of(open.depth, open.scale, open.corner, &open.picture);
            self.plates.list.push(plate);
        }
    }

    pub(super) fn finish(mut self) -> Plates {
        self.close();
        self.plates
    }

    fn begun(&self, depth: f32) -> Option<Open> {
        let (scale, area) = View::seen(self.angle, self.size, depth);
        let pixels = |length: f32| (length * scale).round().max(1.0) as u32;
        let (width, height) = (pixels(area.right - area.left), pixels(area.bottom - area.top));
        let picture = Pixmap::new(width, height)?;
        Some(Open { depth, picture, scale, corner: (area.left, area.top) })
    }
}
