"""Trains the writer of storyboards and exports story.onnx and vocab.json.

    python train_story.py [--minutes 40] [--keep FILE] [--start FILE|STORY.onnx]

It begins from a network that knows English (`../../text/minilm.py`). The prompt's pieces see each other; the storyboard's tokens come
after them and see the prompt and the tokens before. The prompts of prompts_blind.py and prompts_dev.jsonl are only measured.
"""

import argparse
import copy
import json
import random
import time
from functools import cache
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from torch import nn
from torch.nn import functional as F

import corpus
import languages
import prompts_blind
import story
import vocabulary
import written
from vocabulary import IDS, PACKAGE, TOKENS

import minilm  # isort: skip  (its folder is known since vocabulary)

HERE = Path(__file__).resolve().parent
# Where the training prompts are from, and which share of them.
SOURCES = {written: 0.45, languages: 0.47, corpus: 0.08}
SORTED = 16  # batches whose rows are sorted by length together
FIRST = minilm.VOCABULARY


@cache
def pieces():
    """What cuts prompts: with the characters of other languages (`characters.py`)."""
    return minilm.cutter(PACKAGE / "pieces.txt", vocabulary.LONGEST)


def ids_of(texts):
    """[[id]] of texts, with the marks of their ends."""
    return minilm.ids_of(pieces(), texts)


class Writer(nn.Module):
    def __init__(self):
        super().__init__()
        self.tower = minilm.Tower(more=len(TOKENS))
        self.out = nn.Linear(minilm.WIDTH, len(TOKENS))

    def taught(self, ids, prompts):
        """Logits after each of the padded `ids` [rows, tokens], whose first `prompts` [rows] see each other."""
        place = torch.arange(ids.shape[1])
        before = place[None, :] <= place[:, None]
        mask = (before[None] | (place[None, None, :] < prompts[:, None, None])) & (ids > 0)[:, None, :]
        x = self.tower.embedded(ids, place[None])
        for layer in self.tower.layers:
            x, _ = layer(x, mask[:, None])
        return self.out(x)

    def forward(self, ids, past):
        """The next tokens. `past` [layers, 2, heads, before, 32] is what came before: first nothing, then what the last call
        gave back. Gives the logits after the last token, and what came before the next call."""
        at = past.shape[3] + torch.arange(ids.shape[1])[None]
        x, kept = self.tower.embedded(ids, at), []
        for number, layer in enumerate(self.tower.layers):
            x, seen = layer(x, past=past[number : number + 1])
            kept.append(seen)
        return self.out(x[:, -1]), torch.cat(kept)


def rows_of(rng, count, unwanted=frozenset()):
    """[(ids of the prompt, tokens of the storyboard)]"""
    texts, stories = [], []
    while len(texts) < count:
        text, told = rng.choices(list(SOURCES), SOURCES.values())[0].make(rng)
        if prompts_blind.plain(text) not in unwanted:
            texts.append(text)
            stories.append([IDS["start"], *story.tokens_of(told)])
    return list(zip(ids_of(texts), stories))


def batch_of(rows):
    ids = minilm.padded([[*prompt, *(FIRST + t for t in told)] for prompt, told in rows])
    target = torch.full_like(ids, -100)
    for row, (prompt, told) in zip(target, rows):
        row[len(prompt) : len(prompt) + len(told) - 1] = torch.tensor(told[1:])
    return ids, torch.tensor([len(prompt) for prompt, _ in rows]), target


def loss_of(model, batch):
    ids, prompts, target = batch
    logits = model.taught(ids, prompts)
    return F.cross_entropy(logits.float().flatten(0, 1), target.flatten(), ignore_index=-100, label_smoothing=0.02)


def train(model, rng, a, unwanted):
    learning = minilm.Learning(model, a.rate, faster=3, norm=1.0, words=4)
    start, total = time.monotonic(), 0.0
    while True:
        rows = sorted(rows_of(rng, a.batch * SORTED, unwanted), key=lambda row: len(row[0]) + len(row[1]))
        chunks = [rows[k : k + a.batch] for k in range(0, len(rows), a.batch)]
        rng.shuffle(chunks)
        for chunk in chunks:
            done = (time.monotonic() - start) / (60 * a.minutes)
            if done >= 1:
                return learning.steps
            with torch.autocast("cpu", torch.bfloat16, enabled=a.bf16):
                loss = loss_of(model, batch_of(chunk))
            learning.step(loss, done)
            total += float(loss.detach())
            if learning.steps % 50 == 0:
                print(f"step {learning.steps} {time.monotonic() - start:.0f} s loss {total / 50:.4f}", flush=True)
                total = 0.0


def kept(path):
    """What `--keep` has kept, or the weights of a package's story.onnx beside its vocab.json."""
    if path.suffix == ".onnx":
        return {"tokens": json.loads(path.with_name("vocab.json").read_text())["tokens"], "weights": minilm.exported(path)}
    return torch.load(path, map_location="cpu", weights_only=True)


def go_on(model, kept):
    """From weights of a training whose vocabulary may have had fewer tokens, which keep what they mean."""
    mine, weights = model.state_dict(), kept["weights"]
    known = [(at, kept["tokens"].index(token)) for at, token in enumerate(TOKENS) if token in kept["tokens"]]
    here, there = (torch.tensor(places) for places in zip(*known))
    for name, value in weights.items():
        if value.shape == mine[name].shape:
            mine[name] = value
            continue
        # Of words come before those of tokens, if there are any.
        words = mine[name].shape[0] - len(TOKENS)
        mine[name][:words] = value[:words]
        mine[name][words + here] = value[words + there]
    model.load_state_dict(mine)


