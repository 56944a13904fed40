//! Figures of a picture, from a small copy of it.

use image::DynamicImage;

use super::Look;

/// Pixels along each side of the copy. Smaller details say nothing about the whole.
pub(super) const SIDE: u32 = 64;
/// The standard deviation of luma that counts as full contrast: half black, half white has 0.5.
const FULL_CONTRAST: f32 = 0.4;
/// Hasler and Süsstrunk call a picture with 109 of 255 extremely colourful.
const EXTREMELY_COLOURFUL: f32 = 109.0 / 255.0;
/// The mean difference of neighbours that counts as nothing but edges.
const ALL_EDGES: f32 = 0.2;

/// Red, green and blue of each pixel, 0 to 1, row by row.
pub(super) struct Thumbnail(pub(super) Vec<[f32; 3]>);

impl Thumbnail {
    pub(super) fn of(picture: &DynamicImage) -> Self {
        let copy = picture.thumbnail_exact(SIDE, SIDE).to_rgb8();
        let share = |value: u8| f32::from(value) / 255.0;
        Self(copy.pixels().map(|pixel| pixel.0.map(share)).collect())
    }

    pub(super) fn look(&self) -> Look {
        let lumas: Vec<f32> = self.0.iter().map(luma).collect();
        let (brightness, spread) = mean_and_spread(&lumas);
        let warm: Vec<f32> = self.0.iter().map(|[red, _, blue]| red - blue).collect();
        Look {
            brightness,
            contrast: (spread / FULL_CONTRAST).min(1.0),
            colourfulness: (colourfulness(&self.0) / EXTREMELY_COLOURFUL).min(1.0),
            warmth: mean_and_spread(&warm).0,
            detail: (edges(&lumas) / ALL_EDGES).min(1.0),
            motion: None,
        }
    }
}

/// Rec. 709.
pub(super) fn luma([red, green, blue]: &[f32; 3]) -> f32 {
    0.2126 * red + 0.7152 * green + 0.0722 * blue
}

fn mean_and_spread(values: &[f32]) -> (f32, f32) {
    let count = values.len().max(1) as f32;
    let mean = values.iter().sum::<f32>() / count;
    let variance = values.iter().map(|value| (value - mean).powi(2)).sum::<f32>() / count;
    (mean, variance.sqrt())
}

fn colourfulness(pixels: &[[f32; 3]]) -> f32 {
    let red_green: Vec<f32> = pixels.iter().map(|[red, green, _]| red - green).collect();
    let yellow_blue: Vec<f32> =
        pixels.iter().map(|[red, green, blue]| (red + green) / 2.0 - blue).collect();
    let ((mean_a, spread_a), (mean_b, spread_b)) =
        (mean_and_spread(&red_green), mean_and_spread(&yellow_blue));
    spread_a.hypot(spread_b) + 0.3 * mean_a.hypot(mean_b)
}

/// The mean difference of a pixel from its neighbours to the right and below.
fn edges(lumas: &[f32]) -> f32 {
    let side = SIDE as usize;
    let mut sum = 0.0;
    for row in 0..side - 1 {
        for column in 0..side - 1 {
            let at = row * side + column;
            let (Some(here), Some(right), Some(below)) =
                (lumas.get(at), lumas.get(at + 1), lumas.get(at + side))
            else {
                continue;
            };
            sum += (here - right).abs().max((here - below).abs());
        }
    }
    sum / ((side - 1) * (side - 1)) as f32
}

#[cfg(test)]
mod tests {
    use image::{Rgb, RgbImage};

    use super::*;

    fn look(pixel: impl Fn(u32, u32) -> [u8; 3]) -> Look {
        let picture = RgbImage::from_fn(128, 96, |x, y| Rgb(pixel(x, y)));
        Thumbnail::of(&picture.into()).look()
    }

    #[test]
    fn figures_are_of_what_is_seen() {
        let white = look(|_, _| [255; 3]);
        assert!(white.brightness > 0.99 && white.contrast < 0.01 && white.detail < 0.01);
        let black = look(|_, _| [0; 3]);
        assert!(black.brightness < 0.01 && black.colourfulness < 0.01);
        let (red, blue) = (look(|_, _| [255, 0, 0]), look(|_, _| [0, 0, 255]));
        assert!(red.warmth > 0.9 && blue.warmth < -0.9);
        let halves = look(|x, _| if x < 64 { [0; 3] } else { [255; 3] });
        assert!(halves.contrast > 0.9 && halves.detail < 0.3, "{halves:?}");
        let checks = look(|x, y| if (x / 4 + y / 4) % 2 == 0 { [0; 3] } else { [255; 3] });
        assert!(checks.detail > 0.9, "{checks:?}");
        let colours = look(|x, y| [(x * 2) as u8, (255 - x * 2) as u8, (y * 2) as u8]);
        assert!(colours.colourfulness > white.colourfulness + 0.3, "{colours:?}");
    }
}
