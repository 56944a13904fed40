//! Whatever a file holds, it is rejected or its facts are within the limits.

use reverie_domain::upload::{MAX_PIXELS, MAX_VIDEO_SECONDS, UploadType};

use super::inspect;

/// Checks it of one file.
pub(crate) fn check(content_type: UploadType, file: &[u8]) {
    let Ok(facts) = inspect(content_type, file) else { return };
    let Some((width, height)) = facts.width.zip(facts.height) else { panic!("no dimensions") };
    assert!(width > 0 && height > 0);
    match facts.seconds {
        Some(seconds) => assert!(seconds > 0.0 && seconds <= MAX_VIDEO_SECONDS),
        None => assert!(u64::from(width) * u64::from(height) <= MAX_PIXELS),
    }
}

#[cfg(test)]
mod tests {
    use proptest::{collection::vec, prelude::*, sample::select};

    use super::*;

    const STARTS: [(UploadType, &[u8]); 5] = [
        (UploadType::Png, b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"),
        (UploadType::Jpeg, b"\xff\xd8\xff"),
        (UploadType::Webp, b"RIFF\xff\xff\0\0WEBPVP8 "),
        (UploadType::Webp, b"RIFF\xff\xff\0\0WEBPVP8X"),
        (UploadType::Mp4, b"\0\0\0\x10ftypisom\0\0\0\0"),
    ];

    #[test]
    fn any_file_is_rejected_or_within_the_limits() {
        proptest!(ProptestConfig::with_cases(5_000), |(bytes in any::<Vec<u8>>())| {
            for (content_type, start) in STARTS {
                check(content_type, &bytes);
                check(content_type, &[start, &bytes].concat());
            }
        });
    }

    /// Boxes within boxes, with sizes that are right, so that a parser gets to what is inside.
    #[test]
    fn any_boxes_are_rejected_or_within_the_limits() {
        const KINDS: [&str; 8] = ["mvhd", "tkhd", "mdhd", "hdlr", "stts", "mvex", "free", "trak"];
        let leaf = (select(&KINDS), vec(any::<u8>(), 0..120));
        proptest!(ProptestConfig::with_cases(5_000), |(leaves in vec(leaf, 0..8))| {
            let inside: Vec<u8> = leaves.iter().flat_map(|(kind, body)| boxed(kind, body)).collect();
            let minf = boxed("minf", &boxed("stbl", &inside));
            let mdia = boxed("mdia", &[inside.as_slice(), &minf].concat());
            let trak = boxed("trak", &[inside.as_slice(), &mdia].concat());
            let moov = boxed("moov", &[inside.as_slice(), &trak].concat());
            let (content_type, start) = STARTS[4];
            check(content_type, &[start, &moov].concat());
        });
    }

    fn boxed(kind: &str, body: &[u8]) -> Vec<u8> {
        let size = u32::try_from(body.len() + 8).expect("small").to_be_bytes();
        [&size, kind.as_bytes(), body].concat()
    }
}