def export(model, path):
    """With weights of 8 bits, which is a quarter of the size."""
    whole = minilm.whole_numbers(copy.deepcopy(model).eval())
    past = torch.zeros(minilm.LAYERS, 2, minilm.HEADS, 3, minilm.WIDTH // minilm.HEADS)
    torch.onnx.export(
        whole, (torch.tensor([[101, 102]]), past), str(path), input_names=["ids", "past"], output_names=["logits", "cache"],
        dynamic_axes={"ids": {1: "N"}, "past": {3: "P"}, "cache": {3: "Q"}}, opset_version=17, dynamo=False, do_constant_folding=False,
    )  # fmt: skip
    onnx.checker.check_model(onnx.load(str(path)))


class Runner:
    """Writes storyboards with an ONNX file, as the engine does: the likeliest token of those that the grammar allows."""

    def __init__(self, path):
        self.session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
        most = json.loads(path.with_name("vocab.json").read_text())["pieces"]
        self.pieces = minilm.cutter(path.with_name("pieces.txt"), most)

    def ids(self, prompt):
        return self.pieces.encode(prompt).ids

    def step(self, ids, past):
        return self.session.run(None, {"ids": np.array([ids], np.int64), "past": past})

    def __call__(self, prompt):
        past = np.zeros((minilm.LAYERS, 2, minilm.HEADS, 0, minilm.WIDTH // minilm.HEADS), np.float32)
        _, past = self.step(self.ids(prompt), past)
        tokens = [IDS["start"]]
        while tokens[-1] != IDS["end"]:
            logits, past = self.step([FIRST + tokens[-1]], past)
            tokens.append(max(story.allowed(tokens[1:]), key=lambda token: logits[0, token]))
        return tokens[1:]

    def story(self, prompt):
        return story.story_of(self(prompt), TOKENS)


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--minutes", type=float, default=40)
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--batch", type=int, default=48)
    p.add_argument("--rate", type=float, default=2e-4)
    p.add_argument("--bf16", action="store_true", help="pays on a processor with AVX-512 BF16 or AMX only")
    p.add_argument("--threads", type=int, default=1)
    p.add_argument("--keep", type=Path, help="where the weights are kept")
    p.add_argument("--start", type=Path, help="weights to go on from: what --keep has kept, or a package's story.onnx")
    p.add_argument("--out", type=Path, default=PACKAGE)
    a = p.parse_args()
    torch.manual_seed(a.seed)
    torch.set_num_threads(a.threads)
    measured = [case for name in prompts_blind.SETS for case in prompts_blind.cases(name)]
    measured += [json.loads(line) for line in (HERE / "prompts_dev.jsonl").read_text().splitlines()]
    unwanted = {prompts_blind.plain(case["prompt"]) for case in measured}
    model = Writer()
    if a.start:
        go_on(model, kept(a.start))
    else:
        minilm.pretrained(model.tower)
    steps = train(model, random.Random(a.seed), a, unwanted)
    model.eval()
    if a.keep:
        torch.save({"tokens": TOKENS, "weights": model.state_dict()}, a.keep)
    with torch.no_grad():
        held = [batch_of(rows) for rows in np.array_split(np.array(rows_of(random.Random(a.seed + 1000), 960), dtype=object), 20)]
        fresh = float(np.mean([float(loss_of(model, batch)) for batch in held]))
    export(model, a.out / "story.onnx")
    (a.out / "pieces.txt").write_bytes((PACKAGE / "pieces.txt").read_bytes())
    (a.out / "vocab.json").write_text(json.dumps(vocabulary.document(), indent=1) + "\n")
    write = Runner(a.out / "story.onnx")
    measured = {name: prompts_blind.table(prompts_blind.rows(name, write.story)) for name in prompts_blind.SETS}
    report = {"seed": a.seed, "minutes": a.minutes, "steps": steps, "batch": a.batch, "parameters": sum(x.numel() for x in model.parameters()), "loss_on_fresh": round(fresh, 4), **measured}
    (HERE / "metrics.json").write_text(json.dumps(report, indent=1) + "\n")
    examples(write, HERE / "stories.json")
    print(json.dumps(report, indent=1))


def examples(write, path):
    """What the engine must write, too."""
    texts = [case["prompt"] for case in prompts_blind.cases("blind")[::20]] + ["", "!!!", "Ça c'est l'été", "don\u2019t stop", "word " * 150]
    texts += ["빨간 고양이가 왼쪽으로 걷는다", "一只红色的猫在夜里跑向右边", "नीली मछली पानी के नीचे", "حصان أبيض يركض نحو اليمين", "夜の海に赤い風船が昇る", "Κόκκινο τρένο στο χιόνι"]
    texts += ["first a red cat on the left sleeps in a room, then a rocket takes off at night, no rain, epic"]
    rows = [{"prompt": text, "ids": write.ids(text), "tokens": write(text)} for text in texts]
    path.write_text("[\n" + ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows) + "\n]\n")


if __name__ == "__main__":
    main()
