"""Cuts bank.sf3 from a General MIDI SoundFont: only the presets that vocab.json names, with everything they use.

    python cut_bank.py /usr/share/sounds/sf3/FluidR3Mono_GM.sf3 /usr/share/doc/fluidr3mono-gm-soundfont/copyright

Works on SF3 (Ogg Vorbis samples) and SF2. Samples are copied as they are; nothing is re-encoded.
"""

import argparse
import json
import struct
from pathlib import Path

from vocabulary import PACKAGE

# Sizes of the records of the "pdta" sub-chunks.
RECORD = {"phdr": 38, "pbag": 4, "pmod": 10, "pgen": 4, "inst": 22, "ibag": 4, "imod": 10, "igen": 4, "shdr": 46}
INSTRUMENT, KEYS, SAMPLE = 41, 43, 53  # generators: pointer into "inst", key range, pointer into "shdr"
MARGIN = 12  # semitones that are kept around an instrument's good range
VORBIS = 0x10


def chunks(data, start, end):
    """(name, start, end) of the chunks in a range. FluidR3Mono leaves out the pad byte after an odd chunk, so it is looked for."""
    at = start
    while at + 8 <= end:
        name, size = data[at : at + 4].decode("latin-1"), struct.unpack_from("<I", data, at + 4)[0]
        yield name, at + 8, at + 8 + size
        at += 8 + size
        if size % 2 and at < end and data[at] == 0:
            at += 1


def read(path):
    data = path.read_bytes()
    if data[:4] != b"RIFF" or data[8:12] != b"sfbk":
        raise SystemExit("not a SoundFont")
    tables, samples, info = {}, b"", {}
    for _, start, end in chunks(data, 12, len(data)):
        kind = data[start : start + 4]
        for name, a, b in chunks(data, start + 4, end):
            if kind == b"pdta":
                size = RECORD[name]
                tables[name] = [data[i : i + size] for i in range(a, b, size)]
            elif name == "smpl":
                samples = data[a:b]
            elif kind == b"INFO":
                info[name] = data[a:b]
    return tables, samples, info


def zones(tables, bags, gens, mods, first, last):
    """The zones of a preset or an instrument: [(generators, modulators)]."""
    out = []
    for i in range(first, last):
        g0, m0 = struct.unpack("<HH", tables[bags][i])
        g1, m1 = struct.unpack("<HH", tables[bags][i + 1])
        out.append(([struct.unpack("<HH", g) for g in tables[gens][g0:g1]], tables[mods][m0:m1]))
    return out


