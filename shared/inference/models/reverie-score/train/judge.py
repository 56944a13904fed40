"""Judges finished music from the decoded FLAC alone: nothing of our own scores or tokens is looked at.

    python judge.py COMPOSE OUT --ear EAR.onnx --pulse PULSE.onnx [--set second] [--seconds 15] [--count 180] [--report metrics.json]

COMPOSE is the built example `compose`. Renders blind prompts (`tasks.py`) and compares what is heard with what their writer expects: tempo, key and
loudness in the track, instruments and drums in the stems, whose names are not looked at. Needs numpy, scipy, soundfile, pyloudnorm and onnxruntime.
`ear.py` and `pulse.py` make the ears for instruments and for the beat; `known.py` tells how often the judges themselves are wrong. Shares come with the lower end of their 95 % interval. Only sums are printed, never which prompts fail.
"""

import argparse
import io
import json
import subprocess
import zipfile
from concurrent.futures import ProcessPoolExecutor
from itertools import repeat
from pathlib import Path

import numpy as np

import sound
import tasks
from ear import Ear
from prompt_blind import SETS, STAND_INS, by_engine, instruments_of, numbered, table, unwanted
from pulse import Pulse
from vocabulary import PACKAGE


def render(compose, package, some, seconds, seed, out):
    """`said.txt` has what the engine says of its pieces; only the engine's own measure reads it."""
    out.mkdir(parents=True, exist_ok=True)
    command = [compose, "--package", package, "--seconds", str(seconds), "--seed", str(seed), "--output", "stems", "--out", out, "--"]
    said = subprocess.run([*command, *(case["prompt"] for case in some)], check=True, capture_output=True, text=True).stdout
    (out / "said.txt").write_text(said)


# A stem that is so much quieter than the loudest one, in dB, is not heard.
AUDIBLE = 30


def players(path, ear):
    """Labels of what plays in the stems of an archive."""
    with zipfile.ZipFile(path) as archive:
        stems = [sound.load(io.BytesIO(archive.read(name))) for name in archive.namelist()]
    loud = [float(np.sqrt(np.square(samples).mean())) for samples, _ in stems]
    heard = [stem for stem, level in zip(stems, loud) if level > max(loud) * 10 ** (-AUDIBLE / 20)]
    return {ear.name(*stem) for stem in heard} - {None}


def listen(folder, ear_path, pulse_path):
    work = sound.judge(folder / "track.flac")
    work["tempo"] = Pulse(pulse_path).tempo(*sound.load(folder / "track.flac"))
    work["heard"] = players(folder / "stems.zip", Ear(ear_path))
    return work


def technical(work):
    return [
        ("-14 LUFS within 0.5", abs(work["lufs"] + 14) <= 0.5), ("true peak at most -1 dBTP", work["true_peak"] <= -1),
        ("silent at both ends", work["edge"] < 0.002), ("at most 10 % of the energy outside a scale", work["outside"] <= 0.1),
    ]  # fmt: skip


def musical(case, work, usual_density):
    """What the prompt asks for."""
    rows = []
    if "tempo" in case:
        low, high = case["tempo"]
        if numbered(case):
            asked = (low + high) / 2
            right = abs(work["tempo"] / asked - 1) <= 0.04
            rows.append(("tempo asked by number, within 4 %", right))
            if "drums" in work["heard"]:
                rows.append(("tempo asked by number, within 4 %, where drums are heard", right))
            ratios = [abs(work["tempo"] * r / asked - 1) <= 0.04 for r in (0.5, 1, 2, 2 / 3, 1.5)]
            rows.append(("tempo asked by number, or a multiple of it", any(ratios)))
        else:
            rows.append(("tempo in words", low - 4 <= work["tempo"] <= high + 4))
    if case.get("mode") in ("major", "minor"):
        rows.append(("mode", work["mode"] == case["mode"]))
    if "drums" in case:
        rows.append(("drums asked" if case["drums"] else "drums left out", ("drums" in work["heard"]) == case["drums"]))
    for name in case.get("with", []):
        rows.append(("stand-ins asked" if name in STAND_INS else "instruments asked", bool(work["heard"] & instruments_of(name))))
    for name in case.get("without", []):
        rows.append(("instruments left out", not work["heard"] & unwanted(name)))
    if "density" in case:
        more = work["onsets_a_second"] > usual_density
        rows.append(("density", more == (case["density"] == "full")))
    return rows


