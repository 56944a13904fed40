"""Synthetic prompts that are put together from wishes in any order, so that no turn of phrase stands at a fixed place.

`make(rng)` gives (text, target) as `prompts.make` does. A wish is a style, a mood, a scene, a pace, a key, instruments to hear, instruments to
leave out, and so on; what is asked for is never left out as well.
"""

import phrases
import prompts
from languages import TABLES
from vocabulary import INSTRUMENTS, STYLES

GUITARS = [i for i in INSTRUMENTS if "guitar" in i]
ELECTRIC = ["clean_guitar", "overdrive_guitar", "distortion_guitar", "muted_guitar", "jazz_guitar"]
STRINGS = ["strings", "synth_strings", "violin", "cello", "pizzicato"]
SYNTHS = ["square_lead", "saw_lead", "poly_synth", "warm_pad", "halo_pad", "synth_strings", "synth_bass"]
BASSES = ["acoustic_bass", "finger_bass", "slap_bass", "synth_bass"]
KITS = [i for i, row in INSTRUMENTS.items() if row[2] == ["drums"]]
# A word for several instruments: who leaves it out leaves out all of them.
FAMILIES = {
    "guitar": GUITARS, "guitars": GUITARS, "any guitar": GUITARS, "guitar of any kind": GUITARS, "electric guitar": ELECTRIC, "electric guitars": ELECTRIC,
    "distorted guitar": ["distortion_guitar", "overdrive_guitar"], "distortion": ["distortion_guitar", "overdrive_guitar"], "distorted guitars": ["distortion_guitar", "overdrive_guitar"],
    "acoustic guitar": ["nylon_guitar", "steel_guitar"], "acoustic guitars": ["nylon_guitar", "steel_guitar"], "strings": STRINGS, "string section": STRINGS, "violins": STRINGS[:1] + STRINGS[3:3] + ["violin"],
    "synth": SYNTHS, "synths": SYNTHS, "synthesizers": SYNTHS, "synthesizer": SYNTHS, "electronics": SYNTHS, "electronic sounds": SYNTHS, "brass": ["brass", "trumpet", "horn"], "horns": ["brass", "trumpet", "horn"],
    "brass section": ["brass", "trumpet", "horn"], "horn section": ["brass", "trumpet", "horn"], "woodwinds": ["flute", "pan_flute", "oboe", "clarinet", "saxophone"], "winds": ["flute", "pan_flute", "oboe", "clarinet", "saxophone"],
    "flute": ["flute", "pan_flute"], "flutes": ["flute", "pan_flute"], "trombones": ["brass", "horn"], "keys": ["piano", "electric_piano", "organ"], "keyboards": ["piano", "electric_piano", "organ"], "keyboard": ["piano", "electric_piano", "organ"],
    "pads": ["warm_pad", "halo_pad", "synth_strings"], "pad": ["warm_pad", "halo_pad", "synth_strings"], "bells": ["glockenspiel", "celesta", "music_box"], "chimes": ["glockenspiel", "celesta", "music_box"], "mallets": ["marimba", "vibraphone", "glockenspiel"],
    "choir": ["choir"], "choirs": ["choir"], "voices": ["choir"], "singing": ["choir"], "saxes": ["saxophone"], "pianos": ["piano"], "piano": ["piano"], "fiddle": ["violin"], "fiddles": ["violin"], "violin": ["violin"],
}  # fmt: skip
FAMILIES["violins"] = ["violin"]
# More names of instruments; several are taken for the nearest that the bank has.
NAMES = {
    "steel guitar": "steel_guitar", "pedal steel": "steel_guitar", "slide guitar": "steel_guitar", "dobro": "steel_guitar", "lap steel": "steel_guitar", "resonator guitar": "steel_guitar", "bouzouki": "steel_guitar", "oud": "nylon_guitar", "lute": "nylon_guitar", "uke": "nylon_guitar", "ukuleles": "nylon_guitar", "ukulele": "nylon_guitar", "nylon string guitar": "nylon_guitar", "nylon strings": "nylon_guitar", "fingerpicked guitar": "steel_guitar", "strumming": "steel_guitar", "strummed chords": "steel_guitar", "folk guitar": "steel_guitar", "unplugged guitar": "steel_guitar", "banjos": "steel_guitar", "mandolins": "steel_guitar", "sitars": "steel_guitar", "sitar": "steel_guitar", "shamisen": "steel_guitar", "koto": "harp", "zither": "harp", "lyre": "harp", "guzheng": "harp", "kora": "harp", "harpist": "harp", "dulcimer": "steel_guitar", "balalaika": "steel_guitar",
    "stratocaster": "clean_guitar", "strat": "clean_guitar", "tele": "clean_guitar", "twangy guitar": "clean_guitar", "twang": "clean_guitar", "reverb guitar": "clean_guitar", "shimmering guitars": "clean_guitar", "jangly guitars": "clean_guitar", "delay guitar": "clean_guitar", "chorus guitar": "clean_guitar", "rhythm guitar": "clean_guitar", "wah guitar": "clean_guitar", "funky guitar": "clean_guitar", "archtop guitar": "jazz_guitar", "hollow body guitar": "jazz_guitar", "guitar solo": "overdrive_guitar", "shredding": "distortion_guitar", "shredding guitar": "distortion_guitar", "power chords": "distortion_guitar", "dirty guitar": "overdrive_guitar", "gritty guitar": "overdrive_guitar", "crunch guitar": "overdrive_guitar", "guitar riff": "overdrive_guitar", "riffs": "overdrive_guitar", "heavy guitar": "distortion_guitar", "chugging guitars": "distortion_guitar", "fuzzy guitars": "distortion_guitar", "e-guitar": "overdrive_guitar", "wall of guitars": "distortion_guitar", "downtuned guitars": "distortion_guitar",
    "ep": "electric_piano", "e piano": "electric_piano", "wurly": "electric_piano", "rhodes piano": "electric_piano", "dx7": "electric_piano", "clav": "electric_piano", "clavinet": "electric_piano", "piano chords": "piano", "piano melody": "piano", "steinway": "piano", "honky tonk piano": "piano", "saloon piano": "piano", "jazzy piano": "piano", "ivories": "piano", "baby grand": "piano", "pianoforte": "piano", "harpsichord": "piano", "cembalo": "piano", "spinet": "piano", "toy piano": "celesta", "dulcitone": "celesta", "carillon": "glockenspiel", "tubular bells": "glockenspiel", "church bells": "glockenspiel", "jingle bells": "glockenspiel", "sleigh bells": "glockenspiel", "handbells": "glockenspiel", "bell": "glockenspiel", "tinkling bells": "glockenspiel", "crotales": "glockenspiel", "singing bowls": "glockenspiel", "musicbox": "music_box", "music boxes": "music_box", "musical box": "music_box", "wind up toy": "music_box", "vibraphones": "vibraphone", "vibes": "vibraphone", "steelpan": "marimba", "steel drum": "marimba", "steel pans": "marimba", "balafon": "marimba", "xylo": "marimba", "marimbas": "marimba", "xylophones": "marimba", "gamelan": "marimba", "kalimbas": "kalimba", "sanza": "kalimba", "hang drum": "kalimba", "handpan": "kalimba",
    "b3": "organ", "hammond b3": "organ", "organs": "organ", "leslie organ": "organ", "farfisa": "organ", "gospel organ": "organ", "harmonium": "accordion", "concertina": "accordion", "accordions": "accordion", "melodica": "harmonica", "harmonicas": "harmonica", "bagpipes": "oboe", "bagpipe": "oboe", "uilleann pipes": "oboe", "duduk": "clarinet", "english horn": "oboe", "cor anglais": "oboe", "woodwinds": "clarinet", "woodwind": "flute", "bass clarinet": "clarinet", "tin whistles": "flute", "penny whistle": "flute", "ocarina": "pan_flute", "bansuri": "flute", "native flute": "pan_flute", "wooden flute": "flute", "bamboo flute": "pan_flute", "pan pipe": "pan_flute", "panflute": "pan_flute", "quena": "pan_flute", "whistling": "pan_flute", "sax": "saxophone", "saxes": "saxophone", "saxophones": "saxophone", "sexy sax": "saxophone", "baritone sax": "saxophone", "soprano sax": "saxophone", "saxaphone": "saxophone", "trombones": "brass", "tubas": "brass", "sousaphone": "brass", "flugelhorn": "trumpet", "mariachi trumpets": "trumpet", "lone trumpet": "trumpet", "brass hits": "brass", "braams": "brass", "brass fanfare": "brass", "deep horns": "horn", "hunting horn": "horn", "wagner tuba": "horn", "hunting horns": "horn", "alphorn": "horn",
    "violas": "violin", "solo violin": "violin", "erhu": "violin", "fiddles": "violin", "hardanger fiddle": "violin", "violoncello": "cello", "celli": "cello", "gamba": "cello", "low strings": "cello", "orchestra strings": "strings", "string ensemble": "strings", "violin section": "strings", "soaring strings": "strings", "sweeping strings": "strings", "tremolo strings": "strings", "staccato strings": "strings", "warm strings": "strings", "harps": "harp", "celtic harp": "harp", "angelic harp": "harp", "gregorian choir": "choir", "boys choir": "choir", "monks chanting": "choir", "chants": "choir", "oohs and aahs": "choir", "female choir": "choir", "humming": "choir", "vocal pads": "choir", "choirs": "choir", "pizz": "pizzicato",
    "moog": "saw_lead", "juno": "poly_synth", "jupiter 8": "poly_synth", "prophet": "poly_synth", "analog synth": "saw_lead", "analogue synths": "saw_lead", "synth arp": "poly_synth", "synth arps": "saw_lead", "arpeggiated synth": "saw_lead", "synth stabs": "poly_synth", "synth plucks": "poly_synth", "plucks": "poly_synth", "synth chords": "poly_synth", "saw wave": "saw_lead", "sawtooth": "saw_lead", "detuned saws": "saw_lead", "trance lead": "saw_lead", "supersaws": "saw_lead", "beeps": "square_lead", "bleeps": "square_lead", "chip lead": "square_lead", "square waves": "square_lead", "soft pads": "warm_pad", "lush pads": "warm_pad", "slow pads": "warm_pad", "atmospheric pads": "warm_pad", "evolving pad": "halo_pad", "pad": "warm_pad", "ambient pad": "warm_pad", "synth pads": "warm_pad", "drone": "warm_pad", "ethereal pads": "halo_pad", "textures": "halo_pad", "string machine": "synth_strings", "mellotron": "synth_strings", "synth strings": "synth_strings",
    "bass guitars": "finger_bass", "fretless bass": "finger_bass", "bass line": "@bass", "fat bass": "@bass", "deep bass": "@bass", "heavy bass": "@bass", "groovy bass": "@bass", "big bass": "@bass", "lots of bass": "@bass", "basslines": "@bass", "thumping bass": "@bass", "funky bass": "slap_bass", "popping bass": "slap_bass", "stand up bass": "acoustic_bass", "standup bass": "acoustic_bass", "acoustic bass": "acoustic_bass", "contrabasses": "acoustic_bass", "bowed bass": "acoustic_bass", "jazz bass": "acoustic_bass", "wobble bass": "synth_bass", "moog bass": "synth_bass", "rolling bass": "synth_bass", "bass drop": "synth_bass", "subs": "synth_bass", "303": "synth_bass",
}  # fmt: skip
DRUMS = {
    "drums": "@drums", "drum": "@drums", "a drum kit": "@drums", "drumset": "@drums", "percussion": "@drums", "percussions": "@drums", "a beat": "@drums", "a strong beat": "@drums", "hard drums": "@drums", "punchy drums": "@drums", "tight drums": "@drums", "dusty drums": "@drums", "soft drums": "@drums", "light percussion": "@drums", "loud drums": "@drums", "pounding drums": "kit_power", "heavy drums": "kit_power", "huge drums": "kit_orchestra", "live drums": "kit", "drum groove": "@drums", "kick and snare": "@drums", "hi-hats": "@drums", "snare": "@drums", "snare drum": "kit_orchestra", "cymbals": "@drums", "a drummer": "@drums", "tribal drums": "kit_orchestra", "hand drums": "@drums", "bongos": "kit", "congas": "kit", "conga": "kit", "shakers": "kit", "tambourine": "kit", "cowbell": "@drums", "cajon": "kit_brush", "tabla": "kit", "tablas": "kit", "djembe": "kit", "timbales": "kit", "bodhran": "kit_brush", "marching drums": "kit_orchestra", "military drums": "kit_orchestra", "war drums": "kit_orchestra", "taikos": "kit_orchestra", "timpani": "kit_orchestra", "drum machine": "kit_808", "808 drums": "kit_808", "trap hats": "kit_808", "electronic beat": "kit_808", "909 kick": "kit_808", "kick drum": "@drums", "breakbeat drums": "@drums", "breaks": "@drums", "drum loop": "@drums", "brush drums": "kit_brush", "brushed snare": "kit_brush", "drum fills": "@drums", "blast beat": "kit_power", "double kick": "kit_power", "four on the floor kick": "kit_808", "a steady beat": "@drums", "finger snaps": "@drums", "hand claps": "@drums", "drums and bass guitar": "@drums",
}  # fmt: skip
NO_DRUMS = ["drums", "drums", "drums", "drum", "percussion", "percussions", "beat", "beats", "drum kit", "drumming", "drummer", "drum machine", "rhythm section", "cymbals", "kick drum", "percussive sounds", "drum sounds", "drum beat", "percussion instruments", "drum kits", "drums or percussion", "kick", "snare", "hi-hats", "rhythm"]  # fmt: skip
ONE_WORD = ["drumless", "beatless", "drum-free", "drum free", "percussionless", "percussion free", "drumfree", "without a beat", "no-drums", "nodrums", "beat-free", "non-percussive", "w/o drums", "unaccompanied by drums"]  # fmt: skip
NO = prompts.NEGATIONS + [
    "no {}", "no {}", "without {}", "without {}", "w/o {}", "w/out {}", "{} off", "{}? no", "{}? no thanks", "{}? nope", "{}: no", "{} = no", "no {}!", "no {} at all", "no {} whatsoever", "nix the {}", "ditch the {}", "lose the {}", "kill the {}", "mute the {}", "{} muted", "omit {}", "omit the {}", "excluding {}", "with zero {}", "with the exception of {}", "instead of {}", "not {}", "but not {}", "definitely no {}", "really no {}", "and please no {}", "i dont want {}", "i don't like {}", "dont add {}", "do not add {}", "do not include {}", "don't include any {}", "should not have {}", "can't have {}", "no need for {}", "{} not needed", "there are no {}", "{} must stay out", "stay away from {}", "free of {}", "devoid of {}", "lacking {}", "never any {}", "no more {}", "not too much {}, actually none", "keep {} out of it", "forget the {}", "enough with the {}", "none of those {}", "nothing like {}", "i said no {}", "pls no {}", "NO {}", "{} are not allowed", "{} banned", "the {} should be left out", "removing the {}", "leave the {} out", "leave out {}", "refrain from using {}", "no {} in it", "without the usual {}", "strip out the {}", "allergic to {}", "i'm sick of {}", "exclude: {}", "negative: {}", "without using {}", "turn off the {}",
]  # fmt: skip
YES = prompts.WITH + [
    "with {}", "with {}", "with {}", "{}", "{}", "{}", "{}", "some {}", "w/ {}", "+ {}", "plus {}", "and {}", "and also {}", "i want {}", "i want to hear {}", "there should be {}", "use {}", "using {}", "instruments: {}", "{} please", "{} yes", "{}: yes", "feat. {}", "ft {}", "include {}", "must have {}", "needs {}", "lots of {}", "a lot of {}", "a bit of {}", "mainly {}", "mostly {}", "lead: {}", "lead by {}", "{} on top", "{} in the background", "{} driven", "{} based", "{} playing", "keep the {}", "keep {}", "give me {}", "let me hear {}", "over {}", "backed by {}", "played by {}", "performed on {}", "{} duet", "{} enters slowly", "don't forget the {}", "not without {}", "no track without {}", "heavy on the {}", "more {}", "bring in {}", "put {} in it", "{} and stuff", "real {}", "{} ok", "{} are fine", "{} is fine", "{} are ok", "{} allowed",
]  # fmt: skip
JOIN = [", ", ", ", ", ", " and ", " and ", " & ", " + ", "/", " with ", " over ", " plus ", " then ", "; ", " "]
NOT_JOIN = [" or ", " or ", " and ", ", no ", " and no ", " nor ", "/", ", or ", " & "]
GLUE = [", ", ", ", ", ", ". ", " ", " ", " - ", "; ", "! ", "... ", "\n", " + ", " / ", ": "]
SWAPS = ["{y} instead of {x}", "{y} rather than {x}", "{y}, not {x}", "{y} but not {x}", "replace the {x} with {y}", "not {x} but {y}", "swap {x} for {y}", "no {x}, {y} instead", "no {x}, just {y}", "no {x} only {y}", "{y} yes, {x} no", "{x} no, {y} yes", "yes to {y}, no to {x}", "ditch the {x}, keep the {y}", "no {x}. {y} is fine", "without {x} but with {y}", "i don't want {x}, i want {y}", "{x}: no. {y}: yes", "{y} without {x}", "{y} (no {x})", "{y}, zero {x}", "drop the {x} and add {y}", "no {x} please, {y} is ok", "everything but {x}, with {y}", "hate {x}, love {y}", "no {x} with {y}", "lots of {y} and no {x}", "{y}! no {x}!", "skip {x}, {y} all the way"]  # fmt: skip
ALONE = ["{} only", "only {}", "just {}", "just {}, nothing else", "{} and nothing else", "nothing but {}", "only {} and no other instruments", "{} alone", "{} by themselves", "{}, that's it", "{}. nothing else.", "solely {}", "exclusively {}", "simply {}"]  # fmt: skip
DUO = ["{} and {} duet", "duet for {} and {}", "{} & {} duo", "just {} and {}", "{} and {} only", "only {} and {}", "intimate {} and {}"]
CAMEL = ["intro", "outro", "background", "underscore", "jingle", "for a podcast", "for my vlog", "for a presentation", "for an ad", "my wedding video", "for a travel video", "for my twitch stream", "short film", "for a documentary", "30s", "one minute", "loopable", "royalty free", "high quality", "instrumental", "no vocals", "no singing", "without lyrics", "for my channel", "for school", "thx", "thank you!!", "hi,", "hello,", "pls", "plz", "asap", "2 min long", "studio quality", "4k", "for a game i'm making", "for tiktok", "reel", "for instagram", "for class", "demo", "maybe", "kind of", "you know", "idk", "lol", "something like that", "for a commercial"]  # fmt: skip
# More names of styles: weights of the styles that a listener would take for it, and what it pulls to.
NEAR = {
    "afrobeat": ({"funk": 1, "bossa": 0.4}, dict(v=4, e=3)), "salsa": ({"bossa": 1}, dict(v=4, e=3)), "cumbia": ({"bossa": 1}, dict(v=4, e=3)), "merengue": ({"bossa": 1}, dict(v=4, e=4)), "mariachi": ({"folk": 1, "bossa": 0.5}, dict(v=4, e=3, i=["trumpet"])), "flamenco": ({"folk": 1, "bossa": 0.4}, dict(i=["nylon_guitar"], e=3)), "tango": ({"waltz": 1, "bossa": 0.5}, dict(v=1, e=2, i=["accordion"])), "klezmer": ({"folk": 1}, dict(v=3, e=3, i=["clarinet"])), "gospel": ({"blues": 1, "funk": 0.6}, dict(v=4, e=3, i=["organ", "choir"])), "dubstep": ({"dnb": 1, "hiphop": 0.5}, dict(v=1, e=4, i=["synth_bass"])), "uk garage": ({"house": 1, "dnb": 0.3}, dict(e=3)), "2-step": ({"house": 1, "dnb": 0.3}, dict(e=3)), "eurodance": ({"house": 1, "techno": 0.6}, dict(v=4, e=4, t=5)), "hardstyle": ({"techno": 1}, dict(v=1, e=4, t=6)), "gabber": ({"techno": 1}, dict(v=0, e=4, t=7)), "idm": ({"techno": 1, "ambient": 0.5}, dict(e=2)), "industrial": ({"techno": 1}, dict(v=0, e=4)), "ebm": ({"techno": 1, "synthwave": 0.4}, dict(v=0, e=4)), "darkwave": ({"synthwave": 1}, dict(v=0, e=2)), "dream pop": ({"pop": 1, "rock": 0.5, "synthwave": 0.4}, dict(v=3, e=1)), "dreampop": ({"pop": 1, "rock": 0.5, "synthwave": 0.4}, dict(v=3, e=1)), "shoegaze": ({"rock": 1}, dict(v=1, e=3, d=2.7, i=["distortion_guitar"])), "post rock": ({"rock": 1, "ambient": 0.4, "cinematic": 0.4}, dict(e=2, i=["clean_guitar"])), "math rock": ({"rock": 1}, dict(e=3, i=["clean_guitar"])), "emo": ({"rock": 1}, dict(v=0, e=3)), "prog rock": ({"rock": 1}, dict(e=3)), "psychedelic rock": ({"rock": 1}, dict(e=3)), "southern rock": ({"rock": 1, "country": 0.5}, dict(e=3)), "stoner rock": ({"rock": 1, "metal": 0.6}, dict(v=1, e=3, i=["distortion_guitar"])), "industrial metal": ({"metal": 1}, dict(v=0, e=4)), "symphonic metal": ({"metal": 1}, dict(v=1, e=4, i=["strings"])), "orchestral metal": ({"metal": 1, "cinematic": 0.4}, dict(v=1, e=4, i=["strings"])), "grindcore": ({"metal": 1}, dict(v=0, e=4, t=7)), "thrash metal riff": ({"metal": 1}, dict(e=4)), "swing era": ({"jazz": 1}, dict(v=4, e=3)), "acid jazz": ({"funk": 1, "jazz": 0.7}, dict(e=2)), "fusion": ({"jazz": 1, "funk": 0.8}, dict(e=3)), "nu jazz": ({"jazz": 1, "lofi": 0.4}, dict(e=2)), "free jazz": ({"jazz": 1}, dict(e=4)), "lounge": ({"bossa": 1, "jazz": 0.8}, dict(v=3, e=1)), "easy listening": ({"bossa": 1, "jazz": 0.6}, dict(v=3, e=1)), "muzak": ({"bossa": 1, "jazz": 0.6}, dict(v=3, e=1)), "elevator music": ({"bossa": 1, "jazz": 0.6}, dict(v=3, e=1)), "exotica": ({"bossa": 1}, dict(v=3, e=1)), "hawaiian": ({"folk": 1, "bossa": 0.6}, dict(v=4, e=1, i=["steel_guitar"])), "tiki": ({"bossa": 1}, dict(v=4, e=1)), "soca": ({"reggae": 1}, dict(v=4, e=4)), "ska punk": ({"reggae": 1, "rock": 0.8}, dict(v=4, e=4, i=["brass"])), "afro": ({"house": 1, "funk": 0.5}, dict(e=3)), "amapiano": ({"house": 1}, dict(e=2)), "kuduro": ({"house": 1}, dict(e=4)), "baile funk": ({"hiphop": 1, "house": 0.5}, dict(e=4)), "moombahton": ({"house": 1, "reggae": 0.5}, dict(e=3)), "future bass": ({"house": 1, "hiphop": 0.4}, dict(v=4, e=3)), "big room": ({"house": 1}, dict(e=4)), "hyperpop": ({"pop": 1}, dict(v=4, e=4)), "city pop": ({"funk": 1, "pop": 0.8, "synthwave": 0.4}, dict(v=4, e=3)), "idol pop": ({"pop": 1}, dict(v=4, e=3)), "corporate": ({"pop": 1}, dict(v=4, e=2)), "corporate background": ({"pop": 1}, dict(v=4, e=2)), "ukulele pop": ({"pop": 1, "folk": 0.7}, dict(v=4, e=2, i=["nylon_guitar"])), "musical theatre": ({"orchestral": 1, "pop": 0.5}, dict(v=4, e=3)), "christmas": ({"orchestral": 1, "lullaby": 0.5}, dict(v=4, e=1, i=["glockenspiel"])), "anthem": ({"march": 1, "orchestral": 0.6}, dict(v=3, e=3)), "renaissance": ({"folk": 1, "classical": 0.8}, dict(v=3, e=1)), "gregorian chant": ({"classical": 1, "ambient": 0.6}, dict(v=2, e=0, i=["choir"])), "sacred": ({"classical": 1}, dict(v=2, e=0, i=["choir", "organ"])), "minimalism": ({"classical": 1, "ambient": 0.8}, dict(e=1)), "philip glass style": ({"classical": 1, "ambient": 0.4}, dict(e=2, i=["piano"])), "hans zimmer style": ({"cinematic": 1}, dict(v=1, e=4)), "john williams style": ({"orchestral": 1, "cinematic": 0.8}, dict(v=3, e=3)), "ghibli": ({"orchestral": 1, "piano": 0.6}, dict(v=3, e=1)), "rpg": ({"orchestral": 1, "chiptune": 0.6}, dict(v=3, e=1)), "jrpg battle": ({"cinematic": 1, "chiptune": 0.5, "metal": 0.4}, dict(e=4)), "boss fight": ({"cinematic": 1, "metal": 0.7}, dict(v=0, e=4, t=6)), "spaghetti western": ({"cinematic": 1, "country": 0.8}, dict(v=1, e=2)), "spy movie": ({"jazz": 1, "cinematic": 0.7, "funk": 0.4}, dict(v=1, e=2)), "film noir": ({"jazz": 1, "cinematic": 0.5}, dict(v=0, e=1)), "detective story": ({"jazz": 1, "cinematic": 0.6}, dict(v=0, e=1)), "heist": ({"funk": 1, "jazz": 0.6}, dict(e=3)), "horror score": ({"cinematic": 1, "ambient": 0.5}, dict(v=0, e=1)), "thriller": ({"cinematic": 1}, dict(v=0, e=3)), "circus": ({"waltz": 1, "march": 0.7}, dict(v=4, e=3)), "polka band": ({"folk": 1, "march": 0.4}, dict(v=4, e=3, i=["accordion"])), "zydeco": ({"folk": 1, "country": 0.5}, dict(v=4, e=3, i=["accordion"])), "cajun": ({"folk": 1, "country": 0.6}, dict(v=4, e=3, i=["accordion"])), "skiffle": ({"folk": 1, "country": 0.5}, dict(v=4, e=3)), "dixie": ({"jazz": 1}, dict(v=4, e=3, i=["trumpet", "clarinet"])), "world music": ({"folk": 1}, {}), "african": ({"folk": 1, "funk": 0.4}, dict(v=4, e=3, i=["kalimba"])), "arabic": ({"folk": 1, "cinematic": 0.5}, dict(e=2)), "indian": ({"folk": 1, "ambient": 0.5}, dict(e=2, i=["steel_guitar"])), "japanese": ({"folk": 1, "ambient": 0.6}, dict(e=1, i=["pan_flute"])), "chinese": ({"folk": 1, "ambient": 0.4}, dict(e=1)), "andean": ({"folk": 1}, dict(e=2, i=["pan_flute"])), "scottish": ({"folk": 1, "march": 0.5}, dict(e=2)), "irish": ({"folk": 1}, dict(v=3, e=3, i=["violin"])), "viking": ({"cinematic": 1, "folk": 0.6}, dict(v=1, e=3)), "tribal": ({"cinematic": 1, "techno": 0.3}, dict(e=3, i=["kit_orchestra"])), "psybient": ({"ambient": 1}, dict(e=1)), "chillout": ({"ambient": 1, "lofi": 0.8}, dict(v=3, e=0)), "chill": ({"lofi": 1, "ambient": 0.4}, dict(v=3, e=1)), "downtempo electronica": ({"lofi": 1, "ambient": 0.8}, dict(e=1, t=1)), "trip-hop": ({"hiphop": 1, "lofi": 0.6}, dict(v=0, e=1, t=1)), "slow jam": ({"hiphop": 1, "funk": 0.8}, dict(v=3, e=1, t=0.6)), "quiet storm": ({"funk": 1, "hiphop": 0.6}, dict(v=3, e=1)), "cloud rap": ({"hiphop": 1, "lofi": 0.4}, dict(v=1, e=1)), "crunk": ({"hiphop": 1}, dict(e=4)), "g-funk": ({"hiphop": 1, "funk": 0.6}, dict(e=2)), "lo fi house": ({"house": 1, "lofi": 0.5}, dict(e=2)), "retro arcade": ({"chiptune": 1}, dict(v=4, e=4)), "8-bit dungeon": ({"chiptune": 1}, dict(v=1, e=3)), "commodore 64": ({"chiptune": 1}, dict(e=3)), "brass band": ({"march": 1}, dict(e=3, i=["brass"])), "surf": ({"rock": 1}, dict(v=4, e=3, i=["clean_guitar"])), "rockabilly": ({"country": 1, "rock": 0.8}, dict(v=4, e=3)), "doo wop": ({"pop": 1, "blues": 0.5}, dict(v=4, e=2)), "britpop": ({"rock": 1, "pop": 0.7}, dict(v=3, e=3)), "workout": ({"techno": 1, "house": 0.8, "rock": 0.4}, dict(v=3, e=4)), "gym": ({"techno": 1, "house": 0.6, "metal": 0.4, "hiphop": 0.4}, dict(v=2, e=4)), "banger": ({"house": 1, "hiphop": 0.7}, dict(v=3, e=4)), "club banger": ({"house": 1, "techno": 0.7}, dict(v=3, e=4)), "beat to rap over": ({"hiphop": 1}, dict(e=2)), "spoken word background": ({"ambient": 1, "lofi": 0.8}, dict(e=0)), "sound bath": ({"ambient": 1}, dict(e=0)), "asmr": ({"ambient": 1}, dict(e=0)), "white noise like": ({"ambient": 1}, dict(e=0)),
}  # fmt: skip
# Bands by name: what plays in them, and whether there are drums (None: as the style likes).
BANDS = {
    "jazz trio": (["piano", "acoustic_bass"], True, "jazz"), "piano trio": (["piano", "acoustic_bass"], True, "jazz"), "organ trio": (["organ", "jazz_guitar"], True, "jazz"), "power trio": (["overdrive_guitar", "finger_bass"], True, "rock"), "rock band": (["overdrive_guitar", "finger_bass"], True, "rock"), "string quartet": (["violin", "cello"], False, "classical"), "string trio": (["violin", "cello"], False, "classical"), "string quintet": (["violin", "cello"], False, "classical"), "woodwind quintet": (["clarinet", "oboe", "flute"], False, "classical"), "wind quintet": (["clarinet", "oboe", "flute"], False, "classical"), "brass quintet": (["brass", "trumpet"], False, "classical"), "a cappella choir": (["choir"], False, "classical"), "a capella": (["choir"], False, "classical"), "church choir": (["choir"], False, "classical"), "mariachi band": (["trumpet", "nylon_guitar"], None, "folk"), "bluegrass band": (["steel_guitar", "violin"], None, "country"), "marching band": (["brass"], True, "march"), "big band": (["brass"], True, "jazz"), "garage band": (["overdrive_guitar"], True, "rock"), "chamber orchestra": (["strings"], False, "classical"), "synth duo": (["saw_lead"], None, "synthwave"), "guitar duo": (["nylon_guitar"], False, "folk"), "piano duet": (["piano"], False, "piano"), "classical guitar": (["nylon_guitar"], False, "classical"), "cello suite": (["cello"], False, "classical"), "violin sonata": (["violin", "piano"], False, "classical"), "organ fugue": (["organ"], False, "classical"), "flute sonata": (["flute"], False, "classical"), "piano sonata": (["piano"], False, "classical"), "nocturne": (["piano"], False, "piano"), "harp solo": (["harp"], False, "classical"), "violin solo": (["violin"], False, "classical"),
}  # fmt: skip
MOODS = {
    "in a good mood": (4, 3), "feeling down": (0, 1), "heart broken": (0, 1), "in tears": (0, 0), "down in the dumps": (0, 1), "furious and loud": (0, 4), "smiling": (4, 2), "giddy": (4, 3), "jubilant": (4, 4), "elated": (4, 4), "overjoyed": (4, 4), "bliss": (4, 1), "blissful": (4, 0), "chirpy": (4, 3), "perky": (4, 3), "peppy": (4, 3), "zesty": (4, 3), "sparkly": (4, 2), "sassy": (4, 3), "mischievous": (3, 2), "cheeky": (4, 3), "goofy": (4, 3), "funny": (4, 2), "comedic": (4, 2), "humorous": (4, 2), "cartoonish": (4, 3), "innocent": (4, 1), "hope": (3, 2), "encouraging": (4, 2), "empowering": (3, 4), "proud": (3, 3), "patriotic": (3, 3), "solemn": (1, 0), "reverent": (2, 0), "sacred": (2, 0), "spiritual": (2, 0), "angst": (0, 3), "anxiety": (0, 3), "dread": (0, 2), "doom": (0, 3), "despairing": (0, 1), "hopeless": (0, 1), "grey": (1, 0), "gray": (1, 0), "bitter": (0, 2), "bitter sweet": (1, 1), "melancholia": (0, 1), "homesick": (1, 1), "regretful": (0, 1), "numb": (1, 0), "empty": (1, 0), "tired": (1, 0), "hungover": (1, 0), "exhausted": (1, 0), "weary": (1, 0), "creeping": (0, 1), "nightmarish": (0, 2), "hellish": (0, 4), "demonic": (0, 4), "ruthless": (0, 4), "merciless": (0, 4), "hostile": (0, 4), "urgent": (1, 4), "adrenaline": (2, 4), "pumped": (3, 4), "hyped": (3, 4), "hype": (3, 4), "lit": (3, 4), "turnt": (3, 4), "rowdy": (3, 4), "unstoppable": (3, 4), "bold": (3, 3), "slick": (3, 2), "stylish": (3, 2), "classy": (3, 1), "luxurious": (3, 1), "sophisticated": (3, 1), "airy": (3, 0), "weightless": (2, 0), "glacial": (2, 0), "frozen": (1, 0), "vast": (2, 0), "endless": (2, 0), "wonder": (3, 1), "awe": (3, 2), "wondrous": (3, 1), "magic": (3, 1), "fairy tale": (3, 1), "secretive": (1, 1), "sneaky": (1, 2), "stealthy": (1, 1), "suspicious": (0, 2), "suspense": (0, 2), "tension": (0, 3), "nail biting": (0, 3), "thrilling": (1, 4), "easygoing": (3, 1), "easy going": (3, 1), "chilling": (3, 0), "vibey": (3, 1), "unwind": (3, 0), "de-stress": (3, 0), "unobtrusive": (2, 1), "neutral": (2, 1), "quietly": (2, 0), "loud": (2, 4), "very loud": (2, 4), "noisy": (1, 4), "silence": (2, 0), "soft and quiet": (3, 0), "whisper quiet": (2, 0), "heartwarming": (4, 1), "wholesome": (4, 1), "touching": (2, 1), "moving": (2, 1), "tearjerker": (0, 1), "sob": (0, 1), "grieve": (0, 0), "mourning": (0, 0), "in mourning": (0, 0), "loss": (0, 0), "goodbye": (1, 0), "farewell": (1, 0),
}  # fmt: skip
TEMPI = {"slow as molasses": (0, 0.3), "sluggish": (0.2, 0.4), "slower": (0.6, 0.6), "not fast": (1.2, 1), "mid tempo": (3, 2), "medium": (3, 2), "medium pace": (3, 2), "medium fast": (4, 2.7), "walking tempo": (2, 1.5), "normal speed": (3, 2), "faster": (5.5, 3.3), "as fast as you can": (7, 4), "really fast": (7, 4), "high speed": (7, 4), "double time": (6.5, 3.7), "double speed": (6.5, 3.7), "frenzied": (7, 4), "slow it down": (0.4, 0.5), "super slow": (0, 0.2), "slowed": (0.4, 0.5), "speed it up": (6, 3.5), "hasty": (6, 3.4), "relaxed tempo": (1.2, 0.8), "slow and steady": (0.7, 0.8), "very very slow": (0, 0.2), "fasssst": (6.5, 3.8), "quickly": (5.5, 3.3), "speedily": (6, 3.5)}  # fmt: skip
METRES = {"three-four": "3/4", "in three four time": "3/4", "3/4 meter": "3/4", "3/4 waltz": "3/4", "three four time": "3/4", "three beats per bar": "3/4", "waltz feel": "3/4", "in waltz time": "3/4", "6/8 meter": "6/8", "6/8 ballad": "6/8", "6/8 groove": "6/8", "slow 6/8": "6/8", "in six eight": "6/8", "six-eight": "6/8", "6/8 feel": "6/8", "straight 4/4": "4/4", "4/4 time": "4/4", "four four time": "4/4", "4/4 beat": "4/4"}  # fmt: skip
MODES = {
    "in the minor": "minor", "minor chords": "minor", "minor mode": "minor", "minor tonality": "minor", "something minor": "minor", "minor harmony": "minor", "minor-key": "minor", "use minor chords": "minor", "minor feel": "minor", "minor only": "minor", "harmonic minor": "minor", "melodic minor": "minor", "major chords": "major", "major mode": "major", "major tonality": "major", "something major": "major", "major harmony": "major", "major-key": "major", "use major chords": "major", "major feel": "major", "all major": "major", "dorian groove": "dorian", "dorian feel": "dorian", "in dorian": "dorian", "D dorian": "dorian", "A dorian": "dorian", "E dorian": "dorian", "in phrygian": "phrygian", "E phrygian": "phrygian", "phrygian scale": "phrygian", "phrygian dominant": "phrygian", "in lydian": "lydian", "F lydian": "lydian", "lydian scale": "lydian", "lydian feel": "lydian", "in mixolydian": "mixolydian", "G mixolydian": "mixolydian", "mixolydian scale": "mixolydian", "mixolydian feel": "mixolydian",
}  # fmt: skip
DENSITIES = {"very few notes": 0, "few notes": 0, "lots of silence": 0, "a lot of space": 0, "lots of room": 0, "not too busy": 0.5, "uncluttered": 0.3, "clean and simple": 0.5, "barely there": 0, "skeletal": 0, "naked": 0, "full arrangement": 3, "big arrangement": 3, "full sound": 2.7, "everything you've got": 3, "all the instruments": 3, "maximalist": 3, "many layers": 3, "lush arrangement": 2.8, "thick texture": 3, "super dense": 3, "chaotic and busy": 3, "symphonic scale": 2.8, "layers upon layers": 3}  # fmt: skip
ALL_INSTRUMENTS = {w: v[0] for w, v in prompts.INSTRUMENT_WORDS.items()} | NAMES
PITCHED = {w: v for w, v in ALL_INSTRUMENTS.items() if v not in KITS and v != "@drums" and v != "@arp"}
DRUM_WORDS = {w: v for w, v in ALL_INSTRUMENTS.items() if v in KITS or v == "@drums"} | DRUMS
ALL_MOODS, ALL_TEMPI, ALL_DENSITIES = prompts.MOODS | MOODS, prompts.TEMPO_WORDS | TEMPI, prompts.DENSITY_WORDS | DENSITIES
ALL_METRES, ALL_MODES = prompts.METRE_WORDS | METRES, prompts.MODE_WORDS | MODES
TONES = ["", "", "", "", "soft", "warm", "a", "the", "gentle", "big", "dark", "sad", "happy", "cheerful", "melancholic", "some", "distant", "two", "bright"]
# Common instruments are asked for more often.
COMMON = ["piano", "guitar", "guitars", "acoustic guitar", "electric guitar", "strings", "violin", "cello", "flute", "bass", "synth", "synths", "pads", "organ", "saxophone", "sax", "trumpet", "brass", "harp", "choir", "bells", "electric piano", "rhodes", "keys", "upright bass", "clarinet", "accordion", "music box", "vibraphone", "marimba", "harmonica", "horns", "distorted guitar", "synth bass", "oboe", "nylon guitar", "french horn"]  # fmt: skip


