//! Whatever is asked for is refused by field or becomes a canonical request, and a canonical
//! request asks for itself.

use proptest::{collection::btree_map, option, prelude::*};

use super::*;

/// A model that takes everything there is.
fn catalogue() -> [Manifest; 1] {
    let mut model = tests::model();
    model.inputs.negative_prompt = true;
    model.inputs.style.push("genre".to_owned());
    model.inputs.genres = vec!["march".to_owned()];
    [model]
}

fn check(request: &GenerationRequest, catalogue: &[Manifest]) {
    let printed = serde_json::to_vec(request).unwrap();
    assert_eq!(&serde_json::from_slice::<GenerationRequest>(&printed).unwrap(), request);
    for error in request.check_submission(Timestamp::UNIX_EPOCH) {
        assert!(!error.path.is_empty() && !error.message.is_empty());
    }
    let canonical = match request.canonical(catalogue) {
        Ok(canonical) => canonical,
        Err(errors) => return assert!(!errors.is_empty()),
    };
    let limits = catalogue[0].limits;
    assert!((1..=limits.prompt_chars as usize).contains(&canonical.prompt.chars().count()));
    assert!((5..=180).contains(&canonical.seconds));
    let CanonicalRequest { kind, model, prompt, negative_prompt, seconds, seed, .. } =
        canonical.clone();
    let CanonicalRequest { style, references, sketch, soundtrack, outputs, .. } = canonical.clone();
    let again = GenerationRequest {
        kind: Some(kind),
        model: Some(model),
        prompt: Some(prompt),
        negative_prompt,
        seconds: Some(seconds),
        seed: Some(seed),
        style,
        references: Some(references),
        sketch: sketch.map(|sketch| serde_json::to_value(sketch).unwrap()),
        soundtrack: Some(soundtrack),
        outputs: Some(outputs),
        ..GenerationRequest::default()
    };
    assert_eq!(again.canonical(catalogue), Ok(canonical));
}

#[test]
fn any_bytes_are_refused_or_checked() {
    let catalogue = catalogue();
    proptest!(ProptestConfig::with_cases(5_000), |(bytes in any::<Vec<u8>>())| {
        let text = String::from_utf8_lossy(&bytes);
        let quoted = serde_json::to_string(&text).unwrap();
        let wrapped = [
            text.clone().into_owned(),
            format!(r#"{{"kind":"music","prompt":{quoted}}}"#),
            format!(r#"{{"kind":"music","prompt":"p","style":{{"key":{quoted}}}}}"#),
            format!(r#"{{"kind":"music","prompt":"p","seconds":{text}}}"#),
            format!(r#"{{"kind":"music","prompt":"p","expires_at":{quoted}}}"#),
            format!(r#"{{"kind":"music","prompt":"p",{text}}}"#),
        ];
        for json in wrapped {
            if let Ok(request) = serde_json::from_str(&json) {
                check(&request, &catalogue);
            }
        }
    });
}

fn style() -> impl Strategy<Value = Style> {
    let key = prop_oneof![any::<String>(), "[A-Ha-h][#b]? (major|MINOR)"];
    let tempo = prop_oneof![any::<u16>(), 35..225_u16];
    (any::<bool>(), option::of(tempo), option::of(key)).prop_map(|(march, tempo_bpm, key)| Style {
        genre: march.then(|| "march".to_owned()),
        tempo_bpm,
        key,
        ..Style::default()
    })
}

fn request() -> impl Strategy<Value = GenerationRequest> {
    let text = || prop_oneof![any::<String>(), "\\PC{0,20}", ".{0,4}"];
    let seconds = prop_oneof![any::<u32>(), 0..200_u32];
    let labels = btree_map(text(), text(), 0..20);
    let fields = (text(), option::of(text()), option::of(seconds), any::<Option<u32>>());
    (fields, option::of(style()), option::of(labels)).prop_map(
        |((prompt, negative_prompt, seconds, seed), style, labels)| GenerationRequest {
            kind: Some(Kind::Music),
            prompt: Some(prompt),
            negative_prompt,
            seconds,
            seed,
            style,
            labels,
            ..GenerationRequest::default()
        },
    )
}

#[test]
fn any_fields_are_refused_or_become_canonical() {
    let catalogue = catalogue();
    proptest!(ProptestConfig::with_cases(5_000), |(request in request())| {
        check(&request, &catalogue);
    });
}
