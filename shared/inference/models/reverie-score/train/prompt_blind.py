"""Measures the reader on prompts with what a listener expects, in words that are not ours: the sets of `SETS`.

    python prompt_blind.py [PACKAGE_FOLDER] [--set blind|second|third|travellers] [--compose COMPOSE] [--report metrics.json]

Without COMPOSE, the network alone is judged. With it (the example of the crate, built), the engine is: what it says that it
plays. Only sums are printed, never which prompts fail: whoever improves the reader must not learn them.
"""

import argparse
import hashlib
import json
import subprocess
from pathlib import Path

from prompt_frozen import NUMBER, Reader, wilson
from vocabulary import INSTRUMENTS, PACKAGE, STYLES

HERE = Path(__file__).resolve().parent
SETS = ("blind", "second", "third", "travellers")
# What a listener calls it -> styles that this listener would accept.
GENRES = {
    "acoustic": "folk country pop", "afrobeat": "funk bossa reggae", "baroque": "classical", "bluegrass": "country folk",
    "celtic": "folk", "chill": "lofi ambient", "choral": "classical orchestral", "christmas": "orchestral lullaby", "corporate": "pop",
    "disco": "funk house", "drum and bass": "dnb", "dub": "reggae", "dubstep": "dnb hiphop", "easy listening": "bossa jazz lofi",
    "edm": "house techno", "electro": "techno house", "electronic": "techno house synthwave", "epic": "cinematic orchestral",
    "flamenco": "folk bossa", "folk": "folk country", "forro": "folk bossa", "garage": "house dnb", "gospel": "blues funk",
    "hip hop": "hiphop", "industrial": "techno", "klezmer": "folk", "latin": "bossa", "mariachi": "folk bossa waltz",
    "medieval": "folk", "minimal": "ambient classical", "musette": "waltz", "neoclassical": "piano classical", "new age": "ambient",
    "bossa nova": "bossa", "piano solo": "piano", "post rock": "rock", "punk": "rock", "r&b": "hiphop funk", "ragtime": "jazz",
    "salsa": "bossa", "samba": "bossa", "shanty": "folk waltz", "shoegaze": "rock", "ska": "reggae", "soul": "funk", "surf": "rock",
    "swing": "jazz", "big band": "jazz", "synthpop": "synthwave", "tango": "waltz bossa", "trance": "techno", "trap": "hiphop",
    "vaporwave": "synthwave lofi", "western": "country", "world": "folk", "classical": "classical", "orchestral": "orchestral cinematic",
    "cinematic": "cinematic orchestral",
    "afro house": "house", "baile funk": "hiphop house", "balkan": "folk", "big beat": "dnb house rock", "boogie woogie": "blues jazz piano", "brass band": "march",
    "breakbeat": "dnb hiphop", "calypso": "reggae bossa", "cartoon": "orchestral chiptune", "cha cha": "bossa", "chillwave": "synthwave lofi", "choro": "bossa folk",
    "chinese": "folk ambient", "church": "classical orchestral", "cloud rap": "hiphop", "comedy": "orchestral march jazz", "cumbia": "bossa folk", "dance": "house techno pop", "dixieland": "jazz",
    "doo wop": "pop blues", "doom": "metal", "dream pop": "pop rock synthwave", "drill": "hiphop", "fado": "folk", "folk metal": "metal", "funk carioca": "hiphop house",
    "game show": "pop funk orchestral", "gamelan": "folk ambient", "gothic": "metal classical cinematic", "halloween": "orchestral cinematic waltz",
    "hawaiian": "folk bossa", "horror": "cinematic ambient", "hymn": "classical march orchestral", "hyperpop": "pop techno chiptune", "impressionist": "classical piano",
    "indian": "folk ambient", "indie": "rock pop folk", "italo disco": "synthwave house", "japanese": "folk ambient", "krautrock": "rock techno", "lounge": "bossa jazz lofi",
    "middle eastern": "folk cinematic", "military": "march", "minimalism": "classical ambient piano", "news": "orchestral cinematic pop", "noir": "jazz cinematic",
    "polka": "folk march", "prog": "rock metal", "rave": "techno house dnb", "rnb": "hiphop funk", "rockabilly": "country rock blues", "sacred": "classical orchestral",
    "sci-fi": "cinematic ambient synthwave", "smooth jazz": "jazz bossa", "spy": "jazz cinematic funk", "symphonic metal": "metal", "tarantella": "folk", "trip hop": "hiphop lofi",
    "worship": "pop ambient", "hip-hop": "hiphop", "lo-fi": "lofi",
}  # fmt: skip
GUITARS = " ".join(i for i in INSTRUMENTS if "guitar" in i)
BASSES = "acoustic_bass finger_bass slap_bass synth_bass"
SYNTHS = "square_lead saw_lead poly_synth warm_pad halo_pad synth_strings synth_bass"
# What a listener calls it -> instruments of the bank that are that.
NAMED = {
    "acoustic guitar": "nylon_guitar steel_guitar", "bass": BASSES + " cello", "bells": "glockenspiel celesta music_box vibraphone",
    "brass": "brass trumpet horn", "distorted guitar": "distortion_guitar overdrive_guitar",
    "electric guitar": "clean_guitar overdrive_guitar distortion_guitar muted_guitar jazz_guitar", "guitar": GUITARS, "horn": "horn brass",
    "pad": "warm_pad halo_pad synth_strings", "sax": "saxophone", "strings": "strings synth_strings violin cello pizzicato",
    "synth": SYNTHS, "synth lead": "square_lead saw_lead poly_synth", "upright bass": "acoustic_bass", "pan flute": "pan_flute flute",
    "square synth": "square_lead", "flute": "flute pan_flute", "nylon guitar": "nylon_guitar", "piano": "piano", "violin": "violin",
}  # fmt: skip
# What the bank does not have -> what a listener would take for it.
STAND_INS = {
    "bagpipes": "oboe accordion", "banjo": "steel_guitar", "bassoon": "clarinet oboe cello", "clavinet": "electric_piano clean_guitar",
    "harpsichord": "piano celesta nylon_guitar", "mandolin": "steel_guitar nylon_guitar", "sitar": "steel_guitar nylon_guitar", "steel drums": "marimba vibraphone kalimba",
    "trombone": "brass horn", "tuba": "brass horn", "ukulele": "nylon_guitar steel_guitar", "xylophone": "marimba vibraphone glockenspiel",
}  # fmt: skip
# Who does not want these would not want those either.
UNWANTED = {"piano": "piano", "strings": "strings synth_strings violin cello pizzicato", "bass": BASSES, "synth": SYNTHS, "banjo": "steel_guitar"}
ENERGY = {"low": {0, 1}, "mid": {1, 2, 3}, "high": {3, 4}}
MOOD = {"dark": {0, 1}, "neutral": {2}, "bright": {3, 4}}
DENSITY = {"sparse": {0, 1}, "full": {2, 3}}


