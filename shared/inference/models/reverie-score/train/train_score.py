"""Trains the score model on the procedural corpus.

    python train_score.py --out DIR --minutes 600          # a new run; --grow CHECKPOINT starts it from an older model
    python train_score.py --out DIR --minutes 600 --resume  # goes on from DIR/last.pt
    python train_score.py --out DIR --decay 30              # DIR/last.pt with the rate falling to zero: DIR/final.pt

Pieces are made while training runs, so no row is seen twice. The rate warms up and stays (warm-up, stable, decay). A decay leaves
DIR/last.pt alone: a run goes on from there afterwards as if there had been none. DIR/last.pt is written every ten minutes and on
SIGTERM or SIGINT, whole or not at all. DIR/metrics.jsonl tells how it goes; DIR/vocab.json belongs to the weights.
"""

import argparse
import json
import math
import os
import signal
import time
from collections import Counter
from pathlib import Path

import torch
from torch.nn import functional as F

import feed
from grow import grown, weights_of
from model import Score
from muon import Muon
from vocabulary import MODEL, TOKENS, document

HEADER = 8  # tokens before the tracks; the engine always forces them, so they carry no loss
HELD_OUT = 96  # rows
CHECKPOINT_SECONDS = 600
KINDS = [token.split("_")[0].strip("<>") for token in TOKENS]


def targets_of(batch):
    targets = batch[:, 1:].clone()
    targets[:, : HEADER - 1] = 0
    return targets.flatten()


def loss_of(model, batch):
    """Mean nats per token that counts."""
    logits = model(batch[:, :-1])
    return F.cross_entropy(logits.float().flatten(0, 1), targets_of(batch), ignore_index=0)


@torch.no_grad()
def evaluate(model, batches):
    """(nats per token, share of tokens guessed right by kind)."""
    total, right, count = 0.0, Counter(), Counter()
    for batch in batches:
        logits, targets = model(batch[:, :-1]).float().flatten(0, 1), targets_of(batch)
        total += float(F.cross_entropy(logits, targets, ignore_index=0, reduction="sum"))
        for target, guess in zip(targets.tolist(), logits.argmax(-1).tolist()):
            if target:
                count[KINDS[target]] += 1
                right[KINDS[target]] += guess == target
    return total / count.total(), {kind: round(right[kind] / n, 4) for kind, n in sorted(count.items())}


def read(path):
    return torch.load(path, map_location="cpu", weights_only=True)


def write_whole(state, path):
    """A reader finds the old file or the new one, also after a power cut."""
    draft = path.with_suffix(".tmp")
    with open(draft, "wb") as file:
        torch.save(state, file)
        file.flush()
        os.fsync(file.fileno())
    os.replace(draft, path)


class Run:
    """All that a training run must keep to go on later."""

    def __init__(self, seed, rate=1.0, shape=MODEL):
        torch.manual_seed(seed)
        self.model = Score(shape, len(TOKENS))
        matrices = [x for n, x in self.model.named_parameters() if x.ndim == 2 and "layers" in n]
        others = [x for n, x in self.model.named_parameters() if not (x.ndim == 2 and "layers" in n)]
        self.optimizers = [Muon(matrices, 0.02), torch.optim.AdamW(others, 3e-3, betas=(0.9, 0.95), weight_decay=0.0)]
        self.rates = [g["lr"] * rate for o in self.optimizers for g in o.param_groups]
        self.seed, self.rate = seed, rate
        self.steps, self.tokens, self.seconds, self.place = 0, 0, 0.0, feed.BEGIN

    def restore(self, state):
        if state["tokens_list"] != TOKENS:
            raise SystemExit("the checkpoint has other tokens than vocabulary.py: start a new run with --grow")
        self.model.load_state_dict(state["model"])
        for optimizer, saved in zip(self.optimizers, state["optimizers"]):
            optimizer.load_state_dict(saved)
        self.steps, self.tokens, self.seconds = (state[k] for k in ("step", "tokens", "seconds"))
        # Older checkpoints know the piece only, and no generator: nothing but the first weights draws from it.
        self.place = state.get("place") or {"piece": state["piece"], "waiting": []}
        torch.set_rng_state(state.get("random", torch.get_rng_state()))

    def state(self):
        return {"model": self.model.state_dict(), "optimizers": [o.state_dict() for o in self.optimizers], "tokens_list": TOKENS,
                "seed": self.seed, "rate": self.rate, "step": self.steps, "tokens": self.tokens, "seconds": self.seconds,
                "place": self.place, "random": torch.get_rng_state()}  # fmt: skip

    def train(self, batch, place, scale, bf16=False):
        """One step at `scale` of the rates; the loss before it."""
        for group, rate in zip((g for o in self.optimizers for g in o.param_groups), self.rates):
            group["lr"] = rate * scale
        with torch.autocast("cpu", torch.bfloat16, enabled=bf16):
            loss = loss_of(self.model, batch)
        if not math.isfinite(float(loss)):
            raise SystemExit("loss is not finite")
        loss.backward()
        for optimizer in self.optimizers:
            optimizer.step()
            optimizer.zero_grad()
        self.steps += 1
        self.tokens += int((batch != 0).sum())
        self.place = place
        return float(loss)