class Cut:
    """The tables of the new bank while they are filled."""

    def __init__(self, tables, samples):
        self.old, self.old_samples = tables, samples
        self.new = {name: [] for name in RECORD}
        self.samples = bytearray()
        self.instruments, self.sample_ids = {}, {}
        self.keys = {}  # instrument -> keys that are played on it

    def add_zones(self, found, bags, gens, mods, pointer, convert):
        for generators, modulators in found:
            self.new[bags].append(struct.pack("<HH", len(self.new[gens]), len(self.new[mods])))
            for op, amount in generators:
                self.new[gens].append(struct.pack("<HH", op, convert(amount) if op == pointer else amount))
            self.new[mods] += modulators

    def preset(self, i, keys):
        head = self.old["phdr"][i]
        first, last = struct.unpack_from("<H", head, 24)[0], struct.unpack_from("<H", self.old["phdr"][i + 1], 24)[0]
        found = zones(self.old, "pbag", "pgen", "pmod", first, last)
        self.new["phdr"].append(head[:24] + struct.pack("<H", len(self.new["pbag"])) + head[26:])
        self.add_zones(found, "pbag", "pgen", "pmod", INSTRUMENT, self.instrument)
        for generators, _ in found:
            for op, amount in generators:
                if op == INSTRUMENT:
                    self.keys.setdefault(amount, set()).update(keys)

    def instrument(self, i):
        """New index of an instrument; the body is written by `finish`, so that the tables stay in order."""
        return self.instruments.setdefault(i, len(self.instruments))

    def sample(self, i):
        if i in self.sample_ids:
            return self.sample_ids[i]
        self.sample_ids[i] = index = len(self.new["shdr"])
        record = self.old["shdr"][i]
        name, start, end, loop0, loop1, rate, pitch, correction, link, kind = struct.unpack("<20sIIIIIBbHH", record)
        at = len(self.samples)
        if kind & VORBIS:
            self.samples += self.old_samples[start:end]
            fields = (at, at + end - start, loop0, loop1)
        else:
            # Frames; the standard wants 46 frames of silence after each sample.
            self.samples += self.old_samples[2 * start : 2 * end] + bytes(92)
            fields = tuple(x - start + at // 2 for x in (start, end, loop0, loop1))
        # Pairs would need their partner: every sample is made mono.
        self.new["shdr"].append(struct.pack("<20sIIIIIBbHH", name, *fields, rate, pitch, correction, 0, (kind & VORBIS) | 1))
        return index

    def heard(self, zone, instrument):
        """Whether a zone has a key that is played; a zone without a range is global or plays everywhere."""
        for op, amount in zone[0]:
            if op == KEYS:
                return any(amount & 255 <= k <= amount >> 8 for k in self.keys[instrument])
        return True

    def finish(self):
        heads, done = self.old["inst"], 0
        while done < len(self.instruments):
            i = list(self.instruments)[done]
            first, last = struct.unpack_from("<H", heads[i], 20)[0], struct.unpack_from("<H", heads[i + 1], 20)[0]
            found = [z for z in zones(self.old, "ibag", "igen", "imod", first, last) if self.heard(z, i)]
            self.new["inst"].append(heads[i][:20] + struct.pack("<H", len(self.new["ibag"])))
            self.add_zones(found, "ibag", "igen", "imod", SAMPLE, self.sample)
            done += 1
        n = {k: len(v) for k, v in self.new.items()}
        self.new["phdr"].append(struct.pack("<20sHHHIII", b"EOP", 0, 0, n["pbag"], 0, 0, 0))
        self.new["inst"].append(struct.pack("<20sH", b"EOI", n["ibag"]))
        self.new["shdr"].append(struct.pack("<20sIIIIIBbHH", b"EOS", *[0] * 9))
        for bags, gens, mods in (("pbag", "pgen", "pmod"), ("ibag", "igen", "imod")):
            self.new[bags].append(struct.pack("<HH", n[gens], n[mods]))
            self.new[gens].append(bytes(4))
            self.new[mods].append(bytes(10))


def chunk(name, body):
    return name.encode() + struct.pack("<I", len(body)) + body + bytes(len(body) % 2)


def wanted():
    """{(bank, program): keys that are played} of the instruments in vocab.json."""
    vocab = json.loads((PACKAGE / "vocab.json").read_text())
    drums = set(vocab["drums"].values())
    return {
        (row["bank"], row["program"]): drums if row["bank"] == 128 else set(range(row["low"] - MARGIN, row["high"] + MARGIN + 1))
        for row in vocab["instruments"].values()
    }


def cut(source, presets):
    """Bytes of a bank with only `presets` ({(bank, program): keys}), and the (bank, program) that the source does not have."""
    tables, samples, info = read(source)
    bank = Cut(tables, samples)
    missing = dict(presets)
    for i, head in enumerate(tables["phdr"][:-1]):
        program, number = struct.unpack_from("<HH", head, 20)
        keys = missing.pop((number, program), None)
        if keys:
            bank.preset(i, keys)
    bank.finish()
    keep = [(k, info[k]) for k in ("ifil", "isng", "INAM", "irom", "iver", "ICRD", "IENG", "ICOP", "ICMT") if k in info]
    body = b"sfbk"
    body += chunk("LIST", b"INFO" + b"".join(chunk(k, v) for k, v in keep))
    body += chunk("LIST", b"sdta" + chunk("smpl", bytes(bank.samples)))
    body += chunk("LIST", b"pdta" + b"".join(chunk(k, b"".join(bank.new[k])) for k in RECORD))
    return chunk("RIFF", body), missing


def main():
    p = argparse.ArgumentParser()
    p.add_argument("source", type=Path)
    p.add_argument("licence", type=Path, help="copied beside the bank")
    p.add_argument("--out", type=Path, default=PACKAGE / "bank.sf3")
    a = p.parse_args()
    data, missing = cut(a.source, wanted())
    if missing:
        raise SystemExit(f"the source has no {sorted(missing)}")
    a.out.write_bytes(data)
    (a.out.parent / "bank.LICENSE").write_bytes(a.licence.read_bytes())
    print(a.out.name, len(data), "bytes")


if __name__ == "__main__":
    main()
