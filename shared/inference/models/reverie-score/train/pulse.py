"""A judge of tempo that says which of a tempo, its half and its double is the beat: trained on pieces whose tempo is known.

    python pulse.py --out pulse.onnx --work FOLDER [--pieces 4500]

The pieces are the corpus's, played by fluidsynth at random tempi, whatever is usual for their style (`known.py`): neither the engine's
music nor its player. A recording becomes the onsets of six bands and the changes of notes. For each tempo these are read with so many
steps a beat, so that a pattern looks the same at every tempo, and a small network says how well it looks. It hears excerpts that end before the
last chord: in the corpus that lasts a bar, which had told an earlier judge the tempo of a piece, whatever was played before.
Needs fluidsynth, torch, onnx, onnxruntime, numpy, scipy and soundfile.
"""

import argparse
import json
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
from scipy.signal import resample_poly, stft

from vocabulary import PACKAGE

HERE = Path(__file__).resolve().parent
RATE, WINDOW, HOP = 22_050, 1024, 128
PER_SECOND = RATE / HOP
# Hertz between the bands: the kick, the bass, the snare's body and chords, voices, hats.
EDGES = [0, 110, 250, 600, 2000, 5000, 11_025]
# Hertz of the notes whose change is heard: of the bass, and of chords.
CHANGES = [(50, 250), (200, 2000)]
# Hertz between the bands in which accents are heard: there a note counts as much as it is loud.
ACCENTS = [0, 250, 2000, 11_025]
BANDS = len(EDGES) - 1 + len(CHANGES) + len(ACCENTS) - 1
TEMPI = np.geomspace(48, 200, 145)  # a hundredth apart
SLOWEST, FASTEST = 50, 190  # beats per minute of the pieces
WHOLE = 20  # seconds of a piece
SECONDS = 12  # of an excerpt
LAST = 5  # seconds that the engine's last chord may ring
APART = 2  # seconds between the starts of the excerpts that are added
FRAMES = int(SECONDS * PER_SECOND)
STEPS = 12  # a beat: halves, thirds and quarters
LONGEST = int(SECONDS * TEMPI[-1] / 60) * STEPS
BATCH = 50  # pieces a call of fluidsynth
FEW = 0.35  # of the pieces lack some of their tracks: who asks for a number often asks for two instruments
# What a beat is taken for by mistake, as factors; and neighbours that are too far off.
WRONG = [1 / 2, 2, 2 / 3, 3 / 2, 1 / 3, 3 / 4, 4 / 3, 3, 0.93, 1.07, 4 / 5, 5 / 4]
SURE, ASKED = 4, 8  # of these are compared at each step: the first ones, and others by chance


