//! Settings that go well together, under a name.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Inputs, Manifest, ManifestError};
use crate::manifest::SketchInputs;
use crate::request::TEMPO;
use crate::sketch::SketchTrack;

/// Settings that go well together. Each decides what neither a field of `style` nor the prompt says.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Preset {
    /// What `style.preset` names.
    #[schema(example = "lo-fi study")]
    pub name: String,
    /// One of the model's genres.
    pub genre: String,
    /// One of the model's moods.
    pub mood: String,
    /// The slowest and the fastest tempo, in beats per minute.
    pub tempo_bpm: [u16; 2],
    /// How much goes on, 0 to 1.
    #[schema(minimum = 0, maximum = 1)]
    pub density: f64,
    /// Who plays, one for each role.
    pub tracks: Vec<SketchTrack>,
}

impl Inputs {
    /// The preset of this name.
    #[must_use]
    pub fn preset(&self, name: &str) -> Option<&Preset> {
        self.presets.iter().find(|preset| preset.name == name)
    }
}

impl Manifest {
    pub(super) fn check_presets(&self) -> Result<(), ManifestError> {
        let presets = &self.inputs.presets;
        if presets.is_empty() == self.inputs.style.iter().any(|field| field == "preset") {
            let message = "must name preset exactly where there are inputs.presets";
            return Err(ManifestError::new("inputs.style", message));
        }
        for (index, preset) in presets.iter().enumerate() {
            let wrong = |field: &str, message: &str| {
                Err(ManifestError::new(format!("inputs.presets[{index}].{field}"), message))
            };
            let [slowest, fastest] = preset.tempo_bpm;
            if preset.name.trim() != preset.name || preset.name.is_empty() {
                return wrong("name", "must not be empty, nor begin or end with a space");
            }
            if presets[..index].iter().any(|other| other.name == preset.name) {
                return wrong("name", "is there twice");
            }
            if !self.inputs.genres.contains(&preset.genre) {
                return wrong("genre", "is not one of inputs.genres");
            }
            if !self.inputs.moods.contains(&preset.mood) {
                return wrong("mood", "is not one of inputs.moods");
            }
            if slowest > fastest || !TEMPO.contains(&slowest) || !TEMPO.contains(&fastest) {
                return wrong("tempo_bpm", "must be two tempi, the slower one first");
            }
            if !(0.0..=1.0).contains(&preset.density) {
                return wrong("density", "must be 0 to 1");
            }
            if !self.inputs.can_play(&preset.tracks) {
                return wrong(
                    "tracks",
                    "must be roles of inputs.sketch, each once, with its instruments",
                );
            }
        }
        Ok(())
    }
}

impl Inputs {
    fn can_play(&self, tracks: &[SketchTrack]) -> bool {
        let roles = self
            .sketch
            .as_ref()
            .and_then(SketchInputs::music)
            .map(|words| words.tracks.as_slice())
            .unwrap_or_default();
        let able = |track: &SketchTrack| {
            roles
                .iter()
                .any(|role| role.role == track.role && role.instruments.contains(&track.instrument))
        };
        let once = |(at, track): (usize, &SketchTrack)| {
            tracks[..at].iter().all(|other| other.role != track.role)
        };
        !tracks.is_empty() && tracks.iter().all(able) && tracks.iter().enumerate().all(once)
    }
}
