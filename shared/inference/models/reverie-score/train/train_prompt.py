"""Trains the prompt reader on synthetic prompts and exports prompt.onnx.

    python train_prompt.py [--out FILE] [--report metrics.json]

prompt_eval.json holds prompts that were written by hand before the first training; they are only measured.
"""

import argparse
import json
import math
import random
import time
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from torch import nn
from torch.nn import functional as F

import prompt_blind
import prompt_frozen
import prompts
import wishes
import written
from prompt_features import features, words_of
from vocabulary import PACKAGE, PROMPT, prompt_heads

HERE = Path(__file__).resolve().parent


SEQUENCE = 64  # words whose order is heard; the ones after them are still heard as words
WRITTEN = 0.4  # share of the training prompts that were written one by one, as they are or varied
SLACK = 1e-3  # of sums of weights such as a third


class Reader(nn.Module):
    """Words in their order (what "no" covers, is a matter of order) beside all words together."""

    def __init__(self, width, hidden, outputs, spreads=(1, 1, 2, 4)):
        super().__init__()
        self.table = nn.Embedding(PROMPT["buckets"], width)
        nn.init.normal_(self.table.weight, std=0.1)
        self.turns = nn.ModuleList(nn.Conv1d(width, 2 * width, 3, padding=d, dilation=d) for d in spreads)
        self.words = nn.Linear(width, outputs)
        self.first = nn.Linear(3 * width, hidden)
        self.last = nn.Linear(hidden, outputs)
        self.direct = nn.Linear(width, outputs, bias=False)  # single words decide most labels
        self.drop = nn.Dropout(0.1)

    def head(self, x, mask, total, weight):
        """`x` [batch, words, width] by word, `mask` [batch, words, 1], `total` [batch, width] of everything."""
        bag = total / torch.sqrt(weight + 1.0)  # between sum and mean: one word among thirty must still be heard
        h = x.transpose(1, 2)
        gate = mask.transpose(1, 2)
        for turn in self.turns:
            value, door = turn(h).chunk(2, 1)
            h = (h + value * torch.sigmoid(door)) * gate
        h = h.transpose(1, 2)
        said = (F.relu(self.words(h)) * mask).amax(1)  # one mention is enough
        summed = h.sum(1) / torch.sqrt(mask.sum(1) + 1.0)
        pooled = torch.cat([F.relu(h).amax(1), summed, bag], 1)
        return self.last(F.relu(self.first(self.drop(pooled)))) + self.direct(self.drop(bag)) + said

    def forward(self, ids, weights):
        """Padded form: both [batch, slots]; this is what is exported. Which word a slot belongs to follows from the weights:
        words and pairs weigh 1, and the n-grams of each word weigh 1 together."""
        slots = torch.arange(ids.shape[1], dtype=torch.float32)
        before = torch.triu(torch.ones(ids.shape[1], ids.shape[1]), 1)
        used = (weights > 0).float()
        part = ((weights > 0) & (weights < 0.999)).float()
        whole = torch.relu(1.0 - (part @ before + part)) * used  # slots before the first n-gram
        sure = torch.floor((weights.sum(1, keepdim=True) + 1.0) / 3.0 + SLACK)
        cut = torch.floor((whole.sum(1, keepdim=True) + 1.0) / 2.0)  # when the slots did not suffice
        full = used[:, -1:]
        count = torch.clamp(full * cut + (1.0 - full) * sure, min=0.0)
        gram = torch.floor(weights @ before + SLACK) - (2.0 * count - 1.0)
        is_word = (slots < count).float()
        is_gram = (slots >= 2.0 * count - 1.0).float()
        word = is_word * slots + (1.0 - is_word) * ((1.0 - is_gram) * (slots - count) + is_gram * gram)
        places = torch.arange(SEQUENCE, dtype=torch.float32)[None, :, None]
        member = torch.relu(1.0 - torch.abs(word[:, None, :] - places)) * used[:, None, :]
        heard = self.table(ids) * weights[:, :, None]
        mask = (places < count[:, :, None]).float()
        return self.head(member @ heard, mask, heard.sum(1), weights.sum(1, keepdim=True))

    def packed(self, ids, weights, places, shape, counts):
        """The same from slots without padding: `places` is row * longest + word."""
        heard = F.embedding(ids, self.table.weight) * weights[:, None]
        rows, longest = shape
        x = torch.zeros(rows * longest, heard.shape[1]).index_add_(0, places, heard).view(rows, longest, -1)
        owner = torch.div(places, longest, rounding_mode="floor")
        weight = torch.zeros(rows).index_add_(0, owner, weights)[:, None]
        inside = min(longest, SEQUENCE)
        mask = (torch.arange(inside)[None] < counts[:, None]).float()[:, :, None]
        return self.head(x[:, :inside], mask, x.sum(1), weight)