def changes(mono, frames):
    """How much other notes sound than a moment ago, [ranges, frames]: chords change with bars, not with every beat."""
    size, hop = 8192, 4 * HOP
    hertz, at, z = stft(mono, RATE, nperseg=size, noverlap=size - hop)
    level = np.log1p(200 * np.abs(z))
    rows = []
    for low, high in CHANGES:
        heard = (hertz >= low) & (hertz < high)
        note = np.round(12 * np.log2(hertz[heard] / 440)).astype(int) % 12
        chroma = np.stack([level[heard][note == n].sum(0) for n in range(12)])
        chroma /= np.sqrt((chroma**2).sum(0)) + 1e-9
        # A window is as long as a short beat, so what is compared is that far apart.
        apart = 12
        new = np.maximum(0, chroma[:, apart:] - chroma[:, :-apart]).sum(0)
        rows.append(np.interp(np.arange(frames) / PER_SECOND, at[apart // 2 : apart // 2 + len(new)], new))
    return np.stack(rows)


def rises(level, edges):
    """How much louder each band becomes, [frames] of each."""
    rise = np.maximum(0, level[:, 2:] - level[:, :-2])
    hertz = np.fft.rfftfreq(WINDOW, 1 / RATE)
    return [rise[(hertz >= low) & (hertz < high)].mean(0) for low, high in zip(edges, edges[1:])]


def envelopes(mono):
    """Onset strength of each band, and changes of notes, [bands, frames]; 1 on average where it sounds."""
    mono = np.pad(mono, (0, max(0, RATE * SECONDS + WINDOW - len(mono))))
    z = np.abs(stft(mono, RATE, nperseg=WINDOW, noverlap=WINDOW - HOP)[2])
    rows = [*rises(np.log1p(200 * z), EDGES), *rises(z, ACCENTS)]
    slow = np.ones(172) / 172
    rows += list(changes(mono, len(rows[0])))
    rows = np.stack([np.maximum(0, row - np.convolve(row, slow, "same")) for row in rows])
    # A band is as loud as it is beside the loudest of its kind: an empty one stays small.
    kinds = np.split(rows, np.cumsum([len(EDGES) - 1, len(ACCENTS) - 1]))
    means = [kind.mean(1, keepdims=True) for kind in kinds]
    return np.concatenate([kind / np.maximum(mean, 0.02 * mean.max() + 1e-6) for kind, mean in zip(kinds, means)])


def played(part, bank):
    """(envelopes, tempi, seconds at which the last bar starts) of a batch of pieces."""
    from known import pieces

    heard = pieces(BATCH, f"pulse-{part}", bank, tempi=(SLOWEST, FASTEST), few=FEW, seconds=WHOLE)
    whole = lambda x: np.pad(x[: WHOLE * RATE], (0, max(0, WHOLE * RATE - len(x))))  # noqa: E731
    found = [(envelopes(whole(samples)).astype(np.float16), truth["bpm"], truth["last"]) for samples, truth in heard]
    rows, bpm, last = zip(*found)
    return np.stack(rows), np.array(bpm), np.array(last)


def material(count, work, bank, workers):
    """As `played`, of many pieces; each part is kept in `work`."""
    parts = [part for part in range(count // BATCH) if not (work / f"pulse-{part}.npz").exists()]
    with ProcessPoolExecutor(workers) as pool:
        for part, (rows, bpm, last) in zip(parts, pool.map(played, parts, [bank] * len(parts))):
            np.savez(work / f"pulse-{part}.npz", rows=rows, bpm=bpm, last=last)
    kept = [np.load(work / f"pulse-{part}.npz") for part in range(count // BATCH)]
    return tuple(np.concatenate([part[key] for part in kept]) for key in ("rows", "bpm", "last"))


def network():
    import torch
    from torch import nn
    from torch.nn import functional as F

    class Pulse(nn.Module):
        """How well a recording's envelopes [1, bands, frames] go with each tempo [tempi]; or, with a batch of recordings, with the
        tempi [recordings, tempi] of each."""

        def __init__(self):
            super().__init__()
            self.near = nn.Conv1d(BANDS, 48, STEPS + 1, stride=3, padding=STEPS // 2)  # a beat, four steps of which are left
            self.beats = nn.Conv1d(48, 64, 9, padding=4)
            self.bar = nn.Conv1d(64, 64, 9, padding=16, dilation=4)
            self.bars = nn.Conv1d(64, 64, 9, padding=32, dilation=8)
            self.norms = nn.ModuleList(nn.GroupNorm(8, n) for n in (48, 64, 64, 64))
            self.drop = nn.Dropout(0.2)
            self.one, self.two = nn.Linear(129, 64), nn.Linear(64, 1)

        def forward(self, rows, tempi):
            count = tempi.shape[-1]
            # Where the steps of a beat are, in frames.
            at = torch.arange(LONGEST) / STEPS * (60 * PER_SECOND / tempi)[..., None]
            heard = (at < FRAMES - 1).float()
            place = at.clamp(max=FRAMES - 2)
            low = place.floor().long()
            part = (place - low)[:, None]
            low = low.reshape(rows.shape[0], 1, -1).expand(-1, BANDS, -1)
            shape = (rows.shape[0], BANDS, count, LONGEST)
            read = rows.gather(2, low).reshape(shape) * (1 - part) + rows.gather(2, low + 1).reshape(shape) * part
            x = torch.log1p(read * heard[:, None]).transpose(1, 2).reshape(-1, BANDS, LONGEST)
            inside = heard.reshape(-1, 1, LONGEST)[..., ::3]
            x = F.gelu(self.norms[0](self.near(x))) * inside
            for conv, norm in ((self.beats, self.norms[1]), (self.bar, self.norms[2]), (self.bars, self.norms[3])):
                new = F.gelu(norm(conv(x)))
                x = (new + x if new.shape == x.shape else new) * inside
            mean = x.sum(2) / inside.sum(2)
            tempo = torch.log2(tempi / 100).reshape(-1, 1)
            x = self.drop(torch.cat([mean, x.amax(2), tempo], 1))
            return self.two(F.gelu(self.one(x))).reshape(-1, count)

    return Pulse()


def choices(rng, bpm):
    """The tempo itself first, then wrong ones: mistaken multiples where the judge would listen for them, and others."""
    some = [*WRONG[:SURE], *rng.permutation(WRONG[SURE:])[: ASKED - SURE]]
    found = [bpm * w * rng.uniform(0.985, 1.015) for w in some]
    found = [t for t in found if TEMPI[0] <= t <= TEMPI[-1]]
    while len(found) < ASKED:
        other = np.exp(rng.uniform(np.log(TEMPI[0]), np.log(TEMPI[-1])))
        if abs(other / bpm - 1) > 0.05:
            found.append(other)
    return [bpm * rng.uniform(0.99, 1.01), *found]


def excerpt(rng, rows, last):
    """Some of the frames of a piece, without its last chord."""
    start = rng.integers(0, max(1, int((last - SECONDS) * PER_SECOND)))
    return rows[:, start : start + FRAMES]


def train(rows, bpm, last, epochs, bf16):
    import torch
    from torch.nn import functional as F

    torch.manual_seed(0)
    rng, net, began = np.random.default_rng(0), network(), time.monotonic()
    optimizer = torch.optim.AdamW(net.parameters(), 2e-3, weight_decay=0.05)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 2e-3, total_steps=epochs * (len(rows) // 16))
    for epoch in range(epochs):
        total, order = 0.0, rng.permutation(len(rows))
        for at in range(0, len(order) - 15, 16):
            index = order[at : at + 16]
            tempi = torch.tensor(np.array([choices(rng, bpm[k]) for k in index]), dtype=torch.float32)
            # Mixes differ: each band is louder or softer, a rare one is missing.
            gain = np.exp(rng.normal(0, 0.4, (16, BANDS, 1))) * (rng.random((16, BANDS, 1)) > 0.05)
            some = np.stack([excerpt(rng, rows[k], last[k]) for k in index])
            x = torch.from_numpy((some * gain).astype(np.float32))
            with torch.autocast("cpu", torch.bfloat16, enabled=bf16):
                scores = net(x, tempi)
            loss = F.cross_entropy(scores.float(), torch.zeros(16, dtype=torch.long))
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
            total += float(loss.detach()) * 16
        print(f"epoch {epoch + 1} loss {total / len(order):.3f}, {time.monotonic() - began:.0f} s", flush=True)
    return net.eval()


def best(scores):
    """Beats per minute of the best tempo: scores are added over neighbours, since a hundredth is less than what a player is off."""
    smooth = np.convolve(np.pad(scores, 1, mode="edge"), [0.5, 1, 0.5], "valid")
    top = int(smooth.argmax())
    near = slice(max(0, top - 2), top + 3)
    weights = np.exp(scores[near] - scores[near].max())
    return float(np.exp((np.log(TEMPI[near]) * weights).sum() / weights.sum()))


def log_shares(scores):
    """Logarithms of the shares, so that all excerpts weigh alike."""
    top = scores.max()
    return scores - top - np.log(np.exp(scores - top).sum())


class Pulse:
    """Hears the tempo of a recording."""

    def __init__(self, path=HERE / "pulse.onnx"):
        import onnxruntime

        self.session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])

    def of(self, rows):
        """Beats per minute of envelopes [bands, frames]: the scores of excerpts are added."""
        end = max(0, rows.shape[1] - int(LAST * PER_SECOND) - FRAMES)
        some = [rows[:, at : at + FRAMES] for at in range(0, end + 1, int(APART * PER_SECOND))]
        scores = sum(log_shares(self.scores(one)) for one in some)
        return best(scores / len(some))

    def scores(self, rows):
        return self.session.run(None, {"rows": rows[None].astype(np.float32), "tempi": TEMPI[None].astype(np.float32)})[0][0]

    def tempo(self, sound, rate):
        """Beats per minute."""
        return self.of(envelopes(resample_poly(sound.mean(1), RATE, rate)))


def main():
    import torch

    p = argparse.ArgumentParser()
    p.add_argument("--out", type=Path, default=HERE / "pulse.onnx")
    p.add_argument("--work", type=Path, required=True)
    p.add_argument("--bank", type=Path, default=PACKAGE / "bank.sf3")
    p.add_argument("--pieces", type=int, default=4500)
    p.add_argument("--epochs", type=int, default=16)
    p.add_argument("--workers", type=int, default=2)
    p.add_argument("--bf16", action="store_true", help="pays on a processor with AVX-512 BF16 or AMX only")
    a = p.parse_args()
    a.work.mkdir(parents=True, exist_ok=True)
    rows, bpm, last = material(a.pieces, a.work, a.bank, a.workers)
    long = last >= SECONDS
    rows, bpm, last = rows[long], bpm[long], last[long]
    torch.set_num_threads(a.workers)
    held = len(rows) // 10
    net = train(rows[held:], bpm[held:], last[held:], a.epochs, a.bf16)
    example = torch.from_numpy(rows[:1, :, :FRAMES].astype(np.float32)), torch.from_numpy(TEMPI[None].astype(np.float32))
    torch.onnx.export(net, example, str(a.out), input_names=["rows", "tempi"], output_names=["scores"], opset_version=17, dynamo=False)
    judge = Pulse(a.out)
    # As if the last chord rang for as long as the engine's may; what is after the piece is silent.
    heard = [np.pad(x[:, : int(end * PER_SECOND)], ((0, 0), (0, int(LAST * PER_SECOND)))) for x, end in zip(rows[:held], last[:held])]
    good = [abs(judge.of(x) / truth - 1) <= 0.04 for x, truth in zip(heard, bpm[:held])]
    report = {"pieces": len(rows), "held_out": held, "within 4 %": round(float(np.mean(good)), 4)}
    a.out.with_suffix(".json").write_text(json.dumps(report) + "\n")
    print(json.dumps(report))


if __name__ == "__main__":
    main()
