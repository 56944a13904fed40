"""What can be measured in a decoded recording: loudness, key, density, repetition. Nothing here knows scores or tokens."""

import math

import numpy as np
import pyloudnorm
import soundfile
from scipy.ndimage import median_filter
from scipy.signal import resample_poly, stft

HOP, RATE, SIZE = 512, 22_050, 4096
# Albrecht and Shanahan, 2013: how often each step above the tonic sounds.
MAJOR = np.array([0.238, 0.006, 0.111, 0.006, 0.137, 0.094, 0.016, 0.214, 0.009, 0.080, 0.008, 0.081])
MINOR = np.array([0.220, 0.006, 0.104, 0.123, 0.019, 0.103, 0.012, 0.214, 0.062, 0.022, 0.061, 0.052])
SCALES = {
    "major": [0, 2, 4, 5, 7, 9, 11], "minor": [0, 2, 3, 5, 7, 8, 10], "dorian": [0, 2, 3, 5, 7, 9, 10],
    "mixolydian": [0, 2, 4, 5, 7, 9, 10], "phrygian": [0, 1, 3, 5, 7, 8, 10], "lydian": [0, 2, 4, 6, 7, 9, 11],
}  # fmt: skip


def load(path):
    """Samples [frames, channels], rate."""
    return soundfile.read(path, always_2d=True)


def without_silence(mono):
    """From the first sound to the last one; the fade of the last note is not the end of the music."""
    loud = np.flatnonzero(np.abs(mono) > 0.02 * np.abs(mono).max())
    return mono[loud[0] : loud[-1] + 1]


def spectrum(sound, rate):
    """Magnitudes [bins, frames] of the mono sound at 22,050 Hz."""
    mono = without_silence(resample_poly(sound.mean(1), RATE, rate))
    return np.abs(stft(mono, RATE, nperseg=SIZE, noverlap=SIZE - HOP)[2])


def onsets(magnitude):
    level = np.log1p(100 * magnitude)
    return np.maximum(0, np.diff(level, axis=1)).sum(0)


def chroma(magnitude, low=60, high=2000):
    hertz = np.fft.rfftfreq(SIZE, 1 / RATE)
    inside = (hertz > low) & (hertz < high)
    classes = np.round(12 * np.log2(hertz[inside] / 440) + 69).astype(int) % 12
    return np.stack([magnitude[inside][classes == c].sum(0) for c in range(12)])


def harmonic(magnitude):
    """What lasts: the median over time against the median over frequency (Fitzgerald, 2010), in every fourth frame."""
    part = magnitude[: SIZE * 2100 // RATE, ::4]
    lasting, sudden = median_filter(part, (1, 7)), median_filter(part, (31, 1))
    out = np.zeros((magnitude.shape[0], part.shape[1]))
    out[: part.shape[0]] = part * lasting**2 / (lasting**2 + sudden**2 + 1e-12)
    return out


def peaks(magnitude):
    """Only the bins that are louder than their neighbours: a note without its skirts."""
    inner = magnitude[1:-1]
    keep = (inner > magnitude[:-2]) & (inner >= magnitude[2:])
    out = np.zeros_like(magnitude)
    out[1:-1] = inner * keep
    return out


def key(magnitude):
    """(tonic as a pitch class, "major" or "minor", share of energy outside the best scale). The last bass notes tell a key from its relative one."""
    notes = peaks(harmonic(magnitude))
    lines = np.sqrt(notes)
    frames = chroma(lines)
    total = (frames / (frames.sum(0) + 1e-9)).sum(1)
    end = chroma(lines[:, -2 * RATE // HOP // 4 :], 30, 260).sum(1)
    end = end / (end.sum() + 1e-9)
    fits = {
        (k, name): np.corrcoef(total, np.roll(profile, k))[0, 1] + 0.5 * end[k]
        for name, profile in (("major", MAJOR), ("minor", MINOR))
        for k in range(12)
    }
    tonic, mode = max(fits, key=fits.get)
    energy = chroma(notes**2).sum(1)
    energy = energy / energy.sum()
    outside = 1 - max(sum(energy[(k + s) % 12] for s in scale) for k in range(12) for scale in SCALES.values())
    return tonic, mode, float(outside)


def repetition(magnitude):
    """How like its likeliest earlier four seconds the later ones are, by chroma: 1 is an exact return."""
    c = chroma(magnitude)
    c = c / (np.linalg.norm(c, axis=0) + 1e-9)
    width = int(4 * RATE / HOP)
    blocks = [c[:, i : i + width].ravel() for i in range(0, c.shape[1] - width, width // 16)]
    best = [max(float(b @ a) / width for a in blocks[: i - 16]) for i, b in enumerate(blocks) if i > 16]
    return float(np.quantile(best, 0.75)) if best else 0.0


def judge(path):
    sound, rate = load(path)
    magnitude = spectrum(sound, rate)
    strength = onsets(magnitude)
    tonic, mode, outside = key(magnitude)
    return {
        "lufs": pyloudnorm.Meter(rate).integrated_loudness(sound),
        "true_peak": 20 * math.log10(np.abs(resample_poly(sound, 8, 1, axis=0)).max()),
        "edge": float(max(np.abs(sound[:20]).max(), np.abs(sound[-20:]).max())),
        "tonic": tonic, "mode": mode, "outside": outside,
        "onsets_a_second": float((strength > 2 * strength.mean()).sum() / (len(sound) / rate)),
        "repetition": repetition(magnitude), "fingerprint": chroma(magnitude)[:, :1200].astype(np.float32),
    }  # fmt: skip


def likeness(one, other):
    n = min(one.shape[1], other.shape[1])
    return float(np.corrcoef(one[:, :n].ravel(), other[:, :n].ravel())[0, 1])
