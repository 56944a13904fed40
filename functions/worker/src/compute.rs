//! What happens on the engine's thread.

use std::{
    ops::ControlFlow,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
};

use bytes::Bytes;
use reverie_domain::{
    ids::GenerationId,
    job::{Failure, ResultFile},
};
use reverie_inference::{Engine, EngineError, MusicRequest, Output, OutputFile};
use serde_json::Value;
use sha2::{Digest, Sha256};

/// What the engine's thread and the worker tell each other.
#[derive(Debug, Default)]
pub(crate) struct Gauge {
    progress: AtomicU32,
    stop: AtomicBool,
}

impl Gauge {
    /// The engine's last word, 0 to 1.
    pub(crate) fn progress(&self) -> f32 {
        f32::from_bits(self.progress.load(Ordering::Relaxed))
    }

    fn report(&self, progress: f32) -> ControlFlow<()> {
        if progress.is_finite() {
            self.progress.store(progress.clamp(0.0, 1.0).to_bits(), Ordering::Relaxed);
        }
        match self.stop.load(Ordering::Relaxed) {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        }
    }
}

/// Stops the engine when it is dropped: also when the task that waits for it is.
#[derive(Debug)]
pub(crate) struct Stopper(pub(crate) Arc<Gauge>);

impl Drop for Stopper {
    fn drop(&mut self) {
        self.0.stop.store(true, Ordering::Relaxed);
    }
}

/// A finished work, with its checksums.
#[derive(Debug)]
pub(crate) struct Made {
    pub(crate) understood: Value,
    pub(crate) files: Vec<(ResultFile, Bytes)>,
}

/// Runs the engine. Its errors and panics become the job's failure.
pub(crate) fn run(
    engine: &dyn Engine,
    request: &MusicRequest,
    gauge: &Gauge,
    id: GenerationId,
) -> Result<Made, Failure> {
    let generate = || engine.generate(request, &mut |progress| gauge.report(progress));
    match catch_unwind(AssertUnwindSafe(generate)) {
        Ok(Ok(output)) => Ok(made(output, id)),
        Ok(Err(error)) => Err(failure(error, id)),
        Err(_) => {
            tracing::error!(%id, "the model panicked");
            Err(panicked())
        }
    }
}

/// The failure of a job whose model panicked.
pub(crate) fn panicked() -> Failure {
    let message = "The model stopped while making this. You were not charged.";
    Failure::retryable("model_panicked", message)
}

/// The failure of a job that computes for too long.
pub(crate) fn too_long() -> Failure {
    let message = "The generation took too long and was stopped. You were not charged.";
    Failure::retryable("run_limit", message)
}

/// The failure of a job whose model this worker does not have.
pub(crate) fn unavailable() -> Failure {
    let message = "The model, or this version of it, is not available. You were not charged.";
    Failure::retryable("model.unavailable", message)
}

fn failure(error: EngineError, id: GenerationId) -> Failure {
    match error {
        EngineError::Invalid { field, message } => Failure {
            code: "model.invalid_request".to_owned(),
            message: format!("{field}: {message}"),
            retryable: false,
            suggestion: None,
        },
        EngineError::Canceled => Failure::retryable("model.failed", "The generation was stopped."),
        EngineError::Internal { stage, source } => {
            tracing::error!(%id, stage, error = %source, "the model failed");
            let message = "The model could not make this. You were not charged.";
            Failure::retryable("model.failed", message)
        }
    }
}

fn made(output: Output, id: GenerationId) -> Made {
    for stage in &output.stages {
        tracing::debug!(%id, stage = stage.name, seconds = stage.took.as_secs_f64(), "stage");
    }
    Made {
        understood: output.understood,
        files: output.files.into_iter().map(checksummed).collect(),
    }
}

fn checksummed(file: OutputFile) -> (ResultFile, Bytes) {
    let sha256 = hex::encode(Sha256::digest(&file.bytes));
    let described = ResultFile {
        name: file.name.to_owned(),
        content_type: file.content_type.to_owned(),
        bytes: file.bytes.len() as u64,
        // No credentials are embedded yet, so the file is its content.
        content_sha256: sha256.clone(),
        sha256,
        seconds: file.seconds,
    };
    (described, Bytes::from(file.bytes))
}
