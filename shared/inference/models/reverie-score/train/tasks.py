"""What judge.py renders: blind prompts as they were written, and some with a number and a key added."""

import random

from prompt_blind import cases, numbered

KEYS = ["C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B"]
AUDIBLE = {"tempo", "mode", "with", "without", "drums", "density"}


def written(count, name="blind"):
    """Blind prompts that ask for something that is heard: all with a number or a mode, and as many others as fit."""
    every = [case for case in cases(name) if AUDIBLE & set(case)]
    first = [case for case in every if numbered(case) or "mode" in case]
    rest = [case for case in every if case not in first]
    return first + random.Random("written").sample(rest, max(0, min(len(rest), count - len(first))))


def precise(count, name="blind"):
    """Blind prompts without pace and mode, with "97 bpm, in E minor" added; nothing else of them is judged."""
    rng = random.Random("precise")
    chosen = rng.sample([case for case in cases(name) if not {"tempo", "mode"} & set(case)], count)
    out = []
    for case in chosen:
        bpm, mode = rng.randrange(60, 176), rng.choice(["major", "minor"])
        out.append({"prompt": f"{case['prompt']}, {bpm} bpm, in {rng.choice(KEYS)} {mode}", "tempo": [bpm - 2, bpm + 2], "mode": mode})
    return out
