"""Pieces to token rows and back, and the grammar of FORMAT.md as a checker and a constraint."""

from vocabulary import BACK, DURATIONS, ID, LEFT_MAX, METRES, ROLES, TOKENS

CONTEXT = 1024


def nearest_duration(steps):
    return min(DURATIONS, key=lambda d: abs(d - steps))


def header(song):
    words = ["<bos>", f"STYLE_{song['style']}", f"VALENCE_{song['valence']}", f"ENERGY_{song['energy']}", f"TEMPO_{song['tempo']}",
             f"METRE_{song['metre']}", f"MODE_{song['mode']}", f"DENSITY_{song['density']}"]  # fmt: skip
    for role, instrument in song["instruments"].items():
        words += [f"TRACK_{role}", f"INST_{instrument}"]
    return words


def canonical(role, groups):
    """Groups as the tokens can say them: sorted, one group a step, durations from the table."""
    merged = {}
    for step, velocity, pitches, length in groups:
        limit = 4 if role == "drums" else 3 if role in ("bass", "lead", "counter") else 6
        keys = tuple(sorted(set(pitches)))[:limit]
        merged[step] = (step, velocity, keys, 0 if role == "drums" else nearest_duration(length))
    return tuple(merged[s] for s in sorted(merged))


def group_words(role, groups):
    words, velocity = [], None
    for step, level, keys, length in groups:
        words.append(f"POS_{step}")
        if level != velocity:
            words.append(f"VEL_{level}")
            velocity = level
        words += [f"{'DRUM' if role == 'drums' else 'PITCH'}_{k}" for k in keys]
        if role != "drums":
            words.append(f"DUR_{length}")
    return words


def bar_words(bars, i, first):
    """Words of bar i in a row that starts with bar `first`."""
    bar = bars[i]
    words = [f"BAR_{bar['phrase']}", f"LEFT_{min(LEFT_MAX, bar['left'])}", f"SECTION_{bar['section']}"]
    words += [f"CHORD_{root}_{quality}" for root, quality in bar["chords"]]
    for role in ROLES:
        groups = bar["tracks"].get(role)
        if not groups:
            continue
        words.append(f"TRACK_{role}")
        for n in BACK:
            if i - n >= first and bars[i - n]["tracks"].get(role) == groups:
                words.append(f"BACK_{n}")
                break
        else:
            words += group_words(role, groups)
    return words


def prepare(song):
    for bar in song["bars"]:
        bar["tracks"] = {r: canonical(r, g) for r, g in bar["tracks"].items()}
    return song


def row_words(song, first=0, limit=CONTEXT):
    """Words of a row from bar `first` on, cut at `limit`."""
    words = header(song)
    for i in range(first, len(song["bars"])):
        if len(words) > limit:
            break
        words += bar_words(song["bars"], i, first)
    words.append("<eos>")
    return words[:limit]


def row(song, first=0, limit=CONTEXT):
    """The same as token ids."""
    return [ID[w] for w in row_words(song, first, limit)]


