"""Starts a larger score model from a smaller one, so that it predicts the same on its first step.

New layers begin with zero output matrices, as all layers of `Score` do. A new style begins as a copy of its neighbour; other new tokens
keep their fresh embedding.
"""

from vocabulary import ID, TOKENS

# New style -> the older one it resembles most.
NEIGHBOUR = {"pop": "rock", "metal": "rock", "reggae": "funk", "blues": "jazz", "country": "folk", "waltz": "classical",
             "march": "cinematic", "orchestral": "cinematic", "piano": "classical"}  # fmt: skip
# Tokens of package 1.0.0, whose checkpoints do not list theirs.
FIRST_STYLES = ["lofi", "ambient", "house", "techno", "synthwave", "dnb", "hiphop", "rock", "funk", "jazz", "bossa",
                "classical", "cinematic", "folk", "lullaby", "chiptune"]  # fmt: skip


def old_tokens(checkpoint):
    first = {f"STYLE_{s}" for s in FIRST_STYLES}
    return checkpoint.get("tokens_list") or [t for t in TOKENS if not t.startswith("STYLE_") or t in first]


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