def scale_of(steps, warm_up, left, decay):
    """Factor of the rates: rises over `warm_up` steps, and falls with the seconds `left` of a decay of that many seconds."""
    return min(1.0, (steps + 1) / max(1, warm_up)) * (max(0.0, left / decay) if decay else 1.0)


class Metrics:
    """One JSON object a line."""

    def __init__(self, path, tokens):
        self.file = open(path, "a")
        self.since, self.tokens = time.monotonic(), tokens

    def write(self, run, **more):
        now = time.monotonic()
        row = {"seconds": round(run.seconds), "step": run.steps, "tokens": run.tokens, **more}
        if run.tokens > self.tokens:
            row["tokens_per_second"] = round((run.tokens - self.tokens) / (now - self.since))
        self.since, self.tokens = now, run.tokens
        print(json.dumps(row), flush=True)
        self.file.write(json.dumps(row) + "\n")
        self.file.flush()


def arguments():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--out", type=Path, required=True)
    p.add_argument("--minutes", type=float, default=60, help="of this run")
    begin = p.add_mutually_exclusive_group()
    begin.add_argument("--resume", action="store_true", help="go on from OUT/last.pt")
    begin.add_argument("--decay", type=float, metavar="MINUTES", help="from OUT/last.pt to OUT/final.pt")
    begin.add_argument("--grow", type=Path, help="a new run from an older checkpoint, of fewer layers or other styles, or from an exported score.onnx beside its vocab.json")
    p.add_argument("--warm-up", type=int, default=60, help="steps at the start of a new run")
    p.add_argument("--rate", type=float, help="factor of both learning rates; else that of the checkpoint, or 1")
    p.add_argument("--seed", type=int, default=1, help="of the weights and the corpus, of a new run")
    p.add_argument(
        "--bf16", action="store_true", help="autocast; only on a processor with AVX-512 BF16 or AMX, elsewhere it is many times slower"
    )
    p.add_argument("--threads", type=int, default=2)
    return p.parse_args()


def begin(a):
    last = a.out / "last.pt"
    if a.resume or a.decay:
        state = read(last)
        run = Run(state.get("seed", a.seed), a.rate or state.get("rate", 1.0))
        run.restore(state)
        return run
    if last.exists():
        # A new run would write over it.
        raise SystemExit(f"{last} exists: --resume it, or choose another folder")
    run = Run(a.seed, a.rate or 1.0)
    if a.grow:
        fresh = run.model.state_dict()
        if a.grow.suffix == ".onnx":
            old = weights_of(a.grow, json.loads((a.grow.parent / "vocab.json").read_text())["tokens"], fresh)
        else:
            old = read(a.grow)
        run.model.load_state_dict(grown(old, fresh))
    (a.out / "vocab.json").write_text(json.dumps(document(), indent=1) + "\n")
    return run


def main():
    a = arguments()
    a.out.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(a.threads)
    run = begin(a)
    stop = []
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.append(True))
    print(sum(x.numel() for x in run.model.parameters()), "parameters, from step", run.steps, flush=True)
    source = feed.Feed(f"train-{run.seed}", run.place)
    test = feed.held_out(HELD_OUT)
    metrics = Metrics(a.out / "metrics.jsonl", run.tokens)
    duration = 60 * (a.decay or a.minutes)
    earlier, start = run.seconds, time.monotonic()
    kept, losses, scale = start, [], 1.0
    phase = "decay" if a.decay else "stable"

    def report(**more):
        if losses:
            more["train"] = round(sum(losses) / len(losses), 4)
        metrics.write(run, phase=phase, rate=round(scale, 3), **more)
        losses.clear()

    def measure():
        if losses:
            report()  # before the time that measuring takes
        held_out, kinds = evaluate(run.model, test)
        report(held_out=round(held_out, 4), accuracy=kinds)

    while not stop and (left := duration - (time.monotonic() - start)) > 0:
        scale = scale_of(run.steps, a.warm_up, left, duration if a.decay else 0)
        losses.append(run.train(*source.take(), scale, a.bf16))
        run.seconds = earlier + time.monotonic() - start
        if run.steps % 10 == 0:
            report()
        if time.monotonic() - kept > CHECKPOINT_SECONDS:
            if not a.decay:
                write_whole(run.state(), a.out / "last.pt")
            measure()
            kept = time.monotonic()
    source.close()
    if not a.decay:
        write_whole(run.state(), a.out / "last.pt")
    if stop:
        raise SystemExit("stopped; a decay leaves nothing" if a.decay else "stopped; --resume goes on")
    measure()
    if a.decay:
        write_whole(run.state(), a.out / "final.pt")


if __name__ == "__main__":
    main()