class Request:
    """A prompt in the making: the wishes so far, and what they mean."""

    def __init__(self, rng):
        self.rng, self.m, self.clauses, self.style = rng, prompts.Meaning(), [], None
        self.wanted_words = []

    def add(self, text):
        self.clauses.append(text)

    def pick(self, table):
        return self.rng.choice(list(table))

    def instrument(self):
        word = self.rng.choice(COMMON) if self.rng.random() < 0.5 else self.pick(PITCHED)
        if " " not in word and not word.endswith("s") and self.rng.random() < 0.12:
            return word, word + "s"
        return word, word

    def names(self, word):
        return prompts.resolve(PITCHED.get(word) or DRUM_WORDS[word], self.style)

    def want(self, word):
        self.wanted_words.append(word)
        self.m.want |= self.names(word)

    def free(self, names):
        """Whether nothing of this has been asked for or left out."""
        taken = self.m.want | self.m.avoid
        bass = set(BASSES) & (set(names) if not isinstance(names, str) else {names})
        return not set(names) & taken and not (bass and ("bass" in self.m.avoid_roles))

    def style_wish(self):
        rng = self.rng
        if rng.random() < 0.3:
            word = self.pick(NEAR)
            weights, hint = NEAR[word]
            self.style = max(weights, key=weights.get)
            for s, w in weights.items():
                self.m.styles[s] = w
            self.m.hint({k: v for k, v in hint.items() if k != "i"})
            self.m.want |= set(hint.get("i", []))
        else:
            self.style = self.pick(prompts.STYLE_WORDS)
            word = rng.choice(prompts.STYLE_WORDS[self.style])
            self.m.styles[self.style] = 1.0
            self.m.hint(prompts.HINTS.get(word, {}))
            if word == "string quartet":
                self.m.avoid_roles.add("drums")
        if rng.random() < 0.25:
            word = f"{word} {rng.choice(prompts.NOUNS)}"
        if rng.random() < 0.05:
            word = rng.choice(["style: {}", "genre: {}", "genre {}", "{} style", "{} vibes", "{}-ish", "{} inspired", "{} type"]).format(word)
        self.add(word)

    def mood_wish(self):
        rng = self.rng
        word = self.pick(ALL_MOODS)
        v, e = ALL_MOODS[word]
        roll = rng.random()
        if roll < 0.06:
            word = rng.choice(phrases.NEGATED_MOODS).format(word)
            v, e = 4 - v, 4 - e if e in (0, 4) else None
        elif roll < 0.18:
            word = rng.choice(["very {}", "really {}", "so {}", "a bit {}", "super {}", "quite {}", "mood: {}", "{} mood", "{} feeling", "feeling {}", "{} vibe", "{} atmosphere", "make it {}", "should feel {}"]).format(word)
        self.m.valence.append((1, v))
        if e is not None:
            self.m.energy.append((1, e))
        self.add(word)

    def scene_wish(self):
        rng = self.rng
        if rng.random() < 0.5:
            scene, v, e, styles = rng.choice(prompts.SCENES)
            for i, s in enumerate(styles.split()):
                if not self.style:
                    self.m.styles[s] = self.m.styles.get(s, 0) + (1.0 if i == 0 else 0.6)
            self.m.valence.append((0.7, v))
            self.m.energy.append((0.7, e))
        else:
            parts = []
            for weight, table in ((0.6, phrases.WHO), (1.3, phrases.DOES), (1.0, phrases.WHERE)):
                if rng.random() < 0.7 or not parts:
                    word = self.pick(table)
                    parts.append(word)
                    v, e = table[word]
                    self.m.valence.append((weight, v))
                    self.m.energy += [(weight, e)] if e is not None else []
            scene = " ".join(parts)
        self.add(rng.choice(["{}", "{}", "{}", "for {}", "music for {}", "like {}", "imagine {}", "scene: {}", "it's about {}", "a video of {}", "theme of {}", "the feeling of {}"]).format(scene))

    def tempo_wish(self):
        rng = self.rng
        if rng.random() < 0.5:
            word = self.pick(ALL_TEMPI)
            t, e = ALL_TEMPI[word]
            self.m.tempo.append((3, t))
            self.m.energy.append((0.7, e))
        else:
            word = rng.choice(["{} bpm", "{}bpm", "at {} bpm", "tempo {}", "tempo: {}", "{} BPM", "around {} bpm", "bpm: {}"]).format(rng.randrange(52, 190))
        self.add(word)

    def key_wish(self):
        rng = self.rng
        if rng.random() < 0.35:
            word = self.pick(ALL_MODES)
            self.m.mode = ALL_MODES[word]
        else:
            tonic, sharp = rng.choice("ABCDEFGabcdefg"), rng.choice(["", "", "", "#", "b", " sharp", " flat", "-flat", "♯"])
            self.m.mode = rng.choice(["minor", "major"])
            word = rng.choice(["in {} {}", "{} {}", "key of {} {}", "in the key of {} {}", "key: {} {}", "{} {} scale", "in {} {} key", "{}{}"]).format(tonic + sharp, self.m.mode)
            if rng.random() < 0.12:
                word = rng.choice(["{} " + ("min" if self.m.mode == "minor" else "maj"), "in {}" + ("m" if self.m.mode == "minor" else "maj"), "{}" + ("m" if self.m.mode == "minor" else "maj")]).format(tonic.upper() + sharp.strip())
        self.add(word)

    def metre_wish(self):
        word = self.pick(ALL_METRES)
        self.m.metre = ALL_METRES[word]
        self.add(word)

    def density_wish(self):
        word = self.pick(ALL_DENSITIES)
        self.m.density = ALL_DENSITIES[word]
        self.add(word)

    def drums_wish(self):
        if "drums" in self.m.avoid_roles:
            return
        word = self.pick(DRUM_WORDS)
        self.want(word)
        self.add(self.rng.choice(YES).format(word))

    def some(self, count):
        """That many instruments that may still be asked for, as they are written."""
        said = []
        for _ in range(count):
            if self.rng.random() < 0.18 and "drums" not in self.m.avoid_roles:
                word = shown = self.pick(DRUM_WORDS)
            else:
                word, shown = self.instrument()
            if self.names(word) & self.m.avoid or ("bass" in self.m.avoid_roles and self.names(word) & set(BASSES)):
                continue
            self.want(word)
            tone = self.rng.choice(TONES)
            if tone in ALL_MOODS:  # a sad piano is a sad piece
                self.m.valence.append((1, ALL_MOODS[tone][0]))
                self.m.energy.append((0.5, ALL_MOODS[tone][1]))
            said.append(f"{tone} {shown}".strip())
        return said

    def instruments_wish(self):
        said = self.some(self.rng.choice([1, 1, 1, 2, 2, 3, 4]))
        if not said:
            return
        text = said[0]
        join = self.rng.choice(JOIN)
        for i, word in enumerate(said[1:], 2):
            text += (" and " if join == ", " and i == len(said) and self.rng.random() < 0.6 else join) + word
        self.add(self.rng.choice(YES).format(text))

    def left_out(self):
        """One thing to leave out, as it is written, or None when it has been asked for."""
        rng, m = self.rng, self.m
        roll = rng.random()
        if roll < 0.42:
            if m.want & set(KITS) or "drums" in m.avoid_roles:
                return None
            m.avoid_roles.add("drums")
            return rng.choice(NO_DRUMS)
        if roll < 0.52:
            if m.want & set(BASSES):
                return None
            m.avoid_roles.add("bass")
            return rng.choice(["bass", "bass", "bass", "bassline", "bass guitar", "low end bass", "bass line"])
        if roll < 0.56:
            role = rng.choice(["lead", "pad", "arp", "comp"])
            m.avoid_roles.add(role)
            if role == "pad":
                m.avoid |= set(FAMILIES["pads"]) - m.want
            return rng.choice(prompts.ROLE_AVOID[role])
        if roll < 0.85:
            word = rng.choice(list(FAMILIES))
            names = set(FAMILIES[word])
        else:
            word = self.pick(PITCHED)
            names = {PITCHED[word]} if not PITCHED[word].startswith("@") else set(GUITARS if "guitar" in PITCHED[word] else [])
        if not names or names & m.want:
            return None
        m.avoid |= names
        if names <= set(BASSES):
            m.avoid_roles.add("bass")
        return word

    def no_wish(self):
        rng = self.rng
        if rng.random() < 0.1 and not self.m.want & set(KITS):
            self.m.avoid_roles.add("drums")
            self.add(rng.choice(ONE_WORD))
            return
        words = [w for w in (self.left_out() for _ in range(rng.choice([1, 1, 1, 2, 2, 3]))) if w]
        if not words:
            return
        text = rng.choice(NO).format(words[0])
        if len(words) > 1:
            join = rng.choice(NOT_JOIN)
            text = "no " + words[0] if join in (", no ", " and no ") else rng.choice(["no {}", "without {}", "without any {}", "avoid {}", "don't use {}", "exclude {}", "no {}", "minus {}"]).format(words[0])
            for w in words[1:]:
                text += join + w
        self.add(text)

    def swap_wish(self):
        out = self.left_out()
        said = self.some(1) if out else []
        if said:
            self.add(self.rng.choice(SWAPS).format(x=out, y=said[0]))
        elif out:
            self.add(self.rng.choice(NO).format(out))

    def band_wish(self):
        word = self.pick(BANDS)
        names, drums, style = BANDS[word]
        self.m.want |= set(names)
        if not self.m.styles:
            self.style, self.m.styles = style, {style: 1.0}
        if drums is False:
            self.m.avoid_roles.add("drums")
            self.m.density = 0.7
        elif drums:
            self.m.want |= prompts.resolve("@drums", style)
        self.add(word)

    def alone_wish(self):
        """One or two instruments and nothing else."""
        said = self.some(self.rng.choice([1, 1, 2]))
        if not said:
            return
        if len(said) == 2:
            self.add(self.rng.choice(DUO).format(*said))
        else:
            self.add(self.rng.choice(ALONE + ["solo {}", "{} solo", "unaccompanied {}", "a lonely {}", "single {}"]).format(said[0]))
        self.m.density = 0.3
        if not self.m.want & set(KITS):
            self.m.avoid_roles.add("drums")
        if not self.m.want & set(BASSES):
            self.m.avoid_roles.add("bass")

    def noise_wish(self):
        self.add(self.rng.choice(CAMEL + prompts.NOISE))

    def text(self):
        rng = self.rng
        clauses = list(self.clauses)
        if rng.random() < 0.6:
            rng.shuffle(clauses)
        one = rng.choice(GLUE) if rng.random() < 0.6 else None
        text = clauses[0]
        for c in clauses[1:]:
            text += (one or rng.choice(GLUE)) + c
        text = rng.choice(prompts.OPENERS) + text
        if rng.random() < 0.2:
            text += rng.choice([".", "!", "!!", "?", " :)", " please", " pls", "..."])
        return text


