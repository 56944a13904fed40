"""Synthetic prompts with soft targets, for the prompt reader."""

import math
import random

import phrases
from vocabulary import INSTRUMENTS, METRES, MODES, ROLES, STYLES, TEMPO_BOUNDS, TEMPO_MAX, prompt_heads

STYLE_WORDS = {
    "lofi": ["lofi", "lo-fi", "lo fi", "lofi hip hop", "lo-fi beats", "lofi beat", "chillhop", "chill beats", "study beats", "lofi chill", "bedroom beats", "jazzhop", "chill hop", "vinyl lofi", "lofi study beats"],
    "ambient": ["ambient", "ambient soundscape", "drone", "new age", "meditation music", "atmospheric", "soundscape", "spa music", "ambient pads", "healing music", "sleep music", "yoga music", "space ambient", "relaxation music", "dark ambient"],
    "house": ["house", "deep house", "house music", "tropical house", "disco house", "french house", "progressive house", "dance", "edm", "club music", "nu disco", "garage house", "dance pop", "four on the floor", "piano house", "afro house"],
    "techno": ["techno", "minimal techno", "acid techno", "industrial techno", "trance", "rave", "hard techno", "warehouse techno", "detroit techno", "electro", "psytrance", "berlin techno", "goa trance", "acid"],
    "synthwave": ["synthwave", "retrowave", "outrun", "80s synth", "80s retro", "synth pop", "synthpop", "vaporwave", "eighties", "new wave", "1980s electronic", "darksynth", "chillwave", "retro synth", "electropop"],
    "dnb": ["drum and bass", "drum n bass", "dnb", "d&b", "liquid dnb", "liquid drum and bass", "jungle", "breakbeat", "neurofunk", "breakcore", "breakbeats", "jungle breaks", "amen break"],
    "hiphop": ["hip hop", "hip-hop", "hiphop", "trap", "trap beat", "boom bap", "rap beat", "rap", "drill", "phonk", "trip hop", "r&b", "rnb", "old school hip hop", "gangsta rap", "type beat", "trap soul"],
    "rock": ["rock", "hard rock", "metal", "heavy metal", "punk", "punk rock", "indie rock", "alternative rock", "grunge", "classic rock", "rock anthem", "garage rock", "stadium rock", "pop rock", "blues rock", "surf rock", "rock and roll", "rock n roll"],
    "funk": ["funk", "funky", "disco", "soul", "groove", "motown", "funk groove", "70s disco", "p-funk", "neo soul", "seventies funk", "james brown style", "funky groove", "soul groove", "boogie"],
    "jazz": ["jazz", "swing", "bebop", "smooth jazz", "jazz trio", "big band", "cool jazz", "jazz quartet", "blues", "jazz club", "hard bop", "dixieland", "modal jazz", "ragtime", "jazz ballad", "lounge jazz", "gypsy jazz"],
    "bossa": ["bossa nova", "bossa", "samba", "brazilian", "latin jazz", "latin", "bossanova", "brazilian jazz", "salsa", "rumba", "cha cha", "mpb", "cuban", "tropicalia", "latin lounge"],
    "classical": ["classical", "classical piano", "sonata", "nocturne", "baroque", "etude", "prelude", "chamber music", "string quartet", "romantic era", "fugue", "minuet", "impressionist piano", "classical music", "concerto", "bach style", "chopin style", "mozart style", "neoclassical", "debussy", "piano sonata", "symphony"],
    "cinematic": ["cinematic", "orchestral", "film score", "soundtrack", "movie score", "movie trailer", "epic orchestral", "trailer music", "film music", "orchestra", "symphonic", "epic score", "fantasy score", "hollywood score", "epic orchestra", "game soundtrack", "war movie score"],
    "folk": ["folk", "acoustic folk", "country", "bluegrass", "celtic", "irish folk", "singer songwriter", "americana", "indie folk", "irish jig", "campfire song", "medieval", "sea shanty", "folk ballad", "celtic dance", "country ballad", "gaelic", "balkan folk", "polka", "nordic folk", "acoustic"],
    "lullaby": ["lullaby", "cradle song", "baby sleep music", "bedtime song", "nursery rhyme", "lullabies", "bedtime music", "children's lullaby", "goodnight song", "music box lullaby", "waltz for children"],
    "chiptune": ["chiptune", "8-bit", "8 bit", "8bit", "16-bit", "chip music", "video game music", "nes style", "retro game", "arcade game", "game boy", "retro gaming", "video game", "platformer music", "nintendo style", "pixel game"],
}  # fmt: skip
# Sub-styles that pull the mood, tempo bucket, metre or instruments.
HINTS = {
    "metal": dict(v=1, e=4, t=6, i=["distortion_guitar"]), "heavy metal": dict(v=1, e=4, t=6, i=["distortion_guitar"]), "punk": dict(e=4, t=7), "punk rock": dict(e=4, t=7),
    "trap": dict(v=1, i=["kit_808"]), "trap beat": dict(v=1, i=["kit_808"]), "drill": dict(v=0), "phonk": dict(v=0, e=3), "boom bap": dict(t=2), "bebop": dict(e=4, t=7), "smooth jazz": dict(e=1, i=["saxophone"]),
    "jazz ballad": dict(e=0, t=0), "big band": dict(e=3, i=["brass"]), "tropical house": dict(v=4, i=["marimba"]), "piano house": dict(i=["piano"]), "dark ambient": dict(v=0), "darksynth": dict(v=0, e=4), "vaporwave": dict(v=2, e=1, t=1), "chillwave": dict(e=1),
    "dreamy": dict(v=3, e=0), "industrial techno": dict(v=0, e=4), "hard techno": dict(v=0, e=4, t=6), "trance": dict(v=3, e=4, t=5), "rave": dict(e=4, t=5), "rock anthem": dict(v=3, e=4), "grunge": dict(v=1), "disco": dict(v=4, e=3, t=4, i=["strings"]), "70s disco": dict(v=4, e=3, t=4, i=["strings"]), "soul": dict(e=2), "neo soul": dict(e=1, i=["electric_piano"]),
    "samba": dict(v=4, e=3), "salsa": dict(v=4, e=4), "classical piano": dict(i=["piano"]), "piano sonata": dict(i=["piano"]), "impressionist piano": dict(i=["piano"], e=1), "nocturne": dict(i=["piano"], v=1, e=0, t=0), "etude": dict(i=["piano"], e=3), "string quartet": dict(i=["violin", "cello"]), "chopin style": dict(i=["piano"]), "symphony": dict(i=["strings"], e=3),
    "minuet": dict(m="3/4"), "waltz for children": dict(m="3/4"), "orchestra": dict(i=["strings"]), "orchestral": dict(i=["strings"]), "epic orchestral": dict(i=["strings"], e=4), "epic orchestra": dict(i=["strings"], e=4), "epic score": dict(e=4), "movie trailer": dict(e=4), "trailer music": dict(e=4), "war movie score": dict(v=0, e=4), "symphonic": dict(i=["strings"]),
    "irish jig": dict(m="6/8", v=4, e=3, i=["violin"]), "celtic dance": dict(m="6/8", v=4, e=3), "sea shanty": dict(v=3, e=3), "polka": dict(v=4, e=3, i=["accordion"]), "bluegrass": dict(v=4, e=3, i=["steel_guitar"]), "country ballad": dict(e=1, t=1), "folk ballad": dict(e=1, t=1), "campfire song": dict(i=["steel_guitar"]), "acoustic": dict(i=["steel_guitar"]), "acoustic folk": dict(i=["steel_guitar"]),
    "music box lullaby": dict(i=["music_box"]), "sleep music": dict(e=0), "meditation music": dict(e=0), "spa music": dict(e=0), "edm": dict(e=4), "club music": dict(e=4), "deep house": dict(e=2), "jungle": dict(e=4), "breakcore": dict(e=4), "neurofunk": dict(v=0, e=4), "liquid dnb": dict(v=3, e=3), "liquid drum and bass": dict(v=3, e=3), "blues": dict(v=1, e=1), "ragtime": dict(v=4, i=["piano"]), "arcade game": dict(e=4), "platformer music": dict(v=4), "trip hop": dict(v=1, e=1, t=1), "minimal techno": dict(d=0), "drone": dict(d=0, e=0), "funky": dict(v=4, e=3), "groove": dict(e=3),
}  # fmt: skip
# word -> (valence, energy); None leaves an axis alone.
MOODS = {
    "happy": (4, 3), "joyful": (4, 3), "cheerful": (4, 3), "sunny": (4, 2), "uplifting": (4, 3), "upbeat": (4, 4), "bright": (4, 3), "playful": (4, 3), "fun": (4, 3), "bouncy": (4, 3), "feel good": (4, 3), "feel-good": (4, 3), "positive": (4, 2), "optimistic": (4, 2), "hopeful": (3, 2), "inspiring": (3, 3), "motivational": (4, 3), "triumphant": (4, 4), "heroic": (3, 4), "victorious": (4, 4), "celebratory": (4, 4), "festive": (4, 3), "ecstatic": (4, 4), "euphoric": (4, 4), "lighthearted": (4, 2), "whimsical": (4, 2), "quirky": (3, 2), "silly": (4, 3), "cute": (4, 2), "sweet": (4, 1), "warm": (3, 1), "cozy": (3, 0), "cosy": (3, 0), "tender": (3, 0), "gentle": (3, 0), "soft": (3, 0), "romantic": (3, 1), "loving": (3, 1), "sensual": (2, 1), "sexy": (2, 2), "smooth": (3, 1), "mellow": (2, 1), "chill": (3, 1), "chilled": (3, 1), "laid back": (3, 1), "laid-back": (3, 1), "relaxed": (3, 0), "relaxing": (3, 0), "calm": (3, 0), "calming": (3, 0), "peaceful": (3, 0), "serene": (3, 0), "tranquil": (3, 0), "soothing": (3, 0), "quiet": (2, 0), "sleepy": (3, 0), "lazy": (3, 0), "dreamy": (3, 0), "ethereal": (2, 0), "hypnotic": (1, 2), "floating": (2, 0), "hazy": (2, 0), "nostalgic": (2, 1), "bittersweet": (1, 1), "wistful": (1, 0), "longing": (1, 1), "yearning": (1, 1), "melancholic": (0, 1), "melancholy": (0, 1), "sad": (0, 1), "sorrowful": (0, 0), "tragic": (0, 1), "heartbroken": (0, 1), "heartbreaking": (0, 1), "lonely": (0, 0), "gloomy": (0, 0), "depressing": (0, 0), "depressed": (0, 0), "mournful": (0, 0), "emotional": (1, 1), "moody": (1, 1), "brooding": (0, 1), "dark": (0, 2), "bleak": (0, 0), "eerie": (0, 1), "creepy": (0, 1), "spooky": (1, 1), "scary": (0, 2), "haunting": (0, 0), "haunted": (0, 1), "sinister": (0, 2), "ominous": (0, 2), "menacing": (0, 3), "evil": (0, 3), "tense": (0, 3), "suspenseful": (0, 2), "nervous": (1, 3), "anxious": (0, 3), "mysterious": (1, 1), "mystical": (2, 1), "magical": (3, 1), "enchanting": (3, 1), "epic": (2, 4), "dramatic": (1, 3), "intense": (1, 4), "powerful": (2, 4), "majestic": (3, 3), "grand": (3, 3), "aggressive": (0, 4), "angry": (0, 4), "furious": (0, 4), "brutal": (0, 4), "heavy": (1, 4), "hard": (1, 4), "gritty": (1, 3), "raw": (1, 3), "energetic": (3, 4), "driving": (2, 4), "pumping": (3, 4), "banging": (3, 4), "wild": (3, 4), "frantic": (1, 4), "chaotic": (0, 4), "exciting": (3, 4), "adventurous": (3, 3), "powerful and dark": (0, 4), "groovy": (3, 3), "cool": (3, 2), "confident": (3, 3), "swaggering": (2, 3), "elegant": (3, 1), "graceful": (3, 1), "noble": (3, 2), "sombre": (0, 0), "somber": (0, 0), "cold": (1, 1), "icy": (1, 1), "futuristic": (2, 3), "retro": (2, 3), "cyberpunk": (1, 3), "intimate": (2, 0), "delicate": (3, 0), "fragile": (1, 0), "pensive": (1, 0), "reflective": (2, 0), "contemplative": (2, 0), "smoky": (1, 1), "exotic": (2, 2), "psychedelic": (2, 2), "trippy": (2, 2), "spacey": (2, 0), "meditative": (2, 0), "zen": (3, 0), "bubbly": (4, 3), "catchy": (4, 3), "danceable": (3, 4), "glorious": (4, 4), "despairing": (0, 1), "regretful": (0, 0), "carefree": (4, 2), "innocent": (4, 1),
}  # fmt: skip
# (scene, valence, energy, styles)
SCENES = [
    ("a rainy night", 1, 0, "lofi ambient jazz"), ("a rainy night drive", 1, 2, "synthwave lofi"), ("a night drive", 1, 3, "synthwave"), ("driving at night", 1, 3, "synthwave"), ("neon city lights", 2, 3, "synthwave"), ("neon lit streets", 1, 3, "synthwave"), ("a rainy day", 1, 0, "lofi classical ambient"), ("rain on the window", 1, 0, "lofi ambient classical"), ("a thunderstorm", 0, 3, "cinematic"), ("studying late", 2, 1, "lofi"), ("studying", 2, 1, "lofi ambient"), ("homework", 2, 1, "lofi"), ("coding", 2, 1, "lofi ambient"), ("focus and deep work", 2, 0, "ambient lofi"), ("a coffee shop", 3, 1, "jazz bossa lofi"), ("a cafe in Paris", 3, 1, "jazz bossa"), ("a cozy cafe", 3, 1, "jazz bossa lofi"), ("a smoky jazz bar", 1, 1, "jazz"), ("a cocktail lounge", 3, 1, "jazz bossa"), ("a romantic dinner", 3, 1, "jazz bossa classical"), ("a candlelit dinner", 3, 0, "jazz classical"), ("a wedding", 4, 1, "classical cinematic"), ("a first dance", 4, 1, "classical folk"), ("falling in love", 4, 1, "classical cinematic"), ("a breakup", 0, 1, "classical lofi"), ("heartbreak", 0, 1, "classical lofi"), ("a funeral", 0, 0, "classical cinematic"), ("saying goodbye", 0, 1, "classical cinematic"), ("missing someone", 0, 0, "classical lofi ambient"), ("childhood memories", 3, 0, "lullaby classical lofi"), ("a baby falling asleep", 3, 0, "lullaby"), ("bedtime", 3, 0, "lullaby ambient"), ("putting a child to sleep", 3, 0, "lullaby"), ("falling asleep", 2, 0, "ambient lullaby"), ("deep sleep", 2, 0, "ambient"), ("meditation", 2, 0, "ambient"), ("yoga", 3, 0, "ambient"), ("a massage", 3, 0, "ambient"), ("floating through space", 2, 0, "ambient"), ("outer space", 2, 1, "ambient cinematic"), ("the stars", 2, 0, "ambient"), ("an astronaut drifting alone", 1, 0, "ambient cinematic"), ("a spaceship battle", 1, 4, "cinematic techno"), ("the deep ocean", 2, 0, "ambient"), ("underwater exploration", 2, 0, "ambient chiptune"), ("a misty forest", 2, 0, "ambient folk"), ("an enchanted forest", 3, 1, "cinematic ambient"), ("a mountain sunrise", 3, 1, "cinematic ambient"), ("sunrise", 3, 1, "ambient folk"), ("a sunset", 3, 1, "lofi house bossa"), ("a beach at sunset", 3, 1, "bossa house"), ("a beach party", 4, 4, "house"), ("a pool party", 4, 4, "house"), ("a tropical island", 4, 2, "bossa house"), ("a summer day", 4, 2, "folk bossa house"), ("a lazy sunday", 3, 0, "lofi bossa folk"), ("a sunday morning", 3, 0, "folk lofi bossa"), ("morning coffee", 3, 1, "bossa lofi jazz"), ("a picnic", 4, 1, "folk bossa"), ("a road trip", 4, 3, "rock folk"), ("the open highway", 3, 3, "rock"), ("a motorcycle ride", 2, 4, "rock"), ("a campfire", 3, 1, "folk"), ("a farm", 3, 2, "folk"), ("the wild west", 2, 2, "folk cinematic"), ("a pub", 4, 3, "folk"), ("a tavern", 3, 3, "folk"), ("a medieval village", 3, 2, "folk"), ("a pirate ship", 3, 3, "folk cinematic"), ("a viking longship", 1, 3, "cinematic folk"), ("a royal ball", 3, 2, "classical"), ("a castle", 2, 2, "classical cinematic"), ("a ballroom", 3, 2, "classical"), ("a museum", 2, 1, "classical"), ("an epic battle", 1, 4, "cinematic"), ("a battle", 0, 4, "cinematic"), ("war", 0, 4, "cinematic"), ("a hero's journey", 3, 3, "cinematic"), ("a movie trailer", 2, 4, "cinematic"), ("the end credits", 2, 2, "cinematic"), ("a dragon", 1, 4, "cinematic"), ("a horror movie", 0, 2, "cinematic ambient"), ("a haunted house", 0, 1, "cinematic ambient"), ("a graveyard at midnight", 0, 1, "cinematic ambient"), ("halloween", 1, 2, "cinematic"), ("a vampire", 0, 2, "cinematic classical"), ("a detective story", 1, 1, "jazz cinematic"), ("film noir", 1, 1, "jazz"), ("a spy mission", 1, 3, "cinematic jazz"), ("a heist", 2, 3, "funk jazz"), ("a chase scene", 1, 4, "cinematic dnb techno"), ("a car chase", 1, 4, "cinematic dnb rock funk"), ("a race", 3, 4, "dnb techno chiptune rock"), ("a cyberpunk city", 1, 3, "synthwave techno"), ("a futuristic city", 2, 3, "synthwave techno"), ("a robot factory", 1, 3, "techno"), ("hackers", 1, 3, "techno synthwave"), ("a warehouse rave", 1, 4, "techno"), ("a nightclub", 3, 4, "house techno"), ("a dance floor", 3, 4, "house"), ("a party", 4, 4, "house funk"), ("a house party", 4, 4, "house hiphop"), ("a rooftop party", 3, 3, "house"), ("a festival", 4, 4, "house rock"), ("a workout", 3, 4, "house techno dnb rock"), ("the gym", 2, 4, "techno hiphop rock dnb"), ("running", 3, 4, "house techno dnb"), ("a boxing match", 1, 4, "hiphop rock"), ("sports highlights", 3, 4, "rock hiphop"), ("a football match", 3, 4, "rock"), ("skateboarding", 3, 4, "rock hiphop"), ("surfing", 4, 3, "rock"), ("a street corner", 1, 2, "hiphop"), ("the block", 1, 2, "hiphop"), ("a freestyle", 1, 2, "hiphop"), ("a roller disco", 4, 3, "funk"), ("a seventies cop show", 3, 3, "funk"), ("a dance battle", 3, 4, "funk hiphop"), ("a pixel adventure", 4, 3, "chiptune"), ("an arcade", 3, 4, "chiptune synthwave"), ("a boss fight", 1, 4, "chiptune cinematic rock"), ("a platform game", 4, 3, "chiptune"), ("a puzzle game", 3, 1, "chiptune lullaby"), ("a video game menu", 3, 2, "chiptune"), ("a dungeon", 0, 2, "chiptune cinematic"), ("snow falling", 2, 0, "ambient lullaby classical"), ("a winter night", 2, 0, "ambient classical lullaby"), ("christmas", 4, 1, "jazz classical lullaby"), ("autumn leaves", 1, 0, "jazz folk classical"), ("spring flowers", 4, 1, "classical folk"), ("a garden", 3, 0, "classical ambient"), ("a birthday", 4, 3, "folk funk chiptune"), ("a circus", 4, 3, "classical"), ("a cartoon", 4, 3, "chiptune funk"), ("kids playing", 4, 3, "folk chiptune"), ("a cat video", 4, 2, "bossa chiptune lofi"), ("a cooking show", 4, 2, "bossa jazz funk"), ("a vlog", 3, 2, "lofi house"), ("a podcast intro", 3, 2, "lofi funk"), ("a product ad", 4, 3, "house funk"), ("a corporate video", 4, 2, "house cinematic"), ("a presentation", 3, 2, "house ambient"), ("a documentary", 2, 1, "cinematic ambient"), ("a tv news show", 2, 3, "cinematic"), ("an elevator", 3, 1, "bossa jazz"), ("a shopping mall", 3, 1, "bossa synthwave"), ("a train journey", 2, 2, "folk lofi"), ("flying over mountains", 3, 3, "cinematic"), ("a desert at night", 1, 1, "ambient cinematic"), ("a ticking clock", 1, 2, "cinematic classical"), ("an old photograph", 1, 0, "classical lofi"), ("a full moon", 1, 0, "classical ambient"), ("moonlight", 2, 0, "classical ambient"), ("a lonely walk home", 0, 0, "lofi classical"), ("insomnia", 1, 0, "ambient lofi"), ("a fireplace", 3, 0, "folk jazz classical"), ("a carnival in rio", 4, 4, "bossa"), ("a beach in rio", 3, 1, "bossa"), ("havana", 4, 3, "bossa"), ("new orleans", 3, 2, "jazz"), ("new york in the 40s", 3, 2, "jazz"), ("tokyo at night", 2, 2, "lofi synthwave"), ("miami in the eighties", 3, 3, "synthwave"), ("ireland", 3, 2, "folk"), ("a victory", 4, 4, "cinematic chiptune"), ("a graduation", 4, 3, "cinematic"),
]  # fmt: skip
# phrase -> tempo bucket it pulls to, and energy
TEMPO_WORDS = {
    "slow": (0.6, 0.6), "very slow": (0, 0), "slow tempo": (0.6, 0.6), "slowly": (0.6, 0.6), "downtempo": (1, 1), "adagio": (0, 0.5), "largo": (0, 0), "lento": (0, 0.5), "andante": (1, 1), "moderato": (3, 2), "mid-tempo": (3, 2), "midtempo": (3, 2), "medium tempo": (3, 2), "moderate": (3, 2), "steady": (3, 2), "walking pace": (2, 1), "leisurely": (1, 1), "unhurried": (1, 0.5), "slow burning": (1, 1), "half-time": (1, 2), "fast": (6, 3.6), "very fast": (7, 4), "quick": (5.5, 3.3), "rapid": (6.5, 4), "uptempo": (6, 3.5), "up-tempo": (6, 3.5), "fast paced": (6, 3.6), "fast-paced": (6, 3.6), "speedy": (6, 3.5), "brisk": (5, 3), "lively": (5, 3), "allegro": (5, 3), "vivace": (6, 3.3), "presto": (7, 4), "breakneck": (7, 4), "high tempo": (6, 3.5), "racing": (7, 4), "not too fast": (2, 1.5), "not too slow": (4, 2.5), "ballad": (0.6, 0.8), "galloping": (6.5, 3.7),
}  # fmt: skip
DENSITY_WORDS = {
    "minimal": 0, "minimalist": 0, "sparse": 0, "simple": 0.5, "bare": 0, "stripped down": 0, "stripped-down": 0, "solo": 0.3, "spacious": 0.5, "empty": 0, "lush": 2.6, "dense": 3, "rich": 2.5, "layered": 2.7, "complex": 3, "busy": 3, "full": 2.5, "intricate": 3, "wall of sound": 3, "massive": 3, "big": 2.5, "huge": 3,
}  # fmt: skip
MODE_WORDS = {
    "in a major key": "major", "major key": "major", "in major": "major", "in a minor key": "minor", "minor key": "minor", "in minor": "minor", "minor": "minor", "dorian": "dorian", "dorian mode": "dorian", "mixolydian": "mixolydian", "phrygian": "phrygian", "spanish": "phrygian", "arabic": "phrygian", "middle eastern": "phrygian", "flamenco": "phrygian", "lydian": "lydian", "bluesy": "mixolydian", "modal": "dorian",
}  # fmt: skip
METRE_WORDS = {
    "waltz": "3/4", "in 3/4": "3/4", "3/4 time": "3/4", "three four": "3/4", "waltz time": "3/4", "in three": "3/4", "viennese waltz": "3/4", "in 6/8": "6/8", "6/8 time": "6/8", "six eight": "6/8", "jig": "6/8", "barcarolle": "6/8", "swaying 6/8": "6/8", "in 4/4": "4/4", "4/4": "4/4",
}  # fmt: skip
# phrase -> instruments; a name that starts with @ asks for the style's own choice for a role.
INSTRUMENT_WORDS = {
    "piano": ["piano"], "grand piano": ["piano"], "pianos": ["piano"], "upright piano": ["piano"], "soft piano": ["piano"], "felt piano": ["piano"], "keyboard": ["electric_piano"], "rhodes": ["electric_piano"], "electric piano": ["electric_piano"], "wurlitzer": ["electric_piano"], "keys": ["electric_piano"], "celesta": ["celesta"], "celeste": ["celesta"], "glockenspiel": ["glockenspiel"], "bells": ["glockenspiel"], "chimes": ["glockenspiel"], "music box": ["music_box"], "vibraphone": ["vibraphone"], "vibes": ["vibraphone"], "marimba": ["marimba"], "xylophone": ["marimba"], "mallets": ["marimba"], "organ": ["organ"], "hammond organ": ["organ"], "hammond": ["organ"], "church organ": ["organ"], "accordion": ["accordion"], "harmonica": ["harmonica"], "guitar": ["@guitar"], "guitars": ["@guitar"], "acoustic guitar": ["steel_guitar"], "acoustic guitars": ["steel_guitar"], "steel string guitar": ["steel_guitar"], "nylon guitar": ["nylon_guitar"], "spanish guitar": ["nylon_guitar"], "classical guitar": ["nylon_guitar"], "ukulele": ["nylon_guitar"], "banjo": ["steel_guitar"], "mandolin": ["steel_guitar"], "jazz guitar": ["jazz_guitar"], "clean guitar": ["clean_guitar"], "clean electric guitar": ["clean_guitar"], "funk guitar": ["clean_guitar"], "electric guitar": ["overdrive_guitar"], "electric guitars": ["overdrive_guitar"], "lead guitar": ["overdrive_guitar"], "overdriven guitar": ["overdrive_guitar"], "crunchy guitars": ["overdrive_guitar"], "palm muted guitar": ["muted_guitar"], "muted guitar": ["muted_guitar"], "distorted guitar": ["distortion_guitar"], "distorted guitars": ["distortion_guitar"], "distortion": ["distortion_guitar"], "heavy guitars": ["distortion_guitar"], "heavy riffs": ["distortion_guitar"], "bass": ["@bass"], "bassline": ["@bass"], "bass guitar": ["finger_bass"], "electric bass": ["finger_bass"], "double bass": ["acoustic_bass"], "upright bass": ["acoustic_bass"], "walking bass": ["acoustic_bass"], "contrabass": ["acoustic_bass"], "slap bass": ["slap_bass"], "slapped bass": ["slap_bass"], "synth bass": ["synth_bass"], "sub bass": ["synth_bass"], "808 bass": ["synth_bass"], "reese bass": ["synth_bass"], "acid bass": ["synth_bass"], "violin": ["violin"], "violins": ["violin"], "fiddle": ["violin"], "viola": ["violin"], "cello": ["cello"], "cellos": ["cello"], "pizzicato": ["pizzicato"], "pizzicato strings": ["pizzicato"], "plucked strings": ["pizzicato"], "harp": ["harp"], "strings": ["strings"], "string section": ["strings"], "lush strings": ["strings"], "string orchestra": ["strings"], "synth strings": ["synth_strings"], "choir": ["choir"], "vocals": ["choir"], "choral voices": ["choir"], "voices": ["choir"], "angelic choir": ["choir"], "trumpet": ["trumpet"], "trumpets": ["trumpet"], "muted trumpet": ["trumpet"], "french horn": ["horn"], "french horns": ["horn"], "horn": ["horn"], "brass": ["brass"], "brass section": ["brass"], "horns": ["brass"], "horn section": ["brass"], "trombone": ["brass"], "tuba": ["brass"], "sax": ["saxophone"], "saxophone": ["saxophone"], "tenor sax": ["saxophone"], "alto sax": ["saxophone"], "sax solo": ["saxophone"], "oboe": ["oboe"], "clarinet": ["clarinet"], "bassoon": ["clarinet"], "flute": ["flute"], "flutes": ["flute"], "piccolo": ["flute"], "tin whistle": ["flute"], "pan flute": ["pan_flute"], "panpipes": ["pan_flute"], "pan pipes": ["pan_flute"], "whistle": ["pan_flute"], "shakuhachi": ["pan_flute"], "square wave": ["square_lead"], "square lead": ["square_lead"], "pulse waves": ["square_lead"], "saw lead": ["saw_lead"], "synth lead": ["saw_lead"], "synth": ["saw_lead"], "synths": ["saw_lead"], "synthesizer": ["saw_lead"], "analog synths": ["saw_lead"], "supersaw": ["saw_lead"], "arpeggios": ["@arp"], "arpeggio": ["@arp"], "pads": ["warm_pad"], "synth pad": ["warm_pad"], "warm pads": ["warm_pad"], "warm pad": ["warm_pad"], "stabs": ["poly_synth"], "chord stabs": ["poly_synth"], "polysynth": ["poly_synth"], "shimmering pad": ["halo_pad"], "glassy pads": ["halo_pad"], "kalimba": ["kalimba"], "thumb piano": ["kalimba"], "mbira": ["kalimba"], "drums": ["@drums"], "drum kit": ["@drums"], "drum machine": ["kit_808"], "808": ["kit_808"], "808s": ["kit_808"], "808 drums": ["kit_808"], "909": ["kit_808"], "electronic drums": ["kit_808"], "acoustic drums": ["kit"], "live drums": ["kit"], "percussion": ["@drums"], "congas": ["kit"], "big drums": ["kit_power"], "gated drums": ["kit_power"], "rock drums": ["kit_power"], "brushes": ["kit_brush"], "brushed drums": ["kit_brush"], "soft brushes": ["kit_brush"], "timpani": ["kit_orchestra"], "taiko": ["kit_orchestra"], "taiko drums": ["kit_orchestra"], "orchestral percussion": ["kit_orchestra"], "war drums": ["kit_orchestra"],
}  # fmt: skip
# Phrases that leave a role out.
ROLE_AVOID = {
    "drums": ["drums", "drum", "percussion", "beat", "beats", "drum kit", "any drums"], "bass": ["bass", "bassline", "any bass"],
    "lead": ["melody", "lead", "lead melody", "solo"], "pad": ["pads", "pad"], "arp": ["arpeggios", "arpeggio", "arp"], "comp": ["chords"],
}  # fmt: skip
NEGATIONS = ["no {}", "without {}", "no {} please", "without any {}", "minus the {}", "don't use {}", "leave out the {}", "please no {}", "but no {}", "with no {}", "skip the {}", "avoid {}", "absolutely no {}", "{}-free", "not using {}"]  # fmt: skip
WITH = ["with {}", "featuring {}", "with a {}", "using {}", "on {}", "with some {}", "led by {}", "{} in front", "plus {}", "add {}", "including {}", "built around {}", "and {}", "for {}", "played on {}", "{}", "{}"]  # fmt: skip
NOUNS = ["track", "song", "music", "tune", "piece", "instrumental", "loop", "theme", "background music", "soundtrack", "composition", "number", "jam", "cue", "beat", "melody", "vibes", "vibe", "mix", "groove", "sound"]  # fmt: skip
OPENERS = ["", "", "", "", "make ", "make me ", "create ", "i want ", "i need ", "generate ", "please make ", "give me ", "compose ", "write ", "can you make ", "produce ", "some ", "something like ", "i'd like ", "play "]  # fmt: skip
TAILS = ["", "", "", "", "", " please", " for my video", " for youtube", " that loops well", ", high quality", " to listen to", ", 30 seconds", ", two minutes long", " at 90 bpm", " around 120 bpm", " in D minor", " in the key of C", " for my game", ", instrumental", " 2024", " for tiktok", " thanks", " in F# major", ", no vocals", " without vocals"]  # fmt: skip
NOISE = ["emma", "tuesday", "blue", "river", "the", "my dog max", "version two", "old", "window", "seven", "our trip", "berlin", "tomato", "for grandma", "paper", "train station", "about time", "glass", "a story about", "green", "the color red", "table", "mother", "a man who walks", "hello", "project x", "number one"]  # fmt: skip
# {s} style, {m} mood, {m2} second mood, {n} noun, {x} scene, {t} tempo word, {i} instrument clause
TEMPLATES = [
    "{s}", "{m} {s}", "{m} {s} {n}", "{s} {n}", "a {m} {s} {n}", "{m}, {m2} {s}", "{s}, {m} and {m2}", "{m} and {m2} {s} {n}", "{t} {s}", "{t} {m} {s} {n}", "{m} {t} {s}", "{s} for {x}", "{m} {s} for {x}", "{n} for {x}", "{m} {n} for {x}", "{x}", "{x}, {m}", "{x} {s}", "{s} {i}", "{m} {s} {i}", "{m} {n} {i}", "{i}", "{t} {n} {i}", "{m} {i}", "{t} {s} {i}", "{s} {i} for {x}", "{m} {s} that sounds like {x}", "{n} about {x}", "{x}, {s} {i}", "{d} {s}", "{d}, {m} {s} {n}", "{m} {s} {n}, {d}", "{k} {s}", "{s} {k}", "{m} {n} {k}", "{c} {n}", "{m} {c} {i}", "{s} {c}", "{c} for {x}", "{t} {n}", "{m}", "{m} {n}", "{m} and {m2}", "{m} {n} to capture {x}", "{n}, {t} and {m}", "{t}, {m}, {s}, {i}", "{s} {i}, {i2}", "{i} and {i2}", "{m} {i} and {i2}", "{s}, {a}", "{m} {s}, {a}", "{s} {i}, {a}", "{n} {i}, {a}", "{m} {n}, {a}", "{x}, {a}", "{a}", "{d} {t} {m} {n} {i}, {a}", "{x}, {t}, {d}",
]  # fmt: skip
HELD_OUT_TEMPLATES = [
    "{n} in {s} manner, quite {m}", "think of {x}: {m} {s}", "{m} mood, {t} pace, {s}", "{s} {n} where {x} meets {m2} feelings", "{i} playing {m} {s}", "a {t} {n} in {s}, {a}", "inspired by {x}, {i}", "{m2} yet {m} {n}, {i}, {a}",
]  # fmt: skip
# The tables above are those of the first version; this one knows more styles and more words.
for _style, _words in phrases.MOVED.items():
    for _name in STYLE_WORDS:
        STYLE_WORDS[_name] = [w for w in STYLE_WORDS[_name] if w not in _words]
