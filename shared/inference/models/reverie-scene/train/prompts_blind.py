"""Measures the writer of storyboards on prompts that it was not trained on; only sums are printed.

    python prompts_blind.py [PACKAGE_FOLDER] [--set blind|strangers|visitors|travellers]

`prompts_blind.jsonl` was written and hashed before the first training, by the author of the corpus; `prompts_strangers.jsonl` and
`prompts_visitors.jsonl` by writers who had seen nothing of this folder, and `prompts_travellers.jsonl` by another one, in twenty-three languages. When there were more shapes, somebody who had not seen the corpus either added
what they are in the prompts of strangers to the labels; the prompts stayed.
"""

import argparse
import hashlib
import json
from pathlib import Path

HERE = Path(__file__).resolve().parent
SETS = ("blind", "strangers", "visitors", "travellers")
SUBJECT = ["colour", "count", "motion", "speed", "position"]
SCENE = ["setting", "time", "weather", "particles", "camera", "transition", "length"]
WHOLE = ["palette", "mood"]


def plain(text):
    """A prompt's words, by which it is known again."""
    return " ".join("".join(c if c.isalnum() else " " for c in text.lower()).split())


def cases(name):
    """The prompts of a set with their storyboards, if they still are what was hashed."""
    path = HERE / f"prompts_{name}.jsonl"
    data = path.read_bytes()
    if hashlib.sha256(data).hexdigest() != path.with_suffix(".sha256").read_text().split()[0]:
        raise SystemExit(f"{path.name} is not what was frozen")
    found = [case if "shots" in case else of_one_shot(case) for case in map(json.loads, data.decode().splitlines())]
    for shot in (shot for case in found for shot in case["shots"]):
        if shot.get("transition") == "dissolve":
            # There is one word for both.
            shot["transition"] = "fade"
    return found


def of_one_shot(case):
    """The first set has one shot for each prompt, in another form."""
    scene = dict(case["scene"])
    whole = {name: scene.pop(name) for name in WHOLE if name in scene}
    return {"prompt": case["prompt"], **whole, "shots": [{**scene, "subjects": case["subjects"]}]}


def wilson(hits, count):
    """Lower end of the 95 % interval of a share."""
    if not count:
        return 0.0
    z, share = 1.96, hits / count
    middle = share + z * z / (2 * count)
    spread = z * ((share * (1 - share) + z * z / (4 * count)) / count) ** 0.5
    return (middle - spread) / (1 + z * z / count)


def found(wanted, subjects):
    """The subject that was read for one that was meant: of its shape, and best of its colour."""
    same = [s for s in subjects if s["shape"] == wanted["shape"]]
    return next((s for s in same if s.get("colour") == wanted.get("colour")), same[0] if same else None)


def rows(name, write):
    """(what, whether it is as it was meant); `write` gives the storyboard of a prompt."""
    for case in cases(name):
        got = write(case["prompt"])
        yield "shots", len(got["shots"]) == len(case["shots"])
        yield from ((field, got.get(field) == case[field]) for field in WHOLE if field in case)
        yield from (("not", word in got.get("not", ())) for word in case.get("not", ()))
        # A shot that is missing has nothing of what was meant.
        shots = got["shots"] + [{"subjects": []}] * len(case["shots"])
        for meant, shot in zip(case["shots"], shots):
            yield from ((field, shot.get(field) == meant[field]) for field in SCENE if field in meant)
            if not meant.get("subjects"):
                yield "no subject imagined", not shot["subjects"]
            for wanted in meant.get("subjects", ()):
                subject = found(wanted, shot["subjects"])
                yield "shape", subject is not None
                yield from ((field, bool(subject) and subject.get(field) == wanted[field]) for field in SUBJECT if field in wanted)


def table(found):
    sums = {}
    for name, good in found:
        hits, count = sums.get(name, (0, 0))
        sums[name] = (hits + bool(good), count + 1)
    return {k: {"share": round(h / n, 3), "lower": round(wilson(h, n), 3), "cases": n} for k, (h, n) in sorted(sums.items())}


def main():
    from train_story import PACKAGE, Runner

    p = argparse.ArgumentParser()
    p.add_argument("package", type=Path, nargs="?", default=PACKAGE)
    p.add_argument("--set", choices=SETS, default="strangers")
    a = p.parse_args()
    for name, row in table(rows(a.set, Runner(a.package / "story.onnx").story)).items():
        print(f"{name:20} {row['share']:.3f} of {row['cases']:3}, at least {row['lower']:.3f}")


if __name__ == "__main__":
    main()
