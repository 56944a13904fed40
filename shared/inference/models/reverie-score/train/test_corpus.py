"""Rules that a musician would check, on pieces of every style. `python -m unittest test_corpus` from this folder."""

import random
import unittest
from collections import defaultdict
from itertools import groupby

import corpus
import tokens
from harmony import pitch_classes
from vocabulary import DRUMS, INSTRUMENTS, METRES, MODES, ROLES, STYLES, VELOCITIES

PIECES = 800
FILL_DRUMS = {DRUMS[d] for d in ("snare", "low_tom", "mid_tom", "high_tom")}


def sections(piece):
    """[(name, bars)] as they follow one another."""
    return [(name, list(bars)) for name, bars in groupby(piece["bars"], lambda bar: bar["section"])]


def share(values):
    values = list(values)
    return sum(values) / max(1, len(values))


class Corpus(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.pieces = [tokens.prepare(corpus.song(random.Random(f"rules-{i}"))) for i in range(PIECES)]
        cls.by_style = defaultdict(list)
        for piece in cls.pieces:
            cls.by_style[piece["style"]].append(piece)

    def test_every_style_is_written_and_labelled_within_its_ranges(self):
        self.assertEqual(set(self.by_style), set(STYLES))
        self.assertGreaterEqual(len(STYLES), 20)
        for piece in self.pieces:
            self.assertTrue(50 <= piece["bpm"] <= 190)
            self.assertTrue(set(piece["instruments"]) <= set(ROLES))
            for bar in piece["bars"]:
                self.assertTrue(set(bar["tracks"]) <= set(piece["instruments"]))

    def test_notes_lie_where_their_instruments_sound(self):
        outside = total = 0
        for piece in self.pieces:
            for bar in piece["bars"]:
                for role, groups in bar["tracks"].items():
                    if role == "drums":
                        continue
                    low, high = INSTRUMENTS[piece["instruments"][role]][3:]
                    for _, _, keys, _ in groups:
                        total += len(keys)
                        outside += sum(not low <= k <= high for k in keys)
        self.assertLess(outside / total, 0.002)

    def test_melodies_stay_in_the_scale_or_the_chord(self):
        inside = []
        for piece in self.pieces:
            for bar in piece["bars"]:
                allowed = set(MODES[piece["mode"]]).union(*(pitch_classes(c) for c in bar["chords"]))
                for _, _, keys, _ in bar["tracks"].get("lead", ()):
                    inside += [k % 12 in allowed for k in keys]
        self.assertGreater(share(inside), 0.99)

    def test_melodies_sing_in_steps_and_small_leaps(self):
        leaps = []
        for piece in self.pieces:
            for bar in piece["bars"]:
                line = [keys[0] for _, _, keys, _ in bar["tracks"].get("lead", ())]
                leaps += [abs(a - b) for a, b in zip(line, line[1:])]
        self.assertGreater(share(x <= 4 for x in leaps), 0.6)
        self.assertLess(share(x > 9 for x in leaps), 0.03)

    def test_the_bass_states_the_root_when_a_chord_begins(self):
        roots = []
        for piece in self.pieces:
            for bar in piece["bars"]:
                first = [g for g in bar["tracks"].get("bass", ()) if g[0] == 0]
                roots += [g[2][0] % 12 == bar["chords"][0][0] for g in first]
        self.assertGreater(share(roots), 0.97)

    def test_chords_move_by_small_steps(self):
        moves = []
        for piece in self.pieces:
            before = None
            for bar in piece["bars"]:
                groups = bar["tracks"].get("pad") or ()
                if groups and before and len(before) == len(groups[0][2]):
                    moves.append(share(abs(a - b) for a, b in zip(before, groups[0][2])))
                before = groups[-1][2] if groups else None
        self.assertLess(share(moves), 3)

    def test_the_last_bar_comes_home(self):
        home = [p["bars"][-1]["chords"][-1][0] == 0 for p in self.pieces]
        self.assertGreater(share(home), 0.97)

    def test_drums_fill_into_the_next_section(self):
        filled, plain = [], []
        for piece in self.pieces:
            bars = piece["bars"]
            for bar, after in zip(bars, bars[1:]):
                late = int(METRES[piece["metre"]][0] * 0.6)
                drums = [g for g in bar["tracks"].get("drums", ()) if g[0] >= late and FILL_DRUMS & set(g[2])]
                if bar["tracks"].get("drums"):
                    (filled if bar["section"] != after["section"] else plain).append(len(drums))
        self.assertGreater(share(filled), share(plain) + 0.5)

    def test_choruses_come_back_and_are_louder(self):
        same, levels = [], defaultdict(list)
        for piece in self.pieces:
            seen = {}
            for name, bars in sections(piece):
                for bar in bars:
                    levels[name] += [VELOCITIES[g[1]] for g in bar["tracks"].get("lead", ())]
                if name != "chorus":
                    continue
                for i, bar in enumerate(bars):
                    tune = [g[0] for g in bar["tracks"].get("lead", ())], [g[2] for g in bar["tracks"].get("lead", ())]
                    if i in seen and seen[i][0] and tune[0]:
                        same.append(seen[i] == tune)
                    seen.setdefault(i, tune)
        self.assertGreater(share(same), 0.6)
        self.assertLess(share(same), 0.99, "a chorus that returns is varied here and there")
        self.assertGreater(share(levels["chorus"]), share(levels["verse"]) + 5)

    def test_styles_sound_like_themselves(self):
        def hits(style, metre, drum):
            steps = defaultdict(int)
            for piece in self.by_style[style]:
                for bar in piece["bars"]:
                    for step, _, keys, _ in bar["tracks"].get("drums", ()) if piece["metre"] == metre else ():
                        steps[step] += DRUMS[drum] in keys
            return steps

        kick = hits("house", "4/4", "kick")
        self.assertGreater(min(kick[s] for s in (0, 4, 8, 12)), 3 * kick[2], "four on the floor")
        snare = hits("rock", "4/4", "snare")
        self.assertGreater(min(snare[4], snare[12]), 2 * snare[8], "backbeat")
        kick = hits("reggae", "4/4", "kick")
        self.assertGreater(kick[8], kick[0], "one drop")
        comp = [
            g[0]
            for p in self.by_style["reggae"]
            if p["metre"] == "4/4"
            for b in p["bars"][:-1]
            for g in b["tracks"].get("comp", ())
        ]
        self.assertLess(share(s % 8 == 0 for s in comp), 0.1, "reggae chords stay off the beat")
        waltz = self.by_style["waltz"]
        self.assertEqual({p["metre"] for p in waltz}, {"3/4"})
        comp = [g[0] for p in waltz for b in p["bars"][:-1] for g in b["tracks"].get("comp", ())]
        self.assertGreater(share(s in (4, 8) for s in comp), 0.9, "um-pah-pah")
        self.assertGreater(
            share(c[1] in ("7", "min7") for p in self.by_style["blues"] for b in p["bars"] for c in b["chords"]), 0.75
        )

    def test_happy_is_brighter_and_driving_is_louder_and_faster(self):
        def mean(field, level, value):
            return share(value(p) for p in self.pieces if p[field] == level)

        self.assertGreater(
            mean("valence", 4, lambda p: 4 in MODES[p["mode"]]), mean("valence", 0, lambda p: 4 in MODES[p["mode"]]) + 0.3
        )
        self.assertGreater(mean("energy", 4, lambda p: p["bpm"]), mean("energy", 0, lambda p: p["bpm"]) + 30)

    def test_the_same_seed_writes_the_same_piece(self):
        self.assertEqual(corpus.song(random.Random("x")), corpus.song(random.Random("x")))

    def test_rows_obey_the_grammar(self):
        for piece in self.pieces[:60]:
            form = [(bar["section"], 1) for bar in piece["bars"]]
            grammar = tokens.Grammar(piece, form)
            # One-bar sections number every bar 0; the piece's own numbers are what is checked.
            grammar.plan = [(bar["section"], bar["phrase"]) for bar in piece["bars"]]
            for word in tokens.row_words(piece, 0, 1 << 20)[len(tokens.header(piece)) :]:
                token = tokens.ID[word]
                self.assertIn(token, grammar.allowed(), word)
                grammar.push(token)
            self.assertEqual(grammar.state, "end")


if __name__ == "__main__":
    unittest.main()
