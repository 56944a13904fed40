"""An ear that names the instrument of a stem: trained on solos of random notes that fluidsynth plays with the bank, so it knows sounds and
no music of ours.

    python ear.py --out ear.onnx --work FOLDER [--solos 40] [--minutes 12]

Needs fluidsynth, torch, onnx, onnxruntime, numpy, scipy and soundfile. Nothing of the corpus or of the score model is used.
"""

import argparse
import json
from pathlib import Path

import numpy as np
from scipy.signal import resample_poly, stft

from songs import PITCHED, RATE, solos
from vocabulary import PACKAGE

HERE = Path(__file__).resolve().parent
WINDOW, HOP, BANDS, FRAMES = 2048, 512, 96, 129  # three seconds a window
SHARE = 7  # windows of a song
LABELS = ["drums", *PITCHED]


def bands():
    """Triangles from 40 Hz to 10 kHz, each a share of an octave wide."""
    edges = np.geomspace(40, 10_000, BANDS + 2)
    hertz = np.fft.rfftfreq(WINDOW, 1 / RATE)
    up = (hertz[None] - edges[:-2, None]) / (edges[1:-1] - edges[:-2])[:, None]
    down = (edges[2:, None] - hertz[None]) / (edges[2:] - edges[1:-1])[:, None]
    table = np.maximum(0, np.minimum(up, down))
    # The lowest triangles are narrower than a bin; they get the nearest one.
    for row, centre in zip(table, edges[1:-1]):
        if row.sum() == 0:
            row[np.argmin(np.abs(hertz - centre))] = 1
    return (table / table.sum(1, keepdims=True)).astype(np.float32)


TABLE = bands()


def picture(mono):
    """Loudness of each band [BANDS, frames], relative to the loud parts."""
    z = np.abs(stft(mono, RATE, nperseg=WINDOW, noverlap=WINDOW - HOP)[2]).astype(np.float32)
    level = np.log10(TABLE @ z + 1e-6)
    return np.clip((level - np.quantile(level, 0.98)) / 2 + 1, -1, 1.5)


def windows(level, step=FRAMES):
    return [level[:, k : k + FRAMES] for k in range(0, level.shape[1] - FRAMES + 1, step)]


def material(count, seed, work, bank):
    """Pictures [windows, BANDS, FRAMES] and labels [windows] of so many solos of each; the SHARE windows of one follow each other. Kept in `work`."""
    kept = work / f"solos{seed}-{count}.npz"
    if not kept.exists():
        names = LABELS * count
        pictures, labels = [], []
        for sound, name in zip(solos(names, seed, work, bank), names):
            pictures += [w.astype(np.float16) for w in windows(picture(sound))[:SHARE]]
            labels += [LABELS.index(name)] * SHARE
        np.savez(kept, pictures=np.stack(pictures), labels=np.array(labels))
    found = np.load(kept)
    return found["pictures"], found["labels"]


