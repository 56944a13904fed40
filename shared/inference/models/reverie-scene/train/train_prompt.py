"""Trains the prompt reader on prompts of corpus.py; exports prompt.onnx and vocab.json, and measures it.

    python train_prompt.py [--minutes 12] [--seed 1]
"""

import argparse
import json
import math
import random
import time
from pathlib import Path

import numpy as np
import onnxruntime
import torch
from torch import nn
from torch.nn import functional as F

import corpus
import prompts_blind
from prompt_features import features, parts_of, words_of
from vocabulary import FEATURES, SIZE, SUBJECT, SUBJECTS, heads

HERE = Path(__file__).resolve().parent
PACKAGE = HERE.parent
WIDTH, LAYERS, RANKS = 128, 3, 4
ROWS = 1 + SUBJECTS  # one question for the scene, one for each subject


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.before, self.after = nn.LayerNorm(WIDTH), nn.LayerNorm(WIDTH)
        self.qkv, self.out = nn.Linear(WIDTH, 3 * WIDTH), nn.Linear(WIDTH, WIDTH)
        self.wide, self.back = nn.Linear(WIDTH, 3 * WIDTH), nn.Linear(3 * WIDTH, WIDTH)

    def forward(self, x, mask):
        rows, length, _ = x.shape
        q, k, v = self.qkv(self.before(x)).reshape(rows, length, 3, RANKS, WIDTH // RANKS).permute(2, 0, 3, 1, 4)
        shares = F.softmax(q @ k.transpose(2, 3) / math.sqrt(WIDTH // RANKS) + mask, -1)
        x = x + self.out((shares @ v).transpose(1, 2).reshape(rows, length, WIDTH))
        return x + self.back(F.relu(self.wide(self.after(x))))


class Reader(nn.Module):
    """A small transformer over words; the first subject that is named answers the first subject's question, and so on."""

    def __init__(self):
        super().__init__()
        self.table = nn.Embedding(FEATURES["buckets"], WIDTH)
        nn.init.normal_(self.table.weight, std=0.3)
        self.places = nn.Parameter(torch.randn(FEATURES["words"], WIDTH) * 0.1)
        self.questions = nn.Parameter(torch.randn(ROWS, WIDTH) * 0.5)
        self.blocks = nn.ModuleList(Block() for _ in range(LAYERS))
        self.norm = nn.LayerNorm(WIDTH)
        table = [h for h in heads() if "." not in h["name"]]
        self.scene = nn.Linear(WIDTH, sum(len(h["labels"]) for h in table))
        self.subject = nn.Linear(WIDTH, sum(len(labels) for labels in SUBJECT.values()))

    def forward(self, ids):
        """`ids` [rows, words, parts], 0 is nothing."""
        used = (ids > 0).float()
        known = used.sum(2)
        words = (self.table(ids) * used[..., None]).sum(2) / (known[..., None] + 1e-6).sqrt()
        words = words + self.places[: ids.shape[1]]
        x = torch.cat([self.questions.expand(ids.shape[0], -1, -1), words], 1)
        present = torch.cat([torch.ones(ids.shape[0], ROWS), (known > 0).float()], 1)
        mask = ((1.0 - present) * -1e4)[:, None, None, :]
        for block in self.blocks:
            x = block(x, mask)
        x = self.norm(x[:, :ROWS])
        return torch.cat([self.scene(x[:, 0])] + [self.subject(x[:, k]) for k in range(1, ROWS)], 1)


def rows_of(rng, count, unwanted):
    out, table = [], heads()
    while len(out) < count:
        text, labels = corpus.make(rng)
        words = words_of(text)
        if " ".join(words) in unwanted:
            continue
        out.append((words, [h["labels"].index(labels[h["name"]]) for h in table]))
    return out


def batch_of(rows, rng=None):
    longest = max(1, max(len(words) for words, _ in rows))
    ids = np.zeros((len(rows), longest, FEATURES["parts"]), np.int64)
    for k, (words, _) in enumerate(rows):
        for at, word in enumerate(words):
            ids[k, at] = parts_of(word)
            if rng and rng.random() < 0.12:
                ids[k, at, 0] = 0  # a word that is known by its letters only
    return torch.from_numpy(ids), torch.tensor([labels for _, labels in rows])


def loss_of(logits, target):
    return sum(F.cross_entropy(logits[:, h["offset"] : h["offset"] + len(h["labels"])], target[:, k]) for k, h in enumerate(heads()))


def runner(path):
    """A function that reads a prompt with an ONNX file."""
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])

    def read(prompt):
        logits = session.run(None, {"ids": np.array([features(prompt)], np.int64)})[0][0]
        got = {h["name"]: h["labels"][int(logits[h["offset"] : h["offset"] + len(h["labels"])].argmax())] for h in heads()}
        slots = [{name: got.pop(f"subject{k}.{name}") for name in SUBJECT} for k in range(SUBJECTS)]
        return {**got, "subjects": [slot for slot in slots if slot["shape"] != "none"]}

    read.logits = lambda prompt: session.run(None, {"ids": np.array([features(prompt)], np.int64)})[0][0]
    return read


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--minutes", type=float, default=12)
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--batch", type=int, default=96)
    a = p.parse_args()
    torch.manual_seed(a.seed)
    torch.set_num_threads(1)
    rng = random.Random(a.seed)
    unwanted = {" ".join(words_of(case["prompt"])) for case in prompts_blind.cases()}
    held = rows_of(random.Random(a.seed + 1000), 1500, unwanted)
    model, start, step = Reader(), time.monotonic(), 0
    optimizer = torch.optim.AdamW(model.parameters(), 2e-3, betas=(0.9, 0.98), weight_decay=0.01)
    while (done := (time.monotonic() - start) / (60 * a.minutes)) < 1:
        for group in optimizer.param_groups:
            group["lr"] = 2e-3 * min(1, (step + 1) / 200) * (0.5 + 0.5 * math.cos(math.pi * done))
        rows = sorted(rows_of(rng, a.batch * 8, unwanted), key=lambda row: len(row[0]))
        chunks = [rows[k : k + a.batch] for k in range(0, len(rows), a.batch)]
        rng.shuffle(chunks)
        for chunk in chunks:
            ids, target = batch_of(chunk, rng)
            loss = loss_of(model(ids), target)
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            step += 1
        if step % 160 == 0:
            print(f"step {step} {time.monotonic() - start:.0f} s loss {float(loss.detach()):.3f}", flush=True)
    model.eval()
    with torch.no_grad():
        ids, target = batch_of(held)
        logits = model(ids).numpy()
    fresh = {h["name"]: round(float((logits[:, h["offset"] : h["offset"] + len(h["labels"])].argmax(1) == target[:, k].numpy()).mean()), 3) for k, h in enumerate(heads())}
    example = torch.zeros(1, FEATURES["words"], FEATURES["parts"], dtype=torch.long)
    torch.onnx.export(model, example, str(PACKAGE / "prompt.onnx"), input_names=["ids"], output_names=["logits"], opset_version=17, dynamo=False)
    layout = {**FEATURES, "size": SIZE, "heads": heads()}
    (PACKAGE / "vocab.json").write_text(json.dumps(layout, indent=1) + "\n")
    read = runner(PACKAGE / "prompt.onnx")
    report = {"seed": a.seed, "minutes": a.minutes, "steps": step, "batch": a.batch, "parameters": sum(x.numel() for x in model.parameters()), "fresh": fresh, "blind": prompts_blind.judge(read)}
    (HERE / "metrics.json").write_text(json.dumps(report, indent=1) + "\n")
    texts = [case["prompt"] for case in prompts_blind.cases()[::40]] + ["", "!!!", "Ça c'est l'été", "don\u2019t stop", "word " * 90]
    samples = [{"prompt": t, "ids": features(t), "logits": [round(float(x), 4) for x in read.logits(t)]} for t in texts]
    (HERE / "prompt_features.json").write_text("[\n" + ",\n".join(json.dumps(s, ensure_ascii=False) for s in samples) + "\n]\n")
    print(json.dumps(report, indent=1))


if __name__ == "__main__":
    main()
