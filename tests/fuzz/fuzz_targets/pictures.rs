//! Whatever a picture holds, it is rejected or its facts are within the limits.
#![no_main]

use libfuzzer_sys::fuzz_target;
use reverie_domain::upload::UploadType;

fuzz_target!(|file: &[u8]| {
    for announced in [UploadType::Png, UploadType::Jpeg, UploadType::Webp] {
        reverie_media::check(announced, file);
    }
});
