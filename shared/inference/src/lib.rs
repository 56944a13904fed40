//! Engines on tract, renderers and encoders

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

pub use engine::{Engine, MusicRequest, Output, OutputFile, StyleHints, Watch, load};
pub use error::{EngineError, PackageError};
pub use package::{Package, open_all};
