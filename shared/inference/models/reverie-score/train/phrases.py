"""More words for the synthetic prompts: styles added after the first version, other languages, and words that colour a scene."""

# Words that moved to a style of their own.
MOVED = {
    "metal": ["metal", "heavy metal"],
    "blues": ["blues"],
    "country": ["country", "country ballad", "bluegrass"],
    "orchestral": ["orchestral", "orchestra", "symphonic"],
}
STYLE_WORDS = {
    "pop": ["pop", "pop song", "radio pop", "indie pop", "chart pop", "power ballad", "bubblegum pop", "mainstream pop", "k-pop", "kpop", "j-pop", "soft pop", "hit single", "top 40", "boy band", "sing along", "pop ballad", "catchy chorus", "acoustic pop"],
    "metal": ["metal", "heavy metal", "death metal", "black metal", "thrash", "thrash metal", "doom metal", "metalcore", "power metal", "djent", "nu metal", "speed metal", "mosh pit", "headbanging", "blast beats", "double bass drumming", "metal riffs", "hardcore", "deathcore", "hair metal"],
    "reggae": ["reggae", "dub", "roots reggae", "dancehall", "ska", "rocksteady", "rasta", "jamaican", "reggaeton", "one drop", "dub reggae", "island groove", "caribbean", "calypso", "lovers rock", "skank"],
    "blues": ["blues", "delta blues", "chicago blues", "slow blues", "blues shuffle", "electric blues", "twelve bar blues", "12 bar blues", "blues guitar", "shuffle", "texas blues", "swamp blues", "rhythm and blues", "juke joint", "bluesy", "slide blues"],
    "country": ["country", "country ballad", "bluegrass", "honky tonk", "nashville", "country rock", "western", "outlaw country", "cowboy song", "hoedown", "country music", "line dance", "rodeo", "wild west", "square dance", "rockabilly", "alt country", "appalachian"],
    "waltz": ["waltz", "viennese waltz", "slow waltz", "waltzes", "ballroom waltz", "musette", "french waltz", "strauss waltz", "ballroom", "carousel waltz", "carousel", "merry go round", "waltzing", "jazz waltz", "valse"],
    "march": ["march", "marching band", "military march", "parade", "parade music", "wedding march", "brass band", "sousa", "fife and drum", "fanfare", "imperial march", "drum corps", "marching", "national anthem", "military band", "victory parade"],
    "orchestral": ["orchestral", "orchestra", "symphonic", "symphony", "philharmonic", "full orchestra", "overture", "symphonic poem", "orchestral suite", "symphony orchestra", "grand orchestra", "romantic orchestra", "ballet music", "opera overture", "orchestra piece"],
    "piano": ["solo piano", "piano solo", "piano piece", "piano ballad", "piano improvisation", "piano music", "felt piano piece", "contemplative piano", "piano only", "piano meditation", "neoclassical piano", "grand piano solo", "piano etude", "quiet piano piece"],
}  # fmt: skip
HINTS = {
    "doom metal": dict(v=0, e=3, t=1), "speed metal": dict(e=4, t=7), "thrash": dict(e=4, t=7), "power metal": dict(v=2, t=6), "metal riffs": dict(i=["distortion_guitar"]), "ska": dict(v=4, e=3, t=5), "dancehall": dict(v=3, e=3, t=3), "dub": dict(v=2, e=1), "reggaeton": dict(v=3, e=3, t=2),
    "slow blues": dict(v=1, e=1, t=0.5), "blues guitar": dict(i=["overdrive_guitar"]), "bluegrass": dict(v=4, e=3, t=5, i=["steel_guitar"]), "country ballad": dict(e=1, t=1), "hoedown": dict(v=4, e=4, t=6, i=["violin"]), "square dance": dict(v=4, e=3, i=["violin"]), "power ballad": dict(e=3, t=1), "pop ballad": dict(e=1, t=1),
    "slow waltz": dict(e=1, t=2, m="3/4"), "brass band": dict(i=["brass"]), "fanfare": dict(e=3, i=["trumpet"]), "marching band": dict(v=3, e=3, i=["brass"]), "wedding march": dict(v=4, e=2), "imperial march": dict(v=0, e=3), "musette": dict(i=["accordion"], m="3/4"), "carousel": dict(v=3, m="3/4"),
    **{w: dict(m="3/4") for w in ("waltz", "viennese waltz", "waltzes", "ballroom waltz", "french waltz", "strauss waltz", "carousel waltz", "waltzing", "jazz waltz", "valse")},
    **{w: dict(i=["piano"], d=0.8) for w in STYLE_WORDS["piano"]},
}  # fmt: skip

