"""Storyboards as the labels of prompts, and as tokens.

    {"shots": [{"setting": …, "subjects": [{"shape": …, "colour": …}, …]}, …], "palette": …, "mood": …, "not": […]}

What is left out is not said.
"""

from vocabulary import FORBIDDEN, IDS, MOST_NOT, MOST_SHOTS, MOST_SUBJECTS, SHOT, SUBJECT, WHOLE


def fields(table, said):
    return [IDS[f"{name}:{said.get(name, 'any')}"] for name in table]


def tokens_of(story):
    """The tokens after `start`, which is not among them."""
    out = fields(WHOLE, story)
    out += [IDS[f"not:{word}"] for word in sorted(set(story.get("not", ())) & set(FORBIDDEN))[:MOST_NOT]]
    for shot in story["shots"][:MOST_SHOTS]:
        out += [IDS["shot"], *fields(SHOT, shot)]
        subjects = shot.get("subjects", [])[:MOST_SUBJECTS]
        for subject in subjects:
            out += fields(SUBJECT, subject)
        if len(subjects) < MOST_SUBJECTS:
            out.append(IDS["shape:any"])
    return [*out, IDS["end"]]


def allowed(tokens):
    """What may follow these tokens after `start`: the grammar. Gives a set of ids."""
    names = lambda name: {i for t, i in IDS.items() if t.startswith(f"{name}:")}  # noqa: E731
    state = walk(tokens)
    if state[0] == "field":
        return names(state[1])
    if state[0] == "head":
        found = {IDS["shot"]}
        if len(state[1]) < MOST_NOT:
            # In their order, each once.
            found |= {i for i in names("not") if i > max(state[1], default=-1)}
        return found
    return {IDS["end"]} | ({IDS["shot"]} if state[1] < MOST_SHOTS else set())


def walk(tokens):
    """Where a storyboard is: ("field", name), ("head", [not…]) or ("between", shots)."""
    whole, shots, rest = list(WHOLE), 0, list(tokens)
    if len(rest) < len(whole):
        return "field", whole[len(rest)]
    rest = rest[len(whole) :]
    unwanted = []
    while rest and rest[0] != IDS["shot"]:
        unwanted.append(rest.pop(0))
    if not rest:
        return "head", unwanted
    while rest:
        rest.pop(0)
        shots += 1
        for name in SHOT:
            if not rest:
                return "field", name
            rest.pop(0)
        for _ in range(MOST_SUBJECTS):
            if not rest:
                return "field", "shape"
            if rest.pop(0) == IDS["shape:any"]:
                break
            for name in list(SUBJECT)[1:]:
                if not rest:
                    return "field", name
                rest.pop(0)
    return "between", shots


def story_of(tokens, words):
    """The labels that tokens after `start` stand for; `words` are all tokens."""
    story, shot, subject = {"shots": []}, None, None
    for token in (words[i] for i in tokens):
        name, _, word = token.partition(":")
        if token == "shot":
            shot, subject = {"subjects": []}, None
            story["shots"].append(shot)
        elif name == "not":
            story.setdefault("not", []).append(word)
        elif name in WHOLE:
            place(story, name, word)
        elif name in SHOT:
            place(shot, name, word)
        elif name == "shape" and word != "any":
            subject = {"shape": word}
            shot["subjects"].append(subject)
        elif name in SUBJECT and subject is not None:
            place(subject, name, word)
    return story


def place(where, name, word):
    if word != "any":
        where[name] = word
