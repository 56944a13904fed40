"""The token vocabulary of reverie-score and everything that the engine must know about styles and instruments.

`python vocabulary.py` writes `../vocab.json`. FORMAT.md describes the grammar.
"""

import json
from pathlib import Path

from progressions import BOOKS, HARMONY, LONG_SECTIONS, dominants

PACKAGE = Path(__file__).resolve().parent.parent

# Order matters: tracks of a header and of a bar are written in this order.
ROLES = ["drums", "bass", "comp", "pad", "arp", "lead", "counter"]
SECTIONS = ["intro", "verse", "chorus", "bridge", "outro"]
# name -> (steps in a bar, steps in a beat); a step is a sixteenth note.
METRES = {"4/4": (16, 4), "3/4": (12, 4), "6/8": (12, 6)}
MODES = {
    "major": [0, 2, 4, 5, 7, 9, 11],
    "minor": [0, 2, 3, 5, 7, 8, 10],
    "dorian": [0, 2, 3, 5, 7, 9, 10],
    "mixolydian": [0, 2, 4, 5, 7, 9, 10],
    "phrygian": [0, 1, 3, 5, 7, 8, 10],
    "lydian": [0, 2, 4, 6, 7, 9, 11],
}
QUALITIES = {
    "maj": [0, 4, 7],
    "min": [0, 3, 7],
    "dim": [0, 3, 6],
    "sus": [0, 5, 7],
    "7": [0, 4, 7, 10],
    "maj7": [0, 4, 7, 11],
    "min7": [0, 3, 7, 10],
    "m7b5": [0, 3, 6, 10],
}
# Lower bound of each tempo bucket in beats per minute; the last one ends at TEMPO_MAX.
TEMPO_BOUNDS = [50, 70, 85, 100, 113, 125, 140, 160]
TEMPO_MAX = 191
DURATIONS = [1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 14, 16, 24, 32]
VELOCITIES = [28, 42, 54, 66, 78, 90, 104, 118]
PITCH_MIN, PITCH_MAX = 24, 96
BACK = [1, 2, 4, 8]
PHRASE = 8
LEFT_MAX = 63
DRUMS = {
    "kick": 36, "stick": 37, "snare": 38, "clap": 39, "hat": 42, "pedal_hat": 44, "open_hat": 46,
    "low_tom": 45, "mid_tom": 47, "high_tom": 50, "crash": 49, "ride": 51, "ride_bell": 53,
    "tambourine": 54, "cowbell": 56, "high_bongo": 60, "low_bongo": 61, "high_conga": 63, "low_conga": 64,
    "cabasa": 69, "shaker": 70, "claves": 75, "wood_block": 76, "triangle": 81,
}  # fmt: skip
# name -> (bank, GM program counted from 0, roles with the most natural first, lowest and highest good pitch)
INSTRUMENTS = {
    "kit": (128, 0, ["drums"], 0, 0),
    "kit_power": (128, 16, ["drums"], 0, 0),
    "kit_808": (128, 25, ["drums"], 0, 0),
    "kit_brush": (128, 40, ["drums"], 0, 0),
    "kit_orchestra": (128, 48, ["drums"], 0, 0),
    "piano": (0, 0, ["comp", "lead", "arp", "pad", "counter"], 33, 96),
    "electric_piano": (0, 4, ["comp", "lead", "arp", "pad"], 36, 88),
    "celesta": (0, 8, ["lead", "arp", "counter"], 60, 96),
    "glockenspiel": (0, 9, ["counter", "lead", "arp"], 67, 96),
    "music_box": (0, 10, ["lead", "arp", "counter"], 60, 96),
    "vibraphone": (0, 11, ["lead", "comp", "arp", "counter"], 53, 89),
    "marimba": (0, 12, ["arp", "lead", "comp", "counter"], 48, 91),
    "organ": (0, 16, ["comp", "pad", "lead"], 36, 91),
    "accordion": (0, 21, ["comp", "lead", "pad"], 48, 88),
    "harmonica": (0, 22, ["lead", "counter", "arp"], 60, 88),
    "nylon_guitar": (0, 24, ["comp", "arp", "lead", "counter"], 40, 84),
    "steel_guitar": (0, 25, ["comp", "arp", "lead"], 40, 84),
    "jazz_guitar": (0, 26, ["comp", "lead", "counter"], 40, 84),
    "clean_guitar": (0, 27, ["comp", "arp", "lead", "counter"], 40, 86),
    "muted_guitar": (0, 28, ["arp", "comp"], 40, 80),
    "overdrive_guitar": (0, 29, ["comp", "lead", "counter"], 40, 86),
    "distortion_guitar": (0, 30, ["comp", "lead"], 40, 86),
    "acoustic_bass": (0, 32, ["bass"], 28, 55),
    "finger_bass": (0, 33, ["bass"], 28, 55),
    "slap_bass": (0, 36, ["bass"], 28, 55),
    "synth_bass": (0, 38, ["bass", "arp"], 24, 60),
    "violin": (0, 40, ["lead", "counter", "arp"], 55, 96),
    "cello": (0, 42, ["counter", "bass", "lead", "arp"], 36, 72),
    "pizzicato": (0, 45, ["arp", "comp", "counter", "bass"], 36, 88),
    "harp": (0, 46, ["arp", "comp", "lead"], 36, 96),
    "strings": (0, 48, ["pad", "counter", "lead", "comp"], 36, 91),
    "synth_strings": (0, 50, ["pad", "counter"], 36, 88),
    "choir": (0, 52, ["pad", "counter", "lead"], 43, 84),
    "trumpet": (0, 56, ["lead", "counter", "arp"], 55, 86),
    "horn": (0, 60, ["counter", "lead", "pad", "arp"], 41, 77),
    "brass": (0, 61, ["comp", "counter", "lead", "pad"], 40, 86),
    "saxophone": (0, 66, ["lead", "counter", "arp"], 44, 81),
    "oboe": (0, 68, ["lead", "counter", "arp"], 58, 91),
    "clarinet": (0, 71, ["lead", "counter", "arp"], 50, 89),
    "flute": (0, 73, ["lead", "counter", "arp"], 60, 96),
    "pan_flute": (0, 75, ["lead", "counter", "arp"], 60, 91),
    "square_lead": (0, 80, ["lead", "arp", "bass", "counter", "comp"], 33, 96),
    "saw_lead": (0, 81, ["lead", "arp", "comp", "counter"], 36, 96),
    "warm_pad": (0, 89, ["pad", "comp"], 36, 88),
    "poly_synth": (0, 90, ["comp", "pad", "arp"], 36, 91),
    "halo_pad": (0, 94, ["pad"], 36, 88),
    "kalimba": (0, 108, ["arp", "lead", "counter"], 55, 91),
}
# Per style: bpm [low, typical, high], swing [steps between the notes that swing, share of a step by which the off-beat
# is late], weights of metres and modes, valence and energy on 0..4 (what is typical), and instruments with weights.
# A role with probability below 1 is left out at times.
STYLES = {
    "lofi": dict(
        bpm=[66, 80, 94], swing=[1, 0.28], metres={"4/4": 1}, valence=2, energy=1,
        modes={"minor": 3, "dorian": 3, "major": 3},
        tracks={"drums": [0.95, {"kit": 3, "kit_808": 2}], "bass": [0.95, {"finger_bass": 2, "acoustic_bass": 2, "synth_bass": 1}],
                "comp": [1, {"electric_piano": 4, "piano": 2, "jazz_guitar": 2, "nylon_guitar": 1}],
                "pad": [0.4, {"warm_pad": 2, "strings": 1, "halo_pad": 1}], "arp": [0.12, {"kalimba": 1, "nylon_guitar": 1, "electric_piano": 1}],
                "lead": [0.85, {"vibraphone": 2, "piano": 2, "electric_piano": 2, "saxophone": 1, "flute": 1, "music_box": 1, "clean_guitar": 1}],
                "counter": [0.2, {"vibraphone": 1, "celesta": 1, "kalimba": 1}]}),
    "ambient": dict(
        bpm=[50, 66, 92], swing=[0, 0], metres={"4/4": 5, "3/4": 1, "6/8": 1}, valence=2, energy=0,
        modes={"major": 2, "minor": 2, "lydian": 2, "dorian": 1},
        tracks={"drums": [0.05, {"kit_brush": 1}], "bass": [0.5, {"synth_bass": 2, "cello": 2}],
                "comp": [0.3, {"piano": 2, "electric_piano": 2}],
                "pad": [1, {"warm_pad": 4, "halo_pad": 3, "choir": 2, "synth_strings": 2, "strings": 2}],
                "arp": [0.6, {"harp": 2, "kalimba": 2, "celesta": 1, "music_box": 1, "marimba": 1}],
                "lead": [0.7, {"piano": 3, "flute": 1, "vibraphone": 2, "pan_flute": 1, "celesta": 1, "cello": 1}],
                "counter": [0.2, {"glockenspiel": 2, "choir": 1, "horn": 1}]}),
    "house": dict(
        bpm=[116, 123, 130], swing=[1, 0.1], metres={"4/4": 1}, valence=3, energy=3,
        modes={"minor": 4, "dorian": 2, "major": 2},
        tracks={"drums": [1, {"kit_808": 3, "kit": 2, "kit_power": 1}], "bass": [1, {"synth_bass": 4, "finger_bass": 1}],
                "comp": [0.95, {"piano": 3, "organ": 2, "electric_piano": 2, "poly_synth": 2}],
                "pad": [0.5, {"warm_pad": 2, "synth_strings": 2, "strings": 1}],
                "arp": [0.35, {"saw_lead": 1, "square_lead": 1, "marimba": 1, "poly_synth": 1}],
                "lead": [0.7, {"saw_lead": 2, "square_lead": 1, "saxophone": 1, "piano": 1, "flute": 1, "vibraphone": 1}],
                "counter": [0.1, {"brass": 1, "strings": 1}]}),
    "techno": dict(
        bpm=[122, 130, 144], swing=[0, 0], metres={"4/4": 1}, valence=1, energy=4,
        modes={"minor": 4, "phrygian": 3, "dorian": 1},
        tracks={"drums": [1, {"kit_808": 3, "kit_power": 2}], "bass": [1, {"synth_bass": 1}],
                "comp": [0.5, {"poly_synth": 2, "saw_lead": 1, "organ": 1}],
                "pad": [0.45, {"warm_pad": 2, "synth_strings": 2, "choir": 1, "halo_pad": 1}],
                "arp": [0.9, {"saw_lead": 2, "square_lead": 2, "poly_synth": 1, "synth_bass": 1}],
                "lead": [0.4, {"saw_lead": 2, "square_lead": 2}], "counter": [0, {"saw_lead": 1}]}),
    "synthwave": dict(
        bpm=[80, 105, 122], swing=[0, 0], metres={"4/4": 1}, valence=2, energy=3,
        modes={"minor": 4, "major": 2, "dorian": 1},
        tracks={"drums": [1, {"kit_power": 2, "kit_808": 2}], "bass": [1, {"synth_bass": 1}],
                "comp": [0.5, {"poly_synth": 3, "electric_piano": 1}],
                "pad": [0.85, {"synth_strings": 3, "warm_pad": 3, "halo_pad": 1}],
                "arp": [0.7, {"square_lead": 2, "saw_lead": 2, "poly_synth": 1}],
                "lead": [0.95, {"saw_lead": 4, "square_lead": 2, "saxophone": 1, "overdrive_guitar": 1}],
                "counter": [0.15, {"clean_guitar": 1, "choir": 1, "glockenspiel": 1}]}),
    "dnb": dict(
        bpm=[164, 172, 178], swing=[0, 0], metres={"4/4": 1}, valence=2, energy=4,
        modes={"minor": 4, "dorian": 2, "phrygian": 1, "major": 1},
        tracks={"drums": [1, {"kit": 2, "kit_power": 2, "kit_808": 1}], "bass": [1, {"synth_bass": 3, "finger_bass": 1}],
                "comp": [0.4, {"electric_piano": 2, "piano": 1, "poly_synth": 1}],
                "pad": [0.9, {"warm_pad": 3, "synth_strings": 2, "strings": 1, "choir": 1}],
                "arp": [0.4, {"square_lead": 1, "saw_lead": 1, "marimba": 1}],
                "lead": [0.7, {"saw_lead": 2, "square_lead": 1, "piano": 1, "flute": 1, "vibraphone": 1}], "counter": [0, {"strings": 1}]}),
    "hiphop": dict(
        bpm=[72, 88, 104], swing=[1, 0.2], metres={"4/4": 1}, valence=1, energy=2,
        modes={"minor": 5, "dorian": 2, "phrygian": 1},
        tracks={"drums": [1, {"kit_808": 3, "kit": 2, "kit_power": 1}], "bass": [1, {"synth_bass": 3, "finger_bass": 2}],
                "comp": [0.7, {"piano": 3, "electric_piano": 3, "clean_guitar": 1, "organ": 1}],
                "pad": [0.45, {"strings": 3, "choir": 1, "warm_pad": 1}],
                "arp": [0.2, {"pizzicato": 1, "harp": 1, "kalimba": 1}],
                "lead": [0.8, {"piano": 2, "flute": 2, "square_lead": 1, "vibraphone": 1, "violin": 1, "trumpet": 1}],
                "counter": [0.15, {"brass": 2, "strings": 1}]}),
    "rock": dict(
        bpm=[96, 122, 160], swing=[0, 0], metres={"4/4": 8, "6/8": 1}, valence=3, energy=4,
        modes={"major": 3, "minor": 3, "mixolydian": 3, "dorian": 1},
        tracks={"drums": [1, {"kit_power": 3, "kit": 2}], "bass": [1, {"finger_bass": 1}],
                "comp": [1, {"distortion_guitar": 4, "overdrive_guitar": 4, "clean_guitar": 2}],
                "pad": [0.3, {"organ": 3, "strings": 1}], "arp": [0.3, {"clean_guitar": 1, "muted_guitar": 2}],
                "lead": [0.85, {"overdrive_guitar": 4, "distortion_guitar": 2, "organ": 1, "piano": 1, "harmonica": 1}],
                "counter": [0.1, {"piano": 1, "brass": 1}]}),
    "funk": dict(
        bpm=[92, 106, 120], swing=[1, 0.12], metres={"4/4": 1}, valence=4, energy=3,
        modes={"dorian": 4, "mixolydian": 4, "minor": 1},
        tracks={"drums": [1, {"kit": 1}], "bass": [1, {"slap_bass": 3, "finger_bass": 3}],
                "comp": [1, {"clean_guitar": 3, "electric_piano": 2, "organ": 2}],
                "pad": [0.15, {"organ": 1, "strings": 1}], "arp": [0.4, {"muted_guitar": 1}],
                "lead": [0.8, {"saxophone": 3, "trumpet": 1, "square_lead": 1, "organ": 1, "flute": 1, "clean_guitar": 1}],
                "counter": [0.6, {"brass": 1}]}),
    "jazz": dict(
        bpm=[84, 128, 180], swing=[2, 0.33], metres={"4/4": 7, "3/4": 2}, valence=3, energy=2,
        modes={"major": 4, "dorian": 2, "minor": 3},
        tracks={"drums": [0.9, {"kit_brush": 2, "kit": 2}], "bass": [1, {"acoustic_bass": 1}],
                "comp": [1, {"piano": 5, "jazz_guitar": 3, "electric_piano": 1, "organ": 1}],
                "pad": [0, {"strings": 1}], "arp": [0, {"piano": 1}],
                "lead": [0.95, {"saxophone": 4, "trumpet": 3, "piano": 1, "vibraphone": 2, "jazz_guitar": 2, "clarinet": 2, "flute": 1}],
                "counter": [0.25, {"clarinet": 1, "trumpet": 1, "brass": 1}]}),
    "bossa": dict(
        bpm=[108, 128, 150], swing=[0, 0], metres={"4/4": 1}, valence=3, energy=1,
        modes={"major": 4, "minor": 2, "dorian": 2},
        tracks={"drums": [0.95, {"kit": 1, "kit_brush": 2}], "bass": [1, {"acoustic_bass": 3, "finger_bass": 1}],
                "comp": [1, {"nylon_guitar": 6, "piano": 1, "electric_piano": 1}],
                "pad": [0.2, {"strings": 1, "warm_pad": 1}], "arp": [0, {"nylon_guitar": 1}],
                "lead": [0.95, {"flute": 3, "saxophone": 3, "vibraphone": 1, "piano": 1, "clarinet": 1, "nylon_guitar": 1}],
                "counter": [0.15, {"flute": 1, "vibraphone": 1}]}),
    "classical": dict(
        bpm=[56, 88, 140], swing=[0, 0], metres={"4/4": 4, "3/4": 4, "6/8": 2}, valence=2, energy=2,
        modes={"major": 5, "minor": 5},
        tracks={"drums": [0, {"kit_orchestra": 1}], "bass": [0.25, {"cello": 3, "pizzicato": 1, "acoustic_bass": 1}],
                "comp": [0.45, {"piano": 4, "harp": 1, "strings": 1}],
                "pad": [0.25, {"strings": 1}], "arp": [0.65, {"piano": 7, "harp": 1, "pizzicato": 1, "nylon_guitar": 1}],
                "lead": [1, {"piano": 8, "violin": 3, "flute": 2, "clarinet": 1, "oboe": 2, "cello": 1}],
                "counter": [0.3, {"cello": 3, "violin": 2, "clarinet": 1, "oboe": 1, "horn": 1, "strings": 1}]}),
    "cinematic": dict(
        bpm=[60, 92, 150], swing=[0, 0], metres={"4/4": 5, "3/4": 1, "6/8": 2}, valence=1, energy=3,
        modes={"minor": 6, "dorian": 2, "major": 2, "phrygian": 1, "lydian": 1},
        tracks={"drums": [0.75, {"kit_orchestra": 4, "kit_power": 1}], "bass": [0.9, {"cello": 4, "acoustic_bass": 1, "synth_bass": 1}],
                "comp": [0.5, {"brass": 2, "piano": 2, "strings": 1}], "pad": [0.95, {"strings": 5, "choir": 3, "synth_strings": 1}],
                "arp": [0.75, {"pizzicato": 3, "harp": 2, "piano": 2, "marimba": 1}],
                "lead": [0.85, {"horn": 4, "violin": 3, "trumpet": 2, "choir": 1, "oboe": 1, "piano": 1, "strings": 2}],
                "counter": [0.45, {"horn": 2, "choir": 1, "cello": 1, "brass": 2}]}),
    "folk": dict(
        bpm=[72, 104, 140], swing=[0, 0], metres={"4/4": 5, "3/4": 2, "6/8": 2}, valence=3, energy=2,
        modes={"major": 5, "mixolydian": 2, "dorian": 2, "minor": 1},
        tracks={"drums": [0.3, {"kit_brush": 2, "kit": 1}], "bass": [0.75, {"acoustic_bass": 3, "finger_bass": 1}],
                "comp": [0.8, {"steel_guitar": 5, "nylon_guitar": 2, "accordion": 2}],
                "pad": [0.15, {"accordion": 2, "strings": 1}], "arp": [0.45, {"steel_guitar": 3, "nylon_guitar": 2, "harp": 1}],
                "lead": [0.9, {"violin": 3, "flute": 3, "harmonica": 2, "accordion": 1, "pan_flute": 1, "clarinet": 1}],
                "counter": [0.25, {"cello": 1, "violin": 1, "flute": 1, "harmonica": 1}]}),
    "lullaby": dict(
        bpm=[56, 72, 96], swing=[0, 0], metres={"3/4": 4, "6/8": 3, "4/4": 2}, valence=3, energy=0,
        modes={"major": 6, "lydian": 1, "mixolydian": 1, "minor": 2},
        tracks={"drums": [0, {"kit_brush": 1}], "bass": [0.35, {"cello": 2, "pizzicato": 1, "acoustic_bass": 1}],
                "comp": [0.3, {"nylon_guitar": 2, "piano": 2}], "pad": [0.45, {"strings": 2, "warm_pad": 2, "choir": 1}],
                "arp": [0.9, {"harp": 3, "music_box": 2, "nylon_guitar": 2, "piano": 2, "kalimba": 1, "celesta": 1}],
                "lead": [1, {"music_box": 4, "celesta": 3, "flute": 2, "piano": 2, "clarinet": 1, "glockenspiel": 1, "pan_flute": 1}],
                "counter": [0.2, {"glockenspiel": 2, "clarinet": 1, "cello": 1}]}),
    "chiptune": dict(
        bpm=[110, 144, 180], swing=[0, 0], metres={"4/4": 6, "3/4": 1}, valence=4, energy=4,
        modes={"major": 5, "minor": 3, "mixolydian": 1, "lydian": 1},
        tracks={"drums": [0.95, {"kit_808": 1}], "bass": [1, {"square_lead": 2, "synth_bass": 2}],
                "comp": [0.15, {"square_lead": 1}], "pad": [0, {"warm_pad": 1}], "arp": [0.85, {"square_lead": 4, "saw_lead": 1}],
                "lead": [1, {"square_lead": 4, "saw_lead": 1}], "counter": [0.35, {"square_lead": 1, "glockenspiel": 1}]}),
    "pop": dict(
        bpm=[84, 112, 132], swing=[0, 0], metres={"4/4": 8, "6/8": 1}, valence=3, energy=3,
        modes={"major": 6, "minor": 3, "mixolydian": 1},
        tracks={"drums": [0.98, {"kit": 3, "kit_808": 1, "kit_power": 1}], "bass": [1, {"finger_bass": 3, "synth_bass": 2}],
                "comp": [1, {"piano": 4, "clean_guitar": 2, "steel_guitar": 2, "electric_piano": 1}],
                "pad": [0.6, {"strings": 2, "warm_pad": 2, "synth_strings": 1}], "arp": [0.3, {"clean_guitar": 2, "poly_synth": 1, "marimba": 1}],
                "lead": [0.9, {"piano": 2, "clean_guitar": 1, "flute": 1, "violin": 1, "saw_lead": 1, "saxophone": 1}],
                "counter": [0.25, {"strings": 2, "glockenspiel": 1, "brass": 1}]}),
    "metal": dict(
        bpm=[100, 150, 190], swing=[0, 0], metres={"4/4": 7, "6/8": 1}, valence=0, energy=4,
        modes={"minor": 5, "phrygian": 4, "dorian": 1},
        tracks={"drums": [1, {"kit_power": 4, "kit": 1}], "bass": [1, {"finger_bass": 1}],
                "comp": [1, {"distortion_guitar": 7, "overdrive_guitar": 2}],
                "pad": [0.12, {"choir": 2, "strings": 1, "organ": 1}], "arp": [0.15, {"muted_guitar": 2, "clean_guitar": 1}],
                "lead": [0.8, {"distortion_guitar": 4, "overdrive_guitar": 4}], "counter": [0.15, {"overdrive_guitar": 1}]}),
    "reggae": dict(
        bpm=[64, 76, 92], swing=[1, 0.12], metres={"4/4": 1}, valence=3, energy=2,
        modes={"major": 4, "minor": 3, "dorian": 2, "mixolydian": 2},
        tracks={"drums": [1, {"kit": 1}], "bass": [1, {"finger_bass": 4, "synth_bass": 1}],
                "comp": [1, {"clean_guitar": 4, "organ": 4, "piano": 2}],
                "pad": [0.15, {"organ": 1}], "arp": [0.1, {"muted_guitar": 1}],
                "lead": [0.85, {"saxophone": 2, "trumpet": 2, "organ": 1, "harmonica": 2, "clean_guitar": 1, "flute": 1}],
                "counter": [0.35, {"brass": 3, "clean_guitar": 1}]}),
    "blues": dict(
        bpm=[60, 92, 136], swing=[2, 0.33], metres={"4/4": 7, "6/8": 2}, valence=1, energy=2,
        modes={"mixolydian": 5, "dorian": 3, "minor": 3},
        tracks={"drums": [0.9, {"kit": 3, "kit_brush": 1}], "bass": [1, {"finger_bass": 3, "acoustic_bass": 2}],
                "comp": [1, {"clean_guitar": 2, "overdrive_guitar": 1, "piano": 3, "organ": 2, "steel_guitar": 1}],
                "pad": [0.12, {"organ": 1}], "arp": [0, {"steel_guitar": 1}],
                "lead": [0.95, {"overdrive_guitar": 4, "harmonica": 4, "clean_guitar": 2, "saxophone": 2, "piano": 1}],
                "counter": [0.15, {"brass": 1, "harmonica": 1}]}),
    "country": dict(
        bpm=[84, 112, 168], swing=[0, 0], metres={"4/4": 7, "3/4": 2}, valence=3, energy=2,
        modes={"major": 8, "mixolydian": 2},
        tracks={"drums": [0.85, {"kit": 2, "kit_brush": 2}], "bass": [1, {"acoustic_bass": 2, "finger_bass": 3}],
                "comp": [1, {"steel_guitar": 7, "clean_guitar": 1, "piano": 1}],
                "pad": [0.1, {"organ": 1, "strings": 1}], "arp": [0.4, {"steel_guitar": 2, "clean_guitar": 1}],
                "lead": [0.95, {"violin": 4, "harmonica": 3, "clean_guitar": 3, "steel_guitar": 2, "piano": 1}],
                "counter": [0.25, {"violin": 2, "harmonica": 1, "clean_guitar": 1}]}),
    "waltz": dict(
        bpm=[84, 126, 180], swing=[0, 0], metres={"3/4": 1}, valence=3, energy=2,
        modes={"major": 6, "minor": 4},
        tracks={"drums": [0.15, {"kit_brush": 2, "kit_orchestra": 1}], "bass": [0.9, {"acoustic_bass": 3, "cello": 2, "pizzicato": 2}],
                "comp": [1, {"accordion": 3, "piano": 3, "strings": 2, "pizzicato": 2, "harp": 1}],
                "pad": [0.25, {"strings": 1}], "arp": [0.15, {"harp": 1, "pizzicato": 1}],
                "lead": [1, {"violin": 4, "accordion": 3, "clarinet": 2, "flute": 2, "piano": 2, "music_box": 1}],
                "counter": [0.35, {"cello": 2, "clarinet": 1, "oboe": 1, "horn": 1}]}),
    "march": dict(
        bpm=[96, 116, 132], swing=[0, 0], metres={"4/4": 6, "6/8": 3}, valence=3, energy=3,
        modes={"major": 7, "minor": 2, "mixolydian": 1},
        tracks={"drums": [1, {"kit_orchestra": 3, "kit": 2}], "bass": [1, {"acoustic_bass": 2, "cello": 2}],
                "comp": [1, {"brass": 5, "strings": 1}], "pad": [0.2, {"horn": 2, "strings": 1}], "arp": [0, {"pizzicato": 1}],
                "lead": [1, {"trumpet": 5, "flute": 2, "clarinet": 2, "brass": 1}],
                "counter": [0.6, {"horn": 3, "flute": 1, "clarinet": 2, "glockenspiel": 1}]}),
    "orchestral": dict(
        bpm=[56, 96, 152], swing=[0, 0], metres={"4/4": 5, "3/4": 3, "6/8": 2}, valence=2, energy=3,
        modes={"major": 5, "minor": 4, "dorian": 1, "lydian": 1},
        tracks={"drums": [0.5, {"kit_orchestra": 1}], "bass": [0.95, {"cello": 4, "acoustic_bass": 2, "pizzicato": 1}],
                "comp": [0.5, {"strings": 2, "brass": 2, "harp": 1, "pizzicato": 2}], "pad": [0.9, {"strings": 6, "horn": 1, "choir": 1}],
                "arp": [0.5, {"pizzicato": 2, "harp": 3, "celesta": 1}],
                "lead": [1, {"violin": 4, "flute": 2, "oboe": 2, "clarinet": 2, "trumpet": 2, "horn": 2, "strings": 2}],
                "counter": [0.7, {"horn": 3, "cello": 3, "clarinet": 1, "oboe": 1, "trumpet": 1}]}),
    "piano": dict(
        bpm=[54, 84, 132], swing=[0, 0], metres={"4/4": 5, "3/4": 3, "6/8": 2}, valence=2, energy=1,
        modes={"major": 4, "minor": 4, "dorian": 1, "lydian": 1},
        tracks={"drums": [0, {"kit_brush": 1}], "bass": [0, {"acoustic_bass": 1}], "comp": [0.5, {"piano": 1}],
                "pad": [0.03, {"strings": 1}], "arp": [0.7, {"piano": 1}], "lead": [1, {"piano": 1}], "counter": [0.12, {"piano": 1}]}),
}  # fmt: skip
# How people play a style, in milliseconds: notes are up to twice `spread` late by chance, and tunes and chords `late` behind
# drums and bass. Styles of machines are not listed: they are on the grid.
FEEL = {
    "lofi": (8, 8), "ambient": (10, 0), "hiphop": (5, 6), "rock": (5, 0), "funk": (4, 0), "jazz": (8, 6), "bossa": (7, 3),
    "classical": (9, 0), "cinematic": (6, 0), "folk": (8, 0), "lullaby": (8, 0), "pop": (4, 0), "metal": (4, 0), "reggae": (6, 5),
    "blues": (8, 8), "country": (6, 0), "waltz": (7, 0), "march": (5, 0), "orchestral": (8, 0), "piano": (9, 0),
}  # fmt: skip
# Milliseconds between the notes of a chord that is struck across strings.
STRUM = {
    "nylon_guitar": 7, "steel_guitar": 7, "jazz_guitar": 5, "clean_guitar": 4, "overdrive_guitar": 3, "distortion_guitar": 3, "harp": 14,
}  # fmt: skip
# Moods on the two axes, for hosts that offer a list.
MOODS = {
    "calm": (3, 0), "happy": (4, 3), "sad": (0, 1), "melancholic": (1, 1), "dark": (0, 2), "tense": (0, 3), "angry": (0, 4),
    "epic": (2, 4), "dreamy": (3, 1), "romantic": (3, 1), "playful": (4, 3), "energetic": (3, 4), "nostalgic": (2, 1),
    "hopeful": (3, 2), "mysterious": (1, 1), "triumphant": (4, 4),
}  # fmt: skip
# What the engine uses unless it has a reason not to.
SAMPLING = {"temperature": 0.9, "top_p": 0.95}
MODEL = {"layers": 8, "width": 256, "heads": 4, "kv_heads": 2, "head_dim": 64, "feed_forward": 768, "context": 1024}