def sets_of(a):
    """name -> (cases, seed, seconds)"""
    written = tasks.written(a.count, a.set)
    return {
        "written": (written, a.seed, a.seconds),
        "precise": (tasks.precise(a.precise, a.set), a.seed, a.seconds),
        "second": (written[:: a.every], a.seed + 1, a.seconds),
        "form": (written[:: max(1, len(written) // 12)], a.seed, 60),  # long enough for a chorus that returns
    }


def rows_of(sets, works, every):
    """[(what, holds)] of everything that was heard."""
    usual = float(np.median([w["onsets_a_second"] for w in works["written"]]))
    rows = [row for some in works.values() for w in some for row in technical(w)]
    for name in ("written", "precise"):
        rows += [row for case, w in zip(sets[name][0], works[name], strict=True) for row in musical(case, w, usual)]
    for one, other in zip(works["written"][::every], works["second"], strict=True):
        rows.append(("another seed is another piece (less than 0.9 alike)", sound.likeness(one["fingerprint"], other["fingerprint"]) < 0.9))
    rows += [("in a minute, a passage of four seconds returns (0.9 alike)", w["repetition"] >= 0.9) for w in works["form"]]
    return rows


def main():
    p = argparse.ArgumentParser()
    p.add_argument("compose", type=Path)
    p.add_argument("out", type=Path)
    p.add_argument("--ear", type=Path, required=True)
    p.add_argument("--pulse", type=Path, required=True)
    p.add_argument("--set", choices=SETS, default="second")
    p.add_argument("--seconds", type=float, default=15)
    p.add_argument("--count", type=int, default=180, help="blind prompts as they were written")
    p.add_argument("--precise", type=int, default=70, help="blind prompts with a number and a key added")
    p.add_argument("--every", type=int, default=9, help="one in so many is rendered with a second seed")
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--package", type=Path, default=PACKAGE)
    p.add_argument("--rendered", action="store_true", help="OUT has the music already")
    p.add_argument("--workers", type=int, default=2)
    p.add_argument("--report", type=Path)
    a = p.parse_args()
    sets, works = sets_of(a), {}
    for name, (some, seed, seconds) in sets.items():
        if not a.rendered:
            render(a.compose, a.package, some, seconds, seed, a.out / name)
        folders = [a.out / name / f"{i:03}" for i in range(len(some))]
        with ProcessPoolExecutor(a.workers) as pool:
            works[name] = list(pool.map(listen, folders, repeat(a.ear), repeat(a.pulse)))
    heard = table(rows_of(sets, works, a.every))
    keys = ("outside", "onsets_a_second", "lufs", "true_peak")
    medians = {k: round(float(np.median([w[k] for w in works["written"]])), 3) for k in keys}
    medians["repetition in a minute"] = round(float(np.median([w["repetition"] for w in works["form"]])), 3)
    decided = table(by_engine(sets["written"][0], (a.out / "written" / "said.txt").read_text()))
    for title, result in (("What is heard", heard), ("What the engine says that it decided", decided)):
        print(title)
        for name, row in result.items():
            print(f"  {name:58} {row['held']:3}/{row['of']:3} {row['share']:.3f}, at least {row['lower95']:.3f}")
    print("medians:", json.dumps(medians))
    if a.report:
        report = json.loads(a.report.read_text()) if a.report.exists() else {}
        report |= {"audio": {**heard, "medians": medians}, "engine": decided}
        a.report.write_text(json.dumps(report, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
