//! What is to be written: what the wishes of a request decide, and what its sketch says of each bar.

mod key;
pub(super) mod names;
mod preset;
pub(super) mod tempo;
pub(super) mod tracks;

use reverie_domain::manifest::Preset;

use super::form::{self, Fit};
use super::prompt::Reading;
use super::prompt::rules::{self, Explicit};
use super::steer::Steer;
use super::vocabulary::{Metre, Token, Vocabulary, index_of};
use crate::dice::{Dice, Purpose};
use crate::engine::MusicRequest;
use crate::error::EngineError;

/// What the wishes of a request decide about the whole piece: all that its sketch is made of.
#[derive(Debug, Clone)]
pub(crate) struct Outline {
    pub(crate) style: usize,
    /// 0–4, sad to happy.
    pub(crate) valence: u8,
    /// 0–4, calm to driving.
    pub(crate) energy: u8,
    /// 0–3, sparse to dense.
    pub(crate) density: u8,
    /// Index into the metres.
    pub(crate) metre: usize,
    /// Index into the modes.
    pub(crate) mode: usize,
    /// Pitch class, 0 is C.
    pub(crate) tonic: u8,
    pub(crate) fit: Fit,
    /// Whether beats are counted: a number of them was asked for, or the cuts of a film fall on them.
    pub(crate) counted: bool,
    pub(crate) tracks: Vec<Track>,
}

/// A sketch in the terms of the package: the decisions that come before the first bar.
#[derive(Debug, Clone)]
pub(crate) struct Brief {
    pub(crate) style: usize,
    /// 0–4, sad to happy.
    pub(crate) valence: u8,
    /// 0–4, calm to driving: the mean of the bars.
    pub(crate) energy: u8,
    /// Index into the metres.
    pub(crate) metre_index: usize,
    pub(crate) metre: Metre,
    /// Step at which a second chord starts.
    pub(crate) split: u8,
    /// Index into the modes.
    pub(crate) mode: usize,
    /// Pitch classes above the tonic.
    pub(crate) scale: Vec<u8>,
    /// Pitch class, 0 is C.
    pub(crate) tonic: u8,
    pub(crate) tempo_token: u8,
    pub(crate) fit: Fit,
    pub(crate) tracks: Vec<Track>,
    /// One for each bar.
    pub(crate) places: Vec<Place>,
    /// What the sketch says of each bar.
    pub(crate) demands: Vec<Demand>,
    /// The name of the preset that was asked for.
    pub(crate) preset: Option<String>,
    /// Where the brief is not what the request says, each in a sentence.
    pub(crate) notes: Vec<String>,
    /// Each reference, and what it says in plain words.
    pub(crate) references: Vec<serde_json::Value>,
    /// When an accent falls, in seconds from the start.
    pub(crate) accents: Vec<f64>,
}

/// What a sketch says of a bar.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Demand {
    /// One or two: semitones above the tonic, and index into the qualities.
    pub(crate) chords: Vec<(u8, u8)>,
    /// For each track, whether it plays.
    pub(crate) plays: Vec<bool>,
    /// The track that carries the harmony, and so plays in every bar.
    pub(crate) anchor: usize,
    /// The track that plays on every beat.
    pub(crate) timekeeper: Option<usize>,
    /// 0–4, calm to driving.
    pub(crate) energy: u8,
    /// 0–3, sparse to dense.
    pub(crate) density: u8,
    /// Factor of all velocities.
    pub(crate) loudness: f32,
}

/// A track of the header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Track {
    /// Index into the roles.
    pub(crate) role: u8,
    /// Index into the instruments.
    pub(crate) instrument: u8,
    pub(crate) drums: bool,
    /// A tune, as opposed to accompaniment.
    pub(crate) melodic: bool,
    /// Most keys in one group.
    pub(crate) keys: usize,
    /// Whether the wishes name its instrument.
    pub(crate) asked: bool,
}

/// Where a bar stands in the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    /// Index into the sections.
    pub(crate) section: u8,
    /// Bar within its section.
    pub(crate) phrase: u32,
    /// Bars of the section.
    pub(crate) length: u32,
    /// A section that comes back unchanged.
    pub(crate) refrain: bool,
}

/// Everything that a request says.
pub(crate) struct Wishes<'a> {
    pub(crate) request: &'a MusicRequest,
    pub(crate) reading: &'a Reading,
    /// The reading of the negative prompt.
    pub(crate) negative: Option<&'a Reading>,
    pub(crate) explicit: Explicit,
    /// Words for what to leave out.
    pub(crate) excluded: Vec<String>,
    /// What the references change.
    pub(crate) steer: Steer,
    /// What the request's preset stands for.
    pub(crate) preset: Option<&'a Preset>,
}

