//! The half of the engine that makes no notes: it reads prompts and decides the form.

use reverie_domain::manifest::{Extra, Manifest, Preset};
use reverie_domain::sketch::{MusicSketch, Sketch};

use super::brief::{Brief, Outline, Wishes};
use super::prompt::PromptReader;
use super::vocabulary::Vocabulary;
use super::{arrange, sketch, understood};
use crate::engine::{MusicRequest, Plan, Planner};
use crate::error::{EngineError, PackageError};
use crate::package::Package;
use crate::text::Pieces;

/// `vocab.json`, `pieces.txt` and `prompt.onnx` of a package.
pub(crate) struct ScorePlanner {
    manifest: Manifest,
    vocabulary: Vocabulary,
    prompts: PromptReader,
}

impl ScorePlanner {
    /// What it reads of a package.
    pub(crate) const FILES: &'static [&'static str] = &["vocab.json", Pieces::FILE, "prompt.onnx"];

    pub(crate) fn load(package: &Package) -> Result<Self, PackageError> {
        let (json, reader) = ("vocab.json", "prompt.onnx");
        let vocabulary = Vocabulary::parse(&package.read(json)?)
            .map_err(|error| package.content(json, error))?;
        let pieces = Pieces::load(package, vocabulary.prompt.pieces)?;
        Ok(Self {
            prompts: PromptReader::new(&package.read(reader)?, pieces, &vocabulary.prompt)
                .map_err(|error| package.content(reader, format!("{error:#}")))?,
            vocabulary,
            manifest: package.manifest().clone(),
        })
    }

    pub(crate) fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    pub(crate) fn vocabulary(&self) -> &Vocabulary {
        &self.vocabulary
    }

    /// Decides what to write. A request without a sketch is made of the one that it would be
    /// answered with, so that both give the same piece.
    pub(crate) fn brief(
        &self,
        request: &MusicRequest,
    ) -> Result<(MusicSketch, Brief), EngineError> {
        let read = |prompt: &str| {
            self.prompts
                .read(prompt)
                .map_err(|error| EngineError::internal("prompt.onnx")(format!("{error:#}")))
        };
        let reading = read(&request.prompt)?;
        let negative = request.negative_prompt.as_deref().map(read).transpose()?;
        let wishes = Wishes::new(request, &reading, negative.as_ref(), self.preset(request)?);
        let sketch = match &request.sketch {
            Some(Sketch::Music(given)) => given.clone(),
            Some(Sketch::Video(_)) => {
                return Err(EngineError::invalid("sketch", "is the sketch of a video"));
            }
            None => {
                let outline = Outline::new(&self.vocabulary, &wishes)?;
                sketch::of_outline(&self.vocabulary, &outline, request)
            }
        };
        let brief = sketch::brief(&self.vocabulary, &wishes, &sketch)?;
        Ok((sketch, brief))
    }

    pub(crate) fn check(&self, request: &MusicRequest) -> Result<(), EngineError> {
        let limits = &self.manifest.limits;
        let seconds = limits.seconds.min..=limits.seconds.max;
        if !seconds.contains(&request.seconds) {
            let message = format!("must be between {} and {}", seconds.start(), seconds.end());
            return Err(EngineError::invalid("seconds", message));
        }
        let most = limits.prompt_chars as usize;
        let too_long = |text: &str| text.chars().count() > most;
        if too_long(&request.prompt) {
            let message = format!("must not exceed {most} characters");
            return Err(EngineError::invalid("prompt", message));
        }
        if request.negative_prompt.as_deref().is_some_and(too_long) {
            let message = format!("must not exceed {most} characters");
            return Err(EngineError::invalid("negative_prompt", message));
        }
        if let Some(extra) = request.outputs.iter().find(|extra| !self.makes(**extra)) {
            let message = format!("this model has no {} on request", extra.name());
            return Err(EngineError::invalid("outputs", message));
        }
        Ok(())
    }

    fn preset(&self, request: &MusicRequest) -> Result<Option<&Preset>, EngineError> {
        let Some(name) = &request.style.preset else { return Ok(None) };
        let preset = self.manifest.inputs.preset(name);
        let unknown = || EngineError::invalid("style.preset", "must be one of inputs.presets");
        preset.map(Some).ok_or_else(unknown)
    }

    fn makes(&self, extra: Extra) -> bool {
        self.manifest.extras().any(|offered| offered == extra)
    }
}

impl Planner for ScorePlanner {
    fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    fn plan(&self, request: &MusicRequest) -> Result<Plan, EngineError> {
        self.check(request)?;
        let (sketch, brief) = self.brief(request)?;
        let (shortest, longest) = sketch.seconds();
        let wanted = request.seconds.round() as u32;
        let mut warnings = brief.notes.clone();
        let seconds = match (shortest..=longest).contains(&wanted) {
            true => wanted,
            false => {
                let seconds = sketch.usual_seconds();
                warnings.push(format!("At this tempo the piece lasts {seconds} s, not {wanted}."));
                seconds
            }
        };
        let frame = arrange::frame(&self.vocabulary, &brief);
        let understood = understood::of_plan(&self.vocabulary, &brief, &frame);
        Ok(Plan { sketch: Sketch::Music(sketch), seconds, understood, warnings })
    }
}
