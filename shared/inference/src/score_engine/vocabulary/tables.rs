//! The tables of `vocab.json`.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};

/// The book of progressions that has every mode.
pub(crate) const GENERAL: &str = "general";

/// `vocab.json` as it is written.
#[derive(Debug, Deserialize)]
pub(crate) struct Document {
    pub(crate) format: u32,
    pub(crate) tokens: Vec<String>,
    pub(crate) model: Model,
    pub(crate) sampling: Sampling,
    pub(crate) roles: Vec<String>,
    pub(crate) sections: Vec<String>,
    #[serde(deserialize_with = "in_order")]
    pub(crate) metres: Vec<(String, Metre)>,
    /// Pitch classes of the scale above the tonic.
    #[serde(deserialize_with = "in_order")]
    pub(crate) modes: Vec<(String, Vec<u8>)>,
    /// Pitch classes of the chord above its root.
    #[serde(deserialize_with = "in_order")]
    pub(crate) qualities: Vec<(String, Vec<u8>)>,
    /// Bounds between the tempo tokens, in beats per minute.
    pub(crate) tempo_bounds: Vec<f64>,
    pub(crate) velocities: Vec<u8>,
    #[serde(deserialize_with = "in_order")]
    pub(crate) instruments: Vec<(String, Instrument)>,
    /// Books of progressions by name, each by mode. Every mode is in the book [`GENERAL`].
    pub(crate) progressions: BTreeMap<String, BTreeMap<String, Vec<Vec<Step>>>>,
    #[serde(deserialize_with = "in_order")]
    pub(crate) styles: Vec<(String, Style)>,
    #[serde(deserialize_with = "in_order")]
    pub(crate) moods: Vec<(String, Mood)>,
    pub(crate) prompt: PromptModel,
}

/// Shape of `score.onnx`.
#[derive(Debug, Clone, Copy, Deserialize)]
pub(crate) struct Model {
    pub(crate) layers: usize,
    pub(crate) kv_heads: usize,
    pub(crate) head_dim: usize,
    pub(crate) context: usize,
}

#[derive(Debug, Clone, Copy, Deserialize)]
pub(crate) struct Sampling {
    pub(crate) temperature: f32,
    pub(crate) top_p: f32,
}

#[derive(Debug, Clone, Copy, Deserialize)]
pub(crate) struct Metre {
    /// Sixteenth notes per bar.
    pub(crate) steps: u8,
    pub(crate) steps_per_beat: u8,
}

impl Metre {
    /// Step at which a second chord starts.
    pub(crate) fn split(self) -> u8 {
        if self.steps_per_beat == 6 { 6 } else { 8 }
    }
}

#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Instrument {
    /// 128 for drum kits.
    pub(crate) bank: u8,
    pub(crate) program: u8,
    pub(crate) roles: Vec<String>,
    /// Lowest and highest MIDI key that sounds well.
    pub(crate) low: u8,
    pub(crate) high: u8,
    /// Milliseconds between the notes of a chord.
    #[serde(default)]
    pub(crate) strum_ms: f64,
}

/// A chord of a progression, as it is written.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub(crate) enum Step {
    /// On a degree of the scale, from 0.
    Degree(usize),
    /// Semitones above the tonic, a colon, and a quality: a chord of its own.
    Named(String),
}

#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Style {
    /// Lowest, usual and highest tempo in beats per minute.
    pub(crate) bpm: [f64; 3],
    pub(crate) swing: Swing,
    /// Weights.
    pub(crate) metres: BTreeMap<String, f32>,
    /// Weights.
    pub(crate) modes: BTreeMap<String, f32>,
    pub(crate) valence: u8,
    pub(crate) energy: u8,
    #[serde(default)]
    pub(crate) feel: Feel,
    pub(crate) harmony: StyleHarmony,
    pub(crate) long_sections: Option<LongSections>,
    /// By role.
    pub(crate) tracks: BTreeMap<String, StyleTrack>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
pub(crate) struct Swing {
    /// Steps; 0 is straight.
    pub(crate) unit: u8,
    pub(crate) amount: f64,
}

/// How people play: notes are up to twice `spread_ms` late by chance, and tunes and chords `late_ms` behind drums and
/// bass. Zero is on the grid.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
pub(crate) struct Feel {
    pub(crate) spread_ms: f64,
    pub(crate) late_ms: f64,
}

