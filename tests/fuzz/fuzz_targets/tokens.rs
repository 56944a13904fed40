//! Whatever a token looks like, it is refused or it is what we print.
#![no_main]

use libfuzzer_sys::fuzz_target;
use reverie_api::token::PlainToken;

fuzz_target!(|text: &str| {
    if let Some(token) = PlainToken::parse(text) {
        assert_eq!(token.reveal(), text);
        assert_eq!(token.secret_hash().len(), 64);
    }
});