STYLE_WORDS |= phrases.STYLE_WORDS
METRE_WORDS.pop("waltz"), METRE_WORDS.pop("viennese waltz")
for _table, _more in [
    (HINTS, phrases.HINTS), (MOODS, phrases.MOODS), (TEMPO_WORDS, phrases.TEMPO_WORDS), (DENSITY_WORDS, phrases.DENSITY_WORDS),
    (MODE_WORDS, phrases.MODE_WORDS), (METRE_WORDS, phrases.METRE_WORDS), (INSTRUMENT_WORDS, phrases.INSTRUMENT_WORDS),
]:  # fmt: skip
    _table.update(_more)
NEGATIONS += phrases.NEGATIONS
_HEADS = {h["name"]: h for h in prompt_heads()}
SIZE = sum(h["size"] for h in prompt_heads())
_GUITARS = [i for i in INSTRUMENTS if "guitar" in i]
_STRINGS = ["strings", "violin", "cello", "synth_strings", "pizzicato"]
_BRASS = ["brass", "trumpet", "horn"]
# Who leaves one of these out leaves out the whole family.
_FAMILIES = {
    "guitar": _GUITARS, "guitars": _GUITARS, "strings": _STRINGS, "string section": _STRINGS, "brass": _BRASS, "horns": _BRASS,
    "synths": ["saw_lead", "square_lead", "poly_synth", "warm_pad", "halo_pad", "synth_strings", "synth_bass"], "flute": ["flute", "pan_flute"],
}  # fmt: skip


