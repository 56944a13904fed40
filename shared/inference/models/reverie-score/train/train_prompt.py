"""Trains the prompt reader on prompts that we made, and exports prompt.onnx.

    python train_prompt.py [--out FILE] [--report metrics.json]

It begins from a network that knows English (`../../text/minilm.py`). prompt_eval.json holds prompts that were written by hand before the
first training; they are only measured.
"""

import argparse
import copy
import json
import random
import sys
import time
from functools import cache
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from torch import nn
from torch.nn import functional as F

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "text"))

import minilm  # noqa: E402
import prompt_blind  # noqa: E402
import prompt_frozen  # noqa: E402
import prompts  # noqa: E402
import wishes  # noqa: E402
import written  # noqa: E402
from vocabulary import PACKAGE, prompt_heads  # noqa: E402

WRITTEN = 0.65  # share of the training prompts that were written one by one, as they are or varied
SORTED = 16  # batches whose rows are sorted by length together, so that little is padding


@cache
def pieces():
    """What cuts prompts: with the characters of other languages (`characters.py`)."""
    return minilm.cutter(PACKAGE / "pieces.txt")


def ids_of(texts):
    """[[id]] of texts, with the marks of their ends."""
    return minilm.ids_of(pieces(), texts)


class Reader(nn.Module):
    """What all pieces say together, and what one piece says by itself: one mention is enough."""

    def __init__(self, outputs):
        super().__init__()
        self.tower = minilm.Tower()
        self.first, self.last = nn.Linear(2 * minilm.WIDTH, minilm.WIDTH), nn.Linear(minilm.WIDTH, outputs)
        self.said = nn.Linear(minilm.WIDTH, outputs)
        self.drop = nn.Dropout(0.1)

    def forward(self, ids):
        """`ids` [rows, pieces], 0 is nothing: logits [rows, outputs]."""
        x = self.tower(ids)
        if torch.onnx.is_in_onnx_export():
            mean, most = x.mean(1), F.relu(self.said(x)).amax(1)
        else:
            there = (ids > 0).float()[..., None]
            mean, most = (x * there).sum(1) / there.sum(1), (F.relu(self.said(x)) * there).amax(1)
        return self.last(F.relu(self.first(self.drop(torch.cat([mean, x[:, 0]], 1))))) + most


def plain(text):
    """A prompt's words, by which it is known again."""
    return " ".join("".join(c if c.isalnum() else " " for c in text.lower()).split())


def made(rng, templates):
    """A prompt of the templates, or one that is put together."""
    if templates is prompts.TEMPLATES:
        roll = rng.random()
        if roll < WRITTEN:
            return written.make(rng)
        if roll < WRITTEN + 0.65 * (1 - WRITTEN):
            return wishes.make(rng)
    return prompts.make(rng, templates)


def rows_of(rng, count, templates, unwanted=frozenset()):
    """[(ids, target)] and the texts."""
    texts, targets = [], []
    while len(texts) < count:
        text, target = made(rng, templates)
        if plain(text) not in unwanted:
            texts.append(text)
            targets.append(np.array(target, np.float32))
    return list(zip(ids_of(texts), targets)), texts


def batch_of(rows):
    return minilm.padded([ids for ids, _ in rows]), torch.from_numpy(np.stack([target for _, target in rows]))


def batches(rng, size, unwanted):
    """Without an end; no prompt is made twice, but those that were written come again."""
    while True:
        rows = sorted(rows_of(rng, size * SORTED, prompts.TEMPLATES, unwanted)[0], key=lambda row: len(row[0]))
        chunks = [rows[k : k + size] for k in range(0, len(rows), size)]
        rng.shuffle(chunks)
        yield from map(batch_of, chunks)


def loss_of(logits, target, heads=None):
    loss = 0
    for h in heads or prompt_heads():
        part = slice(h["offset"], h["offset"] + h["size"])
        x, y = logits[:, part], target[:, part]
        if h["kind"] == "softmax":
            value = -(y * F.log_softmax(x, -1)).sum(-1).mean()
        else:
            # A wish that is missed is worse than one that is imagined.
            value = F.binary_cross_entropy_with_logits(x, y, reduction="sum", pos_weight=torch.tensor(2.0)) / len(x)
        loss = loss + value
    return loss


