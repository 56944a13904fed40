//! Whatever a file beside the bucket is called, no other file is taken for its upload's.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|name: &str| reverie::stack::check_upload_name(name));
