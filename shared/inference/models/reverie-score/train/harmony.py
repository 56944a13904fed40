"""Chords of the corpus: progressions by mode and style, and voicings that move as little as they can."""

from itertools import product

from vocabulary import MODES, QUALITIES

# Degrees count from 0; "7:7" is a chord outside the scale: root in semitones, quality.
PROGRESSIONS = {
    "major": [[0, 4, 5, 3], [0, 5, 3, 4], [5, 3, 0, 4], [0, 3, 0, 4], [0, 2, 3, 4], [3, 4, 2, 5], [0, 3, 5, 4], [0, 4, 3, 3], [0, 3, 1, 4], [5, 4, 3, 4], [0, 2, 5, 3], [0, 3, "5:min", 0]],
    "minor": [[0, 5, 2, 6], [0, 3, 6, 2], [0, 6, 5, 6], [0, 3, 0, "7:7"], [0, 5, 3, "7:7"], [0, 2, 6, 5], [0, 6, 5, "7:7"], [5, 6, 0, 0], [0, 0, 5, 6], [0, 3, 5, 4], [3, 0, 5, "7:maj"], [0, 5, 0, 6]],
    "dorian": [[0, 3, 0, 3], [0, 1, 0, 3], [0, 6, 3, 0], [0, 2, 3, 0], [0, 3, 6, 3], [0, 0, 3, 3], [0, 1, 2, 3]],
    "mixolydian": [[0, 6, 3, 0], [0, 4, 3, 0], [0, 6, 0, 3], [0, 3, 6, 0], [0, 0, 6, 3], [0, 1, 3, 6]],
    "phrygian": [[0, 1, 0, 1], [0, 1, 6, 0], [0, 0, 1, 0], [0, 5, 1, 0], [0, 6, 1, 0], [0, 3, 1, 0]],
    "lydian": [[0, 1, 0, 1], [0, 1, 6, 2], [0, 4, 1, 0], [0, 1, 5, 4], [5, 1, 0, 0], [0, 2, 1, 4]],
}  # fmt: skip
JAZZ = {
    "major": [[1, 4, 0, 5], [0, 5, 1, 4], [2, 5, 1, 4], [0, "9:7", 1, 4], ["2:min7", "7:7", "0:maj7", "9:7"], [3, "5:min7", 2, "9:7"], [0, "2:7", 1, 4], [0, 0, 1, 4]],
    "minor": [["2:m7b5", "7:7", 0, 0], [0, 3, "2:m7b5", "7:7"], [0, 5, "2:m7b5", "7:7"], [3, 6, 2, 5], [0, "10:7", 5, "7:7"]],
    "dorian": [[0, 0, 3, 3], [0, 1, 0, 3], [0, 3, 1, "7:7"]],
    "mixolydian": [["0:7", "5:7", "0:7", "7:7"], ["0:7", 6, "5:7", "0:7"]],
}  # fmt: skip
# Eight bars each; every chord a dominant seventh in the brighter modes.
BLUES = {
    "mixolydian": [
        ["0:7", "5:7", "0:7", "0:7", "5:7", "5:7", "0:7", "7:7"],
        ["0:7", "7:7", "5:7", "5:7", "0:7", "7:7", "0:7", "7:7"],
        ["0:7", "0:7", "5:7", "0:7", "7:7", "5:7", "0:7", "7:7"],
    ],
    "minor": [
        ["0:min7", "5:min7", "0:min7", "0:min7", "5:min7", "5:min7", "0:min7", "7:7"],
        ["0:min7", "0:min7", "5:min7", "0:min7", "8:7", "7:7", "0:min7", "7:7"],
    ],
}
BLUES["major"], BLUES["dorian"] = BLUES["mixolydian"], BLUES["minor"]  # fmt: skip
# Power chords and the flat second: heavier than the pop loops of the same modes.
METAL = {
    "minor": [[0, 0, 5, 6], [0, 6, 5, 6], [0, 0, 3, 2], [0, "1:maj", 0, 6], [0, 5, 3, "7:maj"]],
    "phrygian": [[0, 1, 0, 1], [0, 0, 1, 2], [0, 1, 6, 0], [0, 1, 5, 1]],
}
# Three chords and the truth.
COUNTRY = {"major": [[0, 3, 0, 4], [0, 0, 3, 4], [0, 4, 3, 4], [0, 3, 4, 0], [0, 5, 3, 4], [0, 4, 4, 0]]}
WALTZ = {"major": [[0, 4, 4, 0], [0, 3, 4, 0], [0, 0, "7:7", "7:7"], [0, 1, "7:7", 0]], "minor": [[0, "7:7", "7:7", 0], [0, 3, "7:7", 0], [0, 5, 3, "7:7"]]}  # fmt: skip
BOOKS = {"blues": BLUES, "metal": METAL, "country": COUNTRY, "waltz": WALTZ, "march": WALTZ}
# How often a chord has its seventh.
SEVENTHS = {"lofi": 0.9, "jazz": 1, "bossa": 1, "funk": 0.75, "house": 0.5, "ambient": 0.4, "hiphop": 0.4, "synthwave": 0.15, "dnb": 0.4, "lullaby": 0.12, "classical": 0.1, "cinematic": 0.08, "reggae": 0.2, "pop": 0.1, "piano": 0.3}  # fmt: skip


