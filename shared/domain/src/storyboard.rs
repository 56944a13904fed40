//! The form of a video: its shots, and what is seen in each.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::request::{Errors, FieldError};

/// The most shots of a storyboard.
pub const MOST_SHOTS: usize = 8;
/// The most subjects of a shot.
pub const MOST_SUBJECTS: usize = 4;
/// The most of one subject.
pub const MOST_COUNT: u8 = 12;
/// The shortest shot, in seconds.
pub const SHORTEST_SHOT: f64 = 0.5;

/// The form of a video.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Storyboard {
    /// What the whole feels like.
    pub mood: Mood,
    /// What its colours have in common.
    pub palette: Palette,
    /// In the order in which they are seen.
    #[schema(min_items = 1, max_items = 8)]
    pub shots: Vec<Shot>,
}

/// What is seen between two cuts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Shot {
    /// Its length, at least half a second.
    #[schema(minimum = 0.5, maximum = 15)]
    pub seconds: f64,
    /// How it follows the shot before; the first has none.
    pub transition: Transition,
    /// Where it is.
    pub setting: Setting,
    /// When it is.
    pub time: TimeOfDay,
    /// What the sky does.
    pub weather: Weather,
    /// What is in the air.
    pub particles: Particles,
    /// How the view moves.
    pub camera: Camera,
    /// What is seen there.
    #[serde(default)]
    #[schema(max_items = 4)]
    pub subjects: Vec<Subject>,
}

/// Something that is seen, once or several times.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Subject {
    /// What it is.
    pub shape: Shape,
    /// Its main colour.
    pub colour: Colour,
    /// How many, 1 to 12.
    #[schema(minimum = 1, maximum = 12)]
    pub count: u8,
    /// Where it is in the middle of the shot.
    pub position: Position,
    /// How it moves.
    pub motion: Motion,
    /// How fast it moves.
    pub speed: Speed,
}

/// An enum of words, with all of them and the name of each.
macro_rules! words {
    ($(#[$meta:meta])* $name:ident { $($(#[$of:meta])* $variant:ident = $word:literal,)* }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
        pub enum $name {
            $(#[doc = $word] $(#[$of])* #[serde(rename = $word)] $variant,)*
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
        House = "house", Flower = "flower",
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

impl Storyboard {
    /// The length of all shots.
    #[must_use]
    pub fn seconds(&self) -> f64 {
        self.shots.iter().map(|shot| shot.seconds).sum()
    }

    /// What is wrong with it, each thing with its field's path below `storyboard`.
    #[must_use]
    pub fn check(&self) -> Vec<FieldError> {
        let mut errors = Errors::default();
        if self.shots.is_empty() || self.shots.len() > MOST_SHOTS {
            errors.push("storyboard.shots", format!("must be 1 to {MOST_SHOTS}"));
        }
        for (index, shot) in self.shots.iter().enumerate().take(MOST_SHOTS) {
            shot.check(&format!("storyboard.shots[{index}]"), &mut errors);
        }
        errors.0
    }
}

impl Shot {
    fn check(&self, path: &str, errors: &mut Errors) {
        if !(SHORTEST_SHOT..=15.0).contains(&self.seconds) {
            errors.push(&format!("{path}.seconds"), format!("must be {SHORTEST_SHOT} to 15"));
        }
        if self.subjects.len() > MOST_SUBJECTS {
            errors.push(&format!("{path}.subjects"), format!("at most {MOST_SUBJECTS}"));
        }
        for (index, subject) in self.subjects.iter().enumerate().take(MOST_SUBJECTS) {
            if !(1..=MOST_COUNT).contains(&subject.count) {
                let path = format!("{path}.subjects[{index}].count");
                errors.push(&path, format!("must be 1 to {MOST_COUNT}"));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn example() -> Value {
        json!({
            "mood": "calm", "palette": "natural",
            "shots": [{
                "seconds": 4.0, "transition": "cut", "setting": "meadow", "time": "night",
                "weather": "clear", "particles": "nothing", "camera": "pan_left",
                "subjects": [{
                    "shape": "ball", "colour": "red", "count": 2, "position": "left",
                    "motion": "right", "speed": "fast",
                }],
            }],
        })
    }

    fn paths(change: impl FnOnce(&mut Value)) -> Vec<String> {
        let mut value = example();
        change(&mut value);
        let storyboard: Storyboard = serde_json::from_value(value).expect("storyboard");
        storyboard.check().into_iter().map(|error| error.path).collect()
    }

    #[test]
    fn a_good_one_comes_back_as_it_was() {
        let storyboard: Storyboard = serde_json::from_value(example()).expect("storyboard");
        assert_eq!(storyboard.check(), []);
        assert_eq!(serde_json::to_value(&storyboard).expect("json"), example());
    }

    #[test]
    fn what_is_wrong_is_named() {
        assert_eq!(paths(|v| v["shots"] = json!([])), ["storyboard.shots"]);
        let long = paths(|v| v["shots"][0]["seconds"] = json!(99));
        assert_eq!(long, ["storyboard.shots[0].seconds"]);
        let none = paths(|v| v["shots"][0]["subjects"][0]["count"] = json!(0));
        assert_eq!(none, ["storyboard.shots[0].subjects[0].count"]);
    }

    #[test]
    fn unknown_words_and_fields_are_refused() {
        for (path, value) in [("setting", json!("attic")), ("smell", json!("roses"))] {
            let mut changed = example();
            changed["shots"][0][path] = value;
            assert!(serde_json::from_value::<Storyboard>(changed).is_err(), "{path}");
        }
    }
}
