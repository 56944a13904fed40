//! Choice of the key.

use super::{Wishes, index_of, sharpened};
use crate::dice::Dice;
use crate::error::EngineError;
use crate::score::Key;
use crate::score_engine::vocabulary::Vocabulary;

/// The tonic and the mode: of the hint, else of the prompt's own words, else as the model reads the prompt.
pub(super) fn choose(
    vocabulary: &Vocabulary,
    wishes: &Wishes<'_>,
    style: usize,
    valence: u8,
    dice: &mut Dice,
) -> Result<(u8, usize), EngineError> {
    let mode = likely_mode(vocabulary, wishes, style, valence, dice);
    let tonic = (dice.unit() * 12.0) as u8 % 12;
    if let Some(text) = &wishes.request.style.key {
        return named(vocabulary, text, mode).ok_or_else(|| {
            EngineError::invalid("style.key", "must be a key such as \"D minor\" or \"F# major\"")
        });
    }
    Ok(match wishes.explicit.key {
        Some(key) => (key.tonic, matching(vocabulary, key.minor, mode)),
        None => (tonic, mode),
    })
}

/// Reads `D minor`, and `D dorian` where the package has that mode.
fn named(vocabulary: &Vocabulary, text: &str, likely: usize) -> Option<(u8, usize)> {
    let text = text.trim();
    if let Some((tonic, mode)) = text.rsplit_once(' ')
        && let Some(mode) = index_of(&vocabulary.modes, &mode.to_lowercase())
    {
        return Key::parse(tonic).map(|key| (key.tonic, mode));
    }
    Key::parse(text).map(|key| (key.tonic, matching(vocabulary, key.minor, likely)))
}

/// The mode of this name, or the likely one where the package has none.
fn matching(vocabulary: &Vocabulary, minor: bool, likely: usize) -> usize {
    let name = if minor { "minor" } else { "major" };
    index_of(&vocabulary.modes, name).unwrap_or(likely)
}

fn likely_mode(
    vocabulary: &Vocabulary,
    wishes: &Wishes<'_>,
    style: usize,
    valence: u8,
    dice: &mut Dice,
) -> usize {
    let labels = vocabulary.modes.iter().map(|(name, _)| name.as_str());
    let usual = &vocabulary.styles[style].1.modes;
    let mut shares = wishes.reading.shares("mode", labels).unwrap_or_else(|| {
        let weight = |(name, _): &(String, Vec<u8>)| usual.get(name).copied().unwrap_or(0.0);
        vocabulary.modes.iter().map(weight).collect()
    });
    for (share, (_, scale)) in shares.iter_mut().zip(&vocabulary.modes) {
        *share *= (0.5 * (f32::from(valence) - 2.0) * brightness(scale)).exp();
    }
    dice.choose(&sharpened(&shares, 0.3))
}

/// How bright a scale sounds: above 0 with a major third, below without, and less with a minor second.
fn brightness(scale: &[u8]) -> f32 {
    let third = if scale.contains(&4) { 1.0 } else { -0.8 };
    third - if scale.contains(&1) { 0.4 } else { 0.0 }
}