class Grammar:
    """Follows a row token by token. `allowed()` is the set of tokens that may come next.

    `form` (list of (section, bars)) forces BAR, LEFT, SECTION and <eos>; `scale` restricts pitches to the mode and the chord.
    """

    def __init__(self, song, form, scale=None):
        self.instruments = song["instruments"]
        self.steps = METRES[song["metre"]][0]
        self.split = 6 if song["metre"] == "6/8" else 8
        self.scale = scale
        self.plan = [(s, b) for s, n in form for b in range(n)]
        self.bars = []  # per bar: {"chords": [...], "tracks": {role: groups}}
        self.state = "bar"

    def allowed(self):
        s = self.state
        if s == "bar":
            i = len(self.bars)
            return [ID["<eos>"]] if i == len(self.plan) else [ID[f"BAR_{self.plan[i][1] % 8}"]]
        if s == "left":
            return [ID[f"LEFT_{min(LEFT_MAX, len(self.plan) - len(self.bars))}"]]
        if s == "section":
            return [ID[f"SECTION_{self.plan[len(self.bars) - 1][0]}"]]
        if s == "chord":
            return CHORDS
        out = []
        if s == "chord2":
            out += [c for c in CHORDS if c != self.chords[0]]
        if s == "track":
            return self.after_track()
        if s in ("pos", "vel"):
            return self.inside_group()
        if s == "keys":
            out += self.next_keys()
            if self.role != "drums":
                return out + DURS
        if s in ("keys", "dur"):
            out += [ID[f"POS_{p}"] for p in range(self.at + 1, self.steps)]
        return out + self.next_tracks()

    def next_tracks(self):
        """A later track, or the next bar."""
        seen = ROLES.index(self.role) if self.role else -1
        out = [ID[f"TRACK_{r}"] for r in self.instruments if ROLES.index(r) > seen]
        i = len(self.bars)
        return out + [ID["<eos>"] if i == len(self.plan) else ID[f"BAR_{self.plan[i][1] % 8}"]]

    def after_track(self):
        i = len(self.bars) - 1
        back = [ID[f"BACK_{n}"] for n in BACK if i - n >= 0 and self.bars[i - n]["tracks"].get(self.role)]
        return back + [ID[f"POS_{p}"] for p in range(self.steps)]

    def inside_group(self):
        keys = self.next_keys()
        if self.state == "vel":
            return keys
        # A first group must say its velocity; a later one only when it changes.
        return VELS if self.velocity is None else keys + [v for v in VELS if v != self.velocity]

    def next_keys(self):
        limit = 4 if self.role == "drums" else 3 if self.role in ("bass", "lead", "counter") else 6
        if len(self.keys) >= limit:
            return []
        top = self.keys[-1] if self.keys else -1
        if self.role == "drums":
            return [d for k, d in DRUM_IDS if k > top]
        classes = None
        if self.scale is not None:
            word = TOKENS[self.chords[-1 if len(self.chords) > 1 and self.at >= self.split else 0]]
            classes = self.scale | CHORD_CLASSES[word]
        return [t for k, t in PITCH_IDS if k > top and (classes is None or k % 12 in classes)]

    def push(self, token):
        kind, _, value = TOKENS[token].partition("_")
        if kind == "BAR":
            self.close_group()
            self.bars.append({"tracks": {}, "chords": []})
            self.chords, self.role, self.state = self.bars[-1]["chords"], None, "left"
        elif kind == "LEFT":
            self.state = "section"
        elif kind == "SECTION":
            self.state = "chord"
        elif kind == "CHORD":
            self.chords.append(token)
            self.state = "chord2" if len(self.chords) == 1 else "rest"
        elif kind == "TRACK":
            self.close_group()
            self.role, self.velocity, self.keys, self.state = value, None, [], "track"
        elif kind == "BACK":
            self.bars[-1]["tracks"][self.role] = list(self.bars[-1 - int(value)]["tracks"][self.role])
            self.state = "rest"
        elif kind == "POS":
            self.close_group()
            self.at, self.keys, self.state = int(value), [], "pos"
        elif kind == "VEL":
            self.velocity, self.state = token, "vel"
        elif kind in ("PITCH", "DRUM"):
            self.keys.append(int(value))
            self.state = "keys"
        elif kind == "DUR":
            self.finish(int(value))
            self.state = "dur"
        else:
            self.close_group()
            self.state = "end"

    def close_group(self):
        """Drum groups have no duration token to end them."""
        if self.state == "keys":
            self.finish(0)

    def finish(self, length):
        level = int(TOKENS[self.velocity].split("_")[1])
        self.bars[-1]["tracks"].setdefault(self.role, []).append((self.at, level, tuple(self.keys), length))
        self.keys = []


def _prefixed(prefix):
    return [i for i, t in enumerate(TOKENS) if t.startswith(prefix + "_")]


def _chord_classes():
    from harmony import pitch_classes

    out = {}
    for i in CHORDS:
        _, root, quality = TOKENS[i].split("_")
        out[TOKENS[i]] = set(pitch_classes((int(root), quality)))
    return out


CHORDS, DURS, VELS = _prefixed("CHORD"), _prefixed("DUR"), _prefixed("VEL")
PITCH_IDS = [(int(TOKENS[i].split("_")[1]), i) for i in _prefixed("PITCH")]
DRUM_IDS = sorted((int(TOKENS[i].split("_")[1]), i) for i in _prefixed("DRUM"))
CHORD_CLASSES = _chord_classes()
