//! The look of the whole film: palette, mood, vignette, and a little grain that hides steps in gradients.

use reverie_domain::storyboard::{Mood, Palette};

use super::Size;
use super::noise::hash;

/// How far the colours of what is drawn are moved to those of pictures.
const TRANSFER: f32 = 0.55;
/// How many numbers of grain there are; a row of pixels begins anywhere among them.
const GRAINS: usize = 4096;

/// What is done to every pixel of a frame.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Grade {
    /// Each part of a colour is itself times the first, the grey of the pixel times the second, and the third.
    parts: [[f32; 3]; 3],
    /// How much darker the corners are.
    dark: f32,
    /// How strong the grain is.
    grain: f32,
}

impl Grade {
    /// As pictures are: unchanged.
    const NONE: Self = Self { parts: [[1.0, 0.0, 0.0]; 3], dark: 0.0, grain: 0.0 };

    /// Of what is drawn.
    pub(super) fn drawn(palette: Palette, mood: Mood) -> Self {
        let (more, dark) = match mood {
            Mood::Calm => (1.0, 0.16),
            Mood::Happy => (1.08, 0.1),
            Mood::Sad => (0.8, 0.24),
            Mood::Tense => (0.92, 0.36),
            Mood::Dreamy => (1.0, 0.12),
            Mood::Epic => (1.06, 0.26),
        };
        Self { dark, grain: 1.0, ..Self::toned(palette, more) }
    }

    /// Of a picture: only what the palette says.
    pub(super) fn picture(palette: Palette) -> Self {
        match palette {
            Palette::Natural => Self::NONE,
            palette => Self::toned(palette, 1.0),
        }
    }

    fn toned(palette: Palette, more: f32) -> Self {
        let (gain, lift, saturation) = match palette {
            Palette::Natural => ([1.0, 1.0, 1.0], 0.0, 1.05),
            Palette::Warm => ([1.07, 1.0, 0.9], 2.0, 1.06),
            Palette::Cold => ([0.92, 1.0, 1.08], 2.0, 1.0),
            Palette::Pastel => ([0.86, 0.86, 0.87], 34.0, 0.8),
            Palette::Neon => ([1.04, 0.97, 1.1], 0.0, 1.4),
            Palette::Monochrome => ([1.0, 1.0, 1.0], 0.0, 0.0),
        };
        let saturation: f32 = saturation * more;
        let parts = gain.map(|gain: f32| [gain * saturation, gain * (1.0 - saturation), lift]);
        Self { parts, ..Self::NONE }
    }

    /// With the colours of `from` moved towards those of `to`.
    pub(super) fn towards(self, from: &Tone, to: &Tone) -> Self {
        let mut parts = self.parts;
        for (index, part) in parts.iter_mut().enumerate() {
            let (mean, spread) = from.0.get(index).copied().unwrap_or((128.0, 50.0));
            let (aim, wide) = to.0.get(index).copied().unwrap_or((mean, spread));
            let gain = 1.0 + TRANSFER * ((wide / spread.max(8.0)).clamp(0.6, 1.6) - 1.0);
            let lift = mean + TRANSFER * (aim - mean) - gain * mean;
            let [own, all, more] = *part;
            *part = [own * gain, all * gain, more * gain + lift];
        }
        Self { parts, ..self }
    }

    /// `share` of the way to another one.
    pub(super) fn mix(self, other: Self, share: f32) -> Self {
        let to = |a: f32, b: f32| a + (b - a) * share;
        let mut parts = self.parts;
        for (part, aim) in parts.iter_mut().flatten().zip(other.parts.iter().flatten()) {
            *part = to(*part, *aim);
        }
        Self { parts, dark: to(self.dark, other.dark), grain: to(self.grain, other.grain) }
    }
}

/// Mean and spread of red, green and blue, 0 to 255.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Tone(pub(super) [(f32, f32); 3]);

impl Tone {
    /// The mean of some.
    pub(super) fn mean(tones: &[Self]) -> Option<Self> {
        let count = tones.len() as f32;
        let mut sums = [(0.0, 0.0); 3];
        for tone in tones {
            for (sum, (mean, spread)) in sums.iter_mut().zip(tone.0) {
                *sum = (sum.0 + mean / count, sum.1 + spread / count);
            }
        }
        (!tones.is_empty()).then_some(Self(sums))
    }

    /// Of some pixels.
    pub(super) fn of(pixels: impl Iterator<Item = [u8; 3]>) -> Self {
        let (mut count, mut sums) = (0.0f64, [(0.0f64, 0.0f64); 3]);
        for pixel in pixels {
            count += 1.0;
            for (sum, part) in sums.iter_mut().zip(pixel) {
                sum.0 += f64::from(part);
                sum.1 += f64::from(part).powi(2);
            }
        }
        let count = count.max(1.0);
        Self(sums.map(|(sum, squares)| {
            let mean = sum / count;
            (mean as f32, (squares / count - mean * mean).max(0.0).sqrt() as f32)
        }))
    }
}

/// Grades frames of one size.
pub(super) struct Grader {
    /// The square distance from the middle, 0 to 1, along each axis.
    across: Vec<f32>,
    down: Vec<f32>,
    /// Twice as many as a row may begin at.
    grain: Vec<f32>,
}

impl Grader {
    pub(super) fn new(size: Size) -> Self {
        let axis = |length: u32| {
            let middle = length as f32 / 2.0;
            (0..length).map(|at| ((at as f32 + 0.5 - middle) / middle).powi(2)).collect()
        };
        Self {
            across: axis(size.width),
            down: axis(size.height),
            grain: (0..2 * GRAINS).map(|k| hash(91, (k % GRAINS) as i32) * 1.6 - 0.8).collect(),
        }
    }

    /// A row of pixels, from bytes to red, green and blue of 0 to 255.
    pub(super) fn row(&self, grade: &Grade, y: usize, row: &[[u8; 4]], to: &mut [Vec<f32>; 3]) {
        let skip = (hash(17, y as i32) * GRAINS as f32) as usize;
        let grains = self.grain.get(skip..).unwrap_or_default();
        let down = self.down.get(y).copied().unwrap_or_default() * grade.dark;
        let (dark, strength) = (grade.dark * (0.5 + down), grade.grain);
        let [for_red, for_green, for_blue] = grade.parts;
        let part = |value: f32, grey: f32, shade: f32, grain: f32, [own, all, lift]: [f32; 3]| {
            ((value * own + grey * all + lift) * shade + grain).clamp(0.0, 255.0)
        };
        let [reds, greens, blues] = to;
        let parts = reds.iter_mut().zip(greens).zip(blues);
        let pixels = row.iter().zip(&self.across).zip(grains);
        for (((pixel, across), grain), ((red, green), blue)) in pixels.zip(parts) {
            let bits = u32::from_le_bytes(*pixel);
            let byte = |shift: u32| ((bits >> shift) & 255) as i32 as f32;
            let (r, g, b) = (byte(0), byte(8), byte(16));
            let grey = 0.2126 * r + 0.7152 * g + 0.0722 * b;
            let shade = 1.0 - down * 0.5 - across * dark;
            let grain = grain * strength;
            *red = part(r, grey, shade, grain, for_red);
            *green = part(g, grey, shade, grain, for_green);
            *blue = part(b, grey, shade, grain, for_blue);
        }
    }
}
