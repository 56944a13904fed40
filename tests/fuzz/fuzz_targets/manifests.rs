//! Whatever a `model.toml` holds, it is refused or it is consistent.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|document: &str| reverie_domain::manifest::check(document));
