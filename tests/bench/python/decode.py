"""Decodes a row of tokens with onnxruntime, as the engine does: FOLDER TOKENS → tokens per second of processor time."""

import json
import sys
import time
from pathlib import Path

import numpy as np
import onnxruntime

GROWTH = 128

folder, tokens = Path(sys.argv[1]), int(sys.argv[2])
model = json.loads((folder / "vocab.json").read_text())["model"]
options = onnxruntime.SessionOptions()
options.intra_op_num_threads = options.inter_op_num_threads = 1
session = onnxruntime.InferenceSession(str(folder / "score.onnx"), options, providers=["CPUExecutionProvider"])
names = [f"past_{kind}_{layer}" for layer in range(model["layers"]) for kind in "kv"]


def row(count):
    shape = (model["kv_heads"], GROWTH, model["head_dim"])
    mask, cache = np.zeros((1, 0), np.float32), [np.zeros((shape[0], 0, shape[2]), np.float32) for _ in names]
    for at in range(count):
        if at == mask.shape[1]:
            mask = np.concatenate([mask, np.full((1, GROWTH), -1e9, np.float32)], 1)
            cache = [np.concatenate([old, np.zeros(shape, np.float32)], 1) for old in cache]
        feeds = {"token": np.array([[at % 256]]), "position": np.array([at]), "mask": mask, **dict(zip(names, cache))}
        _, *new = session.run(None, feeds)
        for old, slot in zip(cache, new):
            old[:, at : at + 1] = slot
        mask[0, at] = 0


row(32)
start = time.process_time()
row(tokens)
print(tokens / (time.process_time() - start))
