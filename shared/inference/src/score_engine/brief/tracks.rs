//! Choice of the tracks and their instruments: what a style usually has, and what is asked for.

mod asked;
mod seats;

use reverie_domain::manifest::Preset;

use super::{Track, Wishes, preset};
use crate::dice::Dice;
use crate::error::EngineError;
use crate::score_engine::vocabulary::{Instrument, Style, Vocabulary};

/// Bank of drum kits in a SoundFont.
const DRUM_BANK: u8 = 128;
/// Share of a role's usual probability, by density.
const BY_DENSITY: [f32; 4] = [0.45, 0.85, 1.1, 1.6];

/// Probability from which on a role belongs to a style.
const TYPICAL: f32 = 0.9;

/// The tracks of a piece, in the order of the roles.
pub(super) fn choose(
    vocabulary: &Vocabulary,
    wishes: &Wishes<'_>,
    style: usize,
    density: u8,
    dice: &mut Dice,
) -> Result<Vec<Track>, EngineError> {
    let choice = Choice { vocabulary, wishes, style: &vocabulary.styles[style].1 };
    let mut cast = choice.cast(density, dice);
    if let Some(preset) = wishes.preset {
        cast = choice.band(preset);
    }
    let (hinted, asked) = (choice.hinted()?, choice.asked());
    let wished: Vec<usize> = hinted.iter().chain(&asked).copied().collect();
    let only = match (hinted.is_empty(), wishes.explicit.solo) {
        (false, _) => hinted,
        (true, true) => asked.clone(),
        (true, false) => Vec::new(),
    };
    if only.is_empty() {
        choice.assign(&asked, &mut cast, asked.len() == 1);
    } else {
        cast = vec![None; vocabulary.roles.len()];
        choice.assign(&only, &mut cast, true);
    }
    choice.fill_if_bare(&mut cast);
    Ok(cast
        .iter()
        .enumerate()
        .filter_map(|(role, instrument)| {
            instrument.map(|instrument| Track {
                asked: wished.contains(&instrument),
                ..track(vocabulary, role, instrument)
            })
        })
        .collect())
}

/// The track that carries the harmony: chords if there are any, else the next best.
pub(in crate::score_engine) fn anchor(vocabulary: &Vocabulary, tracks: &[Track]) -> usize {
    first_of(vocabulary, tracks, &["comp", "pad", "arp", "bass"]).unwrap_or(0)
}

/// The track that keeps time, where no drums do. Whoever plays alone has nobody to keep it for.
pub(in crate::score_engine) fn timekeeper(
    vocabulary: &Vocabulary,
    tracks: &[Track],
) -> Option<usize> {
    let counted = tracks.len() > 1 && tracks.iter().all(|track| !track.drums);
    first_of(vocabulary, tracks, &["comp", "bass", "arp"]).filter(|_| counted)
}

/// The track with the first of these roles that somebody plays.
fn first_of(vocabulary: &Vocabulary, tracks: &[Track], roles: &[&str]) -> Option<usize> {
    let plays = |role: &&str| {
        let name = |track: &Track| vocabulary.roles[usize::from(track.role)].as_str();
        tracks.iter().position(|track| name(track) == *role)
    };
    roles.iter().find_map(plays)
}

/// How well a style goes with the instruments that the prompt asks for: the chance that it has one of them.
pub(super) fn affinity(vocabulary: &Vocabulary, wishes: &Wishes<'_>, style: &Style) -> f32 {
    /// What a style that never has them keeps.
    const LEAST: f32 = 0.05;
    let choice = Choice { vocabulary, wishes, style };
    let asked = choice.asked();
    if asked.is_empty() {
        return 1.0;
    }
    let absent: f32 = style
        .tracks
        .values()
        .map(|track| {
            let total: f32 = track.instruments.values().sum();
            let names = asked.iter().map(|index| &vocabulary.instruments[*index].0);
            let weight: f32 = names.filter_map(|name| track.instruments.get(name)).sum();
            1.0 - track.probability.min(1.0) * weight / total.max(f32::MIN_POSITIVE)
        })
        .product();
    LEAST + 1.0 - absent
}

