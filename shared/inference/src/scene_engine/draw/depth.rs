//! How near the parts of a picture seem, without a model: by a segmentation, by what stands out from the
//! edges, and by what is low in the picture.
//!
//! Segments: Felzenszwalb and Huttenlocher, "Efficient Graph-Based Image Segmentation" (2004). What stands
//! out: Wei et al., "Geodesic Saliency Using Background Priors" (2012).

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use image::{RgbImage, imageops};

/// The longer side of what is looked at, in pixels.
const SIDE: u32 = 112;
/// Larger makes larger segments.
const SCALE: f32 = 0.5;
/// A segment has at least one of so many pixels.
const LEAST: usize = 160;

/// How near each part of a picture is, on a grid over all of it.
pub(super) struct Depth {
    pub(super) width: usize,
    pub(super) height: usize,
    /// 0 is far, 1 is near; row by row.
    pub(super) near: Vec<f32>,
    /// Where one would look: shares of width and height.
    pub(super) interest: (f32, f32),
}

impl Depth {
    pub(super) fn of(picture: &RgbImage) -> Self {
        let (wide, high) = (picture.width().max(1), picture.height().max(1));
        let scale = SIDE as f32 / wide.max(high) as f32;
        let side = |length: u32| ((length as f32 * scale).round() as u32).max(2);
        let small = imageops::thumbnail(picture, side(wide), side(high));
        let grid = Grid { width: small.width() as usize, height: small.height() as usize };
        let colours: Vec<[f32; 3]> = small.pixels().map(|pixel| opponent(pixel.0)).collect();
        let colours = grid.smooth(&colours);
        let labels = grid.segments(&colours);
        let standing = by_segment(&labels, &grid.standing_out(&colours));
        let near = grid.smoothed(grid.near(&labels, &standing));
        let interest = grid.interest(&standing);
        Self { width: grid.width, height: grid.height, near, interest }
    }

    /// At shares of width and height.
    pub(super) fn at(&self, x: f32, y: f32) -> f32 {
        let place = |share: f32, length: usize| {
            let at = (share * length as f32 - 0.5).clamp(0.0, length as f32 - 1.0);
            (at as usize, (at as usize + 1).min(length - 1), at.fract())
        };
        let ((left, right, u), (top, bottom, v)) = (place(x, self.width), place(y, self.height));
        let near = |x: usize, y: usize| self.near.get(y * self.width + x).copied().unwrap_or(0.5);
        let upper = near(left, top) + (near(right, top) - near(left, top)) * u;
        let lower = near(left, bottom) + (near(right, bottom) - near(left, bottom)) * u;
        upper + (lower - upper) * v
    }
}

/// Lightness, red against green, and yellow against blue.
fn opponent(pixel: [u8; 3]) -> [f32; 3] {
    let [r, g, b] = pixel.map(|part| f32::from(part) / 255.0);
    [0.3 * r + 0.59 * g + 0.11 * b, 0.8 * (r - g), 0.8 * ((r + g) / 2.0 - b)]
}

fn differs(a: &[f32; 3], b: &[f32; 3]) -> f32 {
    a.iter().zip(b).map(|(a, b)| (a - b).powi(2)).sum::<f32>().sqrt()
}

struct Grid {
    width: usize,
    height: usize,
}

impl Grid {
    /// The places beside one.
    fn beside(&self, at: usize) -> impl Iterator<Item = usize> + use<> {
        let (x, y) = (at % self.width, at / self.width);
        let (width, height) = (self.width, self.height);
        let around = [(-1i64, 0i64), (1, 0), (0, -1), (0, 1), (-1, -1), (1, -1), (-1, 1), (1, 1)];
        around.into_iter().filter_map(move |(dx, dy)| {
            let (x, y) = (x as i64 + dx, y as i64 + dy);
            let inside = (0..width as i64).contains(&x) && (0..height as i64).contains(&y);
            inside.then(|| y as usize * width + x as usize)
        })
    }

    fn smooth(&self, colours: &[[f32; 3]]) -> Vec<[f32; 3]> {
        let mean = |at: usize| {
            let around = self.beside(at).chain([at]).filter_map(|other| colours.get(other));
            let (mut sum, mut count) = ([0.0; 3], 0.0);
            for colour in around {
                count += 1.0;
                for (sum, part) in sum.iter_mut().zip(colour) {
                    *sum += part;
                }
            }
            sum.map(|part| part / count)
        };
        (0..colours.len()).map(mean).collect()
    }