MOODS = {
    "joyous": (4, 3), "merry": (4, 3), "jolly": (4, 3), "glad": (4, 2), "delighted": (4, 3), "lovely": (4, 2), "pleasant": (4, 1), "blessed": (4, 1), "radiant": (4, 2), "content": (3, 1), "comfortable": (3, 0), "snug": (3, 0), "homely": (3, 1), "carefree": (4, 2), "breezy": (4, 2), "rejoicing": (4, 3), "winning": (4, 3), "triumphal": (4, 4), "glorious": (4, 4), "valiant": (3, 4), "brave": (3, 3), "noble": (3, 2),
    "unhappy": (0, 1), "sorrow": (0, 0), "sadness": (0, 1), "grieving": (0, 0), "grief": (0, 0), "despair": (0, 1), "desperate": (0, 3), "miserable": (0, 1), "painful": (0, 1), "hurt": (0, 1), "broken": (0, 1), "tearful": (0, 0), "crying": (0, 1), "weeping": (0, 0), "desolate": (0, 0), "forlorn": (0, 0), "dismal": (0, 1), "grim": (0, 2), "cold": (1, 0), "blue mood": (0, 1), "worried": (0, 2), "uneasy": (0, 2), "stressed": (0, 3), "fearful": (0, 2), "frightening": (0, 3), "terrifying": (0, 3), "horror": (0, 2), "ghostly": (0, 1), "disturbing": (0, 2), "unsettling": (0, 1), "paranoid": (0, 3), "panic": (0, 4), "rage": (0, 4), "raging": (0, 4), "hateful": (0, 4), "violent": (0, 4), "savage": (0, 4), "ferocious": (0, 4), "fierce": (1, 4), "mad": (1, 4), "enraged": (0, 4),
    "powerful energy": (3, 4), "explosive": (2, 4), "vigorous": (3, 4), "dynamic": (3, 3), "electrifying": (3, 4), "high energy": (3, 4), "full of energy": (3, 4), "hyper": (4, 4), "crazy": (3, 4), "funky mood": (3, 3), "danceable": (4, 3), "rhythmic": (3, 3), "still": (2, 0), "silent": (2, 0), "hushed": (2, 0), "delicate": (3, 0), "subtle": (2, 0), "restful": (3, 0), "drowsy": (3, 0), "slumbering": (3, 0), "meditative": (2, 0), "zen": (3, 0), "low energy": (2, 0), "contemplative": (2, 0), "pensive": (1, 0), "reflective": (1, 0), "sentimental": (1, 1), "memories": (2, 1), "remembering": (1, 1),
}  # fmt: skip
TEMPO_WORDS = {
    "grave": (0, 0.5), "larghetto": (0.5, 0.5), "adagietto": (0.7, 0.7), "allegretto": (3.5, 2.4), "prestissimo": (7, 4), "molto allegro": (6, 3.4), "slow motion": (0, 0.3), "crawling": (0, 0.4), "dragging": (0.3, 0.8), "at a snail's pace": (0, 0.3), "extremely slow": (0, 0.2), "super slow": (0, 0.2), "so slow": (0.2, 0.4), "easy going tempo": (1.5, 1), "at a comfortable pace": (2.5, 1.7), "hurried": (5.5, 3.2), "super fast": (7, 4), "extremely fast": (7, 4), "lightning fast": (7, 4), "insanely fast": (7, 4), "at full speed": (7, 4), "in a rush": (6, 3.5), "frenetic": (7, 4), "fastest possible": (7, 4),
}  # fmt: skip
DENSITY_WORDS = {"only a few notes": 0, "few instruments": 0, "with lots of space": 0, "minimalistic": 0, "very simple": 0, "understated": 0.5, "many instruments": 3, "packed": 3, "everything at once": 3, "thick": 2.7, "full band": 2.6, "lots of layers": 3, "crowded": 3, "ornate": 2.7}  # fmt: skip
MODE_WORDS = {"lydian mode": "lydian", "mixolydian mode": "mixolydian", "phrygian mode": "phrygian", "ionian": "major", "aeolian": "minor", "natural minor": "minor", "major scale": "major", "minor scale": "minor", "moll": "minor", "dur": "major", "en mineur": "minor", "en majeur": "major", "en modo menor": "minor"}  # fmt: skip
METRE_WORDS = {"three quarter": "3/4", "three-quarter time": "3/4", "3 4 time": "3/4", "triple metre": "3/4", "triple meter": "3/4", "dreivierteltakt": "3/4", "compound time": "6/8", "six eighths": "6/8", "6/8": "6/8", "3/4": "3/4", "twelve eight feel": "6/8", "common time": "4/4", "four four": "4/4"}  # fmt: skip
INSTRUMENT_WORDS = {
    "panpipes": ["pan_flute"], "pan pipes": ["pan_flute"], "concert harp": ["harp"], "harps": ["harp"], "pipe organ": ["organ"], "cathedral organ": ["organ"], "sax": ["saxophone"], "tenor sax": ["saxophone"], "mouth organ": ["harmonica"], "blues harp": ["harmonica"], "squeezebox": ["accordion"], "bandoneon": ["accordion"], "choral voices": ["choir"], "humming voices": ["choir"], "voices": ["choir"], "thumb piano": ["kalimba"], "mbira": ["kalimba"], "orchestra bells": ["glockenspiel"], "vibes solo": ["vibraphone"], "fuzz guitar": ["distortion_guitar"], "screaming guitars": ["distortion_guitar"], "fingerstyle guitar": ["steel_guitar"], "guitar picking": ["steel_guitar"], "twelve string guitar": ["steel_guitar"], "wah wah guitar": ["clean_guitar"], "strummed guitar": ["steel_guitar"], "horn": ["horn"], "horns": ["brass"], "brass stabs": ["brass"], "trumpets": ["trumpet"], "bugle": ["trumpet"], "cornet": ["trumpet"], "clarinets": ["clarinet"], "oboes": ["oboe"], "flutes": ["flute"], "recorder": ["flute"], "string orchestra": ["strings"], "e-piano": ["electric_piano"], "fender rhodes": ["electric_piano"], "synth lead": ["saw_lead"], "saw synth": ["saw_lead"], "supersaw": ["saw_lead"], "pulse wave": ["square_lead"], "synth pad": ["warm_pad"], "pads": ["warm_pad"],
}  # fmt: skip

