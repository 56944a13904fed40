use super::*;

pub(crate) const EXAMPLE: &str = r#"
        id = "tiny"
        version = "1.0.0"
        kind = "music"
        engine = "score"
        description = "A small example."
        licence = "Apache-2.0"
        outputs = [
            { name = "track.flac", content_type = "audio/flac" },
            { name = "loop.flac", content_type = "audio/flac", on_request = "loop" },
        ]

        [inputs]
        prompt = true
        seconds = true
        seed = true
        style = ["tempo_bpm", "key"]

        [limits]
        prompt_chars = 1000
        seconds = { min = 5, max = 180, default = 30 }

        [price]
        credits = 10
        per = "30s"

        [[files]]
        name = "score.onnx"
        sha256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        bytes = 0
    "#;

fn refusal(from: &str, to: &str) -> ManifestError {
    assert!(EXAMPLE.contains(from), "{from}");
    Manifest::parse(&EXAMPLE.replace(from, to)).expect_err(to)
}

#[test]
fn reads_and_serves_the_same() {
    let manifest = Manifest::parse(EXAMPLE).expect("example");
    assert_eq!(manifest.kind, Kind::Music);
    assert_eq!(manifest.inputs.references, 0);
    let json = serde_json::to_value(&manifest).expect("json");
    assert_eq!(json["price"], serde_json::json!({ "credits": 10, "per": "30s" }));
    let again: Manifest = serde_json::from_value(json).expect("back");
    assert_eq!(again, manifest);
}

#[test]
fn every_started_period_is_paid() {
    let manifest = Manifest::parse(EXAMPLE).expect("example");
    for (seconds, credits) in [(0.0, 10), (5.0, 10), (30.0, 10), (30.1, 20), (180.0, 60)] {
        assert_eq!(manifest.price_for(seconds), credits, "{seconds} s");
    }
    assert_eq!(manifest.price_for(f64::INFINITY), u64::MAX);
}

#[test]
fn names_the_wrong_field() {
    for (from, to, field) in [
        ("\"music\"", "\"smell\"", "kind"),
        ("id = \"tiny\"", "id = \"Tiny!\"", "id"),
        ("\"score\"", "\" \"", "engine"),
        ("\"30s\"", "\"0s\"", "price.per"),
        ("credits = 10", "credits = -1", "price.credits"),
        ("max = 180", "max = 2", "limits.seconds.max"),
        ("default = 30", "default = 300", "limits.seconds.default"),
        ("min = 5", "min = \"5\"", "limits.seconds.min"),
        ("seed = true", "seed = 1", "inputs.seed"),
        ("\"loop\"", "\"karaoke\"", "outputs[1].on_request"),
        ("loop.flac", "track.flac", "outputs[1]"),
        ("{ name = \"track.flac\", content_type = \"audio/flac\" },", "", "outputs"),
        ("e3b0c4", "E3B0C4", "files[0].sha256"),
        ("score.onnx", "../score.onnx", "files[0].name"),
        ("score.onnx", "/score.onnx", "files[0].name"),
    ] {
        assert_eq!(refusal(from, to).field, field, "{to}");
    }
}

#[test]
fn a_missing_field_is_named() {
    let error = refusal("licence = \"Apache-2.0\"", "");
    assert!(error.to_string().contains("licence"), "{error}");
    assert_eq!(refusal("id = ", "id : ").field, ".");
}

#[test]
fn a_preset_has_what_the_model_has() {
    let with = |preset: &str| {
        let document = EXAMPLE
            .replace("\"key\"]", "\"key\", \"preset\"]\ngenres = [\"march\"]\nmoods = [\"calm\"]")
            .replace(
                "[limits]",
                &format!(
                    "[inputs.sketch]
                    sections = []
                    metres = []
                    modes = []
                    chords = []
                    tracks = [{{ role = \"bass\", instruments = [\"hum\"] }}]
                    {preset}
                    [limits]"
                ),
            );
        Manifest::parse(&document)
    };
    let parade = r#"[[inputs.presets]]
        name = "parade"
        genre = "march"
        mood = "calm"
        tempo_bpm = [100, 120]
        density = 0.5
        tracks = [{ role = "bass", instrument = "hum" }]
    "#;
    let manifest = with(parade).unwrap();
    assert_eq!(manifest.inputs.preset("parade").unwrap().tempo_bpm, [100, 120]);
    assert_eq!(manifest.inputs.preset("Parade"), None);
    assert_eq!(with("").unwrap_err().field, "inputs.style");
    for (from, to, field) in [
        ("\"parade\"", "\" parade\"", "name"),
        ("\"march\"", "\"polka\"", "genre"),
        ("\"calm\"", "\"cross\"", "mood"),
        ("[100, 120]", "[120, 100]", "tempo_bpm"),
        ("[100, 120]", "[100, 221]", "tempo_bpm"),
        ("0.5", "1.5", "density"),
        ("\"hum\"", "\"harp\"", "tracks"),
        ("[{ role = \"bass\", instrument = \"hum\" }]", "[]", "tracks"),
    ] {
        let refused = with(&parade.replace(from, to)).unwrap_err().field;
        assert_eq!(refused, format!("inputs.presets[0].{field}"), "{to}");
    }
    assert_eq!(with(&parade.repeat(2)).unwrap_err().field, "inputs.presets[1].name");
}
