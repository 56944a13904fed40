//! ONNX models on tract, on the best device that is there.

mod cache;

use std::io::Cursor;
use std::sync::Arc;

#[cfg(feature = "cuda")]
use tract_cuda as _;
use tract_onnx::prelude::*;

/// In order of preference. Runtimes that are not linked, or whose driver is missing, are passed over.
const RUNTIMES: [&str; 2] = ["cuda", CPU];
const CPU: &str = "cpu";

/// A model that is ready to run; shared by all jobs.
#[derive(Debug, Clone)]
pub(crate) struct Plan(Arc<dyn Runnable>);

impl Plan {
    /// Compiles an ONNX file whose inputs declare their shapes; what is symbolic there stays so.
    pub(crate) fn compile(onnx: &[u8]) -> TractResult<Self> {
        let (_, runtime) = runtime()?;
        Ok(Self(Arc::from(runtime.prepare(parsed(onnx)?)?)))
    }

    /// Compiles a decoder that takes one token. On the CPU it reads its cache where it is.
    pub(crate) fn decoder(onnx: &[u8]) -> TractResult<Self> {
        let (name, runtime) = runtime()?;
        if name != CPU {
            return Self::compile(onnx);
        }
        let model = cache::read_in_place(parsed(onnx)?.into_decluttered()?)?;
        Ok(Self(Arc::from(runtime.prepare(model)?)))
    }

    /// A state of its own for one job.
    pub(crate) fn spawn(&self) -> TractResult<Box<dyn State>> {
        self.0.spawn()
    }

    /// Runs a model without state once.
    pub(crate) fn run(&self, inputs: TVec<TValue>) -> TractResult<TVec<TValue>> {
        let outputs = self.0.run(inputs);
        clear_vector_registers();
        outputs
    }
}

/// To be called after tract has computed.
///
/// Its hand-written kernels return with the upper halves of the vector registers in use. Every older
/// instruction (SSE) on that thread then has to keep them, which makes floating-point code several times
/// slower on Intel's processors, until VZEROUPPER (Intel 64 and IA-32 Optimization Reference Manual,
/// "Mixing AVX code with SSE code"). Compilers put that at the end of functions for AVX, such as this
/// search where the processor has it; a call of the instruction itself would be `unsafe`.
pub(crate) fn clear_vector_registers() {
    let bytes = std::hint::black_box([1_u8; 128]);
    std::hint::black_box(memchr::memchr(0, &bytes));
}

fn parsed(onnx: &[u8]) -> TractResult<TypedModel> {
    tract_onnx::onnx()
        .with_ignore_output_shapes(true)
        .with_ignore_value_info(true)
        .model_for_read(&mut Cursor::new(onnx))?
        .into_typed()
}

fn runtime() -> TractResult<(&'static str, &'static dyn Runtime)> {
    // A runtime without its driver is an error, one that is not linked is `None`: both mean the next.
    let found = |name| Some((name, runtime_for_name(name).ok().flatten()?));
    RUNTIMES.into_iter().find_map(found).ok_or_else(|| TractError::msg("no runtime"))
}
