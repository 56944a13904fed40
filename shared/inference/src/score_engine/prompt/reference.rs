//! The features and logits of the Python reference that trained `prompt.onnx`.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::PromptReader;
use super::features::features;
use crate::score_engine::vocabulary::Vocabulary;

#[derive(Deserialize)]
struct Case {
    prompt: String,
    ids: Vec<i64>,
    weights: Vec<f32>,
    logits: Vec<f32>,
}

fn read(name: &str) -> Vec<u8> {
    let package: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("models/reverie-score");
    std::fs::read(package.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

#[test]
fn features_and_logits_are_the_reference() {
    let vocabulary = Vocabulary::parse(&read("vocab.json")).expect("vocabulary");
    let reader = PromptReader::new(&read("prompt.onnx"), &vocabulary.prompt).expect("model");
    let cases: Vec<Case> =
        serde_json::from_slice(&read("train/prompt_features.json")).expect("cases");
    assert!(!cases.is_empty());
    for case in cases {
        let found = features(&case.prompt, &vocabulary.prompt);
        let used = case.ids.len();
        assert_eq!(found.ids[..used], case.ids, "{}", case.prompt);
        assert!(found.ids[used..].iter().all(|id| *id == 0), "{}", case.prompt);
        for (found, expected) in found.weights.iter().zip(&case.weights) {
            assert!((found - expected).abs() < 1e-5, "{}", case.prompt);
        }
        let logits = reader.logits(&case.prompt).expect("logits");
        for (found, expected) in logits.iter().zip(&case.logits) {
            assert!((found - expected).abs() < 1e-2, "{}: {found} {expected}", case.prompt);
        }
    }
}