    /// The number of each pixel's segment.
    fn segments(&self, colours: &[[f32; 3]]) -> Vec<usize> {
        let mut edges: Vec<(f32, usize, usize)> = (0..colours.len())
            .flat_map(|at| self.beside(at).filter(move |other| at < *other).map(move |o| (at, o)))
            .filter_map(|(a, b)| Some((differs(colours.get(a)?, colours.get(b)?), a, b)))
            .collect();
        edges.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)).then(a.2.cmp(&b.2)));
        let mut sets = Sets::new(colours.len());
        for (weight, a, b) in &edges {
            let (a, b) = (sets.find(*a), sets.find(*b));
            if a != b && *weight <= sets.limit(a).min(sets.limit(b)) {
                sets.join(a, b, *weight);
            }
        }
        let least = colours.len() / LEAST;
        for (weight, a, b) in &edges {
            let (a, b) = (sets.find(*a), sets.find(*b));
            if a != b && sets.size(a).min(sets.size(b)) < least {
                sets.join(a, b, *weight);
            }
        }
        (0..colours.len()).map(|at| sets.find(at)).collect()
    }

    /// How much of a way of changing colours lies between each pixel and the edges, 0 to 1. Below, what
    /// matters often reaches the edge, so that this edge counts less.
    fn standing_out(&self, colours: &[[f32; 3]]) -> Vec<f32> {
        let mut ways = vec![u32::MAX; colours.len()];
        let mut next = BinaryHeap::new();
        for at in 0..colours.len() {
            let (x, y) = (at % self.width, at / self.width);
            let start = match (y == 0 || x == 0 || x + 1 == self.width, y + 1 == self.height) {
                (true, _) => 0,
                (_, true) => 400,
                _ => continue,
            };
            next.push(Reverse((start, at)));
        }
        while let Some(Reverse((way, at))) = next.pop() {
            let Some(known) = ways.get_mut(at).filter(|known| way < **known) else { continue };
            *known = way;
            for other in self.beside(at) {
                let (Some(a), Some(b)) = (colours.get(at), colours.get(other)) else { continue };
                let step = (differs(a, b) - 0.015).max(0.0) * 1000.0;
                next.push(Reverse((way.saturating_add(step as u32), other)));
            }
        }
        let mut sorted = ways.clone();
        sorted.sort_unstable();
        let most = sorted.get(sorted.len() * 95 / 100).copied().unwrap_or(0).max(120);
        ways.iter().map(|way| (*way as f32 / most as f32).min(1.0)).collect()
    }

    /// What stands out is near, and so is what is low. A thing is as near as its foot.
    fn near(&self, labels: &[usize], standing: &[f32]) -> Vec<f32> {
        let mut feet = vec![0; labels.len()];
        let mut behind = vec![false; labels.len()];
        for (at, label) in labels.iter().enumerate() {
            let (x, y) = (at % self.width, at / self.width);
            if let (Some(foot), Some(behind)) = (feet.get_mut(*label), behind.get_mut(*label)) {
                *foot = y.max(*foot);
                *behind |= y == 0 || x == 0 || x + 1 == self.width;
            }
        }
        let near = |(at, (label, standing)): (usize, (&usize, &f32))| {
            let row = match behind.get(*label) {
                Some(false) => feet.get(*label).copied().unwrap_or_default(),
                _ => at / self.width,
            };
            let low = row as f32 / (self.height - 1) as f32;
            0.5 * standing + 0.5 * low * low
        };
        labels.iter().zip(standing).enumerate().map(near).collect()
    }

    fn smoothed(&self, mut near: Vec<f32>) -> Vec<f32> {
        for _ in 0..3 {
            let mean = |at: usize| {
                let around = self.beside(at).chain([at]).filter_map(|other| near.get(other));
                let (sum, count) =
                    around.fold((0.0, 0.0), |(sum, count), one| (sum + one, count + 1.0));
                sum / count
            };
            near = (0..near.len()).map(mean).collect();
        }
        near
    }

    /// The middle of what stands out; of the picture, where nothing does.
    fn interest(&self, standing: &[f32]) -> (f32, f32) {
        // As much as a few pixels that stand out.
        let mut sums = (4.0, 2.0, 2.0);
        for (at, standing) in standing.iter().enumerate() {
            let x = ((at % self.width) as f32 + 0.5) / self.width as f32;
            let y = ((at / self.width) as f32 + 0.5) / self.height as f32;
            let weight = standing.powi(3) * (1.0 - 0.8 * (x - 0.5).hypot(y - 0.5));
            sums = (sums.0 + weight, sums.1 + weight * x, sums.2 + weight * y);
        }
        (sums.1 / sums.0, sums.2 / sums.0)
    }
}

