"""Starts a larger score model from a smaller one, so that it predicts the same on its first step.

New layers begin with zero output matrices, as all layers of `Score` do. A new style begins as a copy of its neighbour; other new tokens
keep their fresh embedding. `weights_of` reads an exported score.onnx, for when no checkpoint is left.
"""

import numpy as np
import onnx
import torch
from onnx import numpy_helper

from vocabulary import ID, TOKENS

# The products of a layer, in the order in which the stepping form computes them.
PRODUCTS = ["q", "k", "v", "o", "up", "down"]

# New style -> the older one it resembles most.
NEIGHBOUR = {"pop": "rock", "metal": "rock", "reggae": "funk", "blues": "jazz", "country": "folk", "waltz": "classical",
             "march": "cinematic", "orchestral": "cinematic", "piano": "classical"}  # fmt: skip
# Tokens of package 1.0.0, whose checkpoints do not list theirs.
FIRST_STYLES = ["lofi", "ambient", "house", "techno", "synthwave", "dnb", "hiphop", "rock", "funk", "jazz", "bossa",
                "classical", "cinematic", "folk", "lullaby", "chiptune"]  # fmt: skip


def old_tokens(checkpoint):
    first = {f"STYLE_{s}" for s in FIRST_STYLES}
    return checkpoint.get("tokens_list") or [t for t in TOKENS if not t.startswith("STYLE_") or t in first]


def weights_of(path, tokens, fresh):
    """A checkpoint like those of train_score.py, of an exported model with these tokens and the shape of `fresh`."""
    graph = onnx.load(str(path)).graph
    values = {x.name: numpy_helper.to_array(x) for x in graph.initializer}
    state = {name.removeprefix("score."): torch.from_numpy(np.array(v)) for name, v in values.items() if name.startswith("score.")}
    # The exporter keeps the names of gains and embeddings, and transposes and renames matrices.
    matrices = iter([torch.from_numpy(values[n.input[1]].T.copy()) for n in graph.node if n.op_type == "MatMul" and n.input[1] in values])
    layers = sum(name.endswith("norm1.gain") for name in state)
    for layer in range(layers):
        for product in PRODUCTS:
            state[f"layers.{layer}.{product}.weight"] = next(matrices)
    state["head.weight"] = next(matrices)
    for name, value in state.items():
        assert fresh[name].shape == value.shape, name
    return {"model": state, "tokens_list": tokens}


def grown(checkpoint, fresh):
    """The state of a model like `fresh` with the weights of `checkpoint`."""
    old, words = checkpoint["model"], old_tokens(checkpoint)
    place = {word: i for i, word in enumerate(words)}
    state = {name: old.get(name, value).clone() for name, value in fresh.items()}
    for name in ("embed.weight", "head.weight"):
        assert old[name].shape[0] == len(words), "the checkpoint has other tokens"
        state[name] = fresh[name].clone()
        for word, i in ID.items():
            kind, _, value = word.partition("_")
            source = f"STYLE_{NEIGHBOUR.get(value)}" if kind == "STYLE" and word not in place else word
            if source in place:
                state[name][i] = old[name][place[source]]
    return state