struct Choice<'a> {
    vocabulary: &'a Vocabulary,
    wishes: &'a Wishes<'a>,
    style: &'a Style,
}

/// An instrument for each role, or none.
type Cast = Vec<Option<usize>>;

impl Choice<'_> {
    /// What the style usually has, without what is unwanted. Draws the same number of random numbers for every
    /// request, so that leaving one instrument out changes no other.
    fn cast(&self, density: u8, dice: &mut Dice) -> Cast {
        let roles = self.vocabulary.roles.iter();
        // Who asks for a piano wants to hear the piano.
        let company = if self.asked().is_empty() { 1.0 } else { 0.6 };
        roles
            .map(|role| {
                let (presence, place) = (dice.unit(), dice.clone());
                dice.unit();
                let usual = self.style.tracks.get(role)?;
                let factor = BY_DENSITY[usize::from(density.min(3))];
                let probability = match usual.probability {
                    // What makes the style what it is does not thin out.
                    typical if typical >= TYPICAL => typical,
                    probability => (probability * factor * company).min(1.0),
                };
                let plays = presence < probability || self.wanted_role(role);
                if !plays || self.unwanted_role(role) {
                    return None;
                }
                self.usual_instrument(role, &mut place.clone())
            })
            .collect()
    }

    /// Who plays in a preset, without what is unwanted.
    fn band(&self, preset: &Preset) -> Cast {
        let mut band = preset::cast(self.vocabulary, preset);
        for (role, instrument) in self.vocabulary.roles.iter().zip(&mut band) {
            let unwanted = |index: &usize| self.unwanted(&self.vocabulary.instruments[*index].0);
            if self.unwanted_role(role) || instrument.as_ref().is_some_and(unwanted) {
                *instrument = None;
            }
        }
        band
    }

    fn usual_instrument(&self, role: &str, dice: &mut Dice) -> Option<usize> {
        let weights: Vec<f32> = self
            .vocabulary
            .instruments
            .iter()
            .map(|(name, instrument)| {
                let weight = self.style.tracks.get(role)?.instruments.get(name)?;
                (plays(instrument, role) && !self.unwanted(name)).then_some(*weight)
            })
            .map(Option::unwrap_or_default)
            .collect();
        let chosen = dice.choose(&weights);
        (weights[chosen] > 0.0).then_some(chosen)
    }

    /// A piece needs an instrument with pitch, unless only drums were asked for.
    fn fill_if_bare(&self, cast: &mut Cast) {
        let instruments = &self.vocabulary.instruments;
        let pitched = |index: &usize| instruments[*index].1.bank != DRUM_BANK;
        let only_drums = !self.wishes.request.style.instruments.is_empty();
        if cast.iter().flatten().any(pitched) || only_drums && cast.iter().any(Option::is_some) {
            return;
        }
        let wanted = (0..instruments.len())
            .filter(pitched)
            .find(|index| !self.unwanted(&instruments[*index].0))
            .or_else(|| (0..instruments.len()).find(pitched));
        if let Some(index) = wanted {
            self.assign(&[index], cast, true);
        }
    }
}

/// The track of an instrument in a role.
pub(in crate::score_engine) fn track(
    vocabulary: &Vocabulary,
    role: usize,
    instrument: usize,
) -> Track {
    let name = vocabulary.roles[role].as_str();
    let drums = vocabulary.instruments[instrument].1.bank == DRUM_BANK;
    Track {
        role: role as u8,
        instrument: instrument as u8,
        drums,
        melodic: matches!(name, "lead" | "counter"),
        keys: match name {
            _ if drums => 4,
            "bass" | "lead" | "counter" => 3,
            _ => 6,
        },
        asked: false,
    }
}

fn plays(instrument: &Instrument, role: &str) -> bool {
    instrument.roles.iter().any(|other| other == role)
}
