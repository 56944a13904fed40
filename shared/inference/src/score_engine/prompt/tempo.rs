//! The number of beats that a prompt asks for, in the ways in which people write it.

use std::ops::RangeInclusive;
use std::sync::LazyLock;

use icu_normalizer::ComposingNormalizerBorrowed;
use regex_lite::{Captures, Regex};
use text2num::{Language, replace_numbers_in_text};

/// Tempi that are taken from a prompt, in beats per minute.
const TEMPO: RangeInclusive<f64> = 30.0..=300.0;
/// Numbers that are a tempo though nothing beside them says so.
const BARE: RangeInclusive<f64> = 50.0..=200.0;
/// Of a range, the higher by the lower number.
const WIDEST_RANGE: f64 = 1.5;

// Parts of the patterns. All is in lower case, with single spaces; `\b` and `\w` know ASCII only.
const NUMBER: &str = r"(\d{1,3}(?:[.,]\d{1,2})?)";
/// Before a number that stands by itself: it is no part of a name, a date or another number.
const LEFT: &str = r"(?:^|[^\w.,/#-]|\D,)";
const PER: &str = r"(?:/|per |an? |each |every |to the |in an? |pro |par |por |al |na )";
const UNIT: &str = r"(?: ?-?ish)? ?(?:b\. ?p\. ?m|bpm|bmp|pbm|бпм|拍|battements|battiti|pulsaciones|batidas|schläge|slagen|uderze|удар";
const LABEL: &str = r"(?:\bb\.p\.m\.|bpm|\btempo|\btmepo|\btiempo|темп|テンポ|速度|\bmetronome?|\bm\.?m\b|\bclick|\bpulse)";
const FILLER: &str = r"(?:[ .:=~\[à是は]|\b(?:of|is|at|on|to|a|auf|por|de|set|about|around|approx|roughly|circa|ca|etwa|um|mark|marking|should|be)\b)*";
/// After a number that has no unit.
const END: &str =
    r"(?:-?ish)?(?: ?[,.;:!?)\]|/]| [-–—]|$| (?:with|instead|please|then|on the clock)\b)";
/// A metre that may stand before the number, as in "4/4, 110".
const METRE: &str = r"(?:\d{1,2}/(?:2|4|8|16)[,;:.]? )?";
/// Music that is named with its number, as in "174 drum and bass".
const GENRE: &str = r"(?:drum (?:and|&|n|'n') bass|dnb|d&b|techno|house|trance|dubstep|garage|jungle|hardstyle|gabber|breakbeat|electro|trap|drill|edm|moombahton|disco|psytrance|hip[ -]?hop|boom[ -]?bap|footwork|reggaeton|swing|shuffle|waltz|march|polka|samba|bossa(?: nova)?|salsa|rock(?: (?:and|&|n|'n') roll)?|punk|metal|funk|soul|jazz|blues|reggae|ska|synthwave|lo-?fi)\b";
/// Names of notes, and how many quarter notes they are. A dotted quarter is the beat of the metres that have it.
const NOTES: &[(&str, f64)] = &[
    (r"(?:dotted|punktierte) (?:half|minim|halbe)", 3.0),
    ("(?:\\b(?:half|minim|halbe|blanche|blanca|minima)|\u{1d15e}|\u{1d157}\u{1d165})", 2.0),
    (r"(?:\b(?:eighth|quaver|achtel|croche|corchea|croma)|♪)", 0.5),
    (r"(?:♩|\bq|\b(?:quarter|crotchet|viertel|noire|negra|semiminima)|四分音符)", 1.0),
];

/// A number after one of these is no tempo that is asked for.
const NO_TEMPO: [&str; 8] = ["not", "op.", "opus", "no.", "nr.", "vol.", "k.", "bwv"];

/// What a pattern's numbers mean.
#[derive(Debug, Clone, Copy)]
enum Meaning {
    /// So many beats a minute for each.
    Times(f64),
    /// A tempo if it is an ordinary one.
    Bare,
    /// Any between the two.
    Range,
}

