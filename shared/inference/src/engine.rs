//! One trait for every engine, and the types of a job.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

use reverie_domain::manifest::{Extra, Manifest};
use reverie_domain::request::CanonicalRequest;
use reverie_domain::sketch::Sketch;
use reverie_domain::storyboard::PictureUse;
use serde::{Deserialize, Serialize};

use crate::error::{EngineError, PackageError};
use crate::package::Package;
use crate::reference::Reference;
use crate::scene_engine::{SceneEngine, ScenePlanner};
use crate::score_engine::{ScoreEngine, ScorePlanner};

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

    /// Makes one work. Blocks for seconds: call it from a thread that may.
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

/// The half of a model that reads prompts and decides the form. It is small and quick, and makes no
/// sound and no picture.
pub trait Planner: Send + Sync {
    /// What the package says about itself.
    fn manifest(&self) -> &Manifest;

    /// Decides the form of a work. The same request gives the same plan.
    ///
    /// # Errors
    /// [`EngineError::Invalid`] names the field.
    fn plan(&self, request: &MusicRequest) -> Result<Plan, EngineError>;
}

/// The form of a work that is not made yet.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The form. A request with it is honoured exactly.
    pub sketch: Sketch,
    /// The length of the work in whole seconds.
    pub seconds: u32,
    /// How the request was understood, as in [`Output::understood`].
    pub understood: serde_json::Value,
    /// Where the plan is not what the request says, each in a sentence.
    pub warnings: Vec<String>,
}

/// Loads a package into the engine that its manifest names. A film of it has no soundtrack.
///
/// # Errors
/// An unknown engine, or a file that it cannot use.
pub fn load(package: &Package) -> Result<Arc<dyn Engine>, PackageError> {
    match package.manifest().engine.as_str() {
        "scene" => Ok(Arc::new(SceneEngine::load(package, None)?)),
        "score" => Ok(Arc::new(ScoreEngine::load(package)?)),
        _ => Err(unknown(package.manifest())),
    }
}

/// Loads packages, in their order. The first of the engine `score` makes the soundtracks of the others.
///
/// # Errors
/// The first package that cannot be loaded.
pub fn load_all(packages: &[Package]) -> Result<Vec<Arc<dyn Engine>>, PackageError> {
    let is_score = |package: &&Package| package.manifest().engine == "score";
    let first = packages.iter().find(is_score);
    let composer = first.map(|package| ScoreEngine::load(package).map(Arc::new)).transpose()?;
    let loaded = packages.iter().map(|package| -> Result<Arc<dyn Engine>, PackageError> {
        match (package.manifest().engine.as_str(), &composer) {
            ("score", Some(composer)) if composer.manifest() == package.manifest() => {
                Ok(composer.clone())
            }
            ("scene", _) => Ok(Arc::new(SceneEngine::load(package, composer.clone())?)),
            _ => load(package),
        }
    });
    loaded.collect()
}

/// Loads the half of a package that plans. It reads [`plan_files`] only.
///
/// # Errors
/// An unknown engine, or a file that it cannot use.
pub fn load_planner(package: &Package) -> Result<Arc<dyn Planner>, PackageError> {
    match package.manifest().engine.as_str() {
        "scene" => Ok(Arc::new(ScenePlanner::load(package)?)),
        "score" => Ok(Arc::new(ScorePlanner::load(package)?)),
        _ => Err(unknown(package.manifest())),
    }
}

/// The files of a package that [`load_planner`] reads; none for an engine that has no such half.
#[must_use]
pub fn plan_files(manifest: &Manifest) -> &'static [&'static str] {
    match manifest.engine.as_str() {
        "scene" => ScenePlanner::FILES,
        "score" => ScorePlanner::FILES,
        _ => &[],
    }
}

fn unknown(manifest: &Manifest) -> PackageError {
    PackageError::UnknownEngine {
        package: manifest.id.clone(),
        engine: manifest.engine.clone(),
        known: "scene, score".to_owned(),
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
    /// Exact length of the result in seconds, rounded to a whole frame: of music, 1/44,100 s.
    pub seconds: f64,
    /// Chooses one of the many answers to a request.
    pub seed: u64,
    /// Settings that win over what the prompt says.
    #[serde(default)]
    pub style: StyleHints,
    /// The form of the work. It wins over everything else.
    #[serde(default)]
    pub sketch: Option<Sketch>,
    /// Whether a film has music.
    #[serde(default)]
    pub soundtrack: bool,
    /// Pictures that steer the mood, tempo and density of music where nothing else fixes them, and are
    /// shown in films.
    #[serde(default)]
    pub references: Vec<Reference>,
    /// What to make of the piece beside its usual files.
    #[serde(default)]
    pub outputs: Vec<Extra>,
}

/// Without the references: they have to be looked at.
impl From<CanonicalRequest> for MusicRequest {
    fn from(request: CanonicalRequest) -> Self {
        let style = request.style.unwrap_or_default();
        Self {
            prompt: request.prompt,
            negative_prompt: request.negative_prompt,
            seconds: f64::from(request.seconds),
            seed: u64::from(request.seed),
            style: StyleHints {
                preset: style.preset,
                genre: style.genre,
                mood: style.mood,
                tempo_bpm: style.tempo_bpm.map(f64::from),
                key: style.key,
                instruments: style.instruments,
                aspect_ratio: style.aspect_ratio,
                fps: style.fps,
                pictures: style.pictures,
            },
            sketch: request.sketch,
            soundtrack: request.soundtrack,
            references: Vec::new(),
            outputs: request.outputs,
        }
    }
}

/// Settings that win over what the prompt says.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct StyleHints {
    /// One of the model's presets, for what neither the other hints nor the prompt say.
    #[serde(default)]
    pub preset: Option<String>,
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
    /// Width to height of a video, such as `9:16`.
    #[serde(default)]
    pub aspect_ratio: Option<String>,
    /// Frames per second of a video.
    #[serde(default)]
    pub fps: Option<u32>,
    /// How a video shows the pictures among the references.
    #[serde(default)]
    pub pictures: Option<PictureUse>,
}

/// A finished work.
#[derive(Debug, Clone)]
pub struct Output {
    /// How the request was understood: style, mood, tempo, key, metre, instruments, sections.
    pub understood: serde_json::Value,
    /// Length in seconds, a whole number of frames.
    pub seconds: f64,
    /// The files that are always made, in the order of the manifest's `outputs`, then those asked for.
    pub files: Vec<OutputFile>,
    /// What each stage took, in order.
    pub stages: Vec<Stage>,
}

/// What a stage of a job took.
#[derive(Debug, Clone, Copy)]
pub struct Stage {
    /// `read`, `write`, `compose`, `render`, `encode`, `stems` or `loop`.
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
