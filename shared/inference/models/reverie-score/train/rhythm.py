"""Rhythms of the corpus: drum grooves, bass lines, comping and arpeggios by style."""

from harmony import nearest, pitch_classes
from vocabulary import DRUMS

# One character a step: x normal, X loud, o soft, - rest. Grooves of 16 steps; a style picks one per song.
GROOVES = {
    "lofi": [
        {"kick": "X------x--x-----", "snare": "----X-------X---", "hat": "x-o-x-o-x-o-x-o-"},
        {"kick": "X--x------x-----", "snare": "----X-------X--o", "hat": "x-x-x-x-x-x-x-x-"},
        {"kick": "X-----x---x-----", "stick": "----X-------X---", "hat": "x-o-x-o-x-oox-o-", "shaker": "--o---o---o---o-"},
        {"kick": "X---------X-----", "snare": "----X-------X---", "hat": "--x---x---x---x-"}],
    "ambient": [{"shaker": "o---o---o---o---"}, {"kick": "x---------------", "ride": "o-------o-------"}],
    "house": [
        {"kick": "X---X---X---X---", "clap": "----X-------X---", "open_hat": "--x---x---x---x-"},
        {"kick": "X---X---X---X---", "clap": "----X-------X---", "open_hat": "--X---X---X---X-", "hat": "o--oo--oo--oo--o"},
        {"kick": "X---X---X---X---", "snare": "----X-------X---", "hat": "o-x-o-x-o-x-o-x-", "shaker": "oooooooooooooooo"},
        {"kick": "X---X---X---X---", "clap": "----X-------X--o", "open_hat": "--x---x---x---x-", "high_conga": "---o--o----o--o-"}],
    "techno": [
        {"kick": "X---X---X---X---", "hat": "--x---x---x---x-"},
        {"kick": "X---X---X---X---", "open_hat": "--x---x---x---x-", "clap": "----x-------x---", "hat": "oo-ooo-ooo-ooo-o"},
        {"kick": "X---X---X---X---", "hat": "o-xoo-xoo-xoo-xo", "low_tom": "---x--x-----x---"},
        {"kick": "X---X---X---X--o", "ride": "x-x-x-x-x-x-x-x-", "clap": "----x-------x---"}],
    "synthwave": [
        {"kick": "X-------X-------", "snare": "----X-------X---", "hat": "x-x-x-x-x-x-x-x-"},
        {"kick": "X---X---X---X---", "snare": "----X-------X---", "hat": "--x---x---x---x-"},
        {"kick": "X-----x-X-------", "snare": "----X-------X---", "hat": "x-o-x-o-x-o-x-o-", "tambourine": "----o-------o---"}],
    "dnb": [
        {"kick": "X---------X-----", "snare": "----X-------X---", "hat": "x-x-x-x-x-x-x-x-"},
        {"kick": "X---------X-----", "snare": "----X--o-o--X--o", "hat": "x-o-x-o-x-o-x-o-"},
        {"kick": "X-X-------X-----", "snare": "----X--o----X---", "ride": "x---x---x---x---"},
        {"kick": "X--------xX-----", "snare": "----X--o-o--X---", "hat": "xoxoxoxoxoxoxoxo"}],
    "hiphop": [
        {"kick": "X--x---x--X-----", "snare": "----X-------X---", "hat": "x-x-x-x-x-x-x-x-"},
        {"kick": "X-----x---x-----", "clap": "----X-------X---", "hat": "x-o-x-oox-o-xoo-"},
        {"kick": "X---------x--x--", "snare": "--------X-------", "hat": "x-o-x-o-x-o-xooo"},
        {"kick": "X--x--x---------", "clap": "--------X-------", "hat": "x-xox-x-x-xoxoxo", "open_hat": "--------------x-"}],
    "rock": [
        {"kick": "X-------X-x-----", "snare": "----X-------X---", "hat": "x-x-x-x-x-x-x-x-"},
        {"kick": "X-x-----X-x-----", "snare": "----X-------X---", "ride": "x-x-x-x-x-x-x-x-"},
        {"kick": "X------xX-------", "snare": "----X-------X---", "open_hat": "x---x---x---x---"},
        {"kick": "X---X---X---X---", "snare": "----X-------X---", "hat": "x-x-x-x-x-x-x-x-"}],
    "funk": [
        {"kick": "X-x-------x--x--", "snare": "----X--o-o--X--o", "hat": "x-x-x-x-x-x-x-x-"},
        {"kick": "X--x--x---x-----", "snare": "----X--o----X---", "hat": "xoxoxoxoxoxoxoxo"},
        {"kick": "X-----x--xx-----", "snare": "----X--o-o--X---", "hat": "x-o-x-o-x-o-x---", "open_hat": "--------------x-"}],
    "jazz": [
        {"ride": "X---x--ox---x--o", "pedal_hat": "----x-------x---"},
        {"ride": "X---x-o-x---x-o-", "pedal_hat": "----x-------x---", "kick": "o---o---o---o---"},
        {"ride": "X---x-o-x---x-o-", "pedal_hat": "----x-------x---", "snare": "------o-------o-"}],
    "bossa": [
        {"stick": "x--x--x---x--x--", "kick": "x--xx--xx--xx--x", "hat": "o-o-o-o-o-o-o-o-"},
        {"stick": "x--x--x---x--x--", "kick": "x-----x-x-----x-", "shaker": "xoxoxoxoxoxoxoxo"},
        {"stick": "--x---x-x--x--x-", "kick": "x--xx--xx--xx--x", "shaker": "o-o-o-o-o-o-o-o-"}],
    "classical": [{"low_tom": "x---------------"}],
    "cinematic": [
        {"low_tom": "X-----x-x-------", "kick": "X---------------"},
        {"low_tom": "X--x--x-X--x--x-", "kick": "X-------X-------"},
        {"kick": "X-------x-------", "snare": "x-ooX-oox-ooX-oo"},
        {"low_tom": "X-x-x-x-X-x-x-x-", "mid_tom": "---x---x---x--xx", "kick": "X-------X-------"}],
    "folk": [
        {"kick": "x-------x-------", "tambourine": "----x-------x---"},
        {"kick": "x-------x-------", "snare": "----o-------o---", "shaker": "x-o-x-o-x-o-x-o-"},
        {"kick": "x---x---x---x---", "tambourine": "----x-------x---"}],
    "lullaby": [{"triangle": "o---------------"}],
    "chiptune": [
        {"kick": "X---x---X---x---", "snare": "----X-------X---", "hat": "x-x-x-x-x-x-x-x-"},
        {"kick": "X-----x-X-------", "snare": "----X-------X-x-", "hat": "x-xxx-xxx-xxx-xx"},
        {"kick": "X-x---x-X-x-----", "snare": "----X-------X---", "hat": "x-o-x-o-x-o-x-o-"}],
    "pop": [
        {"kick": "X-------X-x-----", "snare": "----X-------X---", "hat": "x-x-x-x-x-x-x-x-"},
        {"kick": "X---X---X---X---", "clap": "----X-------X---", "hat": "--x---x---x---x-"},
        {"kick": "X-----x-X-------", "snare": "----X-------X---", "hat": "x-o-x-o-x-o-x-o-", "tambourine": "----o-------o---"}],
    "metal": [
        {"kick": "XxXxXxXxXxXxXxXx", "snare": "----X-------X---", "ride": "x---x---x---x---"},
        {"kick": "X-xx--x-X-xx--x-", "snare": "----X-------X---", "hat": "x---x---x---x---"},
        {"kick": "X---X---X---X---", "snare": "--X---X---X---X-", "ride": "x-x-x-x-x-x-x-x-"},
        {"kick": "X-x-------x-x---", "snare": "--------X-------", "open_hat": "x---x---x---x---"}],
    "reggae": [
        {"kick": "--------X-------", "stick": "--------X-------", "hat": "x-o-x-o-x-o-x-o-"},
        {"kick": "X-------X-------", "stick": "--------X-------", "hat": "x-x-x-x-x-x-x-x-"},
        {"kick": "X---X---X---X---", "stick": "--------X-------", "hat": "x-xox-xox-xox-xo"}],
    "blues": [
        {"kick": "X-------X-------", "snare": "----X-------X---", "ride": "x-x-x-x-x-x-x-x-"},
        {"kick": "X-----x-X-------", "snare": "----X-------X---", "hat": "x-x-x-x-x-x-x-x-"},
        {"kick": "x---x---x---x---", "stick": "----x-------x---", "ride": "X-x-X-x-X-x-X-x-"}],
    "country": [
        {"kick": "X-------X-------", "snare": "----X-------X---", "hat": "x-x-x-x-x-x-x-x-"},
        {"kick": "X-------X-------", "snare": "--o-x-o---o-x-o-"},
        {"kick": "X-------X-x-----", "stick": "----X-------X---", "shaker": "x-o-x-o-x-o-x-o-"}],
    "waltz": [{"low_tom": "o---------------"}],
    "march": [
        {"kick": "X-------X-------", "snare": "x---x-xxx---x-xx"},
        {"kick": "X-------X-------", "snare": "x-xxx-xxx-xxx-xx", "crash": "o---------------"},
        {"kick": "X---x---X---x---", "snare": "--x---x---x-xxxx"}],
    "orchestral": [
        {"low_tom": "X---------------"},
        {"low_tom": "X-------x---x---", "crash": "o---------------"},
        {"low_tom": "X-----x-X-------", "snare": "o---o-ooo---o-oo"}],
    "piano": [{"shaker": "o---o---o---o---"}],
}  # fmt: skip
GROOVES_3 = [
    {"kick": "X-----------", "snare": "----x---x---", "hat": "x---x---x---"},
    {"kick": "X-----------", "stick": "----o---o---", "shaker": "x-o-x-o-x-o-"},
    {"ride": "X---x-o-x---", "pedal_hat": "----x-------"},
    {"low_tom": "X-------x---", "tambourine": "----x---x---"},
]
GROOVES_6 = [
    {"kick": "X-----------", "snare": "------X-----", "hat": "x-x-x-x-x-x-"},
    {"kick": "X---------x-", "snare": "------X-----", "hat": "x---x-x---x-"},
    {"low_tom": "X---x-X---x-", "kick": "X-----------"},
    {"kick": "x-----------", "stick": "------x-----", "shaker": "x-o-x-o-x-o-"},
]
# Styles with their own idea of a metre.
OWN_GROOVES = {
    ("waltz", "3/4"): [{"kick": "X-----------", "stick": "----o---o---"}, {"kick": "x-----------", "pedal_hat": "----x---x---"}],
    ("march", "6/8"): [{"kick": "X-----------", "snare": "x---x-x-xxxx"}, {"kick": "X-----X-----", "snare": "----x-----x-"}],
    ("blues", "6/8"): [{"kick": "X---------x-", "snare": "------X-----", "ride": "x-x-x-x-x-x-"}],
    ("metal", "6/8"): [{"kick": "XxXxXxXxXxXx", "snare": "------X-----", "ride": "x---x-x---x-"}],
}
LEVEL = {"X": 1, "x": 0, "o": -2}
TIME_KEEPERS = ("hat", "open_hat", "ride", "shaker", "pedal_hat", "tambourine")