def cases(name="blind"):
    """The blind prompts of a set, if they still are what was hashed."""
    path = HERE / f"prompts_{name}.jsonl"
    data = path.read_bytes()
    if hashlib.sha256(data).hexdigest() != path.with_suffix(".sha256").read_text().split()[0]:
        raise SystemExit(f"{path.name} is not what was frozen")
    return [json.loads(line) for line in data.decode().splitlines()]


def styles_of(genre):
    return set(GENRES.get(genre, genre).split()) & set(STYLES)


def instruments_of(name):
    found = set((NAMED.get(name) or STAND_INS.get(name) or name.replace(" ", "_")).split())
    assert found <= set(INSTRUMENTS), name
    return found


def unwanted(name):
    return set(UNWANTED[name].split()) if name in UNWANTED else instruments_of(name)


def scalar_rows(case, read):
    """Expectations of one value. `read` has style, valence, energy, density (levels), mode and metre."""
    rows = []
    if "genre" in case:
        accepted = set().union(*(styles_of(g) for g in case["genre"]))
        if accepted:
            rows.append(("style", read["style"] in accepted))
    for name, key, table in (("energy", "energy", ENERGY), ("valence", "mood", MOOD)):
        if key in case:
            levels = set().union(*(table[word] for word in case[key]))
            levels = {1, 2, 3} if case[key] == ["neutral"] else levels
            rows.append((name, read[name] in levels))
    if "density" in case and "density" in read:
        rows.append(("density", read["density"] in DENSITY[case["density"]]))
    rows += [(name, read[name] == case[name]) for name in ("mode", "metre") if name in case]
    return rows