WISHES = {"style": 0.55, "mood": 0.4, "scene": 0.2, "tempo": 0.2, "key": 0.2, "metre": 0.07, "density": 0.08, "drums": 0.28, "instruments": 0.5, "no": 0.35, "swap": 0.06, "band": 0.05, "alone": 0.05, "noise": 0.15}  # fmt: skip
SINGLE = ["mood", "instruments", "instruments", "style", "scene", "alone", "no", "band", "swap", "drums", "tempo", "key"]


def english(rng):
    request = Request(rng)
    if rng.random() < 0.3:
        kinds = [rng.choice(SINGLE)] + ([rng.choice(SINGLE)] if rng.random() < 0.5 else [])
    else:
        kinds = [k for k, p in WISHES.items() if rng.random() < p]
    order = {"style": 0, "band": 1, "alone": 2}
    kinds.sort(key=lambda k: (order.get(k, 3), rng.random()))
    for kind in kinds:
        if kind in ("drums", "band") and "alone" in kinds:
            continue
        getattr(request, f"{kind}_wish")()
    if rng.random() < 0.06 and request.m.want & set(BASSES):
        request.m.avoid_roles.discard("bass")
    if not request.clauses:
        request.mood_wish()
    return request.text(), request.m


def foreign_no(rng, t, m):
    """Words of things to leave out that have not been asked for."""
    out = []
    if not m.want & set(KITS) and rng.random() < 0.6:
        out.append(rng.choice(t["drums"]))
        m.avoid_roles.add("drums")
    elif not m.want & set(BASSES) and rng.random() < 0.25:
        out.append(rng.choice(t["bass"]))
        m.avoid_roles.add("bass")
    if not out or rng.random() < 0.25:
        word = rng.choice(list(t["i"]))
        name = t["i"][word]
        family = GUITARS if "guitar" in name and word.endswith(("gitarre", "guitare", "guitarra", "gitaar", "gitara", "гитара", "ギター", "吉他", "기타")) else STRINGS if name == "strings" else [name]
        if not set(family) & m.want:
            m.avoid |= set(family)
            out.append(word)
    return out


