//! Choice of the tempo.

use super::{Wishes, sharpened};
use crate::dice::Dice;
use crate::error::EngineError;
use crate::score_engine::vocabulary::Vocabulary;

/// Beats per minute: of the hint, else of the prompt's own words, else as the model reads the prompt.
pub(super) fn choose(
    vocabulary: &Vocabulary,
    wishes: &Wishes<'_>,
    style: usize,
    dice: &mut Dice,
) -> Result<f64, EngineError> {
    let bounds = &vocabulary.tempo_bounds;
    let likely = likely(vocabulary, wishes, style, dice);
    if let Some(wanted) = wishes.request.style.tempo_bpm {
        if !(30.0..=300.0).contains(&wanted) {
            return Err(EngineError::invalid("style.tempo_bpm", "must be between 30 and 300"));
        }
        return Ok(wanted);
    }
    // Some people count half or double time; what the model cannot write is taken so.
    let (lowest, highest) = (bounds[0], bounds[bounds.len() - 1]);
    Ok(match wishes.explicit.tempo_bpm {
        Some(wanted) if wanted < lowest * 0.8 => wanted * 2.0,
        Some(wanted) if wanted > highest * 1.25 => wanted / 2.0,
        Some(wanted) => wanted,
        None => wishes.steer.tempo(likely).clamp(lowest, highest),
    })
}

/// The tempo token for a tempo; beyond the bounds, the nearest.
pub(in crate::score_engine) fn token(vocabulary: &Vocabulary, bpm: f64) -> u8 {
    let bounds = &vocabulary.tempo_bounds;
    let above = bounds.iter().filter(|bound| **bound <= bpm).count();
    above.clamp(1, bounds.len() - 1) as u8 - 1
}

/// A tempo within the likely range, and as far as possible within what is usual for the style.
fn likely(vocabulary: &Vocabulary, wishes: &Wishes<'_>, style: usize, dice: &mut Dice) -> f64 {
    let bounds = &vocabulary.tempo_bounds;
    let [low, usual, high] = vocabulary.styles[style].1.bpm;
    let labels: Vec<String> = (0..bounds.len() - 1).map(|token| token.to_string()).collect();
    let place = f64::from(dice.unit());
    if let Some(tempo) = wishes.preset_tempo(labels.len(), place) {
        return tempo;
    }
    let Some(shares) = wishes.reading.shares("tempo", labels.iter().map(String::as_str)) else {
        return usual;
    };
    let token = dice.choose(&sharpened(&shares, 0.3));
    let (from, to) = (bounds[token], bounds[token + 1]);
    let (inner_from, inner_to) = (from.max(low), to.min(high));
    if inner_from < inner_to {
        return inner_from + (inner_to - inner_from) * place;
    }
    from + (to - from) * place
}
