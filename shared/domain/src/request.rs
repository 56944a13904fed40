//! What may be asked for: the submitted request, its validation, and its canonical form.

mod check;
#[cfg(test)]
mod fuzz;
mod style;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

use crate::{
    credits::Credits,
    ids::{QuoteId, UploadId},
    manifest::{Extra, Kind, Manifest},
    sketch::Sketch,
    storyboard::PictureUse,
};

pub(crate) use check::Errors;
pub use check::composer;
pub(crate) use style::{TEMPO, canonical_key};

/// The body of `POST /v1/generations` and `POST /v1/quotes`, as it came in.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({"kind": "music", "prompt": "warm lo-fi piano, light rain", "seconds": 30}))]
#[serde(deny_unknown_fields)]
pub struct GenerationRequest {
    /// What to make. Required unless `quote` is given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<Kind>,
    /// What it should be like, in words. Required unless `quote` is given.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 1000, example = "warm lo-fi piano, light rain")]
    pub prompt: Option<String>,
    /// A model's id; by default the first of the kind.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// The exact length in whole seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = 30)]
    pub seconds: Option<u32>,
    /// The random seed. Without one it is derived from the request, so that equal requests give
    /// equal results; send another seed for a variation.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<i64>, minimum = 0, maximum = 4_294_967_295_i64)]
    pub seed: Option<u32>,
    /// Wishes that take precedence over the prompt.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub style: Option<Style>,
    /// What it should not be like.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 1000)]
    pub negative_prompt: Option<String>,
    /// Uploads to take as reference.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub references: Option<Vec<UploadId>>,
    /// The form of the work, as `POST /v1/sketches` gives it or edited. It is honoured exactly, and
    /// says how long the work is.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Sketch>)]
    pub sketch: Option<Value>,
    /// Adds music to a video, which fits its mood and its cuts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub soundtrack: Option<bool>,
    /// Files to make beside the usual ones, of those that the model makes on request. They cost nothing
    /// and do not change the work.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_items = 2, example = json!(["stems"]))]
    pub outputs: Option<Vec<Extra>>,
    /// An earlier generation to change. Not in this version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<Value>,
    /// Parts of `from` to replace. Not in this version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replace: Option<Value>,
    /// Parts of `from` to keep. Not in this version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lock: Option<Value>,
    /// A quote to submit; alone, or with a request equal to the quoted one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quote: Option<QuoteId>,
    /// Refuse the submission if it would cost more than this.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_credits: Option<Credits>,
    /// Where to report changes. Not in this version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub webhook_url: Option<Value>,
    /// When the files are to end, if earlier than the plan's retention.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub expires_at: Option<Timestamp>,
    /// `false` never answers from a cache.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cache: Option<bool>,
    /// Up to 16 labels of your own, returned with the generation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub labels: Option<BTreeMap<String, String>>,
}

/// Wishes that take precedence over the prompt.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Style {
    /// One of the model's presets: settings for whatever neither the other fields nor the prompt say.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "lo-fi study")]
    pub preset: Option<String>,
    /// One of the model's genres.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub genre: Option<String>,
    /// Beats per minute, 40 to 220.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 40, maximum = 220)]
    pub tempo_bpm: Option<u16>,
    /// A key such as `D minor` or `F# major`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "D minor")]
    pub key: Option<String>,
    /// One of the model's moods.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mood: Option<String>,
    /// The only instruments to use, up to 8 of the model's.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 8)]
    pub instruments: Vec<String>,
    /// Width to height of a video, one of the model's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "16:9")]
    pub aspect_ratio: Option<String>,
    /// Frames per second of a video, one of the model's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = 24)]
    pub fps: Option<u32>,
    /// How a video shows the pictures among `references`, one of the model's ways.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pictures: Option<PictureUse>,
}

/// A request that is complete and allowed: every default filled in. This is what is stored,
/// priced, quoted and shown as `request`; sending it again asks for the same content.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct CanonicalRequest {
    /// What to make.
    pub kind: Kind,
    /// The model's id.
    pub model: String,
    /// What it should be like.
    pub prompt: String,
    /// What it should not be like.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub negative_prompt: Option<String>,
    /// The length in whole seconds.
    pub seconds: u32,
    /// The random seed.
    #[schema(value_type = i64, minimum = 0, maximum = 4_294_967_295_i64)]
    pub seed: u32,
    /// Wishes that take precedence over the prompt.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub style: Option<Style>,
    /// Uploads to take as reference.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub references: Vec<UploadId>,
    /// The form of the work.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sketch: Option<Sketch>,
    /// Whether a video has music.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub soundtrack: bool,
    /// Files to make beside the usual ones.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub outputs: Vec<Extra>,
}

/// One thing that is wrong with a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FieldError {
    /// The field's path, such as `style.tempo_bpm`.
    pub path: String,
    /// What is wrong, in words.
    pub message: String,
}

impl CanonicalRequest {
    /// A hash over all that decides what is made: this and the model's version. In hex.
    #[must_use]
    pub fn hash(&self, model_version: &str) -> String {
        // Plain strings and numbers always serialise.
        let json = serde_json::to_vec(&(self, model_version)).unwrap_or_default();
        hex::encode(Sha256::digest(json))
    }

    /// A seed that depends on nothing but what was asked for. Other outputs are of the same work, and
    /// music does not change what is seen.
    fn derived_seed(&self) -> u32 {
        let unseeded = Self { seed: 0, soundtrack: false, outputs: Vec::new(), ..self.clone() };
        // Plain strings and numbers always serialise.
        let json = serde_json::to_vec(&unseeded).unwrap_or_default();
        let digest = Sha256::digest(json);
        u32::from_be_bytes([digest[0], digest[1], digest[2], digest[3]])
    }
}
