"""Melodies of the corpus: a motif, its repetition and variation, chord tones on strong beats, and a cadence."""

from harmony import nearest, pitch_classes
from rhythm import clamp_velocity

# Rhythm cells of a bar: steps at which notes start; a note lasts until the next one or a rest.
CELLS = {
    16: {
        0: [[0], [0, 8], [4], [0, 12], [8], [0, 6], [0, 10]],
        1: [[0, 8, 12], [0, 6, 12], [0, 4, 8], [4, 8, 12], [0, 6, 8], [0, 3, 8], [2, 8, 12], [0, 10, 12]],
        2: [[0, 4, 6, 8, 12], [0, 2, 4, 8, 12], [0, 3, 6, 8, 12], [0, 6, 8, 10, 14], [2, 4, 6, 10, 12], [0, 4, 8, 10, 12, 14], [0, 3, 6, 10, 12]],
        3: [[0, 2, 4, 6, 8, 10, 12], [0, 2, 3, 6, 8, 10, 12, 14], [0, 3, 4, 6, 8, 11, 12, 14], [0, 1, 2, 4, 6, 8, 10, 12], [0, 2, 4, 6, 8, 12, 13, 14], [2, 4, 6, 8, 10, 12, 14]],
    },
    12: {
        0: [[0], [0, 8], [0, 6], [4]],
        1: [[0, 4, 8], [0, 6, 10], [0, 8, 10], [0, 6, 8], [0, 4]],
        2: [[0, 2, 4, 8], [0, 4, 6, 8, 10], [0, 4, 6, 10], [0, 6, 8, 10], [0, 3, 4, 8]],
        3: [[0, 2, 4, 6, 8, 10], [0, 2, 4, 6, 10], [0, 1, 2, 4, 6, 8, 10], [0, 2, 3, 4, 8, 10]],
    },
}  # fmt: skip
# Which cell (letter) each bar of a phrase has; lower case varies it.
PLANS = ["AABA", "ABAC", "AaBb", "ABAb", "AAaC", "ABCD", "AAAB", "ABaC"]


