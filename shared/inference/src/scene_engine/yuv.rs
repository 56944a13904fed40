//! From drawn frames to what encoders take: BT.709, limited range, 4:2:0.

use openh264::formats::YUVSource;
use tiny_skia::Pixmap;

use super::draw::Scene;

/// A frame for the encoder.
pub(crate) struct Yuv {
    width: usize,
    height: usize,
    planes: [Vec<u8>; 3],
}

impl Yuv {
    /// Of a frame that a scene drew; its colours are graded on the way. With `keep`, the frame has the
    /// graded colours too. Sides are even.
    pub(crate) fn of(frame: &mut Pixmap, scene: &Scene, time: f32, keep: bool) -> Self {
        let (width, height) = (frame.width() as usize, frame.height() as usize);
        let grade = scene.grade_at(time);
        let mut luma = vec![0; width * height];
        let mut chroma = [(); 2].map(|()| vec![0; width * height / 4]);
        let [mut upper, mut lower] = [(); 2].map(|()| [(); 3].map(|()| vec![0.0; width]));
        let pairs = frame.data_mut().as_chunks_mut::<4>().0.chunks_exact_mut(width * 2);
        let [u, v] = &mut chroma;
        let planes = luma
            .chunks_exact_mut(width * 2)
            .zip(u.chunks_exact_mut(width / 2).zip(v.chunks_exact_mut(width / 2)));
        for (index, (pair, (luma, (u, v)))) in pairs.zip(planes).enumerate() {
            let (first, second) = pair.split_at_mut(width);
            let (luma_first, luma_second) = luma.split_at_mut(width);
            for (row, pixels, luma, colours) in [
                (2 * index, first, luma_first, &mut upper),
                (2 * index + 1, second, luma_second, &mut lower),
            ] {
                scene.grade(&grade, row, pixels, colours);
                lumas(colours, luma);
                if keep {
                    put_back(colours, pixels);
                }
            }
            chromas(&upper, &lower, u, v);
        }
        let [u, v] = chroma;
        Self { width, height, planes: [luma, u, v] }
    }
}

/// A number of 0 to 255 as a byte, rounded: the sum has it in its lowest bits.
#[inline]
fn byte(value: f32) -> u8 {
    const SHIFT: f32 = 8_388_608.0;
    (value + SHIFT).to_bits() as u8
}

fn lumas([reds, greens, blues]: &[Vec<f32>; 3], to: &mut [u8]) {
    for (to, (r, (g, b))) in to.iter_mut().zip(reds.iter().zip(greens.iter().zip(blues))) {
        *to = byte(16.0 + 0.182_586 * r + 0.614_231 * g + 0.062_007 * b);
    }
}

/// One of each four pixels, by their mean.
fn chromas(upper: &[Vec<f32>; 3], lower: &[Vec<f32>; 3], u: &mut [u8], v: &mut [u8]) {
    let mean = |part: usize| {
        let (a, b) = (upper[part].as_chunks::<2>().0, lower[part].as_chunks::<2>().0);
        a.iter().zip(b).map(|([a, b], [c, d])| (a + b + c + d) * 0.25)
    };
    let colours = mean(0).zip(mean(1).zip(mean(2)));
    for ((r, (g, b)), (u, v)) in colours.zip(u.iter_mut().zip(v)) {
        *u = byte(128.0 - 0.100_644 * r - 0.338_572 * g + 0.439_216 * b);
        *v = byte(128.0 + 0.439_216 * r - 0.398_942 * g - 0.040_274 * b);
    }
}

fn put_back([reds, greens, blues]: &[Vec<f32>; 3], pixels: &mut [[u8; 4]]) {
    for (pixel, (r, (g, b))) in pixels.iter_mut().zip(reds.iter().zip(greens.iter().zip(blues))) {
        *pixel = [byte(*r), byte(*g), byte(*b), 255];
    }
}

impl YUVSource for Yuv {
    fn dimensions(&self) -> (usize, usize) {
        (self.width, self.height)
    }

    fn strides(&self) -> (usize, usize, usize) {
        (self.width, self.width / 2, self.width / 2)
    }

    fn y(&self) -> &[u8] {
        &self.planes[0]
    }

    fn u(&self) -> &[u8] {
        &self.planes[1]
    }

    fn v(&self) -> &[u8] {
        &self.planes[2]
    }
}
