//! The pieces and logits of the Python reference that trained `prompt.onnx`.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::PromptReader;
use crate::score_engine::vocabulary::Vocabulary;
use crate::text::Pieces;

#[derive(Deserialize)]
struct Case {
    prompt: String,
    ids: Vec<i64>,
    logits: Vec<f32>,
}

fn read(name: &str) -> Vec<u8> {
    let package: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("models/reverie-score");
    std::fs::read(package.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

#[test]
fn pieces_and_logits_are_the_reference() {
    let vocabulary = Vocabulary::parse(&read("vocab.json")).expect("vocabulary");
    let pieces = Pieces::parse(&read(Pieces::FILE), vocabulary.prompt.pieces).expect("pieces");
    let model = read("prompt.onnx");
    let reader = PromptReader::new(&model, pieces, &vocabulary.prompt).expect("model");
    let cases: Vec<Case> =
        serde_json::from_slice(&read("train/prompt_logits.json")).expect("cases");
    assert!(!cases.is_empty());
    for case in cases {
        assert_eq!(reader.pieces.of(&case.prompt), case.ids, "{}", case.prompt);
        let logits = reader.logits(&case.prompt).expect("logits");
        for (found, expected) in logits.iter().zip(&case.logits) {
            assert!((found - expected).abs() < 1e-2, "{}: {found} {expected}", case.prompt);
        }
    }
}
