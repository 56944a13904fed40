//! Stereo sound in memory.

use std::ops::Range;

/// Frames per second of everything that this crate renders.
pub(crate) const SAMPLE_RATE: u32 = 44_100;

/// Two channels of equal length, full scale at ±1.
#[derive(Debug, Clone, Default)]
pub(crate) struct Sound {
    pub(crate) left: Vec<f32>,
    pub(crate) right: Vec<f32>,
}

impl Sound {
    pub(crate) fn silent(frames: usize) -> Self {
        Self { left: vec![0.0; frames], right: vec![0.0; frames] }
    }

    pub(crate) fn frames(&self) -> usize {
        self.left.len()
    }

    pub(crate) fn channels(&self) -> [&[f32]; 2] {
        [&self.left, &self.right]
    }

    /// A stretch of both channels, as far as there is one.
    pub(crate) fn within(&self, stretch: &Range<usize>) -> [&[f32]; 2] {
        self.channels().map(|channel| channel.get(stretch.clone()).unwrap_or_default())
    }

    pub(crate) fn channels_mut(&mut self) -> [&mut Vec<f32>; 2] {
        [&mut self.left, &mut self.right]
    }

    /// Adds `other * gain`, frame by frame, as far as both reach.
    pub(crate) fn add(&mut self, other: &Self, gain: f32) {
        for (to, from) in self.channels_mut().into_iter().zip(other.channels()) {
            for (to, from) in to.iter_mut().zip(from) {
                *to += from * gain;
            }
        }
    }

    /// The greatest absolute value.
    pub(crate) fn peak(&self) -> f32 {
        self.channels().into_iter().flatten().fold(0.0, |peak: f32, value| peak.max(value.abs()))
    }

    pub(crate) fn scale(&mut self, gain: f32) {
        for value in self.channels_mut().into_iter().flatten() {
            *value *= gain;
        }
    }
}

/// Whole frames of `seconds`.
pub(crate) fn frames_of(seconds: f64) -> usize {
    (seconds * f64::from(SAMPLE_RATE)).round().max(0.0) as usize
}

/// Amplitude of a level in decibels.
pub(crate) fn gain_of(decibels: f64) -> f32 {
    10f64.powf(decibels / 20.0) as f32
}
