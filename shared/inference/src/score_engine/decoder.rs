//! The decoder of a package by itself, for benchmarks.

use tract_onnx::prelude::TractError;

use super::network::{Network, ROWS};
use super::vocabulary::Vocabulary;
use crate::error::{EngineError, PackageError};
use crate::package::Package;

/// The decoder of a package by itself, for benchmarks.
#[derive(Debug)]
pub struct Decoder {
    network: Network,
    tokens: u32,
}

impl Decoder {
    /// How many rows one step takes at most.
    pub const ROWS: usize = ROWS;

    /// Loads `vocab.json` and `score.onnx`.
    ///
    /// # Errors
    /// A file that cannot be used.
    pub fn load(package: &Package) -> Result<Self, PackageError> {
        let (json, onnx) = ("vocab.json", "score.onnx");
        let vocabulary = Vocabulary::parse(&package.read(json)?)
            .map_err(|error| package.content(json, error))?;
        let network = Network::new(&package.read(onnx)?, &vocabulary)
            .map_err(|error| package.content(onnx, format!("{error:#}")))?;
        Ok(Self { network, tokens: vocabulary.len() as u32 })
    }

    /// Appends `tokens` tokens to each of `rows` new rows on this thread, one of each in a step.
    ///
    /// Returns the logits after each row.
    ///
    /// # Errors
    /// More rows than [`Self::ROWS`], more tokens than the context, or a model that does not run.
    pub fn decode(&self, rows: usize, tokens: usize) -> Result<Vec<Vec<f32>>, EngineError> {
        self.decoded(rows, tokens)
            .map_err(|error| EngineError::internal("score.onnx")(format!("{error:#}")))
    }

    fn decoded(&self, rows: usize, tokens: usize) -> Result<Vec<Vec<f32>>, TractError> {
        if rows > ROWS {
            return Err(TractError::msg(format!("{rows} rows are more than {ROWS}")));
        }
        let mut sessions = Vec::new();
        for _ in 0..rows {
            sessions.push(self.network.session()?);
        }
        for at in 0..tokens {
            for (row, session) in sessions.iter_mut().enumerate() {
                session.push((at as u32 * 7 + row as u32) % self.tokens)?;
            }
            Network::advance_all(&mut sessions)?;
        }
        Ok(sessions.iter().map(|session| session.logits().to_vec()).collect())
    }
}
