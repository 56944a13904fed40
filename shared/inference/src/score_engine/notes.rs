//! Where a request contradicts itself, and which side won: the sketch before the fields of `style`,
//! these before numbers and names in the prompt, and those before its other words.

use reverie_domain::sketch::Sketch;

use super::brief::names::{names_instrument, names_role};
use super::brief::{Brief, Wishes, name_of, names};
use super::understood::key_name;
use super::vocabulary::{Vocabulary, index_of};
use crate::score::Key;

const FAST: [&str; 8] =
    ["fast", "faster", "quick", "rapid", "uptempo", "presto", "allegro", "frantic"];
const SLOW: [&str; 6] = ["slow", "slower", "slowly", "adagio", "largo", "downtempo"];
/// Beats per minute below which nothing is fast, and above which nothing is slow.
const FAST_FROM: f64 = 100.0;
const SLOW_TO: f64 = 110.0;
/// Share by which a tempo may differ before it is another one: the length moves it.
const PLAY: f64 = 0.045;

/// What the brief decided against, each in a sentence.
pub(crate) fn of_wishes(
    vocabulary: &Vocabulary,
    wishes: &Wishes<'_>,
    brief: &Brief,
) -> Vec<String> {
    let mut notes = Vec::new();
    tempo(wishes, brief, &mut notes);
    key(vocabulary, wishes, brief, &mut notes);
    genre(vocabulary, wishes, brief, &mut notes);
    preset(vocabulary, wishes, brief, &mut notes);
    mood(vocabulary, wishes, &mut notes);
    players(vocabulary, wishes, brief, &mut notes);
    references(wishes, &mut notes);
    notes
}

/// What decided: the sketch, or this field of `style`.
fn judge(wishes: &Wishes<'_>, field: &str) -> String {
    match wishes.request.sketch {
        Some(_) => "the sketch decides".to_owned(),
        None => format!("style.{field} decides"),
    }
}

fn tempo(wishes: &Wishes<'_>, brief: &Brief, notes: &mut Vec<String>) {
    let sketched =
        wishes.request.sketch.as_ref().and_then(Sketch::music).map(|sketch| sketch.tempo_bpm);
    let hinted = wishes.request.style.tempo_bpm;
    let written = wishes.explicit.tempo_bpm;
    let differs = |one: f64, other: f64| (one / other - 1.0).abs() > PLAY;
    let shown = |bpm: f64| (bpm * 10.0).round() / 10.0;
    if let (Some(sketched), Some(hinted)) = (sketched, hinted)
        && differs(hinted, sketched)
    {
        notes.push(format!(
            "style.tempo_bpm is {hinted} and the sketch says {sketched}: the sketch decides."
        ));
    }
    if let (Some(decided), Some(written)) = (sketched.or(hinted), written)
        && differs(written, decided)
    {
        let judge = judge(wishes, "tempo_bpm");
        notes.push(format!("The prompt says {written} bpm: {judge}, {decided} bpm."));
    } else if let (None, None, Some(written)) = (sketched, hinted, written)
        && differs(brief.fit.bpm, written)
    {
        let bpm = shown(brief.fit.bpm);
        notes.push(format!("{written} bpm is counted as {bpm}, which is the same pulse."));
    }
    let Some(decided) = sketched.or(hinted).or(written) else { return };
    let says = |words: &[&'static str]| {
        let said = wishes.explicit.affirmed.iter();
        said.filter_map(|word| words.iter().find(|known| *known == word)).next().copied()
    };
    let word = match (says(&FAST), says(&SLOW)) {
        (Some(word), None) if decided < FAST_FROM => word,
        (None, Some(word)) if decided > SLOW_TO => word,
        _ => return,
    };
    notes.push(format!("The prompt says “{word}”: the number decides, {} bpm.", shown(decided)));
}

fn key(vocabulary: &Vocabulary, wishes: &Wishes<'_>, brief: &Brief, notes: &mut Vec<String>) {
    let decided = Key::of_scale(brief.tonic, &brief.scale);
    let name = key_name(vocabulary, brief, decided);
    let hinted = wishes.request.style.key.as_deref();
    if wishes.request.sketch.is_some()
        && let Some(hinted) = hinted
        && Key::parse(hinted).is_some_and(|key| key != decided)
    {
        notes.push(format!("style.key is {hinted}: the sketch decides, {name}."));
    }
    let Some(written) = wishes.explicit.key.filter(|written| *written != decided) else { return };
    if hinted.is_some() || wishes.request.sketch.is_some() {
        notes.push(format!("The prompt says {written}: {}, {name}.", judge(wishes, "key")));
    }
}

