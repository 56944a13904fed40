//! Outlines as sketches, and sketches as briefs.

use reverie_domain::sketch::{Chord, MusicSketch, SketchSection, SketchTrack};

use super::brief::{Brief, Demand, Outline, Track, Wishes, name_of, places, tempo, tracks};
use super::form::{self, Fit};
use super::harmony::Harmony;
use super::notes;
use super::steer;
use super::understood::named_key;
use super::vocabulary::{Vocabulary, index_of};
use crate::dice::{Dice, Purpose};
use crate::engine::MusicRequest;
use crate::error::EngineError;
use crate::score::Key;

const SHARPS: [&str; 12] = ["C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B"];
const FLATS: [&str; 12] = ["C", "Db", "D", "Eb", "E", "F", "Gb", "G", "Ab", "A", "Bb", "B"];

/// Beats per minute from which on a piece whose beats are counted is steady.
const STEADY_FROM: f64 = 85.0;

/// What follows the root in the name of a chord of this quality.
fn suffix(quality: &str) -> &str {
    match quality {
        "maj" => "",
        "min" => "m",
        "sus" => "sus4",
        "min7" => "m7",
        other => other,
    }
}

/// The sketch of a request that has none.
pub(crate) fn of_outline(
    vocabulary: &Vocabulary,
    outline: &Outline,
    request: &MusicRequest,
) -> MusicSketch {
    let mut dice = Dice::new(request.seed, Purpose::Harmony);
    let style = &vocabulary.styles[outline.style];
    let (mode, scale) = &vocabulary.modes[outline.mode];
    let form = form::sections(outline.fit.bars, &style.1);
    let harmony = Harmony::new(vocabulary, outline, &form, &mut dice);
    let key = Key::of_scale(outline.tonic, scale);
    let names = if key.sharps() < 0 { &FLATS } else { &SHARPS };
    let name = |(root, quality): (u8, u8)| {
        let root = names[usize::from((root + outline.tonic) % 12)];
        format!("{root}{}", suffix(&vocabulary.qualities[usize::from(quality)].0))
    };
    let last = form.len() - 1;
    let sections = form.iter().enumerate().map(|(at, (section, bars))| SketchSection {
        name: (*section).to_owned(),
        bars: *bars,
        chords: harmony
            .section(section, *bars, at == last)
            .into_iter()
            .map(|bar| bar.into_iter().map(name).collect::<Vec<_>>().join(" "))
            .collect(),
        tracks: playing(vocabulary, outline, section),
        intensity: intensity(outline, section),
    });
    let mut sketch = MusicSketch {
        genre: style.0.clone(),
        valence: f64::from(outline.valence) / 4.0,
        density: Some(hundredths(f64::from(outline.density) / 3.0)),
        steady: outline.counted && needs_steady_beats(vocabulary, outline),
        tempo_bpm: hundredths(outline.fit.bpm),
        metre: vocabulary.metres[outline.metre].0.clone(),
        key: named_key(key, mode),
        tracks: outline.tracks.iter().map(|track| named(vocabulary, track)).collect(),
        sections: sections.collect(),
    };
    keep_length(&mut sketch, request.seconds);
    sketch
}

/// Whether the tempo is heard better if somebody plays on every beat. Where nobody does, fast beats are heard as half as many;
/// slow ones are heard twice as fast if all that is played is even. In compound time the parts of a beat are easily heard as beats.
fn needs_steady_beats(vocabulary: &Vocabulary, outline: &Outline) -> bool {
    let compound = vocabulary.metres[outline.metre].1.steps_per_beat.is_multiple_of(3);
    compound || outline.fit.bpm >= STEADY_FROM
}

fn hundredths(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}

/// Rounding the tempo must not push the wanted length out of what the sketch can last.
fn keep_length(sketch: &mut MusicSketch, seconds: f64) {
    let bpm = sketch.tempo_bpm;
    for cents in [0.0, 0.01, -0.01, 0.02, -0.02] {
        sketch.tempo_bpm = hundredths(bpm + cents);
        let (shortest, longest) = sketch.seconds();
        if (f64::from(shortest)..=f64::from(longest)).contains(&seconds) {
            return;
        }
    }
    sketch.tempo_bpm = bpm;
}

fn named(vocabulary: &Vocabulary, track: &Track) -> SketchTrack {
    SketchTrack {
        role: vocabulary.roles[usize::from(track.role)].clone(),
        instrument: vocabulary.instruments[usize::from(track.instrument)].0.clone(),
    }
}

/// The roles that play in a section: fewer at the ends, all in a chorus. Who asks for an instrument hears it in a verse,
/// too, as a short piece has nothing else.
fn playing(vocabulary: &Vocabulary, outline: &Outline, section: &str) -> Vec<String> {
    let lively = outline.energy >= 3;
    let role = |track: &Track| vocabulary.roles[usize::from(track.role)].clone();
    let plays = |track: &&Track| match (section, role(track).as_str()) {
        ("intro", "lead" | "counter") => false,
        ("verse" | "bridge" | "outro", "counter") => track.asked,
        ("intro", "drums" | "bass") | ("bridge", "drums") => lively,
        _ => true,
    };
    let some: Vec<String> = outline.tracks.iter().filter(plays).map(role).collect();
    if some.is_empty() { outline.tracks.iter().map(role).collect() } else { some }
}

fn intensity(outline: &Outline, section: &str) -> f64 {
    let more = match section {
        "intro" => -0.15,
        "chorus" => 0.15,
        "outro" => -0.2,
        _ => 0.0,
    };
    hundredths((0.1 + 0.2 * f64::from(outline.energy) + more).clamp(0.0, 1.0))
}

