"""Prompts in other languages than English, put together from the words and phrases of `languages/*.json`.

    python languages.py [LANGUAGE]      # checks the files, and prints some prompts

A file of a language has

- `subjects`: for each shape templates of what names it, such as "eine [f] Katze", "# [p] Katzen", "un gato [m]". `[f]` is where a colour stands in
  that form; `#` or `#few` is a number of the group "" or "few", and what has none of them is one or not counted;
- `colours`: for each colour and form its words, `{"red": {"f": ["rote", "feuerrote"], …}, …}`;
- `counts`: for each group and number its words, `{"": {"2": ["zwei"], …, "many": ["viele"]}, …}`; a group may have only some of the numbers;
- `motions` and `motions_many` (what several do; may be left out): for each motion phrases that follow the subject;
- `speeds`, `positions`, `settings`, `times`, `weathers`, `particles`, `cameras`, `palettes`, `moods`, `lengths`: for each word phrases;
- `joints`: what stands between shots, for "any", "cut", "fade" and "wipe"; `openings` of films of several shots;
- `without`: templates such as "ohne {}", and `left_out`: for words that may be left out what stands there;
- `and`: what joins two subjects; `gap`: what stands between words, " " or ""; `commas`: what stands between phrases.
"""

import json
import random
import re
import sys
from functools import cache
from pathlib import Path

from vocabulary import FORBIDDEN, SHOT, SUBJECT, WHOLE

FOLDER = Path(__file__).resolve().parent / "languages"
# Table of a file: what it says.
SCENE = {"settings": "setting", "times": "time", "weathers": "weather", "particles": "particles", "cameras": "camera"}
FILM = {"palettes": "palette", "moods": "mood"}
SAID = {"settings": 0.55, "times": 0.35, "weathers": 0.2, "particles": 0.15, "cameras": 0.12, "palettes": 0.12, "moods": 0.15}
SLOT = re.compile(r"\s?\[(\w+)\]\s?")
COUNT = re.compile(r"#([a-z]*)")


@cache
def tables(name):
    return json.loads((FOLDER / f"{name}.json").read_text())


@cache
def names():
    return sorted(path.stem for path in FOLDER.glob("*.json"))


def coloured(rng, words, text, labels):
    """The template with a colour, or without one."""
    slot = SLOT.search(text)
    if not slot:
        return text
    if rng.random() < 0.3:
        gap = words["gap"] if slot.group().strip(" ") != slot.group() else ""
        return (text[: slot.start()] + gap + text[slot.end() :]).strip()
    labels["colour"] = rng.choice(SUBJECT["colour"][1:])
    return text.replace(f"[{slot.group(1)}]", rng.choice(words["colours"][labels["colour"]][slot.group(1)]))


def subject(rng, words):
    labels = {"shape": rng.choice(SUBJECT["shape"][1:])}
    text = coloured(rng, words, rng.choice(words["subjects"][labels["shape"]]), labels)
    group = COUNT.search(text)
    if group:
        counts = words["counts"][group.group(1)]
        labels["count"] = rng.choice(list(counts))
        text = text.replace(group.group(), rng.choice(counts[labels["count"]]), 1)
    parts = [text]
    if rng.random() < 0.55:
        labels["motion"] = rng.choice(SUBJECT["motion"][1:])
        many = labels.get("count", "1") != "1"
        parts.append(rng.choice(words.get("motions_many", words["motions"])[labels["motion"]] if many else words["motions"][labels["motion"]]))
        if labels["motion"] != "still" and rng.random() < 0.25:
            labels["speed"] = rng.choice(SUBJECT["speed"][1:])
            parts.insert(rng.randint(1, 2), rng.choice(words["speeds"][labels["speed"]]))
    if rng.random() < 0.12:
        labels["position"] = rng.choice(SUBJECT["position"][1:])
        parts.insert(1, rng.choice(words["positions"][labels["position"]]))
    return words["gap"].join(parts), labels