SOUNDS = [("ph", "f"), ("ck", "k"), ("c", "k"), ("ch", "k"), ("tch", "ch"), ("ee", "ea"), ("ie", "ei"), ("y", "i"), ("z", "s"), ("x", "ks"), ("th", "t"), ("ou", "u"), ("ea", "e"), ("a", "e"), ("e", "i"), ("o", "a"), ("ss", "s"), ("ll", "l"), ("tt", "t"), ("rr", "r"), ("nn", "n"), ("que", "k"), ("s", "z"), ("i", "e"), ("er", "a")]  # fmt: skip


def by_ear(rng, word):
    """A word as someone writes it who only heard it."""
    found = [(a, b) for a, b in SOUNDS if a in word[1:]]
    if not found:
        return word
    a, b = rng.choice(found)
    return word[0] + word[1:].replace(a, b, 1)


def misspell(rng, text):
    """One slip of the fingers, or of the ear, in one word in five."""
    words = text.split(" ")
    for i, w in enumerate(words):
        if len(w) > 3 and rng.random() < 0.2:
            at = rng.randrange(1, len(w) - 1)
            kind = rng.randrange(6)
            if kind == 0:
                w = w[:at] + w[at + 1] + w[at] + w[at + 2 :]
            elif kind == 1:
                w = w[:at] + w[at + 1 :]
            elif kind == 2:
                w = w[:at] + w[at] + w[at:]
            elif kind >= 4:
                w = by_ear(rng, w)
            else:
                w = w[:at] + rng.choice("aeiousntrl") + w[at + 1 :]
            words[i] = w
    return " ".join(words)