class Melody:
    """State of one melodic line: where it is, and how it likes to move."""

    def __init__(self, rng, song, low, high, activity, centre):
        self.rng, self.song = rng, song
        self.low, self.high, self.activity = low, high, activity
        self.scale = song["scale"]
        self.ladder = [p for p in range(low, high + 1) if p % 12 in self.scale]
        self.pitch = nearest(centre, pitch_classes((0, "maj" if 4 in self.scale else "min")), low, high)
        self.centre = centre
        self.staccato = rng.random() < (0.15 + 0.1 * song["energy"]) * (
            0.4 if song["style"] in ("ambient", "lullaby", "cinematic") else 1
        )

    def cell(self):
        """A motif cell: (starts, contour in scale steps)."""
        rng = self.rng
        level = max(0, min(3, self.activity + rng.choice([-1, 0, 0, 0, 1])))
        starts = rng.choice(CELLS[self.song["steps"]][level])
        drift = 0.25 * (self.song["valence"] - 2)
        contour, at = [], 0
        for _ in starts:
            contour.append(at)
            at += rng.choice([-3, -2, -1, -1, -1, 0, 1, 1, 1, 2, 3]) + (
                1 if rng.random() < drift else -1 if rng.random() < -drift else 0
            )
            at = max(-5, min(6, at))
        return starts, contour

    def vary(self, cell):
        starts, contour = cell
        contour = list(contour)
        contour[-1] += self.rng.choice([-2, -1, 1, 2])
        if len(starts) > 2 and self.rng.random() < 0.4:
            return starts[:-1], contour[:-1]
        return starts, contour

    def index(self, pitch):
        return min(range(len(self.ladder)), key=lambda i: abs(self.ladder[i] - pitch))

    def bar(self, cell, anchor, chords, level, last=False, final=False):
        """Notes of one bar. `anchor` is the pitch on which the motif stands; `last` ends a phrase, `final` the song."""
        song, rng = self.song, self.rng
        starts, contour = cell
        steps, beat, split = song["steps"], song["beat"], song["split"]
        if last:
            keep = [i for i, s in enumerate(starts) if s <= steps // 2] or [0]
            starts, contour = [starts[i] for i in keep], [contour[i] for i in keep]
        if final:
            starts, contour = [0], [0]
        base = self.index(anchor)
        notes = []
        for i, (start, move) in enumerate(zip(starts, contour)):
            chord = chords[1] if len(chords) > 1 and start >= split else chords[0]
            tones = pitch_classes(chord)
            pitch = self.ladder[max(0, min(len(self.ladder) - 1, base + move))]
            strong = start % (2 * beat if song["steps"] == 16 else 6) == 0
            end = i == len(starts) - 1
            if strong or (end and last) or (start % beat == 0 and rng.random() < 0.4):
                pitch = nearest(pitch, tones, self.low, self.high)
            elif pitch % 12 not in tones and any((pitch - t) % 12 == 1 for t in tones) and start % beat == 0:
                pitch = nearest(pitch, tones, self.low, self.high)
            if notes:
                pitch = self.singable(notes[-1][2][0], pitch)
            if end and (final or (last == "full" and rng.random() < 0.75)):
                pitch = nearest(pitch, [0] if 0 in tones else tones, self.low, self.high)
            elif end and last and len(tones) > 1:
                # A half cadence asks: the phrase stays open on another tone than the tonic.
                pitch = nearest(pitch, [t for t in tones if t != 0] or tones, self.low, self.high)
            until = starts[i + 1] if not end else steps
            length = until - start
            if self.staccato and length > 1 and not end:
                length = max(1, length // 2)
            if end and length > beat and not final and rng.random() < 0.5:
                length = max(beat, length - beat)
            accent = 1 if start == 0 and rng.random() < 0.5 else 0
            notes.append((start, clamp_velocity(level + accent), [pitch], length))
        self.pitch = notes[-1][2][0]
        return notes

    def singable(self, before, pitch):
        """The pitch, an octave nearer where the leap is wider than a sixth."""
        while abs(pitch - before) > 9:
            nearer = pitch - 12 if pitch > before else pitch + 12
            if abs(nearer - before) >= abs(pitch - before) or not self.low <= nearer <= self.high:
                break
            pitch = nearer
        return pitch

    def ornament(self, groups):
        """A bar of the melody as it returns: one note is split into itself and a neighbour of the scale."""
        long = [i for i, (_, _, _, length) in enumerate(groups) if length >= 4]
        if not long:
            return groups
        i = self.rng.choice(long)
        step, velocity, (pitch,), length = groups[i]
        at = self.index(pitch)
        neighbour = self.ladder[max(0, min(len(self.ladder) - 1, at + self.rng.choice([-1, 1])))]
        half = length // 2
        split = [(step, velocity, [pitch], half), (step + half, velocity, [neighbour], length - half)]
        return groups[:i] + split + groups[i + 1 :]

    def section(self, bars, chords_of, level, final=False, leave=0.0):
        """Notes of a section: {bar: groups}. The second half repeats the first with another ending."""
        rng = self.rng
        plan = rng.choice(PLANS)
        cells, anchors, out = {}, {}, {}
        half = 4 if bars < 8 else 8 if bars >= 16 and rng.random() < 0.4 else 4
        for b in range(bars):
            slot = b % half
            letter = plan[slot % 4] if slot < 4 else (plan[slot % 4] if slot % 4 < 2 else "D" if slot == 6 else "E")
            key = letter.upper()
            if key not in cells:
                cells[key] = self.cell()
            cell = self.vary(cells[key]) if letter.islower() else cells[key]
            last = "full" if b == bars - 1 else "half" if slot % 4 == 3 else None
            done = b == bars - 1 and final
            chords = chords_of(b)
            if b >= half and out.get(b - half) is not None and not last and chords == chords_of(b - half):
                out[b] = out[b - half]
                self.pitch = out[b][-1][2][0] if out[b] else self.pitch
                continue
            if not done and rng.random() < leave and slot % 2 == 1:
                out[b] = []
                continue
            if key in anchors and rng.random() < 0.6:
                target = anchors[key]
            else:
                target = self.pitch + (self.centre - self.pitch) // 3 + rng.choice([-2, 0, 0, 2])
            anchor = nearest(target, pitch_classes(chords[0]), self.low, self.high)
            anchors.setdefault(key, anchor)
            out[b] = self.bar(cell, anchor, chords, level + (0.5 if slot in (1, 2) else 0), last, done)
        return out


def guide_line(rng, chords_by_bar, low, high, level, steps, split, start):
    """A slow second voice: one chord tone a chord, moving by the smallest step."""
    pitch, bars = start, []
    for chords in chords_by_bar:
        groups = []
        for i, chord in enumerate(chords):
            tones = pitch_classes(chord)
            pitch = nearest(pitch + rng.choice([-1, 0, 1]), tones[1:] if rng.random() < 0.7 else tones, low, high)
            at = split * i
            groups.append((at, clamp_velocity(level), [pitch], (split if len(chords) > 1 and i == 0 else steps - at)))
        bars.append(groups)
    return bars
