"""Trains the score model on the procedural corpus.

    nice -n 10 python train_score.py --out DIR --minutes 66

Pieces are generated while training runs, so no row is seen twice. The schedule follows the clock, not the step count.
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
from model import Score
from vocabulary import MODEL, TOKENS

# Rows are padded to the next of these lengths; each has the batch that makes 6,144 tokens.
LENGTHS = {256: 24, 512: 12, 768: 8, 1024: 6}
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
    for index in range(start, 1 << 40, 2):
        for row in piece_rows(f"{name}-{index}"):
            length = next(n for n in LENGTHS if len(row) <= n)
            bins[length].append(row)
            if len(bins[length]) == LENGTHS[length]:
                queue.put(padded(bins[length], length).numpy())
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


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--out", type=Path, required=True)
    p.add_argument("--minutes", type=float, default=66)
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--threads", type=int, default=2)
    a = p.parse_args()
    a.out.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(a.seed)
    torch.set_num_threads(a.threads)
    model = Score(MODEL, len(TOKENS))
    print(sum(x.numel() for x in model.parameters()), "parameters", flush=True)
    matrices = [x for n, x in model.named_parameters() if x.ndim == 2 and "layers" in n]
    others = [x for n, x in model.named_parameters() if not (x.ndim == 2 and "layers" in n)]
    optimizers = [Muon(matrices, 0.02), torch.optim.AdamW(others, 3e-3, betas=(0.9, 0.95), weight_decay=0.0)]
    base = [g["lr"] for o in optimizers for g in o.param_groups]
    queue = multiprocessing.Queue(64)
    multiprocessing.Process(target=produce, args=(queue, f"train-{a.seed}", 0), daemon=True).start()
    test = held_out(96)
    start = last_eval = last_save = time.time()
    step = seen = 0
    log = open(a.out / "log.jsonl", "a")
    running = None
    while True:
        now = time.time()
        done = (now - start) / (60 * a.minutes)
        if done >= 1:
            break
        # Short warm-up, level, then linear to zero over the last 60% of the time.
        scale = min(1, (step + 1) / 60, (1 - done) / 0.6)
        for group, lr in zip((g for o in optimizers for g in o.param_groups), base):
            group["lr"] = lr * scale
        batch = torch.from_numpy(queue.get())
        loss = loss_of(model, batch)
        loss.backward()
        for o in optimizers:
            o.step()
            o.zero_grad()
        step += 1
        seen += int((batch != 0).sum())
        running = float(loss) if running is None else 0.95 * running + 0.05 * float(loss)
        if not math.isfinite(running):
            raise SystemExit("loss is not finite")
        if step % 20 == 0:
            print(
                f"{now - start:.0f}s step {step} tokens {seen} loss {running:.4f} lr {scale:.2f} {seen / (time.time() - start):.0f} tok/s queue {queue.qsize()}",
                flush=True,
            )
        if now - last_save > 120 or (step == 60):
            torch.save({"model": model.state_dict(), "step": step, "tokens": seen}, a.out / "last.pt.tmp")
            os.replace(a.out / "last.pt.tmp", a.out / "last.pt")
            last_save = now
        if now - last_eval > 300:
            value = evaluate(model, test)
            record(log, now - start, step, seen, value, running)
            print("held-out", value, flush=True)
            last_eval = time.time()
    value = evaluate(model, test)
    record(log, time.time() - start, step, seen, value, running)
    log.close()
    torch.save({"model": model.state_dict(), "step": step, "tokens": seen, "held_out": value}, a.out / "final.pt")
    print("final held-out", value, "tokens", seen, flush=True)
    os._exit(0)  # the generator waits on a full queue


if __name__ == "__main__":
    main()
