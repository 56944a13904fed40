//! The half of the engine that draws nothing: it reads prompts and writes storyboards.

use reverie_domain::manifest::Manifest;
use reverie_domain::storyboard::Storyboard;
use serde_json::Value;

use super::reader::{Layout, Reader};
use super::story;
use crate::engine::MusicRequest;
use crate::error::{EngineError, PackageError};
use crate::package::Package;

/// `vocab.json` and `prompt.onnx` of a package.
pub(super) struct ScenePlanner {
    manifest: Manifest,
    reader: Reader,
}

impl ScenePlanner {
    pub(super) fn load(package: &Package) -> Result<Self, PackageError> {
        let (json, onnx) = ("vocab.json", "prompt.onnx");
        let layout: Layout = serde_json::from_slice(&package.read(json)?)
            .map_err(|error| package.content(json, error))?;
        let reader = Reader::new(&package.read(onnx)?, layout)
            .map_err(|error| package.content(onnx, format!("{error:#}")))?;
        Ok(Self { reader, manifest: package.manifest().clone() })
    }

    pub(super) fn manifest(&self) -> &Manifest {
        &self.manifest
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
        Ok(())
    }

    /// The storyboard of a request, and how its prompt was understood.
    pub(super) fn read(&self, request: &MusicRequest) -> Result<(Storyboard, Value), EngineError> {
        let reading = self
            .reader
            .read(&request.prompt)
            .map_err(|error| EngineError::internal("prompt.onnx")(format!("{error:#}")))?;
        // Whole and within the limits.
        Ok(story::of(&reading, request.seconds as u32, request.seed))
    }
}