def groove(rng, style, metre, energy, density):
    """One bar of drums as {drum: pattern}, thinner for calm or sparse songs."""
    book = OWN_GROOVES.get((style, metre)) or {"4/4": GROOVES[style], "3/4": GROOVES_3, "6/8": GROOVES_6}[metre]
    if metre != "4/4" and style in ("cinematic", "classical", "orchestral"):
        book = [book[-1 if metre == "3/4" else 2]]
    pattern = dict(rng.choice(book))
    if density == 0 and len(pattern) > 2:
        pattern.pop(rng.choice([d for d in pattern if d in TIME_KEEPERS] or list(pattern)))
    if energy == 0:
        pattern = {d: p.replace("x", "o").replace("X", "x") for d, p in pattern.items()}
    if density == 3 and energy >= 3 and "hat" in pattern and rng.random() < 0.5:
        pattern["hat"] = "xoxo" * (len(pattern["hat"]) // 4)
    return pattern


def drum_bar(pattern, level, only=None, crash=False):
    """Groups of a bar: [(step, velocity, [keys], 0)]."""
    steps = {}
    for drum, line in pattern.items():
        if only and drum not in only:
            continue
        for step, mark in enumerate(line):
            if mark != "-":
                steps.setdefault(step, {})[DRUMS[drum]] = LEVEL[mark]
    if crash:
        steps.setdefault(0, {})[DRUMS["crash"]] = 1
        for keeper in ("hat", "ride"):
            steps[0].pop(DRUMS[keeper], None)
    bar = []
    for step in sorted(steps):
        keys = sorted(steps[step])[:4]
        bar.append((step, clamp_velocity(level + max(steps[step][k] for k in keys)), keys, 0))
    return bar


def fill_bar(rng, pattern, level, steps, style):
    """The groove, with a fill in its last quarter or half."""
    start = steps - rng.choice([4, 4, 6, 8])
    bar = [g for g in drum_bar(pattern, level) if g[0] < start]
    if style in ("cinematic", "classical", "ambient", "orchestral", "waltz"):
        drums = [DRUMS["low_tom"]]
    elif style in ("house", "techno", "jazz", "bossa", "lofi", "march", "blues"):
        drums = [DRUMS["snare"]]
    else:
        drums = rng.choice(
            [[DRUMS["snare"]], [DRUMS["high_tom"], DRUMS["mid_tom"], DRUMS["low_tom"]], [DRUMS["snare"], DRUMS["low_tom"]]]
        )
    spots = sorted(rng.sample(range(start, steps), max(2, (steps - start) * 2 // 3)))
    for i, step in enumerate(spots):
        drum = drums[min(len(drums) - 1, i * len(drums) // len(spots))]
        bar.append((step, clamp_velocity(level - 1 + (i * 2) // len(spots)), [drum], 0))
    return bar


def walk_up(rng, bar, start, steps, scale, goal, low, high):
    """The bass line with its end replaced by a run along the scale into `goal`, the root of the bar that follows."""
    kept = [(s, v, p, min(d, start - s)) for s, v, p, d in bar if s < start]
    ladder = [p for p in range(low, high + 1) if p % 12 in scale]
    notes = (steps - start) // 2
    below = [p for p in ladder if p < goal][-notes:]
    above = [p for p in ladder if p > goal][:notes][::-1]
    run = below if len(below) == notes and (len(above) < notes or rng.random() < 0.6) else above
    if len(run) < notes or not kept:
        return bar
    return kept + [(start + 2 * i, kept[-1][1], [p], 2) for i, p in enumerate(run)]


def clamp_velocity(level):
    return max(0, min(7, int(round(level))))


# Bass: (step, length, what) with what: 1 root, 5 fifth, 8 octave, 7 seventh or sixth, a approach to the next chord.
BASS = {
    "lofi": [[(0, 6, 1), (10, 4, 1)], [(0, 4, 1), (7, 2, 5), (10, 4, 8)], [(0, 10, 1), (14, 2, "a")], [(0, 3, 1), (3, 4, 1), (10, 3, 5), (14, 2, "a")]],
    "ambient": [[(0, 16, 1)], [(0, 16, 1)], [(0, 8, 1), (8, 8, 5)]],
    "house": [[(2, 2, 1), (6, 2, 1), (10, 2, 1), (14, 2, 1)], [(2, 1, 1), (3, 1, 8), (6, 1, 1), (7, 1, 8), (10, 1, 1), (11, 1, 8), (14, 1, 5), (15, 1, 8)], [(0, 3, 1), (3, 3, 1), (6, 2, 8), (10, 2, 5), (12, 3, 1)], [(0, 2, 1), (3, 2, 1), (7, 1, 8), (10, 2, 7), (14, 2, 5)]],
    "techno": [[(2, 1, 1), (3, 1, 1), (6, 1, 1), (7, 1, 1), (10, 1, 1), (11, 1, 1), (14, 1, 1), (15, 1, 1)], [(2, 2, 1), (6, 2, 1), (10, 2, 1), (14, 2, 1)], [(0, 1, 1), (3, 1, 1), (6, 1, 8), (8, 1, 1), (11, 1, 1), (14, 1, 8)], [(2, 1, 1), (3, 1, 1), (6, 1, 1), (7, 1, 8), (10, 1, 1), (11, 1, 7), (14, 1, 1), (15, 1, 1)]],
    "synthwave": [[(i, 2, 1) for i in range(0, 16, 2)], [(i, 2, 8 if i % 4 else 1) for i in range(0, 16, 2)], [(0, 2, 1), (2, 1, 1), (3, 1, 1), (4, 2, 1), (6, 2, 8), (8, 2, 1), (10, 1, 1), (11, 1, 1), (12, 2, 5), (14, 2, 8)]],
    "dnb": [[(0, 10, 1), (10, 6, 1)], [(0, 6, 1), (6, 4, 8), (10, 6, 5)], [(0, 3, 1), (3, 3, 1), (10, 4, 1), (14, 2, 7)], [(0, 16, 1)]],
    "hiphop": [[(0, 6, 1), (7, 2, 1), (10, 5, 1)], [(0, 3, 1), (3, 3, 1), (10, 6, 5)], [(0, 10, 1), (10, 3, 1), (14, 2, "a")], [(0, 16, 1)]],
    "rock": [[(i, 2, 1) for i in range(0, 16, 2)], [(0, 6, 1), (6, 2, 1), (8, 4, 1), (12, 4, 5)], [(0, 4, 1), (4, 4, 1), (8, 4, 1), (12, 2, 5), (14, 2, "a")]],
    "funk": [[(0, 2, 1), (3, 1, 1), (6, 1, 8), (7, 1, 7), (10, 1, 1), (11, 2, 5), (14, 1, 7), (15, 1, 8)], [(0, 1, 1), (2, 1, 1), (5, 1, 8), (7, 2, 7), (10, 1, 5), (12, 1, 1), (14, 2, "a")], [(0, 3, 1), (6, 1, 1), (7, 1, 8), (10, 2, 7), (13, 1, 5), (14, 2, 7)]],
    "jazz": [[(0, 4, 1), (4, 4, 3), (8, 4, 5), (12, 4, "a")], [(0, 4, 1), (4, 4, 5), (8, 4, 3), (12, 4, "a")], [(0, 4, 1), (4, 4, 3), (8, 2, 5), (10, 2, 3), (12, 4, "a")]],
    "bossa": [[(0, 6, 1), (6, 2, 5), (8, 6, 5), (14, 2, 1)], [(0, 6, 1), (6, 2, 5), (8, 6, 5), (14, 2, "a")]],
    "classical": [[(0, 16, 1)], [(0, 8, 1), (8, 8, 5)], [(0, 4, 1), (8, 4, 5)]],
    "cinematic": [[(0, 16, 1)], [(0, 8, 1), (8, 8, 1)], [(0, 4, 1), (4, 2, 1), (6, 2, 1), (8, 4, 1), (12, 4, 1)]],
    "folk": [[(0, 8, 1), (8, 8, 5)], [(0, 6, 1), (8, 4, 5), (12, 4, "a")]],
    "lullaby": [[(0, 16, 1)], [(0, 8, 1), (8, 8, 5)]],
    "chiptune": [[(i, 2, 8 if i % 4 else 1) for i in range(0, 16, 2)], [(i, 2, 1) for i in range(0, 16, 2)], [(0, 2, 1), (4, 2, 8), (8, 2, 5), (10, 2, 1), (12, 2, 8), (14, 2, 5)]],
    "pop": [[(i, 2, 1) for i in range(0, 16, 2)], [(0, 6, 1), (6, 2, 1), (8, 6, 1), (14, 2, "a")], [(0, 4, 1), (6, 2, 1), (8, 4, 5), (12, 4, 1)], [(0, 16, 1)]],
    "metal": [[(i, 1, 1) for i in range(16)], [(0, 2, 1), (2, 1, 1), (3, 1, 1), (6, 2, 1), (8, 2, 1), (10, 1, 1), (11, 1, 1), (14, 2, 5)], [(i, 2, 1) for i in range(0, 16, 2)]],
    "reggae": [[(0, 3, 1), (4, 2, 5), (6, 2, 8), (10, 2, 5), (12, 3, 1)], [(2, 2, 1), (4, 2, 1), (6, 2, 3), (8, 4, 5), (14, 2, "a")], [(0, 4, 1), (6, 2, 1), (8, 2, 3), (10, 4, 5)]],
    "blues": [[(0, 4, 1), (4, 4, 3), (8, 4, 5), (12, 4, 7)], [(0, 4, 1), (4, 4, 3), (8, 4, 5), (12, 4, "a")], [(0, 2, 1), (2, 2, 1), (4, 2, 3), (6, 2, 3), (8, 2, 5), (10, 2, 5), (12, 2, 7), (14, 2, 7)], [(0, 8, 1), (8, 8, 5)]],
    "country": [[(0, 4, 1), (8, 4, 5)], [(0, 8, 1), (8, 8, 5)], [(0, 4, 1), (8, 4, 5), (12, 4, "a")]],
    "waltz": [[(0, 16, 1)]],
    "march": [[(0, 2, 1), (8, 2, 5)], [(0, 2, 1), (4, 2, 3), (8, 2, 5), (12, 2, "a")]],
    "orchestral": [[(0, 16, 1)], [(0, 8, 1), (8, 8, 5)], [(0, 4, 1), (4, 4, 1), (8, 4, 5), (12, 4, "a")]],
    "piano": [[(0, 16, 1)], [(0, 8, 1), (8, 8, 5)]],
}  # fmt: skip
BASS_12 = {
    "3/4": [[(0, 12, 1)], [(0, 4, 1), (8, 4, 5)], [(0, 4, 1), (4, 4, 3), (8, 4, "a")]],
    "6/8": [[(0, 12, 1)], [(0, 6, 1), (6, 6, 5)], [(0, 4, 1), (4, 2, 1), (6, 4, 5), (10, 2, "a")]],
}
OWN_BASS = {
    ("waltz", "3/4"): [[(0, 4, 1)], [(0, 8, 1)]],
    ("march", "6/8"): [[(0, 4, 1), (6, 4, 5)]],
    ("blues", "6/8"): [[(0, 6, 1), (6, 6, 5)], [(0, 4, 1), (4, 2, 3), (6, 4, 5), (10, 2, 7)]],
    ("metal", "6/8"): [[(i, 2, 1) for i in range(0, 12, 2)]],
}


def bass_pattern(rng, style, metre, density, energy):
    book = OWN_BASS.get((style, metre)) or (BASS[style] if metre == "4/4" else BASS_12[metre])
    ranked = sorted(book, key=len)
    if density == 0 or energy == 0:
        ranked = ranked[: max(1, len(ranked) // 2)]
    elif density == 3:
        ranked = ranked[len(ranked) // 2 :]
    return rng.choice(ranked)


def bass_bar(pattern, chords, following, split, level, low, high, scale):
    """A bass line over one or two chords; `following` is the chord of the next bar."""
    bar = []
    for step, length, what in pattern:
        second = len(chords) > 1 and step >= split
        chord = chords[1] if second else chords[0]
        if len(chords) > 1 and not second and step + length > split:
            length = split - step
        root = nearest(low + 9, [chord[0]], low, high)
        if what in (1, "a"):
            pitch = root
        elif what == 8:
            pitch = root + 12 if root + 12 <= high else root
        else:
            classes = pitch_classes(chord)
            pc = {3: classes[1], 5: classes[2], 7: classes[3] if len(classes) > 3 else nearest(chord[0] + 10, scale) % 12}[what]
            pitch = nearest(root + 5, [pc], low, high)
        if what == "a":
            goal = nearest(low + 9, [following[0]], low, high)
            options = [goal + d for d in (-2, 2, -1, 1) if (goal + d) % 12 in scale and low <= goal + d <= high]
            pitch = min(options, key=lambda p: abs(p - root)) if options else root
        accent = 1 if step == 0 else 0
        bar.append((step, clamp_velocity(level + accent), [pitch], length))
    # Two chords in a bar: the second one must be heard in the bass.
    if len(chords) > 1 and not any(step == split for step, *_ in pattern):
        root = nearest(low + 9, [chords[1][0]], low, high)
        bar = sorted([g for g in bar if g[0] < split or g[0] > split] + [(split, clamp_velocity(level), [root], 2)])
        bar = [(s, v, p, min(d, bar[i + 1][0] - s) if i + 1 < len(bar) else d) for i, (s, v, p, d) in enumerate(bar)]
    return bar


# Comping: (step, length).
COMP = {
    "lofi": [[(0, 12)], [(0, 6), (7, 7)], [(2, 4), (10, 4)], [(0, 3), (6, 2), (10, 5)]],
    "ambient": [[(0, 16)], [(0, 8), (8, 8)], [(4, 12)]],
    "house": [[(2, 2), (6, 2), (10, 2), (14, 2)], [(0, 2), (3, 2), (6, 2), (10, 2), (13, 2)], [(0, 3), (3, 3), (6, 4), (12, 2)], [(0, 1), (3, 1), (7, 1), (10, 1), (14, 2)]],
    "techno": [[(3, 1), (11, 1)], [(6, 1), (14, 1)], [(0, 1), (3, 1), (6, 1), (11, 1)]],
    "synthwave": [[(0, 6), (6, 6), (12, 4)], [(0, 16)], [(0, 2), (4, 2), (6, 2), (10, 2), (12, 4)]],
    "dnb": [[(0, 6), (6, 10)], [(0, 16)], [(3, 2), (10, 3)]],
    "hiphop": [[(0, 14)], [(0, 4), (8, 4)], [(0, 3), (3, 3), (6, 6)], [(0, 2), (4, 2), (8, 2), (12, 2)]],
    "rock": [[(i, 2) for i in range(0, 16, 2)], [(0, 6), (6, 2), (8, 8)], [(0, 3), (3, 3), (6, 2), (8, 3), (11, 3), (14, 2)], [(0, 16)]],
    "funk": [[(2, 1), (6, 1), (7, 1), (10, 1), (14, 1)], [(0, 1), (3, 1), (6, 1), (10, 2), (13, 1)], [(4, 1), (7, 2), (12, 1), (15, 1)]],
    "jazz": [[(0, 6), (6, 4)], [(6, 3), (14, 2)], [(0, 2), (6, 6)], [(4, 2), (10, 4)]],
    "bossa": [[(0, 3), (3, 3), (6, 4), (10, 3), (13, 3)], [(0, 2), (4, 2), (6, 4), (10, 2), (14, 2)], [(2, 4), (6, 4), (12, 2), (14, 2)]],
    "classical": [[(0, 8), (8, 8)], [(0, 4), (4, 4), (8, 4), (12, 4)], [(0, 16)]],
    "cinematic": [[(0, 16)], [(0, 8), (8, 8)], [(0, 6), (6, 6), (12, 4)]],
    "folk": [[(0, 4), (4, 2), (6, 2), (8, 4), (12, 2), (14, 2)], [(0, 4), (4, 4), (8, 4), (12, 4)], [(4, 4), (12, 4)], [(0, 4), (4, 2), (6, 4), (10, 2), (12, 2), (14, 2)]],
    "lullaby": [[(0, 8), (8, 8)], [(0, 16)]],
    "chiptune": [[(2, 1), (6, 1), (10, 1), (14, 1)], [(0, 1), (4, 1), (8, 1), (12, 1)]],
    "pop": [[(0, 16)], [(0, 4), (4, 4), (8, 4), (12, 4)], [(0, 6), (6, 6), (12, 4)], [(i, 2) for i in range(0, 16, 2)]],
    "metal": [[(0, 8), (8, 8)], [(0, 2), (2, 1), (3, 1), (6, 2), (8, 2), (10, 1), (11, 1), (14, 2)], [(i, 1) for i in range(16)], [(i, 2) for i in range(0, 16, 2)]],
    "reggae": [[(4, 1), (12, 1)], [(2, 1), (6, 1), (10, 1), (14, 1)], [(4, 1), (6, 1), (12, 1), (14, 1)]],
    "blues": [[(0, 8), (8, 8)], [(2, 2), (6, 2), (10, 2), (14, 2)], [(4, 2), (12, 2)], [(i, 2) for i in range(0, 16, 2)]],
    "country": [[(4, 2), (12, 2)], [(0, 4), (4, 4), (8, 4), (12, 4)], [(0, 4), (4, 2), (6, 2), (8, 4), (12, 2), (14, 2)]],
    "waltz": [[(0, 16)]],
    "march": [[(4, 2), (12, 2)], [(2, 2), (6, 2), (10, 2), (14, 2)]],
    "orchestral": [[(0, 16)], [(0, 8), (8, 8)], [(0, 4), (4, 4), (8, 4), (12, 4)]],
    "piano": [[(0, 8), (8, 8)], [(0, 16)], [(0, 4), (4, 4), (8, 4), (12, 4)]],
}  # fmt: skip
COMP_12 = {
    "3/4": [[(4, 4), (8, 4)], [(0, 12)], [(4, 2), (8, 2)], [(0, 4), (4, 4), (8, 4)]],
    "6/8": [[(0, 12)], [(0, 6), (6, 6)], [(0, 2), (4, 2), (6, 2), (10, 2)], [(0, 4), (4, 2), (6, 4), (10, 2)]],
}


OWN_COMP = {
    ("waltz", "3/4"): [[(4, 4), (8, 4)], [(4, 2), (8, 2)]],
    ("march", "6/8"): [[(4, 2), (10, 2)]],
    ("country", "3/4"): [[(4, 4), (8, 4)], [(4, 2), (8, 2)]],
    ("metal", "6/8"): [[(i, 2) for i in range(0, 12, 2)]],
}


def comp_pattern(rng, style, metre, density, energy):
    book = OWN_COMP.get((style, metre)) or (COMP[style] if metre == "4/4" else COMP_12[metre])
    ranked = sorted(book, key=len)
    want = (density + energy) / 7
    return ranked[max(0, min(len(ranked) - 1, int(want * len(ranked) + rng.uniform(-0.8, 0.8))))]


# Arpeggios: indices into the chord's ladder of pitches, one per note.
ARPS = [
    [0, 1, 2, 3],
    [0, 2, 1, 2],
    [0, 1, 2, 1],
    [3, 2, 1, 0],
    [0, 2, 3, 2],
    [0, 1, 2, 3, 4, 3, 2, 1],
    [0, 3, 1, 2],
    [0, 2, 4, 2],
]


def arp_bar(shape, rate, ladders, split, steps, level, legato):
    """Notes every `rate` steps from the ladder of the chord that sounds."""
    bar = []
    for i, step in enumerate(range(0, steps, rate)):
        ladder = ladders[1] if len(ladders) > 1 and step >= split else ladders[0]
        pitch = ladder[shape[i % len(shape)] % len(ladder)]
        accent = 1 if step == 0 else 0
        bar.append((step, clamp_velocity(level + accent), [pitch], rate * 2 if legato and i % 2 == 0 else rate))
    return bar