def phrases(rng, words, which):
    said, labels = [], {}
    for table, name in which.items():
        if rng.random() < SAID[table]:
            labels[name] = rng.choice(list(words[table]))
            said.append(rng.choice(words[table][labels[name]]))
    rng.shuffle(said)
    return said, labels


def shot(rng, words):
    said, labels = phrases(rng, words, SCENE)
    found = [subject(rng, words) for _ in range(rng.choices([0, 1, 2, 3], [0.1, 0.55, 0.27, 0.08])[0])]
    if found:
        said.insert(rng.randint(0, len(said)), rng.choice(words["and"]).join(text for text, _ in found))
    elif not said:
        return shot(rng, words)
    labels["subjects"] = [one for _, one in found]
    return rng.choice(words["commas"]).join(said), labels


def make(rng: random.Random, name=None):
    """(text, storyboard as `story.py` describes it)."""
    words = tables(name or rng.choice(names()))
    count = rng.choices([1, 2, 3], [0.85, 0.11, 0.04])[0]
    texts, shots = map(list, zip(*(shot(rng, words) for _ in range(count))))
    text = texts[0]
    for k in range(1, count):
        kind = rng.choice(["any", *SHOT["transition"]])
        if kind != "any":
            shots[k]["transition"] = kind
        if rng.random() < 0.1:
            shots[k]["length"] = rng.choice(list(words["lengths"]))
            texts[k] = rng.choice(words["lengths"][shots[k]["length"]]) + words["gap"] + texts[k]
        text += rng.choice(words["joints"][kind]) + texts[k]
    if count > 1 and rng.random() < 0.4:
        text = rng.choice(words["openings"]) + text
    said, whole = phrases(rng, words, FILM)
    story = {**whole, "shots": shots}
    if rng.random() < 0.1:
        there = {word for one in shots for word in one.values() if isinstance(word, str)} | set(whole.values())
        there |= {word for one in shots for found in one["subjects"] for word in found.values()}
        left = rng.choice(list(words["left_out"]))
        if left not in there:
            story["not"] = [left]
            said.append(rng.choice(words["without"]).format(rng.choice(words["left_out"][left])))
    rng.shuffle(said)
    if said and rng.random() < 0.3:
        said, text = said[1:], rng.choice(words["commas"]).join([said[0], text])
    return rng.choice(words["commas"]).join([text, *said]), story


def faults(name):
    """What is missing in a file, or wrong."""
    words, found = tables(name), []

    def complete(table, wanted, where):
        found.extend(f"{where}: no {word}" for word in wanted if not table.get(word))
        found.extend(f"{where}: {word} is unknown" for word in table if word not in wanted)

    complete(words["subjects"], SUBJECT["shape"][1:], "subjects")
    complete(words["colours"], SUBJECT["colour"][1:], "colours")
    fields = {"speeds": "speed", "positions": "position", "motions": "motion", "lengths": "length"}
    for table, field in {**SCENE, **FILM, **fields}.items():
        complete(words[table], {**SHOT, **SUBJECT, **WHOLE}[field][1:], table)
    complete(words["joints"], SHOT["transition"], "joints")
    found += [f"left_out: {word} is unknown" for word in words["left_out"] if word not in FORBIDDEN]
    for templates in words["subjects"].values():
        for text in templates:
            slots, counts = re.findall(r"\[(\w+)\]", text), COUNT.findall(text)
            if len(slots) > 1 or len(counts) > 1:
                found.append(f"{text}: one colour and one count at most")
            found += [f"{text}: {colour} has no form {slot}" for slot in slots for colour, forms in words["colours"].items() if not forms.get(slot)]
            found += [f"{text}: no counts {group!r}" for group in counts if group not in words["counts"]]
    return found


def main():
    for name in sys.argv[1:] or names():
        print(name, faults(name) or "is complete")
        for seed in range(12):
            text, story = make(random.Random(seed), name)
            print(f"  {text}\n    {json.dumps(story)}")


if __name__ == "__main__":
    main()
