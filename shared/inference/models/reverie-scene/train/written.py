"""Training prompts that were written one by one, with what a viewer expects: prompts_written.jsonl.

`make(rng)` gives (text, storyboard): a prompt as it was written, or with a colour or a thing of it exchanged, or misspelt.
"""

import json
import random
import re
from functools import cache
from pathlib import Path

import corpus

WRITTEN = Path(__file__).resolve().parent / "prompts_written.jsonl"
# Words of a table by what they mean; no plurals, for which the text would have to change elsewhere.
NAMES = {"colour": corpus.COLOURS, "shape": corpus.SHAPES}


@cache
def cases():
    return [json.loads(line) for line in WRITTEN.read_text().splitlines()]


def subjects_of(story):
    return [found for shot in story["shots"] for found in shot.get("subjects", [])]


def exchanged(rng, case):
    """The case with one word exchanged, if exactly one subject has it and it stands there once."""
    field = rng.choice(list(NAMES))
    table, subjects = NAMES[field], subjects_of(case)
    rng.shuffle(subjects)
    for found in subjects:
        label = found.get(field)
        if label is None or sum(other.get(field) == label for other in subjects) > 1:
            continue
        names = [name for name in table[label].split(",") if len(re.findall(rf"\b{name}\b", case["prompt"], re.I)) == 1]
        if not names:
            continue
        other = rng.choice([word for word in table if all(s.get(field) != word for s in subjects)])
        if other in case.get("not", ()):
            continue
        found[field] = other
        name = max(names, key=len)
        case["prompt"] = re.sub(rf"\b{name}\b", rng.choice(table[other].split(",")), case["prompt"], flags=re.I)
        return case
    return case


def misspelt(rng, text):
    """One letter of a longer word is lost, doubled, or changes its place."""
    words = [m for m in re.finditer(r"[a-zA-Z]{5,}", text)]
    if not words:
        return text
    word = rng.choice(words)
    at = rng.randrange(word.start() + 1, word.end() - 1)
    change = rng.randrange(3)
    middle = ("", text[at] * 2, text[at + 1] + text[at])[change]
    return text[:at] + middle + text[at + (2 if change == 2 else 1) :]


def make(rng: random.Random):
    case = json.loads(json.dumps(rng.choice(cases())))
    if rng.random() < 0.5:
        case = exchanged(rng, case)
    text = case.pop("prompt")
    if rng.random() < 0.2:
        text = text.lower()
    if rng.random() < 0.15:
        text = misspelt(rng, text)
    return text, case