fn genre(vocabulary: &Vocabulary, wishes: &Wishes<'_>, brief: &Brief, notes: &mut Vec<String>) {
    let decided = &vocabulary.styles[brief.style].0;
    let hinted = wishes.request.style.genre.as_deref().map(name_of);
    let sketched = wishes.request.sketch.is_some();
    if let Some(hinted) = hinted.as_ref().filter(|hinted| sketched && *hinted != decided) {
        notes.push(format!("style.genre is {hinted}: the sketch decides, {decided}."));
    }
    if hinted.is_none() && !sketched {
        return;
    }
    for (other, _) in vocabulary.styles.iter().filter(|(other, _)| other != decided) {
        // A piano is no genre when it is an instrument.
        let is_instrument = index_of(&vocabulary.instruments, other).is_some();
        if !is_instrument && names(&wishes.explicit.affirmed, other) {
            notes.push(format!("The prompt says {other}: {}, {decided}.", judge(wishes, "genre")));
        }
    }
}

/// A preset gives way to everything else.
fn preset(vocabulary: &Vocabulary, wishes: &Wishes<'_>, brief: &Brief, notes: &mut Vec<String>) {
    let Some(preset) = wishes.preset else { return };
    if wishes.request.sketch.is_some() {
        notes.push("The preset changes nothing: the sketch decides.".to_owned());
        return;
    }
    let decided = &vocabulary.styles[brief.style].0;
    if *decided != preset.genre {
        let judge = match wishes.request.style.genre {
            Some(_) => "style.genre",
            None => "the prompt",
        };
        notes.push(format!("The preset is {}: {judge} decides, {decided}.", preset.genre));
    }
}

fn mood(vocabulary: &Vocabulary, wishes: &Wishes<'_>, notes: &mut Vec<String>) {
    let Some(decided) = wishes.request.style.mood.as_deref().map(name_of) else { return };
    let Some(at) = index_of(&vocabulary.moods, &decided) else { return };
    if wishes.request.sketch.is_some() {
        notes.push(format!("style.mood is {decided}: the sketch decides."));
        return;
    }
    let here = vocabulary.moods[at].1;
    for (other, mood) in &vocabulary.moods {
        let far = mood.valence.abs_diff(here.valence) + mood.energy.abs_diff(here.energy) > 3;
        if far && names(&wishes.explicit.affirmed, other) {
            notes.push(format!("The prompt says {other}: style.mood decides, {decided}."));
        }
    }
}

/// References steer what nothing else fixes.
fn references(wishes: &Wishes<'_>, notes: &mut Vec<String>) {
    let request = wishes.request;
    if request.references.iter().all(|reference| reference.look.is_none()) {
        return;
    }
    if request.sketch.is_some() {
        let message = "The references do not change mood and tempo: the sketch decides.";
        notes.push(message.to_owned());
    } else if request.style.mood.is_some() {
        notes.push("The references do not change the mood: style.mood decides.".to_owned());
    }
}

/// Instruments and roles that are asked for and left out.
fn players(vocabulary: &Vocabulary, wishes: &Wishes<'_>, brief: &Brief, notes: &mut Vec<String>) {
    let fixed = wishes.request.sketch.is_some() || !wishes.request.style.instruments.is_empty();
    let plays = |role: &str, instrument: &str| {
        brief.tracks.iter().any(|track| {
            vocabulary.roles[usize::from(track.role)] == role
                || vocabulary.instruments[usize::from(track.instrument)].0 == instrument
        })
    };
    let roles = vocabulary.roles.iter().map(|name| (name, true));
    let instruments = vocabulary.instruments.iter().map(|(name, _)| (name, false));
    for (name, is_role) in roles.chain(instruments) {
        let says = |words: &[String]| {
            words.iter().any(|word| match is_role {
                true => names_role(word, name),
                false => names_instrument(word, name) && word.trim_end_matches('s') == name,
            })
        };
        let there = if is_role { plays(name, "") } else { plays("", name) };
        let shown = name.replace('_', " ");
        match (says(&wishes.explicit.affirmed), says(&wishes.excluded), there) {
            (_, true, true) if fixed => {
                notes.push(format!(
                    "{shown}: to be left out by the words, and {}.",
                    judge(wishes, "instruments")
                ));
            }
            (true, true, false) => {
                notes.push(format!("{shown}: asked for and to be left out; left out."));
            }
            (true, false, false) if fixed => {
                notes.push(format!(
                    "{shown}: asked for in the prompt; {}, without.",
                    judge(wishes, "instruments")
                ));
            }
            _ => {}
        }
    }
}