def track_rows(case, plays, left_out, drums):
    """Expectations of instruments. `plays`: a set, `left_out`: whether none of a set may play, `drums`: whether they may."""
    rows = []
    for name in case.get("with", []):
        rows.append(("stand-ins asked" if name in STAND_INS else "instruments asked", bool(plays & instruments_of(name))))
    rows += [("instruments left out", left_out(unwanted(name))) for name in case.get("without", [])]
    if "drums" in case:
        rows.append(("drums asked" if case["drums"] else "drums left out", drums == case["drums"]))
    return rows


def numbered(case):
    """Whether a number of beats stands in the prompt."""
    return "tempo" in case and case["tempo"][1] - case["tempo"][0] in (0, 4)


def by_network(package, name):
    reader = Reader(package)
    for case in cases(name):
        read = reader.read(case["prompt"])
        left = read["avoid_instrument"] | ({b for b in BASSES.split()} if "bass" in read["avoid_role"] else set())
        levels = {k: int(read[k]) for k in ("valence", "energy", "density")}
        yield from scalar_rows(case, {**read, **levels})
        if "tempo" in case and not NUMBER.search(case["prompt"]):
            low, high = (reader.bounds[int(read["tempo"]) + k] for k in (0, 1))
            yield "tempo in words", low < case["tempo"][1] and high > case["tempo"][0]
        yield from track_rows(case, read["instrument"] - left, left.issuperset, "drums" not in read["avoid_role"])


def documents(text):
    """The JSON objects that stand in a text, one after the other."""
    decoder, at = json.JSONDecoder(), text.find("\n{")
    while at >= 0:
        found, end = decoder.raw_decode(text, at + 1)
        yield found
        at = text.find("\n{", end)


def by_engine(every, text):
    """`text`: what `compose` prints for these cases."""
    for case, said in zip(every, documents(text), strict=True):
        levels = {k: round(said[k] * 4) for k in ("valence", "energy")}
        yield from scalar_rows(case, {**said, **levels, "mode": said["key"].split(" ")[1]})
        if "tempo" in case:
            within = case["tempo"][0] - 2 <= said["tempo_bpm"] <= case["tempo"][1] + 2
            yield "tempo in numbers" if numbered(case) else "tempo in words", within
        plays = {track["name"] for track in said["instruments"]}
        roles = {track["role"] for track in said["instruments"]}
        yield from track_rows(case, plays, plays.isdisjoint, "drums" in roles)


def composed(package, compose, seed, name):
    """(cases, what `compose` prints for them)"""
    command = [compose, "--package", package, "--seconds", "5", "--seed", str(seed), "--", *(c["prompt"] for c in cases(name))]
    return cases(name), subprocess.run(command, check=True, capture_output=True, text=True).stdout


def table(rows):
    sums = {}
    for name, holds in rows:
        good, count = sums.get(name, (0, 0))
        sums[name] = (good + holds, count + 1)
    for whole, parts in (("drums", ("drums asked", "drums left out")), ("instruments", ("instruments asked", "instruments left out"))):
        if not sums.keys() & set(parts):
            continue
        sums[whole] = tuple(sum(sums.get(p, (0, 0))[k] for p in parts) for k in (0, 1))
    return {
        k: {"held": int(g), "of": n, "share": round(g / n, 3), "lower95": round(wilson(g, n), 3)} for k, (g, n) in sorted(sums.items())
    }


def main():
    p = argparse.ArgumentParser()
    p.add_argument("package", type=Path, nargs="?", default=PACKAGE)
    p.add_argument("--set", choices=SETS, default="blind")
    p.add_argument("--compose", type=Path)
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--report", type=Path)
    a = p.parse_args()
    result = table(by_engine(*composed(a.package, a.compose, a.seed, a.set)) if a.compose else by_network(a.package, a.set))
    if a.report:
        report = json.loads(a.report.read_text()) if a.report.exists() else {}
        report[f"{a.set}_engine" if a.compose else f"{a.set}_network"] = result
        a.report.write_text(json.dumps(report, indent=1, ensure_ascii=False) + "\n")
    for name, row in result.items():
        print(f"{name:21} {row['held']:3}/{row['of']:3} {row['share']:.3f}, at least {row['lower95']:.3f}")


if __name__ == "__main__":
    main()