def spread(centre, size, width=0.7):
    weights = [math.exp(-((i - centre) ** 2) / (2 * width**2)) for i in range(size)]
    total = sum(weights)
    return [w / total for w in weights]


def mixed(parts):
    """Average of distributions with weights."""
    total = sum(w for w, _ in parts)
    return [sum(w * d[i] for w, d in parts) / total for i in range(len(parts[0][1]))]


class Meaning:
    """What a prompt says; `target()` makes the vector of probabilities."""

    def __init__(self):
        self.styles, self.style_sure = {}, 0
        self.valence, self.energy, self.tempo = [], [], []
        self.density = self.mode = self.metre = None
        self.want, self.avoid, self.avoid_roles = set(), set(), set()
        self.guess_wants = []

    def hint(self, h):
        for name, axis in (("v", self.valence), ("e", self.energy), ("t", self.tempo)):
            if name in h:
                axis.append((1.2, h[name]))
        if "m" in h:
            self.metre = h["m"]
        if "d" in h:
            self.density = h["d"]
        self.want |= set(h.get("i", []))

    def style_weights(self):
        if self.styles:
            return self.styles
        # Nothing named: the styles whose usual mood and instruments are near.
        v = sum(w * x for w, x in self.valence) / sum(w for w, _ in self.valence) if self.valence else None
        e = sum(w * x for w, x in self.energy) / sum(w for w, _ in self.energy) if self.energy else None
        out = {}
        for s, row in STYLES.items():
            score = 0
            if v is not None:
                score -= 0.35 * (row["valence"] - v) ** 2
            if e is not None:
                score -= 0.5 * (row["energy"] - e) ** 2
            for i in self.want:
                weight = max((p * w[i] / sum(w.values()) for p, w in row["tracks"].values() if i in w), default=0)
                score += math.log(0.03 + weight)
            if self.metre and self.metre != "4/4":
                score += math.log(0.05 + row["metres"].get(self.metre, 0) / sum(row["metres"].values()))
            out[s] = math.exp(1.3 * score)
        return out

    def target(self):
        weights = self.style_weights()
        total = sum(weights.values())
        style = [weights.get(s, 0) / total for s in STYLES]
        rows = list(zip(style, STYLES.values()))
        out = list(style)
        usual_v = mixed([(p, spread(r["valence"], 5, 1)) for p, r in rows if p > 0])
        usual_e = mixed([(p, spread(r["energy"], 5, 0.8)) for p, r in rows if p > 0])
        valence = self.axis(self.valence, 5, usual_v, 0.25)
        energy = self.axis(self.energy, 5, usual_e, 0.35)
        out += valence + energy
        level = sum(i * p for i, p in enumerate(energy))
        out += self.tempo_target(rows, level)
        out += self.metre_target(rows) + self.mode_target(rows, valence)
        dense = self.density if self.density is not None else 0.4 + 0.5 * level
        out += spread(min(3, dense), 4, 0.5 if self.density is not None else 0.8)
        out += [1.0 if i in self.want else 0.0 for i in INSTRUMENTS]
        out += [1.0 if i in self.avoid else 0.0 for i in INSTRUMENTS]
        out += [1.0 if r in self.avoid_roles else 0.0 for r in ROLES]
        return out

    def axis(self, said, size, usual, share):
        if not said:
            return usual
        centre = sum(w * x for w, x in said) / sum(w for w, _ in said)
        return mixed([(1, spread(centre, size, 0.6)), (share * 0.6, usual)])

    def tempo_target(self, rows, level):
        n = len(TEMPO_BOUNDS)
        usual = []
        for p, r in rows:
            if p > 0.01:
                low, typical, high = r["bpm"]
                shift = 0.5 + 0.17 * (level - r["energy"])
                bpm = low + (typical - low) * 2 * shift if shift < 0.5 else typical + (high - typical) * (2 * shift - 1)
                edges = TEMPO_BOUNDS + [TEMPO_MAX]
                usual.append((p, [bump(bpm, edges[i], edges[i + 1]) for i in range(n)]))
        usual = normal(mixed(usual))
        if not self.tempo:
            return usual
        centre = sum(w * x for w, x in self.tempo) / sum(w for w, _ in self.tempo)
        # A slow techno is slow for techno: the style pulls a little.
        style_centre = sum(i * p for i, p in enumerate(usual))
        return mixed([(1, spread(0.7 * centre + 0.3 * style_centre, n, 0.8)), (0.15, usual)])

    def metre_target(self, rows):
        if self.metre:
            return [0.94 if m == self.metre else 0.03 for m in METRES]
        return mixed([(p, normal([r["metres"].get(m, 0) for m in METRES])) for p, r in rows if p > 0])

    def mode_target(self, rows, valence):
        if self.mode:
            return [0.9 if m == self.mode else 0.02 for m in MODES]
        bright = {"major": 1, "lydian": 1, "mixolydian": 0.6, "dorian": 0, "minor": -1, "phrygian": -1.2}
        mean = sum(i * p for i, p in enumerate(valence))
        bias = [2.7 ** (0.9 * (mean - 2) * bright[m]) for m in MODES]
        usual = mixed([(p, normal([r["modes"].get(m, 0) for m in MODES])) for p, r in rows if p > 0])
        return normal([u * b for u, b in zip(usual, bias)])


