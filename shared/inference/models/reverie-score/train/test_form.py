"""Rules of form, melody and harmony, on pieces of every style. `python -m unittest test_form` from this folder."""

import random
import unittest
from itertools import groupby
from statistics import mean

import corpus
import tokens
from harmony import pitch_classes
from vocabulary import LEFT_MAX, METRES, PHRASE, STYLES, TEMPO_BOUNDS, VELOCITIES

PER_STYLE = 16
ACCENTED = {"4/4": (0, 8), "3/4": (0,), "6/8": (0, 6)}


def chord_at(piece, bar, step):
    split = 6 if piece["metre"] == "6/8" else 8
    return bar["chords"][1 if len(bar["chords"]) > 1 and step >= split else 0]


def sections(piece):
    return [(name, list(bars)) for name, bars in groupby(piece["bars"], lambda bar: bar["section"])]


def onsets(bars):
    """What is heard of a section: (bar, role, step, key)."""
    return {
        (i, role, step, key)
        for i, bar in enumerate(bars)
        for role, groups in bar["tracks"].items()
        for step, _, keys, _ in groups
        for key in keys
    }


def lead_alone(bars):
    return [{"tracks": {"lead": bar["tracks"].get("lead", ())}} for bar in bars]


def similarity(one, other):
    """Shared notes of two sections over their common length, from 0 to 1."""
    n = min(len(one), len(other))
    a, b = onsets(one[:n]), onsets(other[:n])
    return len(a & b) / max(1, len(a | b))


