//! What a preset decides: whatever neither a field of `style` says nor the prompt clearly.
//!
//! The reader's shares tell how clear a prompt is. One that says nothing of a head spreads them as people do who
//! say nothing: of "music for my video" the best style has 0.06, two neighbouring moods 0.6 and three neighbouring
//! tempi 0.6; of "techno" the style has 1.0, and three tempi have 0.9.

use reverie_domain::manifest::Preset;

use super::{Wishes, index_of, names};
use crate::score_engine::vocabulary::{Mood, Vocabulary};

/// Share from which on a prompt is sure of its style.
const STYLE: f32 = 0.95;
/// The same of two neighbouring levels of mood, of one of density, and of three tempi.
const MOOD: f32 = 0.8;
const DENSITY: f32 = 0.6;
const TEMPO: f32 = 0.85;

impl Wishes<'_> {
    /// The style of the preset, if it decides.
    pub(super) fn preset_style(&self, vocabulary: &Vocabulary) -> Option<usize> {
        let preset = self.preset?;
        let sure = (0..vocabulary.styles.len()).any(|style| self.is_sure_of(vocabulary, style));
        let unwanted = names(&self.excluded, &preset.genre);
        index_of(&vocabulary.styles, &preset.genre).filter(|_| !sure && !unwanted)
    }

    /// Whether the prompt names a style, or can mean no other. A piano is no style where it is an instrument.
    fn is_sure_of(&self, vocabulary: &Vocabulary, style: usize) -> bool {
        let name = vocabulary.styles[style].0.as_str();
        let share = self.reading.shares("style", [name]).map_or(0.0, |shares| shares[0]);
        index_of(&vocabulary.instruments, name).is_none()
            && (names(&self.explicit.affirmed, name) || share >= STYLE)
    }

    /// One side of the mood of the preset, if it decides.
    pub(super) fn preset_mood(
        &self,
        vocabulary: &Vocabulary,
        head: &str,
        side: impl Fn(&Mood) -> u8,
    ) -> Option<u8> {
        let mood = index_of(&vocabulary.moods, &self.preset?.mood)?;
        let decides = !self.is_clear(head, 5, 2, MOOD);
        decides.then(|| side(&vocabulary.moods[mood].1))
    }

    /// The density of the preset, 0 to 3, if it decides.
    pub(super) fn preset_density(&self) -> Option<u8> {
        let density = self.preset?.density;
        (!self.is_clear("density", 4, 1, DENSITY)).then_some((density * 3.0).round() as u8)
    }

    /// The tempo of the preset, if it decides: `place` (0–1) of the way from its slowest to its fastest.
    pub(super) fn preset_tempo(&self, tokens: usize, place: f64) -> Option<f64> {
        let [slowest, fastest] = self.preset?.tempo_bpm.map(f64::from);
        let decides = !self.is_clear("tempo", tokens, 3, TEMPO);
        decides.then_some(slowest + (fastest - slowest) * place)
    }

    /// Whether `width` neighbouring levels of a head have this share.
    fn is_clear(&self, head: &str, levels: usize, width: usize, share: f32) -> bool {
        let labels: Vec<String> = (0..levels).map(|level| level.to_string()).collect();
        let shares = self.reading.shares(head, labels.iter().map(String::as_str));
        shares.is_some_and(|shares| {
            shares.windows(width).any(|near| near.iter().sum::<f32>() >= share)
        })
    }
}

/// The instrument of each role, where a preset has one.
pub(super) fn cast(vocabulary: &Vocabulary, preset: &Preset) -> Vec<Option<usize>> {
    let instrument = |role: &String| {
        let track = preset.tracks.iter().find(|track| track.role == *role)?;
        index_of(&vocabulary.instruments, &track.instrument)
    };
    vocabulary.roles.iter().map(instrument).collect()
}
