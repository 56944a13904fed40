"""Chords of the corpus: progressions by mode and style, and voicings that move as little as they can."""

from itertools import product

from progressions import BOOKS, HARMONY, LONG_SECTIONS, dominants
from vocabulary import MODES, QUALITIES


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


def named(entry):
    """The chord of an entry such as "7:7"."""
    root, quality = entry.split(":")
    return int(root), quality


def long_progression(rng, style, mode):
    """The chords of a section as long as `LONG_SECTIONS` says."""
    book = BOOKS[LONG_SECTIONS[style][1]]
    return [named(entry) for entry in rng.choice(book.get(mode, book["minor"]))]


def progression(rng, style, mode):
    """The chords of a loop, four or eight, as a list of (root, quality)."""
    table = HARMONY[style]
    books = table["books"]
    book = BOOKS[rng.choices(list(books), list(books.values()))[0]]
    rich = rng.random() < table["sevenths"]
    chords = [
        named(entry) if isinstance(entry, str) else diatonic(mode, entry, rich)
        for entry in rng.choice(book.get(mode) or BOOKS["general"][mode])
    ]
    if style in ("ambient", "cinematic", "synthwave", "rock") and rng.random() < 0.2:
        i = rng.randrange(1, len(chords))
        chords[i] = (chords[i][0], "sus")
    return chords


def pitch_classes(chord):
    root, quality = chord
    return [(root + step) % 12 for step in QUALITIES[quality]]


def dominant(rng, mode, style):
    """The chord before a cadence."""
    if mode in ("dorian", "mixolydian") and rng.random() < 0.4:
        return (5, "maj")
    return named(dominants(style)[mode])


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