class Form(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.pieces, wanted, seed = [], dict.fromkeys(STYLES, PER_STYLE), 0
        while any(wanted.values()):
            style = corpus.attributes(random.Random(f"form-{seed}"))["style"]
            if wanted[style]:
                cls.pieces.append(tokens.prepare(corpus.song(random.Random(f"form-{seed}"))))
                assert cls.pieces[-1]["style"] == style
                wanted[style] -= 1
            seed += 1

    def by_style(self, measure):
        """{style: mean of `measure` over all values of its pieces}"""
        values = {style: [] for style in STYLES}
        for piece in self.pieces:
            values[piece["style"]] += measure(piece)
        return {style: mean(v) for style, v in values.items() if v}

    def leads(self, piece):
        return [(bar, bar["tracks"]["lead"]) for bar in piece["bars"] if bar["tracks"].get("lead")]

    def test_accented_melody_notes_are_chord_tones(self):
        def measure(piece):
            return [
                g[2][0] % 12 in pitch_classes(chord_at(piece, bar, g[0]))
                for bar, groups in self.leads(piece)
                for g in groups
                if g[0] in ACCENTED[piece["metre"]]
            ]

        for style, share in self.by_style(measure).items():
            self.assertGreater(share, 0.9, style)

    def test_melodies_close_on_a_chord_tone(self):
        def measure(piece):
            last = piece["bars"][-1]
            groups = last["tracks"].get("lead")
            return [groups[-1][2][0] % 12 in pitch_classes(last["chords"][-1])] if groups else []

        for style, share in self.by_style(measure).items():
            self.assertEqual(share, 1, style)

    def test_melodies_span_what_can_be_sung_and_move_mostly_by_step(self):
        def leaps(piece):
            out = []
            for _, groups in self.leads(piece):
                out += [abs(a[2][0] - b[2][0]) <= 4 for a, b in zip(groups, groups[1:])]
            return out

        for style, share in self.by_style(leaps).items():
            self.assertGreater(share, 0.6, style)
        for piece in self.pieces:
            keys = [g[2][0] for _, groups in self.leads(piece) for g in groups]
            if keys:
                self.assertLessEqual(max(keys) - min(keys), 27, piece["style"])

    def test_a_motif_comes_back_within_its_section(self):
        """Rhythms of a section's bars repeat more often than those of bars of different pieces agree."""
        rhythms = [[[g[0] for g in groups] for _, groups in self.leads(piece)[:8]] for piece in self.pieces]
        rhythms = [r for r in rhythms if len(r) == 8]
        own = mean(any(r[i] == r[j] for j in range(i)) for r in rhythms for i in range(4, 8))
        other = mean(any(r[i] == q[j] for j in range(i)) for r, q in zip(rhythms, rhythms[1:]) for i in range(4, 8))
        self.assertGreater(own, 0.5)
        self.assertGreater(own, 2 * other)

    def test_a_chorus_comes_back_but_not_as_a_copy(self):
        def compare(one, other, part):
            out = []
            for piece in self.pieces:
                parts = [(name, part(bars)) for name, bars in sections(piece)]
                for i, (name, bars) in enumerate(parts):
                    if name == one and onsets(bars):
                        out += [similarity(bars, later) for after, later in parts[i + 1 :] if after == other and onsets(later)]
            return out

        again, unrelated = (compare(name, "chorus", list) for name in ("chorus", "verse"))
        self.assertGreater(mean(again), mean(unrelated) + 0.3)
        again, unrelated = (compare(name, "chorus", lead_alone) for name in ("chorus", "verse"))
        self.assertGreater(len(again), 50)
        self.assertGreater(mean(again), 0.5)
        self.assertGreater(mean(again), mean(unrelated) + 0.4)
        self.assertGreater(mean(0.5 < s < 1 for s in again), 0.2, "a tune that returns is varied now and then")
        self.assertGreater(mean(s == 1 for s in again), 0.1, "and now and then it is not")

    def test_sections_have_their_dynamics(self):
        def level(name):
            return [
                VELOCITIES[g[1]]
                for piece in self.pieces
                if {"intro", "verse", "chorus"} <= {n for n, _ in sections(piece)}
                for bar in piece["bars"]
                if bar["section"] == name
                for groups in bar["tracks"].values()
                for g in groups
            ]

        intro, verse, chorus = (mean(level(n)) for n in ("intro", "verse", "chorus"))
        self.assertGreater(chorus, verse + 4)
        self.assertGreater(verse, intro)

    def test_chords_lead_to_the_nearest_voicing(self):
        """How far the voices of a pad move on average when the chord changes, in semitones."""
        moves = []
        for piece in self.pieces:
            chords = [groups[0][2] for bar in piece["bars"] if (groups := bar["tracks"].get("pad"))]
            pairs = [(a, b) for a, b in zip(chords, chords[1:]) if len(a) == len(b) and a != b]
            moves += [mean(abs(x - y) for x, y in zip(a, b)) for a, b in pairs]
        self.assertGreater(len(moves), 1000)
        self.assertGreater(mean(move <= 2 for move in moves), 0.8)
        self.assertGreater(mean(move <= 4 for move in moves), 0.99)

    def test_a_blues_has_twelve_bars(self):
        """I, IV, I, V-IV or ii-V, I: in each section of twelve bars, and most pieces have them."""
        blues = [p for p in self.pieces if p["style"] == "blues" and len(p["bars"]) >= 12]
        twelve = [[bar["chords"][0] for bar in bars] for p in blues for _, bars in sections(p) if len(bars) >= 12]
        self.assertGreater(len(twelve), len(blues) / 2)
        for chords in twelve:
            roots = [root for root, _ in chords]
            self.assertEqual((roots[0], roots[4], roots[6]), (0, 5, 0))
            self.assertIn(roots[8], (7, 8, 2))

    def test_bars_count_down_to_the_end(self):
        for piece in self.pieces:
            words = tokens.row_words(piece, 0, 1 << 20)
            left = [int(w.split("_")[1]) for w in words if w.startswith("LEFT_")]
            self.assertEqual(left, [min(LEFT_MAX, n) for n in reversed(range(len(piece["bars"])))])
            phrases = [int(w.split("_")[1]) for w in words if w.startswith("BAR_")]
            self.assertEqual(phrases, [bar["phrase"] for bar in piece["bars"]])
            for _, bars in sections(piece):
                self.assertEqual([bar["phrase"] for bar in bars], [i % PHRASE for i in range(len(bars))])

    def test_tempo_and_metre_fit_the_style(self):
        for piece in self.pieces:
            low, typical, high = STYLES[piece["style"]]["bpm"]
            room = 0.3 * (typical - low), 0.3 * (high - typical)
            self.assertTrue(low - room[0] <= piece["bpm"] <= high + room[1], (piece["style"], piece["bpm"]))
            bounds = [*TEMPO_BOUNDS, 1000]
            self.assertTrue(bounds[piece["tempo"]] <= piece["bpm"] < bounds[piece["tempo"] + 1])
        usual = self.by_style(lambda piece: [piece["metre"] in STYLES[piece["style"]]["metres"]])
        self.assertGreater(mean(usual.values()), 0.93)
        self.assertEqual({piece["metre"] for piece in self.pieces}, set(METRES))


if __name__ == "__main__":
    unittest.main()
