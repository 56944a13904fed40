use std::sync::Arc;

use reverie_domain::manifest::Manifest;
use reverie_inference::{Engine, EngineError, MusicRequest, Output, OutputFile, Watch};

/// A model that takes no time. The prompt says what it does.
pub(super) struct InstantEngine(Manifest);

impl InstantEngine {
    pub(super) fn new() -> Arc<Self> {
        let document = r#"
            id = "instant"
            version = "1"
            kind = "music"
            engine = "instant"
            description = "Takes no time."
            licence = "Apache-2.0"
            outputs = [{ name = "track.flac", content_type = "audio/flac" },
                       { name = "score.mid", content_type = "audio/midi" }]
            files = []
            inputs = { prompt = true, seconds = true, seed = true }
            limits = { prompt_chars = 100, seconds = { min = 1, max = 120, default = 30 } }
            price = { credits = 10, per = "30s" }
        "#;
        Arc::new(Self(Manifest::parse(document).expect("a manifest")))
    }
}

impl Engine for InstantEngine {
    fn manifest(&self) -> &Manifest {
        &self.0
    }

    fn warm_up(&self) -> Result<(), EngineError> {
        Ok(())
    }

    fn generate(&self, request: &MusicRequest, _: &mut Watch<'_>) -> Result<Output, EngineError> {
        if request.prompt == "fail" {
            return Err(EngineError::Internal { stage: "write", source: "as told".into() });
        }
        let file = |name, content_type| OutputFile {
            name,
            content_type,
            bytes: request.seed.to_be_bytes().to_vec(),
            seconds: None,
        };
        Ok(Output {
            understood: serde_json::json!({}),
            seconds: request.seconds,
            files: vec![file("track.flac", "audio/flac"), file("score.mid", "audio/midi")],
            stages: Vec::new(),
        })
    }
}
