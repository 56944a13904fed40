//! What a prompt says outright: a tempo, a key, and what to leave out.
//!
//! A model that reads moods from words is bad at numbers and at "no"; a few rules are exact.

use super::tempo;
use crate::score::Key;

/// What a prompt says outright.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Explicit {
    /// Beats per minute.
    pub(crate) tempo_bpm: Option<f64>,
    pub(crate) key: Option<Key>,
    /// Nothing plays but what is named, as in "solo piano".
    pub(crate) solo: bool,
    /// Words after "no" or "without", in lower case.
    pub(crate) excluded: Vec<String>,
    /// The other words, in lower case.
    pub(crate) affirmed: Vec<String>,
}

/// Reads the explicit parts of `prompt`.
pub(crate) fn read(prompt: &str) -> Explicit {
    let words: Vec<&str> = prompt.split_whitespace().collect();
    let plain: Vec<String> = words.iter().map(|word| bare(word)).collect();
    let (excluded, affirmed) = exclusions(&words, &plain);
    Explicit {
        tempo_bpm: tempo::read(prompt),
        key: key(&words, &plain),
        solo: plain.iter().any(|word| is_solo(word)),
        excluded,
        affirmed,
    }
}

/// The words of a text that only lists what to leave out.
pub(crate) fn words(text: &str) -> Vec<String> {
    text.split_whitespace().map(bare).filter(|word| !word.is_empty() && !is_link(word)).collect()
}

/// A word in lower case without punctuation at its ends.
fn bare(word: &str) -> String {
    word.trim_matches(|c: char| !c.is_alphanumeric() && !matches!(c, '#' | '♯' | '♭'))
        .to_lowercase()
}

fn key(words: &[&str], plain: &[String]) -> Option<Key> {
    (0..plain.len()).find_map(|at| key_at(words, plain, at))
}

/// A key that starts at word `at`: a letter, perhaps an accidental as a word, and a mode.
fn key_at(words: &[&str], plain: &[String], at: usize) -> Option<Key> {
    let name = plain[at].as_str();
    if !matches!(name.as_bytes().first(), Some(b'a'..=b'g')) || name.chars().count() > 7 {
        return None;
    }
    let previous = |by: usize| at.checked_sub(by).map_or("", |at| plain[at].as_str());
    let follows_key = previous(1) == "of" && previous(2) == "key";
    let next = |by: usize| plain.get(at + by).map_or("", String::as_str);
    let (text, mode, after) = match next(1) {
        "sharp" | "flat" | "♯" | "♭" | "#" => (format!("{name} {}", next(1)), next(2), next(3)),
        mode => (name.to_owned(), mode, next(2)),
    };
    // "in a minor key" names no key.
    if words[at] == "a" && matches!(after, "key" | "mode" | "mood" | "scale" | "tonality") {
        return None;
    }
    match mode {
        "major" | "minor" | "maj" | "min" => Key::parse(&format!("{text} {mode}")),
        _ if follows_key => Key::parse(&text),
        _ => None,
    }
}

/// The words that negations cover, and those that they do not.
fn exclusions(words: &[&str], plain: &[String]) -> (Vec<String>, Vec<String>) {
    let (mut excluded, mut affirmed) = (Vec::new(), Vec::new());
    let mut at = 0;
    while at < words.len() {
        at += 1;
        if is_negation(&plain[at - 1]) && plain.get(at).is_some_and(|next| next == "without") {
            // "Not without a harp" is a wish.
            at += 1;
            continue;
        }
        if !is_negation(&plain[at - 1]) {
            affirmed.push(plain[at - 1].clone());
            continue;
        }
        if ends_clause(words[at - 1]) {
            // "Fiddle no, drums loud": it is said of what stands before. A "no," by itself says nothing.
            let before = at.checked_sub(2).filter(|before| !ends_clause(words[*before]));
            let it = before.and_then(|before| affirmed.pop_if(|last| *last == plain[before]));
            excluded.extend(it);
            continue;
        }
        let end = covered(words, plain, at);
        let named = plain[at..end].iter().filter(|word| !word.is_empty() && !is_link(word));
        excluded.extend(named.cloned());
        at = end;
    }
    (excluded, affirmed)
}

/// Where the words end that a negation before `from` covers, as in "no drums or loud guitars".
fn covered(words: &[&str], plain: &[String], from: usize) -> usize {
    const REACH: usize = 6;
    let mut at = from;
    let mut open = true;
    while open && at < plain.len().min(from + REACH) {
        let word = plain[at].as_str();
        if is_negation(word) || matches!(word, "but" | "with" | "just" | "only") {
            break;
        }
        // Punctuation ends it, and so does a noun that no "or" follows.
        let ends = ends_clause(words[at]);
        at += 1;
        let linked = plain.get(at).is_some_and(|next| is_link(next));
        open = !ends && (linked || is_link(word) || is_adjective(word));
    }
    at
}

fn ends_clause(word: &str) -> bool {
    word.ends_with([',', '.', ';', '!', '?'])
}

fn is_negation(word: &str) -> bool {
    matches!(word, "no" | "without" | "not" | "minus" | "excluding")
}

fn is_solo(word: &str) -> bool {
    matches!(word, "solo" | "only" | "unaccompanied" | "alone")
}

fn is_link(word: &str) -> bool {
    matches!(word, "or" | "and" | "any" | "nor" | "the" | "a" | "an" | "of" | "too" | "&")
}

fn is_adjective(word: &str) -> bool {
    matches!(
        word,
        "loud" | "heavy" | "electric" | "acoustic" | "distorted" | "soft" | "big" | "synth"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys() {
        for (prompt, key) in [
            ("a waltz in D minor", Some("D minor")),
            ("rock in F# major, loud", Some("F# major")),
            ("E flat major hymn", Some("Eb major")),
            ("in the key of G", Some("G major")),
            ("A minor ballad", Some("A minor")),
            ("a sad song in a minor key", None),
            ("be major", None),
            ("piano and bass", None),
        ] {
            let read = read(prompt).key.map(|key| key.to_string());
            assert_eq!(read.as_deref(), key, "{prompt}");
        }
    }

    #[test]
    fn negations() {
        for (prompt, excluded) in [
            ("calm piano, no drums", vec!["drums"]),
            ("rock without drums or bass, fast", vec!["drums", "bass"]),
            ("no electric guitar please", vec!["electric", "guitar"]),
            ("strings but not sad", vec!["sad"]),
            ("no drums no bass", vec!["drums", "bass"]),
            ("a piano piece", vec![]),
            ("no", vec![]),
            ("guitars yes, fiddle no, drums loud", vec!["fiddle"]),
            ("hmm, no, drums please", vec![]),
            ("piano, no drums no, please", vec!["drums"]),
            ("not without a harp, no organ", vec!["organ"]),
        ] {
            assert_eq!(read(prompt).excluded, excluded, "{prompt}");
        }
        assert_eq!(read("Soft piano, no drums!").affirmed, ["soft", "piano"]);
        assert!(read("Solo piano.").solo);
        assert!(!read("piano and bass").solo);
    }
}
