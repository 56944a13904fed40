"""Features of a prompt, exactly as FORMAT.md defines them."""

from vocabulary import PROMPT


def fnv1a(data):
    h = 0x811C9DC5
    for byte in data:
        h = ((h ^ byte) * 0x01000193) & 0xFFFFFFFF
    return h


def words_of(prompt):
    text = prompt.lower().replace("'", "").replace("\u2019", "")
    words, word = [], ""
    for c in text + " ":
        if "a" <= c <= "z" or "0" <= c <= "9" or c >= "\x80":
            word += c
        elif word:
            words.append(word)
            word = ""
    return words[: PROMPT["max_words"]]


def bucket(feature):
    return 1 + fnv1a(feature.encode()) % (PROMPT["buckets"] - 1)


_grams = {}


def grams_of(word):
    """Buckets of a word's character n-grams; words repeat, so they are kept."""
    if word not in _grams:
        marked = f"<{word}>"
        _grams[word] = [bucket("c:" + marked[i : i + n]) for n in (3, 4, 5) for i in range(len(marked) - n + 1)]
        if len(_grams) > 200_000:
            _grams.clear()
            return grams_of(word)
    return _grams[word]


def features(prompt):
    """(ids, weights), each `slots` long."""
    words = words_of(prompt)
    pairs = [(bucket("w:" + w), 1.0) for w in words]
    pairs += [(bucket(f"b:{a} {b}"), 1.0) for a, b in zip(words, words[1:])]
    for word in words:
        grams = grams_of(word)
        pairs += [(g, 1.0 / len(grams)) for g in grams]
    pairs = pairs[: PROMPT["slots"]]
    pairs += [(0, 0.0)] * (PROMPT["slots"] - len(pairs))
    return [i for i, _ in pairs], [w for _, w in pairs]
