//! Loudness after ITU-R BS.1770-4, by the `ebur128` crate.

use ebur128::{EbuR128, Mode};

use crate::render::sound::SAMPLE_RATE;

/// Integrated, gated loudness in LUFS; `None` for what is shorter than 0.4 s or below the gate of −70 LUFS.
pub(crate) fn loudness(channels: [&[f32]; 2]) -> Result<Option<f64>, ebur128::Error> {
    let mut meter = EbuR128::new(2, SAMPLE_RATE, Mode::I)?;
    meter.add_frames_planar_f32(&channels)?;
    let value = meter.loudness_global()?;
    Ok(value.is_finite().then_some(value))
}

/// Highest true peak of both channels as an amplitude, by four-fold oversampling.
pub(crate) fn true_peak(channels: [&[f32]; 2]) -> Result<f64, ebur128::Error> {
    let mut meter = EbuR128::new(2, SAMPLE_RATE, Mode::TRUE_PEAK)?;
    meter.add_frames_planar_f32(&channels)?;
    Ok(meter.true_peak(0)?.max(meter.true_peak(1)?))
}
