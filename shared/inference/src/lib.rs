#![doc = include_str!("../README.md")]

mod dice;
mod encode;
mod engine;
mod error;
mod package;
mod progress;
mod reference;
mod render;
mod runtime;
mod scene_engine;
mod score;
mod score_engine;
mod text;

/// Any numbers and names at all, of which a score is made: tempo, beats, tonic, minor; sections
/// and their bars; instruments, programs and notes.
#[cfg(fuzzing)]
pub type Piece =
    ((u8, u8, u8, bool), Vec<(String, u16)>, Vec<(String, u8, Vec<(u16, u16, u8, u8)>)>);

/// Panics if the MIDI file of this piece is read otherwise than it was written. For `tests/fuzz`.
#[cfg(fuzzing)]
pub fn check_midi(piece: &Piece) {
    encode::midi::fuzz::check(piece);
}

pub use engine::{
    Engine, MusicRequest, Output, OutputFile, Plan, Planner, Stage, StyleHints, Watch, load,
    load_all, load_planner, plan_files,
};
pub use error::{EngineError, PackageError};
pub use package::{Package, open_all};
pub use reference::{Look, Motion, Picture, Reference};
pub use score_engine::Decoder;
