//! A picture as a shot: the view moves over it, and what is near moves more than what is far.

use image::imageops::{self, FilterType};
use reverie_domain::storyboard::Camera;
use tiny_skia::Pixmap;

use super::Size;
use super::depth::Depth;
use super::grade::Tone;
use super::noise::ease;
use super::plate::lerp;
use crate::reference::Picture;

/// How many more pixels a picture keeps than it has at a zoom of 1, along each side.
const HEADROOM: f32 = 1.25;
/// Between the places for which the depth is asked, in pixels of the frame.
const STEP: usize = 16;

/// A picture that is ready to be shown. The unit is the height of the frame.
pub(super) struct Photo {
    /// Opaque RGBA, red in the lowest byte.
    pixels: Vec<u32>,
    width: usize,
    height: usize,
    /// Pixels of the picture for a height of 1, where it just covers the frame.
    scale: f32,
    depth: Depth,
}

/// How the view lies over a picture.
#[derive(Debug, Clone, Copy, PartialEq)]
struct View {
    zoom: f32,
    /// How much more near things grow than far ones.
    swell: f32,
    /// The middle of what is seen.
    centre: (f32, f32),
    /// How far near things are shifted to the right, and far ones to the left.
    slide: f32,
}

impl Photo {
    pub(super) fn new(picture: &Picture, size: Size) -> Self {
        let picture = picture.pixels();
        let (wide, high) = (picture.width() as f32, picture.height() as f32);
        let (aspect, frame) = (size.aspect(), size.height as f32);
        let scale = (wide / aspect).min(high);
        let depth = Depth::of(picture);
        let shrink = frame * HEADROOM / scale;
        let fitted = (shrink < 1.0).then(|| {
            let side = |length: f32| ((length * shrink).round() as u32).max(2);
            imageops::resize(picture, side(wide), side(high), FilterType::Triangle)
        });
        let picture = fitted.as_ref().unwrap_or(picture);
        let pixels =
            picture.pixels().map(|p| u32::from_le_bytes([p.0[0], p.0[1], p.0[2], 255])).collect();
        let (width, height) = (picture.width() as usize, picture.height() as usize);
        let scale = (width as f32 / aspect).min(height as f32);
        Self { pixels, width, height, scale, depth }
    }

    /// The colours of a picture.
    pub(super) fn tone(picture: &Picture) -> Tone {
        let pixels = picture.pixels();
        let small = imageops::thumbnail(pixels, 64.min(pixels.width()), 64.min(pixels.height()));
        Tone::of(small.pixels().map(|pixel| pixel.0))
    }

    /// Fills a frame with it, at `share` (0–1) of its shot.
    pub(super) fn draw(&self, frame: &mut Pixmap, camera: Camera, share: f32) {
        let (wide, high) = (frame.width() as usize, frame.height() as usize);
        let aspect = wide as f32 / high as f32;
        let view = self.view(camera, share, aspect);
        let across = wide.div_ceil(STEP) + 1;
        let nodes: Vec<(f32, f32)> = (0..high.div_ceil(STEP) + 1)
            .flat_map(|row| (0..across).map(move |column| (column, row)))
            .map(|(column, row)| {
                let x = (column * STEP) as f32 / high as f32 - aspect / 2.0;
                self.source(&view, (x, (row * STEP) as f32 / high as f32 - 0.5))
            })
            .collect();
        let rows = frame.data_mut().as_chunks_mut::<4>().0.chunks_exact_mut(wide);
        for (y, row) in rows.enumerate() {
            let (above, share) = (y / STEP * across, (y % STEP) as f32 / STEP as f32);
            let place = |column: usize| {
                let node = |at: usize| nodes.get(at).copied().unwrap_or_default();
                let (upper, lower) = (node(above + column), node(above + across + column));
                (upper.0 + (lower.0 - upper.0) * share, upper.1 + (lower.1 - upper.1) * share)
            };
            for (column, pixels) in row.chunks_mut(STEP).enumerate() {
                self.fill(pixels, place(column), place(column + 1));
            }
        }
    }