/// How a style chooses its chords. Shares are of pieces.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct StyleHarmony {
    /// Weights of books of progressions.
    pub(crate) books: BTreeMap<String, f32>,
    /// Whose chords have sevenths.
    pub(crate) sevenths: f32,
    /// Whose chords last two bars.
    pub(crate) slow: f32,
    /// Whose bars have two chords.
    pub(crate) fast: f32,
    /// Whose sections close with the dominant.
    pub(crate) cadences: f32,
    /// Whose choruses have the chords of the verses.
    pub(crate) one_loop: f32,
    /// The chord before a cadence, by mode.
    pub(crate) dominants: BTreeMap<String, Step>,
}

/// Sections of so many bars, over the progressions of a book, where a piece is long enough.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct LongSections {
    pub(crate) bars: u32,
    pub(crate) book: String,
}

#[derive(Debug, Clone, Deserialize)]
pub(crate) struct StyleTrack {
    pub(crate) probability: f32,
    /// Weights.
    pub(crate) instruments: BTreeMap<String, f32>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
pub(crate) struct Mood {
    pub(crate) valence: u8,
    pub(crate) energy: u8,
}

/// What `prompt.onnx` takes and gives.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct PromptModel {
    /// The most pieces of a prompt.
    pub(crate) pieces: usize,
    pub(crate) heads: Vec<Head>,
}

#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Head {
    pub(crate) name: String,
    pub(crate) kind: HeadKind,
    pub(crate) offset: usize,
    pub(crate) size: usize,
    pub(crate) labels: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum HeadKind {
    /// One of the labels.
    Softmax,
    /// Each label by itself.
    Sigmoid,
}

impl Document {
    /// Checks what the engine relies on and serde cannot see.
    pub(super) fn check(&self) -> Result<(), String> {
        let demand = |holds: bool, message: &str| holds.then_some(()).ok_or(message.to_owned());
        demand(self.format == 1, "format must be 1")?;
        demand(!self.styles.is_empty(), "styles must not be empty")?;
        demand(!self.modes.is_empty(), "modes must not be empty")?;
        demand(!self.metres.is_empty(), "metres must not be empty")?;
        demand(!self.velocities.is_empty(), "velocities must not be empty")?;
        demand(self.tempo_bounds.len() >= 2, "tempo_bounds needs two")?;
        demand(self.model.context >= 128, "model.context is below 128")?;
        let steps = |metre: &Metre| metre.steps > 0 && metre.steps_per_beat > 0;
        demand(self.metres.iter().all(|(_, metre)| steps(metre)), "metres must have steps")?;
        let general = self.progressions.get(GENERAL);
        let written =
            |mode: &str| general.and_then(|book| book.get(mode)).is_some_and(|loops| usable(loops));
        demand(
            self.modes.iter().all(|(mode, _)| written(mode)),
            "progressions.general must have every mode",
        )?;
        demand(
            self.progressions.values().flat_map(BTreeMap::values).all(|loops| usable(loops)),
            "a progression must have a chord",
        )?;
        let mut long = self.styles.iter().filter_map(|(_, style)| style.long_sections.as_ref());
        demand(
            long.all(|long| long.bars > 0 && self.progressions.contains_key(&long.book)),
            "long_sections need bars and a book of progressions",
        )?;
        demand(self.prompt.pieces > 2, "prompt.pieces is below 3")?;
        demand(
            self.prompt.heads.iter().all(|head| head.size == head.labels.len()),
            "a head's size must be the number of its labels",
        )
    }
}

/// Whether there is a progression, and a chord in each.
fn usable(loops: &[Vec<Step>]) -> bool {
    !loops.is_empty() && loops.iter().all(|steps| !steps.is_empty())
}

/// Reads a JSON object as a list, in the order of the file: tables are indexed by position.
fn in_order<'de, D, T>(deserializer: D) -> Result<Vec<(String, T)>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    struct Entries<T>(PhantomData<T>);

    impl<'de, T: Deserialize<'de>> Visitor<'de> for Entries<T> {
        type Value = Vec<(String, T)>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let mut entries = Vec::new();
            while let Some(entry) = map.next_entry()? {
                entries.push(entry);
            }
            Ok(entries)
        }
    }

    deserializer.deserialize_map(Entries(PhantomData))
}
