//! What is wrong with a request, each thing with its field's path.

use jiff::Timestamp;

use super::*;
use crate::manifest::SketchInputs;

/// The longest key and value of a label, and how many there may be.
const LABELS: (usize, usize, usize) = (64, 256, 16);
impl GenerationRequest {
    /// Whether anything beside `quote` says what to make.
    #[must_use]
    pub fn describes_content(&self) -> bool {
        let Self { kind, prompt, model, seconds, seed, style, .. } = self;
        let Self { negative_prompt, references, sketch, soundtrack, outputs, .. } = self;
        kind.is_some()
            || prompt.is_some()
            || model.is_some()
            || seconds.is_some()
            || seed.is_some()
            || style.is_some()
            || negative_prompt.is_some()
            || references.is_some()
            || sketch.is_some()
            || soundtrack.is_some()
            || outputs.is_some()
    }

    /// Checks what concerns the submission rather than the content: labels, the expiry, and what
    /// this version cannot do.
    #[must_use]
    pub fn check_submission(&self, now: Timestamp) -> Vec<FieldError> {
        let mut errors = Errors::default();
        for (path, present) in [
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
        let style = self.checked_style(manifest, &mut errors);
        let references = self.checked_references(manifest, &mut errors);
        let sketch = self.checked_sketch(manifest, &mut errors);
        let outputs = self.checked_outputs(manifest, &mut errors);
        let soundtrack = self.checked_soundtrack(manifest, catalogue, &mut errors);
        let seconds = match &sketch {
            Some(sketch) => self.sketched_seconds(sketch, manifest, &mut errors),
            None => self.checked_seconds(manifest, &mut errors),
        };
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
            references,
            sketch,
            soundtrack,
            outputs,
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

    /// The sketch in its one form; `None` also where it is wrong.
    fn checked_sketch(&self, manifest: Option<&Manifest>, errors: &mut Errors) -> Option<Sketch> {
        let (sketch, manifest) = (self.sketch.as_ref()?, manifest?);
        let Some(words) = &manifest.inputs.sketch else {
            errors.push("sketch", "this model does not take one");
            return None;
        };
        let read = Sketch::read(sketch, manifest.kind).map_err(|error| vec![error]);
        let checked = read.and_then(|sketch| match (sketch, words) {
            (Sketch::Music(sketch), SketchInputs::Music(words)) => {
                sketch.checked(words, &manifest.inputs.genres).map(Sketch::Music)
            }
            (Sketch::Video(storyboard), SketchInputs::Video(words)) => {
                let pictures = self.references.as_ref().map_or(0, Vec::len);
                storyboard.checked(words, pictures).map(Sketch::Video)
            }
            // A package whose words are of another kind than itself.
            _ => Err(vec![FieldError {
                path: "sketch".to_owned(),
                message: "this model does not take one".to_owned(),
            }]),
        });
        checked.map_err(|wrong| errors.0.extend(wrong)).ok()
    }

    /// A sketch has its length; within what the last chord of a piece may ring, `seconds` chooses.
    fn sketched_seconds(
        &self,
        sketch: &Sketch,
        manifest: Option<&Manifest>,
        errors: &mut Errors,
    ) -> u32 {
        let ((shortest, longest), usual, parts) = match sketch {
            Sketch::Music(sketch) => (sketch.seconds(), sketch.usual_seconds(), "sketch.sections"),
            Sketch::Video(storyboard) => {
                let seconds = storyboard.whole_seconds();
                ((seconds, seconds), seconds, "sketch.shots")
            }
        };
        if let Some(seconds) = self.seconds
            && !(shortest..=longest).contains(&seconds)
        {
            let message = match shortest == longest {
                true => format!("the sketch makes {shortest}; leave it out"),
                false => format!("the sketch makes {shortest} to {longest}; leave it out"),
            };
            errors.push("seconds", message);
        }
        let seconds = self.seconds.unwrap_or(usual);
        if let Some(limits) = manifest.map(|manifest| manifest.limits.seconds)
            && !(limits.min..=limits.max).contains(&f64::from(seconds))
        {
            let (min, max) = (limits.min, limits.max);
            let message = format!("they last {seconds} s; this model makes {min} to {max}");
            errors.push(parts, message);
        }
        seconds
    }

    fn checked_references(
        &self,
        manifest: Option<&Manifest>,
        errors: &mut Errors,
    ) -> Vec<UploadId> {
        let (Some(references), Some(manifest)) = (&self.references, manifest) else {
            return Vec::new();
        };
        let most = manifest.inputs.references;
        if references.len() > most as usize {
            errors.push("references", format!("{} takes at most {most} references", manifest.id));
            return Vec::new();
        }
        for (index, reference) in references.iter().enumerate() {
            if references[..index].contains(reference) {
                errors.push(&format!("references[{index}]"), "is there twice");
            }
        }
        references.clone()
    }

    /// The music of a video is another model's.
    fn checked_soundtrack(
        &self,
        manifest: Option<&Manifest>,
        catalogue: &[Manifest],
        errors: &mut Errors,
    ) -> bool {
        let (Some(true), Some(manifest)) = (self.soundtrack, manifest) else { return false };
        if !manifest.inputs.soundtrack {
            errors.push("soundtrack", "this model does not take it");
        } else if composer(catalogue).is_none() {
            errors.push("soundtrack", "there is no music model that could make it");
        }
        true
    }

    /// In the order of the model's files: two orders ask for the same.
    fn checked_outputs(&self, manifest: Option<&Manifest>, errors: &mut Errors) -> Vec<Extra> {
        let (Some(wanted), Some(manifest)) = (&self.outputs, manifest) else { return Vec::new() };
        let known: Vec<Extra> = manifest.extras().collect();
        for (index, extra) in wanted.iter().enumerate() {
            let path = format!("outputs[{index}]");
            if !known.contains(extra) {
                let names: Vec<&str> = known.iter().map(|extra| extra.name()).collect();
                let message = match names.as_slice() {
                    [] => "this model has no files on request".to_owned(),
                    names => format!("must be one of {}", names.join(", ")),
                };
                errors.push(&path, message);
            } else if wanted[..index].contains(extra) {
                errors.push(&path, "is there twice");
            }
        }
        known.into_iter().filter(|extra| wanted.contains(extra)).collect()
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

/// The model that makes soundtracks: the first for music.
#[must_use]
pub fn composer(catalogue: &[Manifest]) -> Option<&Manifest> {
    catalogue.iter().find(|manifest| manifest.kind == Kind::Music)
}

fn has_control(text: &str) -> bool {
    text.chars().any(|c| c.is_control() && c != '\n' && c != '\t')
}

/// What is wrong so far.
#[derive(Default)]
pub(crate) struct Errors(pub(crate) Vec<FieldError>);

impl Errors {
    pub(crate) fn push(&mut self, path: &str, message: impl Into<String>) {
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