def token_list():
    tokens = ["<pad>", "<bos>", "<eos>"]
    tokens += [f"STYLE_{s}" for s in STYLES]
    tokens += [f"VALENCE_{i}" for i in range(5)]
    tokens += [f"ENERGY_{i}" for i in range(5)]
    tokens += [f"TEMPO_{i}" for i in range(len(TEMPO_BOUNDS))]
    tokens += [f"METRE_{m}" for m in METRES]
    tokens += [f"MODE_{m}" for m in MODES]
    tokens += [f"DENSITY_{i}" for i in range(4)]
    tokens += [f"TRACK_{r}" for r in ROLES]
    tokens += [f"INST_{i}" for i in INSTRUMENTS]
    tokens += [f"BAR_{i}" for i in range(PHRASE)]
    tokens += [f"LEFT_{i}" for i in range(LEFT_MAX + 1)]
    tokens += [f"SECTION_{s}" for s in SECTIONS]
    tokens += [f"CHORD_{root}_{q}" for root in range(12) for q in QUALITIES]
    tokens += [f"BACK_{n}" for n in BACK]
    tokens += [f"POS_{p}" for p in range(16)]
    tokens += [f"VEL_{v}" for v in range(len(VELOCITIES))]
    tokens += [f"PITCH_{p}" for p in range(PITCH_MIN, PITCH_MAX + 1)]
    tokens += [f"DRUM_{n}" for n in DRUMS.values()]
    tokens += [f"DUR_{d}" for d in DURATIONS]
    return tokens