def bump(bpm, low, high, width=9):
    cdf = lambda x: 0.5 * (1 + math.erf((x - bpm) / (width * math.sqrt(2))))  # noqa: E731
    return cdf(high) - cdf(low) + 1e-4


def normal(values):
    total = sum(values)
    return [v / total for v in values]


def resolve(name, style):
    """Instruments that a word asks for, in a style."""
    if not name.startswith("@"):
        return {name}
    what = name[1:]
    tracks = STYLES[style]["tracks"] if style else STYLES["folk"]["tracks"]
    if what == "guitar":
        found = [(p * w / sum(t.values()), i) for p, t in tracks.values() for i, w in t.items() if "guitar" in i]
        return {max(found)[1]} if found else {"steel_guitar"}
    table = tracks[what][1]
    return {max(table, key=table.get)}


def make(rng, templates=TEMPLATES):
    """One prompt: (text, target)."""
    if templates is TEMPLATES:
        roll = rng.random()
        if roll < 0.16:
            return foreign(rng)
        if roll < 0.28:
            return composed_scene(rng)
        if roll < 0.34:
            return alone(rng)
    template = rng.choice(templates)
    m = Meaning()
    style = None
    slots = {}
    if "{s}" in template:
        style = rng.choice(list(STYLE_WORDS))
        slots["s"] = rng.choice(STYLE_WORDS[style])
        m.styles[style] = 1.0
        m.hint(HINTS.get(slots["s"], {}))
        if rng.random() < 0.03:
            other = rng.choice(list(STYLE_WORDS))
            slots["s"] += rng.choice([" and ", " meets ", " with a touch of ", "/"]) + rng.choice(STYLE_WORDS[other])
            m.styles[other] = m.styles.get(other, 0) + 0.5
    if "{x}" in template:
        scene, v, e, styles = rng.choice(SCENES)
        slots["x"] = scene if rng.random() < 0.75 else scene.removeprefix("a ").removeprefix("an ").removeprefix("the ")
        m.valence.append((0.7, v))
        m.energy.append((0.7, e))
        for i, s in enumerate(styles.split()):
            if not style:
                m.styles[s] = m.styles.get(s, 0) + (1.0 if i == 0 else 0.6)
    for key in ("m", "m2"):
        if "{" + key + "}" in template:
            word = rng.choice(list(MOODS))
            v, e = MOODS[word]
            if rng.random() < 0.07:
                word = rng.choice(phrases.NEGATED_MOODS).format(word)
                v, e = 4 - v, 4 - e if e in (0, 4) else None
            elif rng.random() < 0.1:
                word = rng.choice(["very ", "really ", "slightly ", "deeply ", "super "]) + word
            slots[key] = word
            m.valence.append((1, v))
            if e is not None:
                m.energy.append((1, e))
    if "{t}" in template:
        word = rng.choice(list(TEMPO_WORDS))
        t, e = TEMPO_WORDS[word]
        slots["t"] = word
        m.tempo.append((3, t))
        m.energy.append((0.7, e))
    if "{d}" in template:
        slots["d"] = rng.choice(list(DENSITY_WORDS))
        m.density = DENSITY_WORDS[slots["d"]]
    if "{k}" in template:
        slots["k"] = rng.choice(list(MODE_WORDS))
        m.mode = MODE_WORDS[slots["k"]]
    if "{c}" in template:
        slots["c"] = rng.choice(list(METRE_WORDS))
        m.metre = METRE_WORDS[slots["c"]]
    for key in ("i", "i2"):
        if "{" + key + "}" in template:
            slots[key] = instrument_clause(rng, m, style, key)
    if "{a}" in template:
        slots["a"] = avoid_clause(rng, m, style)
    slots["n"] = rng.choice(NOUNS)
    text = template
    for key, value in slots.items():
        text = text.replace("{" + key + "}", value)
    tail = rng.choice(TAILS)
    if m.mode is None and ("minor" in tail or "major" in tail):
        m.mode = "minor" if "minor" in tail else "major"
    text = rng.choice(OPENERS) + text + tail
    if rng.random() < 0.15:
        word = rng.choice(NOISE)
        text = f"{word} {text}" if rng.random() < 0.5 else f"{text} {word}"
    if rng.random() < 0.12:
        drumless = rng.choice(["drumless", "beatless"]) if rng.random() < 0.25 and "a" not in slots else None
        if drumless:
            text = f"{drumless} {text}"
            m.avoid_roles.add("drums")
    if rng.random() < 0.45:
        text = misspell(rng, text)
    if rng.random() < 0.1:
        text = text.replace(",", "")
    return text, m.target()


