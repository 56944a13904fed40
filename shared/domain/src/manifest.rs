//! What a model package says about itself: `model.toml`, and an item of `GET /v1/models`.
//!
//! A [`Manifest`] that exists is consistent: [`Manifest::parse`] refuses anything else and names the field.

mod extra;
mod preset;

use std::fmt;
use std::path::{Component, Path};

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::storyboard::{PictureUse, StoryboardWords};

pub use extra::Extra;
pub use preset::Preset;

/// The object that says which models a deployment has: a list of [`Manifest`]s in JSON.
pub const CATALOGUE_KEY: &str = "models/catalogue.json";
/// The most that is read of it, in bytes.
pub const CATALOGUE_MOST_BYTES: u64 = 1024 * 1024;

/// A model package, as read from its `model.toml` and as served by `GET /v1/models`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Manifest {
    /// Name in requests, `[a-z0-9-]{1,64}`.
    pub id: String,
    /// Version of the weights; results are reproducible within one version.
    pub version: String,
    /// What the model makes.
    pub kind: Kind,
    /// Name of the engine that runs the package.
    pub engine: String,
    /// One or two sentences for people who choose a model.
    pub description: String,
    /// SPDX expression for the weights and everything else in the package.
    pub licence: String,
    /// The request fields that the model takes.
    pub inputs: Inputs,
    /// Bounds on those fields.
    pub limits: Limits,
    /// What a generation costs.
    pub price: Price,
    /// The files that a generation yields, some of them only on request.
    pub outputs: Vec<Artefact>,
    /// Every file that the engine reads, with its checksum.
    pub files: Vec<PackageFile>,
}

/// What a model makes.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Sound.
    Music,
    /// Moving pictures.
    Video,
}

impl Kind {
    /// The kind's name in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Music => "music",
            Self::Video => "video",
        }
    }
}

/// The request fields that a model takes. A field that is not taken is a 422, never ignored.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Inputs {
    /// `prompt`.
    pub prompt: bool,
    /// `negative_prompt`.
    #[serde(default)]
    pub negative_prompt: bool,
    /// `seconds`.
    pub seconds: bool,
    /// `seed`.
    pub seed: bool,
    /// Names of the fields of `style`.
    #[serde(default)]
    pub style: Vec<String>,
    /// The values that `style.genre` takes; empty where the model takes no genre.
    #[serde(default)]
    pub genres: Vec<String>,
    /// The values that `style.mood` takes.
    #[serde(default)]
    pub moods: Vec<String>,
    /// The values that `style.aspect_ratio` takes, the default first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aspect_ratios: Vec<String>,
    /// The values that `style.fps` takes, the default first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fps: Vec<u32>,
    /// The values that `style.pictures` takes, the default first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pictures: Vec<PictureUse>,
    /// Whether `soundtrack` adds music, which a music model of the deployment makes.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub soundtrack: bool,
    /// What `style.preset` may name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub presets: Vec<Preset>,
    /// How many `references` at most; 0 takes none.
    #[serde(default)]
    pub references: u32,
    /// The words of a `sketch`; absent where the model takes none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sketch: Option<SketchInputs>,
}

/// The words that a `sketch` is made of, by what the model makes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum SketchInputs {
    /// Of a piece of music.
    Music(MusicWords),
    /// Of a video.
    Video(StoryboardWords),
}

impl SketchInputs {
    /// Those of a piece of music.
    #[must_use]
    pub fn music(&self) -> Option<&MusicWords> {
        match self {
            Self::Music(words) => Some(words),
            Self::Video(_) => None,
        }
    }
}

/// The words of a piece of music.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MusicWords {
    /// Names of sections.
    pub sections: Vec<String>,
    /// Such as `4/4`.
    pub metres: Vec<String>,
    /// The second words of keys, such as `minor`.
    pub modes: Vec<String>,
    /// What may follow the root of a chord, such as `m7`; the empty text is a major triad.
    pub chords: Vec<String>,
    /// The tracks that there may be, one for each role.
    pub tracks: Vec<TrackInputs>,
}

/// A role in a piece, and who can play it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TrackInputs {
    /// Such as `bass`.
    pub role: String,
    /// Such as `finger_bass`.
    pub instruments: Vec<String>,
}

impl Inputs {
    /// Every instrument that the model has, once each.
    #[must_use]
    pub fn instruments(&self) -> Vec<&str> {
        let words = self.sketch.as_ref().and_then(SketchInputs::music);
        let tracks = words.into_iter().flat_map(|words| &words.tracks);
        let mut all = Vec::new();
        for name in tracks.flat_map(|track| &track.instruments) {
            if !all.contains(&name.as_str()) {
                all.push(name);
            }
        }
        all
    }
}

/// Bounds on a request.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Limits {
    /// Length of the result.
    pub seconds: SecondsLimit,
    /// Longest prompt, in Unicode scalar values.
    pub prompt_chars: u32,
}

/// Bounds on the length of the result, in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SecondsLimit {
    /// Shortest.
    pub min: f64,
    /// Longest.
    pub max: f64,
    /// What a request without `seconds` gets.
    pub default: f64,
}

/// Credits per started period of result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Price {
    /// Whole credits for one period.
    pub credits: u64,
    /// The period, written `"30s"`.
    pub per: Period,
}

/// A whole number of seconds, written `"30s"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "String", into = "String")]
#[schema(value_type = String, example = "30s")]
pub struct Period(u32);

/// A file that a generation yields.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Artefact {
    /// File name, as in `/v1/generations/{id}/files/{name}`.
    pub name: String,
    /// Media type.
    pub content_type: String,
    /// What `outputs` of a request names to get this file; without it the file is always made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_request: Option<Extra>,
}

