"""How good the judges of sound.py and ear.py are: pieces of the corpus, played by fluidsynth, whose content is known.

    python known.py EAR.onnx [--pieces 100] [--report metrics.json]

These are not the engine's music and not its player; tempo, mode and instruments are those of the piece. What the judges get wrong here, they get
wrong in judge.py as well.
"""

import argparse
import json
import random
import tempfile
from pathlib import Path

import numpy as np

import corpus
import midi
import sound
from ear import Ear
from prompt_blind import NAMED, instruments_of, table
from songs import RATE, play, silence, write_events
from vocabulary import METRES, PACKAGE

SECONDS, TAIL = 15, 3


def events_of(song, start, seconds):
    """[(second, order, message)] of the last bars of a song, as many as fit; and the instruments that play in them."""
    step = 60 / song["bpm"] / METRES[song["metre"]][1]
    count = min(len(song["bars"]), int(seconds / step / song["steps"]))
    song["bars"] = song["bars"][-count:]
    plays = {song["instruments"][r] for bar in song["bars"] for r, groups in bar["tracks"].items() if groups}
    return [(start + tick / midi.TICKS * step, order, message) for tick, order, message in midi.events_of(song)], plays


def pieces(count, seed, bank):
    """Yields (samples, truth) of pieces of the corpus, with their ends."""
    events, truths = [], []
    for n in range(count):
        rng = random.Random(f"known-{seed}-{n}")
        song, start = corpus.song(rng), n * (SECONDS + TAIL) + 0.3
        song["bpm"] = rng.uniform(60, 176)  # as tasks.py asks for: whatever is usual for the style
        notes, plays = events_of(song, start, SECONDS)
        events += [*silence(start - 0.2), *notes]
        truths.append({**song, "plays": plays})
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "pieces.mid"
        write_events(events, path)
        samples = play(path, bank)
    for n, truth in enumerate(truths):
        at = int(n * (SECONDS + TAIL) * RATE)
        yield samples[at : at + int((SECONDS + TAIL - 0.3) * RATE)], truth


def judged(work, truth):
    """[(what, holds)]: what the judges say of a piece against what it is."""
    ratios = [abs(work["tempo"] * r / truth["bpm"] - 1) <= 0.04 for r in (0.5, 1, 2, 2 / 3, 1.5)]
    rows = [("tempo within 4 %", ratios[1]), ("tempo or a multiple of it", any(ratios))]
    if truth["mode"] in ("major", "minor"):
        rows.append(("mode", work["mode"] == truth["mode"]))
    drums = "drums" in truth["instruments"] and truth["instruments"]["drums"] in truth["plays"]
    rows.append(("drums heard when there" if drums else "drums not heard when not there", (work["heard"]["drums"] > 0) == drums))
    for name in NAMED:
        names = instruments_of(name)
        there = bool(names & truth["plays"])
        found = max(work["heard"][i] for i in names) > 0
        rows.append(("instruments heard when there" if there else "instruments not heard when not there", found == there))
    return rows


def main():
    p = argparse.ArgumentParser()
    p.add_argument("ear", type=Path)
    p.add_argument("--pieces", type=int, default=100)
    p.add_argument("--seed", default="test")
    p.add_argument("--bank", type=Path, default=PACKAGE / "bank.sf3")
    p.add_argument("--report", type=Path)
    a = p.parse_args()
    ear, rows = Ear(a.ear), []
    for samples, truth in pieces(a.pieces, a.seed, a.bank):
        samples = samples.astype(np.float64)[:, None]
        magnitude = sound.spectrum(samples, RATE)
        work = {"tempo": sound.tempo(samples, RATE), "mode": sound.key(magnitude)[1], "heard": ear.hear(samples, RATE)}
        rows += judged(work, truth)
    result = table(rows)
    for name, row in result.items():
        print(f"{name:40} {row['held']:4}/{row['of']:4} {row['share']:.3f}, at least {row['lower95']:.3f}")
    if a.report:
        report = json.loads(a.report.read_text()) if a.report.exists() else {}
        a.report.write_text(json.dumps({**report, "judges": result}, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
