use std::io::Cursor;

use image::{ImageFormat, ImageReader, Limits};
use reverie_domain::upload::{MAX_PIXELS, MediaFacts};

/// What reading a header may allocate, in bytes: more than the largest file has.
const MOST_MEMORY: u64 = 64 * 1024 * 1024;

/// The dimensions in an image's header.
pub(super) fn measure(format: ImageFormat, file: &[u8]) -> Result<MediaFacts, String> {
    let mut reader = ImageReader::with_format(Cursor::new(file), format);
    let mut limits = Limits::default();
    limits.max_alloc = Some(MOST_MEMORY);
    reader.limits(limits);
    let (width, height) =
        reader.into_dimensions().map_err(|_| "The image's header cannot be read.".to_owned())?;
    let pixels = u64::from(width) * u64::from(height);
    if pixels == 0 {
        return Err("The image has no pixels.".to_owned());
    }
    if pixels > MAX_PIXELS {
        return Err(format!(
            "The image has {width} × {height} pixels; at most {} megapixels are taken.",
            MAX_PIXELS / 1_000_000
        ));
    }
    Ok(MediaFacts { width: Some(width), height: Some(height), seconds: None })
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use image::{DynamicImage, ImageFormat};
    use reverie_domain::upload::UploadType;

    use crate::inspect::inspect;

    fn encoded(format: ImageFormat) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        DynamicImage::new_rgb8(20, 10).write_to(&mut bytes, format).unwrap();
        bytes.into_inner()
    }

    const FORMATS: [(ImageFormat, UploadType); 3] = [
        (ImageFormat::Png, UploadType::Png),
        (ImageFormat::Jpeg, UploadType::Jpeg),
        (ImageFormat::WebP, UploadType::Webp),
    ];

    #[test]
    fn images_are_measured_and_told_apart() {
        for (format, announced) in FORMATS {
            for (other, as_type) in FORMATS {
                let result = inspect(as_type, &encoded(format));
                assert_eq!(result.is_ok(), format == other, "{announced:?} as {as_type:?}");
                if let Ok(facts) = result {
                    assert_eq!((facts.width, facts.height), (Some(20), Some(10)));
                }
            }
        }
    }

    #[test]
    fn broken_images_are_rejected_without_a_panic() {
        for (format, announced) in FORMATS {
            let whole = encoded(format);
            // The shortest header with dimensions is WebP's, of 25 bytes.
            for length in 0..25 {
                assert!(inspect(announced, &whole[..length]).is_err(), "{format:?} {length}");
            }
            for at in 0..whole.len() {
                let mut broken = whole.clone();
                broken[at] ^= 0xFF;
                let _ = inspect(announced, &broken);
            }
        }
    }

    #[test]
    fn a_small_file_that_would_be_a_huge_picture_is_rejected() {
        let mut bomb = encoded(ImageFormat::Png);
        bomb[16..20].copy_from_slice(&60_000u32.to_be_bytes());
        bomb[20..24].copy_from_slice(&60_000u32.to_be_bytes());
        // The header's checksum, so that only its meaning is wrong.
        let crc = crc32(&bomb[12..29]);
        bomb[29..33].copy_from_slice(&crc.to_be_bytes());
        let reason = inspect(UploadType::Png, &bomb).unwrap_err();
        assert!(reason.contains("60000 × 60000"), "{reason}");
    }

    fn crc32(bytes: &[u8]) -> u32 {
        !bytes.iter().fold(u32::MAX, |crc, byte| {
            (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
                if crc & 1 == 1 { (crc >> 1) ^ 0xEDB8_8320 } else { crc >> 1 }
            })
        })
    }
}
