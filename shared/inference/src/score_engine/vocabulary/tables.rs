//! The tables of `vocab.json`.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};

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
    /// By role.
    pub(crate) tracks: BTreeMap<String, StyleTrack>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
pub(crate) struct Swing {
    /// Steps; 0 is straight.
    pub(crate) unit: u8,
    pub(crate) amount: f64,
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

/// Features and logits of `prompt.onnx`.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct PromptModel {
    pub(crate) buckets: u32,
    pub(crate) slots: usize,
    pub(crate) max_words: usize,
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
        demand(self.prompt.slots > 0 && self.prompt.buckets > 1, "prompt needs slots and buckets")?;
        demand(
            self.prompt.heads.iter().all(|head| head.size == head.labels.len()),
            "a head's size must be the number of its labels",
        )
    }
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
