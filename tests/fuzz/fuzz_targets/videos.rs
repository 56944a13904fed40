//! Whatever a video holds, it is rejected or its facts are within the limits.
#![no_main]

use libfuzzer_sys::fuzz_target;
use reverie_domain::upload::UploadType;

fuzz_target!(|file: &[u8]| reverie_media::check(UploadType::Mp4, file));
