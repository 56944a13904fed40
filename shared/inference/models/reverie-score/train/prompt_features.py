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
    return words


def bucket(feature, buckets):
    return 1 + fnv1a(feature.encode()) % (buckets - 1)


_grams = {}


def grams_of(word, buckets):
    """Buckets of a word's character n-grams; words repeat, so they are kept."""
    key = (word, buckets)
    if key not in _grams:
        if len(_grams) > 200_000:
            _grams.clear()
        marked = f"<{word}>"
        _grams[key] = [bucket("c:" + marked[i : i + n], buckets) for n in (3, 4, 5) for i in range(len(marked) - n + 1)]
    return _grams[key]


def features(prompt, config=PROMPT):
    """(ids, weights), each `slots` long."""
    buckets, slots = config["buckets"], config["slots"]
    words = words_of(prompt)[: config["max_words"]]
    pairs = [(bucket("w:" + w, buckets), 1.0) for w in words]
    pairs += [(bucket(f"b:{a} {b}", buckets), 1.0) for a, b in zip(words, words[1:])]
    for word in words:
        grams = grams_of(word, buckets)
        pairs += [(g, 1.0 / len(grams)) for g in grams]
    pairs = pairs[:slots]
    pairs += [(0, 0.0)] * (slots - len(pairs))
    return [i for i, _ in pairs], [w for _, w in pairs]
