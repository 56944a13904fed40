"""Trains the score model on the procedural corpus.

    nice -n 10 python train_score.py --out DIR --minutes 600 --decay-minutes 0    # as long as there is time
    nice -n 10 python train_score.py --out DIR --minutes 20 --decay-minutes 20     # then a decay makes it usable

Pieces are generated while training runs, so no row is seen twice. The learning rate warms up, stays, and falls to zero over
the last `--decay-minutes`. A run that finds DIR/last.pt goes on from it: weights, optimisers and the place in the corpus.
`--grow CHECKPOINT` starts from an older model with other tokens or fewer layers (see `grow.py`).
"""

import argparse
import json
import math
import multiprocessing
import os
import random
import time
from pathlib import Path

import torch
from torch.nn import functional as F

import corpus
import tokens
from grow import grown
from model import Score
from vocabulary import MODEL, TOKENS

# Rows are padded to the next of these lengths; each has the batch that makes 3,072 tokens.
LENGTHS = {256: 12, 512: 6, 768: 4, 1024: 3}
HEADER = 8  # tokens before the tracks; the engine always forces them, so they carry no loss


def piece_rows(seed):
    """One or two training rows of one piece."""
    rng = random.Random(seed)
    song = tokens.prepare(corpus.song(rng))
    limit = rng.choices([512, 768, tokens.CONTEXT], [45, 25, 30])[0]
    rows = [tokens.row(song, 0, limit)]
    if len(rows[0]) >= limit:
        rows.append(tokens.row(song, rng.randrange(1, max(2, len(song["bars"]) - 6)), limit))
        if rng.random() < 0.35:
            rows.pop(0)
    return rows


def padded(rows, length):
    batch = torch.zeros(len(rows), length + 1, dtype=torch.long)
    for i, row in enumerate(rows):
        batch[i, : len(row)] = torch.tensor(row)
    return batch


def produce(queue, name, start):
    os.nice(5)
    torch.set_num_threads(1)
    bins = {n: [] for n in LENGTHS}
    for index in range(start, 1 << 40):
        for row in piece_rows(f"{name}-{index}"):
            length = next(n for n in LENGTHS if len(row) <= n)
            bins[length].append(row)
            if len(bins[length]) == LENGTHS[length]:
                queue.put((index, padded(bins[length], length).numpy()))
                bins[length] = []


def loss_of(model, batch):
    inputs, targets = batch[:, :-1], batch[:, 1:].clone()
    targets[:, : HEADER - 1] = 0
    logits = model(inputs)
    return F.cross_entropy(logits.float().flatten(0, 1), targets.flatten(), ignore_index=0)


def orthogonal(g):
    """Newton-Schulz iteration of the Muon optimiser (Jordan et al., 2024)."""
    x = g
    wide = x.shape[0] <= x.shape[1]
    x = x if wide else x.T
    x = x / (x.norm() + 1e-7)
    for _ in range(5):
        a = x @ x.T
        x = 3.4445 * x + (-4.7750 * a + 2.0315 * a @ a) @ x
    return x if wide else x.T


class Muon(torch.optim.Optimizer):
    def __init__(self, parameters, lr):
        super().__init__(parameters, {"lr": lr})

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            for p in group["params"]:
                momentum = self.state[p].setdefault("momentum", torch.zeros_like(p))
                momentum.lerp_(p.grad, 0.05)
                update = orthogonal(p.grad.lerp(momentum, 0.95))
                p.mul_(1 - group["lr"] * 0.01)
                p.add_(update, alpha=-group["lr"] * max(1, p.shape[0] / p.shape[1]) ** 0.5)


def held_out(count):
    bins = {n: [] for n in LENGTHS}
    for i in range(count):
        row = piece_rows(f"held-out-{i}")[-1]
        bins[next(n for n in LENGTHS if len(row) <= n)].append(row)
    return [padded(rows[i : i + 8], n) for n, rows in bins.items() for i in range(0, len(rows), 8)]


@torch.no_grad()
def evaluate(model, batches):
    total = count = 0
    for batch in batches:
        n = int((batch[:, HEADER:] != 0).sum())
        total += float(loss_of(model, batch)) * n
        count += n
    return total / count


def record(log, seconds, step, seen, held_out, train):
    row = {"seconds": round(seconds), "step": step, "tokens": seen, "held_out": round(held_out, 4), "train": round(train, 4)}
    log.write(json.dumps(row) + "\n")
    log.flush()


