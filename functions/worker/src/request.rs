use reverie_domain::request::CanonicalRequest;
use reverie_inference::{MusicRequest, StyleHints};

/// The engine's form of what was asked for.
pub(crate) fn music(request: CanonicalRequest) -> MusicRequest {
    let style = request.style.unwrap_or_default();
    MusicRequest {
        prompt: request.prompt,
        negative_prompt: request.negative_prompt,
        seconds: f64::from(request.seconds),
        seed: u64::from(request.seed),
        style: StyleHints {
            genre: style.genre,
            tempo_bpm: style.tempo_bpm.map(f64::from),
            key: style.key,
            ..StyleHints::default()
        },
    }
}