def diatonic(mode, degree, seventh):
    """Chord on a degree of a mode: (root in semitones, quality)."""
    scale = MODES[mode]
    root = scale[degree % 7]
    third, fifth, sev = ((scale[(degree + k) % 7] - root) % 12 for k in (2, 4, 6))
    if fifth == 6:
        return root, "m7b5" if seventh else "dim"
    if third == 4:
        return root, ("maj7" if sev == 11 else "7") if seventh else "maj"
    return root, "min7" if seventh else "min"


def progression(rng, style, mode):
    """The chords of a loop, four or eight, as a list of (root, quality)."""
    book = PROGRESSIONS[mode]
    if style in BOOKS and (style == "blues" or rng.random() < 0.75):
        book = BOOKS[style].get(mode, book)
    if style in ("jazz", "bossa") or (style == "lofi" and rng.random() < 0.5):
        book = JAZZ.get(mode, book)
    chords = []
    rich = rng.random() < SEVENTHS.get(style, 0.03)
    for entry in rng.choice(book):
        if isinstance(entry, str):
            root, quality = entry.split(":")
            chords.append((int(root), quality))
        else:
            chords.append(diatonic(mode, entry, rich))
    if style in ("ambient", "cinematic", "synthwave", "rock") and rng.random() < 0.2:
        i = rng.randrange(1, len(chords))
        chords[i] = (chords[i][0], "sus")
    return chords


def pitch_classes(chord):
    root, quality = chord
    return [(root + step) % 12 for step in QUALITIES[quality]]


def dominant(rng, mode, style):
    """The chord before a cadence."""
    if mode in ("major", "minor"):
        return (7, "7" if style in ("jazz", "bossa", "classical", "folk", "waltz", "march", "country", "blues") else "maj")
    if mode == "phrygian":
        return (1, "maj")
    if mode == "lydian":
        return (2, "maj")
    return (10, "maj") if rng.random() < 0.6 else (5, "maj")


def nearest(pitch, classes, low=0, high=127):
    """The pitch closest to `pitch` whose class is one of `classes`."""
    for distance in range(13):
        for candidate in (pitch - distance, pitch + distance):
            if candidate % 12 in classes and low <= candidate <= high:
                return candidate
    return min(max(pitch, low), high)


def voicing(chord, previous, centre, low, high, size):
    """Pitches of a chord around `centre`, close to the previous voicing."""
    classes = pitch_classes(chord)
    if size < len(classes):
        # Without the fifth when a seventh chord must be thinned.
        classes = [c for i, c in enumerate(classes) if i != 2][:size] if len(classes) == 4 else classes[:size]
    best, cost = None, None
    for inversion, octave in product(range(len(classes)), (-1, 0, 1)):
        order = classes[inversion:] + classes[:inversion]
        pitch = centre - 6 + octave * 6
        pitch += (order[0] - pitch) % 12
        notes = [pitch]
        for c in order[1:]:
            notes.append(notes[-1] + ((c - notes[-1]) % 12 or 12))
        while len(notes) < size:
            notes.append(notes[-len(classes)] + 12)
        if notes[0] < low or notes[-1] > high:
            continue
        if previous:
            change = sum(min(abs(n - p) for p in previous) for n in notes) + 0.3 * abs(sum(notes) / len(notes) - centre)
        else:
            change = abs(sum(notes) / len(notes) - centre)
        if cost is None or change < cost:
            best, cost = notes, change
    return best or sorted({nearest(centre, [c], low, high) for c in classes})
