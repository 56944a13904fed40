//! Features of a prompt, as the package's `FORMAT.md` defines them for `prompt.onnx`.

use crate::score_engine::vocabulary::PromptModel;

/// Hashed features and their weights; `slots` long, unused slots are 0.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Features {
    pub(crate) ids: Vec<i64>,
    pub(crate) weights: Vec<f32>,
}

/// Words, pairs of words, and character 3- to 5-grams of words.
pub(crate) fn features(prompt: &str, model: &PromptModel) -> Features {
    let words = words(prompt, model.max_words);
    let mut filled = Vec::with_capacity(model.slots);
    for word in &words {
        filled.push((bucket(&format!("w:{word}"), model.buckets), 1.0));
    }
    for pair in words.windows(2) {
        let text = format!("b:{} {}", pair[0], pair[1]);
        filled.push((bucket(&text, model.buckets), 1.0));
    }
    for word in &words {
        let letters: Vec<char> = format!("<{word}>").chars().collect();
        let grams: Vec<&[char]> = (3..=5).flat_map(|size| letters.windows(size)).collect();
        let weight = 1.0 / grams.len() as f32;
        for gram in grams {
            let text: String = "c:".chars().chain(gram.iter().copied()).collect();
            filled.push((bucket(&text, model.buckets), weight));
        }
    }
    filled.resize(model.slots, (0, 0.0));
    let (ids, weights) = filled.into_iter().unzip();
    Features { ids, weights }
}

/// Maximal runs of `a–z`, `0–9` and characters from U+0080 on, in lower case.
fn words(prompt: &str, most: usize) -> Vec<String> {
    let text: String = prompt.to_lowercase().chars().filter(|c| !matches!(c, '\'' | '’')).collect();
    text.split(|c: char| !(c.is_ascii_lowercase() || c.is_ascii_digit() || c >= '\u{80}'))
        .filter(|word| !word.is_empty())
        .take(most)
        .map(str::to_owned)
        .collect()
}

/// 1 + FNV-1a modulo the buckets but one.
fn bucket(text: &str, buckets: u32) -> i64 {
    i64::from(1 + fnv1a(text.as_bytes()) % (buckets - 1))
}

/// FNV-1a with 32 bits, draft-eastlake-fnv section 2.
fn fnv1a(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn model() -> PromptModel {
        PromptModel { buckets: 16_384, slots: 16, max_words: 96, heads: Vec::new() }
    }

    #[test]
    fn hash_is_fnv1a() {
        // Test vectors of draft-eastlake-fnv, appendix C.
        assert_eq!(fnv1a(b""), 0x811c_9dc5);
        assert_eq!(fnv1a(b"foobar"), 0xbf9c_f968);
    }

    #[test]
    fn words_are_split_and_lowered() {
        assert_eq!(
            words("Don’t STOP: lo-fi, Émile's 90bpm!", 96),
            ["dont", "stop", "lo", "fi", "émiles", "90bpm"]
        );
        assert_eq!(words("a b c", 2), ["a", "b"]);
    }

    #[test]
    fn slots_are_filled_in_order() {
        let features = features("no drums", &model());
        assert_eq!(features.ids.len(), 16);
        // Two words, one pair, then `<no`, `no>`, `<no>` with a third each.
        assert_eq!(features.weights[..3], [1.0; 3]);
        assert_eq!(features.weights[3..6], [1.0 / 3.0; 3]);
        let none = super::features("…", &model());
        assert_eq!(none.weights[15], 0.0);
        assert!(super::features("", &model()).weights.iter().all(|w| *w == 0.0));
    }
}