impl<'a> Wishes<'a> {
    pub(crate) fn new(
        request: &'a MusicRequest,
        reading: &'a Reading,
        negative: Option<&'a Reading>,
        preset: Option<&'a Preset>,
    ) -> Self {
        let explicit = rules::read(&request.prompt);
        let mut excluded = explicit.excluded.clone();
        excluded.extend(request.negative_prompt.as_deref().map(rules::words).unwrap_or_default());
        let steer = Steer::of(&request.references);
        Self { request, reading, negative, explicit, excluded, steer, preset }
    }
}

impl Wishes<'_> {
    /// The beats per minute that were asked for as a number.
    fn number(&self) -> Option<f64> {
        self.request.style.tempo_bpm.or(self.explicit.tempo_bpm)
    }

    /// Share by which the length may move the tempo: not at all where a number was asked for.
    fn tempo_play(&self) -> f64 {
        if self.number().is_some() { 0.0 } else { form::TEMPO_PLAY }
    }
}

impl Outline {
    /// Decides everything that the wishes leave open, by what the model thinks likely and by the seed.
    ///
    /// # Errors
    /// A hint that this package does not have.
    pub(crate) fn new(vocabulary: &Vocabulary, wishes: &Wishes<'_>) -> Result<Self, EngineError> {
        let mut dice = Dice::new(wishes.request.seed, Purpose::Plan);
        let style = style(vocabulary, wishes, &mut dice)?;
        let (valence, energy) = mood(vocabulary, wishes, style)?;
        let density = wishes.preset_density().or_else(|| level(wishes, "density", 4));
        let density = density.unwrap_or((energy / 2 + 1).min(3));
        let density = Steer::moved(density, wishes.steer.energy * 0.6, 3);
        let metre = metre(vocabulary, wishes, style, &mut dice);
        let (tonic, mode) = key::choose(vocabulary, wishes, style, valence, &mut dice)?;
        let wanted = tempo::choose(vocabulary, wishes, style, &mut dice)?;
        let Metre { steps, steps_per_beat } = vocabulary.metres[metre].1;
        let beats = f64::from(steps) / f64::from(steps_per_beat);
        Ok(Self {
            style,
            valence,
            energy,
            density,
            metre,
            mode,
            tonic,
            fit: form::fit(wishes.request.seconds, beats, wanted, wishes.tempo_play()),
            counted: wishes.number().is_some(),
            tracks: tracks::choose(vocabulary, wishes, style, density, &mut dice)?,
        })
    }
}

impl Brief {
    /// The energy and density of a bar.
    pub(crate) fn levels(&self, at: usize) -> (u8, u8) {
        (self.demands[at].energy, self.demands[at].density)
    }

    /// Whether a track plays on every beat of bar `at`.
    pub(crate) fn keeps_time(&self, at: usize, track: usize) -> bool {
        self.demands[at].timekeeper == Some(track)
    }

    /// Whether what a track plays in bar `other` is as steady as bar `at` asks for.
    pub(crate) fn as_steady(&self, other: usize, at: usize, track: usize) -> bool {
        self.keeps_time(other, track) || !self.keeps_time(at, track)
    }

    /// The header of a row that bar `at` is written in.
    pub(crate) fn header(&self, at: usize) -> Vec<Token> {
        let (energy, density) = self.levels(at);
        let mut header = vec![
            Token::Bos,
            Token::Style(self.style as u8),
            Token::Valence(self.valence),
            Token::Energy(energy),
            Token::Tempo(self.tempo_token),
            Token::Metre(self.metre_index as u8),
            Token::Mode(self.mode as u8),
            Token::Density(density),
        ];
        for track in &self.tracks {
            header.extend([Token::Track(track.role), Token::Inst(track.instrument)]);
        }
        header
    }
}

fn style(
    vocabulary: &Vocabulary,
    wishes: &Wishes<'_>,
    dice: &mut Dice,
) -> Result<usize, EngineError> {
    if let Some(wanted) = &wishes.request.style.genre {
        return index_of(&vocabulary.styles, &name_of(wanted))
            .ok_or_else(|| EngineError::invalid("style.genre", one_of(&vocabulary.styles)));
    }
    if let Some(style) = wishes.preset_style(vocabulary) {
        return Ok(style);
    }
    let labels = vocabulary.styles.iter().map(|(name, _)| name.as_str());
    let mut shares = wishes
        .reading
        .shares("style", labels)
        .unwrap_or_else(|| vec![1.0; vocabulary.styles.len()]);
    for (share, (name, style)) in shares.iter_mut().zip(&vocabulary.styles) {
        if names(&wishes.excluded, name) {
            *share = 0.0;
        }
        *share *= tracks::affinity(vocabulary, wishes, style);
    }
    Ok(dice.choose(&sharpened(&shares, 0.6)))
}

