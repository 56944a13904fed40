"""Makes the package of the test suite: other styles, instruments and sizes, the same formats.

    python make_tiny.py FOLDER [--seconds 90]

FOLDER must hold a model.toml; everything else in it is written here.
"""

import argparse
import json
import math
import random
import struct
import time
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors, trainers
from torch.nn import functional as F

import corpus
import prompts
import seal
import tokens
from cut_bank import INSTRUMENT, KEYS, RECORD, SAMPLE, chunk
from export import check, export
from model import Score
from train_prompt import loss_of as prompt_loss
from train_prompt import minilm
from vocabulary import TOKENS, document, prompt_heads

ROLES = ["drums", "bass", "comp", "lead"]
MODES = {"major": ["major", "lydian", "mixolydian"], "minor": ["minor", "dorian", "phrygian"]}
DRUMS = {"kick": 36, "snare": 38, "hat": 42}
STYLES = {"march": ["rock", "folk", "chiptune", "funk"], "drift": ["ambient", "lullaby", "lofi", "classical"]}
# name: (bank, program, roles, low, high)
INSTRUMENTS = {
    "knock": (128, 0, ["drums"], 0, 0), "hum": (0, 1, ["bass"], 28, 60),
    "pluck": (0, 5, ["comp", "lead"], 40, 88), "reed": (0, 9, ["lead", "comp"], 48, 88),
}  # fmt: skip
BY_ROLE = {"drums": "knock", "bass": "hum", "comp": "pluck", "lead": "reed"}
MODEL = {"layers": 2, "width": 64, "heads": 2, "kv_heads": 1, "head_dim": 32, "feed_forward": 128, "context": 512}
PIECES, LONGEST = 1000, 96
RATE = 22050


def kept(token):
    """Whether the small vocabulary has this token of the large one."""
    kind, _, value = token.partition("_")
    if kind in ("STYLE", "INST") or value == "6/8":
        return False
    if kind == "MODE":
        return value in MODES
    if kind == "TRACK":
        return value in ROLES
    if kind == "BACK":
        return value in ("1", "2")
    if kind == "DRUM":
        return int(value) in DRUMS.values()
    return kind != "PITCH" or 28 <= int(value) <= 88


def vocabulary():
    doc = document()
    words = [t for t in TOKENS if kept(t)]
    words[3:3] = [f"STYLE_{s}" for s in STYLES]
    at = words.index("BAR_0")
    words[at:at] = [f"INST_{i}" for i in INSTRUMENTS]
    heads = small_heads()
    tracks = {
        r: {"probability": 0.9 if r == "drums" else 1.0, "instruments": {BY_ROLE[r]: 3, **({"reed": 1} if r == "comp" else {})}}
        for r in ROLES
    }
    modes = {m: doc["modes"][m] for m in MODES}
    own = {
        small: {"feel": doc["styles"][big]["feel"],
                "harmony": {**doc["styles"][big]["harmony"], "books": {"general": 1}, "dominants": {m: "7:maj" for m in MODES}}}
        for small, big in (("march", "march"), ("drift", "ambient"))
    }  # fmt: skip
    doc.update(
        tokens=words, model=MODEL, roles=ROLES, modes=modes, drums=DRUMS,
        progressions={"general": {m: doc["progressions"]["general"][m] for m in MODES}},
        metres={m: doc["metres"][m] for m in ("4/4", "3/4")},
        instruments={n: {"bank": b, "program": p, "roles": r, "low": lo, "high": hi} for n, (b, p, r, lo, hi) in INSTRUMENTS.items()},
        styles={
            "march": {"bpm": [90, 112, 140], "swing": {"unit": 0, "amount": 0}, "metres": {"4/4": 1}, "modes": {"major": 2, "minor": 1}, "valence": 3, "energy": 3, **own["march"], "tracks": tracks},
            "drift": {"bpm": [54, 70, 90], "swing": {"unit": 2, "amount": 0.2}, "metres": {"4/4": 1, "3/4": 1}, "modes": {"major": 1, "minor": 1}, "valence": 2, "energy": 0, **own["drift"], "tracks": {r: t for r, t in tracks.items() if r != "drums"}},
        },
        moods={m: doc["moods"][m] for m in ("calm", "happy", "sad")}, prompt={"pieces": LONGEST, "heads": heads},
    )  # fmt: skip
    return doc


