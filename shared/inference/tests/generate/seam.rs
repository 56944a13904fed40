//! What is heard where a loop begins again.

use std::f64::consts::PI;

/// Frames of a spectrum: 12 ms.
const WINDOW: usize = 512;
/// Frames from one spectrum to the next.
const HOP: usize = 128;

/// A click is a step between two frames, or a burst over all frequencies. Neither may be greater where the loop
/// begins again than it is elsewhere.
///
/// `loop_samples` are interleaved.
pub(crate) fn assert_no_seam(what: &str, loop_samples: &[i32]) {
    let mono: Vec<f64> =
        loop_samples.chunks_exact(2).map(|pair| f64::from(pair[0] + pair[1]) / 65_536.0).collect();
    let (frames, around) = (mono.len(), WINDOW * 4);
    // The end, the seam and the start.
    let seam = [&mono[frames - around..], &mono[..around]].concat();
    let greatest = |values: Vec<f64>| values.into_iter().fold(0.0, f64::max);
    let step = greatest(bends(&seam[around - 2..around + 2]));
    let steps = greatest(bends(&mono));
    let at_seam = greatest(fluxes(&seam));
    let elsewhere = greatest(fluxes(&mono));
    println!("{what}: bend {step:.5} of {steps:.5}, flux {at_seam:.2} of {elsewhere:.2}");
    // The windows do not meet the same frames at the seam and elsewhere.
    assert!(step <= steps && at_seam <= elsewhere * 1.05, "{what}");
}

/// How far each frame is from the line through its neighbours.
fn bends(mono: &[f64]) -> Vec<f64> {
    mono.windows(3).map(|three| (three[0] - 2.0 * three[1] + three[2]).abs()).collect()
}

/// By how much the spectrum rises from each window to the next.
fn fluxes(mono: &[f64]) -> Vec<f64> {
    let spectra: Vec<Vec<f64>> = mono.windows(WINDOW).step_by(HOP).map(spectrum).collect();
    let rise = |pair: &[Vec<f64>]| -> f64 {
        pair[0].iter().zip(&pair[1]).map(|(before, after)| (after - before).max(0.0)).sum()
    };
    spectra.windows(2).map(rise).collect()
}

/// Magnitudes of the lower half of the spectrum.
fn spectrum(window: &[f64]) -> Vec<f64> {
    let hann = |at: usize| 0.5 - 0.5 * (2.0 * PI * at as f64 / WINDOW as f64).cos();
    let shaped: Vec<(f64, f64)> =
        window.iter().enumerate().map(|(at, value)| (value * hann(at), 0.0)).collect();
    transform(&shaped)[..WINDOW / 2].iter().map(|(re, im)| re.hypot(*im)).collect()
}

/// The Fourier transform of a power of two of values, by halves.
fn transform(values: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let half = values.len() / 2;
    if half == 0 {
        return values.to_vec();
    }
    let every_other =
        |from| transform(&values.iter().skip(from).step_by(2).copied().collect::<Vec<_>>());
    let (even, odd) = (every_other(0), every_other(1));
    let mut out = vec![(0.0, 0.0); values.len()];
    for at in 0..half {
        let (sine, cosine) = (-PI * at as f64 / half as f64).sin_cos();
        let turned = (odd[at].0 * cosine - odd[at].1 * sine, odd[at].0 * sine + odd[at].1 * cosine);
        out[at] = (even[at].0 + turned.0, even[at].1 + turned.1);
        out[at + half] = (even[at].0 - turned.0, even[at].1 - turned.1);
    }
    out
}

#[test]
fn a_cut_is_noticed() {
    let tone = |frames: usize| -> Vec<i32> {
        (0..frames)
            .flat_map(|at| [(at as f64 * 2.0 * PI / 210.0).sin() * 8_000.0; 2])
            .map(|x| x as i32)
            .collect()
    };
    // 200 whole periods, and a quarter more.
    assert_no_seam("whole periods", &tone(42_000));
    let cut = std::panic::catch_unwind(|| assert_no_seam("a cut", &tone(42_000 + 52)));
    assert!(cut.is_err());
}