def finish(rng, m, text, noise=0.3):
    return (misspell(rng, text) if rng.random() < noise else text), m.target()


def foreign(rng):
    """A short prompt in another language."""
    words = phrases.LANGUAGES[rng.choice(list(phrases.LANGUAGES))]
    m, text = Meaning(), rng.choice(words["glue"])
    if "{m}" in text:
        mood = rng.choice(list(words["m"]))
        text = text.replace("{m}", mood)
        m.valence.append((1, words["m"][mood][0]))
        m.energy.append((1, words["m"][mood][1]))
    if "{i}" in text:
        name = rng.choice(list(words["i"]))
        text = text.replace("{i}", name)
        m.want.add(words["i"][name])
    if "{s}" in text:
        name = rng.choice(list(words["s"]))
        text = text.replace("{s}", name)
        m.styles[words["s"][name]] = 1.0
        m.metre = "3/4" if words["s"][name] == "waltz" else None
    if "{t}" in text:
        name = rng.choice(list(words["t"]))
        text = text.replace("{t}", name)
        tempo, energy = words["t"][name]
        m.tempo.append((3, tempo))
        m.energy.append((0.7, energy))
    tail = "" if "{a}" in text or rng.random() > 0.15 else rng.choice([" ", ", "]) + "{a}"
    if "{a}" in text + tail:
        role = rng.choice(["drums", "drums", "drums", "bass"])
        clause = rng.choice(words["a"]).format(rng.choice(words[role]))
        if rng.random() < 0.25:
            name = rng.choice([i for i, what in words["i"].items() if what not in m.want] or list(words["i"]))
            clause = rng.choice(words["a"]).format(name)
            m.avoid.add(words["i"][name])
            m.want -= m.avoid
        else:
            m.avoid_roles.add(role)
        text = (text + tail).replace("{a}", clause)
    return finish(rng, m, text, 0.15)


