//! How a request was understood, as JSON.

use serde_json::{Value, json};

use super::bars::Bar;
use super::brief::Brief;
use super::vocabulary::Vocabulary;
use crate::score::{Key, Score};

/// Of a piece that is written: a track that never plays is not named.
pub(crate) fn of_bars(
    vocabulary: &Vocabulary,
    brief: &Brief,
    bars: &[Bar],
    score: &Score,
) -> Value {
    let sounds = |track: usize| bars.iter().any(|bar| bar.tracks[track].is_some());
    understood(vocabulary, brief, sounds, score)
}

/// Of a piece that is only planned; `score` has no parts yet.
pub(crate) fn of_plan(vocabulary: &Vocabulary, brief: &Brief, score: &Score) -> Value {
    understood(vocabulary, brief, |_| true, score)
}

fn understood(
    vocabulary: &Vocabulary,
    brief: &Brief,
    sounds: impl Fn(usize) -> bool,
    score: &Score,
) -> Value {
    let instruments: Vec<Value> = brief
        .tracks
        .iter()
        .enumerate()
        .filter(|(index, _)| sounds(*index))
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
    let mut understood = json!({
        "style": vocabulary.styles[brief.style].0,
        "mood": mood(vocabulary, brief),
        "valence": decimals(f64::from(brief.valence) / 4.0, 2),
        "energy": decimals(f64::from(brief.energy) / 4.0, 2),
        "tempo_bpm": decimals(brief.fit.bpm, 1),
        "key": key_name(vocabulary, brief, score.key),
        "metre": vocabulary.metres[brief.metre_index].0,
        "instruments": instruments,
        "sections": sections,
        "notes": brief.notes,
        "references": brief.references,
    });
    if let Some(preset) = &brief.preset {
        understood["preset"] = json!(preset);
    }
    understood
}

/// Such as `D dorian`.
pub(crate) fn key_name(vocabulary: &Vocabulary, brief: &Brief, key: Key) -> String {
    named_key(key, &vocabulary.modes[brief.mode].0)
}

/// A tonic, and a mode instead of major or minor.
pub(crate) fn named_key(key: Key, mode: &str) -> String {
    let tonic = key.to_string();
    format!("{} {mode}", tonic.split(' ').next().unwrap_or_default())
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
