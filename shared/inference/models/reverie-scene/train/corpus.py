"""Prompts with their storyboards, put together from phrases that we wrote."""

from vocabulary import SUBJECT, WHOLE

SHAPES = {
    "cat": "cat,kitten,tabby,kitty", "dog": "dog,puppy,hound,terrier,retriever,husky", "bird": "bird,seagull,crow,sparrow,parrot,eagle,owl,swallow",
    "fish": "fish,goldfish,trout,clownfish,salmon,shark", "butterfly": "butterfly,moth,monarch butterfly", "whale": "whale,humpback whale,orca",
    "person": "person,man,woman,girl,boy,child,kid,astronaut,traveller,dancer,figure,hiker,old man,runner",
    "robot": "robot,android,droid,machine man", "car": "car,taxi,truck,van,sports car,automobile,bus,jeep",
    "boat": "boat,ship,sailboat,yacht,sailing boat,canoe,ferry,vessel", "rocket": "rocket,spaceship,spacecraft,space shuttle,missile,starship",
    "plane": "plane,airplane,aeroplane,jet,aircraft,airliner", "balloon": "balloon,hot air balloon,air balloon,party balloon",
    "ball": "ball,beach ball,sphere,football,bubble gum ball,orb", "tree": "tree,oak,pine,maple,willow,palm tree,birch",
    "house": "house,cottage,cabin,hut,home,farmhouse,barn", "flower": "flower,rose,tulip,daisy,sunflower,poppy,lily",
    "horse": "horse,pony,deer,stag,unicorn,donkey,zebra,camel,cow,goat,sheep,giraffe,foal,moose", "elephant": "elephant,mammoth,rhino,hippo,baby elephant",
    "bear": "bear,panda,polar bear,teddy bear,grizzly,gorilla,bear cub", "rabbit": "rabbit,bunny,hare,mouse,squirrel,hedgehog,hamster",
    "frog": "frog,toad,tree frog,bullfrog", "turtle": "turtle,tortoise,sea turtle,crab,snail", "dragon": "dragon,dinosaur,wyvern,crocodile,lizard,t-rex",
    "jellyfish": "jellyfish,octopus,squid,medusa", "bicycle": "bicycle,bike,motorbike,motorcycle,moped,scooter,tricycle",
    "train": "train,tram,locomotive,steam train,subway train,express train", "lantern": "lantern,paper lantern,lamp,street lamp,candle,torch,lampion",
    "cup": "cup,mug,teapot,coffee cup,bowl,glass", "umbrella": "umbrella,parasol,brolly", "kite": "kite,box kite", "planet": "planet,ringed planet,big moon,alien world,earth globe",
}  # fmt: skip
PLURAL = {"fish": "fish", "butterfly": "butterflies", "man": "men", "woman": "women", "child": "children", "person": "people", "puppy": "puppies",
          "monarch butterfly": "monarch butterflies", "old man": "old men", "machine man": "machine men", "kitty": "kitties", "poppy": "poppies",
          "lily": "lilies", "daisy": "daisies", "ferry": "ferries", "goldfish": "goldfish", "clownfish": "clownfish", "trout": "trout",
          "salmon": "salmon", "aircraft": "aircraft", "spacecraft": "spacecraft", "party balloon": "party balloons", "bus": "buses",
          "tabby": "tabbies", "birch": "birches", "deer": "deer", "sheep": "sheep", "mouse": "mice", "bunny": "bunnies", "pony": "ponies",
          "jellyfish": "jellyfish", "squid": "squid", "octopus": "octopuses", "torch": "torches", "glass": "glasses", "moose": "moose", "grizzly": "grizzlies"}  # fmt: skip
