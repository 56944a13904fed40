"""How good the judges of sound.py and ear.py are: pieces of the corpus, played by fluidsynth, whose content is known.

    python known.py EAR.onnx PULSE.onnx [--pieces 100] [--report metrics.json]

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
from pulse import Pulse
from songs import RATE, play, silence, write_events
from vocabulary import INSTRUMENTS, METRES, PACKAGE

SECONDS, TAIL = 30, 3


def events_of(song, start, seconds):
    """[(second, order, message)] of the last bars of a song, as many as fit; and the instruments that play in them."""
    step = 60 / song["bpm"] / METRES[song["metre"]][1]
    count = min(len(song["bars"]), int(seconds / step / song["steps"]))
    song["bars"] = song["bars"][-count:]
    plays = {song["instruments"][r] for bar in song["bars"] for r, groups in bar["tracks"].items() if groups and r in song["instruments"]}
    song["last"] = (count - 1) * song["steps"] * step + 0.3
    return [(start + tick / midi.TICKS * step, order, message) for tick, order, message in midi.events_of(song)], plays


def pieces(count, seed, bank, alone=False, tempi=(60, 176), few=0.0, seconds=SECONDS):
    """Yields (samples, truth) of pieces of the corpus, with their ends. A share `few` of them has at most three tracks; `alone`, each has one."""
    events, truths = [], []
    for n in range(count):
        rng = random.Random(f"known-{seed}-{n}")
        # As tasks.py asks for: whatever is usual for the style.
        song, start = corpus.song(rng, rng.uniform(*tempi)), n * (seconds + TAIL) + 0.3
        tracks = list(song["instruments"])
        most = 1 if alone else rng.choice([1, 2, 2, 3]) if rng.random() < few else len(tracks)
        kept = rng.sample(tracks, min(most, len(tracks)))
        song["instruments"] = {role: song["instruments"][role] for role in tracks if role in kept}
        notes, plays = events_of(song, start, seconds)
        events += [*silence(start - 0.2), *notes]
        truths.append({**song, "plays": plays})
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "pieces.mid"
        write_events(events, path)
        samples = play(path, bank)
    for n, truth in enumerate(truths):
        at = int(n * (seconds + TAIL) * RATE)
        yield samples[at : at + int((seconds + TAIL - 0.3) * RATE)], truth


def judged(work, truth):
    """[(what, holds)]: what the judges say of a piece against what it is."""
    ratios = [abs(work["tempo"] * r / truth["bpm"] - 1) <= 0.04 for r in (0.5, 1, 2, 2 / 3, 1.5)]
    rows = [("tempo within 4 %", ratios[1]), ("tempo or a multiple of it", any(ratios))]
    if "drums" in truth["instruments"]:
        rows.append(("tempo within 4 %, with drums", ratios[1]))
    if truth["mode"] in ("major", "minor"):
        rows.append(("mode", work["mode"] == truth["mode"]))
    return rows


def named(ear, samples, truth):
    """What the ear says of one track, against what it is; an instrument counts within its family."""
    (instrument,) = truth["instruments"].values()
    heard = ear.name(samples, RATE)
    if INSTRUMENTS[instrument][2] == ["drums"]:
        return ("drums are heard as such", heard == "drums")
    families = [instruments_of(name) for name in NAMED if instrument in instruments_of(name)]
    return ("an instrument is heard as one of its family", heard in set().union({instrument}, *families))


def main():
    p = argparse.ArgumentParser()
    p.add_argument("ear", type=Path)
    p.add_argument("pulse", type=Path)
    p.add_argument("--pieces", type=int, default=100)
    p.add_argument("--seed", default="test")
    p.add_argument("--bank", type=Path, default=PACKAGE / "bank.sf3")
    p.add_argument("--report", type=Path)
    a = p.parse_args()
    ear, pulse, rows = Ear(a.ear), Pulse(a.pulse), []
    for samples, truth in pieces(a.pieces, a.seed, a.bank):
        samples = samples.astype(np.float64)[:, None]
        rows += judged({"tempo": pulse.tempo(samples, RATE), "mode": sound.key(sound.spectrum(samples, RATE))[1]}, truth)
    for samples, truth in pieces(a.pieces, f"{a.seed} alone", a.bank, alone=True):
        if truth["plays"]:
            rows.append(named(ear, samples.astype(np.float64)[:, None], truth))
    result = table(rows)
    for name, row in result.items():
        print(f"{name:40} {row['held']:4}/{row['of']:4} {row['share']:.3f}, at least {row['lower95']:.3f}")
    if a.report:
        report = json.loads(a.report.read_text()) if a.report.exists() else {}
        a.report.write_text(json.dumps({**report, "judges": result}, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
