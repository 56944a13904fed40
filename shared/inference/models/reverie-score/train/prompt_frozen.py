"""Measures the prompt reader on prompts_frozen.jsonl, which was written and hashed before the reader was improved.

    python prompt_frozen.py [PACKAGE_FOLDER] [--misses] [--report metrics.json]

Only the network is judged. Numbers of beats and keys are read by rules of the engine, so their expectations are left out here.
"""

import argparse
import hashlib
import json
import re
import sys
from pathlib import Path

import numpy as np
import onnxruntime

from vocabulary import PACKAGE

sys.path.insert(0, str(PACKAGE.parent / "text"))

import minilm  # noqa: E402

HERE = Path(__file__).resolve().parent
FROZEN = HERE / "prompts_frozen.jsonl"
NUMBER = re.compile(r"\d{2,3}\s*(bpm|beats)|tempo \d|at \d{2,3}\b", re.I)


def cases():
    """The frozen prompts, if they still are what was hashed."""
    data = FROZEN.read_bytes()
    expected = (HERE / "prompts_frozen.sha256").read_text().split()[0]
    if hashlib.sha256(data).hexdigest() != expected:
        raise SystemExit("prompts_frozen.jsonl is not what was frozen")
    return [json.loads(line) for line in data.decode().splitlines()]


class Reader:
    def __init__(self, package):
        vocab = json.loads((package / "vocab.json").read_text())
        self.heads = {h["name"]: h for h in vocab["prompt"]["heads"]}
        self.bounds = vocab["tempo_bounds"]
        self.pieces = minilm.cutter(package / "pieces.txt", vocab["prompt"]["pieces"])
        self.session = onnxruntime.InferenceSession(str(package / "prompt.onnx"), providers=["CPUExecutionProvider"])

    def read(self, prompt):
        logits = self.session.run(None, {"ids": np.array([self.pieces.encode(prompt).ids], np.int64)})[0][0]
        out = {}
        for name, h in self.heads.items():
            x = logits[h["offset"] : h["offset"] + h["size"]]
            if h["kind"] == "sigmoid":
                out[name] = {h["labels"][i] for i in np.flatnonzero(x > 0)}
            else:
                out[name] = h["labels"][int(x.argmax())]
        return out


def judge(reader, case):
    """[(what, holds, what was read)] for the expectations of one prompt."""
    read, rows = reader.read(case["prompt"]), []
    for name, wanted in case["expect"].items():
        if name in ("valence", "energy", "density"):
            rows.append((name, wanted[0] <= int(read[name]) <= wanted[1], read[name]))
        elif name == "bpm" and not NUMBER.search(case["prompt"]):
            low, high = (reader.bounds[int(read["tempo"]) + k] for k in (0, 1))
            rows.append((name, low < wanted[1] and high > wanted[0], f"{low}-{high}"))
        elif name in ("style", "mode", "metre"):
            rows.append((name, read[name] in wanted, read[name]))
        elif name == "asked":
            wishes = read["instrument"] - read["avoid_instrument"]
            rows += [(name, bool(wishes & set(group)), sorted(wishes)) for group in wanted]
        elif name == "forbidden":
            left_out = read["avoid_role"] | read["avoid_instrument"]
            rows += [(name, what in left_out, sorted(left_out)) for what in wanted]
        elif name == "drums":
            rows.append((name, "drums" not in read["avoid_role"], sorted(read["avoid_role"])))
    return rows


def wilson(good, count, z=1.96):
    """Lower end of the 95 % interval of a share."""
    if not count:
        return 0.0
    p = good / count
    middle, spread = p + z * z / (2 * count), z * np.sqrt(p * (1 - p) / count + z * z / (4 * count * count))
    return float((middle - spread) / (1 + z * z / count))


def measure(package, misses=False):
    reader, table = Reader(package), {}
    for case in cases():
        for name, holds, got in judge(reader, case):
            for key in (name, "all"):
                good, count = table.get(key, (0, 0))
                table[key] = (good + holds, count + 1)
            if misses and not holds:
                print(f"{case['prompt']!r}: {name} read {got}, wanted {case['expect'].get(name)}")
    return {k: {"held": g, "of": n, "share": round(g / n, 3), "lower95": round(wilson(g, n), 3)} for k, (g, n) in table.items()}


def main():
    p = argparse.ArgumentParser()
    p.add_argument("package", type=Path, nargs="?", default=PACKAGE)
    p.add_argument("--misses", action="store_true")
    p.add_argument("--report", type=Path)
    a = p.parse_args()
    result = measure(a.package, a.misses)
    if a.report:
        report = json.loads(a.report.read_text()) if a.report.exists() else {}
        report["frozen_prompts"] = result
        a.report.write_text(json.dumps(report, indent=1, ensure_ascii=False) + "\n")
    for name, row in result.items():
        print(f"{name:10} {row['held']:3}/{row['of']:3} {row['share']:.3f}, at least {row['lower95']:.3f}")


if __name__ == "__main__":
    main()
