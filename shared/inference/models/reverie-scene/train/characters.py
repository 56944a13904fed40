"""Gives the places that the vocabulary of MiniLM keeps free to characters that it does not know.

    python characters.py        # rewrites ../pieces.txt

A word with one unknown character is unknown as a whole, so most colours in Chinese, and many in Korean and Hindi, would all look the same.
The characters are those of the training prompts, the most frequent first; a free place is a line `[unusedN]`. Nothing else in the file moves, so
weights stay what they are. A character that follows others within a word is a piece of its own, `##x`.
"""

import random
from collections import Counter

from tokenizers import normalizers, pre_tokenizers

import languages
import minilm
import written
from vocabulary import PACKAGE

MADE = 4000  # prompts of each language that are counted


def texts():
    yield from (case["prompt"] for case in written.cases())
    for name in languages.names():
        rng = random.Random(f"characters-{name}")
        yield from (languages.make(rng, name)[0] for _ in range(MADE))


def missing(known):
    """Pieces of one character that prompts have and the vocabulary has not: {piece: how many prompts have it}."""
    plain, words = normalizers.BertNormalizer(), pre_tokenizers.BertPreTokenizer()
    found = Counter()
    for text in texts():
        cut = (word for word, _ in words.pre_tokenize_str(plain.normalize_str(text)))
        found.update({piece for word in cut for piece in (word[0], *(f"##{c}" for c in word[1:])) if piece not in known})
    return found


def main():
    vocabulary = minilm.pieces().get_vocab()
    pieces = sorted(vocabulary, key=vocabulary.get)
    free = [at for at, piece in enumerate(pieces) if piece.startswith("[unused")]
    found = missing(set(pieces))
    # What is seen once or twice is not learnt; places that are left stay free.
    wanted = [piece for piece, count in sorted(found.items(), key=lambda pair: (-pair[1], pair[0])) if count >= 3][: len(free)]
    for at, piece in zip(free, wanted):
        pieces[at] = piece
    (PACKAGE / "pieces.txt").write_text("".join(f"{piece}\n" for piece in pieces))
    left = sum(count for piece, count in found.items() if piece not in wanted)
    print(f"{len(wanted)} of {len(free)} free places are taken; of {sum(found.values())} unknown pieces {left} are left")


if __name__ == "__main__":
    main()
