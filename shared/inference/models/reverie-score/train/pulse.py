"""A judge of tempo that says which of a tempo, its half and its double is the beat: trained on pieces whose tempo is known.

    python pulse.py --out pulse.onnx --work FOLDER [--pieces 3000]

The pieces are the corpus's, played by fluidsynth at random tempi, whatever is usual for their style (`known.py`): neither the engine's
music nor its player. A tempo is judged by how alike the onsets of six bands and the changes of notes are after so many beats, and how they answer each other.
Needs fluidsynth, torch, onnx, onnxruntime, numpy, scipy and soundfile.
"""

import argparse
import json
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
# Bands that answer each other, as kick and snare do, or the kick and the change of a chord.
PAIRS = [(0, 3), (0, 4), (1, 3), (0, 5), (3, 5), (0, 7), (6, 7), (3, 7)]
BEATS = [1 / 4, 1 / 3, 1 / 2, 2 / 3, 3 / 4, 1, 4 / 3, 3 / 2, 2, 5 / 2, 3, 4, 6, 8]
TEMPI = np.geomspace(48, 200, 145)  # a hundredth apart
SECONDS = 15
BATCH = 50  # pieces a call of fluidsynth


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
    """Onset strength of each band, and changes of notes, [bands, frames]."""
    z = np.abs(stft(mono, RATE, nperseg=WINDOW, noverlap=WINDOW - HOP)[2])
    level = np.log1p(200 * z)
    rise = np.maximum(0, level[:, 2:] - level[:, :-2])
    hertz = np.fft.rfftfreq(WINDOW, 1 / RATE)
    rows = [rise[(hertz >= low) & (hertz < high)].mean(0) for low, high in zip(EDGES, EDGES[1:])]
    slow = np.ones(172) / 172
    rows += list(changes(mono, rise.shape[1]))
    return np.stack([np.maximum(0, row - np.convolve(row, slow, "same")) for row in rows])


def likeness(bands):
    """Correlations [bands + pairs, lags] of the bands with themselves and with each other, 1 at most."""
    bands = bands - bands.mean(1, keepdims=True)
    frames = bands.shape[1]
    size = 1 << (2 * frames - 1).bit_length()
    spectra = np.fft.rfft(bands, size)
    power = np.sqrt((bands**2).sum(1)) + 1e-9
    rows = [(k, k) for k in range(len(bands))] + PAIRS
    lags = np.stack([np.fft.irfft(spectra[a].conj() * spectra[b], size)[:frames] / (power[a] * power[b]) for a, b in rows])
    # Fewer frames meet at a longer lag.
    return lags * (frames / np.maximum(frames - np.arange(frames), frames / 4))


def features(mono):
    """What speaks for each tempo, [tempi, features]."""
    lags = likeness(envelopes(mono))
    at = np.arange(lags.shape[1])
    wanted = 60 / TEMPI[:, None] * PER_SECOND * np.array(BEATS)[None]
    # The best of the lags within a hundredth, as players and windows are not exact.
    near = [np.stack([np.interp(wanted * f, at, row, right=0.0) for row in lags], 1) for f in (0.99, 1.0, 1.01)]
    table = np.maximum.reduce(near)  # [tempi, rows, beats]
    heard = 1.0 * (lags[: len(EDGES) - 1, 0] > 0.5)  # not the bands without a sound
    return np.concatenate([table.reshape(len(TEMPI), -1), np.tile(heard, (len(TEMPI), 1)), np.log2(TEMPI / 100)[:, None]], 1)


def played(part, bank):
    """(features, tempi) of a batch of pieces."""
    from known import pieces

    found = [(features(samples).astype(np.float16), truth["bpm"]) for samples, truth in pieces(BATCH, f"pulse-{part}", bank)]
    return np.stack([f for f, _ in found]), np.array([bpm for _, bpm in found])