static PATTERNS: LazyLock<Vec<(Regex, Meaning)>> = LazyLock::new(|| {
    let compiled = |(source, meaning): (String, _)| Some((Regex::new(&source).ok()?, meaning));
    sources().into_iter().filter_map(compiled).collect()
});

/// What says most about its number comes first.
fn sources() -> Vec<(String, Meaning)> {
    let unit = format!(r"{UNIT}|(?:beats?|pulses?|clicks?) ?{PER}?m(?:in|\b)|{PER}min)");
    let changed = r"\b(?:make (?:it|that)|go with|(?:down|up) to|rather|better)(?: about| at)? ";
    let notes = NOTES.iter().map(|(note, length)| {
        (
            format!(r"{note}(?: note)?(?: ?\.| puntata| pointée| con puntillo)? ?= ?{NUMBER}\b"),
            Meaning::Times(*length),
        )
    });
    let named = [
        (format!("{changed}{NUMBER}(?:{unit}|{END})"), Meaning::Times(1.0)),
        (
            format!(
                "{LEFT}{NUMBER} (?:beats?|pulses?|clicks?) (?:a|per|every|each) (?:second|2nd)"
            ),
            Meaning::Times(60.0),
        ),
    ];
    let plain = [
        (
            format!("{LEFT}{NUMBER}(?:{unit})? ?(?:-|–|—|to|and|bis|à|y|e|и) ?{NUMBER}{unit}"),
            Meaning::Range,
        ),
        (format!("{LEFT}{NUMBER}{unit}"), Meaning::Times(1.0)),
        (format!(r"{LABEL}{FILLER}{NUMBER}\b"), Meaning::Times(1.0)),
        (
            format!(
                r"(?:^|\D[,;:.!?]|\d/(?:2|4|8|16)[,;:.]|[@~]|\b(?:at|around|about|set to)) ?{METRE}{NUMBER}{END}"
            ),
            Meaning::Bare,
        ),
        (format!("{LEFT}{NUMBER} {GENRE}"), Meaning::Bare),
        (format!("\\b{GENRE}(?: at)? {NUMBER}{END}"), Meaning::Bare),
    ];
    named.into_iter().chain(notes).chain(plain).collect()
}

/// Numbers in words are read in these languages.
static LANGUAGES: LazyLock<Vec<Language>> = LazyLock::new(|| {
    ["en", "de", "fr", "es", "it", "pt", "nl"]
        .into_iter()
        .filter_map(text2num::get_interpreter_for)
        .collect()
});

/// Beats per minute that `prompt` asks for, if it says a number.
pub(super) fn read(prompt: &str) -> Option<f64> {
    let text = ComposingNormalizerBorrowed::new_nfkc().normalize(prompt).to_lowercase();
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    in_digits(&text).or_else(|| {
        let text = text.replace("a hundred", "one hundred").replace('-', " ");
        LANGUAGES.iter().find_map(|language| {
            in_digits(&halves_joined(&replace_numbers_in_text(&text, language, 0.0)))
        })
    })
}

/// "One twenty-five" is read as two numbers, 1 and 25.
fn halves_joined(text: &str) -> String {
    static HALVES: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"\b([12])[ -](\d\d)\b").ok());
    match &*HALVES {
        Some(halves) => halves.replace_all(text, "$1$2").into_owned(),
        None => text.to_owned(),
    }
}

fn in_digits(text: &str) -> Option<f64> {
    PATTERNS.iter().find_map(|(pattern, meaning)| {
        pattern.captures_iter(text).find_map(|found| tempo(text, &found, *meaning))
    })
}