def words_of_slots(weights, count):
    """The word that each slot belongs to."""
    pairs = max(0, count - 1)
    head = np.concatenate([np.arange(count), np.arange(pairs)])[: len(weights)]
    sums = np.cumsum(np.concatenate([[0.0], weights[len(head) :]]))[:-1]
    return np.concatenate([head, np.floor(sums + SLACK)]).astype(np.int64)


def made(rng, templates):
    """A prompt of the templates, or one that is put together."""
    if templates is prompts.TEMPLATES:
        roll = rng.random()
        if roll < WRITTEN:
            return written.make(rng)
        if roll < WRITTEN + 0.65 * (1 - WRITTEN):
            return wishes.make(rng)
    return prompts.make(rng, templates)


def dataset(count, seed, templates, unwanted=frozenset()):
    """[(ids, weights, words of slots, number of words, target)] and the texts."""
    rng = random.Random(seed)
    rows, texts = [], []
    while len(rows) < count:
        text, target = made(rng, templates)
        words = words_of(text)[: PROMPT["max_words"]]
        if " ".join(words) in unwanted:
            continue
        i, w = features(text)
        w = np.array([x for x in w if x > 0], np.float32)
        place = words_of_slots(w, len(words)).astype(np.int16)
        rows.append((np.array(i[: len(w)], np.int32), w, place, len(words), np.array(target, np.float16)))
        texts.append(text)
    return rows, texts


def batch_of(rows, rng=None):
    """Tensors for `packed`, and the targets. With `rng`, some words are known by their letters only."""
    longest = max(1, max(row[3] for row in rows))
    counts = np.array([row[3] for row in rows])
    places = np.concatenate([k * longest + row[2].astype(np.int64) for k, row in enumerate(rows)])
    weights = np.concatenate([row[1] for row in rows])
    if rng is not None:
        weights = np.where((weights == 1) & (rng.random(len(weights)) < 0.15), np.float32(0), weights)
    ids = np.concatenate([row[0] for row in rows]).astype(np.int64)
    targets = np.stack([row[4] for row in rows]).astype(np.float32)
    tensors = [torch.from_numpy(a) for a in (ids, weights, places)]
    return [*tensors, (len(rows), longest), torch.from_numpy(counts)], torch.from_numpy(targets)


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


def calibrate(model, rows):
    """Moves the yes-or-no heads so that 0 is where most answers are right on rows that were not trained on. For what is asked for, twice as
    much weight is on a wish that is missed as on one that is imagined (F-measure with β² = 2)."""
    with torch.no_grad():
        logits, targets = predicted(model, rows)
        for h in prompt_heads():
            if h["kind"] != "sigmoid":
                continue
            part = slice(h["offset"], h["offset"] + h["size"])
            x, want = logits[:, part], targets[:, part] > 0.5
            steps = np.arange(-1.5, 1.51, 0.1)
            weight = 2 if h["name"] == "instrument" else 1
            hits = [((x > s) & want).sum() / max(1, (x > s).sum() + weight * want.sum()) for s in steps]
            model.last.bias[part] -= float(steps[int(np.argmax(hits))])
            print(h["name"], "moved by", round(-float(steps[int(np.argmax(hits))]), 1), flush=True)


def predicted(model, rows):
    out, targets = [], []
    with torch.no_grad():
        for at in range(0, len(rows), 256):
            x, y = batch_of(rows[at : at + 256])
            out.append(model.packed(*x).numpy())
            targets.append(y.numpy())
    return np.concatenate(out), np.concatenate(targets)


