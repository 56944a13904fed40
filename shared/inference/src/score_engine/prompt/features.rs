//! Features of a prompt, as the package's `FORMAT.md` defines them for `prompt.onnx`.

use crate::score_engine::vocabulary::PromptModel;
use crate::text::{bucket, words};

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

#[cfg(test)]
mod tests {
    use super::*;

    fn model() -> PromptModel {
        PromptModel { buckets: 16_384, slots: 16, max_words: 96, heads: Vec::new() }
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
