#!/usr/bin/env python3
"""What tools that are not ours say of a track: its format, length, loudness, peaks and silence.

Usage: judge_track.py FILE --seconds N. Needs ffprobe, and soundfile, pyloudnorm and scipy.
Exits 1 with a line for each rule that is broken.
"""

import argparse
import json
import subprocess
import sys

import numpy
import pyloudnorm
import soundfile
from scipy.signal import resample_poly


def probe(path):
    command = ["ffprobe", "-v", "error", "-show_streams", "-of", "json", path]
    return json.loads(subprocess.run(command, check=True, capture_output=True).stdout)["streams"][0]


def decibel(value):
    return 20 * numpy.log10(max(value, 1e-12))


def silent_seconds(samples, rate):
    """The longest run of whole seconds below -60 dBFS RMS."""
    longest = run = 0
    for start in range(0, len(samples) - rate + 1, rate):
        rms = numpy.sqrt(numpy.mean(samples[start : start + rate] ** 2))
        run = run + 1 if decibel(rms) < -60 else 0
        longest = max(longest, run)
    return longest


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("file")
    parser.add_argument("--seconds", type=float, required=True)
    arguments = parser.parse_args()

    stream = probe(arguments.file)
    samples, rate = soundfile.read(arguments.file)
    length = len(samples) / rate
    loudness = pyloudnorm.Meter(rate).integrated_loudness(samples)
    # True peak by four-fold oversampling, ITU-R BS.1770-4 annex 2.
    peak = decibel(numpy.max(numpy.abs(resample_poly(samples, 4, 1, axis=0))))
    silence = silent_seconds(samples, rate)
    print(
        f"{stream['codec_name']}, {rate} Hz, {stream['channels']} channels, {length:.3f} s, "
        f"{loudness:.1f} LUFS, {peak:.2f} dBTP, {silence} silent seconds in a row"
    )
    rules = {
        "44.1 kHz": rate == 44_100 and int(stream["sample_rate"]) == 44_100,
        "stereo": int(stream["channels"]) == 2,
        "the exact length": abs(length - arguments.seconds) < 0.005
        and abs(float(stream["duration"]) - arguments.seconds) < 0.005,
        "-30 to -10 LUFS": -30 <= loudness <= -10,
        "a true peak of -0.1 dBTP at most": peak <= -0.1,
        "no two silent seconds": silence < 2,
    }
    broken = [rule for rule, holds in rules.items() if not holds]
    for rule in broken:
        print(f"broken: {rule}")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