NEGATIONS = [
    "anything but {}", "i don't want {}", "i do not want any {}", "never {}", "not a single {}", "hold the {}", "{} free", "nothing with {}", "there should be no {}", "must not have {}", "remove the {}", "take out the {}", "cut the {}", "drop the {}", "except {}", "everything except {}", "sans {}", "zero {}", "not even {}", "{} are forbidden", "i hate {}", "get rid of the {}", "doesn't need {}", "leave {} out", "not one {}", "hates {}", "never use {}", "less {}, none at all", "do without {}", "minus {}", "exclude {}", "i can't stand {}", "{}: none",
]  # fmt: skip
NEGATED_MOODS = ["not {}", "not {} at all", "nothing {}", "isn't {}", "never {}", "not too {}", "anything but {}", "by no means {}", "the opposite of {}", "not the least bit {}"]  # fmt: skip

# Language -> tables of words; mood (valence, energy), instrument, style, tempo, and ways to leave something out.
LANGUAGES = {
    "de": dict(
        glue=["{i} und {m}", "{m}e Musik", "{m} mit {i}", "{m}es Stück", "{i}musik {m}", "{m}", "{i} {m}", "ein {m}er {s}", "{s} mit {i}", "{t} und {m}", "{m}, {a}", "{s}, {a}", "{t} {s}", "{i}", "etwas {m}es für {i}"],
        m={"traurig": (0, 1), "fröhlich": (4, 3), "froh": (4, 2), "glücklich": (4, 3), "lustig": (4, 3), "ruhig": (3, 0), "entspannt": (3, 0), "entspannend": (3, 0), "sanft": (3, 0), "düster": (0, 1), "dunkel": (0, 2), "wütend": (0, 4), "aggressiv": (0, 4), "episch": (2, 4), "verträumt": (3, 0), "romantisch": (3, 1), "melancholisch": (0, 1), "energisch": (3, 4), "spannend": (1, 3), "heiter": (4, 2), "leise": (2, 0), "gruselig": (0, 1), "zum Schlafen": (2, 0), "zum Tanzen": (4, 3), "feierlich": (3, 2)},
        i={"klavier": "piano", "gitarre": "steel_guitar", "geige": "violin", "violine": "violin", "cello": "cello", "flöte": "flute", "trompete": "trumpet", "saxophon": "saxophone", "harfe": "harp", "orgel": "organ", "akkordeon": "accordion", "streicher": "strings", "chor": "choir", "mundharmonika": "harmonica", "klarinette": "clarinet", "spieluhr": "music_box"},
        s={"walzer": "waltz", "marsch": "march", "wiegenlied": "lullaby", "schlaflied": "lullaby", "klassik": "classical", "orchester": "orchestral", "volkslied": "folk", "volksmusik": "folk", "filmmusik": "cinematic", "rockmusik": "rock", "tanzmusik": "house", "popmusik": "pop"},
        t={"langsam": (0.5, 0.6), "sehr langsam": (0, 0.2), "schnell": (6, 3.6), "sehr schnell": (7, 4), "gemächlich": (1, 1), "flott": (5, 3)},
        a=["ohne {}", "kein {}", "keine {}", "bitte ohne {}"], drums=["schlagzeug", "trommeln", "drums", "perkussion"], bass=["bass"]),
    "fr": dict(
        glue=["musique {m}", "musique {m} avec {i}", "{i} {m}", "un morceau {m}", "{s} {m}", "{s} avec {i}", "{m} et {t}", "{s} {t}", "musique {m}, {a}", "{a}, {m}", "{i}", "{s}", "un {s} avec {i}", "une {s} {m}", "quelque chose de {m}"],
        m={"triste": (0, 1), "joyeuse": (4, 3), "joyeux": (4, 3), "gai": (4, 3), "heureux": (4, 3), "heureuse": (4, 3), "calme": (3, 0), "douce": (3, 0), "doux": (3, 0), "relaxante": (3, 0), "sombre": (0, 2), "mélancolique": (0, 1), "énergique": (3, 4), "épique": (2, 4), "romantique": (3, 1), "rêveuse": (3, 0), "agressive": (0, 4), "en colère": (0, 4), "drôle": (4, 3), "tranquille": (3, 0), "pour dormir": (2, 0), "pour danser": (4, 3), "effrayante": (0, 2)},
        i={"piano": "piano", "guitare": "steel_guitar", "violon": "violin", "violoncelle": "cello", "flûte": "flute", "trompette": "trumpet", "saxophone": "saxophone", "harpe": "harp", "orgue": "organ", "accordéon": "accordion", "cordes": "strings", "chœur": "choir", "harmonica": "harmonica", "clarinette": "clarinet", "boîte à musique": "music_box", "hautbois": "oboe"},
        s={"valse": "waltz", "marche": "march", "berceuse": "lullaby", "musique classique": "classical", "orchestre": "orchestral", "chanson folk": "folk", "musique de film": "cinematic", "jazz": "jazz", "rock": "rock", "blues": "blues", "techno": "techno"},
        t={"lent": (0.5, 0.6), "lente": (0.5, 0.6), "très lent": (0, 0.2), "rapide": (6, 3.6), "très rapide": (7, 4), "vite": (6, 3.6), "modéré": (3, 2)},
        a=["sans {}", "pas de {}", "sans aucune {}"], drums=["batterie", "percussions", "tambours"], bass=["basse"]),
    "es": dict(
        glue=["música {m}", "música {m} con {i}", "{i} {m}", "una canción {m}", "{s} {m}", "{s} con {i}", "{m} y {t}", "{s} {t}", "música {m}, {a}", "{m}, {a}", "{i}", "{s}", "una {s}", "algo {m}", "{t} y {m}"],
        m={"triste": (0, 1), "alegre": (4, 3), "feliz": (4, 3), "contento": (4, 3), "tranquila": (3, 0), "tranquilo": (3, 0), "calmada": (3, 0), "suave": (3, 0), "relajante": (3, 0), "oscura": (0, 2), "melancólica": (0, 1), "enérgica": (3, 4), "energético": (3, 4), "épica": (2, 4), "romántica": (3, 1), "furiosa": (0, 4), "agresiva": (0, 4), "divertida": (4, 3), "para dormir": (2, 0), "para bailar": (4, 3), "misteriosa": (1, 1)},
        i={"piano": "piano", "guitarra": "nylon_guitar", "violín": "violin", "violonchelo": "cello", "flauta": "flute", "trompeta": "trumpet", "saxofón": "saxophone", "arpa": "harp", "órgano": "organ", "acordeón": "accordion", "cuerdas": "strings", "coro": "choir", "armónica": "harmonica", "clarinete": "clarinet", "caja de música": "music_box"},
        s={"vals": "waltz", "marcha": "march", "canción de cuna": "lullaby", "nana": "lullaby", "música clásica": "classical", "orquesta": "orchestral", "banda sonora": "cinematic", "jazz": "jazz", "rock": "rock", "reggae": "reggae", "bossa nova": "bossa"},
        t={"lento": (0.5, 0.6), "lenta": (0.5, 0.6), "muy lento": (0, 0.2), "rápido": (6, 3.6), "rápida": (6, 3.6), "muy rápido": (7, 4), "moderado": (3, 2)},
        a=["sin {}", "nada de {}", "no quiero {}"], drums=["batería", "percusión", "tambores"], bass=["bajo"]),
    "it": dict(
        glue=["musica {m}", "musica {m} con {i}", "{i} {m}", "{i} {m} e {t}", "una canzone {m}", "{s} {m}", "{s} con {i}", "{m} e {t}", "{s} {t}", "musica {m} {a}", "{m}, {a}", "{i}", "{s}"],
        m={"triste": (0, 1), "allegra": (4, 3), "allegro": (4, 3), "felice": (4, 3), "gioiosa": (4, 3), "calma": (3, 0), "dolce": (3, 0), "rilassante": (3, 0), "tranquilla": (3, 0), "oscura": (0, 2), "malinconica": (0, 1), "energica": (3, 4), "epica": (2, 4), "romantica": (3, 1), "arrabbiata": (0, 4), "aggressiva": (0, 4), "divertente": (4, 3), "per dormire": (2, 0), "per ballare": (4, 3)},
        i={"pianoforte": "piano", "chitarra": "nylon_guitar", "violino": "violin", "violoncello": "cello", "flauto": "flute", "tromba": "trumpet", "sassofono": "saxophone", "arpa": "harp", "organo": "organ", "fisarmonica": "accordion", "archi": "strings", "coro": "choir", "clarinetto": "clarinet"},
        s={"valzer": "waltz", "marcia": "march", "ninna nanna": "lullaby", "musica classica": "classical", "orchestra": "orchestral", "colonna sonora": "cinematic", "jazz": "jazz", "rock": "rock"},
        t={"lento": (0.5, 0.6), "lenta": (0.5, 0.6), "molto lento": (0, 0.2), "veloce": (6, 3.6), "molto veloce": (7, 4), "rapida": (6, 3.6)},
        a=["senza {}", "niente {}", "no {}"], drums=["batteria", "percussioni", "tamburi"], bass=["basso"]),
    "pt": dict(
        glue=["música {m}", "música {m} com {i}", "{i} {m}", "uma canção {m}", "{s} {m}", "{s} com {i}", "{m} e {t}", "{s} {t}", "música {m}, {a}", "{i}", "{s}"],
        m={"triste": (0, 1), "alegre": (4, 3), "feliz": (4, 3), "calma": (3, 0), "suave": (3, 0), "relaxante": (3, 0), "sombria": (0, 2), "melancólica": (0, 1), "enérgica": (3, 4), "épica": (2, 4), "romântica": (3, 1), "agressiva": (0, 4), "para dormir": (2, 0), "para dançar": (4, 3)},
        i={"piano": "piano", "violão": "nylon_guitar", "guitarra": "overdrive_guitar", "violino": "violin", "violoncelo": "cello", "flauta": "flute", "trompete": "trumpet", "saxofone": "saxophone", "harpa": "harp", "órgão": "organ", "acordeão": "accordion", "cordas": "strings", "coro": "choir"},
        s={"valsa": "waltz", "marcha": "march", "canção de ninar": "lullaby", "música clássica": "classical", "orquestra": "orchestral", "samba": "bossa", "trilha sonora": "cinematic"},
        t={"lenta": (0.5, 0.6), "devagar": (0.5, 0.6), "rápida": (6, 3.6), "muito rápida": (7, 4)},
        a=["sem {}", "nada de {}"], drums=["bateria", "percussão"], bass=["baixo"]),
    "nl": dict(
        glue=["{m}e muziek", "{m} muziek met {i}", "{i} {m}", "een {m} {s}", "{s} met {i}", "{t} en {m}", "{m}, {a}", "{i}", "{s}"],
        m={"treurig": (0, 1), "verdrietig": (0, 1), "droevig": (0, 1), "vrolijk": (4, 3), "blij": (4, 3), "rustig": (3, 0), "kalm": (3, 0), "ontspannen": (3, 0), "donker": (0, 2), "boos": (0, 4), "episch": (2, 4), "energiek": (3, 4), "romantisch": (3, 1), "spannend": (1, 3), "zacht": (3, 0)},
        i={"piano": "piano", "gitaar": "steel_guitar", "viool": "violin", "cello": "cello", "fluit": "flute", "trompet": "trumpet", "saxofoon": "saxophone", "harp": "harp", "orgel": "organ", "strijkers": "strings", "koor": "choir"},
        s={"wals": "waltz", "mars": "march", "slaapliedje": "lullaby", "klassiek": "classical", "filmmuziek": "cinematic"},
        t={"langzaam": (0.5, 0.6), "traag": (0.5, 0.6), "snel": (6, 3.6), "heel snel": (7, 4)},
        a=["zonder {}", "geen {}"], drums=["drums", "slagwerk", "trommels"], bass=["bas"]),
    "pl": dict(
        glue=["{m} muzyka", "{m} muzyka na {i}", "{i} {m}", "{s} {m}", "{t} {m} muzyka", "{m} muzyka {a}", "{s}"],
        m={"smutna": (0, 1), "wesoła": (4, 3), "radosna": (4, 3), "spokojna": (3, 0), "cicha": (2, 0), "mroczna": (0, 2), "agresywna": (0, 4), "energiczna": (3, 4), "romantyczna": (3, 1), "epicka": (2, 4)},
        i={"fortepian": "piano", "pianino": "piano", "gitarę": "steel_guitar", "gitara": "steel_guitar", "skrzypce": "violin", "wiolonczelę": "cello", "flet": "flute", "trąbkę": "trumpet", "saksofon": "saxophone", "organy": "organ", "akordeon": "accordion"},
        s={"walc": "waltz", "marsz": "march", "kołysanka": "lullaby", "muzyka klasyczna": "classical", "muzyka filmowa": "cinematic"},
        t={"wolna": (0.5, 0.6), "powolna": (0.5, 0.6), "szybka": (6, 3.6)}, a=["bez {}"], drums=["perkusji", "bębnów"], bass=["basu"]),
    "ru": dict(
        glue=["{m} музыка", "{m} музыка на {i}", "{i}, {m} музыка", "{s}", "{m} {t} музыка", "{t} {m} музыка", "{m} музыка {a}", "{m} {s}"],
        m={"грустная": (0, 1), "печальная": (0, 1), "весёлая": (4, 3), "веселая": (4, 3), "радостная": (4, 3), "спокойная": (3, 0), "тихая": (2, 0), "нежная": (3, 0), "мрачная": (0, 2), "тёмная": (0, 2), "агрессивная": (0, 4), "энергичная": (3, 4), "романтичная": (3, 1), "эпическая": (2, 4), "счастливая": (4, 3)},
        i={"пианино": "piano", "фортепиано": "piano", "рояле": "piano", "гитаре": "steel_guitar", "гитара": "steel_guitar", "скрипке": "violin", "скрипка": "violin", "виолончели": "cello", "флейте": "flute", "трубе": "trumpet", "саксофоне": "saxophone", "аккордеоне": "accordion", "органе": "organ"},
        s={"вальс": "waltz", "марш": "march", "колыбельная": "lullaby", "классика": "classical", "рок": "rock", "джаз": "jazz", "техно": "techno"},
        t={"медленная": (0.5, 0.6), "быстрая": (6, 3.6)}, a=["без {}"], drums=["ударных", "барабанов"], bass=["баса"]),
    "ja": dict(
        glue=["{m}{i}", "{m}音楽", "{m}{s}", "{i}", "{i}の{m}曲", "{t}{m}音楽", "{m}曲", "{s}"],
        m={"悲しい": (0, 1), "楽しい": (4, 3), "嬉しい": (4, 3), "明るい": (4, 3), "静かな": (2, 0), "穏やかな": (3, 0), "優しい": (3, 0), "暗い": (0, 1), "激しい": (1, 4), "怖い": (0, 2), "壮大な": (2, 4)},
        i={"ピアノ": "piano", "ギター": "steel_guitar", "バイオリン": "violin", "チェロ": "cello", "フルート": "flute", "トランペット": "trumpet", "サックス": "saxophone", "ハープ": "harp"},
        s={"ワルツ": "waltz", "子守唄": "lullaby", "ジャズ": "jazz", "ロック": "rock", "クラシック": "classical", "行進曲": "march"},
        t={"遅い": (0.5, 0.6), "ゆっくりした": (0.5, 0.6), "速い": (6, 3.6)}, a=["{}なしで"], drums=["ドラム", "打楽器"], bass=["ベース"]),
    "zh": dict(
        glue=["{m}的{i}", "{m}的音乐", "{m}{s}", "{i}", "{i}{m}", "{t}{m}音乐", "{m}音乐", "{s}"],
        m={"悲伤": (0, 1), "伤感": (0, 1), "快乐": (4, 3), "欢快": (4, 3), "开心": (4, 3), "安静": (2, 0), "平静": (3, 0), "放松": (3, 0), "黑暗": (0, 2), "愤怒": (0, 4), "激烈": (1, 4), "浪漫": (3, 1), "史诗": (2, 4)},
        i={"钢琴": "piano", "吉他": "steel_guitar", "小提琴": "violin", "大提琴": "cello", "长笛": "flute", "小号": "trumpet", "萨克斯": "saxophone", "竖琴": "harp"},
        s={"华尔兹": "waltz", "圆舞曲": "waltz", "摇篮曲": "lullaby", "爵士": "jazz", "摇滚": "rock", "古典": "classical", "进行曲": "march"},
        t={"慢": (0.5, 0.6), "缓慢": (0.5, 0.6), "快": (6, 3.6), "快速": (6, 3.6)}, a=["没有{}", "不要{}"], drums=["鼓", "鼓声"], bass=["贝斯"]),
}  # fmt: skip

