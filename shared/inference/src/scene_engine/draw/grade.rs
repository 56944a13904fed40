//! The look of the whole film: palette, mood, vignette, and a little grain that hides steps in gradients.

use reverie_domain::storyboard::{Mood, Palette, Storyboard};
use tiny_skia::Pixmap;

use super::Size;
use super::noise::hash;

/// How many numbers of grain there are; a row of pixels begins anywhere among them.
const GRAINS: usize = 4096;

pub(super) struct Grade {
    gain: [f32; 3],
    lift: f32,
    saturation: f32,
    /// 0 to 1 in the middle of each axis, by its square distance; multiplied out for each pixel.
    across: Vec<f32>,
    down: Vec<f32>,
    grain: Vec<f32>,
}

impl Grade {
    pub(super) fn new(storyboard: &Storyboard, size: Size) -> Self {
        let (gain, lift, saturation) = match storyboard.palette {
            Palette::Natural => ([1.0, 1.0, 1.0], 0.0, 1.05),
            Palette::Warm => ([1.07, 1.0, 0.9], 2.0, 1.06),
            Palette::Cold => ([0.92, 1.0, 1.08], 2.0, 1.0),
            Palette::Pastel => ([0.86, 0.86, 0.87], 34.0, 0.8),
            Palette::Neon => ([1.04, 0.97, 1.1], 0.0, 1.4),
            Palette::Monochrome => ([1.0, 1.0, 1.0], 0.0, 0.0),
        };
        let (more, dark) = match storyboard.mood {
            Mood::Calm => (1.0, 0.16),
            Mood::Happy => (1.08, 0.1),
            Mood::Sad => (0.8, 0.24),
            Mood::Tense => (0.92, 0.36),
            Mood::Dreamy => (1.0, 0.12),
            Mood::Epic => (1.06, 0.26),
        };
        let axis = |length: u32| {
            let middle = length as f32 / 2.0;
            (0..length).map(|at| ((at as f32 + 0.5 - middle) / middle).powi(2) * dark).collect()
        };
        Self {
            gain,
            lift,
            saturation: saturation * more,
            across: axis(size.width),
            down: axis(size.height),
            grain: (0..GRAINS).map(|k| hash(91, k as i32) * 1.6 - 0.3).collect(),
        }
    }

    pub(super) fn apply(&self, frame: &mut Pixmap) {
        let width = frame.width() as usize;
        let rows = frame.data_mut().chunks_exact_mut(width * 4);
        for (y, (row, down)) in rows.zip(&self.down).enumerate() {
            let skip = (hash(17, y as i32) * GRAINS as f32) as usize;
            let grain = self.grain.iter().cycle().skip(skip);
            for ((pixel, across), grain) in row.chunks_exact_mut(4).zip(&self.across).zip(grain) {
                let [r, g, b, _] = pixel else { continue };
                let shade = 1.0 - (across + down) * 0.5 - across * down;
                let (x, y, z) = (f32::from(*r), f32::from(*g), f32::from(*b));
                let grey = 0.2126 * x + 0.7152 * y + 0.0722 * z;
                let part = |value: f32, gain: f32| {
                    let value = (grey + (value - grey) * self.saturation) * gain + self.lift;
                    (value * shade + grain).clamp(0.0, 255.0) as u8
                };
                *r = part(x, self.gain[0]);
                *g = part(y, self.gain[1]);
                *b = part(z, self.gain[2]);
            }
        }
    }
}
