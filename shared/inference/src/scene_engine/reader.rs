//! From words to the labels that a storyboard needs, by `prompt.onnx`.

use std::collections::BTreeMap;

use serde::Deserialize;
use tract_onnx::prelude::*;

use crate::runtime::Plan;
use crate::text::{bucket, words};

/// How sure the model has to be of what it read, as a share.
const SURE: f32 = 0.5;

/// `vocab.json`: the features and the answers of the model, as `FORMAT.md` of the package says.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Layout {
    buckets: u32,
    words: usize,
    parts: usize,
    heads: Vec<Head>,
}

#[derive(Debug, Clone, Deserialize)]
struct Head {
    name: String,
    labels: Vec<String>,
    offset: usize,
}

/// The model with its layout.
#[derive(Debug)]
pub(super) struct Reader {
    plan: Plan,
    layout: Layout,
}

/// What a prompt says, by head; what it does not say is not there.
#[derive(Debug, Clone, Default)]
pub(super) struct Reading(BTreeMap<String, String>);

impl Reading {
    /// What it says about `head`.
    pub(super) fn get(&self, head: &str) -> Option<&str> {
        self.0.get(head).map(String::as_str)
    }
}

impl Reader {
    pub(super) fn new(onnx: &[u8], layout: Layout) -> TractResult<Self> {
        if layout.buckets < 2 || layout.words == 0 || layout.parts == 0 {
            return Err(TractError::msg("the features have no size"));
        }
        Ok(Self { plan: Plan::compile(onnx)?, layout })
    }

    /// Reads a prompt; one without words says nothing.
    pub(super) fn read(&self, prompt: &str) -> TractResult<Reading> {
        let logits = self.logits(prompt)?;
        let mut said = BTreeMap::new();
        for head in &self.layout.heads {
            let logits = logits
                .get(head.offset..head.offset + head.labels.len())
                .ok_or_else(|| TractError::msg(format!("no logits for head {}", head.name)))?;
            if let Some(label) = likeliest(head, logits) {
                said.insert(head.name.clone(), label.to_owned());
            }
        }
        Ok(Reading(said))
    }

    fn logits(&self, prompt: &str) -> TractResult<Vec<f32>> {
        let shape = [1, self.layout.words, self.layout.parts];
        let ids = features(prompt, &self.layout);
        let outputs = self.plan.run(tvec!(Tensor::from_shape(&shape, &ids)?.into()))?;
        let logits = outputs.first().ok_or_else(|| TractError::msg("prompt.onnx has no output"))?;
        Ok(logits.try_as_plain_ram()?.as_slice::<f32>()?.to_vec())
    }
}

/// The likeliest label, unless it is `none` or not sure.
fn likeliest<'h>(head: &'h Head, logits: &[f32]) -> Option<&'h str> {
    let (best, top) = logits.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1))?;
    let sum: f32 = logits.iter().map(|logit| (logit - top).exp()).sum();
    let label = head.labels.get(best)?;
    (label != "none" && 1.0 / sum > SURE).then_some(label)
}

/// The buckets of each word and of its letters, `parts` for each of `words`; 0 is none.
fn features(prompt: &str, layout: &Layout) -> Vec<i64> {
    let mut ids = Vec::with_capacity(layout.words * layout.parts);
    for word in words(prompt, layout.words) {
        let marked: Vec<char> = format!("<{word}>").chars().collect();
        let grams = [3, 4].into_iter().flat_map(|n| marked.windows(n));
        let pieces = std::iter::once(format!("w:{word}"))
            .chain(grams.map(|gram| format!("c:{}", gram.iter().collect::<String>())));
        let from = ids.len();
        ids.extend(pieces.take(layout.parts).map(|piece| bucket(&piece, layout.buckets)));
        ids.resize(from + layout.parts, 0);
    }
    ids.resize(layout.words * layout.parts, 0);
    ids
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[derive(Deserialize)]
    struct Sample {
        prompt: String,
        ids: Vec<Vec<i64>>,
        logits: Vec<f32>,
    }

    #[test]
    fn reads_as_it_was_trained() {
        let package = Path::new(env!("CARGO_MANIFEST_DIR")).join("models/reverie-scene");
        let file = |name: &str| std::fs::read(package.join(name)).expect(name);
        let layout: Layout = serde_json::from_slice(&file("vocab.json")).expect("layout");
        let reader = Reader::new(&file("prompt.onnx"), layout.clone()).expect("model");
        let samples: Vec<Sample> =
            serde_json::from_slice(&file("train/prompt_features.json")).expect("samples");
        for sample in samples {
            let prompt = &sample.prompt;
            assert_eq!(features(prompt, &layout), sample.ids.concat(), "{prompt}");
            let logits = reader.logits(prompt).expect("logits");
            for (got, wanted) in logits.iter().zip(&sample.logits) {
                assert!((got - wanted).abs() < 2e-3, "{prompt}: {got} {wanted}");
            }
        }
    }
}
