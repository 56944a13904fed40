//! ONNX models on tract, on the best device that is there.

use std::io::Cursor;
use std::sync::Arc;

#[cfg(feature = "cuda")]
use tract_cuda as _;
use tract_onnx::prelude::*;

/// In order of preference. Runtimes that are not linked, or whose driver is missing, are passed over.
const RUNTIMES: [&str; 2] = ["cuda", "cpu"];

/// A model that is ready to run; shared by all jobs.
#[derive(Debug, Clone)]
pub(crate) struct Plan(Arc<dyn Runnable>);

impl Plan {
    /// Compiles an ONNX file whose inputs declare their shapes; what is symbolic there stays so.
    pub(crate) fn compile(onnx: &[u8]) -> TractResult<Self> {
        let model = tract_onnx::onnx()
            .with_ignore_output_shapes(true)
            .with_ignore_value_info(true)
            .model_for_read(&mut Cursor::new(onnx))?
            .into_typed()?;
        for name in RUNTIMES {
            // A runtime without its driver is an error, one that is not linked is `None`: both mean the next.
            if let Ok(Some(runtime)) = runtime_for_name(name) {
                return Ok(Self(Arc::from(runtime.prepare(model)?)));
            }
        }
        Err(TractError::msg("no runtime"))
    }

    /// A state of its own for one job.
    pub(crate) fn spawn(&self) -> TractResult<Box<dyn State>> {
        self.0.spawn()
    }

    /// Runs a model without state once.
    pub(crate) fn run(&self, inputs: TVec<TValue>) -> TractResult<TVec<TValue>> {
        self.0.run(inputs)
    }
}