TOKENS = token_list()
ID = {token: i for i, token in enumerate(TOKENS)}


def prompt_heads():
    """Layout of the prompt reader's one logits vector."""
    heads, offset = [], 0
    for name, kind, labels in [
        ("style", "softmax", list(STYLES)),
        ("valence", "softmax", [str(i) for i in range(5)]),
        ("energy", "softmax", [str(i) for i in range(5)]),
        ("tempo", "softmax", [str(i) for i in range(len(TEMPO_BOUNDS))]),
        ("metre", "softmax", list(METRES)),
        ("mode", "softmax", list(MODES)),
        ("density", "softmax", [str(i) for i in range(4)]),
        ("instrument", "sigmoid", list(INSTRUMENTS)),
        ("avoid_instrument", "sigmoid", list(INSTRUMENTS)),
        ("avoid_role", "sigmoid", ROLES),
    ]:
        heads.append({"name": name, "kind": kind, "offset": offset, "size": len(labels), "labels": labels})
        offset += len(labels)
    return heads


PIECES = 96  # of a prompt, the most


def document():
    return {
        "format": 1,
        "tokens": TOKENS,
        "model": MODEL,
        "sampling": SAMPLING,
        "roles": ROLES,
        "sections": SECTIONS,
        "metres": {m: {"steps": s, "steps_per_beat": b} for m, (s, b) in METRES.items()},
        "modes": MODES,
        "qualities": QUALITIES,
        "tempo_bounds": TEMPO_BOUNDS + [TEMPO_MAX],
        "durations": DURATIONS,
        "velocities": VELOCITIES,
        "drums": DRUMS,
        "instruments": {
            n: {"bank": b, "program": p, "roles": r, "low": lo, "high": hi, "strum_ms": STRUM.get(n, 0)}
            for n, (b, p, r, lo, hi) in INSTRUMENTS.items()
        },
        "progressions": BOOKS,
        "styles": {
            n: {
                "bpm": s["bpm"],
                "swing": {"unit": s["swing"][0], "amount": s["swing"][1]},
                "metres": s["metres"],
                "modes": s["modes"],
                "valence": s["valence"],
                "energy": s["energy"],
                "feel": dict(zip(("spread_ms", "late_ms"), FEEL.get(n, (0, 0)))),
                "harmony": {**HARMONY[n], "dominants": dominants(n)},
                **({"long_sections": dict(zip(("bars", "book"), LONG_SECTIONS[n]))} if n in LONG_SECTIONS else {}),
                "tracks": {r: {"probability": p, "instruments": w} for r, (p, w) in s["tracks"].items()},
            }
            for n, s in STYLES.items()
        },
        "moods": {n: {"valence": v, "energy": e} for n, (v, e) in MOODS.items()},
        "prompt": {"pieces": PIECES, "heads": prompt_heads()},
    }


if __name__ == "__main__":
    (PACKAGE / "vocab.json").write_text(json.dumps(document(), indent=1) + "\n")
    print(len(TOKENS), "tokens,", sum(h["size"] for h in prompt_heads()), "prompt outputs")
