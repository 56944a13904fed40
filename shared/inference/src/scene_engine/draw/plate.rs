//! Pictures that are drawn once and laid into many frames.

use std::ops::Range;

use tiny_skia::{Pixmap, Transform};

use super::pen::Pen;

/// The part of the world that a plate shows: from the upper left to the lower right.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Area {
    pub(super) left: f32,
    pub(super) top: f32,
    pub(super) right: f32,
    pub(super) bottom: f32,
}

impl Area {
    /// With so much more on every side.
    pub(super) fn wider(self, more: f32) -> Self {
        Self {
            left: self.left - more,
            top: self.top - more,
            right: self.right + more,
            bottom: self.bottom + more,
        }
    }
}

/// A drawn picture. Rows and columns at its edges that show nothing are cut off.
pub(super) struct Plate {
    /// How far away it is: see [`super::camera::View::transform`].
    pub(super) depth: f32,
    /// Pixels for a height of 1.
    scale: f32,
    /// The world's place of its upper left corner.
    corner: (f32, f32),
    width: usize,
    /// Premultiplied RGBA, red in the lowest byte.
    pixels: Vec<u32>,
    /// Where each row shows something.
    spans: Vec<Range<usize>>,
}

impl Plate {
    /// What `draw` puts into `area`. `None` for a size that cannot be.
    pub(super) fn drawn(
        depth: f32,
        scale: f32,
        area: Area,
        draw: impl FnOnce(&mut Pen<'_>),
    ) -> Option<Self> {
        let pixels = |length: f32| (length * scale).ceil().max(1.0) as u32;
        let size = (pixels(area.right - area.left), pixels(area.bottom - area.top));
        let mut picture = Pixmap::new(size.0, size.1)?;
        let to = Transform::from_row(scale, 0.0, 0.0, scale, -area.left * scale, -area.top * scale);
        draw(&mut Pen::new(&mut picture, to));
        Some(Self::of(depth, scale, (area.left, area.top), &picture))
    }

    /// A picture whose upper left corner is at `corner`.
    pub(super) fn of(depth: f32, scale: f32, corner: (f32, f32), picture: &Pixmap) -> Self {
        let width = picture.width() as usize;
        let pixels: Vec<u32> =
            picture.data().as_chunks().0.iter().map(|pixel| u32::from_le_bytes(*pixel)).collect();
        let span = |row: &[u32]| {
            let from = row.iter().position(|pixel| *pixel != 0).unwrap_or(0);
            let to = row.iter().rposition(|pixel| *pixel != 0).map_or(from, |last| last + 1);
            from..to
        };
        let spans: Vec<Range<usize>> = pixels.chunks_exact(width).map(span).collect();
        let first = spans.iter().position(|span| !span.is_empty()).unwrap_or(0);
        let last = spans.iter().rposition(|span| !span.is_empty()).map_or(first, |last| last + 1);
        Self {
            depth,
            scale,
            corner: (corner.0, corner.1 + first as f32 / scale),
            width,
            pixels: pixels.get(first * width..last * width).unwrap_or_default().to_vec(),
            spans: spans.get(first..last).unwrap_or_default().to_vec(),
        }
    }

    /// The same, less opaque.
    pub(super) fn faded(&self, opacity: f32) -> Self {
        let share = (opacity.clamp(0.0, 1.0) * 256.0) as u32;
        Self {
            depth: self.depth,
            scale: self.scale,
            corner: self.corner,
            width: self.width,
            pixels: self.pixels.iter().map(|pixel| lerp(0, *pixel, share)).collect(),
            spans: self.spans.clone(),
        }
    }

    /// Lays it over a frame that `view` maps the world to, moved by `shift`.
    pub(super) fn lay(&self, frame: &mut Pixmap, view: Transform, shift: (f32, f32)) {
        let ratio = view.sx / self.scale;
        let left = (self.corner.0 + shift.0) * view.sx + view.tx;
        let top = (self.corner.1 + shift.1) * view.sy + view.ty;
        let whole = |at: f32| (at - at.round()).abs() < 0.004;
        if (ratio - 1.0).abs() < 1e-6 && whole(left) && whole(top) {
            self.copy(frame, left.round() as i64, top.round() as i64);
        } else {
            self.stretch(frame, ratio, (left, top));
        }
    }

    /// Lays it over a frame at the nearest whole pixels where its size allows it. For what moves fast.
    pub(super) fn lay_fast(&self, frame: &mut Pixmap, view: Transform, shift: (f32, f32)) {
        let round = |at: f32| (at * view.sx).round() / view.sx;
        let snapped = |corner: f32, shift: f32, t: f32| {
            round(corner + shift + t / view.sx) - corner - t / view.sx
        };
        let x = snapped(self.corner.0, shift.0, view.tx);
        let y = snapped(self.corner.1, shift.1, view.ty);
        self.lay(frame, view, (x, y));
    }

    fn copy(&self, frame: &mut Pixmap, left: i64, top: i64) {
        let wide = frame.width() as usize;
        let skipped = usize::try_from(-top).unwrap_or(0);
        let first = usize::try_from(top).unwrap_or(0);
        let targets = frame.data_mut().as_chunks_mut::<4>().0.chunks_exact_mut(wide).skip(first);
        let rows = self.pixels.chunks_exact(self.width).zip(&self.spans).skip(skipped);
        for ((row, span), target) in rows.zip(targets) {
            let from = span.start.max(usize::try_from(-left).unwrap_or(0));
            let at = usize::try_from(left + from as i64).unwrap_or(0);
            let source = row.get(from..span.end).unwrap_or_default();
            let target = target.get_mut(at.min(wide)..).unwrap_or_default();
            for (to, from) in target.iter_mut().zip(source) {
                over(to, *from);
            }
        }
    }

    fn stretch(&self, frame: &mut Pixmap, ratio: f32, (left, top): (f32, f32)) {
        let wide = frame.width() as usize;
        let columns = steps(wide, ratio, left, self.width);
        let rows = steps(frame.height() as usize, ratio, top, self.spans.len());
        let targets = frame.data_mut().as_chunks_mut::<4>().0.chunks_exact_mut(wide);
        let mut mixed = vec![0; self.width];
        for (target, (row, share)) in targets.zip(rows).filter_map(|(to, at)| Some((to, at?))) {
            let Some((from, to)) = self.mixed_row(row, share, &mut mixed) else { continue };
            // A little before the first pixel that shows something.
            let start = ((from as f32 - 1.0) * ratio + left - 1.0).max(0.0) as usize;
            for (to_pixel, at) in target.iter_mut().zip(&columns).skip(start) {
                let Some((at, share)) = *at else { continue };
                if at >= to {
                    break;
                }
                if at + 1 < from {
                    continue;
                }
                let (a, b) = (mixed.get(at), mixed.get(at + 1));
                let (Some(a), b) = (a, b.copied().unwrap_or(0)) else { continue };
                if (*a | b) != 0 {
                    over(to_pixel, lerp(*a, b, share));
                }
            }
        }
    }

    /// Two rows, mixed, where either shows something; and where that is.
    fn mixed_row(&self, row: usize, share: u32, mixed: &mut [u32]) -> Option<(usize, usize)> {
        let span = |row: usize| self.spans.get(row).cloned().unwrap_or_default();
        let (upper, lower) = (span(row), span(row + 1));
        let range = match (upper.is_empty(), lower.is_empty()) {
            (true, true) => return None,
            (false, true) => upper,
            (true, false) => lower,
            (false, false) => upper.start.min(lower.start)..upper.end.max(lower.end),
        };
        let part = |row: usize| {
            let start = row * self.width;
            self.pixels.get(start + range.start..start + range.end)
        };
        let target = mixed.get_mut(range.clone())?;
        match (part(row), part(row + 1)) {
            (Some(upper), Some(lower)) => {
                for ((to, a), b) in target.iter_mut().zip(upper).zip(lower) {
                    *to = lerp(*a, *b, share);
                }
            }
            (Some(only), None) => {
                for (to, a) in target.iter_mut().zip(only) {
                    *to = lerp(*a, 0, share);
                }
            }
            _ => return None,
        }
        // What an earlier row left beside it must not be mixed in.
        if let Some(beside) = mixed.get_mut(range.end) {
            *beside = 0;
        }
        if let Some(before) = range.start.checked_sub(1).and_then(|at| mixed.get_mut(at)) {
            *before = 0;
        }
        Some((range.start, range.end))
    }
}

/// For each of `count` pixels of a frame, the pixel of a plate before it and the share of the next, of 256.
/// `None` outside. Before the first pixel there is nothing, so its edge is hard there.
fn steps(count: usize, ratio: f32, start: f32, length: usize) -> Vec<Option<(usize, u32)>> {
    let at = |pixel: usize| {
        let at = (pixel as f32 + 0.5 - start) / ratio - 0.5;
        let inside = (-0.5..length as f32 - 0.5).contains(&at);
        let at = at.max(0.0);
        inside.then(|| (at as usize, (at.fract() * 256.0) as u32))
    };
    (0..count).map(at).collect()
}

/// Two bytes of a pixel, each with room above it.
const PAIR: u32 = 0x00FF_00FF;

/// From one colour to another; `share` is of 256.
#[inline]
pub(super) fn lerp(a: u32, b: u32, share: u32) -> u32 {
    let rest = 256 - share;
    let half = 0x0080_0080;
    let mix = |a: u32, b: u32| (((a & PAIR) * rest + (b & PAIR) * share + half) >> 8) & PAIR;
    mix(a, b) | (mix(a >> 8, b >> 8) << 8)
}

/// Lays a premultiplied colour over a pixel.
#[inline]
fn over(to: &mut [u8; 4], from: u32) {
    let rest = 255 - (from >> 24);
    if rest == 255 {
        return;
    }
    if rest == 0 {
        *to = from.to_le_bytes();
        return;
    }
    let under = u32::from_le_bytes(*to);
    let dim = |part: u32| {
        let part = (part & PAIR) * rest + 0x0080_0080;
        ((part + ((part >> 8) & PAIR)) >> 8) & PAIR
    };
    // Each byte of `from` is at most its alpha, so that no sum is above 255.
    *to = (from + (dim(under) | (dim(under >> 8) << 8))).to_le_bytes();
}

#[cfg(test)]
mod tests {
    use super::super::pen::Rgb;
    use super::*;