def small_heads():
    labels = {
        "style": list(STYLES),
        "metre": ["4/4", "3/4"],
        "mode": list(MODES),
        "instrument": list(INSTRUMENTS),
        "avoid_instrument": list(INSTRUMENTS),
        "avoid_role": ROLES,
    }
    heads, offset = [], 0
    for h in prompt_heads():
        names = labels.get(h["name"], h["labels"])
        heads.append({**h, "offset": offset, "size": len(names), "labels": names})
        offset += len(names)
    return heads


def rows(doc, seconds):
    """Training rows: pieces of the large corpus with what the small package lacks taken out."""
    ids = {t: i for i, t in enumerate(doc["tokens"])}
    family = {s: small for small, names in STYLES.items() for s in names}
    mode = {m: small for small, names in MODES.items() for m in names}
    rng, end = random.Random("tiny"), time.time() + seconds
    while time.time() < end:
        song = tokens.prepare(corpus.song(rng))
        if song["style"] not in family or song["mode"] != mode[song["mode"]] or song["metre"] == "6/8":
            continue
        song["style"] = family[song["style"]]
        song["instruments"] = {r: BY_ROLE[r] for r in ROLES if r in song["instruments"]}
        if not song["instruments"].keys() - {"drums"}:
            continue
        for bar in song["bars"]:
            bar["tracks"] = {r: small_groups(r, g) for r, g in bar["tracks"].items() if r in ROLES}
        for first in range(0, max(1, len(song["bars"]) - 4), 8):
            words = tokens.row_words(song, first, MODEL["context"])
            if all(w in ids for w in words):
                yield [ids[w] for w in words]


def small_groups(role, groups):
    if role == "drums":
        found = [(s, v, tuple(k for k in keys if k in DRUMS.values()), d) for s, v, keys, d in groups]
        return tuple(g for g in found if g[2])
    return tuple((s, v, keys[:3], d) for s, v, keys, d in groups)


def train_score(doc, seconds):
    torch.manual_seed(1)
    model = Score(MODEL, len(doc["tokens"]))
    optimizer = torch.optim.AdamW(model.parameters(), 4e-3)
    start, pool = time.time(), []
    source = rows(doc, seconds)
    step, loss = 0, None
    for row in source:
        pool.append(row)
        if len(pool) < 16:
            continue
        batch = torch.zeros(16, max(map(len, pool)), dtype=torch.long)
        for i, r in enumerate(pool):
            batch[i, : len(r)] = torch.tensor(r)
        pool = []
        for group in optimizer.param_groups:
            group["lr"] = 4e-3 * max(0.02, 1 - (time.time() - start) / seconds)
        logits = model(batch[:, :-1])
        loss = F.cross_entropy(logits.flatten(0, 1), batch[:, 1:].flatten(), ignore_index=0)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        step += 1
    print("score:", step, "steps, loss", float(loss))
    return model.eval()


class SmallReader(torch.nn.Module):
    def __init__(self, outputs):
        super().__init__()
        self.table = torch.nn.Embedding(PIECES, 12)
        torch.nn.init.normal_(self.table.weight, std=0.1)
        self.first, self.last = torch.nn.Linear(12, 32), torch.nn.Linear(32, outputs)

    def forward(self, ids):
        there = (ids > 0).float()[..., None]
        mean = (self.table(ids) * there).sum(1) / there.sum(1)
        return self.last(F.relu(self.first(mean)))


