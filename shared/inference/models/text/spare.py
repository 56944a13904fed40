"""Gives the places that the vocabulary of MiniLM keeps free to characters that it does not know.

A word with one unknown character is unknown as a whole, so most words in Chinese, and many in Korean and Hindi, would all look the same.
A free place is a line `[unusedN]` of `pieces.txt`. Nothing else in the file moves, so weights stay what they are. A character that follows
others within a word is a piece of its own, `##x`.
"""

from collections import Counter

from tokenizers import normalizers, pre_tokenizers

import minilm


def missing(known, texts):
    """Pieces of one character that texts have and the vocabulary has not: {piece: how many texts have it}."""
    plain, words = normalizers.BertNormalizer(), pre_tokenizers.BertPreTokenizer()
    found = Counter()
    for text in texts:
        cut = (word for word, _ in words.pre_tokenize_str(plain.normalize_str(text)))
        found.update({piece for word in cut for piece in (word[0], *(f"##{c}" for c in word[1:])) if piece not in known})
    return found


def fill(path, texts):
    """Writes `pieces.txt` with the characters of `texts` that are missing, the most frequent first. Places that are left stay free."""
    pieces = minilm.in_order(minilm.pieces())
    free = [at for at, piece in enumerate(pieces) if piece.startswith("[unused")]
    found = missing(set(pieces), texts)
    # What is seen once is hardly learnt, but the rest of its word is known then.
    wanted = sorted(found, key=lambda piece: (-found[piece], piece))[: len(free)]
    for at, piece in zip(free, wanted):
        pieces[at] = piece
    minilm.write_pieces(path, pieces)
    left = sum(count for piece, count in found.items() if piece not in wanted)
    print(f"{len(wanted)} of {len(free)} free places are taken; of {sum(found.values())} unknown pieces {left} are left")
