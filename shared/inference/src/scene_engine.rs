//! The engine `scene`: a prompt becomes a storyboard, and a storyboard becomes a film.

mod draw;
mod film;
mod opus;
mod pictures;
mod planner;
mod resample;
mod soundtrack;
mod story;
mod title;
mod writer;
mod yuv;

use std::sync::Arc;
use std::time::Instant;

use reverie_domain::manifest::Manifest;
use reverie_domain::storyboard::Storyboard;

use self::draw::{Scene, Size};
pub(crate) use self::planner::ScenePlanner;
use crate::engine::{Engine, MusicRequest, Output, OutputFile, Stage, Watch};
use crate::error::{EngineError, PackageError};
use crate::package::Package;
use crate::progress::Progress;
use crate::score_engine::ScoreEngine;

/// The share of a job's progress that composing takes.
const COMPOSING: f32 = 0.2;

/// A loaded package of the engine `scene`.
pub(crate) struct SceneEngine {
    planner: ScenePlanner,
    /// Makes soundtracks.
    composer: Option<Arc<ScoreEngine>>,
}

impl SceneEngine {
    /// Reads `vocab.json`, `pieces.txt` and `story.onnx`.
    pub(crate) fn load(
        package: &Package,
        composer: Option<Arc<ScoreEngine>>,
    ) -> Result<Self, PackageError> {
        Ok(Self { planner: ScenePlanner::load(package)?, composer })
    }
}

impl Engine for SceneEngine {
    fn manifest(&self) -> &Manifest {
        self.planner.manifest()
    }

    fn warm_up(&self) -> Result<(), EngineError> {
        self.planner.warm_up()
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
        let (storyboard, mut understood) = self.planner.read(request)?;
        let mut stages = vec![Stage { name: "read", took: since.elapsed() }];
        let (mut sound, mut composed) = (Vec::new(), 0.01);
        if request.soundtrack {
            let composer = self.composer.as_ref().ok_or_else(|| {
                EngineError::invalid("soundtrack", "there is no music model that could make it")
            })?;
            let since = Instant::now();
            let mut composing = progress.stage(0.01, COMPOSING);
            let track = soundtrack::compose(composer, &storyboard, request.seed, &mut composing)?;
            understood["soundtrack"] = track.understood;
            (sound, composed) = (track.packets, COMPOSING);
            stages.push(Stage { name: "compose", took: since.elapsed() });
        }
        let since = Instant::now();
        let reel = film::Reel {
            scene: Scene::new(
                &storyboard,
                self.planner.screen(request),
                request.seed,
                &request.references,
            ),
            seconds: storyboard.seconds(),
            sound,
        };
        let film = film::shoot(&reel, &mut progress.stage(composed, 1.0))?;
        stages.push(Stage { name: "render", took: since.elapsed() });
        let seconds = film.seconds;
        Ok(Output { understood, seconds, files: files(film, &storyboard)?, stages })
    }
}

/// How large a film is, and how many frames a second has.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Screen {
    pub(crate) size: Size,
    pub(crate) rate: u32,
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