/// The mean of each segment, for each of its pixels.
fn by_segment(labels: &[usize], values: &[f32]) -> Vec<f32> {
    let mut sums = vec![(0.0, 0.0); labels.len()];
    for (label, value) in labels.iter().zip(values) {
        if let Some((sum, count)) = sums.get_mut(*label) {
            *sum += value;
            *count += 1.0;
        }
    }
    let mean =
        |label: &usize| sums.get(*label).map_or(0.0, |(sum, count)| sum / f32::max(*count, 1.0));
    labels.iter().map(mean).collect()
}

/// Sets of pixels that grow together.
struct Sets {
    parents: Vec<usize>,
    /// The size of each, and its greatest edge.
    sets: Vec<(usize, f32)>,
}

impl Sets {
    fn new(count: usize) -> Self {
        Self { parents: (0..count).collect(), sets: vec![(1, 0.0); count] }
    }

    fn find(&mut self, mut at: usize) -> usize {
        while let Some(parent) = self.parents.get(at).copied().filter(|parent| *parent != at) {
            let above = self.parents.get(parent).copied().unwrap_or(parent);
            if let Some(own) = self.parents.get_mut(at) {
                *own = above;
            }
            at = parent;
        }
        at
    }

    fn size(&self, at: usize) -> usize {
        self.sets.get(at).map_or(1, |set| set.0)
    }

    fn limit(&self, at: usize) -> f32 {
        self.sets.get(at).map_or(0.0, |(size, edge)| edge + SCALE / *size as f32)
    }

    fn join(&mut self, a: usize, b: usize, weight: f32) {
        let size = self.size(a) + self.size(b);
        let (root, other) = if self.size(a) >= self.size(b) { (a, b) } else { (b, a) };
        if let Some(parent) = self.parents.get_mut(other) {
            *parent = root;
        }
        if let Some(set) = self.sets.get_mut(root) {
            *set = (size, weight);
        }
    }
}

#[cfg(test)]
mod tests {
    use image::Rgb;

    use super::*;

    /// A red disc on a meadow under a sky.
    fn scene(x: f32, y: f32) -> RgbImage {
        RgbImage::from_fn(320, 240, |px, py| {
            let (dx, dy) = (px as f32 / 320.0 - x, (py as f32 / 240.0 - y) * 0.75);
            match dx.hypot(dy) < 0.11 {
                true => Rgb([210, 40, 30]),
                false if py < 120 => Rgb([120, 170, 230]),
                false => Rgb([90, 150, 70]),
            }
        })
    }

    #[test]
    fn what_stands_out_is_near_and_is_looked_at() {
        for (x, y) in [(0.3, 0.55), (0.7, 0.4)] {
            let depth = Depth::of(&scene(x, y));
            let thing = depth.at(x, y);
            assert!(thing > depth.at(1.0 - x, 0.15) + 0.35, "{thing} before the sky");
            assert!(thing > depth.at(1.0 - x, y) + 0.25, "{thing} before the meadow");
            assert!(depth.at(0.5, 0.98) > depth.at(0.5, 0.1) + 0.25, "the ground rises");
            let (left, top) = depth.interest;
            assert!((left - x).abs() < 0.08 && (top - y).abs() < 0.1, "{left} {top}");
        }
    }

    #[test]
    fn a_picture_of_nothing_has_its_middle_as_interest() {
        for (width, height) in [(1, 1), (3, 900), (400, 300)] {
            let depth = Depth::of(&RgbImage::from_pixel(width, height, Rgb([90, 90, 90])));
            let (x, y) = depth.interest;
            assert!((x - 0.5).abs() < 0.05 && (y - 0.5).abs() < 0.3, "{x} {y}");
            assert!(depth.near.iter().all(|near| (0.0..=1.0).contains(near)));
        }
    }
}
