//! From RGBA to what encoders take: BT.709, limited range, 4:2:0.

use openh264::formats::YUVSource;
use tiny_skia::Pixmap;

/// A frame for the encoder.
pub(crate) struct Yuv {
    width: usize,
    height: usize,
    planes: [Vec<u8>; 3],
}

impl Yuv {
    /// Sides are even.
    pub(crate) fn of(frame: &Pixmap) -> Self {
        let (width, height) = (frame.width() as usize, frame.height() as usize);
        let mut luma = Vec::with_capacity(width * height);
        let mut chroma = [(); 2].map(|()| Vec::with_capacity(width * height / 4));
        for pair in frame.data().chunks_exact(width * 8) {
            let (upper, lower) = pair.split_at(width * 4);
            luma.extend(pair.chunks_exact(4).map(luma_of));
            for (a, b) in upper.chunks_exact(8).zip(lower.chunks_exact(8)) {
                let sum = |part: usize| -> f32 {
                    let at =
                        |pixels: &[u8], at: usize| f32::from(pixels.get(at).copied().unwrap_or(0));
                    (at(a, part) + at(a, part + 4) + at(b, part) + at(b, part + 4)) / 4.0
                };
                let (r, g, b) = (sum(0), sum(1), sum(2));
                let [u, v] = &mut chroma;
                u.push((128.5 - 0.100_644 * r - 0.338_572 * g + 0.439_216 * b) as u8);
                v.push((128.5 + 0.439_216 * r - 0.398_942 * g - 0.040_274 * b) as u8);
            }
        }
        let [u, v] = chroma;
        Self { width, height, planes: [luma, u, v] }
    }
}

fn luma_of(pixel: &[u8]) -> u8 {
    let [r, g, b, ..] = pixel else { return 16 };
    let (r, g, b) = (f32::from(*r), f32::from(*g), f32::from(*b));
    (16.5 + 0.182_586 * r + 0.614_231 * g + 0.062_007 * b) as u8
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