def foreign(rng):
    """A prompt in another language, put together as the English ones are."""
    t, m, parts = TABLES[rng.choice(list(TABLES))], prompts.Meaning(), []
    close = "音" in t["noun"][0] or "音" in "".join(t["noun"])  # no spaces between words
    if rng.random() < 0.6:
        word = rng.choice(list(t["m"]))
        m.valence.append((1, t["m"][word][0]))
        m.energy.append((1, t["m"][word][1]))
        parts.append(word + (rng.choice(["", "的"]) if t is TABLES["zh"] else ""))
    if rng.random() < 0.15:
        word = rng.choice(list(t["t"]))
        m.tempo.append((3, t["t"][word][0]))
        m.energy.append((0.7, t["t"][word][1]))
        parts.append(word)
    if rng.random() < 0.35:
        word = rng.choice(list(t["s"]))
        m.styles[t["s"][word]] = 1.0
        m.metre = "3/4" if t["s"][word] == "waltz" else None
        parts.append(word)
    if rng.random() < 0.4:
        noun = rng.choice(t["noun"])
        parts.insert(rng.randrange(len(parts) + 1), noun if "{" not in noun else "muziek")
    if rng.random() < 0.15:
        m.mode = rng.choice(["minor", "major"])
        parts.append(rng.choice(t[m.mode]).format(rng.choice(t["tonics"])))
    tails, style = [], max(m.styles, key=m.styles.get) if m.styles else None
    drummed = rng.random() < 0.3  # as often asked for as left out
    words = rng.sample(list(t["i"]), rng.choice([1, 1, 2, 2, 3])) if rng.random() < 0.6 or not parts else []
    m.want |= {t["i"][w] for w in words}
    if drummed:
        words.insert(rng.randrange(len(words) + 1), rng.choice(t["drums"]))
        m.want |= prompts.resolve("@drums", style)
    if rng.random() < 0.07 and not m.want & set(BASSES):
        words.append(rng.choice(t["bass"]))
        m.want |= prompts.resolve("@bass", style)
    if words:
        tails.append(rng.choice(t["with"]).format(rng.choice(t["and"]).join(words)))
    if rng.random() < 0.5:
        out = foreign_no(rng, t, m)
        if out:
            tails.append(rng.choice(t["no"]).format(rng.choice(t["and"]).join(out)))
    if rng.random() < 0.3:
        rng.shuffle(tails)
    glue = rng.choice(["", "、", "，", " "]) if close else rng.choice([" ", " ", ", "])
    if tails and rng.random() < 0.3:
        parts = tails + parts
    else:
        parts += tails
    return glue.join(parts) if parts else rng.choice(t["noun"]), m


