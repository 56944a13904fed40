"""Trains the prompt reader on synthetic prompts and exports prompt.onnx.

    python train_prompt.py [--out FILE] [--report metrics.json]

prompt_eval.json holds prompts that were written by hand before the first training; they are only measured.
"""

import argparse
import json
import random
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from torch import nn
from torch.nn import functional as F

import prompt_frozen
import prompts
from prompt_features import features, words_of
from vocabulary import PACKAGE, PROMPT, prompt_heads

HERE = Path(__file__).resolve().parent


class Reader(nn.Module):
    def __init__(self, width, hidden, outputs):
        super().__init__()
        self.table = nn.EmbeddingBag(PROMPT["buckets"], width, mode="sum", sparse=False)
        nn.init.normal_(self.table.weight, std=0.1)
        self.first = nn.Linear(width, hidden)
        self.last = nn.Linear(hidden, outputs)
        self.direct = nn.Linear(width, outputs, bias=False)  # single words decide most labels
        self.drop = nn.Dropout(0.1)

    def head(self, total, weight):
        # Between sum and mean: one word among thirty must still be heard.
        x = total / torch.sqrt(weight + 1.0)
        return self.last(self.drop(F.relu(self.first(x)))) + self.direct(x)

    def forward(self, ids, weights):
        """Padded form: both [batch, slots]; this is what is exported."""
        total = (self.table.weight[ids] * weights[:, :, None]).sum(1)
        return self.head(total, weights.sum(1, keepdim=True))

    def bags(self, ids, offsets, weights, sums):
        return self.head(self.table(ids, offsets, per_sample_weights=weights), sums)


def dataset(count, seed, templates):
    rng = random.Random(seed)
    ids, weights, lengths, targets, texts = [], [], [], [], []
    for _ in range(count):
        text, target = prompts.make(rng, templates)
        i, w = features(text)
        n = sum(1 for x in w if x > 0)
        ids.append(np.array(i[:n], np.int64))
        weights.append(np.array(w[:n], np.float32))
        lengths.append(n)
        targets.append(np.array(target, np.float32))
        texts.append(text)
    return ids, weights, targets, texts


def batch_of(data, index):
    ids, weights, targets, _ = data
    offsets = np.cumsum([0] + [len(ids[i]) for i in index[:-1]])
    sums = np.array([[weights[i].sum()] for i in index], np.float32)
    arrays = (
        np.concatenate([ids[i] for i in index]),
        offsets,
        np.concatenate([weights[i] for i in index]),
        sums,
        np.stack([targets[i] for i in index]),
    )
    return [torch.from_numpy(a) for a in arrays]


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
    example = (torch.zeros(1, PROMPT["slots"], dtype=torch.long), torch.zeros(1, PROMPT["slots"]))
    torch.onnx.export(
        model, example, str(out), input_names=["ids", "weights"], output_names=["logits"], opset_version=17, dynamo=False
    )
    onnx.checker.check_model(onnx.load(str(out)))


def runner(path):
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])

    def run(prompt):
        ids, weights = features(prompt)
        feeds = {"ids": np.array([ids], np.int64), "weights": np.array([weights], np.float32)}
        return session.run(None, feeds)[0][0]

    return run


def write_examples(run, path):
    chosen = [c["prompt"] for c in json.loads((HERE / "prompt_eval.json").read_text())][::3]
    chosen += ["", "!!!", "Ça c'est l'été — musique douce", "don’t use drums", "a" * 700, "静かなピアノ", "90 BPM in D minor"]
    rows = []
    for prompt in chosen:
        ids, weights = features(prompt)
        n = sum(1 for w in weights if w > 0)
        rows.append(
            {
                "prompt": prompt,
                "ids": ids[:n],
                "weights": [round(w, 7) for w in weights[:n]],
                "logits": [round(float(x), 4) for x in run(prompt)],
            }
        )
    path.write_text("[\n" + ",\n".join(json.dumps(r, ensure_ascii=False) for r in rows) + "\n]\n")


def train(model, data, epochs, batch, seed):
    optimizer = torch.optim.Adam(model.parameters(), 3e-3)
    rng = np.random.default_rng(seed)
    steps = epochs * (len(data[0]) // batch)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 6e-3, total_steps=steps, pct_start=0.1)
    for epoch in range(epochs):
        order = rng.permutation(len(data[0]))
        total = 0.0
        for at in range(0, len(order) - batch + 1, batch):
            *x, y = batch_of(data, order[at : at + batch])
            loss = loss_of(model.bags(*x), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
            total += float(loss.detach())
        print(f"epoch {epoch} loss {total / max(1, len(order) // batch):.4f}", flush=True)


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--out", type=Path, default=PACKAGE / "prompt.onnx")
    p.add_argument("--report", type=Path, default=HERE / "metrics.json")
    p.add_argument("--count", type=int, default=150_000)
    p.add_argument("--epochs", type=int, default=12)
    p.add_argument("--seed", type=int, default=1)
    a = p.parse_args()
    torch.manual_seed(a.seed)
    torch.set_num_threads(1)
    data = dataset(a.count, a.seed, prompts.TEMPLATES)
    frozen = {" ".join(words_of(case["prompt"])) for case in prompt_frozen.cases()}
    keep = [i for i, text in enumerate(data[3]) if " ".join(words_of(text)) not in frozen]
    print(len(data[3]) - len(keep), "prompts dropped that are among the frozen ones", flush=True)
    data = [[column[i] for i in keep] for column in data]
    print("data ready", flush=True)
    model = Reader(80, 192, prompts.SIZE)
    train(model, data, a.epochs, 256, a.seed)
    model.eval()
    export(model, a.out)
    run = runner(a.out)
    held = dataset(2000, a.seed + 1000, prompts.HELD_OUT_TEMPLATES)
    logits = np.stack([run(t) for t in held[3]])
    with torch.no_grad():
        *x, y = batch_of(held, range(len(held[0])))
        difference = float((model.bags(*x) - torch.from_numpy(logits)).abs().max())
    hand, misses = by_hand(run)
    report = json.loads(a.report.read_text()) if a.report.exists() else {}
    report["prompt"] = {
        "seed": a.seed, "prompts": a.count, "epochs": a.epochs, "parameters": sum(x.numel() for x in model.parameters()),
        "held_out_templates": agreement(logits, np.stack(held[2])), "hand_written": hand, "hand_written_misses": misses,
        "largest_difference_onnx": difference,
    }  # fmt: skip
    if a.out == PACKAGE / "prompt.onnx":
        report["frozen_prompts"] = prompt_frozen.measure(PACKAGE)
    a.report.write_text(json.dumps(report, indent=1, ensure_ascii=False) + "\n")
    write_examples(run, HERE / "prompt_features.json")
    print(json.dumps(report["prompt"], indent=1, ensure_ascii=False))


if __name__ == "__main__":
    main()
