//! Whatever a cursor looks like, it is refused or it is one of ours.
#![no_main]

use libfuzzer_sys::fuzz_target;
use reverie_api::{Page, PageQuery};
use reverie_domain::ids::GenerationId;

fuzz_target!(|text: &str| {
    let after = PageQuery { limit: None, cursor: Some(text.to_owned()) };
    // Numbers have several spellings, such as `+7` and `007`.
    let _ = after.position::<u64>();
    if let Ok(Some(position)) = after.position::<GenerationId>() {
        assert_eq!(Page::<u8>::new(vec![], Some(position)).next_cursor.as_deref(), Some(text));
    }
});
