//! What is wrong with `style`, each thing with its field's path.

use super::*;

/// How many instruments `style` may name.
const INSTRUMENTS: usize = 8;
/// Tempi that may be asked for, in beats per minute.
pub(crate) const TEMPO: std::ops::RangeInclusive<u16> = 40..=220;

impl GenerationRequest {
    pub(super) fn checked_style(
        &self,
        manifest: Option<&Manifest>,
        errors: &mut Errors,
    ) -> Option<Style> {
        let (style, manifest) = (self.style.as_ref()?, manifest?);
        let given = [
            ("preset", style.preset.is_some()),
            ("genre", style.genre.is_some()),
            ("tempo_bpm", style.tempo_bpm.is_some()),
            ("key", style.key.is_some()),
            ("mood", style.mood.is_some()),
            ("instruments", !style.instruments.is_empty()),
            ("aspect_ratio", style.aspect_ratio.is_some()),
            ("fps", style.fps.is_some()),
            ("pictures", style.pictures.is_some()),
        ];
        for (name, _) in given.iter().filter(|(name, given)| {
            *given && !manifest.inputs.style.iter().any(|field| field == name)
        }) {
            errors.push(&format!("style.{name}"), "this model does not take it");
        }
        if style.tempo_bpm.is_some_and(|bpm| !TEMPO.contains(&bpm)) {
            errors.push("style.tempo_bpm", "must be 40 to 220");
        }
        if let Some(preset) = &style.preset
            && manifest.inputs.preset(preset).is_none()
        {
            let names = manifest.inputs.presets.iter().map(|preset| preset.name.as_str());
            let names = names.collect::<Vec<_>>().join(", ");
            errors.push("style.preset", format!("must be one of inputs.presets: {names}"));
        }
        let genres = &manifest.inputs.genres;
        if let Some(genre) = &style.genre
            && !genres.contains(genre)
        {
            errors.push("style.genre", format!("must be one of {}", genres.join(", ")));
        }
        let moods = &manifest.inputs.moods;
        if let Some(mood) = &style.mood
            && !moods.contains(mood)
        {
            errors.push("style.mood", format!("must be one of {}", moods.join(", ")));
        }
        let ratios = &manifest.inputs.aspect_ratios;
        if let Some(ratio) = &style.aspect_ratio
            && !ratios.is_empty()
            && !ratios.contains(ratio)
        {
            errors.push("style.aspect_ratio", format!("must be one of {}", ratios.join(", ")));
        }
        check_instruments(&style.instruments, manifest, errors);
        self.check_film(style, manifest, errors);
        let key = style.key.as_ref().and_then(|key| {
            let canonical = canonical_key(key, &["major", "minor"]);
            if canonical.is_none() {
                errors.push("style.key", "must be a key such as D minor or F# major");
            }
            canonical
        });
        let style = Style { key, ..style.clone() };
        (style != Style::default()).then_some(style)
    }

    fn check_film(&self, style: &Style, manifest: &Manifest, errors: &mut Errors) {
        let rates = &manifest.inputs.fps;
        if let Some(fps) = style.fps
            && !rates.is_empty()
            && !rates.contains(&fps)
        {
            let rates: Vec<String> = rates.iter().map(u32::to_string).collect();
            errors.push("style.fps", format!("must be one of {}", rates.join(", ")));
        }
        let ways = &manifest.inputs.pictures;
        if let Some(way) = style.pictures
            && !ways.is_empty()
        {
            let references = self.references.as_ref().map_or(0, Vec::len);
            if !ways.contains(&way) {
                errors.push("style.pictures", "this model does not take it");
            } else if way == PictureUse::FirstAndLast && references != 2 {
                errors.push("style.pictures", "first_and_last takes two references");
            }
        }
    }
}

fn check_instruments(wanted: &[String], manifest: &Manifest, errors: &mut Errors) {
    if wanted.is_empty() {
        return;
    }
    if wanted.len() > INSTRUMENTS {
        errors.push("style.instruments", format!("at most {INSTRUMENTS} instruments"));
    }
    let known = manifest.inputs.instruments();
    for (index, name) in wanted.iter().enumerate().take(INSTRUMENTS) {
        let path = format!("style.instruments[{index}]");
        if !known.contains(&name.as_str()) {
            errors.push(&path, format!("must be one of {}", known.join(", ")));
        } else if wanted[..index].contains(name) {
            errors.push(&path, "is there twice");
        }
    }
}

/// `d MINOR` → `D minor`, of a tonic and one of these modes.
pub(crate) fn canonical_key(text: &str, modes: &[impl AsRef<str>]) -> Option<String> {
    let mut words = text.split_whitespace();
    let (tonic, mode, None) = (words.next()?, words.next()?, words.next()) else { return None };
    let mut letters = tonic.chars();
    let letter = letters.next()?.to_ascii_uppercase();
    let accidental = letters.as_str();
    let mode = mode.to_ascii_lowercase();
    let known = ('A'..='G').contains(&letter)
        && matches!(accidental, "" | "#" | "b")
        && modes.iter().any(|known| known.as_ref() == mode);
    known.then(|| format!("{letter}{accidental} {mode}"))
}