COLOURS = {
    "red": "red,crimson,scarlet,ruby,cherry red,bright red,dark red", "orange": "orange,amber,tangerine,ginger,copper",
    "yellow": "yellow,lemon yellow,bright yellow,sunny yellow", "green": "green,emerald,lime,olive,dark green,mint,jade",
    "blue": "blue,navy,azure,sky blue,cobalt,turquoise,light blue,deep blue", "purple": "purple,violet,lilac,lavender,mauve",
    "pink": "pink,rosy,magenta,hot pink,rose pink", "brown": "brown,chestnut,chocolate brown,hazel,tan", "black": "black,jet black,ebony,pitch black",
    "white": "white,snow white,ivory,pearl white,bright white", "grey": "grey,gray,silver,ash grey,slate", "gold": "gold,golden,gilded",
}  # fmt: skip
COUNTS = {
    "1": "a single,one,1,a lone,just one,one lonely", "2": "two,2,a pair of,a couple of,both", "3": "three,3,a trio of", "4": "four,4",
    "5": "five,5", "6": "six,6,half a dozen", "many": "many,lots of,a crowd of,dozens of,countless,a group of many,hundreds of,a swarm of,a fleet of many",
}  # fmt: skip
MOTIONS = {
    "still": "standing still,not moving,resting,at rest,sleeping,waiting,parked,sitting quietly,motionless,sits,rests,stands there,hovering in place,asleep",
    "left": "{V} left,{V} to the left,{V} leftwards,{V} from right to left,{V} leftward,{V} towards the left,{V} off to the left,{V} left across the frame,that goes left,crossing from the right to the left,coming in from the right,enters from the right,leaving the frame on the left,exits to the left,crosses the picture leftwards",
    "right": "{V} right,{V} to the right,{V} rightwards,{V} from left to right,{V} rightward,{V} towards the right,{V} off to the right,{V} right across the screen,that should go right,crossing from the left to the right,coming in from the left,enters from the left,leaving the frame on the right,exits to the right,crosses the picture rightwards",
    "up": "rising,going up,climbing,ascending,{V} up,{V} upwards,lifting off,taking off,soaring upward,launching,shooting up,floats up,rises,climbs higher,flying up",
    "down": "falling,sinking,descending,going down,{V} down,{V} downwards,dropping,diving,landing,falls from above,comes down,sinks,drops",
    "circle": "circling,{V} in circles,going round and round,spinning around,{V} in a circle,orbiting,turning loops,circles",
    "bounce": "bouncing,jumping,hopping,jumping up and down,leaping,bounces,hops,bobbing up and down,jumps for joy",
}  # fmt: skip
VERBS = "moving,going,travelling,heading,drifting,gliding,flying,running,walking,sailing,driving,swimming,rolling,passing,racing,moves,goes,heads,runs,walks,flies,swims,sails,drives,crossing,floats,wandering,rushing,marching".split(",")
SPEEDS = {"slow": "slowly,very slowly,at a slow pace,gently,leisurely,lazily,unhurried,in no hurry", "fast": "fast,quickly,at high speed,rapidly,swiftly,very fast,in a hurry,at full speed"}
ADJECTIVE_SPEEDS = {"slow": "slow,sluggish,unhurried", "fast": "fast,speedy,quick,racing"}
POSITIONS = {"left": "on the left,on the left side,at the left edge,in the left half,to the left of the frame", "centre": "in the middle,in the centre,at the center,in the center of the frame,centred", "right": "on the right,on the right side,at the right edge,in the right half,to the right of the frame"}
SETTINGS = {
    "meadow": "in a meadow,on a green field,in the grass,over a grassy hill,across a meadow,in the park,in a garden,on the prairie,green hills,countryside,a field of grass,farmland,on a lawn",
    "sky": "in the sky,among the clouds,above the clouds,high in the air,in a wide sky,an open sky,up in the air,a sky full of clouds",
    "water": "on the sea,on a lake,by the ocean,on the water,over the waves,at the beach,on the river,along the shore,by the sea,open ocean,a pond,at the coast,in the harbour,rolling waves",
    "underwater": "under water,underwater,in a coral reef,at the bottom of the sea,deep in the ocean,in an aquarium,beneath the waves,on the sea floor,under the sea,among seaweed",
    "city": "in the city,in a town,on a street,between skyscrapers,downtown,over the rooftops,city skyline,an avenue,urban scene,in tokyo,in new york,on the road,in a village,among tall buildings",
    "forest": "in the forest,in the woods,between the trees,among pines,a deep forest,in the jungle,through the woods,woodland,under the trees",
    "mountains": "in the mountains,over the peaks,in the alps,a mountain range,high peaks,above the valley,rocky mountains,on a mountain,hilltops and summits",
    "desert": "in the desert,over the dunes,on the sand,sand dunes,sahara,in the wasteland,a dry desert,sandy plains",
    "space": "in space,in outer space,among the stars and planets,in the galaxy,on the moon,past planets,a nebula,on mars,the milky way,in the cosmos,in orbit",
    "room": "in a room,in the living room,at home,indoors,in the kitchen,by the window,in the bedroom,on the sofa,on the carpet,inside,by the lamp,in an attic,on the couch",
    "abstract": "abstract shapes,an abstract pattern,geometric shapes,swirling colours,abstract art,flowing forms,abstract background,a kaleidoscope,fluid shapes",
}  # fmt: skip
TIMES = {
    "dawn": "at dawn,at sunrise,in the early morning,at daybreak,as the sun rises,first light,morning light,morning",
    "day": "in broad daylight,at noon,during the day,by day,midday,on a sunny day,in bright sunlight,in the afternoon,under the sun,summer day",
    "sunset": "at sunset,at dusk,in the evening,golden hour,at twilight,evening light,as the sun goes down,sundown,sunset sky,evening sky",
    "night": "at night,by night,by moonlight,under the moon,after dark,at midnight,in the dark,nocturnal,a starlit night,late at night,moonlit,night sky",
}  # fmt: skip
WEATHERS = {
    "clear": "clear sky,clear weather,cloudless,not a cloud,crisp and clear",
    "cloudy": "cloudy,overcast,under grey clouds,with many clouds,cloudy sky",
    "rain": "in the rain,rainy,rain falling,heavy rain,it is raining,drizzle,a downpour,wet and rainy,rain shower",
    "snow": "in the snow,snowy,snow falling,snowfall,a blizzard,snowflakes,winter snow,covered in snow",
    "fog": "in the fog,foggy,misty,in the mist,haze,hazy,thick fog,morning mist",
    "storm": "in a storm,stormy,thunderstorm,lightning,thunder and lightning,storm clouds,a tempest",
}
PARTICLES = {
    "stars": "with stars,twinkling stars,a sky full of stars,shooting stars,starry", "sparks": "with sparks,sparks flying,glowing embers,embers in the air,sparkling sparks",
    "leaves": "falling leaves,with autumn leaves,leaves in the wind,leaves blowing,foliage drifting down", "bubbles": "with bubbles,bubbles rising,soap bubbles,floating bubbles,full of bubbles",
    "petals": "cherry blossom petals,petals falling,with petals,blossoms drifting,flower petals in the air", "fireflies": "with fireflies,glowing fireflies,fireflies dancing,glow worms,lightning bugs,little glowing lights",
    "confetti": "with confetti,confetti falling,colourful confetti,streamers and confetti,party confetti",
}  # fmt: skip
CAMERAS = {
    "static": "static shot,static camera,fixed camera,camera does not move,locked camera", "pan_left": "pan left,camera pans left,panning to the left,the camera moves left,pan to the left",
    "pan_right": "pan right,camera pans right,panning to the right,the camera moves right,pan to the right", "zoom_in": "zoom in,camera zooms in,slow zoom in,zooming into,close in on it,push in on the scene",
    "zoom_out": "zoom out,camera zooms out,slow zoom out,pull back,zooming out,pulling out", "dolly": "dolly shot,dolly forward,tracking shot,camera moves forward,camera travels through", "orbit": "orbit shot,camera orbits,orbiting camera,camera circles around,arc shot",
}  # fmt: skip
PALETTES = {
    "warm": "warm colours,warm light,in warm tones,warm palette,cozy warm glow", "cold": "cold colours,cool tones,icy blue tones,cold palette,cool colours",
    "pastel": "pastel colours,soft pastels,in pastel,pastel tones", "neon": "neon,neon colours,neon lights,glowing neon,cyberpunk,synthwave look",
    "monochrome": "black and white,monochrome,greyscale,black-and-white film,noir in black and white",
}  # fmt: skip
MOODS = {
    "calm": "calm,peaceful,quiet,serene,relaxing,tranquil,soothing,gentle mood", "happy": "happy,joyful,cheerful,playful,fun,joyous,merry",
    "sad": "sad,melancholic,lonely mood,gloomy,sorrowful,blue mood,wistful", "tense": "tense,scary,dark and tense,thrilling,suspenseful,creepy,ominous",
    "dreamy": "dreamy,dreamlike,surreal,magical,ethereal,fairy tale mood", "epic": "epic,majestic,dramatic,grand,heroic,cinematic and epic,monumental",
}
# What joins shots, and how one follows the other by it.
JOINTS = {", then ": None, ". then ": None, ", and then ": None, " then ": None, ", after that ": None, ", next ": None, " -> ": None, " > ": None, " / ": None, ". Next, ": None,
          ", cut to ": "cut", ". Cut to ": "cut", ", hard cut, ": "cut", ", fades to ": "fade", ", fading into ": "fade", ". Dissolve to ": "fade", ", fade to ": "fade", ", wipe to ": "wipe"}  # fmt: skip
