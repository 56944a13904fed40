"""Features of a prompt, exactly as FORMAT.md defines them: buckets of each word and of its letters."""

from vocabulary import FEATURES


def fnv1a(data):
    h = 0x811C9DC5
    for byte in data:
        h = ((h ^ byte) * 0x01000193) & 0xFFFFFFFF
    return h


def words_of(prompt):
    words, word = [], ""
    for c in prompt.lower().replace("'", "").replace("\u2019", "") + " ":
        if "a" <= c <= "z" or "0" <= c <= "9" or c >= "\x80":
            word += c
        elif word:
            words.append(word)
            word = ""
    return words[: FEATURES["words"]]


_known = {}


def parts_of(word):
    """The word and its pieces of 3 and 4 letters, at most `parts` buckets, 0 where there is none."""
    if word not in _known:
        marked = f"<{word}>"
        pieces = ["w:" + word] + ["c:" + marked[i : i + n] for n in (3, 4) for i in range(len(marked) - n + 1)]
        ids = [1 + fnv1a(piece.encode()) % (FEATURES["buckets"] - 1) for piece in pieces][: FEATURES["parts"]]
        _known[word] = ids + [0] * (FEATURES["parts"] - len(ids))
    return _known[word]


def features(prompt):
    """`words` rows of `parts` ids."""
    rows = [parts_of(word) for word in words_of(prompt)]
    return rows + [[0] * FEATURES["parts"]] * (FEATURES["words"] - len(rows))
