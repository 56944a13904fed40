//! Unicode in every text of a request: refused, or kept exactly.

use reqwest::StatusCode;
use serde_json::{Map, Value, json};

use crate::witness::{Witness, post_text, refused};

use crate::TestApp;

/// Texts that are legal and that something on the way might break.
const LEGAL: [(&str, &str); 14] = [
    ("right to left", "שלום \u{5e2}\u{5d5}\u{5dc}\u{5dd} مرحبا"),
    ("overrides", "abc\u{202e}fed\u{202c}\u{2066}x\u{2069}"),
    ("emoji", "🎹🎻👩🏽‍🎤🇩🇪"),
    ("composed", "\u{e9}\u{fc}\u{1ed9}"),
    ("combining", "e\u{301}u\u{308}o\u{323}\u{302}"),
    ("zalgo", "z\u{335}\u{321}\u{321}\u{34f}\u{489}\u{489}\u{489}"),
    ("zero width", "a\u{200b}b\u{200d}c\u{feff}d\u{2060}e"),
    ("astral", "𝄞𝕄𝕦𝕤𝕚𝕔\u{10ffff}"),
    ("non-characters", "a\u{fffe}b\u{ffff}c\u{fdd0}d"),
    ("replacement", "a\u{fffd}b"),
    ("markup", "<script>alert(1)</script>&amp;\"'`"),
    ("templates", "{{7*7}} ${7*7} %s %n $(id) `id` '; DROP TABLE jobs; --"),
    ("escapes", "a\\u0000b\\\"c\\\\d/e"),
    ("separators", "a\u{2028}b\u{2029}c"),
];