LEFT_OUT = {"rain": "rain", "snow": "snow", "fog": "fog,mist", "storm": "storm,lightning,thunder", "cloudy": "clouds", "stars": "stars", "person": "people,humans,persons,man", "cat": "cats", "dog": "dogs", "bird": "birds",
            "tree": "trees", "house": "houses,buildings", "car": "cars,traffic", "flower": "flowers", "confetti": "confetti", "bubbles": "bubbles", "leaves": "leaves", "red": "red", "blue": "blue", "green": "green", "neon": "neon"}  # fmt: skip
FILLER = "cinematic,4k,beautiful,short clip,high quality,for my channel,please,nice,looped,wallpaper,in the style of a picture book,animated,smooth,video,a video,make a clip,show me,i want,intro,vertical video,for kids,detailed,stylised".split(",")
NOISE = "old,little,tiny,big,large,cute,beautiful,wooden,strange,shiny,wild,young,small,huge,fluffy,lovely,funny,friendly,old-fashioned".split(",")
TABLES = {"setting": SETTINGS, "time": TIMES, "weather": WEATHERS, "particles": PARTICLES, "camera": CAMERAS, "palette": PALETTES, "mood": MOODS}
# How often a prompt says it.
SAID = {"setting": 0.55, "time": 0.35, "weather": 0.22, "particles": 0.15, "camera": 0.15, "palette": 0.12, "mood": 0.15}