def composed_scene(rng):
    """A scene of words that each pull the mood a little."""
    m = Meaning()
    who, does, where = (rng.choice(list(t)) for t in (phrases.WHO, phrases.DOES, phrases.WHERE))
    parts = rng.choice([[who, does], [who, does, where], [does, where], [who, where], [does], [where]])
    for word in parts:
        for weight, table in ((0.6, phrases.WHO), (1.3, phrases.DOES), (1.0, phrases.WHERE)):
            if word in table:
                v, e = table[word]
                m.valence.append((weight, v))
                m.energy += [(weight, e)] if e is not None else []
    text = rng.choice(["", "", "", "music for ", "a song about ", "theme for ", "the feeling of ", "like "]) + " ".join(parts)
    if rng.random() < 0.3:
        style = rng.choice(list(STYLE_WORDS))
        name = rng.choice(STYLE_WORDS[style])
        m.styles[style] = 1.0
        m.hint(HINTS.get(name, {}))
        text = rng.choice(["{s}, {x}", "{x}, {s}", "{s} for {x}", "{s} about {x}"]).replace("{s}", name).replace("{x}", text)
    if rng.random() < 0.2:
        mood = rng.choice(list(MOODS))
        m.valence.append((1.2, MOODS[mood][0]))
        m.energy.append((1.2, MOODS[mood][1]))
        text = rng.choice([f"{mood}, {text}", f"{text}, {mood}", f"{mood} {text}"])
    return finish(rng, m, text)