/// A file of the package.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PackageFile {
    /// Path within the package, with `/`, without `..`.
    pub name: String,
    /// Lower-case hexadecimal SHA-256 of the content.
    pub sha256: String,
    /// Length of the content.
    pub bytes: u64,
}

/// Why a `model.toml` was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {message}")]
pub struct ManifestError {
    /// Path of the field, such as `limits.seconds.max`; `.` for the whole document.
    pub field: String,
    /// What is wrong with it.
    pub message: String,
}

impl ManifestError {
    fn new(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self { field: field.into(), message: message.into() }
    }
}

impl Manifest {
    /// Reads a `model.toml`.
    ///
    /// # Errors
    /// Names the first field that is missing, of the wrong type or inconsistent.
    pub fn parse(document: &str) -> Result<Self, ManifestError> {
        let deserializer = toml::Deserializer::parse(document)
            .map_err(|error| ManifestError::new(".", error.message()))?;
        let manifest: Self = serde_path_to_error::deserialize(deserializer).map_err(|error| {
            ManifestError::new(error.path().to_string(), error.inner().message())
        })?;
        manifest.check()?;
        Ok(manifest)
    }

    /// Credits for a result of `seconds`: every started period counts, and there is at least one.
    #[must_use]
    pub fn price_for(&self, seconds: f64) -> u64 {
        self.price.for_seconds(seconds)
    }

    /// Where a file of this version of the package is in the bucket, for functions that need it.
    #[must_use]
    pub fn object_key(&self, file: &str) -> String {
        format!("models/{}/{}/{file}", self.id, self.version)
    }

    /// The file of this name, if the package has it.
    #[must_use]
    pub fn file(&self, name: &str) -> Option<&PackageFile> {
        self.files.iter().find(|file| file.name == name)
    }

    fn check(&self) -> Result<(), ManifestError> {
        if !is_id(&self.id) {
            return Err(ManifestError::new("id", "must match [a-z0-9-]{1,64}"));
        }
        for (field, value) in [
            ("version", &self.version),
            ("engine", &self.engine),
            ("description", &self.description),
            ("licence", &self.licence),
        ] {
            if value.trim().is_empty() {
                return Err(ManifestError::new(field, "must not be empty"));
            }
        }
        self.limits.check()?;
        self.check_outputs()?;
        self.check_presets()?;
        self.check_files()
    }

    fn check_files(&self) -> Result<(), ManifestError> {
        for (index, file) in self.files.iter().enumerate() {
            let field = |name: &str| format!("files[{index}].{name}");
            if !is_inside(&file.name) {
                return Err(ManifestError::new(field("name"), "must be a path within the package"));
            }
            if self.files[..index].iter().any(|other| other.name == file.name) {
                return Err(ManifestError::new(field("name"), "is listed twice"));
            }
            if !is_sha256(&file.sha256) {
                return Err(ManifestError::new(
                    field("sha256"),
                    "must be 64 lower-case hexadecimal digits",
                ));
            }
        }
        Ok(())
    }
}

impl Limits {
    fn check(&self) -> Result<(), ManifestError> {
        let SecondsLimit { min, max, default } = self.seconds;
        if !(min.is_finite() && min > 0.0) {
            return Err(ManifestError::new("limits.seconds.min", "must be above 0"));
        }
        if !(max.is_finite() && max >= min) {
            return Err(ManifestError::new(
                "limits.seconds.max",
                "must not be below limits.seconds.min",
            ));
        }
        if !(min..=max).contains(&default) {
            return Err(ManifestError::new(
                "limits.seconds.default",
                "must lie between limits.seconds.min and max",
            ));
        }
        if self.prompt_chars == 0 {
            return Err(ManifestError::new("limits.prompt_chars", "must be above 0"));
        }
        Ok(())
    }
}

impl Price {
    /// `ceil(seconds / per) * credits`, and never less than one period.
    #[must_use]
    pub fn for_seconds(&self, seconds: f64) -> u64 {
        let periods = (seconds / f64::from(self.per.0)).ceil().max(1.0);
        // A float beyond u64 saturates: a price too high to pay, not one that wraps to a low number.
        self.credits.saturating_mul(periods as u64)
    }
}

impl Period {
    /// A period of `seconds`; `None` for 0.
    #[must_use]
    pub fn new(seconds: u32) -> Option<Self> {
        (seconds > 0).then_some(Self(seconds))
    }

    /// Length in seconds, at least 1.
    #[must_use]
    pub fn seconds(self) -> u32 {
        self.0
    }
}

impl TryFrom<String> for Period {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.strip_suffix('s')
            .and_then(|digits| digits.parse().ok())
            .and_then(Self::new)
            .ok_or_else(|| {
                format!("{text:?} is not a whole number of seconds above 0, such as \"30s\"")
            })
    }
}

impl From<Period> for String {
    fn from(period: Period) -> Self {
        period.to_string()
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}s", self.0)
    }
}

fn is_id(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'))
}

fn is_sha256(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// Whether `name` stays inside the folder that it is joined to, on every platform.
fn is_inside(name: &str) -> bool {
    !name.is_empty()
        && !name.contains(['\\', ':', '\0'])
        && Path::new(name).components().all(|part| matches!(part, Component::Normal(_)))
}

#[cfg(any(test, fuzzing))]
mod fuzz;

/// Panics if this document is accepted and yet inconsistent. For `tests/fuzz`.
#[cfg(fuzzing)]
pub fn check(document: &str) {
    fuzz::check(document);
}

#[cfg(test)]
pub(crate) mod tests;
