//! Numbers at and beyond every limit, as fields and as query parameters.

use reqwest::StatusCode;
use serde_json::Value;

use crate::witness::{Witness, fire, post_text, refused};

/// JSON texts that are no `u32`, whatever the field's own limits.
const NO_NUMBERS: [&str; 16] = [
    "-1",
    "-0.0",
    "1.5",
    "1e308",
    "-1e308",
    "1e400",
    "4294967296",
    "18446744073709551616",
    "NaN",
    "Infinity",
    "\"5\"",
    "\"NaN\"",
    "true",
    "[5]",
    "{}",
    "05",
];

/// The quote's `request` with one field of this JSON text; the answer's status, and the field.
async fn quoted(witness: &Witness, field: &str, text: &str) -> (u16, Value) {
    let (start, end) = match field.split_once('.') {
        Some((outer, inner)) => (format!(r#""{outer}":{{"{inner}":{text}}}"#), ""),
        None => (format!(r#""{field}":{text}"#), ""),
    };
    let prompt = r#""kind":"music","prompt":"numbers""#;
    let answer =
        post_text(&witness.guest, "/v1/quotes", format!("{{{prompt},{start}{end}}}")).await;
    let status = answer.status;
    let json = match status {
        StatusCode::CREATED => answer.json,
        _ => refused(answer, &format!("{field}: {text}")).json,
    };
    let pointer = format!("/request/{}", field.replace('.', "/"));
    (status.as_u16(), json.pointer(&pointer).cloned().unwrap_or_default())
}

#[tokio::test(flavor = "multi_thread")]
async fn fields_take_their_range_and_nothing_else() {
    let witness = Witness::new().await;
    let models = witness.guest.get("/v1/models").await.expect(StatusCode::OK);
    let limit = |name: &str| {
        models["items"][0]["limits"]["seconds"][name].as_f64().expect("a limit") as i64
    };
    let u32_max = i64::from(u32::MAX);
    for (field, min, max) in [
        ("seconds", limit("min"), limit("max")),
        ("seed", 0, u32_max),
        ("style.tempo_bpm", 40, 220),
    ] {
        for value in [min, min + 1, max - 1, max] {
            let (status, kept) = quoted(&witness, field, &value.to_string()).await;
            assert_eq!((status, kept), (201, Value::from(value)), "{field}: {value}");
        }
        for value in [min - 1, max + 1, 0, u32_max, i64::MAX, i64::MIN] {
            if !(min..=max).contains(&value) {
                let (status, _) = quoted(&witness, field, &value.to_string()).await;
                assert_eq!(status, 422, "{field}: {value}");
            }
        }
        for text in NO_NUMBERS {
            let (status, _) = quoted(&witness, field, text).await;
            assert!(matches!(status, 400 | 422), "{field}: {text} gave {status}");
        }
        // JSON has one kind of number; whether a whole one with a point is taken is not promised.
        for text in ["-0", "50.0", "5e1"] {
            let (status, kept) = quoted(&witness, field, text).await;
            let same = kept.as_f64() == text.parse().ok();
            assert!(status == 422 || (status == 201 && same), "{field}: {text} became {kept}");
        }
    }
    witness.unharmed().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn uploads_take_their_range_and_nothing_else() {
    let witness = Witness::new().await;
    for (content_type, most) in
        [("image/png", 20 * 1024 * 1024), ("video/mp4", 100 * 1024 * 1024_u64)]
    {
        let announce = |bytes: String| {
            let body = format!(r#"{{"content_type":"{content_type}","bytes":{bytes}}}"#);
            post_text(&witness.guest, "/v1/uploads", body)
        };
        for bytes in [1, 2, most - 1, most] {
            let made = announce(bytes.to_string()).await.expect(StatusCode::CREATED);
            assert_eq!(made["bytes"], bytes);
        }
        for bytes in [0, most + 1, u64::from(u32::MAX), u64::MAX] {
            announce(bytes.to_string()).await.problem(422, "invalid");
        }
        for text in NO_NUMBERS {
            let answer = refused(announce(text.to_owned()).await, text);
            assert!(matches!(answer.status.as_u16(), 400 | 422), "{text}: {:#}", answer.json);
        }
    }
    witness.unharmed().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn most_credits_at_every_limit() {
    let witness = Witness::new().await;
    let submit = |most: &str| {
        let body = format!(r#"{{"kind":"music","prompt":"m","seconds":5,"max_credits":{most}}}"#);
        post_text(&witness.guest, "/v1/generations", body)
    };
    for text in NO_NUMBERS.into_iter().chain(["0", "-0"]) {
        let answer = refused(submit(text).await, text);
        assert!(matches!(answer.status.as_u16(), 400 | 422), "{text}: {:#}", answer.json);
    }
    for most in ["1", "2", "4294967295"] {
        let job = submit(most).await.expect(StatusCode::ACCEPTED);
        let cancel = format!("/v1/generations/{}/cancel", job["id"].as_str().expect("an id"));
        witness.guest.post(&cancel, Value::Null).await.expect(StatusCode::ACCEPTED);
    }
    witness.unharmed().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn query_parameters() {
    let witness = Witness::new().await;
    for path in ["/v1/generations", "/v1/uploads", "/v1/credits/transactions"] {
        for limit in ["1", "2", "99", "100", "+5"] {
            let answer =
                fire(witness.guest.request(reqwest::Method::GET, &format!("{path}?limit={limit}")))
                    .await;
            assert!(matches!(answer.status.as_u16(), 200 | 422), "{path} {limit}");
        }
        for limit in
            ["0", "101", "-1", "4294967295", "4294967296", "1e2", "1.0", "NaN", "", "%00", "0x10"]
        {
            let answer = witness.guest.get(&format!("{path}?limit={limit}")).await;
            let problem = answer.problem(422, "invalid");
            assert_eq!(problem["errors"][0]["path"], "limit", "{path} {limit}");
        }
        let long = "A".repeat(20_000);
        for cursor in ["", "%00", "Z2Vu", "!", "-1", "AAAA", "MTg0NDY3NDQwNzM3MDk1NTE2MTY", &long] {
            witness.guest.get(&format!("{path}?cursor={cursor}")).await.problem(422, "invalid");
        }
        for query in ["limit=1&limit=2", "limit", "limit=%ff", "cursor=%ff%fe"] {
            refused(witness.guest.get(&format!("{path}?{query}")).await, query);
        }
    }
    witness.unharmed().await;
}

/// Instants at the ends of the calendar, where adding a day to one would overflow.
#[tokio::test(flavor = "multi_thread")]
async fn instants_at_the_ends_of_the_calendar() {
    let witness = Witness::new().await;
    let ends = [
        "9999-12-30T22:00:00.999999999Z",
        "9999-12-31T23:59:59Z",
        "-009999-01-02T01:59:59Z",
        "0000-01-01T00:00:00Z",
        "1970-01-01T00:00:00Z",
        "2100-02-29T00:00:00Z",
        "2026-12-31T23:59:60Z",
        "2100-01-01T00:00:00+99:99",
        "2100-01-01",
        "253402300799",
    ];
    for end in ends {
        let query = end.replace('+', "%2B");
        for name in ["created_after", "created_before"] {
            let answer = witness.guest.get(&format!("/v1/generations?{name}={query}")).await;
            if answer.status != StatusCode::OK {
                assert_eq!(refused(answer, end).status.as_u16(), 422, "{name} {end}");
            }
        }
        let body = serde_json::json!({
            "kind": "music", "prompt": "late", "seconds": 5, "expires_at": end
        });
        let answer = witness.guest.post("/v1/generations", body).await;
        if answer.status != StatusCode::ACCEPTED {
            assert_eq!(refused(answer, end).status.as_u16(), 422, "{end}");
            continue;
        }
        let path = format!("/v1/generations/{}", answer.json["id"].as_str().expect("an id"));
        for patch in ends {
            let patch = serde_json::json!({"expires_at": patch});
            let answer = witness.guest.patch(&path, patch).await;
            if answer.status != StatusCode::OK {
                refused(answer, end);
            }
        }
        assert_eq!(witness.guest.delete(&path).await.status, StatusCode::NO_CONTENT);
    }
    witness.unharmed().await;
}