def pick(rng, text):
    return rng.choice(text.split(","))


def plural(noun):
    if noun in PLURAL:
        return PLURAL[noun]
    head, _, last = noun.rpartition(" ")
    last = PLURAL.get(last, last + "s")
    return f"{head} {last}".strip()


def subject(rng):
    """Words and labels of something that is seen."""
    labels = dict.fromkeys(SUBJECT, "any")
    labels["shape"] = rng.choice(SUBJECT["shape"][1:])
    noun = pick(rng, SHAPES[labels["shape"]])
    adjectives = []
    if rng.random() < 0.6:
        labels["colour"] = rng.choice(SUBJECT["colour"][1:])
        adjectives.append(pick(rng, COLOURS[labels["colour"]]))
    if rng.random() < 0.2:
        adjectives.insert(rng.randint(0, len(adjectives)), rng.choice(NOISE))
    if rng.random() < 0.08:
        labels["speed"] = rng.choice(["slow", "fast"])
        adjectives.insert(0, pick(rng, ADJECTIVE_SPEEDS[labels["speed"]]))
    number = rng.choice(["a", "the", "a", "", "my"])
    if rng.random() < 0.35:
        labels["count"] = rng.choice(SUBJECT["count"][1:])
        number = pick(rng, COUNTS[labels["count"]])
        if labels["count"] != "1":
            noun = plural(noun)
    elif rng.random() < 0.1:
        labels["count"] = "many"
        noun, number = plural(noun), rng.choice(["", "some", "several"])
    words = " ".join([number, *adjectives, noun]).strip()
    if labels["colour"] != "any" and rng.random() < 0.06:
        rest = " ".join([number, noun]).strip()
        words = rng.choice([f"{rest} in {adjectives[-1]}", f"{rest} which is {adjectives[-1]}"]) if len(adjectives) == 1 else words
    if rng.random() < 0.12:
        words += " " + rng.choice(["with a hat", "that looks happy", "in the distance", "near us", "made of paper", "alone", "all alone"]).strip()
        if words.endswith("happy"):
            words = words[: -len(" that looks happy")]
    tail = []
    if rng.random() < 0.5:
        labels["motion"] = rng.choice(SUBJECT["motion"][1:])
        phrase = pick(rng, MOTIONS[labels["motion"]]).replace("{V}", rng.choice(VERBS))
        if rng.random() < 0.25:
            phrase = rng.choice(["is ", "that is ", "which is ", "should be "]) + phrase
        tail.append(phrase)
        if labels["speed"] == "any" and labels["motion"] != "still" and rng.random() < 0.3:
            labels["speed"] = rng.choice(["slow", "fast"])
            tail.insert(rng.randint(0, 1), pick(rng, SPEEDS[labels["speed"]]))
    if rng.random() < 0.12:
        labels["position"] = rng.choice(["left", "centre", "right"])
        tail.insert(0, pick(rng, POSITIONS[labels["position"]]))
    return " ".join([words, *tail]), labels


def scene(rng, whole):
    """Phrases and labels of where it is; with what is true of the whole film or not."""
    phrases, labels = [], {}
    for name, table in TABLES.items():
        if (whole or name not in WHOLE) and rng.random() < SAID[name]:
            labels[name] = rng.choice(list(table))
            phrases.append(pick(rng, table[labels[name]]))
    # Some phrases say two things.
    text = " ".join(phrases)
    if "sky" in text.split():
        labels.setdefault("setting", "sky")
    if ("stars" in text or "starry" in text) and labels.get("setting") != "space":
        labels.setdefault("particles", "stars")
    rng.shuffle(phrases)
    return phrases, labels


