"""Procedural corpus: whole pieces with form, harmony, groove and melody, all with C as the tonic.

`python corpus.py SEED` prints one piece. `song(rng)` makes one, `tokens.rows` turns it into training rows.
Everything is derived from the random generator that is passed in, so a seed gives the same corpus.
"""

import random
import sys
from bisect import bisect_right

from harmony import dominant, long_progression, nearest, pitch_classes, progression, voicing
from melody import Melody, guide_line
from progressions import HARMONY, LONG_SECTIONS
from rhythm import ARPS, arp_bar, bass_bar, bass_pattern, clamp_velocity, comp_pattern, drum_bar, fill_bar, groove, walk_up
from vocabulary import INSTRUMENTS, METRES, MODES, PHRASE, ROLES, STYLES, TEMPO_BOUNDS

BRIGHTNESS = {"major": 1, "lydian": 1, "mixolydian": 0.6, "dorian": 0, "minor": -1, "phrygian": -1.2}
# Level of a section against the song's own.
SECTION_LEVEL = {"intro": -1, "verse": 0, "chorus": 1, "bridge": -0.5, "outro": -1}
ROLE_LEVEL = {"drums": 0.3, "bass": 0.3, "comp": -0.4, "pad": -1, "arp": -0.6, "lead": 0.7, "counter": -0.4}


def clamp(x, low, high):
    return max(low, min(high, x))


def weighted(rng, table):
    keys = [k for k, w in table.items() if w > 0]
    return rng.choices(keys, [table[k] for k in keys])[0]


def attributes(rng):
    """Style, mood, tempo and the rest of the header; they depend on one another as they do in music."""
    style = rng.choice(list(STYLES))
    table = STYLES[style]
    valence = clamp(round(rng.gauss(table["valence"], 1.2)), 0, 4)
    energy = clamp(round(rng.gauss(table["energy"], 1.1)), 0, 4)
    low, typical, high = table["bpm"]
    t = clamp(0.5 + 0.17 * (energy - table["energy"]) + 0.04 * (valence - table["valence"]) + rng.gauss(0, 0.16), -0.15, 1.15)
    bpm = low + (typical - low) * 2 * t if t < 0.5 else typical + (high - typical) * (2 * t - 1)
    bpm = clamp(bpm, 50, 190)
    metre = weighted(rng, table["metres"]) if style == "waltz" or rng.random() > 0.06 else rng.choice(list(METRES))
    bias = {m: 2.7 ** (0.9 * (valence - 2) * BRIGHTNESS[m]) for m in MODES}
    base = table["modes"] if rng.random() > 0.15 else dict.fromkeys(MODES, 1)
    mode = weighted(rng, {m: w * bias[m] for m, w in base.items()})
    density = clamp(round(0.4 + 0.5 * energy + rng.gauss(0, 0.8)), 0, 3)
    return {"style": style, "valence": valence, "energy": energy, "bpm": bpm, "tempo": bisect_right(TEMPO_BOUNDS, bpm) - 1,
            "metre": metre, "mode": mode, "density": density}  # fmt: skip


def choose_tracks(rng, song):
    """{role: instrument}."""
    table = STYLES[song["style"]]["tracks"]
    tracks = {}
    factor = (0.45, 0.85, 1.1, 1.6)[song["density"]]
    for role in ROLES:
        probability, instruments = table[role]
        present = probability if probability in (0, 1) else clamp(probability * factor, 0, 1)
        if rng.random() < 0.04:
            present = 1 - present
        if rng.random() >= present:
            continue
        if rng.random() < 0.14:
            tracks[role] = rng.choice([i for i, row in INSTRUMENTS.items() if role in row[2]])
        else:
            tracks[role] = weighted(rng, instruments)
    if rng.random() < 0.08:
        solo = rng.choice(["piano", "nylon_guitar", "harp", "electric_piano", "steel_guitar", "square_lead", "strings"])
        tracks = {r: solo for r in (rng.choice(["comp", "arp"]), "lead") if r in INSTRUMENTS[solo][2]}
    elif rng.random() < 0.2:
        for role in rng.sample(list(tracks), len(tracks)):
            if len(tracks) > 1 and rng.random() < 0.4:
                del tracks[role]
    if not set(tracks) - {"drums"}:
        tracks["comp"] = "piano"
    return {r: tracks[r] for r in ROLES if r in tracks}


