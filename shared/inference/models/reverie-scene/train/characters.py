"""Gives the free places of the vocabulary to the characters of the training prompts (`../../text/spare.py`).

    python characters.py        # rewrites ../pieces.txt; weights that have seen other pieces must be trained on
"""

import random

import languages
import written
from vocabulary import PACKAGE

import spare  # isort: skip  (its folder is known since vocabulary)

MADE = 4000  # prompts of each language that are counted


def texts():
    yield from (case["prompt"] for case in written.cases())
    for name in languages.names():
        rng = random.Random(f"characters-{name}")
        yield from (languages.make(rng, name)[0] for _ in range(MADE))


if __name__ == "__main__":
    spare.fill(PACKAGE / "pieces.txt", texts())