def shot(rng, whole=True):
    """(text, labels of a shot, with those of the whole film if they may be said)."""
    phrases, labels = scene(rng, whole)
    count = rng.choices([0, 1, 2, 3], [0.18, 0.52, 0.22, 0.08])[0]
    subjects = [subject(rng) for _ in range(count)]
    said = rng.choice([" and ", ", ", " with ", ", and ", " next to ", " beside "]).join(words for words, _ in subjects)
    before, after = [], []
    for phrase in phrases:
        (before if rng.random() < 0.3 else after).append(phrase)
    if whole and rng.random() < 0.25:
        rng.choice([before, after]).append(rng.choice(FILLER))
    joint = rng.choice([" ", ", ", ", ", ": ", "; "])
    parts = [joint.join(before), said, rng.choice([" ", ", ", ", "]).join(after)]
    text = rng.choice([" ", ", ", ". ", ", "]).join(p for p in parts if p)
    labels["subjects"] = [{name: word for name, word in found.items() if word != "any"} for _, found in subjects]
    return text or "a video", labels


def split(labels):
    """The labels of a shot without those of the whole film, and these."""
    return {k: v for k, v in labels.items() if k not in WHOLE}, {k: labels[k] for k in WHOLE if k in labels}


def unwanted(rng, story):
    """Words for something that must not be seen, which the story does not have."""
    there = {word for one in story["shots"] for word in one.values() if isinstance(word, str)}
    there |= {word for one in story["shots"] for found in one["subjects"] for word in found.values()}
    word, names = rng.choice(list(LEFT_OUT.items()))
    if word in there:
        return None
    story["not"] = [word]
    return rng.choice(["no {}", "without {}", "but no {}", "without any {}", "please no {}", "I do not want {}", "leave out the {}"]).format(pick(rng, names))


def make(rng):
    """(text, storyboard as `story.py` describes it)."""
    if rng.random() < 0.7:
        text, labels = shot(rng)
        labels, whole = split(labels)
        story = {**whole, "shots": [labels]}
    else:
        text, story = film(rng)
    if rng.random() < 0.08:
        said = unwanted(rng, story)
        text += rng.choice([", ", ". ", " - "]) + said if said else ""
    return text, story


def film(rng):
    """Several shots, one after the other."""
    count = rng.choices([2, 3, 4], [0.6, 0.3, 0.1])[0]
    made = [shot(rng, whole=False) for _ in range(count)]
    texts, shots = [text for text, _ in made], [labels for _, labels in made]
    roll = rng.random()
    if roll < 0.12:
        # One subject, somewhere else or at another time.
        first = shots[0]
        shots = [{**labels, "subjects": [dict(found) for found in first["subjects"]]} for labels in shots]
        texts = [texts[0]]
        for labels in shots[1:]:
            time = rng.choice(list(TIMES))
            labels.clear()
            labels.update({**first, "time": time, "subjects": [dict(found) for found in first["subjects"]]})
            labels.pop("camera", None)
            texts.append("the same " + pick(rng, TIMES[time]))
    for labels in shots[1:]:
        if rng.random() < 0.1:
            labels["length"] = rng.choice(["short", "long"])
    told = [lengthened(rng, text, labels) for text, labels in zip(texts, shots)]
    joint = rng.choice(list(JOINTS))
    for labels in shots[1:]:
        if JOINTS[joint]:
            labels["transition"] = JOINTS[joint]
    style = rng.random()
    if style < 0.35:
        opening = rng.choice(["first ", "it starts with ", "begins with ", "opening shot: ", "we see ", "start: ", ""])
        text = opening + joint.join(told)
    elif style < 0.55:
        word = rng.choice(["shot", "scene", "Shot", "part", ""])
        text = rng.choice(["; ", ". ", ", ", " "]).join(f"{word} {k + 1}: {one}".strip() for k, one in enumerate(told))
        for labels in shots:
            labels.pop("transition", None)
    else:
        text = joint.join(told[:-1]) + rng.choice([", and finally ", ", at the end ", ", it ends with ", " and last ", ", closing on "]) + told[-1]
        shots[-1].pop("transition", None)
    story = {"shots": shots}
    for name in WHOLE:
        if rng.random() < SAID[name]:
            story[name] = rng.choice(list(TABLES[name]))
            said = pick(rng, TABLES[name][story[name]])
            text = f"{text}, {said}" if rng.random() < 0.5 else f"{said}: {text}"
    return text, story


def lengthened(rng, text, labels):
    if "length" not in labels:
        return text
    return rng.choice({"short": ["a quick flash of ", "briefly ", "just for a moment "], "long": ["for a long while ", "lingering on ", "a long look at "]}[labels["length"]]) + text
