//! The engine `score`: a prompt becomes a score, and a score becomes sound.

pub(crate) mod prompt;

use std::sync::Arc;

use reverie_domain::manifest::Manifest;
use rustysynth::SoundFont;

use crate::engine::{Engine, MusicRequest, Output, Watch};
use crate::error::{EngineError, PackageError};
use crate::package::Package;
use crate::render::read_bank;

/// A loaded package of the engine `score`.
pub(crate) struct ScoreEngine {
    manifest: Manifest,
    bank: Arc<SoundFont>,
}

impl ScoreEngine {
    pub(crate) fn load(package: &Package) -> Result<Self, PackageError> {
        let bank = "bank.sf3";
        Ok(Self {
            manifest: package.manifest().clone(),
            bank: read_bank(&package.read(bank)?).map_err(|error| package.content(bank, error))?,
        })
    }
}

impl Engine for ScoreEngine {
    fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    fn warm_up(&self) -> Result<(), EngineError> {
        Ok(())
    }

    fn generate(
        &self,
        _request: &MusicRequest,
        _watch: &mut Watch<'_>,
    ) -> Result<Output, EngineError> {
        let _ = &self.bank;
        Err(EngineError::Canceled)
    }
}
