//! Progress and cancellation, divided among the stages of a job.

use std::ops::ControlFlow;

use crate::engine::Watch;
use crate::error::EngineError;

/// The share of a job's progress that one stage reports to.
pub(crate) struct Progress<'a, 'w> {
    watch: &'a mut Watch<'w>,
    from: f32,
    to: f32,
}

impl<'a, 'w> Progress<'a, 'w> {
    /// The whole job.
    pub(crate) fn new(watch: &'a mut Watch<'w>) -> Self {
        Self { watch, from: 0.0, to: 1.0 }
    }

    /// The stage between two shares of this one.
    pub(crate) fn stage(&mut self, from: f32, to: f32) -> Progress<'_, 'w> {
        let width = self.to - self.from;
        Progress { from: self.from + width * from, to: self.from + width * to, watch: self.watch }
    }

    /// Reports that `share` (0–1) of this stage is done.
    pub(crate) fn at(&mut self, share: f32) -> Result<(), EngineError> {
        let share = share.clamp(0.0, 1.0);
        match (self.watch)(self.from + (self.to - self.from) * share) {
            ControlFlow::Continue(()) => Ok(()),
            ControlFlow::Break(()) => Err(EngineError::Canceled),
        }
    }
}