/// What to write by a sketch. The wishes beside it only explain themselves.
///
/// # Errors
/// A name that this package does not have, or a length that the sketch cannot have.
pub(crate) fn brief(
    vocabulary: &Vocabulary,
    wishes: &Wishes<'_>,
    sketch: &MusicSketch,
) -> Result<Brief, EngineError> {
    let unknown = |field| move || EngineError::invalid(field, "is unknown to this model");
    let style = index_of(&vocabulary.styles, &name_of(&sketch.genre))
        .ok_or_else(unknown("sketch.genre"))?;
    let metre_index =
        index_of(&vocabulary.metres, &sketch.metre).ok_or_else(unknown("sketch.metre"))?;
    let (tonic, mode) = key(vocabulary, &sketch.key).ok_or_else(unknown("sketch.key"))?;
    let cast = cast(vocabulary, sketch).ok_or_else(unknown("sketch.tracks"))?;
    let demands = demands(vocabulary, sketch, tonic, &cast)
        .filter(|demands| !demands.is_empty())
        .ok_or_else(unknown("sketch.sections"))?;
    let metre = vocabulary.metres[metre_index].1;
    let seconds = wishes.request.seconds;
    let ring = seconds - sketch.last_bar();
    if ring < 1.0 || !sketch.tempo_bpm.is_finite() {
        return Err(EngineError::invalid("seconds", "is too short for the sketch"));
    }
    let bars = demands.len() as u32;
    let fit = Fit { bars, bpm: sketch.tempo_bpm, ring };
    let sections = sketch.sections.iter().map(|section| (section.name.as_str(), section.bars));
    let energy: u32 = demands.iter().map(|demand| u32::from(demand.energy)).sum();
    let brief = Brief {
        style,
        valence: (sketch.valence.clamp(0.0, 1.0) * 4.0).round() as u8,
        energy: (f64::from(energy) / f64::from(bars)).round() as u8,
        metre_index,
        metre,
        split: metre.split(),
        mode,
        scale: vocabulary.modes[mode].1.clone(),
        tonic,
        tempo_token: tempo::token(vocabulary, fit.bpm),
        fit,
        tracks: cast,
        places: places(vocabulary, sections),
        demands,
        preset: wishes.preset.map(|preset| preset.name.clone()),
        notes: Vec::new(),
        references: steer::explained(&wishes.request.references),
        accents: steer::cuts(&wishes.request.references),
    };
    Ok(Brief { notes: notes::of_wishes(vocabulary, wishes, &brief), ..brief })
}

fn key(vocabulary: &Vocabulary, text: &str) -> Option<(u8, usize)> {
    let (tonic, mode) = text.trim().split_once(' ')?;
    Some((Key::parse(tonic)?.tonic, index_of(&vocabulary.modes, mode)?))
}

/// The tracks that play somewhere, in the order of the roles.
fn cast(vocabulary: &Vocabulary, sketch: &MusicSketch) -> Option<Vec<Track>> {
    let mut cast = Vec::new();
    for (role, name) in vocabulary.roles.iter().enumerate() {
        let heard = sketch.sections.iter().any(|section| section.tracks.contains(name));
        let Some(wanted) = sketch.tracks.iter().find(|track| heard && track.role == *name) else {
            continue;
        };
        let instrument = index_of(&vocabulary.instruments, &wanted.instrument)?;
        cast.push(tracks::track(vocabulary, role, instrument));
    }
    (!cast.is_empty()).then_some(cast)
}

/// One for each bar; `None` where a name is unknown.
fn demands(
    vocabulary: &Vocabulary,
    sketch: &MusicSketch,
    tonic: u8,
    cast: &[Track],
) -> Option<Vec<Demand>> {
    let role = |track: &Track| vocabulary.roles[usize::from(track.role)].as_str();
    let mut demands = Vec::with_capacity(sketch.bars() as usize);
    for section in &sketch.sections {
        let plays = |track: &Track| section.tracks.iter().any(|name| name == role(track));
        let plays: Vec<bool> = cast.iter().map(plays).collect();
        let playing: Vec<usize> = (0..cast.len()).filter(|index| plays[*index]).collect();
        if section.chords.len() != section.bars as usize || playing.is_empty() {
            return None;
        }
        let players: Vec<Track> = playing.iter().map(|index| cast[*index].clone()).collect();
        let anchor = playing[tracks::anchor(vocabulary, &players)];
        let timekeeper = tracks::timekeeper(vocabulary, &players).filter(|_| sketch.steady);
        let intensity = section.intensity.clamp(0.0, 1.0);
        // Half the piece's own, half the section's.
        let density = f64::midpoint(sketch.density.unwrap_or(intensity), intensity);
        for bar in &section.chords {
            demands.push(Demand {
                chords: chords(vocabulary, bar, tonic)?,
                plays: plays.clone(),
                anchor,
                timekeeper: timekeeper.map(|index| playing[index]),
                energy: (intensity * 4.0).round() as u8,
                density: (density * 3.0).round() as u8,
                loudness: 0.7 + 0.55 * intensity as f32,
            });
        }
    }
    Some(demands)
}

fn chords(vocabulary: &Vocabulary, bar: &str, tonic: u8) -> Option<Vec<(u8, u8)>> {
    let mut chords = Vec::new();
    for name in bar.split_whitespace().take(2) {
        let chord = Chord::parse(name)?;
        let named = |(quality, _): &(String, Vec<u8>)| suffix(quality) == chord.quality;
        let quality = vocabulary.qualities.iter().position(named)?;
        chords.push(((chord.root + 12 - tonic % 12) % 12, quality as u8));
    }
    // Twice the same is one that lasts.
    chords.dedup();
    (!chords.is_empty()).then_some(chords)
}