def agreement(logits, targets):
    """Share of rows whose best label is the target's best (softmax), F1 (sigmoid)."""
    out = {}
    for h in prompt_heads():
        part = slice(h["offset"], h["offset"] + h["size"])
        x, y = logits[:, part], targets[:, part]
        if h["kind"] == "softmax":
            out[h["name"]] = float((x.argmax(1) == y.argmax(1)).mean())
        else:
            got, want = x > 0, y > 0.5
            hits = float((got & want).sum())
            out[h["name"]] = 2 * hits / max(1.0, float(got.sum() + want.sum()))
    return {k: round(v, 3) for k, v in out.items()}


def by_hand(run):
    """Share of the hand-written expectations that hold, per head, and the ones that fail."""
    heads = {h["name"]: h for h in prompt_heads()}
    counts, misses = {}, []
    for case in json.loads((HERE / "prompt_eval.json").read_text()):
        logits = run(case["prompt"])
        for name, wanted in case.items():
            if name == "prompt":
                continue
            h = heads[name]
            x = logits[h["offset"] : h["offset"] + h["size"]]
            if h["kind"] == "sigmoid":
                got = [h["labels"][i] for i in np.flatnonzero(x > 0)]
                good = set(wanted) <= set(got)
            elif name in ("valence", "energy", "tempo", "density"):
                got = int(x.argmax())
                good = wanted[0] <= got <= wanted[1]
            else:
                got = h["labels"][int(x.argmax())]
                good = got in wanted
            ok, n = counts.get(name, (0, 0))
            counts[name] = (ok + good, n + 1)
            if not good:
                misses.append(f"{case['prompt']!r}: {name} {got}, wanted {wanted}")
    return {k: f"{ok}/{n}" for k, (ok, n) in counts.items()}, misses


def export(model, out):
    """With weights of 8 bits, which is a quarter of the size; `run` of this file is what is measured."""
    whole = minilm.whole_numbers(copy.deepcopy(model).eval())
    torch.onnx.export(
        whole, torch.tensor([ids_of(["a piano"])[0]]), str(out), input_names=["ids"], output_names=["logits"],
        dynamic_axes={"ids": {1: "N"}}, opset_version=17, dynamo=False, do_constant_folding=False,
    )  # fmt: skip
    onnx.checker.check_model(onnx.load(str(out)))
    if out.parent != PACKAGE:
        out.with_name("pieces.txt").write_bytes((PACKAGE / "pieces.txt").read_bytes())


def runner(path):
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    return lambda prompt: session.run(None, {"ids": np.array(ids_of([prompt]), np.int64)})[0][0]


def write_examples(run, path):
    chosen = [c["prompt"] for c in json.loads((HERE / "prompt_eval.json").read_text())][::3]
    chosen += ["", "!!!", "Ça c'est l'été — musique douce", "don’t use drums", "a" * 700, "静かなピアノ", "90 BPM in D minor"]
    rows = []
    for prompt in chosen:
        rows.append({"prompt": prompt, "ids": ids_of([prompt])[0], "logits": [round(float(x), 4) for x in run(prompt)]})
    path.write_text("[\n" + ",\n".join(json.dumps(r, ensure_ascii=False) for r in rows) + "\n]\n")


def development(cases):
    """Rows of the prompts that were looked at and are not trained on."""
    made = [prompts.finish(random.Random(0), written.meaning(case), case["prompt"], noise=0) for case in cases]
    return list(zip(ids_of(text for text, _ in made), (np.array(target, np.float32) for _, target in made)))


def calibrate(model, rows):
    """Moves the yes-or-no heads so that 0 is where most answers are right on rows that were not trained on.

    On those that were, the model is too sure of itself. Twice as much weight is on a wish that is missed, to hear something or
    not to, as on one that is imagined (F-measure with β² = 2)."""
    with torch.no_grad():
        logits, targets = predicted(model, rows)
        for h in prompt_heads():
            if h["kind"] != "sigmoid":
                continue
            part = slice(h["offset"], h["offset"] + h["size"])
            x, want = logits[:, part], targets[:, part] > 0.5
            steps = np.arange(-1.5, 1.51, 0.1)
            hits = [((x > s) & want).sum() / max(1, (x > s).sum() + 2 * want.sum()) for s in steps]
            model.last.bias[part] -= float(steps[int(np.argmax(hits))])
            print(h["name"], "moved by", round(-float(steps[int(np.argmax(hits))]), 1), flush=True)


