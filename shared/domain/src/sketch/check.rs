//! What is wrong with a sketch, each thing with its field's path.

use super::*;
use crate::{
    manifest::MusicWords,
    request::{Errors, canonical_key},
};

const SECTIONS: usize = 32;
const TRACKS: usize = 16;
const BARS: u32 = 64;
const TEMPO: RangeInclusive<f64> = 30.0..=300.0;

/// A chord's name, taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Chord<'a> {
    /// The root's pitch class; 0 is C.
    pub root: u8,
    /// What follows the root, such as `m7`.
    pub quality: &'a str,
}

impl<'a> Chord<'a> {
    /// Reads `C`, `F#m7`, `Bbmaj7`.
    #[must_use]
    pub fn parse(text: &'a str) -> Option<Self> {
        let (root, quality) = pitch_class(text)?;
        Some(Self { root, quality })
    }
}

/// The pitch class at the start of a name, and what follows it.
fn pitch_class(text: &str) -> Option<(u8, &str)> {
    let natural = match text.as_bytes().first()? {
        b'C' => 0,
        b'D' => 2,
        b'E' => 4,
        b'F' => 5,
        b'G' => 7,
        b'A' => 9,
        b'B' => 11,
        _ => return None,
    };
    let rest = &text[1..];
    Some(match (rest.strip_prefix('#'), rest.strip_prefix('b')) {
        (Some(rest), _) => ((natural + 1) % 12, rest),
        (_, Some(rest)) => ((natural + 11) % 12, rest),
        _ => (natural, rest),
    })
}

impl MusicSketch {
    /// This sketch in its one form: names without spaces around them, numbers to a hundredth.
    ///
    /// # Errors
    /// Everything that is wrong with it, each with its field's path.
    pub fn checked(&self, words: &MusicWords, genres: &[String]) -> Result<Self, Vec<FieldError>> {
        let mut errors = Errors::default();
        errors.listed("sketch.genre", &self.genre, genres);
        errors.listed("sketch.metre", self.metre.trim(), &words.metres);
        let key = checked_key(&self.key, words, &mut errors);
        if !TEMPO.contains(&self.tempo_bpm) {
            errors.push("sketch.tempo_bpm", "must be 30 to 300");
        }
        errors.share("sketch.valence", self.valence);
        self.density.inspect(|density| errors.share("sketch.density", *density));
        self.check_tracks(words, &mut errors);
        let sections = self.checked_sections(words, &mut errors);
        if !errors.0.is_empty() {
            return Err(errors.0);
        }
        Ok(Self {
            genre: self.genre.clone(),
            valence: hundredths(self.valence),
            density: self.density.map(hundredths),
            steady: self.steady,
            tempo_bpm: hundredths(self.tempo_bpm),
            metre: self.metre.trim().to_owned(),
            key,
            tracks: self.tracks.clone(),
            sections,
        })
    }

    fn check_tracks(&self, words: &MusicWords, errors: &mut Errors) {
        if !(1..=TRACKS).contains(&self.tracks.len()) {
            return errors.push("sketch.tracks", format!("must have 1 to {TRACKS} entries"));
        }
        let roles: Vec<String> = words.tracks.iter().map(|track| track.role.clone()).collect();
        for (index, track) in self.tracks.iter().enumerate() {
            let path = format!("sketch.tracks[{index}]");
            let Some(known) = words.tracks.iter().find(|known| known.role == track.role) else {
                errors.push(&format!("{path}.role"), one_of(&roles));
                continue;
            };
            if self.tracks[..index].iter().any(|other| other.role == track.role) {
                errors.push(&format!("{path}.role"), "is there twice");
            }
            errors.listed(&format!("{path}.instrument"), &track.instrument, &known.instruments);
        }
    }

    fn checked_sections(&self, words: &MusicWords, errors: &mut Errors) -> Vec<SketchSection> {
        if !(1..=SECTIONS).contains(&self.sections.len()) {
            errors.push("sketch.sections", format!("must have 1 to {SECTIONS} entries"));
            return Vec::new();
        }
        let last = self.sections.len() - 1;
        let checked = self.sections.iter().enumerate().map(|(index, section)| {
            let path = format!("sketch.sections[{index}]");
            errors.listed(&format!("{path}.name"), &section.name, &words.sections);
            errors.share(&format!("{path}.intensity"), section.intensity);
            self.check_players(section, &path, errors);
            SketchSection {
                intensity: hundredths(section.intensity),
                chords: checked_chords(section, &path, index == last, words, errors),
                ..section.clone()
            }
        });
        checked.collect()
    }

    fn check_players(&self, section: &SketchSection, path: &str, errors: &mut Errors) {
        if !(1..=TRACKS).contains(&section.tracks.len()) {
            return errors.push(&format!("{path}.tracks"), format!("must have 1 to {TRACKS}"));
        }
        let roles: Vec<String> = self.tracks.iter().map(|track| track.role.clone()).collect();
        for (index, role) in section.tracks.iter().enumerate() {
            let path = format!("{path}.tracks[{index}]");
            errors.listed(&path, role, &roles);
            if section.tracks[..index].contains(role) {
                errors.push(&path, "is there twice");
            }
        }
    }
}

/// The chords with one space between two of a bar.
fn checked_chords(
    section: &SketchSection,
    path: &str,
    ends: bool,
    words: &MusicWords,
    errors: &mut Errors,
) -> Vec<String> {
    if !(1..=BARS).contains(&section.bars) {
        errors.push(&format!("{path}.bars"), format!("must be 1 to {BARS}"));
        return Vec::new();
    }
    let (bars, chords) = (section.bars as usize, section.chords.len());
    if chords != bars {
        let message = format!("has {chords} entries for {bars} bars");
        errors.push(&format!("{path}.chords"), message);
        return Vec::new();
    }
    let checked = section.chords.iter().enumerate().map(|(bar, text)| {
        let path = format!("{path}.chords[{bar}]");
        let names: Vec<&str> = text.split_whitespace().take(3).collect();
        let most = if ends && bar + 1 == bars { 1 } else { 2 };
        if !(1..=most).contains(&names.len()) {
            errors.push(&path, if most == 1 { "the last bar has one chord" } else { TWO });
        }
        for name in &names {
            let known = |chord: Chord<'_>| words.chords.iter().any(|other| other == chord.quality);
            if !Chord::parse(name).is_some_and(known) {
                errors.push(&path, chord_names(words));
            }
        }
        names.join(" ")
    });
    checked.collect()
}

/// Said of a bar.
const TWO: &str = "a bar has one chord, or two with a space between them";

fn chord_names(words: &MusicWords) -> String {
    let named = words.chords.iter().map(|quality| format!("C{quality}"));
    format!("must be chords such as {}", named.collect::<Vec<_>>().join(", "))
}

fn checked_key(text: &str, words: &MusicWords, errors: &mut Errors) -> String {
    canonical_key(text, &words.modes).unwrap_or_else(|| {
        let modes = words.modes.join(", ");
        errors.push("sketch.key", format!("must be a tonic and one of {modes}, as in D minor"));
        String::new()
    })
}

fn hundredths(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}

fn one_of(names: &[String]) -> String {
    format!("must be one of {}", names.join(", "))
}

impl Errors {
    fn listed(&mut self, path: &str, name: &str, names: &[String]) {
        if !names.iter().any(|known| known == name) {
            self.push(path, one_of(names));
        }
    }

    fn share(&mut self, path: &str, value: f64) {
        if !(0.0..=1.0).contains(&value) {
            self.push(path, "must be 0 to 1");
        }
    }
}