def material(count, work, bank, workers):
    """Features [pieces, tempi, features] and tempi of pieces; kept in `work`."""
    kept = work / f"pulse-{count}.npz"
    if not kept.exists():
        parts = range(count // BATCH)
        with ProcessPoolExecutor(workers) as pool:
            rows = list(pool.map(played, parts, [bank] * len(parts)))
        np.savez(kept, features=np.concatenate([f for f, _ in rows]), bpm=np.concatenate([b for _, b in rows]))
    found = np.load(kept)
    return found["features"], found["bpm"]


def network(width):
    import torch
    from torch import nn

    class Pulse(nn.Module):
        """A score for each tempo by the same small network, and by what the others have."""

        def __init__(self):
            super().__init__()
            self.one = nn.Sequential(nn.Linear(width, 128), nn.ReLU(), nn.Dropout(0.3), nn.Linear(128, 64), nn.ReLU())
            self.two = nn.Sequential(nn.Linear(128, 48), nn.ReLU(), nn.Linear(48, 1))

        def forward(self, x):
            h = self.one(x)
            return self.two(torch.cat([h, h.amax(1, keepdim=True).expand_as(h)], -1))[..., 0]

    return Pulse()


def train(x, bpm, epochs):
    import torch

    torch.manual_seed(0)
    rng, net = np.random.default_rng(0), network(x.shape[2])
    target = np.exp(-0.5 * (np.log(TEMPI[None] / bpm[:, None]) / 0.012) ** 2)
    target = torch.from_numpy((target / target.sum(1, keepdims=True)).astype(np.float32))
    optimizer = torch.optim.AdamW(net.parameters(), 2e-3, weight_decay=0.02)
    steps = epochs * (len(x) // 32)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 3e-3, total_steps=steps)
    for epoch in range(epochs):
        total, order = 0.0, rng.permutation(len(x))
        for at in range(0, len(order) - 31, 32):
            index = order[at : at + 32]
            logits = net(torch.from_numpy(x[index].astype(np.float32)))
            loss = -(target[index] * torch.log_softmax(logits, 1)).sum(1).mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
            total += float(loss.detach()) * 32
        if epoch % 10 == 9:
            print(f"epoch {epoch + 1} loss {total / len(order):.3f}", flush=True)
    return net.eval()


class Pulse:
    """Hears the tempo of a recording."""

    def __init__(self, path=HERE / "pulse.onnx"):
        import onnxruntime

        self.session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])

    def tempo(self, sound, rate):
        """Beats per minute."""
        x = features(resample_poly(sound.mean(1), RATE, rate)[: RATE * SECONDS])
        logits = self.session.run(None, {"features": x[None].astype(np.float32)})[0][0]
        best = int(logits.argmax())
        near = slice(max(0, best - 2), best + 3)
        weights = np.exp(logits[near] - logits[best])
        return float(np.exp((np.log(TEMPI[near]) * weights).sum() / weights.sum()))


def right(logits, bpm):
    return np.abs(TEMPI[logits.argmax(1)] / bpm - 1) <= 0.04


def main():
    import torch

    p = argparse.ArgumentParser()
    p.add_argument("--out", type=Path, default=HERE / "pulse.onnx")
    p.add_argument("--work", type=Path, required=True)
    p.add_argument("--bank", type=Path, default=PACKAGE / "bank.sf3")
    p.add_argument("--pieces", type=int, default=3000)
    p.add_argument("--epochs", type=int, default=60)
    p.add_argument("--workers", type=int, default=2)
    a = p.parse_args()
    a.work.mkdir(parents=True, exist_ok=True)
    x, bpm = material(a.pieces, a.work, a.bank, a.workers)
    held = len(x) // 10
    net = train(x[held:], bpm[held:], a.epochs)
    torch.onnx.export(net, (torch.zeros(1, *x.shape[1:]),), str(a.out), input_names=["features"], output_names=["logits"], opset_version=17, dynamo=False)
    with torch.no_grad():
        good = right(net(torch.from_numpy(x[:held].astype(np.float32))).numpy(), bpm[:held])
    report = {"pieces": len(x), "held_out": held, "within 4 %": round(float(good.mean()), 4)}
    a.out.with_suffix(".json").write_text(json.dumps(report) + "\n")
    print(json.dumps(report))


if __name__ == "__main__":
    main()
