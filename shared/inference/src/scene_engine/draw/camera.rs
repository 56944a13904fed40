//! Where the view is at a time.

use reverie_domain::storyboard::Camera;
use tiny_skia::Transform;

use super::Size;
use super::noise::ease;
use super::plate::Area;

/// At how many times of a shot the view is looked at to see what it shows.
const LOOKS: i32 = 32;

/// How a shot is seen: how the view moves, and through which lens.
#[derive(Debug, Clone, Copy)]
pub(super) struct Angle {
    pub(super) camera: Camera,
    pub(super) lens: Lens,
}

/// How much larger everything is, and which height is in the middle.
#[derive(Debug, Clone, Copy)]
pub(super) struct Lens {
    zoom: f32,
    y: f32,
}

impl Lens {
    pub(super) const WIDE: Self = Self { zoom: 1.0, y: 0.0 };

    /// What is at the height `y`, from near. Nothing beyond the wide view comes to be seen.
    pub(super) fn near(y: f32) -> Self {
        const NEAR: f32 = 1.45;
        let room = 0.5 - 0.5 / NEAR;
        Self { zoom: NEAR, y: y.clamp(-room, room) }
    }
}

/// The view at one time.
#[derive(Debug, Clone, Copy)]
pub(super) struct View {
    x: f32,
    y: f32,
    zoom: f32,
    lens: Lens,
}

impl View {
    /// At `share` (0–1) of the shot.
    pub(super) fn at(Angle { camera, lens }: Angle, share: f32) -> Self {
        let eased = 0.7 * ease(share) + 0.3 * share;
        let way = eased - 0.5;
        let (x, y, zoom) = match camera {
            Camera::Static => (0.0, 0.0, 1.0),
            Camera::PanLeft => (-0.36 * way, 0.0, 1.06),
            Camera::PanRight => (0.36 * way, 0.0, 1.06),
            Camera::ZoomIn => (0.0, 0.03 * eased, 1.0 + 0.32 * eased),
            Camera::ZoomOut => (0.0, 0.03 * (1.0 - eased), 1.32 - 0.32 * eased),
            Camera::Dolly => (0.05 * way, 0.02 * eased, 1.0 + 0.5 * eased),
            Camera::Orbit => {
                let angle = way * std::f32::consts::PI;
                (0.16 * angle.sin(), 0.015 * angle.cos(), 1.08 + 0.08 * angle.cos())
            }
        };
        Self { x, y, zoom, lens }
    }

    /// What a whole shot shows of what is at `depth`, and its greatest scale.
    pub(super) fn seen(angle: Angle, size: Size, depth: f32) -> (f32, Area) {
        let (width, height) = (size.width as f32, size.height as f32);
        let mut seen = Area { left: 0.0, top: 0.0, right: 0.0, bottom: 0.0 };
        let mut scale = height;
        for look in 0..=LOOKS {
            let to = Self::at(angle, look as f32 / LOOKS as f32).transform(size, depth);
            seen.left = seen.left.min(-to.tx / to.sx);
            seen.top = seen.top.min(-to.ty / to.sy);
            seen.right = seen.right.max((width - to.tx) / to.sx);
            seen.bottom = seen.bottom.max((height - to.ty) / to.sy);
            scale = scale.max(to.sx);
        }
        if angle.camera != Camera::Static {
            // The view between two looks, and the pixel beside the last.
            seen = seen.wider(4.0 / scale);
        }
        (scale, seen)
    }

    /// From the world to pixels, for what is at `depth`: 0 is infinitely far, 1 is where subjects are.
    pub(super) fn transform(self, size: Size, depth: f32) -> Transform {
        let (width, height) = (size.width as f32, size.height as f32);
        let scale = height * (1.0 + (self.zoom - 1.0) * depth) * self.lens.zoom;
        Transform::from_row(
            scale,
            0.0,
            0.0,
            scale,
            width / 2.0 - self.x * depth * scale,
            height / 2.0 - self.y * depth * scale - self.lens.y * height * self.lens.zoom,
        )
    }
}
