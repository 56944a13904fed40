"""Solos of random notes, played by fluidsynth with the bank: sounds whose instrument is known, and no music of ours."""

import random
import struct
import subprocess

import soundfile

from midi import varlen
from vocabulary import DRUMS, INSTRUMENTS

PITCHED = [i for i, row in INSTRUMENTS.items() if row[0] != 128]
RATE = 22_050
SONG = 24  # seconds


def notes_of(rng, instrument, start, beat):
    """Random notes [(second, seconds, key, velocity)]: chords, a line, broken chords or long tones, in a random scale."""
    _, _, roles, low, high = INSTRUMENTS[instrument]
    manner = rng.choice({"bass": ["line"], "lead": ["line"], "counter": ["line", "long"], "comp": ["chords"], "pad": ["long"], "arp": ["broken"]}[rng.choice(roles)])
    tonic = rng.randrange(12)
    scale = [k for k in range(low, high + 1) if (k + tonic) * 7 % 12 < 7]  # seven neighbours on the circle of fifths
    if manner in ("chords", "long", "broken"):
        scale = scale[len(scale) // 5 : -max(1, len(scale) // 5)] or scale
    loud, out, at, place = rng.randrange(60, 115), [], 0.0, rng.randrange(len(scale))
    while at < SONG - 2:
        place = max(0, min(len(scale) - 1, place + rng.randrange(-3, 4)))
        hits = {"chords": rng.choice([0.5, 1, 1, 2]), "line": rng.choice([0.25, 0.5, 0.5, 1, 1.5]), "broken": rng.choice([0.25, 0.5]), "long": rng.choice([2, 4])}[manner] * beat
        keys = [scale[min(len(scale) - 1, place + d)] for d in ((0, 2, 4) if manner in ("chords", "long") else (0,))]
        if manner == "broken":
            place = (place + 2) % len(scale)
        if rng.random() > 0.12:
            length = hits * (0.95 if manner == "long" else rng.uniform(0.4, 0.95))
            out += [(start + at, length, k, max(20, min(127, loud + rng.randrange(-15, 12)))) for k in sorted(set(keys))]
        at += hits
    return out


def drums_of(rng, start, beat):
    """A random pattern of a bar of sixteenths, over and over, with changes."""
    keys = list(DRUMS.values())
    voices = {36: 0.25, 38: 0.15, 42: 0.5} | {k: rng.uniform(0.03, 0.25) for k in rng.sample(keys, rng.randrange(0, 5))}
    if rng.random() < 0.3:
        voices = {k: rng.uniform(0.1, 0.4) for k in rng.sample(keys, rng.randrange(1, 4))}
    pattern = [(step, k, rng.randrange(60, 118)) for k, p in voices.items() for step in range(16) if rng.random() < p]
    bar, out = 4 * beat, []
    for n in range(int((SONG - 2) / bar)):
        out += [(start + n * bar + s * beat / 4, 0.1, k, v) for s, k, v in pattern if rng.random() > 0.07]
    return out


def write_midi(names, seed, path):
    """A solo of each instrument, one after the other, in one file; "drums" is a kit."""
    rng, events = random.Random(seed), []
    for n, name in enumerate(names):
        start, beat = n * SONG + 0.5, 60 / rng.uniform(56, 180)
        events += silence(start - 0.3)
        kit = rng.choice([row[1] for row in INSTRUMENTS.values() if row[0] == 128])
        channel, program = (9, kit) if name == "drums" else (0, INSTRUMENTS[name][1])
        events.append((start - 0.2, 1, bytes([0xC0 | channel, program])))
        for control, value in ((7, rng.randrange(60, 120)), (10, rng.randrange(30, 98)), (91, rng.randrange(0, 90))):
            events.append((start - 0.2, 1, bytes([0xB0 | channel, control, value])))
        played = drums_of(rng, start, beat) if name == "drums" else notes_of(rng, name, start, beat)
        for at, length, k, v in played:
            events += [(at, 3, bytes([0x90 | channel, k, v])), (at + length, 2, bytes([0x80 | channel, k, 0]))]
    write_events(events, path)


def write_events(events, path):
    """A file of [(second, order at the same time, message)]; a second has 1,000 ticks."""
    body, now = b"\x00\xff\x51\x03" + (1_000_000).to_bytes(3, "big"), 0
    for at, _, message in sorted(events, key=lambda e: (e[0], e[1])):
        tick = round(at * 1000)
        body, now = body + varlen(tick - now) + message, tick
    body += b"\x00\xff\x2f\x00"
    path.write_bytes(b"MThd" + struct.pack(">IHHH", 6, 0, 1, 1000) + b"MTrk" + struct.pack(">I", len(body)) + body)


def silence(at):
    """No tail of what was before."""
    return [(at, 0, bytes([0xB0 | channel, 120, 0])) for channel in range(16)]


def play(midi, bank):
    """Samples [frames] at RATE."""
    wav = midi.with_suffix(".wav")
    command = ["fluidsynth", "-ni", "-g", "0.5", "-r", str(RATE), "-F", wav, bank, midi]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    sound, rate = soundfile.read(wav, always_2d=True, dtype="float32")
    wav.unlink()
    assert rate == RATE
    return sound.mean(1)


def solos(names, seed, work, bank):
    """Yields the samples of a solo of each name; fluidsynth plays fifty at a time."""
    for part in range(0, len(names), 50):
        midi = work / f"solos{seed}-{part}.mid"
        some = names[part : part + 50]
        write_midi(some, f"{seed} {part}", midi)
        sound = play(midi, bank)
        midi.unlink()
        for n in range(len(some)):
            yield sound[int((n * SONG + 0.3) * RATE) : int((n * SONG + SONG - 1.5) * RATE)]
        print("played", part + len(some), flush=True)
