"""Progressions by mode, and which of them a style uses: for the corpus, and by `vocab.json` for the engine."""

# Degrees of the mode count from 0; "7:7" is a chord by its root in semitones above the tonic and its quality.
GENERAL = {
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
# Twelve bars: four of the tonic, two of the subdominant, two of the tonic, and the turnaround.
TWELVE_BARS = {
    "mixolydian": [
        ["0:7", "0:7", "0:7", "0:7", "5:7", "5:7", "0:7", "0:7", "7:7", "5:7", "0:7", "7:7"],
        ["0:7", "5:7", "0:7", "0:7", "5:7", "5:7", "0:7", "0:7", "7:7", "5:7", "0:7", "7:7"],
        ["0:7", "5:7", "0:7", "0:7", "5:7", "5:7", "0:7", "9:7", "2:min7", "7:7", "0:7", "7:7"],
    ],
    "minor": [
        ["0:min7", "0:min7", "0:min7", "0:min7", "5:min7", "5:min7", "0:min7", "0:min7", "8:7", "7:7", "0:min7", "7:7"],
        ["0:min7", "5:min7", "0:min7", "0:min7", "5:min7", "5:min7", "0:min7", "0:min7", "7:7", "5:min7", "0:min7", "7:7"],
    ],
}
TWELVE_BARS["major"], TWELVE_BARS["dorian"] = TWELVE_BARS["mixolydian"], TWELVE_BARS["minor"]
# Power chords and the flat second: heavier than the pop loops of the same modes.
METAL = {
    "minor": [[0, 0, 5, 6], [0, 6, 5, 6], [0, 0, 3, 2], [0, "1:maj", 0, 6], [0, 5, 3, "7:maj"]],
    "phrygian": [[0, 1, 0, 1], [0, 0, 1, 2], [0, 1, 6, 0], [0, 1, 5, 1]],
}
# Three chords and the truth.
COUNTRY = {"major": [[0, 3, 0, 4], [0, 0, 3, 4], [0, 4, 3, 4], [0, 3, 4, 0], [0, 5, 3, 4], [0, 4, 4, 0]]}
WALTZ = {"major": [[0, 4, 4, 0], [0, 3, 4, 0], [0, 0, "7:7", "7:7"], [0, 1, "7:7", 0]], "minor": [[0, "7:7", "7:7", 0], [0, 3, "7:7", 0], [0, 5, 3, "7:7"]]}  # fmt: skip

BOOKS = {"general": GENERAL, "jazz": JAZZ, "blues": BLUES, "twelve_bars": TWELVE_BARS, "metal": METAL, "country": COUNTRY, "waltz": WALTZ}

# books: weights; a book without the mode counts as the general one. Then shares of pieces: whose chords have their
# sevenths, whose chords last two bars, whose bars have two, whose sections close with the dominant, and whose choruses have
# the chords of the verses.
_SOME = {"books": {"general": 1}, "sevenths": 0.03, "slow": 0.05, "fast": 0.04, "cadences": 0, "one_loop": 0.2}
_OWN = {
    "lofi": {"books": {"general": 1, "jazz": 1}, "sevenths": 0.9, "fast": 0.1, "one_loop": 0.6},
    "ambient": {"sevenths": 0.4, "slow": 0.5, "one_loop": 0.6},
    "house": {"sevenths": 0.5, "slow": 0.25, "one_loop": 0.6},
    "techno": {"slow": 0.6, "one_loop": 0.6},
    "synthwave": {"sevenths": 0.15, "slow": 0.25},
    "dnb": {"sevenths": 0.4, "slow": 0.35, "one_loop": 0.6},
    "hiphop": {"sevenths": 0.4, "one_loop": 0.6},
    "rock": {"cadences": 0.75},
    "funk": {"sevenths": 0.75, "slow": 0.4},
    "jazz": {"books": {"jazz": 1}, "sevenths": 1, "fast": 0.3, "cadences": 0.75},
    "bossa": {"books": {"jazz": 1}, "sevenths": 1, "fast": 0.1, "cadences": 0.75},
    "classical": {"sevenths": 0.1, "fast": 0.2, "cadences": 0.75},
    "cinematic": {"sevenths": 0.08, "slow": 0.2, "cadences": 0.75},
    "folk": {"fast": 0.15, "cadences": 0.75},
    "lullaby": {"sevenths": 0.12, "cadences": 0.75},
    "chiptune": {"fast": 0.15, "cadences": 0.75},
    "pop": {"sevenths": 0.1, "cadences": 0.75},
    "metal": {"books": {"metal": 3, "general": 1}, "slow": 0.25},
    "reggae": {"sevenths": 0.2, "slow": 0.25},
    "blues": {"books": {"blues": 1}},
    "country": {"books": {"country": 3, "general": 1}, "fast": 0.1, "cadences": 0.75},
    "waltz": {"books": {"waltz": 3, "general": 1}, "slow": 0.3, "cadences": 0.75},
    "march": {"books": {"waltz": 3, "general": 1}, "fast": 0.1, "cadences": 0.75},
    "orchestral": {"fast": 0.15, "cadences": 0.75},
    "piano": {"sevenths": 0.3, "fast": 0.15, "cadences": 0.75},
}
HARMONY = {style: {**_SOME, **own} for style, own in _OWN.items()}
# The chord before a cadence, by mode. In styles of the list it has its seventh where it is the fifth degree.
DOMINANTS = {"major": "7:maj", "minor": "7:maj", "dorian": "10:maj", "mixolydian": "10:maj", "phrygian": "1:maj", "lydian": "2:maj"}
SEVENTH_DOMINANT = ("jazz", "bossa", "classical", "folk", "waltz", "march", "country", "blues")
# Styles whose longer pieces have sections of so many bars, over the progressions of this book.
LONG_SECTIONS = {"blues": (12, "twelve_bars")}


def dominants(style):
    """{mode: the chord before a cadence}."""
    seventh = {"7:maj": "7:7"} if style in SEVENTH_DOMINANT else {}
    return {mode: seventh.get(chord, chord) for mode, chord in DOMINANTS.items()}