fn tempo(text: &str, found: &Captures<'_>, meaning: Meaning) -> Option<f64> {
    let number = |group| {
        let digits = found.get(group)?.as_str().replace(',', ".");
        digits.parse::<f64>().ok().filter(|number: &f64| number.is_finite())
    };
    let before = text[..found.get(1)?.start()].split_whitespace().next_back();
    if before.is_some_and(|word| NO_TEMPO.contains(&word)) {
        return None;
    }
    let first = number(1)?;
    let (tempo, most) = match meaning {
        Meaning::Times(times) => (first * times, TEMPO),
        Meaning::Bare => (first, BARE),
        Meaning::Range => {
            let last = number(2)?;
            let is_range = (first..=first * WIDEST_RANGE).contains(&last);
            (if is_range { f64::midpoint(first, last) } else { first }, TEMPO)
        }
    };
    most.contains(&tempo).then_some(tempo)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tempi_as_people_write_them() {
        for (prompt, tempo) in [
            ("lo-fi at 90 bpm", 90.0),
            ("bpm: 104, funk", 104.0),
            ("tempo around 76", 76.0),
            ("120 beats a minute", 120.0),
            ("techno, 128BPM, dark", 128.0),
            ("bpm140", 140.0),
            ("138 b.p.m., a long breakdown", 138.0),
            ("128 pbm", 128.0),
            ("trap, 140-ish", 140.0),
            ("boom bap, Rhodes, at 87, no vocals", 87.0),
            ("a 4-on-the-floor kick, 126, filtered", 126.0),
            ("32 bars at 110, clean drums", 110.0),
            ("174 drum and bass", 174.0),
            ("muted trumpet, 132 swing", 132.0),
            ("bright pop, 4/4, 110, no percussion", 110.0),
            ("4/4, 110, bright pop", 110.0),
            ("a simple tune in 6/8; 96. Brass", 96.0),
            ("Punk. Drums falling downstairs. 190.", 190.0),
            ("moombahton 108 with timbales", 108.0),
            ("march, MM 108", 108.0),
            ("♩ = 96, light", 96.0),
            ("q=96", 96.0),
            ("Crotchet = 72.", 72.0),
            ("minim = 40, broad", 80.0),
            ("eighth note = 180", 90.0),
            ("dotted half = 58, three quarter time", 174.0),
            ("𝅗𝅥 = 66", 132.0),
            ("two beats a second", 120.0),
            ("sixty to the minute", 60.0),
            ("set to a hundred and twenty", 120.0),
            ("one-thirteen bpm", 113.0),
            ("BPM 92.5", 92.5),
            ("80–84 bpm", 82.0),
            ("between 118 and 122 bpm", 120.0),
            ("120 bpm, no wait, make it 100", 100.0),
            ("was 115 bpm, please bring it down to 108", 108.0),
            ("not 90 bpm but 98 bpm", 98.0),
            ("piano, 84 battements par minute", 84.0),
            ("ein Walzer mit neunzig Schlägen pro Minute", 90.0),
            ("цзин, темп 68", 68.0),
            ("128bpmのテクノ", 128.0),
            ("テンポ172で", 172.0),
            ("四分音符＝100", 100.0),
            ("每分钟120拍", 120.0),
        ] {
            assert_eq!(read(prompt), Some(tempo), "{prompt}");
        }
    }

    #[test]
    fn every_pattern_is_one() {
        assert_eq!(PATTERNS.len(), sources().len());
    }

    #[test]
    fn other_numbers_are_no_tempo() {
        for prompt in [
            "music from 1985",
            "900 bpm",
            "tempo for 90 dancers",
            "24 strings and 2 harps",
            "TR-909 and TB-303",
            "booming 808 drums",
            "in 3/4, 24 strings",
            "a diner that is open 24/7, 60.",
            "90s eurodance",
            "80年代のシティポップ",
            "100 cellos",
            "120 seconds of strings",
            "a drive at 90 mph",
            "a drone of 90 minutes",
            "60 min of rain on a roof",
            "for a 100 m sprint",
            "the train leaves at 12:55, sad strings",
            "a countdown from 100 to 60, tense",
            "vinyl at 45 rpm",
            "drone at 432 Hz",
            "Route 66: twangy guitar",
            "one hundred percent folk",
            "a 64-bar loop in 3/4",
            "like Nocturne Op. 55, piano",
            "Symphony No. 100. Grand.",
            "",
        ] {
            assert_eq!(read(prompt), None, "{prompt}");
        }
    }
}
