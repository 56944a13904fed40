use super::*;
use crate::manifest::tests::EXAMPLE;

/// The example with a limit that is soon reached.
pub(super) fn model() -> Manifest {
    let mut model = Manifest::parse(EXAMPLE).unwrap();
    model.limits.prompt_chars = 20;
    model
}

fn catalogue() -> Vec<Manifest> {
    vec![model()]
}

fn request(body: Value) -> GenerationRequest {
    serde_json::from_value(body).unwrap()
}

fn paths(body: Value) -> Vec<String> {
    let errors = request(body).canonical(&catalogue()).unwrap_err();
    errors.into_iter().map(|error| error.path).collect()
}

#[test]
fn defaults_are_filled_in_and_the_seed_follows_from_the_request() {
    let body =
        serde_json::json!({"kind": "music", "prompt": " calm ", "style": {"key": "d MINOR"}});
    let canonical = request(body.clone()).canonical(&catalogue()).unwrap();
    assert_eq!((canonical.prompt.as_str(), canonical.seconds), ("calm", 30));
    assert_eq!(canonical.style.as_ref().unwrap().key.as_deref(), Some("D minor"));
    assert_eq!(canonical.seed, request(body).canonical(&catalogue()).unwrap().seed);
    let again = request(serde_json::to_value(&canonical).unwrap());
    assert_eq!(again.canonical(&catalogue()).unwrap(), canonical, "canonical is canonical");
}

#[test]
fn the_hash_is_of_all_that_decides_the_result() {
    let hash = |body, version| request(body).canonical(&catalogue()).unwrap().hash(version);
    let one = serde_json::json!({"kind": "music", "prompt": "calm"});
    let same = serde_json::json!({"kind": "music", "prompt": " calm", "labels": {"a": "b"}});
    let other = serde_json::json!({"kind": "music", "prompt": "calm", "seed": 1});
    assert_eq!(hash(one.clone(), "1"), hash(same, "1"));
    assert_ne!(hash(one.clone(), "1"), hash(other, "1"));
    assert_ne!(hash(one.clone(), "1"), hash(one.clone(), "2"));
    let looped = serde_json::json!({"kind": "music", "prompt": "calm", "outputs": ["loop"]});
    assert_ne!(hash(one.clone(), "1"), hash(looped.clone(), "1"), "other files");
    let seed = |body| request(body).canonical(&catalogue()).unwrap().seed;
    assert_eq!(seed(one), seed(looped), "of the same work");
}

#[test]
fn every_wrong_field_is_named() {
    use serde_json::json;
    assert_eq!(paths(json!({})), ["kind", "prompt"]);
    assert_eq!(paths(json!({"kind": "video", "prompt": "x"})), ["kind"]);
    assert_eq!(paths(json!({"kind": "music", "prompt": " "})), ["prompt"]);
    assert_eq!(paths(json!({"kind": "music", "prompt": "a\u{0}b"})), ["prompt"]);
    assert_eq!(paths(json!({"kind": "music", "prompt": "é".repeat(21)})), ["prompt"]);
    assert_eq!(paths(json!({"kind": "music", "prompt": "x", "seconds": 4})), ["seconds"]);
    assert_eq!(paths(json!({"kind": "music", "prompt": "x", "model": "y"})), ["model"]);
    let style = json!({"genre": "rock", "tempo_bpm": 300, "key": "H dur"});
    assert_eq!(
        paths(json!({"kind": "music", "prompt": "x", "style": style})),
        ["style.genre", "style.tempo_bpm", "style.genre", "style.key"]
    );
    let outputs = |outputs| paths(json!({"kind": "music", "prompt": "x", "outputs": outputs}));
    assert_eq!(outputs(json!(["loop", "stems"])), ["outputs[1]"], "this model has no stems");
    assert_eq!(outputs(json!(["loop", "loop"])), ["outputs[1]"]);
    let references = json!([UploadId::new()]);
    assert_eq!(
        paths(json!({"kind": "music", "prompt": "x", "references": references})),
        ["references"]
    );
}

#[test]
fn what_this_version_cannot_do_is_said() {
    let now = "2026-11-01T00:00:00Z".parse().unwrap();
    let body = serde_json::json!({
        "from": "gen_1", "webhook_url": "https://example.com", "expires_at": "2026-10-31T00:00:00Z",
        "labels": {"": "x"},
    });
    let errors = request(body).check_submission(now);
    let paths: Vec<_> = errors.iter().map(|error| error.path.as_str()).collect();
    assert_eq!(paths, ["from", "webhook_url", "expires_at", "labels"]);
}
