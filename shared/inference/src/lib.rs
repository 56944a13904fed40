#![doc = include_str!("../README.md")]

mod dice;
mod encode;
mod engine;
mod error;
mod package;
mod progress;
mod render;
mod runtime;
mod score;
mod score_engine;

pub use engine::{Engine, MusicRequest, Output, OutputFile, Stage, StyleHints, Watch, load};
pub use error::{EngineError, PackageError};
pub use package::{Package, open_all};
