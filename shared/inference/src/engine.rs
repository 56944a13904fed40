//! One trait for every engine, and the types of a job.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

use reverie_domain::manifest::Manifest;
use serde::{Deserialize, Serialize};

use crate::error::{EngineError, PackageError};
use crate::package::Package;
use crate::score_engine::ScoreEngine;

/// Told the progress (0–1, never falling), at least ten times a second while a model computes;
/// `Break` cancels the job.
pub type Watch<'a> = dyn FnMut(f32) -> ControlFlow<()> + 'a;

/// A loaded model. Plans and banks are shared by all jobs; each job has its own state.
pub trait Engine: Send + Sync {
    /// What the package says about itself.
    fn manifest(&self) -> &Manifest;

    /// Runs each part once, so that the first job is as fast as the others.
    ///
    /// # Errors
    /// A part of the model does not run.
    fn warm_up(&self) -> Result<(), EngineError>;

    /// Makes one piece of music. Blocks for seconds: call it from a thread that may.
    ///
    /// The same request gives the same bytes on one kind of machine.
    ///
    /// # Errors
    /// [`EngineError::Invalid`] names the field; [`EngineError::Canceled`] follows a `Break`.
    fn generate(
        &self,
        request: &MusicRequest,
        watch: &mut Watch<'_>,
    ) -> Result<Output, EngineError>;
}

/// Loads a package into the engine that its manifest names.
///
/// # Errors
/// An unknown engine, or a file that it cannot use.
pub fn load(package: &Package) -> Result<Arc<dyn Engine>, PackageError> {
    match package.manifest().engine.as_str() {
        "score" => Ok(Arc::new(ScoreEngine::load(package)?)),
        engine => Err(PackageError::UnknownEngine {
            package: package.manifest().id.clone(),
            engine: engine.to_owned(),
            known: "score".to_owned(),
        }),
    }
}

/// What to make.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct MusicRequest {
    /// Description in words.
    pub prompt: String,
    /// What to leave out, in words.
    #[serde(default)]
    pub negative_prompt: Option<String>,
    /// Exact length of the result in seconds, rounded to a whole frame of 1/44,100 s.
    pub seconds: f64,
    /// Chooses one of the many answers to a request.
    pub seed: u64,
    /// Settings that win over what the prompt says.
    #[serde(default)]
    pub style: StyleHints,
}

/// Settings that win over what the prompt says.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct StyleHints {
    /// One of the model's styles, such as `techno`.
    #[serde(default, alias = "style")]
    pub genre: Option<String>,
    /// One of the model's moods, such as `calm`.
    #[serde(default)]
    pub mood: Option<String>,
    /// Quarter notes per minute; the length may move it by up to 4 %.
    #[serde(default)]
    pub tempo_bpm: Option<f64>,
    /// Such as `D minor` or `F# major`.
    #[serde(default)]
    pub key: Option<String>,
    /// The only instruments to use, such as `piano` and `drums`; empty leaves the choice to the prompt.
    #[serde(default)]
    pub instruments: Vec<String>,
}

/// A finished work.
#[derive(Debug, Clone)]
pub struct Output {
    /// How the request was understood: style, mood, tempo, key, metre, instruments, sections.
    pub understood: serde_json::Value,
    /// Length in seconds, a whole number of frames.
    pub seconds: f64,
    /// The files, in the order of the manifest's `outputs`.
    pub files: Vec<OutputFile>,
    /// What each stage took, in order.
    pub stages: Vec<Stage>,
}

/// What a stage of a job took.
#[derive(Debug, Clone, Copy)]
pub struct Stage {
    /// `read`, `write`, `render` or `encode`.
    pub name: &'static str,
    /// Time on the clock.
    pub took: Duration,
}

/// One file of a finished work.
#[derive(Debug, Clone)]
pub struct OutputFile {
    /// Such as `track.flac`.
    pub name: &'static str,
    /// Media type.
    pub content_type: &'static str,
    /// Content.
    pub bytes: Vec<u8>,
    /// Length in seconds, for what plays.
    pub seconds: Option<f64>,
}