    /// Fills pixels from a line through the picture.
    fn fill(&self, pixels: &mut [[u8; 4]], from: (f32, f32), to: (f32, f32)) {
        // In 256ths of a pixel.
        let fixed = |value: f32| (value * 65_536.0) as i64;
        let (mut x, mut y) = (fixed(from.0), fixed(from.1));
        let (dx, dy) = (fixed((to.0 - from.0) / STEP as f32), fixed((to.1 - from.1) / STEP as f32));
        let most = |length: usize| (length as i64 - 1) * 65_536 - 1;
        let (right, bottom) = (most(self.width).max(0), most(self.height).max(0));
        for pixel in pixels {
            let (u, v) = (x.clamp(0, right), y.clamp(0, bottom));
            let at = (v >> 16) as usize * self.width + (u >> 16) as usize;
            let (s, t) = ((u >> 8) as u32 & 255, (v >> 8) as u32 & 255);
            let pair = |at: usize| self.pixels.get(at..at + 2).unwrap_or(&[0, 0]);
            if let ([a, b], [c, d]) = (pair(at), pair((at + self.width).min(self.last()))) {
                let colour = lerp(lerp(*a, *b, s), lerp(*c, *d, s), t);
                *pixel = (colour | 0xFF00_0000).to_le_bytes();
            }
            x += dx;
            y += dy;
        }
    }

    /// The start of the last pair of pixels.
    fn last(&self) -> usize {
        self.pixels.len().saturating_sub(2)
    }

    /// The pixel of the picture that is seen at a place of the frame.
    fn source(&self, view: &View, (x, y): (f32, f32)) -> (f32, f32) {
        let (wide, high) = (self.width as f32, self.height as f32);
        let mut near = 0.5;
        let mut place = (0.0, 0.0);
        // What is there decides where it is: a few steps settle it.
        for _ in 0..3 {
            let zoom = 1.0 + (view.zoom - 1.0) * (1.0 + view.swell * (near - 0.5));
            let u = view.centre.0 + (x - view.slide * (near - 0.5)) / zoom;
            let v = view.centre.1 + y / zoom;
            place = (u * self.scale + wide / 2.0, v * self.scale + high / 2.0);
            near = self.depth.at(place.0 / wide, place.1 / high);
        }
        (place.0 - 0.5, place.1 - 0.5)
    }

    fn view(&self, camera: Camera, share: f32, aspect: f32) -> View {
        let share = share.clamp(0.0, 1.0);
        let eased = 0.6 * ease(share) + 0.4 * share;
        let way = eased - 0.5;
        let (zoom, swell, slide) = match camera {
            Camera::Static => (1.0, 0.0, 0.0),
            Camera::ZoomIn => (1.0 + 0.2 * eased, 0.7, 0.0),
            Camera::ZoomOut => (1.2 - 0.2 * eased, 0.7, 0.0),
            Camera::Dolly => (1.0 + 0.32 * eased, 1.2, 0.0),
            Camera::PanLeft => (1.14, 0.0, 0.09 * way),
            Camera::PanRight => (1.14, 0.0, -0.09 * way),
            Camera::Orbit => (1.1, 0.0, 0.1 * (way * std::f32::consts::PI).sin()),
        };
        let (wide, high) = (self.width as f32 / self.scale, self.height as f32 / self.scale);
        // The least that is seen of what is far, so that no edge comes into the frame.
        let least = 1.0 + (zoom - 1.0) * (1.0 - swell / 2.0);
        let room = ((wide - aspect / least) / 2.0, (high - 1.0 / least) / 2.0);
        let (x, y) = self.depth.interest;
        let bounded = |at: f32, room: f32| at.clamp(-room.max(0.0), room.max(0.0));
        let pan = match camera {
            Camera::PanLeft => -2.0 * way * room.0.min(0.3),
            Camera::PanRight => 2.0 * way * room.0.min(0.3),
            _ => 0.0,
        };
        // A pan has its interest in the middle of its way, as far as there is room.
        let slack = if pan == 0.0 { room.0 } else { (room.0 - room.0.min(0.3)).max(0.0) };
        let centre = (bounded((x - 0.5) * wide, slack) + pan, bounded((y - 0.5) * high, room.1));
        View { zoom, swell, centre, slide }
    }
}
