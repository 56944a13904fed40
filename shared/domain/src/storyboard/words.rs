//! The words of a storyboard.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// One of the words of a list.
pub(super) trait Word: Copy + PartialEq + 'static {
    /// As it is in JSON.
    fn word(self) -> &'static str;
}

/// An enum of words, with all of them and the name of each.
macro_rules! words {
    ($(#[$meta:meta])* $name:ident { $($(#[$of:meta])* $variant:ident = $word:literal,)* }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
        #[serde(rename_all = "snake_case")]
        pub enum $name {
            $(#[doc = $word] $(#[$of])* $variant,)*
        }

        impl Word for $name {
            fn word(self) -> &'static str {
                self.name()
            }
        }

        impl $name {
            /// Each of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The word in JSON.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }

            /// The one of this name.
            #[must_use]
            pub fn named(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|word| word.name() == name)
            }
        }
    };
}

words! {
    /// What the whole feels like.
    Mood { Calm = "calm", Happy = "happy", Sad = "sad", Tense = "tense", Dreamy = "dreamy", Epic = "epic", }
}
words! {
    /// What the colours have in common.
    Palette { Natural = "natural", Warm = "warm", Cold = "cold", Pastel = "pastel", Neon = "neon", Monochrome = "monochrome", }
}
words! {
    /// How a shot follows the one before.
    Transition { Cut = "cut", Fade = "fade", Wipe = "wipe", }
}
words! {
    /// Where a shot is.
    Setting {
        Meadow = "meadow", Sky = "sky", Water = "water", Underwater = "underwater", City = "city",
        Forest = "forest", Mountains = "mountains", Desert = "desert", Space = "space",
        Room = "room", Abstract = "abstract",
    }
}
words! {
    /// When a shot is.
    TimeOfDay { Dawn = "dawn", Day = "day", Sunset = "sunset", Night = "night", }
}
words! {
    /// What the sky does.
    Weather { Clear = "clear", Cloudy = "cloudy", Rain = "rain", Snow = "snow", Fog = "fog", Storm = "storm", }
}
words! {
    /// What is in the air.
    Particles {
        Nothing = "nothing", Stars = "stars", Sparks = "sparks", Leaves = "leaves",
        Bubbles = "bubbles", Petals = "petals", Fireflies = "fireflies", Confetti = "confetti",
    }
}
words! {
    /// How the view moves.
    Camera {
        Static = "static", PanLeft = "pan_left", PanRight = "pan_right", ZoomIn = "zoom_in",
        ZoomOut = "zoom_out", Dolly = "dolly", Orbit = "orbit",
    }
}
words! {
    /// What a subject is.
    Shape {
        Cat = "cat", Dog = "dog", Bird = "bird", Fish = "fish", Butterfly = "butterfly",
        Whale = "whale", Person = "person", Robot = "robot", Car = "car", Boat = "boat",
        Rocket = "rocket", Plane = "plane", Balloon = "balloon", Ball = "ball", Tree = "tree",
        House = "house", Flower = "flower", Horse = "horse", Elephant = "elephant", Bear = "bear",
        Rabbit = "rabbit", Frog = "frog", Turtle = "turtle", Dragon = "dragon",
        Jellyfish = "jellyfish", Bicycle = "bicycle", Train = "train", Lantern = "lantern",
        Cup = "cup", Umbrella = "umbrella", Kite = "kite", Planet = "planet",
    }
}
words! {
    /// The main colour of a subject.
    Colour {
        Red = "red", Orange = "orange", Yellow = "yellow", Green = "green", Blue = "blue",
        Purple = "purple", Pink = "pink", Brown = "brown", Black = "black", White = "white",
        Grey = "grey", Gold = "gold",
    }
}
words! {
    /// Where a subject is.
    Position { Left = "left", Centre = "centre", Right = "right", }
}
words! {
    /// How a subject moves.
    Motion {
        Still = "still", Left = "left", Right = "right", Up = "up", Down = "down",
        Circle = "circle", Bounce = "bounce",
    }
}
words! {
    /// How fast a subject moves.
    Speed { Slow = "slow", Medium = "medium", Fast = "fast", }
}

words! {
    /// How a video shows the pictures among its references.
    PictureUse {
        Sequence = "sequence", FirstAndLast = "first_and_last",
    }
}

/// The words that a model's storyboards may use.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StoryboardWords {
    /// What the whole may feel like.
    pub moods: Vec<Mood>,
    /// What the colours may have in common.
    pub palettes: Vec<Palette>,
    /// How a shot may follow the one before.
    pub transitions: Vec<Transition>,
    /// Where a shot may be.
    pub settings: Vec<Setting>,
    /// When a shot may be.
    pub times: Vec<TimeOfDay>,
    /// What the sky may do.
    pub weathers: Vec<Weather>,
    /// What may be in the air.
    pub particles: Vec<Particles>,
    /// How the view may move.
    pub cameras: Vec<Camera>,
    /// What a subject may be.
    pub shapes: Vec<Shape>,
    /// The main colours that it may have.
    pub colours: Vec<Colour>,
    /// Where it may be.
    pub positions: Vec<Position>,
    /// How it may move.
    pub motions: Vec<Motion>,
    /// How fast it may move.
    pub speeds: Vec<Speed>,
    /// The longest title of a shot, in characters; 0 takes none.
    #[serde(default)]
    pub title_chars: u32,
}