def long_form(bars, length):
    """Sections of `length` bars; what is left over is the end: [(section, bars)]."""
    count, rest = divmod(bars, length)
    form = [(("verse", "chorus")[i % 2], length) for i in range(count)]
    if rest >= 4:
        return [*form, ("outro", rest)]
    form[-1] = (form[-1][0], length + rest)
    return form


def form_of(bars, style=None):
    """The form that FORMAT.md describes: [(section, bars)]."""
    length = LONG_SECTIONS.get(style, (0,))[0]
    if length and bars >= length:
        return long_form(bars, length)
    unit = 4 if bars < 40 else 8
    n = bars // unit
    if n <= 1:
        return [("verse", bars)]
    if n == 2:
        names = ["verse", "chorus"]
    elif n == 3:
        names = ["intro", "verse", "chorus"]
    else:
        body = ["verse", "chorus", "verse", "chorus", "bridge", "chorus"]
        while len(body) < n - 2:
            body += ["verse", "chorus", "bridge", "chorus"]
        names = ["intro"] + body[: n - 2] + ["outro"]
    form = [(name, unit) for name in names]
    form[-1] = (form[-1][0], unit + bars % unit)
    return form


def choose_form(rng, style):
    if rng.random() < 0.7:
        return form_of(rng.choice([rng.randint(2, 12), rng.randint(8, 32), rng.randint(16, 64), rng.randint(32, 96)]), style)
    form = [("intro", rng.choice([2, 4, 8]))] if rng.random() < 0.7 else []
    for _ in range(rng.randint(1, 3)):
        form.append(("verse", rng.choice([4, 8, 8, 16])))
        form.append(("chorus", rng.choice([4, 8, 8])))
        if rng.random() < 0.25:
            form.append(("bridge", rng.choice([4, 8])))
    if rng.random() < 0.7:
        form.append(("outro", rng.choice([2, 4, 5, 8])))
    return form


# Beats per minute from which on a tempo is fast, and up to which it is slow.
FAST, SLOW = 140, 84
# Styles whose bass walks into the next section.
WALKING = ("rock", "pop", "country", "blues", "folk", "jazz", "funk", "march", "reggae", "lofi", "classical", "orchestral")