def alone(rng):
    """One instrument and nothing else."""
    m = Meaning()
    word = rng.choice([w for w, names in INSTRUMENT_WORDS.items() if not names[0].startswith("@")])
    m.want |= set(INSTRUMENT_WORDS[word])
    m.density = 0.3
    if INSTRUMENT_WORDS[word] == ["piano"]:
        m.styles["piano"] = 1.0
    text = rng.choice(
        [
            "{} alone",
            "solo {}",
            "only {}",
            "just {}",
            "just a {}",
            "{} and nothing else",
            "a single {}",
            "nothing but {}",
            "{} by itself",
            "unaccompanied {}",
            "only a {}, no other instruments",
        ]
    ).format(word)
    if not {INSTRUMENTS[i][2][0] for i in m.want} & {"drums", "bass"}:
        m.avoid_roles |= {"drums", "bass"}
    if rng.random() < 0.4:
        mood = rng.choice(list(MOODS))
        m.valence.append((1, MOODS[mood][0]))
        m.energy.append((1, MOODS[mood][1]))
        text = rng.choice([f"{mood} {text}", f"{text}, {mood}"])
    return finish(rng, m, text)


def instrument_clause(rng, m, style, key):
    words = rng.sample(list(INSTRUMENT_WORDS), rng.choice([1, 1, 1, 2, 2, 3]) if key == "i" else 1)
    for w in words:
        for name in INSTRUMENT_WORDS[w]:
            m.want |= resolve(name, style)
    adjective = rng.choice(["", "", "", "", "soft ", "gentle ", "warm ", "big ", "distant ", "solo ", "only "])
    if adjective in ("only ", "solo "):
        m.density = 0.3
    text = adjective + (words[0] if len(words) == 1 else ", ".join(words[:-1]) + " and " + words[-1])
    return rng.choice(WITH).format(text) if key == "i" else text


def avoid_clause(rng, m, style):
    """One or two things to leave out. What was asked for just before is not left out."""
    phrases = []
    for _ in range(rng.choice([1, 1, 1, 2])):
        if rng.random() < 0.55:
            role = rng.choices(list(ROLE_AVOID), [5, 2, 1, 1, 0.5, 0.5])[0]
            word = rng.choice(ROLE_AVOID[role])
            m.avoid_roles.add(role)
            taken = [i for i, row in INSTRUMENTS.items() if row[2][0] == role]
            m.want -= set(taken)
        else:
            word = rng.choice(
                [w for w, names in INSTRUMENT_WORDS.items() if not names[0].startswith("@")]
                + ["guitar", "guitars", "guitar", "strings", "synths"]
            )
            names = INSTRUMENT_WORDS[word]
            found = set(_FAMILIES.get(word, names))
            m.avoid |= found
            m.want -= found
        phrases.append(word)
    text = rng.choice(NEGATIONS).format(phrases[0])
    if len(phrases) == 2:
        text += rng.choice([" or {}", " and no {}", ", no {}", " and {}"]).format(phrases[1])
    return text


if __name__ == "__main__":
    r = random.Random(0)
    for _ in range(30):
        print(make(r)[0])
