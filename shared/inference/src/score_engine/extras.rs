//! Files that are made of a piece only where they are asked for.

use std::sync::Arc;

use reverie_domain::manifest::Extra;
use rustysynth::SoundFont;

use crate::encode::{self, Archive};
use crate::engine::OutputFile;
use crate::error::EngineError;
use crate::progress::Progress;
use crate::render::{Balance, SAMPLE_RATE, seamless, stem};
use crate::score::Score;

/// A piece whose usual files are made.
pub(super) struct Piece<'a> {
    pub(super) score: &'a Score,
    pub(super) balance: Balance,
    pub(super) bank: &'a Arc<SoundFont>,
    pub(super) frames: usize,
    pub(super) seed: u64,
}

impl Piece<'_> {
    pub(super) fn extra(
        &self,
        wanted: Extra,
        progress: &mut Progress<'_, '_>,
    ) -> Result<OutputFile, EngineError> {
        match wanted {
            Extra::Stems => self.stems(progress),
            Extra::Loop => self.repeatable(progress),
        }
    }

    /// One part at a time: of the others there is only what is in the archive.
    fn stems(&self, progress: &mut Progress<'_, '_>) -> Result<OutputFile, EngineError> {
        let mut archive = Archive::new();
        let count = self.score.parts.len().max(1) as f32;
        for (index, part) in self.score.parts.iter().enumerate() {
            let mut stage = progress.stage(index as f32 / count, (index + 1) as f32 / count);
            let mut playing = stage.stage(0.0, 0.7);
            let sound =
                stem(self.score, index, &self.balance, self.bank, self.frames, &mut playing)?;
            // Noise of its own for each, so that the sum has not the same noise several times.
            let seed = self.seed.wrapping_add(1 + index as u64);
            let bytes = encode::flac(&sound, seed, &mut stage.stage(0.7, 1.0))?;
            let name = format!("{}-{}-{}.flac", index + 1, part.role.name(), part.instrument);
            archive.add(&name, &bytes)?;
        }
        Ok(OutputFile {
            name: "stems.zip",
            content_type: "application/zip",
            bytes: archive.finish()?,
            seconds: Some(self.frames as f64 / f64::from(SAMPLE_RATE)),
        })
    }

    fn repeatable(&self, progress: &mut Progress<'_, '_>) -> Result<OutputFile, EngineError> {
        let bars = self.score.body();
        let mut playing = progress.stage(0.0, 0.8);
        let sound = seamless(self.score, &bars, &self.balance, self.bank, &mut playing)?;
        Ok(OutputFile {
            name: "loop.flac",
            content_type: "audio/flac",
            seconds: Some(sound.frames() as f64 / f64::from(SAMPLE_RATE)),
            bytes: encode::flac(&sound, self.seed, &mut progress.stage(0.8, 1.0))?,
        })
    }
}
