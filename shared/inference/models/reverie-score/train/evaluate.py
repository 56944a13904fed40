"""Samples from score.onnx under the grammar and measures whether the music does what the header asks for.

python evaluate.py [--score score.onnx] [--pieces 32] [--midi FOLDER] [--report metrics.json]

`vocabulary.py` must be the one that the model was trained with.
"""

import argparse
import json
import random
import time
from pathlib import Path

import numpy as np

import corpus
import midi
import tokens
from export import Session
from vocabulary import ID, METRES, MODEL, MODES, PACKAGE, SAMPLING, STYLES, VELOCITIES

HERE = Path(__file__).resolve().parent


def draw(rng, logits, allowed):
    """One token by temperature and top-p among the allowed ones, and the model's own probability of those."""
    z = np.exp(logits - logits.max())
    legal = float(z[allowed].sum() / z.sum())
    x = logits[allowed] / SAMPLING["temperature"]
    p = np.exp(x - x.max())
    p /= p.sum()
    order = np.argsort(-p)
    keep = order[: int(np.searchsorted(np.cumsum(p[order]), SAMPLING["top_p"])) + 1]
    return allowed[rng.choice(keep, p=p[keep] / p[keep].sum())], legal


def write(session, song, bars, seed, scale=False):
    """Bars for a header: (song with bars, mean legal probability, tokens)."""
    rng = np.random.default_rng(seed)
    session.reset()
    form = corpus.form_of(bars, song["style"])
    grammar = tokens.Grammar(song, form, set(MODES[song["mode"]]) if scale else None)
    for word in tokens.header(song):
        logits = session.feed(ID[word])
    legal, count, token = 0.0, 0, None
    while grammar.state != "end" and session.at < MODEL["context"] - 1:
        allowed = np.array(grammar.allowed())
        token, share = draw(rng, logits, allowed)
        if len(allowed) > 1:
            legal += share
            count += 1
        grammar.push(int(token))
        logits = session.feed(int(token))
    return {**song, "bars": grammar.bars[: len(grammar.plan)]}, legal / max(1, count), session.at


def header_of(rng, **fixed):
    """A header as the corpus draws them, with some fields set."""
    while True:
        song = corpus.attributes(rng)
        if all(song[k] == v for k, v in fixed.items() if k in ("style", "metre")):
            break
    song.update(fixed)
    song["steps"] = METRES[song["metre"]][0]
    song["instruments"] = corpus.choose_tracks(rng, song)
    return song


def measures(song):
    bars = song["bars"]
    notes, velocities, pitches, inside, drums = 0, [], [], [], 0
    scale = set(MODES[song["mode"]])
    for bar in bars:
        for role, groups in bar["tracks"].items():
            for _, velocity, keys, _ in groups:
                notes += len(keys)
                velocities.append(VELOCITIES[velocity])
                if role == "drums":
                    drums += len(keys)
                else:
                    inside += [k % 12 in scale for k in keys]
                    pitches += list(keys) if role == "lead" else []
    n = max(1, len(bars))
    return {"notes_per_bar": notes / n, "velocity": np.mean(velocities) if velocities else np.nan, "lead_pitch": np.mean(pitches) if pitches else np.nan,
            "in_scale": np.mean(inside) if inside else np.nan, "seconds_per_note": 60 / song["bpm"] * song["steps"] / 4 / max(1e-9, notes / n)}  # fmt: skip


def compare(session, field, values, seeds, bars=12):
    """Means of the measures with one header field at each of two values, everything else alike."""
    out = {}
    for value in values:
        rows = []
        for seed in seeds:
            song = header_of(random.Random(f"compare-{seed}"))
            song[field] = value
            rows.append(measures(write(session, song, bars, seed)[0]))
        out[str(value)] = {
            k: round(float(np.nanmean([r[k] for r in rows])), 3) for k in ("notes_per_bar", "velocity", "lead_pitch")
        }
    return out


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--pieces", type=int, default=32)
    p.add_argument("--seeds", type=int, default=10, help="pieces per value of a comparison")
    p.add_argument("--score", type=Path, default=PACKAGE / "score.onnx")
    p.add_argument("--midi", type=Path)
    p.add_argument("--report", type=Path, default=HERE / "metrics.json")
    a = p.parse_args()
    session = Session(a.score, MODEL)
    rows, legal, total, start = [], [], 0, time.time()
    for i in range(a.pieces):
        style = list(STYLES)[i % len(STYLES)]
        song = header_of(random.Random(f"evaluate-{i}"), style=style)
        song, share, count = write(session, song, 16, i)
        rows.append(measures(song))
        legal.append(share)
        total += count
        if a.midi:
            a.midi.mkdir(parents=True, exist_ok=True)
            midi.write(song, a.midi / f"{i:02}-{style}.mid")
    took = time.time() - start
    report = json.loads(a.report.read_text()) if a.report.exists() else {}
    report["sampling"] = {
        "pieces": a.pieces, "seeds_per_comparison": a.seeds, "bars": 16, **SAMPLING,
        "probability_of_legal_tokens": round(float(np.mean(legal)), 5),
        "in_scale_share_without_scale_constraint": round(float(np.nanmean([r["in_scale"] for r in rows])), 4),
        "tokens_per_piece": round(total / a.pieces, 1), "onnxruntime_tokens_per_second": round(total / took, 1),
        "density": compare(session, "density", (0, 3), range(a.seeds)),
        "energy": compare(session, "energy", (0, 4), range(a.seeds)),
        "valence": compare(session, "valence", (0, 4), range(a.seeds)),
    }  # fmt: skip
    a.report.write_text(json.dumps(report, indent=1, ensure_ascii=False) + "\n")
    print(json.dumps(report["sampling"], indent=1))


if __name__ == "__main__":
    main()