KEYS = ["qwertyuiop", "asdfghjkl", "zxcvbnm"]


def slip(rng, word):
    """A word with one slip of the fingers or of the ear."""
    if len(word) < 4:
        return word
    at = rng.randrange(1, len(word) - 1)
    kind = rng.randrange(8)
    if kind == 0:
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    if kind == 1:
        return word[:at] + word[at + 1 :]
    if kind == 2:
        return word[:at] + word[at] + word[at:]
    if kind == 3:
        row = next((r for r in KEYS if word[at].lower() in r), None)
        if row:
            near = row.index(word[at].lower()) + rng.choice([-1, 1])
            return word[:at] + row[near % len(row)] + word[at + 1 :]
    if kind == 4:  # one letter of a pair is forgotten, or the last one is
        for i in range(1, len(word)):
            if word[i] == word[i - 1]:
                return word[:i] + word[i + 1 :]
        return word[:-1]
    if kind == 5:
        return word[:at] + rng.choice("aeiou") + word[at + 1 :] if word[at] in "aeiou" else word[:at] + rng.choice("aeiou") + word[at:]
    return prompts.by_ear(rng, word)


def misspell(rng, text):
    rate = rng.choice([0, 0, 0, 0.1, 0.25, 0.5])
    if not rate:
        return text
    words = text.split(" ")
    for i, w in enumerate(words):
        if rng.random() < rate:
            w = slip(rng, w)
            words[i] = slip(rng, w) if rng.random() < 0.3 else w
    if len(words) > 2 and rng.random() < 0.06:
        at = rng.randrange(len(words) - 1)
        words[at : at + 2] = ["".join(words[at : at + 2])]
    return " ".join(words)


def make(rng):
    text, m = foreign(rng) if rng.random() < 0.22 else english(rng)
    text = misspell(rng, text)
    if rng.random() < 0.12:
        text = text.replace(",", "")
    m.want -= m.avoid
    for role in m.avoid_roles & {"drums", "bass"}:
        m.want -= set(KITS if role == "drums" else BASSES)
    return text, m.target()


assert all(s in STYLES for weights, _ in NEAR.values() for s in weights)
assert all(i in INSTRUMENTS for names in FAMILIES.values() for i in names)
assert all(v.startswith("@") or v in INSTRUMENTS for v in NAMES.values())

if __name__ == "__main__":
    import random

    r = random.Random(0)
    for _ in range(60):
        print(make(r)[0])
