"""Prompts that were written before the first training, with what a viewer expects; only sums are printed.

python prompts_blind.py [PACKAGE_FOLDER]
"""

import hashlib
import json
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
FIELDS = ["shape", "colour", "count", "motion", "speed", "position"]


def cases():
    return [json.loads(line) for line in (HERE / "prompts_blind.jsonl").read_text().splitlines()]


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
    return next((s for s in same if s["colour"] == wanted.get("colour")), same[0] if same else None)


def judge(read):
    """`read` gives {head: label} of a prompt and `subjects`."""
    sums = {}

    def count(name, good):
        hits, total = sums.get(name, (0, 0))
        sums[name] = (hits + bool(good), total + 1)

    for case in cases():
        got = read(case["prompt"])
        for wanted in case["subjects"]:
            subject = found(wanted, got["subjects"])
            for field in FIELDS:
                if field in wanted:
                    count(field, subject and subject[field] == wanted[field])
        if not case["subjects"]:
            count("no subject imagined", not got["subjects"])
        for head, label in case["scene"].items():
            count(head, got[head] == label)
    return {k: {"share": round(h / n, 3), "lower": round(wilson(h, n), 3), "cases": n} for k, (h, n) in sorted(sums.items())}


def main():
    sealed = (HERE / "prompts_blind.sha256").read_text().split()[0]
    assert hashlib.sha256((HERE / "prompts_blind.jsonl").read_bytes()).hexdigest() == sealed, "the prompts were changed"
    from train_prompt import PACKAGE, runner

    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else PACKAGE
    print(json.dumps(judge(runner(folder / "prompt.onnx")), indent=1))


if __name__ == "__main__":
    main()