def predicted(model, rows):
    with torch.no_grad():
        found = [model(batch_of(rows[at : at + 64])[0]).numpy() for at in range(0, len(rows), 64)]
    return np.concatenate(found), np.stack([target for _, target in rows])


def train(model, rng, a, unwanted):
    """Until the minutes are over. The tower knows much already and learns slowly; what stands on it learns fast."""
    learning = minilm.Learning(model, a.rate, faster=8, norm=5.0, words=4)
    start, total = time.monotonic(), 0.0
    for step, (ids, target) in enumerate(batches(rng, a.batch, unwanted)):
        done = (time.monotonic() - start) / (60 * a.minutes)
        if done >= 1:
            return step
        with torch.autocast("cpu", torch.bfloat16, enabled=a.bf16):
            logits = model(ids)
        loss = loss_of(logits.float(), target)
        learning.step(loss, done)
        total += float(loss.detach())
        if step % 100 == 99:
            print(f"step {step + 1} {time.monotonic() - start:.0f} s loss {total / 100:.4f}", flush=True)
            total = 0.0


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--out", type=Path, default=PACKAGE / "prompt.onnx")
    p.add_argument("--report", type=Path, default=HERE / "metrics.json")
    p.add_argument("--examples", type=Path, default=HERE / "prompt_logits.json")
    p.add_argument("--keep", type=Path, help="where the weights are kept before they are calibrated")
    p.add_argument("--start", type=Path, help="weights to go on from: what --keep has kept, or a package's prompt.onnx")
    p.add_argument("--minutes", type=float, default=60)
    p.add_argument("--batch", type=int, default=64)
    p.add_argument("--rate", type=float, default=1.5e-4)
    p.add_argument("--bf16", action="store_true", help="pays on a processor with AVX-512 BF16 or AMX only")
    p.add_argument("--threads", type=int, default=1)
    p.add_argument("--seed", type=int, default=1)
    a = p.parse_args()
    torch.manual_seed(a.seed)
    torch.set_num_threads(a.threads)
    blind = [case for name in prompt_blind.SETS for case in prompt_blind.cases(name)]
    looked_at = [json.loads(line) for line in (HERE / "prompts_dev.jsonl").read_text().splitlines()]
    measured = prompt_frozen.cases() + blind + looked_at + json.loads((HERE / "prompt_eval.json").read_text())
    unwanted = frozenset(plain(case["prompt"]) for case in measured)
    model = Reader(prompts.SIZE)
    if a.start:
        model.load_state_dict(minilm.exported(a.start) if a.start.suffix == ".onnx" else torch.load(a.start, map_location="cpu", weights_only=True))
    else:
        minilm.pretrained(model.tower)
    steps = train(model, random.Random(a.seed), a, unwanted)
    model.eval()
    if a.keep:
        torch.save(model.state_dict(), a.keep)
    calibrate(model, development(looked_at))
    export(model, a.out)
    run = runner(a.out)
    held, texts = rows_of(random.Random(a.seed + 1000), 2000, prompts.HELD_OUT_TEMPLATES)
    fresh, fresh_texts = rows_of(random.Random(a.seed + 2000), 2000, prompts.TEMPLATES)
    shown = [np.stack([run(t) for t in some]) for some in (texts, fresh_texts)]
    found = [predicted(model, some) for some in (held, fresh)]
    hand, misses = by_hand(run)
    report = json.loads(a.report.read_text()) if a.report.exists() else {}
    report["prompt"] = {
        "seed": a.seed, "steps": steps, "batch": a.batch, "parameters": sum(x.numel() for x in model.parameters()),
        "held_out_templates": agreement(shown[0], found[0][1]), "fresh": agreement(shown[1], found[1][1]),
        "hand_written": hand, "hand_written_misses": misses,
        "mean_difference_of_8_bits": max(float(np.abs(s - f[0]).mean()) for s, f in zip(shown, found)),
    }  # fmt: skip
    a.report.write_text(json.dumps(report, indent=1, ensure_ascii=False) + "\n")
    write_examples(run, a.examples)
    print(json.dumps(report["prompt"], indent=1, ensure_ascii=False))


if __name__ == "__main__":
    main()
