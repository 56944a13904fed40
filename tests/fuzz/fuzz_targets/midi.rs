//! Whatever the notes are, what is written is read back note for note.
#![no_main]

use libfuzzer_sys::fuzz_target;
use reverie_inference::{Piece, check_midi};

fuzz_target!(|piece: Piece| check_midi(&piece));
