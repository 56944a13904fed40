//! How a request was understood, as JSON.

use serde_json::{Value, json};

use super::bars::Bar;
use super::brief::Brief;
use super::vocabulary::Vocabulary;
use crate::score::Score;

/// Style, mood, tempo, key, metre, instruments and sections.
pub(crate) fn understood(
    vocabulary: &Vocabulary,
    brief: &Brief,
    bars: &[Bar],
    score: &Score,
) -> Value {
    let tonic = score.key.to_string();
    let tonic = tonic.split(' ').next().unwrap_or_default();
    let instruments: Vec<Value> = brief
        .tracks
        .iter()
        .enumerate()
        .filter(|(index, _)| bars.iter().any(|bar| bar.tracks[*index].is_some()))
        .map(|(_, track)| {
            json!({
                "role": vocabulary.roles[usize::from(track.role)],
                "name": vocabulary.instruments[usize::from(track.instrument)].0,
            })
        })
        .collect();
    let bar_seconds = f64::from(score.metre.bar_ticks()) * score.tick_seconds();
    let sections: Vec<Value> = score
        .sections
        .iter()
        .map(|section| {
            json!({
                "name": section.name,
                "bars": section.bars,
                "start": decimals(f64::from(section.bar) * bar_seconds, 2),
            })
        })
        .collect();
    json!({
        "style": vocabulary.styles[brief.style].0,
        "mood": mood(vocabulary, brief),
        "valence": decimals(f64::from(brief.valence) / 4.0, 2),
        "energy": decimals(f64::from(brief.energy) / 4.0, 2),
        "tempo_bpm": decimals(brief.fit.bpm, 1),
        "key": format!("{tonic} {}", vocabulary.modes[brief.mode].0),
        "metre": vocabulary.metres[brief.metre_index].0,
        "instruments": instruments,
        "sections": sections,
    })
}

/// The name of the nearest mood; the first of several.
fn mood<'v>(vocabulary: &'v Vocabulary, brief: &Brief) -> Option<&'v str> {
    let nearest = vocabulary.moods.iter().min_by_key(|(_, mood)| {
        let across = i32::from(mood.valence) - i32::from(brief.valence);
        let up = i32::from(mood.energy) - i32::from(brief.energy);
        across * across + up * up
    });
    nearest.map(|(name, _)| name.as_str())
}

fn decimals(value: f64, places: i32) -> f64 {
    let scale = 10f64.powi(places);
    (value * scale).round() / scale
}
