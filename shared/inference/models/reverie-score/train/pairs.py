"""Blind pairs of two versions for a listener, and what can be measured of both.

    python pairs.py OLD NEW OUT [--pairs 20] [--seed 0]

OLD and NEW are folders that judge.py has rendered (`others/000/track.flac` …). OUT gets `000/a.flac` and `000/b.flac` in an order that a coin decides,
`prompts.txt`, and `key.json`, which tells which is which: keep it away from the listener.
"""

import argparse
import json
import random
import shutil
from pathlib import Path

import numpy as np

import sound
import tasks
from prompt_blind import numbered

MEASURES = {"outside": "energy outside the scale", "repetition": "a passage returns", "onsets_a_second": "notes a second", "lufs": "loudness"}


def shuffled(old, new, out, names, rng):
    """Copies the pairs and gives the key."""
    key = {}
    for name in names:
        (out / name).mkdir(parents=True, exist_ok=True)
        sides = {"old": old, "new": new}
        order = rng.sample(list(sides), 2)
        for letter, side in zip("ab", order):
            shutil.copyfile(sides[side] / "others" / name / "track.flac", out / name / f"{letter}.flac")
        key[name] = dict(zip("ab", order))
    return key


def measured(old, new, names):
    """measure -> medians of both, and in how many pairs the new one has more."""
    sides = [[sound.judge(folder / "others" / name / "track.flac") for name in names] for folder in (old, new)]
    out = {}
    for field, title in MEASURES.items():
        a, b = (np.array([work[field] for work in works]) for works in sides)
        out[title] = {"old": round(float(np.median(a)), 3), "new": round(float(np.median(b)), 3), "more": int((b > a).sum()), "of": len(names)}
    likeness = [sound.likeness(a["fingerprint"], b["fingerprint"]) for a, b in zip(*sides)]
    out["likeness of the two"] = {"median": round(float(np.median(likeness)), 3)}
    return out


def main():
    p = argparse.ArgumentParser()
    p.add_argument("old", type=Path)
    p.add_argument("new", type=Path)
    p.add_argument("out", type=Path)
    p.add_argument("--count", type=int, default=180, help="as it was for judge.py")
    p.add_argument("--pairs", type=int, default=20)
    p.add_argument("--seed", type=int, default=0)
    p.add_argument("--report", type=Path)
    a = p.parse_args()
    rng, prompts = random.Random(a.seed), [case for case in tasks.written(a.count) if not numbered(case)]
    both = [n for n in (f"{i:03}" for i in range(len(prompts))) if all((d / "others" / n / "track.flac").exists() for d in (a.old, a.new))]
    names = sorted(rng.sample(both, min(a.pairs, len(both))))
    key = shuffled(a.old, a.new, a.out, names, rng)
    (a.out / "prompts.txt").write_text("".join(f"{n}  {prompts[int(n)]['prompt']}\n" for n in names))
    (a.out / "key.json").write_text(json.dumps(key, indent=1) + "\n")
    result = measured(a.old, a.new, both)
    print(json.dumps(result, indent=1))
    if a.report:
        report = json.loads(a.report.read_text()) if a.report.exists() else {}
        a.report.write_text(json.dumps({**report, "pairs": result}, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