    fn white() -> Pixmap {
        let mut frame = Pixmap::new(40, 40).expect("frame");
        frame.fill(tiny_skia::Color::WHITE);
        frame
    }

    fn square() -> Plate {
        let area = Area { left: -0.5, top: -0.5, right: 0.5, bottom: 0.5 };
        let draw = |pen: &mut Pen<'_>| pen.block(-0.25, -0.25, 0.5, 0.5, Rgb::hex(0xFF0000));
        Plate::drawn(1.0, 40.0, area, draw).expect("plate")
    }

    /// The red pixels of a frame: how many, and where their middle is.
    fn red(frame: &Pixmap) -> (usize, f32, f32) {
        let is_red = |pixel: &tiny_skia::PremultipliedColorU8| pixel.green() < 128;
        let at: Vec<usize> = (0..1600).filter(|at| is_red(&frame.pixels()[*at])).collect();
        let mean = |of: &dyn Fn(usize) -> usize| {
            at.iter().map(|at| of(*at) as f32 + 0.5).sum::<f32>() / at.len() as f32
        };
        (at.len(), mean(&|at| at % 40), mean(&|at| at / 40))
    }

    #[test]
    fn a_plate_is_laid_where_it_was_drawn() {
        let plate = square();
        assert_eq!(plate.spans.len(), 20, "what is empty is cut off");
        let mut frame = white();
        let view = Transform::from_row(40.0, 0.0, 0.0, 40.0, 20.0, 20.0);
        plate.lay(&mut frame, view, (0.0, 0.0));
        assert_eq!(red(&frame), (400, 20.0, 20.0));
        let mut moved = white();
        plate.lay(&mut moved, view, (0.3, -0.1));
        assert_eq!(red(&moved), (400 - 2 * 20, 31.0, 16.0));
    }

    #[test]
    fn a_plate_follows_the_view() {
        let mut frame = white();
        let view = Transform::from_row(60.0, 0.0, 0.0, 60.0, 18.5, 21.25);
        square().lay(&mut frame, view, (0.0, 0.0));
        let (count, x, y) = red(&frame);
        assert!((840..960).contains(&count), "{count}");
        assert!((x - 18.5).abs() < 0.6 && (y - 21.25).abs() < 0.6, "{x} {y}");
    }

    #[test]
    fn what_is_laid_over_covers_by_its_alpha() {
        let mut pixel = [200, 100, 0, 255];
        over(&mut pixel, u32::from_le_bytes([0, 0, 128, 128]));
        assert_eq!(pixel, [100, 50, 128, 255]);
        assert_eq!(lerp(0xFF00_00FF, 0x0000_0000, 128), 0x8000_0080);
        assert_eq!(lerp(0x0102_03FF, 0xFFFF_FFFF, 0), 0x0102_03FF);
    }
}
