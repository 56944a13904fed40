//! The form of a work, as a person may read and change it before anything is paid. That of a video is
//! a [`Storyboard`].
//!
//! The sketch of a piece of music says everything that can be said about a piece without its notes: a piece that is made of
//! it has exactly these sections, bars, chords, tracks and this tempo.

mod check;
#[cfg(test)]
mod tests;

use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::{manifest::Kind, request::FieldError, storyboard::Storyboard};

pub use check::Chord;

/// Seconds before the first bar.
pub const LEAD_IN: f64 = 0.03;
/// The shortest and the longest ring of the last chord.
const RING: (f64, f64) = (1.4, 5.5);

/// How long the last chord may ring, in seconds, from the start of the last bar to the end. Where a
/// bar is long it may ring until there is time for one more, so that every length can be had.
#[must_use]
pub fn ring(bar_seconds: f64) -> RangeInclusive<f64> {
    RING.0..=RING.1.max(RING.0 + bar_seconds)
}

/// The form of a work, by its kind.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = Form)]
#[serde(untagged)]
pub enum Sketch {
    /// Of a piece of music.
    Music(MusicSketch),
    /// Of a video.
    Video(Storyboard),
}

impl Sketch {
    /// Reads the sketch of a work of this kind.
    ///
    /// # Errors
    /// The first field that is missing, unknown or of the wrong type.
    pub fn read(value: &Value, kind: Kind) -> Result<Self, FieldError> {
        let read = match kind {
            Kind::Music => serde_path_to_error::deserialize(value).map(Self::Music),
            Kind::Video => serde_path_to_error::deserialize(value).map(Self::Video),
        };
        read.map_err(|error| {
            let path = match error.path().to_string() {
                whole if whole == "." => "sketch".to_owned(),
                inner => format!("sketch.{inner}"),
            };
            FieldError { path, message: error.inner().to_string() }
        })
    }

    /// That of a piece of music.
    #[must_use]
    pub fn music(&self) -> Option<&MusicSketch> {
        match self {
            Self::Music(sketch) => Some(sketch),
            Self::Video(_) => None,
        }
    }

    /// That of a video.
    #[must_use]
    pub fn video(&self) -> Option<&Storyboard> {
        match self {
            Self::Music(_) => None,
            Self::Video(storyboard) => Some(storyboard),
        }
    }
}

/// The form of a piece of music. The model's `inputs.sketch` lists the words that it may use.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MusicSketch {
    /// One of the model's genres.
    pub genre: String,
    /// How happy it is: 0 is sad, 1 is happy.
    #[schema(minimum = 0, maximum = 1)]
    pub valence: f64,
    /// How many notes there are: 0 is the least, 1 the most. Without it, each section's intensity says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 1)]
    pub density: Option<f64>,
    /// Whether the beats can be counted where no drums play: the chords, else the bass or the arpeggio, then play on every beat.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub steady: bool,
    /// Beats per minute, 30 to 300, to a hundredth. The beat of 6/8 is three eighths.
    #[schema(minimum = 30, maximum = 300)]
    pub tempo_bpm: f64,
    /// Such as `4/4`.
    pub metre: String,
    /// A tonic and a mode.
    #[schema(example = "D minor")]
    pub key: String,
    /// Who plays, one for each role.
    #[schema(min_items = 1, max_items = 16)]
    pub tracks: Vec<SketchTrack>,
    /// In the order in which they are played.
    #[schema(min_items = 1, max_items = 32)]
    pub sections: Vec<SketchSection>,
}

/// Who plays a role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SketchTrack {
    /// Such as `bass`.
    pub role: String,
    /// Such as `finger_bass`.
    pub instrument: String,
}

/// A part of the form.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SketchSection {
    /// Such as `verse`.
    pub name: String,
    /// How many, 1 to 64.
    #[schema(minimum = 1, maximum = 64)]
    pub bars: u32,
    /// One text for each bar: a chord such as `Dm7`, or two with a space between them, of which the
    /// second begins in the middle of the bar. The last bar of the piece has one.
    #[schema(min_items = 1, max_items = 64, example = json!(["Am", "F", "C G", "Em"]))]
    pub chords: Vec<String>,
    /// The roles that play; no other is heard.
    #[schema(min_items = 1, max_items = 16, example = json!(["drums", "bass"]))]
    pub tracks: Vec<String>,
    /// How much happens and how loud it is: 0 is the least, 1 the most.
    #[schema(minimum = 0, maximum = 1)]
    pub intensity: f64,
}

impl MusicSketch {
    /// The bars of all sections.
    #[must_use]
    pub fn bars(&self) -> u32 {
        self.sections.iter().fold(0, |sum, section| sum.saturating_add(section.bars))
    }

    /// The length of a bar in seconds.
    #[must_use]
    pub fn bar_seconds(&self) -> f64 {
        beats_per_bar(&self.metre) * 60.0 / self.tempo_bpm
    }

    /// The shortest and the longest piece that this can be, in whole seconds: the last chord may ring
    /// for more or less time.
    #[must_use]
    pub fn seconds(&self) -> (u32, u32) {
        let last = self.last_bar();
        let ring = ring(self.bar_seconds());
        // Positive, and bounded by the bars and the tempo.
        ((last + ring.start()).ceil() as u32, (last + ring.end()).floor() as u32)
    }

    /// The length that it has when nothing else is asked for: the last chord rings for about a bar.
    #[must_use]
    pub fn usual_seconds(&self) -> u32 {
        let (shortest, longest) = self.seconds();
        let usual = (self.last_bar() + self.bar_seconds().clamp(2.0, 3.6)).round();
        (usual as u32).clamp(shortest, longest)
    }

    /// When the last bar begins, in seconds.
    #[must_use]
    pub fn last_bar(&self) -> f64 {
        LEAD_IN + f64::from(self.bars().saturating_sub(1)) * self.bar_seconds()
    }
}

/// The beats of a bar, of which a tempo counts so many per minute. In compound time, as in 6/8, three
/// eighths are one beat.
#[must_use]
pub fn beats_per_bar(metre: &str) -> f64 {
    let (beats, unit) = metre.split_once('/').unwrap_or((metre, "4"));
    let beats: u32 = beats.parse().unwrap_or(4);
    match unit {
        "8" if beats.is_multiple_of(3) => f64::from(beats / 3),
        _ => f64::from(beats),
    }
}