def network():
    import torch
    from torch import nn
    from torch.nn import functional as F

    def block(a, b):
        return nn.Sequential(nn.Conv2d(a, b, 3, padding=1), nn.BatchNorm2d(b), nn.ReLU(), nn.MaxPool2d(2))

    class Ear(nn.Module):
        def __init__(self):
            super().__init__()
            self.body = nn.Sequential(block(2, 24), block(24, 48), block(48, 96))
            self.mix = nn.Sequential(nn.Linear(96 * (BANDS // 8), 256), nn.ReLU(), nn.Dropout(0.3))
            self.out = nn.Linear(256, len(LABELS))

        def forward(self, x):
            # A tenth of a second at a time: how loud it is, and how fast it rose.
            x = x[:, None]
            rise = x[:, :, :, 1:] - x[:, :, :, :-1]
            x = torch.cat([F.avg_pool2d(x[:, :, :, 1:], (1, 4)), F.max_pool2d(rise, (1, 4))], 1)
            h = self.body(x)  # [windows, 96, BANDS / 8, 4]
            h = self.mix(h.permute(0, 3, 1, 2).flatten(2))
            return self.out(torch.logsumexp(4 * h, 1) / 4)

    return Ear()


def train(pictures, labels, minutes):
    import time

    import torch
    from torch.nn import functional as F

    torch.manual_seed(0)
    net, start, rng = network(), time.monotonic(), np.random.default_rng(0)
    optimizer = torch.optim.AdamW(net.parameters(), 2e-3, weight_decay=0.01)
    done = 0.0
    while done < 1:
        total, order = 0.0, rng.permutation(len(pictures))
        for at in range(0, len(order) - 31, 32):
            done = (time.monotonic() - start) / (60 * minutes)
            for group in optimizer.param_groups:
                group["lr"] = 2e-3 * 0.5 * (1 + np.cos(np.pi * min(1, done)))
            index = order[at : at + 32]
            x = torch.from_numpy(pictures[index].astype(np.float32))
            # Another loudness and another tone of the room.
            x = x + 0.1 * torch.randn(len(x), 1, 1) + torch.linspace(-0.5, 0.5, BANDS)[None, :, None] * 0.4 * torch.randn(len(x), 1, 1)
            loss = F.cross_entropy(net(x), torch.from_numpy(labels[index]), label_smoothing=0.05)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += float(loss.detach()) * 32
            if done >= 1:
                break
        print(f"{time.monotonic() - start:.0f} s loss {total / len(order):.4f}", flush=True)
    return net.eval()


def export(net, out):
    import torch

    torch.onnx.export(
        net, (torch.zeros(2, BANDS, FRAMES),), str(out), input_names=["picture"], output_names=["logits"], opset_version=17, dynamo=False,
        dynamic_axes={"picture": {0: "n"}, "logits": {0: "n"}},
    )  # fmt: skip


class Ear:
    def __init__(self, path=HERE / "ear.onnx"):
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self.session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])

    def scores(self, pictures):
        """log of the probability of each label, over all windows."""
        logits = self.session.run(None, {"picture": pictures.astype(np.float32)})[0]
        peak = logits.max(1, keepdims=True)
        return (logits - peak - np.log(np.exp(logits - peak).sum(1, keepdims=True))).mean(0)

    def name(self, sound, rate):
        """What a recording of one instrument sounds like; silence is nothing."""
        mono = resample_poly(sound.mean(1), RATE, rate)
        level = picture(mono)
        some = windows(level, FRAMES // 2)
        # Where it rests, there is nothing to hear.
        loud = [w for w in some if w.max() > 0.3]
        return LABELS[int(self.scores(np.stack(loud)).argmax())] if loud else None


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--out", type=Path, default=HERE / "ear.onnx")
    p.add_argument("--work", type=Path, required=True)
    p.add_argument("--bank", type=Path, default=PACKAGE / "bank.sf3")
    p.add_argument("--solos", type=int, default=40, help="of each instrument")
    p.add_argument("--others", type=int, default=6, help="of each, that only measure")
    p.add_argument("--minutes", type=float, default=12)
    a = p.parse_args()
    a.work.mkdir(parents=True, exist_ok=True)
    pictures, labels = material(a.solos, 1, a.work, a.bank)
    export(train(pictures, labels, a.minutes), a.out)
    ear = Ear(a.out)
    pictures, labels = material(a.others, 2, a.work, a.bank)
    mistakes, right = {}, 0
    for at in range(0, len(pictures), SHARE):
        heard, truth = LABELS[int(ear.scores(pictures[at : at + SHARE]).argmax())], LABELS[labels[at]]
        right += heard == truth
        if heard != truth:
            mistakes[f"{truth} for {heard}"] = mistakes.get(f"{truth} for {heard}", 0) + 1
    report = {"held_out": len(pictures) // SHARE, "right": round(right * SHARE / len(pictures), 4), "mistakes": mistakes}
    a.out.with_suffix(".json").write_text(json.dumps(report, indent=1) + "\n")
    print(json.dumps(report))


if __name__ == "__main__":
    main()
