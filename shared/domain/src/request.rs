//! What may be asked for: the submitted request, its validation, and its canonical form.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

use crate::{
    credits::Credits,
    ids::{QuoteId, UploadId},
    manifest::{Kind, Manifest},
};

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
    /// An edited sketch. Not in this version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sketch: Option<Value>,
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
}

/// A request that is complete and allowed: every default filled in. This is what is stored,
/// priced, quoted and shown as `request`; sending it again asks for the same content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
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
}

/// One thing that is wrong with a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FieldError {
    /// The field's path, such as `style.tempo_bpm`.
    pub path: String,
    /// What is wrong, in words.
    pub message: String,
}

/// The longest key and value of a label, and how many there may be.
const LABELS: (usize, usize, usize) = (64, 256, 16);
const TEMPO: std::ops::RangeInclusive<u16> = 40..=220;

impl GenerationRequest {
    /// Whether anything beside `quote` says what to make.
    #[must_use]
    pub fn describes_content(&self) -> bool {
        let Self { kind, prompt, model, seconds, seed, style, negative_prompt, references, .. } =
            self;
        kind.is_some()
            || prompt.is_some()
            || model.is_some()
            || seconds.is_some()
            || seed.is_some()
            || style.is_some()
            || negative_prompt.is_some()
            || references.is_some()
    }

    /// Checks what concerns the submission rather than the content: labels, the expiry, and what
    /// this version cannot do.
    #[must_use]
    pub fn check_submission(&self, now: Timestamp) -> Vec<FieldError> {
        let mut errors = Errors::default();
        for (path, present) in [
            ("sketch", self.sketch.is_some()),
            ("from", self.from.is_some()),
            ("replace", self.replace.is_some()),
            ("lock", self.lock.is_some()),
            ("webhook_url", self.webhook_url.is_some()),
        ] {
            if present {
                errors.push(path, "is not available in this version");
            }
        }
        if self.expires_at.is_some_and(|end| end <= now) {
            errors.push("expires_at", "must be in the future");
        }
        self.check_labels(&mut errors);
        errors.0
    }

    /// The canonical request, against the models there are.
    ///
    /// # Errors
    /// Everything that is wrong with it, each with its field's path.
    pub fn canonical(&self, catalogue: &[Manifest]) -> Result<CanonicalRequest, Vec<FieldError>> {
        let mut errors = Errors::default();
        let manifest = self.find_model(catalogue, &mut errors);
        let prompt = self.checked_prompt(manifest, &mut errors);
        let negative_prompt = self.checked_negative(manifest, &mut errors);
        let seconds = self.checked_seconds(manifest, &mut errors);
        let style = self.checked_style(manifest, &mut errors);
        if let (Some(manifest), Some(references)) = (manifest, &self.references)
            && references.len() > manifest.inputs.references as usize
        {
            let most = manifest.inputs.references;
            errors.push("references", format!("{} takes at most {most} references", manifest.id));
        }
        let (Some(manifest), true) = (manifest, errors.0.is_empty()) else {
            return Err(errors.0);
        };
        let mut canonical = CanonicalRequest {
            kind: manifest.kind,
            model: manifest.id.clone(),
            prompt,
            negative_prompt,
            seconds,
            seed: 0,
            style,
        };
        canonical.seed = self.seed.unwrap_or_else(|| canonical.derived_seed());
        Ok(canonical)
    }

