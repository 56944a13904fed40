"""Training rows of the corpus in batches, from a place that a checkpoint can keep.

A place says which piece comes next and which rows wait for their batch to fill, so a run that goes on sees the rows it would have
seen: none twice, none lost.
"""

import multiprocessing
import os
import queue
import random
import signal

import torch

import corpus
import tokens
from vocabulary import TEMPO_BOUNDS, TEMPO_MAX

# Rows are padded to the next of these lengths; each has the batch that makes 3,072 tokens.
LENGTHS = {256: 12, 512: 6, 768: 4, 1024: 3}
BEGIN = {"piece": 0, "waiting": []}
# Share of the pieces that have any tempo, since people ask for numbers that are not usual for a style.
ANY_TEMPO = 0.3


def piece_rows(seed):
    """One or two training rows of one piece."""
    rng = random.Random(seed)
    bpm = TEMPO_BOUNDS[0] * (TEMPO_MAX / TEMPO_BOUNDS[0]) ** rng.random() if rng.random() < ANY_TEMPO else None
    song = tokens.prepare(corpus.song(rng, bpm))
    limit = rng.choices([512, 768, tokens.CONTEXT], [45, 25, 30])[0]
    rows = [tokens.row(song, 0, limit)]
    if len(rows[0]) >= limit:
        rows.append(tokens.row(song, rng.randrange(1, max(2, len(song["bars"]) - 6)), limit))
        if rng.random() < 0.35:
            rows.pop(0)
    return rows


def padded(rows, length):
    """[rows, length + 1] of token ids; 0 fills up."""
    batch = torch.zeros(len(rows), length + 1, dtype=torch.long)
    for i, row in enumerate(rows):
        batch[i, : len(row)] = torch.tensor(row)
    return batch


def length_of(row):
    return next(n for n in LENGTHS if len(row) <= n)


def batches(name, place, rows_of=piece_rows):
    """(batch, place after it) without end. A place is {"piece": the next one, "waiting": [(piece, number of its row)]}."""
    bins = {n: [] for n in LENGTHS}
    for piece, number in place["waiting"]:
        row = rows_of(f"{name}-{piece}")[number]
        bins[length_of(row)].append((piece, number, row))
    piece = place["piece"]
    while True:
        for length, size in LENGTHS.items():
            while len(bins[length]) >= size:
                full, bins[length] = bins[length][:size], bins[length][size:]
                waiting = [(p, n) for rest in bins.values() for p, n, _ in rest]
                yield padded([row for _, _, row in full], length), {"piece": piece, "waiting": waiting}
        for number, row in enumerate(rows_of(f"{name}-{piece}")):
            bins[length_of(row)].append((piece, number, row))
        piece += 1


def produce(made, name, place):
    # The run decides when to stop; its own handlers came along with the fork.
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.nice(5)
    torch.set_num_threads(1)
    for batch, after in batches(name, place):
        made.put((batch.numpy(), after))


class Feed:
    """Batches that another process makes ahead."""

    def __init__(self, name, place):
        self.made = multiprocessing.Queue(64)
        self.maker = multiprocessing.Process(target=produce, args=(self.made, name, place), daemon=True)
        self.maker.start()

    def take(self):
        """(batch, place after it)"""
        while True:
            try:
                batch, place = self.made.get(timeout=5)
                return torch.from_numpy(batch), place
            except queue.Empty:
                if not self.maker.is_alive():
                    raise RuntimeError("the process that makes pieces has died") from None

    def close(self):
        self.maker.terminate()
        self.maker.join()


def held_out(count):
    """Batches of rows whose pieces are never trained on."""
    bins = {n: [] for n in LENGTHS}
    for i in range(count):
        row = piece_rows(f"held-out-{i}")[-1]
        bins[length_of(row)].append(row)
    return [padded(rows[i : i + 8], n) for n, rows in bins.items() for i in range(0, len(rows), 8)]