/// JSON texts of strings that must be refused.
const ILLEGAL: [(&str, &str); 7] = [
    ("NUL", r#""a\u0000b""#),
    ("escape", r#""a\u001bb""#),
    ("C1 control", r#""a\u0085b\u009fc""#),
    ("lone high surrogate", r#""a\ud800b""#),
    ("lone low surrogate", r#""a\udc00b""#),
    ("surrogates swapped", r#""\udfff\ud834""#),
    ("cut escape", r#""a\u12""#),
];

/// The string fields of a generation's request, and how a JSON text gets there.
fn requests(text: &str) -> Vec<(&'static str, String)> {
    let with = |field: &str| format!(r#"{{"kind":"music","prompt":"p","seconds":5,{field}}}"#);
    vec![
        ("prompt", format!(r#"{{"kind":"music","seconds":5,"prompt":{text}}}"#)),
        ("negative_prompt", with(&format!(r#""negative_prompt":{text}"#))),
        ("kind", format!(r#"{{"prompt":"p","seconds":5,"kind":{text}}}"#)),
        ("model", with(&format!(r#""model":{text}"#))),
        ("style.genre", with(&format!(r#""style":{{"genre":{text}}}"#))),
        ("style.key", with(&format!(r#""style":{{"key":{text}}}"#))),
        ("quote", with(&format!(r#""quote":{text}"#))),
        ("expires_at", with(&format!(r#""expires_at":{text}"#))),
        ("webhook_url", with(&format!(r#""webhook_url":{text}"#))),
        ("references[0]", with(&format!(r#""references":[{text}]"#))),
        ("an unknown field", with(&format!(r#"{text}:1"#))),
        ("style's unknown field", with(&format!(r#""style":{{{text}:1}}"#))),
        ("content_type", format!(r#"{{"bytes":1,"content_type":{text}}}"#)),
        ("a label's name", with(&format!(r#""labels":{{{text}:"x"}}"#))),
        ("a label's value", with(&format!(r#""labels":{{"x":{text}}}"#))),
    ]
}

/// The fields that take any text.
const FREE: [&str; 4] = ["prompt", "negative_prompt", "a label's name", "a label's value"];

#[tokio::test(flavor = "multi_thread")]
async fn fields_with_a_meaning_refuse_other_texts() {
    let witness = Witness::new().await;
    for (name, text) in LEGAL {
        for (field, body) in requests(&json!(text).to_string()) {
            if FREE.contains(&field) {
                continue;
            }
            for path in ["/v1/generations", "/v1/quotes", "/v1/uploads"] {
                let answer = post_text(&witness.guest, path, body.clone()).await;
                let sent = format!("{name} as {field} to {path}");
                assert_eq!(refused(answer, &sent).status.as_u16(), 422, "{sent}");
            }
        }
    }
    witness.unharmed().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn texts_that_are_none_are_refused_everywhere() {
    let witness = Witness::new().await;
    for (name, text) in ILLEGAL {
        for (field, body) in requests(text) {
            for path in ["/v1/generations", "/v1/quotes", "/v1/uploads"] {
                let answer = post_text(&witness.guest, path, body.clone()).await;
                let answer = refused(answer, &format!("{name} as {field} to {path}"));
                assert!(matches!(answer.status.as_u16(), 400 | 422), "{:#}", answer.json);
            }
        }
    }
    witness.unharmed().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn free_text_is_kept_exactly() {
    let witness = Witness::new().await;
    for (name, text) in LEGAL {
        let body = json!({
            "kind": "music", "prompt": text, "negative_prompt": text, "seconds": 5,
            "labels": {text: text, "plain": ""},
        });
        let guest = witness.app.guest().await;
        let quote = guest.post("/v1/quotes", body.clone()).await.expect(StatusCode::CREATED);
        let job = guest.post("/v1/generations", body).await.expect(StatusCode::ACCEPTED);
        let path = format!("/v1/generations/{}", job["id"].as_str().expect("an id"));
        let shown = guest.get(&path).await.expect(StatusCode::OK);
        let listed = guest.get("/v1/generations").await.expect(StatusCode::OK);
        for seen in [&job, &shown, &listed["items"][0]] {
            assert_eq!(seen["labels"], json!({text: text, "plain": ""}), "{name}");
        }
        for seen in [&quote, &job, &shown, &listed["items"][0]] {
            assert_eq!(seen["request"]["prompt"], text, "{name}");
            assert_eq!(seen["request"]["negative_prompt"], text, "{name}");
        }
    }
    witness.unharmed().await;
}

/// The model reads the text too.
#[tokio::test(flavor = "multi_thread")]
async fn any_prompt_makes_a_piece() {
    let app = TestApp::start().await;
    for (name, text) in LEGAL {
        let guest = app.guest().await;
        let done = guest.finished(&guest.submit(text).await).await;
        assert_eq!(done["status"], "succeeded", "{name}: {done:#}");
        assert_eq!(guest.credits().await["held"], 0);
    }
    app.stop().await;
}

/// Lengths count Unicode scalar values, so an emoji is not four times a letter.
#[tokio::test(flavor = "multi_thread")]
async fn lengths_count_characters() {
    let witness = Witness::new().await;
    let models = witness.guest.get("/v1/models").await.expect(StatusCode::OK);
    let most = models["items"][0]["limits"]["prompt_chars"].as_u64().expect("a limit");
    let of = |count: u64| "\u{1d11e}".repeat(usize::try_from(count).expect("small"));
    let labels = |name: &str, value: &str, count: usize| {
        let each = (0..count).map(|n| (format!("{n:02}{name}"), json!(value)));
        Value::Object(each.collect::<Map<_, _>>())
    };
    for (field, most, over) in [
        ("prompt", json!(of(most)), json!(of(most + 1))),
        ("negative_prompt", json!(of(most)), json!(of(most + 1))),
        ("labels", labels(&of(62), &of(256), 16), labels(&of(63), "", 1)),
        ("labels", json!({}), labels("", &of(257), 1)),
        ("labels", labels("", "", 16), labels("", "", 17)),
    ] {
        for (value, status) in [(most, 201), (over, 422)] {
            let mut body = json!({"kind": "music", "prompt": "p", "seconds": 5});
            body[field] = value;
            let answer = witness.guest.post("/v1/quotes", body.clone()).await;
            assert_eq!(answer.status.as_u16(), status, "{field}: {:#}", answer.json);
            if status == 201 && field == "labels" {
                // The longest row there can be is written and read.
                let guest = witness.app.guest().await;
                let job = guest.post("/v1/generations", body.clone()).await;
                assert_eq!(job.expect(StatusCode::ACCEPTED)["labels"], body["labels"]);
            }
        }
    }
    witness.unharmed().await;
}