    fn find_model<'a>(
        &self,
        catalogue: &'a [Manifest],
        errors: &mut Errors,
    ) -> Option<&'a Manifest> {
        let Some(kind) = self.kind else {
            errors.push("kind", "is required: music or video");
            return None;
        };
        let of_kind = || catalogue.iter().filter(|manifest| manifest.kind == kind);
        let Some(first) = of_kind().next() else {
            errors.push("kind", format!("{} is not available in this version", kind.name()));
            return None;
        };
        let Some(wanted) = &self.model else { return Some(first) };
        let found = of_kind().find(|manifest| manifest.id == *wanted);
        if found.is_none() {
            let ids: Vec<_> = of_kind().map(|manifest| manifest.id.as_str()).collect();
            errors.push(
                "model",
                format!("no such model for {}: use {}", kind.name(), ids.join(", ")),
            );
        }
        found
    }

    fn checked_prompt(&self, manifest: Option<&Manifest>, errors: &mut Errors) -> String {
        let Some(prompt) = &self.prompt else {
            errors.push("prompt", "is required");
            return String::new();
        };
        errors.text("prompt", prompt, manifest)
    }

    fn checked_negative(&self, manifest: Option<&Manifest>, errors: &mut Errors) -> Option<String> {
        let text = self.negative_prompt.as_ref()?;
        if manifest.is_some_and(|manifest| !manifest.inputs.negative_prompt) {
            errors.push("negative_prompt", "this model does not take one");
        }
        Some(errors.text("negative_prompt", text, manifest))
    }

    fn checked_seconds(&self, manifest: Option<&Manifest>, errors: &mut Errors) -> u32 {
        let Some(manifest) = manifest else { return 0 };
        let limits = manifest.limits.seconds;
        // Manifest limits are bounded and positive; a fraction of a second is rounded inward.
        let seconds = self.seconds.unwrap_or(limits.default.round() as u32);
        if !(limits.min..=limits.max).contains(&f64::from(seconds)) {
            errors.push("seconds", format!("must be {} to {}", limits.min, limits.max));
        }
        seconds
    }

    fn checked_style(&self, manifest: Option<&Manifest>, errors: &mut Errors) -> Option<Style> {
        let (style, manifest) = (self.style.as_ref()?, manifest?);
        let given = [
            ("genre", style.genre.is_some()),
            ("tempo_bpm", style.tempo_bpm.is_some()),
            ("key", style.key.is_some()),
        ];
        for (name, _) in given.iter().filter(|(name, given)| {
            *given && !manifest.inputs.style.iter().any(|field| field == name)
        }) {
            errors.push(&format!("style.{name}"), "this model does not take it");
        }
        if style.tempo_bpm.is_some_and(|bpm| !TEMPO.contains(&bpm)) {
            errors.push("style.tempo_bpm", "must be 40 to 220");
        }
        let genres = &manifest.inputs.genres;
        if let Some(genre) = &style.genre
            && !genres.contains(genre)
        {
            errors.push("style.genre", format!("must be one of {}", genres.join(", ")));
        }
        let key = style.key.as_ref().and_then(|key| {
            let canonical = canonical_key(key);
            if canonical.is_none() {
                errors.push("style.key", "must be a key such as D minor or F# major");
            }
            canonical
        });
        let style = Style { key, ..style.clone() };
        (style != Style::default()).then_some(style)
    }

    fn check_labels(&self, errors: &mut Errors) {
        let (key_chars, value_chars, count) = LABELS;
        let Some(labels) = &self.labels else { return };
        if labels.len() > count {
            errors.push("labels", format!("at most {count} labels"));
        }
        for (key, value) in labels {
            if key.is_empty() || key.chars().count() > key_chars || has_control(key) {
                errors.push("labels", format!("a label's name has 1 to {key_chars} characters"));
            } else if value.chars().count() > value_chars || has_control(value) {
                let message = format!("at most {value_chars} characters, none of them control");
                errors.push(&format!("labels.{key}"), message);
            }
        }
    }
}

impl CanonicalRequest {
    /// A seed that depends on nothing but what was asked for.
    fn derived_seed(&self) -> u32 {
        let unseeded = Self { seed: 0, ..self.clone() };
        // Plain strings and numbers always serialise.
        let json = serde_json::to_vec(&unseeded).unwrap_or_default();
        let digest = Sha256::digest(json);
        u32::from_be_bytes([digest[0], digest[1], digest[2], digest[3]])
    }
}

/// `d MINOR` → `D minor`.
fn canonical_key(text: &str) -> Option<String> {
    let mut words = text.split_whitespace();
    let (tonic, mode, None) = (words.next()?, words.next()?, words.next()) else { return None };
    let mut letters = tonic.chars();
    let letter = letters.next()?.to_ascii_uppercase();
    let accidental = letters.as_str();
    let mode = mode.to_ascii_lowercase();
    let known = ('A'..='G').contains(&letter)
        && matches!(accidental, "" | "#" | "b")
        && matches!(mode.as_str(), "major" | "minor");
    known.then(|| format!("{letter}{accidental} {mode}"))
}

fn has_control(text: &str) -> bool {
    text.chars().any(|c| c.is_control() && c != '\n' && c != '\t')
}

#[derive(Default)]
struct Errors(Vec<FieldError>);

