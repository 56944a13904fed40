//! The engine `scene`: a prompt becomes a storyboard, and a storyboard becomes a film.

mod draw;
mod film;
mod planner;
mod reader;
mod story;
mod yuv;

use std::time::Instant;

use reverie_domain::manifest::Manifest;
use reverie_domain::storyboard::Storyboard;

use self::draw::Size;
use self::planner::ScenePlanner;
use crate::engine::{Engine, MusicRequest, Output, OutputFile, Stage, Watch};
use crate::error::{EngineError, PackageError};
use crate::package::Package;
use crate::progress::Progress;

/// A loaded package of the engine `scene`.
pub(crate) struct SceneEngine {
    planner: ScenePlanner,
}

impl SceneEngine {
    /// Reads `vocab.json` and `prompt.onnx`.
    pub(crate) fn load(package: &Package) -> Result<Self, PackageError> {
        Ok(Self { planner: ScenePlanner::load(package)? })
    }
}

impl Engine for SceneEngine {
    fn manifest(&self) -> &Manifest {
        self.planner.manifest()
    }

    fn warm_up(&self) -> Result<(), EngineError> {
        self.planner.read(&MusicRequest::default()).map(drop)
    }

    fn generate(
        &self,
        request: &MusicRequest,
        watch: &mut Watch<'_>,
    ) -> Result<Output, EngineError> {
        self.planner.check(request)?;
        let mut progress = Progress::new(watch);
        progress.at(0.0)?;
        let since = Instant::now();
        let (storyboard, understood) = self.planner.read(request)?;
        let read = Stage { name: "read", took: since.elapsed() };
        let since = Instant::now();
        let size = Size::of(request.style.aspect_ratio.as_deref());
        let film = film::shoot(&storyboard, size, request.seed, &mut progress.stage(0.01, 1.0))?;
        let render = Stage { name: "render", took: since.elapsed() };
        Ok(Output {
            understood,
            seconds: film.seconds,
            files: files(film, &storyboard)?,
            stages: vec![read, render],
        })
    }
}

/// The files of a film, in the order of the manifest's outputs.
fn files(film: film::Film, storyboard: &Storyboard) -> Result<Vec<OutputFile>, EngineError> {
    let json =
        serde_json::to_vec_pretty(storyboard).map_err(EngineError::internal("storyboard.json"))?;
    let file =
        |name, content_type, bytes, seconds| OutputFile { name, content_type, bytes, seconds };
    Ok(vec![
        file("clip.mp4", "video/mp4", film.mp4, Some(film.seconds)),
        file("poster.jpg", "image/jpeg", film.poster, None),
        file("preview.gif", "image/gif", film.preview, Some(film.seconds)),
        file("storyboard.json", "application/json", json, None),
    ])
}
