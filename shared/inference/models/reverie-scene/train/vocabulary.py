"""What the reader may answer. The words are those of the storyboard; "none" is: the prompt does not say."""

FEATURES = {"buckets": 8192, "words": 40, "parts": 16}
SUBJECTS = 3
SCENE = {
    "setting": "none meadow sky water underwater city forest mountains desert space room abstract".split(),
    "time": "none dawn day sunset night".split(),
    "weather": "none clear cloudy rain snow fog storm".split(),
    "particles": "none stars sparks leaves bubbles petals fireflies confetti".split(),
    "camera": "none static pan_left pan_right zoom_in zoom_out dolly orbit".split(),
    "palette": "none warm cold pastel neon monochrome".split(),
    "mood": "none calm happy sad tense dreamy epic".split(),
}
SUBJECT = {
    "shape": "none cat dog bird fish butterfly whale person robot car boat rocket plane balloon ball tree house flower".split(),
    "colour": "none red orange yellow green blue purple pink brown black white grey gold".split(),
    "count": "none 1 2 3 4 5 6 many".split(),
    "position": "none left centre right".split(),
    "motion": "none still left right up down circle bounce".split(),
    "speed": "none slow fast".split(),
}


def heads():
    """[{name, labels, offset}], the scene's first, then those of each subject as `subject0.shape`."""
    out, at = [], 0
    slots = [("", SCENE)] + [(f"subject{k}.", SUBJECT) for k in range(SUBJECTS)]
    for prefix, table in slots:
        for name, labels in table.items():
            out.append({"name": prefix + name, "labels": labels, "offset": at})
            at += len(labels)
    return out


SIZE = sum(len(h["labels"]) for h in heads())