fn mood(
    vocabulary: &Vocabulary,
    wishes: &Wishes<'_>,
    style: usize,
) -> Result<(u8, u8), EngineError> {
    if let Some(wanted) = &wishes.request.style.mood {
        let mood = index_of(&vocabulary.moods, &name_of(wanted));
        return mood
            .map(|index| vocabulary.moods[index].1)
            .map(|mood| (mood.valence, mood.energy))
            .ok_or_else(|| EngineError::invalid("style.mood", one_of(&vocabulary.moods)));
    }
    let usual = &vocabulary.styles[style].1;
    let valence = wishes.preset_mood(vocabulary, "valence", |mood| mood.valence);
    let energy = wishes.preset_mood(vocabulary, "energy", |mood| mood.energy);
    let read = |head| level(wishes, head, 5);
    let mut valence = valence.or_else(|| read("valence")).unwrap_or(usual.valence);
    let mut energy = energy.or_else(|| read("energy")).unwrap_or(usual.energy);
    // A mood that is not wanted leaves its own side of the middle.
    for (name, mood) in &vocabulary.moods {
        if names(&wishes.excluded, name) {
            valence = match mood.valence {
                0 | 1 => valence.max(2),
                4 => valence.min(2),
                _ => valence,
            };
            energy = match mood.energy {
                0 => energy.max(2),
                4 => energy.min(2),
                _ => energy,
            };
        }
    }
    // Words of moods and pictures meet half-way.
    let Steer { valence: happier, energy: livelier, .. } = wishes.steer;
    Ok((Steer::moved(valence, happier, 4), Steer::moved(energy, livelier, 4)))
}

/// The likeliest level of a head whose labels are numbers from 0.
fn level(wishes: &Wishes<'_>, head: &str, count: usize) -> Option<u8> {
    let labels = ["0", "1", "2", "3", "4"].into_iter().take(count);
    let shares = wishes.reading.shares(head, labels)?;
    let likeliest = shares.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1))?;
    u8::try_from(likeliest.0).ok()
}

fn metre(vocabulary: &Vocabulary, wishes: &Wishes<'_>, style: usize, dice: &mut Dice) -> usize {
    let labels = vocabulary.metres.iter().map(|(name, _)| name.as_str());
    let usual = &vocabulary.styles[style].1.metres;
    let weight = |(name, _): &(String, Metre)| usual.get(name).copied().unwrap_or(0.0);
    let weights: Vec<f32> = vocabulary.metres.iter().map(weight).collect();
    let mut shares = wishes.reading.shares("metre", labels).unwrap_or_else(|| weights.clone());
    // A metre that the style never has must be said clearly, and next to a style that was picked from
    // a list it must be written out.
    let written = |(name, _): &(String, Metre)| wishes.explicit.affirmed.contains(name);
    let said = vocabulary.metres.iter().any(written);
    let foreign = match wishes.request.style.genre {
        None => 0.2,
        Some(_) if said => 0.02,
        Some(_) => 0.0,
    };
    for (share, weight) in shares.iter_mut().zip(weights) {
        *share *= if weight > 0.0 { 1.0 } else { foreign };
    }
    // Beats that somebody counts are those of the likeliest metre: in another the number would mean another pace.
    let floor = if wishes.number().is_some() && !said { 1.0 } else { 0.3 };
    dice.choose(&sharpened(&shares, floor))
}

/// The bars of sections with these names and lengths.
pub(super) fn places<'s>(
    vocabulary: &Vocabulary,
    sections: impl IntoIterator<Item = (&'s str, u32)>,
) -> Vec<Place> {
    let mut places = Vec::new();
    for (name, length) in sections {
        let section = vocabulary.sections.iter().position(|other| other == name);
        places.extend((0..length).map(|phrase| Place {
            section: section.unwrap_or(0) as u8,
            phrase,
            length,
            refrain: name == "chorus",
        }));
    }
    places
}

/// Weights for a choice among those whose share is not below `floor` times the likeliest.
fn sharpened(shares: &[f32], floor: f32) -> Vec<f32> {
    let top = shares.iter().copied().fold(0.0, f32::max);
    let weight = |share: &f32| {
        if *share < top * floor { 0.0 } else { share * share }
    };
    shares.iter().map(weight).collect()
}

/// A name as the tables write it.
pub(super) fn name_of(text: &str) -> String {
    text.trim().to_lowercase().replace([' ', '-'], "_")
}

/// Whether a word, or two neighbours as in "hip hop", is `name`.
pub(super) fn names(words: &[String], name: &str) -> bool {
    let letters = |text: &str| -> String { text.chars().filter(|c| c.is_alphanumeric()).collect() };
    let words: Vec<String> = words.iter().map(|word| letters(word)).collect();
    let name = letters(name);
    words.contains(&name) || words.windows(2).any(|pair| pair.concat() == name)
}

/// "must be one of" and the names of a table.
fn one_of<T>(table: &[(String, T)]) -> String {
    let names: Vec<&str> = table.iter().map(|(name, _)| name.as_str()).collect();
    format!("must be one of: {}", names.join(", "))
}
