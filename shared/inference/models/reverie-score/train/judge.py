"""Judges finished music from the decoded FLAC alone: nothing of our own scores or tokens is looked at.

    python judge.py COMPOSE OUT [--set second] [--count 180] [--precise 70] [--tempo-only] [--report metrics.json]

COMPOSE is the built example `compose`. Renders blind prompts (`tasks.py`) and compares what is heard with what their writer expects: tempo, key and
loudness in the track, instruments and drums in the stems, whose names are not looked at. Where a number of beats is asked for, 30 seconds are
made, else 15. Needs numpy, scipy, soundfile, pyloudnorm and onnxruntime.
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


def render(compose, package, some, seconds, seed, stems, out):
    """`said.txt` has what the engine says of its pieces; only the engine's own measure reads it."""
    out.mkdir(parents=True, exist_ok=True)
    command = [compose, "--package", package, "--seconds", str(seconds), "--seed", str(seed), *(["--output", "stems"] if stems else []), "--out", out, "--"]
    said = subprocess.run([*command, *(case["prompt"] for case in some)], check=True, capture_output=True, text=True).stdout
    (out / "said.txt").write_text(said)


HERE = Path(__file__).resolve().parent
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
    """Without an ear, only for the tempo."""
    track = folder / "track.flac"
    work = {"tempo": Pulse(pulse_path).tempo(*sound.load(track)), "heard": set()}
    if ear_path:
        work |= sound.judge(track)
    if ear_path and (folder / "stems.zip").exists():
        work["heard"] = players(folder / "stems.zip", Ear(ear_path))
    return work


def technical(work):
    return [
        ("-14 LUFS within 0.5", abs(work["lufs"] + 14) <= 0.5), ("true peak at most -1 dBTP", work["true_peak"] <= -1),
        ("silent at both ends", work["edge"] < 0.002), ("at most 10 % of the energy outside a scale", work["outside"] <= 0.1),
    ]  # fmt: skip


def paced(case, work):
    """What the prompt asks of the tempo."""
    if "tempo" not in case:
        return
    low, high = case["tempo"]
    if not numbered(case):
        yield "tempo in words", low - 4 <= work["tempo"] <= high + 4
        return
    asked = (low + high) / 2
    right = abs(work["tempo"] / asked - 1) <= 0.04
    yield "tempo asked by number, within 4 %", right
    if "drums" in work["heard"]:
        yield "tempo asked by number, within 4 %, where drums are heard", right
    yield "tempo asked by number, or a multiple of it", any(abs(work["tempo"] * r / asked - 1) <= 0.04 for r in (0.5, 1, 2, 2 / 3, 1.5))


def musical(case, work, usual_density):
    """What the prompt asks for."""
    rows = list(paced(case, work))
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
    """name -> (cases, seed, seconds, whether with stems)"""
    written = tasks.written(a.count, a.set)
    others = [case for case in written if not numbered(case)]
    with_numbers = {
        "numbered": ([case for case in written if numbered(case)], a.seed, 30, not a.tempo_only),
        "precise": (tasks.precise(a.precise, a.set), a.seed, 30, False),
    }
    if a.tempo_only:
        return with_numbers
    return {
        "others": (others, a.seed, 15, True),
        **with_numbers,
        "second": (others[:: a.every], a.seed + 1, 15, True),
        "form": (written[:: max(1, len(written) // 12)], a.seed, 60, True),  # long enough for a chorus that returns
    }


def rows_of(sets, works, every):
    """[(what, holds)] of everything that was heard."""
    usual = float(np.median([w["onsets_a_second"] for w in works["others"]]))
    rows = [row for some in works.values() for w in some for row in technical(w)]
    for name in ("others", "numbered", "precise"):
        rows += [row for case, w in zip(sets[name][0], works[name], strict=True) for row in musical(case, w, usual)]
    for one, other in zip(works["others"][::every], works["second"], strict=True):
        rows.append(("another seed is another piece (less than 0.9 alike)", sound.likeness(one["fingerprint"], other["fingerprint"]) < 0.9))
    rows += [("in a minute, a passage of four seconds returns (0.9 alike)", w["repetition"] >= 0.9) for w in works["form"]]
    return rows


def medians(works):
    keys = ("outside", "onsets_a_second", "lufs", "true_peak")
    found = {k: round(float(np.median([w[k] for w in works["others"]])), 3) for k in keys}
    return {**found, "repetition in a minute": round(float(np.median([w["repetition"] for w in works["form"]])), 3)}


def show(title, rows):
    print(title)
    for name, row in rows.items():
        print(f"  {name:58} {row['held']:3}/{row['of']:3} {row['share']:.3f}, at least {row['lower95']:.3f}")


def main():
    p = argparse.ArgumentParser()
    p.add_argument("compose", type=Path)
    p.add_argument("out", type=Path)
    p.add_argument("--ear", type=Path, default=HERE / "ear.onnx")
    p.add_argument("--pulse", type=Path, default=HERE / "pulse.onnx")
    p.add_argument("--set", choices=SETS, default="second")
    p.add_argument("--count", type=int, default=180, help="blind prompts as they were written")
    p.add_argument("--precise", type=int, default=70, help="blind prompts with a number and a key added")
    p.add_argument("--every", type=int, default=9, help="one in so many is rendered with a second seed")
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--package", type=Path, default=PACKAGE)
    p.add_argument("--tempo-only", action="store_true", help="listens to the beat alone, where a number of beats is asked for")
    p.add_argument("--rendered", action="store_true", help="OUT has the music already")
    p.add_argument("--workers", type=int, default=2)
    p.add_argument("--report", type=Path)
    a = p.parse_args()
    sets, works = sets_of(a), {}
    for name, (some, seed, seconds, stems) in sets.items():
        if not a.rendered:
            render(a.compose, a.package, some, seconds, seed, stems, a.out / name)
        folders = [a.out / name / f"{i:03}" for i in range(len(some))]
        with ProcessPoolExecutor(a.workers) as pool:
            works[name] = list(pool.map(listen, folders, repeat(None if a.tempo_only else a.ear), repeat(a.pulse)))
    report = json.loads(a.report.read_text()) if a.report and a.report.exists() else {}
    if a.tempo_only:
        heard = table(row for name in sets for case, w in zip(sets[name][0], works[name], strict=True) for row in paced(case, w))
        others = {name: row for name, row in report.get("audio", {}).items() if not name.startswith("tempo asked")}
        report["audio"] = {**others, **heard}
        show("What is heard", heard)
    else:
        heard = table(rows_of(sets, works, a.every))
        said = [by_engine(sets[name][0], (a.out / name / "said.txt").read_text()) for name in ("others", "numbered")]
        decided = table(row for rows in said for row in rows)
        found = medians(works)
        report |= {"audio": {**heard, "medians": found}, "engine": decided}
        show("What is heard", heard)
        show("What the engine says that it decided", decided)
        print("medians:", json.dumps(found))
    if a.report:
        a.report.write_text(json.dumps(report, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
