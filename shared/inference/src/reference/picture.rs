//! A picture as a film shows it.

use std::fmt;
use std::io::Cursor;
use std::sync::Arc;

use image::{DynamicImage, ImageDecoder, ImageReader, Limits, Rgb, RgbImage};

/// What decoding a picture may allocate, in bytes: 40 megapixels of four bytes, and room to work.
const MOST_MEMORY: u64 = 400 * 1024 * 1024;
/// The longer side of what is kept, in pixels: a film of 1280 may come closer to it.
const MOST_SIDE: u32 = 1920;

/// The pixels of a picture, the right way up.
#[derive(Clone, PartialEq)]
pub struct Picture(Arc<RgbImage>);

impl Picture {
    /// Reads a PNG, JPEG or WebP file. `None` if it is none, or broken.
    ///
    /// The same file gives the same pixels on every machine.
    #[must_use]
    pub fn read(file: &[u8]) -> Option<Self> {
        let picture = decoded(file)?;
        let longer = picture.width().max(picture.height());
        let picture = match longer > MOST_SIDE {
            true => picture.thumbnail(MOST_SIDE, MOST_SIDE),
            false => picture,
        };
        Some(Self(Arc::new(on_white(&picture))))
    }

    pub(crate) fn pixels(&self) -> &RgbImage {
        &self.0
    }
}

impl fmt::Debug for Picture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Picture({} x {})", self.0.width(), self.0.height())
    }
}

/// A picture, turned as its EXIF says.
pub(super) fn decoded(file: &[u8]) -> Option<DynamicImage> {
    let mut reader = ImageReader::new(Cursor::new(file)).with_guessed_format().ok()?;
    let mut limits = Limits::default();
    limits.max_alloc = Some(MOST_MEMORY);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().ok()?;
    let orientation = decoder.orientation().ok()?;
    let mut picture = DynamicImage::from_decoder(decoder).ok()?;
    picture.apply_orientation(orientation);
    Some(picture)
}

fn on_white(picture: &DynamicImage) -> RgbImage {
    if !picture.color().has_alpha() {
        return picture.to_rgb8();
    }
    let pixels = picture.to_rgba8();
    RgbImage::from_fn(pixels.width(), pixels.height(), |x, y| {
        let [r, g, b, a] = pixels.get_pixel(x, y).0.map(u32::from);
        Rgb([r, g, b].map(|part| ((part * a + 255 * (255 - a) + 127) / 255) as u8))
    })
}
