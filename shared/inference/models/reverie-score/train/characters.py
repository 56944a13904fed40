"""Gives the free places of the vocabulary to the characters of the training prompts (`../../text/spare.py`).

    python characters.py        # rewrites ../pieces.txt; weights that have seen other pieces must be trained on
"""

import random
import sys

import prompts
import wishes
import written
from vocabulary import PACKAGE

sys.path.insert(0, str(PACKAGE.parent / "text"))

import spare  # noqa: E402

MADE = 40_000  # prompts of each kind that are counted


def texts():
    yield from (case["prompt"] for case in written.cases())
    rng = random.Random("characters")
    yield from (wishes.make(rng)[0] for _ in range(MADE))
    yield from (prompts.make(rng, prompts.TEMPLATES)[0] for _ in range(MADE))


if __name__ == "__main__":
    spare.fill(PACKAGE / "pieces.txt", texts())