impl Errors {
    fn push(&mut self, path: &str, message: impl Into<String>) {
        self.0.push(FieldError { path: path.to_owned(), message: message.into() });
    }

    fn text(&mut self, path: &str, text: &str, manifest: Option<&Manifest>) -> String {
        let text = text.trim();
        let most = manifest.map_or(2000, |manifest| manifest.limits.prompt_chars as usize);
        if text.is_empty() {
            self.push(path, "must not be empty");
        } else if text.chars().count() > most {
            self.push(path, format!("at most {most} characters"));
        } else if has_control(text) {
            self.push(path, "must not contain control characters");
        }
        text.to_owned()
    }
}

#[cfg(test)]
mod fuzz;

#[cfg(test)]
mod tests {
    use super::*;

    fn catalogue() -> Vec<Manifest> {
        let document = r#"
            id = "tiny"
            version = "1.0.0"
            kind = "music"
            engine = "score"
            description = "A small example."
            licence = "Apache-2.0"
            outputs = [{ name = "track.flac", content_type = "audio/flac" }]
            files = []
            [inputs]
            prompt = true
            seconds = true
            seed = true
            style = ["tempo_bpm", "key"]
            [limits]
            prompt_chars = 20
            seconds = { min = 5, max = 180, default = 30 }
            [price]
            credits = 10
            per = "30s"
        "#;
        vec![Manifest::parse(document).unwrap()]
    }

    fn request(body: Value) -> GenerationRequest {
        serde_json::from_value(body).unwrap()
    }

    fn paths(body: Value) -> Vec<String> {
        let errors = request(body).canonical(&catalogue()).unwrap_err();
        errors.into_iter().map(|error| error.path).collect()
    }

    #[test]
    fn defaults_are_filled_in_and_the_seed_follows_from_the_request() {
        let body =
            serde_json::json!({"kind": "music", "prompt": " calm ", "style": {"key": "d MINOR"}});
        let canonical = request(body.clone()).canonical(&catalogue()).unwrap();
        assert_eq!((canonical.prompt.as_str(), canonical.seconds), ("calm", 30));
        assert_eq!(canonical.style.as_ref().unwrap().key.as_deref(), Some("D minor"));
        assert_eq!(canonical.seed, request(body).canonical(&catalogue()).unwrap().seed);
        let again = request(serde_json::to_value(&canonical).unwrap());
        assert_eq!(again.canonical(&catalogue()).unwrap(), canonical, "canonical is canonical");
    }

    #[test]
    fn every_wrong_field_is_named() {
        use serde_json::json;
        assert_eq!(paths(json!({})), ["kind", "prompt"]);
        assert_eq!(paths(json!({"kind": "video", "prompt": "x"})), ["kind"]);
        assert_eq!(paths(json!({"kind": "music", "prompt": " "})), ["prompt"]);
        assert_eq!(paths(json!({"kind": "music", "prompt": "a\u{0}b"})), ["prompt"]);
        assert_eq!(paths(json!({"kind": "music", "prompt": "é".repeat(21)})), ["prompt"]);
        assert_eq!(paths(json!({"kind": "music", "prompt": "x", "seconds": 4})), ["seconds"]);
        assert_eq!(paths(json!({"kind": "music", "prompt": "x", "model": "y"})), ["model"]);
        let style = json!({"genre": "rock", "tempo_bpm": 300, "key": "H dur"});
        assert_eq!(
            paths(json!({"kind": "music", "prompt": "x", "style": style})),
            ["style.genre", "style.tempo_bpm", "style.genre", "style.key"]
        );
        let references = json!([UploadId::new()]);
        assert_eq!(
            paths(json!({"kind": "music", "prompt": "x", "references": references})),
            ["references"]
        );
    }

    #[test]
    fn what_this_version_cannot_do_is_said() {
        let now = "2026-11-01T00:00:00Z".parse().unwrap();
        let body = serde_json::json!({
            "from": "gen_1", "webhook_url": "https://example.com", "expires_at": "2026-10-31T00:00:00Z",
            "labels": {"": "x"},
        });
        let errors = request(body).check_submission(now);
        let paths: Vec<_> = errors.iter().map(|error| error.path.as_str()).collect();
        assert_eq!(paths, ["from", "webhook_url", "expires_at", "labels"]);
    }
}
