"""Training prompts that were written one by one, with what a listener expects: prompts_written.jsonl.

They have the fields of the measured sets (`prompt_blind.py`), and nobody who wrote them had seen those. `make(rng)` gives
(text, target) as `prompts.make` does: a prompt as it was written, or with an instrument of it exchanged, or misspelt.
"""

import json
import re
from bisect import bisect_right
from functools import cache
from pathlib import Path

import prompts
import wishes
from prompt_blind import GENRES, NAMED, STAND_INS, UNWANTED
from vocabulary import INSTRUMENTS, STYLES, TEMPO_BOUNDS

WRITTEN = Path(__file__).resolve().parent / "prompts_written.jsonl"
LEVELS = {"mood": {"dark": 0.5, "neutral": 2, "bright": 3.5}, "energy": {"low": 0.5, "mid": 2, "high": 3.5}}
NAME = re.compile(r"[a-zäöüéèàâñóôœßšłñ&'-]+(?: [a-zäöüéèàâñóôœßšłñ&'-]+)?")


@cache
def cases():
    return [json.loads(line) for line in WRITTEN.read_text().splitlines()]


def family(name):
    """Instruments of the bank that are what a writer calls so; the likeliest first."""
    if name == "square synth":
        return ["square_lead"]
    text = NAMED.get(name) or STAND_INS.get(name) or name.replace(" ", "_")
    return [i for i in text.split() if i in INSTRUMENTS]


def usual(styles, instrument):
    """How usual an instrument is in styles."""
    tables = [t for s in styles for t in STYLES[s]["tracks"].values()]
    return sum(p * w[instrument] / sum(w.values()) for p, w in tables if instrument in w)


def wanted(name, styles):
    """The one of its family that is most usual in the styles; else the first."""
    names = family(name)
    return max(names, key=lambda i: (usual(styles, i), -names.index(i))) if names else None


def near(genre):
    """Styles that a genre may mean; of an unknown one, those of its words, as in "chicago blues"."""
    known = lambda name: set(GENRES.get(name, name.replace("-", "").replace(" ", "")).split()) & set(STYLES)  # noqa: E731
    return known(genre) or set().union(*(known(word) for word in genre.replace("-", " ").split()))


def styles_of(case):
    return sorted(set().union(*(near(genre) for genre in case.get("genre", ()))))


def middle(case, key):
    levels = [LEVELS[key][word] for word in case[key]]
    return sum(levels) / len(levels)


def meaning(case):
    m, styles = prompts.Meaning(), styles_of(case)
    m.styles = dict.fromkeys(styles, 1)
    if case.get("mood"):
        m.valence.append((1, middle(case, "mood")))
    if case.get("energy"):
        m.energy.append((1, middle(case, "energy")))
    if "tempo" in case:
        m.tempo.append((1, bisect_right(TEMPO_BOUNDS, max(50, sum(case["tempo"]) / 2)) - 1))
    m.density = {"sparse": 0.3, "full": 2.7}.get(case.get("density"))
    m.mode = case.get("mode")
    m.metre = case.get("metre")
    m.want = {wanted(name, styles) for name in case.get("with", ())} - {None}
    for name in case.get("without", ()):
        m.avoid |= set(UNWANTED[name].split()) if name in UNWANTED else set(family(name))
        if name == "bass":
            m.avoid_roles.add("bass")
    m.avoid -= m.want
    if case.get("drums") is False:
        m.avoid_roles.add("drums")
    elif case.get("drums"):
        m.want |= prompts.resolve("@drums", styles[0]) if styles else {"kit"}
    return m


def exchanged(rng, case):
    """The prompt with the name of one instrument exchanged, if one stands there that the training phrases know."""
    text, names = case["prompt"], list(case.get("with", ())) + list(case.get("without", ()))
    found = []
    for match in NAME.finditer(text.lower()):
        for word in {match.group(), match.group().split(" ")[0]}:
            known = wishes.PITCHED.get(word)
            mine = [n for n in names if known in family(n) and len(family(n)) == 1]
            if mine:
                found.append((match.start(), word, mine[0]))
    if not found:
        return case
    at, word, name = rng.choice(found)
    other, instrument = rng.choice([(w, i) for w, i in wishes.PITCHED.items() if not i.startswith("@") and i in INSTRUMENTS])
    label = instrument.replace("_", " ")
    if label in names:
        return case
    swap = lambda key: [label if n == name else n for n in case.get(key, ())]  # noqa: E731
    return {**case, "prompt": text[:at] + other + text[at + len(word) :], "with": swap("with"), "without": swap("without")}


def make(rng):
    """One prompt: (text, target)."""
    case = rng.choice(cases())
    if rng.random() < 0.5:
        case = exchanged(rng, case)
    text = case["prompt"]
    if rng.random() < 0.2:
        text = text.lower()
    return prompts.finish(rng, meaning(case), text, noise=0.2)
