"""Judges finished music from the decoded FLAC alone: nothing of our own scores or tokens is looked at.

    python judge.py COMPOSE OUT [--seconds 30] [--report metrics.json]

COMPOSE is the built example `compose`. Needs numpy, scipy, soundfile and pyloudnorm. Shares come with the lower end of their 95 % interval.
"""

import argparse
import json
import math
import subprocess
from itertools import combinations
from pathlib import Path

import numpy as np
import pyloudnorm
import soundfile
from scipy.signal import resample_poly, stft

HOP, RATE = 512, 22_050
# Written for this measure; none is a training phrase. (prompt, tempo asked or None, "major", "minor" or None, drums asked, forbidden or not said)
PROMPTS = [
    ("a rock number at 120 bpm in A minor", 120, "minor", True), ("house at 124 bpm", 124, None, True),
    ("techno, 132 bpm, in C minor", 132, "minor", True), ("hip hop with drums, 88 bpm", 88, None, True),
    ("synthwave at 104 bpm in G major", 104, "major", True), ("pop with drums in D major, 110 bpm", 110, "major", True),
    ("a calm piano piece in F major, no drums", None, "major", False), ("ambient pads in E minor without drums", None, "minor", False),
    ("folk guitar in G major, no drums", None, "major", False), ("string orchestra in D minor, no percussion", None, "minor", False),
    ("metal at 160 bpm in E minor", 160, "minor", True), ("country with drums in C major, 116 bpm", 116, "major", True),
]  # fmt: skip
MAJOR = np.array([6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88])  # Krumhansl and Kessler, 1982
MINOR = np.array([6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17])


def wilson(good, count, z=1.96):
    """Lower end of the 95 % interval of a share."""
    p = good / count
    middle, spread = p + z * z / (2 * count), z * math.sqrt(p * (1 - p) / count + z * z / (4 * count * count))
    return (middle - spread) / (1 + z * z / count)


def spectrum(sound):
    mono = resample_poly(sound.mean(1), 1, 2)
    _, _, z = stft(mono, RATE, nperseg=4096, noverlap=4096 - HOP)
    return np.abs(z)


def onsets(magnitude):
    level = np.log1p(100 * magnitude)
    return np.maximum(0, np.diff(level, axis=1)).sum(0)


def tempo(magnitude, low=50, high=191):
    """Beats per minute of the strongest pulse, with the usual preference for about 120."""
    strength = onsets(magnitude)
    strength = strength - strength.mean()
    auto = np.correlate(strength, strength, "full")[len(strength) - 1 :]
    rates = np.arange(low, high, 0.25)
    lags = 60 / rates * RATE / HOP
    combs = sum(np.interp(lags * k, np.arange(len(auto)), auto) / k for k in (1, 2, 4))
    return float(rates[np.argmax(combs * np.exp(-0.5 * (np.log2(rates / 120) / 0.9) ** 2))])


def chroma(magnitude):
    hertz = np.fft.rfftfreq(4096, 1 / RATE)
    inside = (hertz > 60) & (hertz < 2000)
    classes = np.round(12 * np.log2(hertz[inside] / 440) + 69).astype(int) % 12
    return np.stack([magnitude[inside][classes == c].sum(0) for c in range(12)])


def mode(magnitude):
    total = chroma(magnitude).sum(1)
    fits = {
        name: max(np.corrcoef(total, np.roll(profile, k))[0, 1] for k in range(12))
        for name, profile in (("major", MAJOR), ("minor", MINOR))
    }
    return max(fits, key=fits.get)


def percussive(magnitude):
    """Share of noise-like onsets above 5 kHz: high with cymbals and snares, low without drums."""
    hertz = np.fft.rfftfreq(4096, 1 / RATE)
    high = np.maximum(0, np.diff(np.log1p(100 * magnitude[hertz > 5000]), axis=1)).mean()
    return float(high)


