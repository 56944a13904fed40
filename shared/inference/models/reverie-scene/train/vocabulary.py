"""The tokens of a storyboard. The words are those of the domain's storyboard; "any" is: the prompt does not say.

    python vocabulary.py            # vocab.json

A storyboard is `start`, the fields of the whole, a `not:…` for each word that must not be, and for each shot `shot`, its fields, and for
each of its subjects the fields of one; `shape:any` says that there are no more of them. `end` follows the last shot.
"""

import json
import sys
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PACKAGE.parent / "text"))

WHOLE = {
    "palette": "any warm cold pastel neon monochrome".split(),
    "mood": "any calm happy sad tense dreamy epic".split(),
}
SHOT = {
    "transition": "any cut fade wipe".split(),
    "length": "any short long".split(),
    "setting": "any meadow sky water underwater city forest mountains desert space room abstract".split(),
    "time": "any dawn day sunset night".split(),
    "weather": "any clear cloudy rain snow fog storm".split(),
    "particles": "any stars sparks leaves bubbles petals fireflies confetti".split(),
    "camera": "any static pan_left pan_right zoom_in zoom_out dolly orbit".split(),
}
SUBJECT = {
    "shape": (
        "any cat dog bird fish butterfly whale person robot car boat rocket plane balloon ball tree house flower horse elephant bear "
        "rabbit frog turtle dragon jellyfish bicycle train lantern cup umbrella kite planet"
    ).split(),
    "colour": "any red orange yellow green blue purple pink brown black white grey gold".split(),
    "count": "any 1 2 3 4 5 6 many".split(),
    "position": "any left centre right".split(),
    "motion": "any still left right up down circle bounce".split(),
    "speed": "any slow fast".split(),
}
# What can be left out. A word has one field among these.
NOT = ("palette", "mood", "setting", "time", "weather", "particles", "shape", "colour")
MOST_SHOTS, MOST_SUBJECTS, MOST_NOT = 6, 3, 4
LONGEST = 160  # pieces of a prompt, with the marks of its ends
FIELDS = {**WHOLE, **SHOT, **SUBJECT}
FORBIDDEN = {word: name for name in reversed(NOT) for word in FIELDS[name][1:]}
TOKENS = ["start", "shot", "end"]
TOKENS += [f"{name}:{word}" for name, words in FIELDS.items() for word in words]
TOKENS += [f"not:{word}" for word in sorted(FORBIDDEN)]
IDS = {token: number for number, token in enumerate(TOKENS)}


def document():
    import minilm

    return {
        "format": 2,
        "pieces": LONGEST,
        "first_token": minilm.VOCABULARY,
        "layers": minilm.LAYERS, "heads": minilm.HEADS, "head_dim": minilm.WIDTH // minilm.HEADS,
        "most_shots": MOST_SHOTS, "most_subjects": MOST_SUBJECTS, "most_not": MOST_NOT,
        "whole": list(WHOLE), "shot": list(SHOT), "subject": list(SUBJECT),
        "tokens": TOKENS,
    }  # fmt: skip


if __name__ == "__main__":
    (PACKAGE / "vocab.json").write_text(json.dumps(document(), indent=1) + "\n")
    print(len(TOKENS), "tokens")