def arguments():
    p = argparse.ArgumentParser()
    p.add_argument("--out", type=Path, required=True)
    p.add_argument("--minutes", type=float, default=66, help="of this run")
    p.add_argument("--decay-minutes", type=float, default=40, help="at the end of this run; 0 keeps the rate level")
    p.add_argument("--warm-up", type=int, default=60, help="steps at the start of a new run")
    p.add_argument("--rate", type=float, default=1.0, help="factor of both learning rates")
    p.add_argument("--grow", type=Path, help="an older checkpoint to start from")
    p.add_argument(
        "--bf16", action="store_true", help="autocast; only on a processor with AMX, elsewhere it is many times slower"
    )
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--threads", type=int, default=2)
    return p.parse_args()


class Run:
    """What a training run must keep to go on later."""

    def __init__(self, a):
        self.out = a.out
        self.model = Score(MODEL, len(TOKENS))
        matrices = [x for n, x in self.model.named_parameters() if x.ndim == 2 and "layers" in n]
        others = [x for n, x in self.model.named_parameters() if not (x.ndim == 2 and "layers" in n)]
        self.optimizers = [Muon(matrices, 0.02), torch.optim.AdamW(others, 3e-3, betas=(0.9, 0.95), weight_decay=0.0)]
        self.rates = [g["lr"] * a.rate for o in self.optimizers for g in o.param_groups]
        self.step = self.seen = self.seconds = self.piece = 0
        last = a.out / "last.pt"
        if last.exists():
            state = torch.load(last, map_location="cpu", weights_only=True)
            self.model.load_state_dict(state["model"])
            for optimizer, saved in zip(self.optimizers, state["optimizers"]):
                optimizer.load_state_dict(saved)
            self.step, self.seen, self.seconds, self.piece = (state[k] for k in ("step", "tokens", "seconds", "piece"))
        elif a.grow:
            self.model.load_state_dict(grown(torch.load(a.grow, map_location="cpu", weights_only=True), self.model.state_dict()))

    def scale_rates(self, scale):
        for group, rate in zip((g for o in self.optimizers for g in o.param_groups), self.rates):
            group["lr"] = rate * scale

    def save(self, name, seconds, **more):
        state = {"model": self.model.state_dict(), "optimizers": [o.state_dict() for o in self.optimizers], "tokens_list": TOKENS,
                 "step": self.step, "tokens": self.seen, "seconds": seconds, "piece": self.piece, **more}  # fmt: skip
        torch.save(state, self.out / f"{name}.tmp")
        os.replace(self.out / f"{name}.tmp", self.out / name)


def main():
    a = arguments()
    a.out.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(a.seed)
    torch.set_num_threads(a.threads)
    run = Run(a)
    print(sum(x.numel() for x in run.model.parameters()), "parameters, from step", run.step, flush=True)
    queue = multiprocessing.Queue(64)
    name = f"train-{a.seed}"
    multiprocessing.Process(target=produce, args=(queue, name, run.piece), daemon=True).start()
    test = held_out(96)
    log = open(a.out / "log.jsonl", "a")
    start = last_eval = last_save = time.time()
    first = run.step
    running = None
    while True:
        now = time.time()
        left = 60 * a.minutes - (now - start)
        if left <= 0:
            break
        decay = min(1, left / (60 * a.decay_minutes)) if a.decay_minutes else 1
        scale = min(1 if first else (run.step + 1) / a.warm_up, decay)
        run.scale_rates(scale)
        run.piece, batch = queue.get()
        batch = torch.from_numpy(batch)
        with torch.autocast("cpu", torch.bfloat16, enabled=a.bf16):
            loss = loss_of(run.model, batch)
        loss.backward()
        for o in run.optimizers:
            o.step()
            o.zero_grad()
        run.step += 1
        run.seen += int((batch != 0).sum())
        running = float(loss) if running is None else 0.95 * running + 0.05 * float(loss)
        if not math.isfinite(running):
            raise SystemExit("loss is not finite")
        spent = run.seconds + now - start
        if run.step % 10 == 0:
            print(f"{spent:.0f}s step {run.step} tokens {run.seen} loss {running:.4f} rate {scale:.2f}", flush=True)
        # What a decay has touched is no start for a longer run.
        if now - last_save > 300 and left > 60 * a.decay_minutes:
            run.save("last.pt", spent)
            last_save = now
        if now - last_eval > 600:
            value = evaluate(run.model, test)
            record(log, spent, run.step, run.seen, value, running)
            print("held-out", value, flush=True)
            last_eval = time.time()
    value = evaluate(run.model, test)
    spent = run.seconds + time.time() - start
    record(log, spent, run.step, run.seen, value, running)
    log.close()
    run.save("final.pt" if a.decay_minutes else "last.pt", spent, held_out=value)
    print("final held-out", value, "tokens", run.seen, flush=True)
    os._exit(0)  # the generator waits on a full queue


if __name__ == "__main__":
    main()