def train(model, rows, epochs, batch, seed, minutes, peak):
    """Until the epochs or the minutes are over; the rate follows whichever is nearer to its end."""
    optimizer = torch.optim.Adam(model.parameters(), 1e-3, betas=(0.9, 0.98), fused=True)
    rng, start, step, epoch = np.random.default_rng(seed), time.monotonic(), 0, 0
    steps = epochs * (len(rows) // batch)
    done = 0.0
    while done < 1:
        # Rows of similar length share a batch, so that little is padding.
        order = rng.permutation(len(rows))
        chunks = [sorted(order[k : k + 40 * batch], key=lambda i: rows[i][3]) for k in range(0, len(order), 40 * batch)]
        batches = [c[k : k + batch] for c in chunks for k in range(0, len(c) - batch + 1, batch)]
        rng.shuffle(batches)
        total = 0.0
        for count, index in enumerate(batches, 1):
            done = max(step / steps, (time.monotonic() - start) / (60 * minutes))
            if done >= 1:
                break
            for group in optimizer.param_groups:
                group["lr"] = peak * min(1, step / 300) * (0.5 + 0.5 * math.cos(math.pi * done))
            x, y = batch_of([rows[i] for i in index], rng)
            loss = loss_of(model.packed(*x), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            step += 1
            total += float(loss.detach())
            if count % 200 == 0:
                print(f"epoch {epoch} step {step} {time.monotonic() - start:.0f} s loss {total / count:.4f}", flush=True)
        epoch += 1
    return step


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--out", type=Path, default=PACKAGE / "prompt.onnx")
    p.add_argument("--report", type=Path, default=HERE / "metrics.json")
    p.add_argument("--examples", type=Path, default=HERE / "prompt_features.json")
    p.add_argument("--keep", type=Path, help="where the weights are kept before they are calibrated")
    p.add_argument("--count", type=int, default=300_000)
    p.add_argument("--epochs", type=int, default=12)
    p.add_argument("--minutes", type=float, default=60)
    p.add_argument("--start", type=Path, help="weights that --keep has kept, to go on from")
    p.add_argument("--rate", type=float, default=3e-3)
    p.add_argument("--threads", type=int, default=1)
    p.add_argument("--seed", type=int, default=1)
    a = p.parse_args()
    torch.manual_seed(a.seed)
    torch.set_num_threads(a.threads)
    blind = [case for name in prompt_blind.SETS for case in prompt_blind.cases(name)]
    measured = prompt_frozen.cases() + blind + json.loads((HERE / "prompt_eval.json").read_text())
    unwanted = frozenset(" ".join(words_of(case["prompt"])) for case in measured)
    rows, _ = dataset(a.count, a.seed, prompts.TEMPLATES, unwanted)
    print("data ready", flush=True)
    model = Reader(96, 256, prompts.SIZE)
    if a.start:
        model.load_state_dict(torch.load(a.start, map_location="cpu", weights_only=True))
    steps = train(model, rows, a.epochs, 256, a.seed, a.minutes, a.rate)
    model.eval()
    if a.keep:
        torch.save(model.state_dict(), a.keep)
    calibrate(model, dataset(4000, a.seed + 500, prompts.TEMPLATES)[0])
    export(model, a.out)
    run = runner(a.out)
    held, texts = dataset(2000, a.seed + 1000, prompts.HELD_OUT_TEMPLATES)
    fresh, fresh_texts = dataset(2000, a.seed + 2000, prompts.TEMPLATES)
    shown = [np.stack([run(t) for t in some]) for some in (texts, fresh_texts)]
    found = [predicted(model, some) for some in (held, fresh)]
    hand, misses = by_hand(run)
    report = json.loads(a.report.read_text()) if a.report.exists() else {}
    report["prompt"] = {
        "seed": a.seed, "prompts": a.count, "steps": steps, "parameters": sum(x.numel() for x in model.parameters()),
        "held_out_templates": agreement(*found[0]), "fresh": agreement(*found[1]), "hand_written": hand, "hand_written_misses": misses,
        "largest_difference_onnx": max(float(np.abs(s - f[0]).max()) for s, f in zip(shown, found)),
    }  # fmt: skip
    a.report.write_text(json.dumps(report, indent=1, ensure_ascii=False) + "\n")
    write_examples(run, a.examples)
    print(json.dumps(report["prompt"], indent=1, ensure_ascii=False))


if __name__ == "__main__":
    main()
