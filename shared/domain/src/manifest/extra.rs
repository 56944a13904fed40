//! Files that are made only where a request asks for them.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Artefact, Manifest, ManifestError};

/// What a request may ask for beside the work itself, in `outputs`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Extra {
    /// Each track by itself: a ZIP archive of FLAC files that add up to the mix.
    Stems,
    /// The body of the piece as whole bars that can be repeated without a seam.
    Loop,
}

impl Extra {
    /// The name in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Stems => "stems",
            Self::Loop => "loop",
        }
    }
}

impl Manifest {
    /// What `outputs` of a request may ask for, in the order of the files.
    pub fn extras(&self) -> impl Iterator<Item = Extra> {
        self.outputs.iter().filter_map(|artefact| artefact.on_request)
    }

    pub(super) fn check_outputs(&self) -> Result<(), ManifestError> {
        let always = |artefact: &Artefact| artefact.on_request.is_none();
        if !self.outputs.iter().any(always) {
            let message = "must name at least one file that is always made";
            return Err(ManifestError::new("outputs", message));
        }
        for (index, artefact) in self.outputs.iter().enumerate() {
            let twice = |other: &Artefact| {
                other.name == artefact.name
                    || other.on_request.is_some() && other.on_request == artefact.on_request
            };
            if self.outputs[..index].iter().any(twice) {
                return Err(ManifestError::new(format!("outputs[{index}]"), "is there twice"));
            }
        }
        Ok(())
    }
}
