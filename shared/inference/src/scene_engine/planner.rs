//! The half of the engine that draws nothing: it reads prompts and writes storyboards.

use reverie_domain::manifest::Manifest;
use reverie_domain::sketch::Sketch;
use reverie_domain::storyboard::{PictureUse, Storyboard};
use serde_json::{Value, json};

use super::draw::Size;
use super::story::{self, Wanted};
use super::writer::{Layout, Told, Writer};
use super::{Screen, pictures, title};
use crate::engine::{MusicRequest, Plan, Planner};
use crate::error::{EngineError, PackageError};
use crate::package::Package;
use crate::text::Pieces;

/// Frames per second where nothing says otherwise.
const RATE: u32 = 24;
/// The most that may be asked for.
const MOST_RATE: u32 = 60;

/// `vocab.json`, `pieces.txt` and `story.onnx` of a package.
pub(crate) struct ScenePlanner {
    manifest: Manifest,
    writer: Writer,
}

impl ScenePlanner {
    /// What it reads of a package.
    pub(crate) const FILES: &'static [&'static str] = &["vocab.json", Pieces::FILE, "story.onnx"];

    pub(crate) fn load(package: &Package) -> Result<Self, PackageError> {
        let (json, onnx) = ("vocab.json", "story.onnx");
        let layout: Layout = serde_json::from_slice(&package.read(json)?)
            .map_err(|error| package.content(json, error))?;
        let pieces = Pieces::load(package, layout.pieces)?;
        let writer = Writer::new(&package.read(onnx)?, pieces, layout)
            .map_err(|error| package.content(onnx, format!("{error:#}")))?;
        Ok(Self { writer, manifest: package.manifest().clone() })
    }

    pub(super) fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    pub(super) fn warm_up(&self) -> Result<(), EngineError> {
        self.told("").map(drop)
    }

    pub(super) fn check(&self, request: &MusicRequest) -> Result<(), EngineError> {
        let limits = &self.manifest.limits;
        let (min, max) = (limits.seconds.min, limits.seconds.max);
        if !(min..=max).contains(&request.seconds) || request.seconds.fract() != 0.0 {
            let message = format!("must be a whole number between {min} and {max}");
            return Err(EngineError::invalid("seconds", message));
        }
        let most = limits.prompt_chars as usize;
        if request.prompt.chars().count() > most {
            let message = format!("must not exceed {most} characters");
            return Err(EngineError::invalid("prompt", message));
        }
        if request.style.fps.is_some_and(|fps| !(1..=MOST_RATE).contains(&fps)) {
            return Err(EngineError::invalid("style.fps", format!("must be 1 to {MOST_RATE}")));
        }
        match &request.sketch {
            Some(Sketch::Music(_)) => {
                Err(EngineError::invalid("sketch", "is the sketch of a piece of music"))
            }
            // Memory and time depend on it.
            Some(Sketch::Video(storyboard))
                if !(0.0..=max + 0.01).contains(&storyboard.seconds()) =>
            {
                Err(EngineError::invalid("sketch.shots", format!("must last at most {max} s")))
            }
            _ => Ok(()),
        }
    }

    /// Size and rate of a request's film.
    pub(super) fn screen(&self, request: &MusicRequest) -> Screen {
        let usual = self.manifest.inputs.fps.first().copied().unwrap_or(RATE);
        Screen {
            size: Size::of(request.style.aspect_ratio.as_deref()),
            rate: request.style.fps.unwrap_or(usual).clamp(1, MOST_RATE),
        }
    }

    /// The storyboard of a request, and how the request was understood.
    pub(super) fn read(&self, request: &MusicRequest) -> Result<(Storyboard, Value), EngineError> {
        let longest = self.title_chars();
        let (title, prompt) = title::quoted(&request.prompt, longest);
        let told = self.told(&prompt)?;
        let storyboard = match &request.sketch {
            Some(Sketch::Video(given)) => given.clone(),
            _ => {
                let wanted = Wanted {
                    // Whole and within the limits.
                    seconds: request.seconds as u32,
                    seed: request.seed,
                    title,
                    pictures: pictures::usable(&request.references),
                    first_and_last: request.style.pictures == Some(PictureUse::FirstAndLast),
                    on_beats: request.soundtrack,
                };
                story::of(&told, &wanted)
            }
        };
        let mut understood = story::understood(&storyboard, &told);
        if !request.references.is_empty() {
            let explained = pictures::explained(&request.references, &storyboard);
            understood["references"] = json!(explained);
        }
        Ok((storyboard, understood))
    }

    fn told(&self, prompt: &str) -> Result<Told, EngineError> {
        self.writer
            .write(prompt)
            .map_err(|error| EngineError::internal("story.onnx")(format!("{error:#}")))
    }

    fn title_chars(&self) -> usize {
        match &self.manifest.inputs.sketch {
            Some(reverie_domain::manifest::SketchInputs::Video(words)) => {
                words.title_chars as usize
            }
            _ => 0,
        }
    }
}

impl Planner for ScenePlanner {
    fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    fn plan(&self, request: &MusicRequest) -> Result<Plan, EngineError> {
        self.check(request)?;
        let (storyboard, understood) = self.read(request)?;
        Ok(Plan {
            seconds: storyboard.whole_seconds(),
            sketch: Sketch::Video(storyboard),
            understood,
            warnings: Vec::new(),
        })
    }
}
