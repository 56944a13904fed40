//! Briefs as sketches, and sketches as briefs.

use reverie_domain::sketch::{Chord, MusicSketch, SketchSection, SketchTrack};

use super::brief::{Brief, Demand, Place, Track, Wishes, name_of, places, tempo, tracks};
use super::form::Fit;
use super::harmony::Harmony;
use super::notes;
use super::steer;
use super::understood::key_name;
use super::vocabulary::{Vocabulary, index_of};
use crate::dice::{Dice, Purpose};
use crate::engine::MusicRequest;
use crate::error::EngineError;
use crate::score::Key;

const SHARPS: [&str; 12] = ["C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B"];
const FLATS: [&str; 12] = ["C", "Db", "D", "Eb", "E", "F", "Gb", "G", "Ab", "A", "Bb", "B"];

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

/// The sketch of a brief that was made of a request.
pub(crate) fn of_brief(
    vocabulary: &Vocabulary,
    brief: &Brief,
    request: &MusicRequest,
) -> MusicSketch {
    if let Some(given) = &request.sketch {
        return given.clone();
    }
    let mut dice = Dice::new(request.seed, Purpose::Harmony);
    let style = &vocabulary.styles[brief.style];
    let harmony = Harmony::new(vocabulary, brief.mode, style, &mut dice);
    let key = Key { tonic: brief.tonic, minor: minor(brief) };
    let names = if key.sharps() < 0 { &FLATS } else { &SHARPS };
    let name = |(root, quality): (u8, u8)| {
        let root = names[usize::from((root + brief.tonic) % 12)];
        format!("{root}{}", suffix(&vocabulary.qualities[usize::from(quality)].0))
    };
    let last = brief.places.len() - 1;
    let starts = brief.places.iter().enumerate().filter(|(_, place)| place.phrase == 0);
    let sections = starts.map(|(start, place)| SketchSection {
        name: vocabulary.sections.get(usize::from(place.section)).cloned().unwrap_or_default(),
        bars: place.length,
        chords: (0..place.length)
            .map(|phrase| match start + phrase as usize == last {
                true => name(harmony.home()),
                false => name(harmony.chord(usize::from(place.section), phrase)),
            })
            .collect(),
        tracks: playing(vocabulary, brief, place),
        intensity: intensity(vocabulary, brief, place),
    });
    let mut sketch = MusicSketch {
        genre: style.0.clone(),
        valence: f64::from(brief.valence) / 4.0,
        tempo_bpm: (brief.fit.bpm * 100.0).round() / 100.0,
        metre: vocabulary.metres[brief.metre_index].0.clone(),
        key: key_name(vocabulary, brief, key),
        tracks: brief.tracks.iter().map(|track| named(vocabulary, track)).collect(),
        sections: sections.collect(),
    };
    keep_length(&mut sketch, request.seconds);
    sketch
}

/// Rounding the tempo must not push the wanted length out of what the sketch can last.
fn keep_length(sketch: &mut MusicSketch, seconds: f64) {
    let bpm = sketch.tempo_bpm;
    for cents in [0.0, 1.0, -1.0, 2.0, -2.0] {
        sketch.tempo_bpm = ((bpm * 100.0).round() + cents) / 100.0;
        let (shortest, longest) = sketch.seconds();
        if (f64::from(shortest)..=f64::from(longest)).contains(&seconds) {
            return;
        }
    }
    sketch.tempo_bpm = bpm;
}

fn minor(brief: &Brief) -> bool {
    brief.scale.contains(&3) && !brief.scale.contains(&4)
}

fn named(vocabulary: &Vocabulary, track: &Track) -> SketchTrack {
    SketchTrack {
        role: vocabulary.roles[usize::from(track.role)].clone(),
        instrument: vocabulary.instruments[usize::from(track.instrument)].0.clone(),
    }
}

fn section_name<'v>(vocabulary: &'v Vocabulary, place: &Place) -> &'v str {
    vocabulary.sections.get(usize::from(place.section)).map_or("", String::as_str)
}

/// The roles that play in a section: fewer at the ends, all in a chorus.
fn playing(vocabulary: &Vocabulary, brief: &Brief, place: &Place) -> Vec<String> {
    let section = section_name(vocabulary, place);
    let lively = brief.energy >= 3;
    let plays = |role: &str| match (section, role) {
        ("intro", "lead" | "counter") | ("bridge" | "outro", "counter") => false,
        ("intro", "drums" | "bass") | ("bridge", "drums") => lively,
        ("verse", "counter") => false,
        _ => true,
    };
    let all = || brief.tracks.iter().map(|track| &vocabulary.roles[usize::from(track.role)]);
    let some: Vec<String> = all().filter(|role| plays(role)).cloned().collect();
    if some.is_empty() { all().cloned().collect() } else { some }
}

fn intensity(vocabulary: &Vocabulary, brief: &Brief, place: &Place) -> f64 {
    let more = match section_name(vocabulary, place) {
        "intro" => -0.15,
        "chorus" => 0.15,
        "outro" => -0.2,
        _ => 0.0,
    };
    let level = 0.1 + 0.2 * f64::from(brief.energy) + more;
    (level.clamp(0.0, 1.0) * 100.0).round() / 100.0
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
    let mean = |level: &dyn Fn(&Demand) -> u8| {
        let sum: u32 = demands.iter().map(|demand| u32::from(level(demand))).sum();
        ((f64::from(sum) / f64::from(bars)).round()) as u8
    };
    let brief = Brief {
        style,
        valence: (sketch.valence.clamp(0.0, 1.0) * 4.0).round() as u8,
        energy: mean(&|demand| demand.energy),
        density: mean(&|demand| demand.density),
        metre_index,
        metre,
        split: metre.split(),
        mode,
        scale: vocabulary.modes[mode].1.clone(),
        tonic,
        tempo_token: tempo::token(vocabulary, fit.bpm),
        fit,
        anchor: tracks::anchor(vocabulary, &cast),
        tracks: cast,
        places: places(vocabulary, sections),
        demands,
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
        let plays: Vec<bool> = cast
            .iter()
            .map(|track| section.tracks.iter().any(|name| name == role(track)))
            .collect();
        let sounding = |wanted: &&str| {
            (0..cast.len()).find(|index| plays[*index] && role(&cast[*index]) == *wanted)
        };
        let anchor = ["comp", "pad", "arp", "bass"].iter().find_map(sounding);
        if section.chords.len() != section.bars as usize || !plays.contains(&true) {
            return None;
        }
        let intensity = section.intensity.clamp(0.0, 1.0);
        for bar in &section.chords {
            demands.push(Demand {
                chords: chords(vocabulary, bar, tonic)?,
                plays: plays.clone(),
                anchor,
                energy: (intensity * 4.0).round() as u8,
                density: (intensity * 3.0).round() as u8,
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
