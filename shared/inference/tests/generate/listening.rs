//! What can be measured in a decoded file.

use reverie_inference::Output;

use crate::file;

/// Interleaved 16-bit samples of a stereo FLAC file.
pub(crate) fn samples(flac: &[u8]) -> Vec<i32> {
    let mut reader = claxon::FlacReader::new(flac).expect("flac");
    let info = reader.streaminfo();
    assert_eq!((info.sample_rate, info.channels, info.bits_per_sample), (44_100, 2, 16));
    reader.samples().map(|sample| sample.expect("sample")).collect()
}

/// Length, peaks, ends and gaps of a work.
pub(crate) fn assert_sounds(output: &Output, seconds: f64) {
    let samples = samples(file(output, "track.flac"));
    assert_eq!(samples.len(), 2 * (seconds * 44_100.0).round() as usize);
    let peak = samples.iter().map(|sample| sample.abs()).max().unwrap_or(0);
    // −1 dBFS is 29,204; true peaks lie above sample peaks, so none may reach it.
    assert!((6_000..=29_204).contains(&peak), "peak {peak}");
    let edge = |part: &[i32]| part.iter().map(|sample| sample.abs()).max().unwrap_or(0);
    assert!(edge(&samples[..20]) < 40, "starts in silence");
    assert!(edge(&samples[samples.len() - 20..]) < 40, "ends in silence");
    for (index, window) in samples.chunks_exact(2 * 2 * 44_100).enumerate() {
        // −55 dBFS.
        assert!(edge(window) > 58, "two silent seconds from {} s", index * 2);
    }
}

/// Loudness in LUFS and true peak in dBTP, after ITU-R BS.1770-4.
pub(crate) fn measured(flac: &[u8]) -> (f64, f64) {
    let samples: Vec<f32> = samples(flac).iter().map(|sample| *sample as f32 / 32_768.0).collect();
    let modes = ebur128::Mode::I | ebur128::Mode::TRUE_PEAK;
    let mut meter = ebur128::EbuR128::new(2, 44_100, modes).expect("a meter");
    meter.add_frames_f32(&samples).expect("samples");
    let peaks = [0, 1].map(|channel| meter.true_peak(channel).expect("a peak"));
    (meter.loudness_global().expect("loudness"), 20.0 * peaks[0].max(peaks[1]).log10())
}

/// Loudness of the middle of a stretch of a work, in dB of full scale.
pub(crate) fn level(flac: &[u8], from: f64, to: f64) -> f64 {
    let samples = samples(flac);
    let at = |seconds: f64| 2 * (seconds * 44_100.0) as usize;
    let part = &samples[at(from)..at(to)];
    let square = |sample: &i32| (f64::from(*sample) / 32_768.0).powi(2);
    10.0 * (part.iter().map(square).sum::<f64>() / part.len() as f64).log10()
}
