"""A judge of tempo that says which of a tempo, its half and its double is the beat: trained on pieces whose tempo is known.

    python pulse.py --out pulse.onnx --work FOLDER [--pieces 4000]

The pieces are the corpus's, played by fluidsynth at random tempi, whatever is usual for their style (`known.py`): neither the engine's
music nor its player. A recording becomes the onsets of six bands and the changes of notes. For each tempo these are read with so many
steps a beat, so that a pattern looks the same at every tempo, and a small network says how well it looks.
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
BANDS = len(EDGES) - 1 + len(CHANGES)
TEMPI = np.geomspace(48, 200, 145)  # a hundredth apart
SLOWEST, FASTEST = 50, 190  # beats per minute of the pieces
SECONDS = 15
FRAMES = int(SECONDS * PER_SECOND)
STEPS = 12  # a beat: halves, thirds and quarters
LONGEST = int(SECONDS * TEMPI[-1] / 60) * STEPS
BATCH = 50  # pieces a call of fluidsynth
# What a beat is taken for by mistake, as factors; and neighbours that are too far off.
WRONG = [1 / 3, 1 / 2, 2 / 3, 3 / 4, 4 / 3, 3 / 2, 2, 3, 0.93, 1.07, 4 / 5, 5 / 4]


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


def envelopes(mono):
    """Onset strength of each band, and changes of notes, [bands, frames], of the first seconds; 1 on average where it sounds."""
    mono = np.pad(mono[: RATE * SECONDS], (0, max(0, RATE * SECONDS - len(mono))))
    z = np.abs(stft(mono, RATE, nperseg=WINDOW, noverlap=WINDOW - HOP)[2])
    level = np.log1p(200 * z)
    rise = np.maximum(0, level[:, 2:] - level[:, :-2])
    hertz = np.fft.rfftfreq(WINDOW, 1 / RATE)
    rows = [rise[(hertz >= low) & (hertz < high)].mean(0) for low, high in zip(EDGES, EDGES[1:])]
    slow = np.ones(172) / 172
    rows += list(changes(mono, rise.shape[1]))
    rows = np.stack([np.maximum(0, row - np.convolve(row, slow, "same")) for row in rows])[:, :FRAMES]
    # A band is as loud as it is beside the loudest: an empty one stays small.
    mean = rows.mean(1, keepdims=True)
    return rows / np.maximum(mean, 0.02 * mean.max() + 1e-6)


def played(part, bank):
    """(envelopes, tempi) of a batch of pieces."""
    from known import pieces

    found = [(envelopes(samples).astype(np.float16), truth["bpm"]) for samples, truth in pieces(BATCH, f"pulse-{part}", bank, tempi=(SLOWEST, FASTEST))]
    return np.stack([rows for rows, _ in found]), np.array([bpm for _, bpm in found])


def material(count, work, bank, workers):
    """Envelopes [pieces, bands, frames] and tempi of pieces; each part is kept in `work`."""
    parts = [part for part in range(count // BATCH) if not (work / f"pulse-{part}.npz").exists()]
    with ProcessPoolExecutor(workers) as pool:
        for part, (rows, bpm) in zip(parts, pool.map(played, parts, [bank] * len(parts))):
            np.savez(work / f"pulse-{part}.npz", rows=rows, bpm=bpm)
    kept = [np.load(work / f"pulse-{part}.npz") for part in range(count // BATCH)]
    return np.concatenate([part["rows"] for part in kept]), np.concatenate([part["bpm"] for part in kept])


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
    found = [bpm * w * rng.uniform(0.985, 1.015) for w in WRONG]
    found = [t for t in found if TEMPI[0] <= t <= TEMPI[-1]]
    while len(found) < len(WRONG):
        other = np.exp(rng.uniform(np.log(TEMPI[0]), np.log(TEMPI[-1])))
        if abs(other / bpm - 1) > 0.05:
            found.append(other)
    return [bpm * rng.uniform(0.99, 1.01), *found]


def train(rows, bpm, epochs):
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
            x = torch.from_numpy((rows[index] * gain).astype(np.float32))
            loss = F.cross_entropy(net(x, tempi), torch.zeros(16, dtype=torch.long))
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


class Pulse:
    """Hears the tempo of a recording."""

    def __init__(self, path=HERE / "pulse.onnx"):
        import onnxruntime

        self.session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])

    def of(self, rows):
        """Beats per minute of envelopes [bands, frames]."""
        return best(self.session.run(None, {"rows": rows[None].astype(np.float32), "tempi": TEMPI[None].astype(np.float32)})[0][0])

    def tempo(self, sound, rate):
        """Beats per minute."""
        return self.of(envelopes(resample_poly(sound.mean(1), RATE, rate)))


def main():
    import torch

    p = argparse.ArgumentParser()
    p.add_argument("--out", type=Path, default=HERE / "pulse.onnx")
    p.add_argument("--work", type=Path, required=True)
    p.add_argument("--bank", type=Path, default=PACKAGE / "bank.sf3")
    p.add_argument("--pieces", type=int, default=4000)
    p.add_argument("--epochs", type=int, default=20)
    p.add_argument("--workers", type=int, default=2)
    a = p.parse_args()
    a.work.mkdir(parents=True, exist_ok=True)
    rows, bpm = material(a.pieces, a.work, a.bank, a.workers)
    torch.set_num_threads(a.workers)
    held = len(rows) // 10
    net = train(rows[held:], bpm[held:], a.epochs)
    example = torch.from_numpy(rows[:1].astype(np.float32)), torch.from_numpy(TEMPI[None].astype(np.float32))
    torch.onnx.export(net, example, str(a.out), input_names=["rows", "tempi"], output_names=["scores"], opset_version=17, dynamo=False)
    judge = Pulse(a.out)
    good = [abs(judge.of(x) / truth - 1) <= 0.04 for x, truth in zip(rows[:held], bpm[:held])]
    report = {"pieces": len(rows), "held_out": held, "within 4 %": round(float(np.mean(good)), 4)}
    a.out.with_suffix(".json").write_text(json.dumps(report) + "\n")
    print(json.dumps(report))


if __name__ == "__main__":
    main()
