//! The form of a video: its shots, and what is seen in each.

mod check;
#[cfg(test)]
mod tests;
mod words;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use check::is_drawable;
pub use words::{
    Camera, Colour, Mood, Motion, Palette, Particles, PictureUse, Position, Setting, Shape, Speed,
    StoryboardWords, TimeOfDay, Transition, Weather,
};

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
    /// The number of a picture among the request's `references`, from 1 on. It is shown instead of the
    /// setting and its time; weather, particles and subjects are before it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 16)]
    pub picture: Option<u8>,
    /// A text on the picture, in Latin, Greek or Cyrillic letters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 60, example = "To the Moon")]
    pub title: Option<String>,
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

impl Storyboard {
    /// The length of all shots.
    #[must_use]
    pub fn seconds(&self) -> f64 {
        self.shots.iter().map(|shot| shot.seconds).sum()
    }

    /// The length that is paid: every second that is begun.
    #[must_use]
    pub fn whole_seconds(&self) -> u32 {
        // Lengths are in hundredths, and their sum may be a little off.
        (self.seconds() - 0.001).ceil().max(0.0) as u32
    }

    /// When each shot but the first begins, in seconds.
    #[must_use]
    pub fn cuts(&self) -> Vec<f64> {
        let starts = self.shots.iter().scan(0.0, |end, shot| {
            *end += shot.seconds;
            Some(*end)
        });
        starts.take(self.shots.len().saturating_sub(1)).collect()
    }
}
