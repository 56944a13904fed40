//! What is in a file. It may be anything: only headers are read, and nothing is decoded.

#[cfg(any(test, fuzzing))]
pub(crate) mod fuzz;
mod picture;
mod video;

use reverie_domain::upload::{MediaFacts, UploadType};

/// The facts about a file that was announced as `content_type`.
///
/// # Errors
/// Why it is rejected, for its owner.
pub(crate) fn inspect(content_type: UploadType, file: &[u8]) -> Result<MediaFacts, String> {
    let announced = content_type.media_type();
    match recognise(file) {
        Some(found) if found == content_type => {}
        Some(found) => return Err(format!("The file is {}, not {announced}.", found.media_type())),
        None => return Err(format!("The file is not {announced}.")),
    }
    match content_type {
        UploadType::Png => picture::measure(image::ImageFormat::Png, file),
        UploadType::Jpeg => picture::measure(image::ImageFormat::Jpeg, file),
        UploadType::Webp => picture::measure(image::ImageFormat::WebP, file),
        UploadType::Mp4 => video::measure(file),
    }
}

/// The type by the first bytes, as the WHATWG's MIME Sniffing standard has them.
fn recognise(file: &[u8]) -> Option<UploadType> {
    match file {
        [0x89, b'P', b'N', b'G', 0x0D, 0x0A, 0x1A, 0x0A, ..] => Some(UploadType::Png),
        [0xFF, 0xD8, 0xFF, ..] => Some(UploadType::Jpeg),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some(UploadType::Webp),
        [_, _, _, _, b'f', b't', b'y', b'p', ..] => Some(UploadType::Mp4),
        _ => None,
    }
}
