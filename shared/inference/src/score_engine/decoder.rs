//! The decoder of a package by itself, for benchmarks.

use tract_onnx::prelude::TractError;

use super::network::Network;
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

    /// Appends `tokens` tokens to a new row on this thread, and returns the logits after it.
    ///
    /// # Errors
    /// More tokens than the context, or a model that does not run.
    pub fn decode(&self, tokens: usize) -> Result<Vec<f32>, EngineError> {
        self.decoded(tokens)
            .map_err(|error| EngineError::internal("score.onnx")(format!("{error:#}")))
    }

    fn decoded(&self, tokens: usize) -> Result<Vec<f32>, TractError> {
        let mut session = self.network.session()?;
        for at in 0..tokens {
            session.push(at as u32 * 7 % self.tokens)?;
            session.advance()?;
        }
        Ok(session.logits().to_vec())
    }
}