def repetition(magnitude):
    """How like the likeliest earlier eight seconds the later ones are, by chroma: 1 is an exact return."""
    c = chroma(magnitude)
    c = c / (np.linalg.norm(c, axis=0) + 1e-9)
    width = int(4 * RATE / HOP)
    blocks = [c[:, i : i + width].ravel() for i in range(0, c.shape[1] - width, width // 4)]
    best = [max(float(b @ a) / width for a in blocks[: max(1, i - 4)]) for i, b in enumerate(blocks) if i >= 5]
    return float(np.median(best)) if best else 0.0


def judge(path):
    sound, rate = soundfile.read(path)
    magnitude = spectrum(sound)
    return {
        "lufs": pyloudnorm.Meter(rate).integrated_loudness(sound),
        "true_peak": 20 * math.log10(np.abs(resample_poly(sound, 8, 1, axis=0)).max()),
        "edge": float(max(np.abs(sound[:20]).max(), np.abs(sound[-20:]).max())),
        "tempo": tempo(magnitude), "mode": mode(magnitude), "percussive": percussive(magnitude),
        "onsets_a_second": float((onsets(magnitude) > 2 * onsets(magnitude).mean()).sum() / (len(sound) / rate)),
        "repetition": repetition(magnitude), "fingerprint": chroma(magnitude)[:, :1200],
    }  # fmt: skip


def likeness(one, other):
    n = min(one.shape[1], other.shape[1])
    return float(np.corrcoef(one[:, :n].ravel(), other[:, :n].ravel())[0, 1])


def main():
    p = argparse.ArgumentParser()
    p.add_argument("compose", type=Path)
    p.add_argument("out", type=Path)
    p.add_argument("--seconds", type=float, default=30)
    p.add_argument("--seeds", type=int, default=2)
    p.add_argument("--package", type=Path, default=Path(__file__).resolve().parent.parent)
    p.add_argument("--report", type=Path)
    a = p.parse_args()
    prompts = [row[0] for row in PROMPTS]
    for seed in range(a.seeds):
        command = [
            a.compose,
            "--package",
            a.package,
            "--seconds",
            str(a.seconds),
            "--seed",
            str(seed),
            "--out",
            a.out / str(seed),
        ]
        subprocess.run([*command, *prompts], check=True, stdout=subprocess.DEVNULL)
    works = {(s, i): judge(a.out / str(s) / f"{i:03}" / "track.flac") for s in range(a.seeds) for i in range(len(prompts))}
    checks = {"loudness": [], "true peak": [], "silent ends": [], "tempo": [], "mode": [], "distinct": []}
    for (_, i), w in works.items():
        _, asked_tempo, asked_mode, _ = PROMPTS[i]
        checks["loudness"].append(abs(w["lufs"] + 14) <= 0.5)
        checks["true peak"].append(w["true_peak"] <= -1)
        checks["silent ends"].append(w["edge"] < 0.002)
        if asked_tempo:
            checks["tempo"].append(abs(w["tempo"] / asked_tempo - 1) <= 0.04)
        if asked_mode:
            checks["mode"].append(w["mode"] == asked_mode)
    for i in range(len(prompts)):
        for s, t in combinations(range(a.seeds), 2):
            checks["distinct"].append(likeness(works[s, i]["fingerprint"], works[t, i]["fingerprint"]) < 0.9)
    result = {
        k: {"held": int(sum(v)), "of": len(v), "lower95": round(float(wilson(sum(v), len(v))), 3)} for k, v in checks.items() if v
    }
    drums = {said: [w["percussive"] for (_, i), w in works.items() if PROMPTS[i][3] is said] for said in (True, False)}
    result["percussion_asked_over_forbidden"] = round(float(np.mean(drums[True]) / np.mean(drums[False])), 2)
    result["repetition_median"] = round(float(np.median([w["repetition"] for w in works.values()])), 3)
    for (seed, i), w in works.items():
        print(
            f"{seed} {w['lufs']:6.2f} LUFS {w['true_peak']:5.2f} dBTP {w['tempo']:6.1f} bpm {w['mode']} {w['percussive']:.3f}  {prompts[i]}"
        )
    print(json.dumps(result, indent=1))
    if a.report:
        report = json.loads(a.report.read_text()) if a.report.exists() else {}
        a.report.write_text(json.dumps({**report, "audio": result}, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
