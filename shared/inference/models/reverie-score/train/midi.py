"""A piece as a Standard MIDI File, to listen to (`fluidsynth -F out.wav bank.sf3 out.mid`)."""

import struct

from vocabulary import INSTRUMENTS, METRES, STYLES, VELOCITIES

TICKS = 24  # per step
# Factors of the velocity: on the first beat, on another, half-way or a third of the way to the next, and elsewhere.
STRESS = (1.2, 1.06, 0.9, 0.82)


def stress(metre, step):
    """People play the first beat of a bar louder, and beats louder than what is between them; as the engine does (`stress.rs`)."""
    beat = METRES[metre][1]
    part = beat // 3 if beat % 3 == 0 else beat // 2
    return STRESS[0 if step == 0 else 1 if step % beat == 0 else 2 if step % part == 0 else 3]


def varlen(value):
    out = bytearray([value & 0x7F])
    while value := value >> 7:
        out.insert(0, 0x80 | (value & 0x7F))
    return bytes(out)


def events_of(song):
    """[(tick, order, bytes)] of all notes."""
    unit, amount = STYLES[song["style"]]["swing"]
    events = []
    for channel, (role, instrument) in enumerate(song["instruments"].items()):
        bank, program, *_ = INSTRUMENTS[instrument]
        ch = 9 if bank == 128 else channel if channel < 9 else channel + 1
        events.append((0, 0, bytes([0xC0 | ch, program])))
        for b, bar in enumerate(song["bars"]):
            for step, velocity, keys, length in bar["tracks"].get(role, []):
                late = amount * unit if unit and (step // unit) % 2 and step % unit == 0 else 0
                at = round((b * song["steps"] + step + late) * TICKS)
                end = at + max(1, round((length or 1) * TICKS * 0.95))
                # A groove has its own accents.
                force = 1 if role == "drums" else stress(song["metre"], step)
                loud = max(1, min(127, round(VELOCITIES[velocity] * force)))
                for key in keys:
                    events.append((at, 2, bytes([0x90 | ch, key, loud])))
                    events.append((end, 1, bytes([0x80 | ch, key, 0])))
    return sorted(events)


def write(song, path):
    quarter = 4 * TICKS
    beat = 1.5 if song["metre"] == "6/8" else 1  # quarters in a beat
    body = b"\x00\xff\x51\x03" + round(60e6 / (song["bpm"] * beat)).to_bytes(3, "big")
    now = 0
    for tick, _, message in events_of(song):
        body += varlen(tick - now) + message
        now = tick
    body += b"\x00\xff\x2f\x00"
    path.write_bytes(b"MThd" + struct.pack(">IHHH", 6, 0, 1, quarter) + b"MTrk" + struct.pack(">I", len(body)) + body)
