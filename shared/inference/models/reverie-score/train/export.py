"""Exports a checkpoint of the score model as score.onnx and checks it against the training form.

python export.py CHECKPOINT [--out FILE] [--config vocab.json]

Weights belong to one vocabulary: the `vocab.json` beside the checkpoint, if there is one, else the package's. The two files are
moved into a package together.
"""

import argparse
import json
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch

from model import Score, Stepper
from vocabulary import PACKAGE


def load(path, config):
    """The model of a checkpoint, which must have been trained with the tokens of `config`."""
    checkpoint = torch.load(path, map_location="cpu", weights_only=True)
    if checkpoint.get("tokens_list", config["tokens"]) != config["tokens"]:
        raise SystemExit("the checkpoint has other tokens than the configuration")
    score = Score(config["model"], len(config["tokens"]))
    score.load_state_dict(checkpoint["model"])
    return score.eval()


def export(score, model, out):
    layers, shape = model["layers"], (model["kv_heads"], 4, model["head_dim"])
    inputs, names, axes, outputs = [], [], {"mask": {1: "P"}}, ["logits"]
    for i in range(layers):
        for kind in "kv":
            inputs.append(torch.zeros(shape))
            names.append(f"past_{kind}_{i}")
            axes[names[-1]] = {1: "P"}
            outputs.append(f"new_{kind}_{i}")
    example = (torch.zeros(1, 1, dtype=torch.long), torch.zeros(1, dtype=torch.long), torch.zeros(1, 4), *inputs)
    torch.onnx.export(
        Stepper(score), example, str(out), input_names=["token", "position", "mask", *names], output_names=outputs,
        dynamic_axes=axes, opset_version=17, dynamo=False,
    )  # fmt: skip
    proto = onnx.load(str(out))
    onnx.checker.check_model(proto)
    proto.doc_string = ""
    for node in proto.graph.node:
        node.doc_string = ""
    onnx.save(proto, str(out))


class Session:
    """score.onnx with its cache, one token at a time: what an engine does."""

    def __init__(self, path, model, capacity=None):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.log_severity_level = 3
        self.ort = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        self.capacity = capacity or model["context"]
        self.layers = model["layers"]
        self.mask = np.full((1, self.capacity), -1e9, np.float32)
        self.cache = [np.zeros((model["kv_heads"], self.capacity, model["head_dim"]), np.float32) for _ in range(2 * self.layers)]
        self.names = [f"past_{k}_{i}" for i in range(self.layers) for k in "kv"]
        self.at = 0

    def reset(self):
        self.mask[:] = -1e9
        self.at = 0

    def feed(self, token):
        feeds = {"token": np.array([[token]]), "position": np.array([self.at]), "mask": self.mask}
        feeds.update(zip(self.names, self.cache))
        logits, *new = self.ort.run(None, feeds)
        for cache, slot in zip(self.cache, new):
            cache[:, self.at : self.at + 1] = slot
        self.mask[0, self.at] = 0
        self.at += 1
        return logits[0]


def check(score, model, vocabulary, out, length=200):
    """Largest difference between whole-row training logits and stepping in onnxruntime."""
    rng = np.random.default_rng(0)
    row = rng.integers(3, vocabulary, length)
    with torch.no_grad():
        expected = score(torch.from_numpy(row)[None])[0].numpy()
    session = Session(out, model, capacity=length)
    return max(float(np.abs(session.feed(int(t)) - e).max()) for t, e in zip(row, expected))


def main():
    p = argparse.ArgumentParser()
    p.add_argument("checkpoint", type=Path)
    p.add_argument("--out", type=Path, default=PACKAGE / "score.onnx")
    p.add_argument("--config", type=Path, help="vocab.json of the weights")
    a = p.parse_args()
    beside = a.checkpoint.parent / "vocab.json"
    config = json.loads((a.config or (beside if beside.exists() else PACKAGE / "vocab.json")).read_text())
    score = load(a.checkpoint, config)
    export(score, config["model"], a.out)
    difference = check(score, config["model"], len(config["tokens"]), a.out)
    print(f"{a.out.name}: {a.out.stat().st_size} bytes, largest difference {difference:.2e}")
    if difference > 1e-3:
        raise SystemExit("the export differs from the model")


if __name__ == "__main__":
    main()