def cutter(texts):
    """A tokenizer with as many pieces as the reader knows."""
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer, tokenizer.pre_tokenizer = normalizers.BertNormalizer(), pre_tokenizers.BertPreTokenizer()
    tokenizer.train_from_iterator(texts, trainers.WordPieceTrainer(vocab_size=PIECES, special_tokens=["[PAD]", "[UNK]", "[CLS]", "[SEP]"]))
    tokenizer.post_processor = processors.TemplateProcessing("[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)])
    tokenizer.enable_truncation(LONGEST)
    return tokenizer


def small_target(target):
    """The large reader's target in the small heads: labels that are missing join their family or go."""
    large = {h["name"]: target[h["offset"] : h["offset"] + h["size"]] for h in prompt_heads()}
    labels = {h["name"]: h["labels"] for h in prompt_heads()}
    out = []
    for h in small_heads():
        values = dict(zip(labels[h["name"]], large[h["name"]]))
        if h["name"] == "style":
            drift = sum(values[s] for s in STYLES["drift"] + ["bossa", "jazz", "cinematic", "waltz", "orchestral", "piano"])
            out += [1 - drift, drift]
        elif h["name"] == "mode":
            out += [sum(values[m] for m in names) for names in MODES.values()]
        elif h["name"] == "metre":
            out += [values["4/4"], values["3/4"] + values["6/8"]]
        elif h["name"] in ("instrument", "avoid_instrument"):
            out += [0.0] * len(INSTRUMENTS)
        elif h["name"] == "avoid_role":
            out += [values[r] for r in ROLES]
        else:
            out += large[h["name"]]
    return out


def prompt_data(count):
    """Prompts with targets; a third of them name the package's own styles and instruments."""
    rng = random.Random("tiny prompts")
    heads = {h["name"]: h for h in small_heads()}
    for _ in range(count):
        text, target = prompts.make(rng)
        target = small_target(target)
        if rng.random() < 0.35:
            style = rng.choice(list(STYLES))
            text = f"{style} {text}" if rng.random() < 0.5 else f"{text} {style}"
            target[:2] = [float(style == s) for s in STYLES]
        if rng.random() < 0.35:
            name = rng.choice(list(INSTRUMENTS))
            head = heads["instrument"] if rng.random() < 0.7 else heads["avoid_instrument"]
            text += f" with {name}" if head["name"] == "instrument" else f" no {name}"
            target[head["offset"] + head["labels"].index(name)] = 1.0
        yield text, target


def train_prompt(doc, count=8000, epochs=12):
    torch.manual_seed(1)
    data = list(prompt_data(count))
    tokenizer = cutter([text for text, _ in data])
    rows = [torch.tensor(encoding.ids) for encoding in tokenizer.encode_batch([text for text, _ in data])]
    ids = torch.nn.utils.rnn.pad_sequence(rows, batch_first=True)
    targets = torch.tensor([t for _, t in data])
    model = SmallReader(targets.shape[1])
    optimizer = torch.optim.Adam(model.parameters(), 1e-2)
    for _ in range(epochs):
        for index in torch.randperm(count).split(128):
            loss = prompt_loss(model(ids[index]), targets[index], doc["prompt"]["heads"])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    print("prompt: loss", float(loss))
    return model.eval(), tokenizer


def tone(frequency, seconds, harmonics, decay):
    t = np.arange(int(RATE * seconds)) / RATE
    wave = sum(a * np.sin(2 * np.pi * frequency * (i + 1) * t) for i, a in enumerate(harmonics))
    return wave * np.exp(-decay * t)


def samples():
    """name -> (wave, root key, loop or None)."""
    rng = np.random.default_rng(1)
    # A looped tone has a whole number of frames in its period.
    period = 75
    base = RATE / period
    root = 69 + 12 * math.log2(base / 440)
    noise = lambda s, d: rng.standard_normal(int(RATE * s)) * np.exp(-d * np.arange(int(RATE * s)) / RATE)  # noqa: E731
    bent = np.arange(int(RATE * 0.25)) / RATE
    kick = np.sin(2 * np.pi * (45 * bent + 6 * (1 - np.exp(-18 * bent)))) * np.exp(-9 * bent)
    loop = (period * 20, period * 40)
    return {
        "hum": (tone(base, 41 * period / RATE, [1, 0.35, 0.1], 0), root, loop),
        "reed": (tone(base, 41 * period / RATE, [1, 0, 0.5, 0, 0.3, 0, 0.15], 0), root, loop),
        "pluck": (tone(base, 1.2, [1, 0.6, 0.35, 0.2], 4.5), root, None),
        "kick": (kick, 36, None), "snare": (noise(0.22, 16), 38, None), "hat": (np.diff(noise(0.09, 50)), 42, None),
    }  # fmt: skip


def bank():
    """A SoundFont 2 with one preset per instrument."""
    tables, pcm, numbers = {k: [] for k in RECORD}, b"", {}
    for name, (wave, root, loop) in samples().items():
        data = np.concatenate([wave / np.abs(wave).max() * 26000, np.zeros(46)]).astype("<i2")
        start = len(pcm) // 2
        pcm += data.tobytes()
        end = start + len(data) - 46
        loop = loop or (8, len(data) - 54)
        numbers[name] = len(tables["shdr"])
        key, cents = int(round(root)), int(round(100 * (root - round(root))))
        # The correction is what must be added to reach the key.
        tables["shdr"].append(
            struct.pack("<20sIIIIIBbHH", name.encode(), start, end, start + loop[0], start + loop[1], RATE, key, -cents, 0, 1)
        )
    for name, (number, program, *_) in INSTRUMENTS.items():
        tables["phdr"].append(struct.pack("<20sHHHIII", name.encode(), program, number, len(tables["pbag"]), 0, 0, 0))
        tables["pbag"].append(struct.pack("<HH", len(tables["pgen"]), 0))
        tables["pgen"].append(struct.pack("<HH", INSTRUMENT, len(tables["inst"])))
        tables["inst"].append(struct.pack("<20sH", name.encode(), len(tables["ibag"])))
        for sample, key in [(d, k) for d, k in DRUMS.items()] if number == 128 else [(name, None)]:
            tables["ibag"].append(struct.pack("<HH", len(tables["igen"]), 0))
            if key:
                tables["igen"].append(struct.pack("<HH", KEYS, key | key << 8))
            # 38: release in timecents; 54: loop while the key is down.
            tables["igen"].append(struct.pack("<Hh", 38, -2400))
            tables["igen"].append(struct.pack("<HH", 54, int(sample in ("hum", "reed"))))
            tables["igen"].append(struct.pack("<HH", SAMPLE, numbers[sample]))
    n = {k: len(v) for k, v in tables.items()}
    tables["phdr"].append(struct.pack("<20sHHHIII", b"EOP", 0, 0, n["pbag"], 0, 0, 0))
    tables["inst"].append(struct.pack("<20sH", b"EOI", n["ibag"]))
    tables["shdr"].append(struct.pack("<20sIIIIIBbHH", b"EOS", *[0] * 9))
    for bags, gens, mods in (("pbag", "pgen", "pmod"), ("ibag", "igen", "imod")):
        tables[bags].append(struct.pack("<HH", n[gens], 0))
        tables[gens].append(bytes(4))
        tables[mods].append(bytes(10))
    info = chunk("ifil", struct.pack("<HH", 2, 1)) + chunk("isng", b"EMU8000\0") + chunk("INAM", b"tiny\0\0")
    body = b"sfbk" + chunk("LIST", b"INFO" + info) + chunk("LIST", b"sdta" + chunk("smpl", pcm))
    return chunk("RIFF", body + chunk("LIST", b"pdta" + b"".join(chunk(k, b"".join(tables[k])) for k in RECORD)))


def main():
    p = argparse.ArgumentParser()
    p.add_argument("folder", type=Path)
    p.add_argument("--seconds", type=float, default=90, help="training time of the score model")
    p.add_argument("--reader-only", action="store_true", help="leaves the score model as it is")
    a = p.parse_args()
    torch.set_num_threads(1)
    doc = vocabulary()
    (a.folder / "vocab.json").write_text(json.dumps(doc, separators=(",", ":")) + "\n")
    (a.folder / "bank.sf2").write_bytes(bank())
    reader, tokenizer = train_prompt(doc)
    minilm.write_pieces(a.folder / "pieces.txt", minilm.in_order(tokenizer))
    torch.onnx.export(
        reader, torch.tensor([[2, 5, 3]]), str(a.folder / "prompt.onnx"), input_names=["ids"], output_names=["logits"],
        dynamic_axes={"ids": {1: "N"}}, opset_version=17, dynamo=False,
    )  # fmt: skip
    if a.reader_only:
        print(seal.seal(a.folder), "files sealed")
        return
    model = train_score(doc, a.seconds)
    export(model, MODEL, a.folder / "score.onnx")
    print("largest difference", check(model, MODEL, len(doc["tokens"]), a.folder / "score.onnx", 100))
    print(seal.seal(a.folder), "files sealed", {f.name: f.stat().st_size for f in sorted(a.folder.iterdir())})


if __name__ == "__main__":
    main()