class Piece:
    """One piece while it is being written."""

    def __init__(self, rng, bpm=None):
        self.rng = rng
        self.song = attributes(rng)
        song = self.song
        if bpm:
            song |= {"bpm": bpm, "tempo": bisect_right(TEMPO_BOUNDS, bpm) - 1}
        song["steps"], song["beat"] = METRES[song["metre"]]
        song["split"] = 6 if song["metre"] == "6/8" else 8
        song["scale"] = MODES[song["mode"]]
        self.tracks = choose_tracks(rng, song)
        self.form = choose_form(rng, song["style"])
        self.level = 1.6 + 0.85 * song["energy"]
        # Fast beats are seldom divided, slow ones are: so they are heard for what they are.
        self.haste = 1 if song["bpm"] >= FAST else -1 if song["bpm"] <= SLOW else 0
        self.bars = []
        self.plan_harmony()
        self.plan_parts()

    def plan_harmony(self):
        rng, song = self.rng, self.song
        style, mode = song["style"], song["mode"]
        if style in LONG_SECTIONS and any(length >= LONG_SECTIONS[style][0] for _, length in self.form):
            self.loops = dict.fromkeys(SECTION_LEVEL, long_progression(rng, style, mode))
            self.pace, self.cadences, self.dominant = 1, False, dominant(rng, mode, style)
            return
        one = progression(rng, style, mode)
        table = HARMONY[style]
        same = rng.random() < table["one_loop"]
        self.loops = {
            "verse": one,
            "chorus": one if same else progression(rng, style, mode),
            "bridge": progression(rng, style, mode),
        }
        self.loops["intro"] = rng.choice([one, self.loops["chorus"]])
        self.loops["outro"] = self.loops["intro"]
        roll = rng.random()
        self.pace = 2 if roll < table["slow"] else 0.5 if roll > 1 - table["fast"] and song["metre"] != "3/4" else 1
        self.cadences = rng.random() < table["cadences"]
        self.dominant = dominant(rng, mode, style)

    def harmony(self, name, length, last):
        """Chords of a section: one list of one or two chords per bar."""
        loop, out = self.loops[name], []
        for b in range(length):
            if self.pace == 0.5:
                pair = [loop[(2 * b) % len(loop)], loop[(2 * b + 1) % len(loop)]]
                out.append(pair if pair[0] != pair[1] else pair[:1])
            else:
                out.append([loop[int(b / self.pace) % len(loop)]])
        if self.cadences and length >= 4:
            out[-1] = [self.dominant] if self.pace >= 1 else [out[-1][0], self.dominant]
            if len(out[-1]) == 2 and out[-1][0] == out[-1][1]:
                out[-1] = out[-1][:1]
        if last:
            home = self.loops["verse"][0] if self.loops["verse"][0][0] == 0 else (0, "min" if 3 in self.song["scale"] else "maj")
            out[-1] = [home]
            if length >= 3 and self.cadences:
                out[-2] = [self.dominant]
        return out

    def plan_parts(self):
        rng, song = self.rng, self.song
        style, metre, density, energy = song["style"], song["metre"], song["density"], song["energy"]
        book = lambda: groove(rng, style, metre, energy, density)  # noqa: E731
        self.grooves = {"verse": book()}
        self.grooves["chorus"] = book() if rng.random() < 0.6 else self.grooves["verse"]
        self.basses = {s: bass_pattern(rng, style, metre, density, energy) for s in ("verse", "chorus")}
        self.comps = {s: comp_pattern(rng, style, metre, density, energy) for s in ("verse", "chorus")}
        self.arp = rng.choice(ARPS)
        fast = (
            0.12 * (energy + density)
            + (0.25 if style in ("techno", "chiptune", "synthwave", "dnb", "metal") else 0)
            - (0.3 if style in ("lullaby", "ambient") else 0)
        )
        fast -= 0.3 * self.haste
        self.arp_rate = 1 if rng.random() < fast and song["bpm"] < 150 else 2
        if self.arp_rate == 2 and density == 0 and rng.random() < 0.6:
            self.arp_rate = 4 if song["metre"] != "6/8" else 2
        self.voices = clamp(3 + rng.choice([-1, 0, 0, 1]) + (density == 3), 2, 4)
        if self.tracks.get("comp") in ("distortion_guitar", "overdrive_guitar"):
            self.voices = 2
        activity = clamp(round(0.45 * density + 0.3 * energy + rng.gauss(-0.1, 0.5)), 0, 3)
        if style in ("ambient", "cinematic", "lullaby"):
            activity = clamp(activity - 1, 0, 2)
        if style in ("jazz", "chiptune", "classical", "blues"):
            activity = clamp(activity + 1, 1, 3)
        activity = clamp(activity - self.haste, 0, 3)
        shift = rng.choice([-3, 0, 0, 2]) + (song["valence"] - 2)
        self.melodies = {}
        for role in ("lead", "counter"):
            if role in self.tracks:
                low, high = INSTRUMENTS[self.tracks[role]][3:]
                centre = clamp((68 if role == "lead" else 60) + shift, low + 5, high - 7)
                line = Melody(rng, song, max(low, centre - 12), min(high, centre + 14), activity, centre)
                self.melodies[role] = line
        self.answers = rng.random() < 0.4
        self.walks = song["style"] in WALKING and rng.random() < 0.6
        self.cache = {}

    def playing(self, name, index, count, b, length):
        """Roles that play in this bar."""
        rng_key = (name, self.cache.setdefault("occurrence", {}).get(name, 0))
        if rng_key not in self.cache:
            self.cache[rng_key] = self.arrange(name, rng_key[1], index, count)
        roles, entries = self.cache[rng_key]
        return [r for r in self.tracks if r in roles and b >= entries.get(r, 0) * length // 4]

    def arrange(self, name, occurrence, index, count):
        """(roles of a section, role -> quarter of the section in which it enters)."""
        rng, style = self.rng, self.song["style"]
        roles = set(self.tracks)
        layered = style in ("house", "techno", "dnb", "synthwave", "ambient", "lofi", "hiphop", "cinematic")
        entries = {}
        if count == 1:
            return roles, entries
        if name == "intro":
            drop = ["lead", "drums", "bass", "counter"]
            rng.shuffle(drop)
            roles -= set(drop[: rng.randint(1, 3)])
            if layered and len(roles) > 1:
                entries = {r: rng.choice([0, 0, 1, 2]) for r in sorted(roles)}
        elif name == "verse":
            roles -= {r for r in ("counter", "pad", "arp") if rng.random() < (0.35 if occurrence == 0 else 0.15)}
            if layered and occurrence == 0 and index > 0 and rng.random() < 0.3:
                entries = {"lead": 2}
        elif name == "bridge":
            roles -= {r for r in ("drums", "bass", "comp", "lead", "counter") if rng.random() < 0.35}
        elif name == "outro":
            roles -= {r for r in ("lead", "counter", "drums", "arp") if rng.random() < 0.35}
        if not roles - {"drums"}:
            roles = set(self.tracks)
        if entries and min(entries.get(r, 0) for r in roles) > 0:
            entries[rng.choice(sorted(roles))] = 0
        return roles, entries

    def write(self):
        total = sum(length for _, length in self.form)
        self.cache["occurrence"] = {}
        plans = [self.harmony(n, length, i == len(self.form) - 1) for i, (n, length) in enumerate(self.form)]
        flat = [c for plan in plans for c in plan] + [[(0, "maj")]]
        previous = {}
        leads = {}
        at = 0
        for i, (name, length) in enumerate(self.form):
            last = i == len(self.form) - 1
            self.melody_of(leads, name, plans[i], last)
            for b in range(length):
                roles = self.playing(name, i, len(self.form), b, length)
                level = self.level + SECTION_LEVEL[name] * (1 if len(self.form) > 1 else 0)
                if (
                    name == "chorus"
                    and self.cache["occurrence"].get(name, 0) >= 1
                    and not any(n == name for n, _ in self.form[i + 1 :])
                ):
                    level += 0.5  # the last chorus is the highest point
                if name == "intro":
                    level += b / length
                if name == "outro" and b >= length // 2:
                    level -= 0.7
                bar = {}
                final = at == total - 1
                for role in roles:
                    part = self.part(
                        role, name, b, length, plans[i][b], flat[at + 1], level + ROLE_LEVEL[role], final, previous, leads, i
                    )
                    if part:
                        bar[role] = part
                self.bars.append(
                    {"section": name, "phrase": b % PHRASE, "left": total - 1 - at, "chords": plans[i][b], "tracks": bar}
                )
                at += 1
            seen = self.cache["occurrence"]
            seen[name] = seen.get(name, 0) + 1
        return {**self.song, "instruments": self.tracks, "bars": self.bars}

    def melody_of(self, leads, name, plan, last):
        """Writes the melodies of a section once; later sections of the same name repeat them."""
        rng, song = self.rng, self.song
        for role, line in self.melodies.items():
            key = (role, name, len(plan), str(plan))
            level = self.level + ROLE_LEVEL[role] + SECTION_LEVEL[name]
            if key in leads and not last and rng.random() < 0.9:
                leads[role] = self.returning(line, leads[key]) if role == "lead" else leads[key]
                continue
            sparse = 0.45 if name in ("intro", "outro") else 0.06 + 0.08 * (3 - song["density"])
            if role == "counter" and not self.answers:
                low, high = max(line.low, 36), min(line.high, 79)
                bars = guide_line(rng, plan, low, high, level, song["steps"], song["split"], line.centre)
                part = dict(enumerate(bars))
            else:
                line.centre += 3 if name == "chorus" else 0
                part = line.section(
                    len(plan), lambda b: plan[b], level, final=last, leave=sparse + (0.5 if role == "counter" else 0)
                )
                line.centre -= 3 if name == "chorus" else 0
            leads[key] = leads[role] = part

    def returning(self, line, part):
        """A melody that comes back: as it was, or with an ornament in one bar of its second half."""
        written = [b for b in part if part[b] and b >= len(part) // 2]
        if not written or self.rng.random() < 0.4:
            return part
        b = self.rng.choice(written)
        return {**part, b: line.ornament(part[b])}

    def part(self, role, name, b, length, chords, following, level, final, previous, leads, index):
        """Groups of one role in one bar."""
        song = self.song
        steps, split = song["steps"], song["split"]
        low, high = INSTRUMENTS[self.tracks[role]][3:]
        lively = "chorus" if name in ("chorus", "bridge") else "verse"
        phrase_end = b % 4 == 3 if length < 16 else b % 8 == 7
        if role == "drums":
            return self.drums(lively, name, b, length, level, final, phrase_end, index)
        if role == "bass":
            if final:
                return [(0, clamp_velocity(level), [nearest(low + 9, [chords[0][0]], low, high)], steps)]
            line = bass_bar(self.basses[lively], chords, following[0], split, level, low, high, song["scale"])
            if self.walks and b == length - 1 and len(chords) == 1:
                goal = nearest(low + 9, [following[0][0]], low, high)
                line = walk_up(self.rng, line, steps - song["beat"], steps, song["scale"], goal, low, high)
            return line
        if role in ("lead", "counter"):
            return leads[role].get(b, [])
        centre = clamp({"comp": 60, "pad": 58, "arp": 62}[role] + (song["valence"] - 2), low + 8, high - 10)
        if role == "arp":
            ladders = []
            for chord in chords:
                base = nearest(centre - 5, [chord[0]], low, high)
                classes = [(p - base) % 12 for p in pitch_classes(chord)]
                ladder = sorted(base + c + o for c in classes for o in (0, 12) if base + c + o <= high)
                ladders.append(ladder[:6])
            if final:
                return [(0, clamp_velocity(level), [ladders[0][0]], steps)]
            soft = song["style"] in ("lullaby", "classical", "ambient", "folk", "cinematic", "piano", "orchestral", "waltz")
            return arp_bar(self.arp, self.arp_rate, ladders, split, steps, level, soft)
        return self.chordal(role, lively, chords, level, final, previous, centre, low, high)

    def drums(self, lively, name, b, length, level, final, phrase_end, index):
        song, rng = self.song, self.rng
        pattern = self.grooves[lively]
        if final:
            return drum_bar({"kick": "X" + "-" * (song["steps"] - 1)}, level, crash=song["energy"] >= 2)
        if name == "intro" and b < length // 2 and song["style"] not in ("house", "techno"):
            return drum_bar(pattern, level - 1, only=("hat", "ride", "shaker", "stick", "pedal_hat", "low_tom"))
        # A fill leads into the next section nearly always, and closes an inner phrase now and then.
        wanted = 0.9 if b == length - 1 else 0.12 + 0.05 * song["energy"] if phrase_end else 0
        if length > 1 and rng.random() < wanted:
            return fill_bar(rng, pattern, level, song["steps"], song["style"])
        crash = (
            b == 0
            and index > 0
            and song["energy"] >= 2
            and name in ("chorus", "verse", "bridge")
            and song["style"] not in ("lofi", "bossa", "jazz", "folk", "waltz", "reggae", "blues", "piano")
        )
        return drum_bar(pattern, level, crash=crash)

    def chordal(self, role, lively, chords, level, final, previous, centre, low, high):
        song = self.song
        steps, split = song["steps"], song["split"]
        size = self.voices if role == "comp" else 3
        voiced = []
        power = self.tracks[role] in ("distortion_guitar", "overdrive_guitar")
        for chord in chords:
            if power:
                root = nearest(max(low + 5, 45), [chord[0]], low, high)
                notes = [root, root + (6 if chord[1] in ("dim", "m7b5") else 7)]
            else:
                notes = voicing(chord, previous.get(role), centre, low, high, size)
            previous[role] = notes
            voiced.append(notes)
        if final:
            return [(0, clamp_velocity(level), voiced[0], steps)]
        if role == "pad":
            if len(chords) == 1:
                return [(0, clamp_velocity(level), voiced[0], steps)]
            return [(0, clamp_velocity(level), voiced[0], split), (split, clamp_velocity(level), voiced[1], steps - split)]
        groups = []
        for step, length in self.comps[lively]:
            if len(chords) > 1 and step < split < step + length:
                groups.append((step, clamp_velocity(level), voiced[0], split - step))
                if not any(s == split for s, _ in self.comps[lively]):
                    groups.append((split, clamp_velocity(level), voiced[1], step + length - split))
                continue
            notes = voiced[1] if len(chords) > 1 and step >= split else voiced[0]
            accent = 1 if step == 0 and song["energy"] >= 2 and len(self.comps[lively]) > 2 else 0
            groups.append((step, clamp_velocity(level + accent), notes, min(length, steps - step)))
        return groups


def song(rng, bpm=None):
    """A piece; with `bpm`, whatever is usual for its style, it is composed for that tempo."""
    return Piece(rng, bpm).write()


if __name__ == "__main__":
    piece = song(random.Random(int(sys.argv[1]) if len(sys.argv) > 1 else 0))
    for bar in piece.pop("bars"):
        print(bar)
    print(piece)