# Scenes put together from words that colour them: (valence, energy); None leaves an axis alone.
WHO = {
    "a child": (4, 2), "children": (4, 3), "an old man": (1, 0), "a soldier": (1, 3), "a dog": (4, 3), "a puppy": (4, 3), "a kitten": (4, 1), "a cat": (3, 1), "a ghost": (0, 1), "a wizard": (2, 2), "a knight": (2, 4), "a king": (3, 3), "a robot": (2, 3), "an astronaut": (2, 0), "a thief": (1, 2), "a spy": (1, 3), "a monster": (0, 3), "a dragon": (1, 4), "a warrior": (1, 4), "lovers": (4, 1), "my best friend": (4, 2), "a widow": (0, 0), "a dancer": (3, 3), "a detective": (1, 1), "a sailor": (3, 3), "a clown": (4, 3), "a witch": (0, 2), "an angel": (3, 0), "a bird": (4, 1), "a whale": (2, 0), "a train": (2, 3), "a car": (2, 3), "a boxer": (2, 4), "an army": (1, 4), "a bride": (4, 1), "my grandfather": (2, 0), "zombies": (0, 3), "a vampire": (0, 2), "a cowboy": (2, 2), "a girl": (3, 1), "a boy": (3, 2), "a stranger": (1, 1), "our team": (3, 4), "a mother": (3, 0), "a fairy": (4, 1),
}  # fmt: skip
DOES = {
    "running": (2, 4), "sleeping": (3, 0), "dying": (0, 0), "dancing": (4, 3), "crying": (0, 0), "laughing": (4, 3), "fighting": (0, 4), "sneaking": (1, 1), "walking": (2, 1), "escaping": (0, 4), "celebrating": (4, 4), "dreaming": (3, 0), "waiting": (1, 0), "falling in love": (4, 1), "losing everything": (0, 1), "winning": (4, 4), "hiding": (0, 1), "flying": (3, 3), "drowning": (0, 1), "playing": (4, 3), "racing": (2, 4), "riding": (3, 3), "cooking": (3, 1), "reading": (2, 0), "praying": (2, 0), "drifting": (2, 0), "exploring": (3, 2), "chasing": (1, 4), "hunting": (0, 3), "marching": (2, 3), "saying goodbye": (0, 1), "being alone": (0, 0), "coming home": (4, 1), "remembering": (1, 0), "jumping": (4, 4), "lifting weights": (2, 4), "training hard": (2, 4), "stretching": (3, 0), "hurrying": (2, 4), "shouting": (1, 4), "whispering": (1, 0), "burying a friend": (0, 0), "opening presents": (4, 3), "drinking": (2, 2), "kissing": (4, 1), "smiling": (4, 1),
}  # fmt: skip
WHERE = {
    "in the rain": (1, 0), "in the snow": (2, 0), "at night": (1, None), "at the beach": (4, 2), "in a graveyard": (0, 0), "in the forest": (2, 0), "on the highway": (2, 3), "at a party": (4, 4), "in space": (2, 0), "under water": (2, 0), "in a castle": (2, 2), "at home": (3, 0), "in a storm": (0, 4), "in the sun": (4, 2), "in a dark alley": (0, 1), "on a battlefield": (0, 4), "at dawn": (3, 0), "at midnight": (1, 1), "in the garden": (4, 1), "in the desert": (1, 1), "on a mountain": (3, 2), "in the city": (2, 2), "at the funeral": (0, 0), "in an empty house": (0, 0), "by the fire": (3, 0), "in the gym": (2, 4), "at a wedding": (4, 2), "in prison": (0, 1), "in a meadow": (4, 1), "at the circus": (4, 3), "on holiday": (4, 2), "on christmas eve": (4, 1), "in a hospital": (0, 1), "at the stadium": (3, 4), "on the ocean": (2, 1), "in a haunted mansion": (0, 1), "at the end of the world": (0, 3), "in paris": (3, 1), "in the morning": (3, 1), "under the stars": (3, 0), "in the old town": (2, 1), "in the kitchen": (3, 1),
}  # fmt: skip
