//! Every credit is accounted for.

use futures::future::join_all;
use reqwest::StatusCode;
use reverie_tests::Client;
use serde_json::json;

use crate::TestApp;

/// `balance = Σ entries`, no gaps, and `balance_after` says so on the way.
async fn audit(guest: &Client) {
    let mut sum = 0;
    for entry in guest.transactions().await {
        sum += entry["amount"].as_i64().unwrap();
        assert_eq!(entry["balance_after"], sum, "{entry:#}");
        assert!(!entry["reason"].as_str().unwrap().is_empty());
    }
    assert_eq!(guest.credits().await["available"], sum);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_history_explains_the_balance() {
    let app = TestApp::start().await;
    let guest = app.guest().await;
    let done = guest.finished(&guest.submit("one").await).await;
    assert_eq!(done["status"], "succeeded", "{done:#}");
    let entries = guest.transactions().await;
    let kinds: Vec<_> = entries.iter().map(|entry| entry["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["grant", "hold", "capture"]);
    assert_eq!(entries[2]["amount"], 0, "a full capture changes nothing that is available");
    assert_eq!(entries[1]["generation"], done["id"]);
    audit(&guest).await;
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn too_little_credit_is_402_and_makes_nothing() {
    let app = TestApp::start_with(|config| {
        config.guest_credits = 0;
        config.worker = false;
    })
    .await;
    let guest = app.guest().await;
    let body = json!({"kind": "music", "prompt": "dear", "seconds": 30});
    guest.post("/v1/generations", body).await.problem(402, "credits.insufficient");
    let history = guest.get("/v1/generations").await.expect(StatusCode::OK);
    assert_eq!(history["items"], json!([]));
    assert_eq!(guest.credits().await["available"], 0);
    audit(&guest).await;
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn racing_submissions_never_overspend() {
    // Fewer than may be active at once.
    const AFFORDABLE: usize = 3;
    let app = TestApp::start_with(|config| {
        config.guest_credits = AFFORDABLE as u32;
        config.worker = false;
    })
    .await;
    let guest = app.guest().await;
    let submissions = (0..64).map(|number| {
        let body = json!({"kind": "music", "prompt": format!("race {number}"), "seconds": 30});
        let guest = guest.clone();
        async move { guest.post("/v1/generations", body).await }
    });
    let answers = join_all(submissions).await;
    let accepted: Vec<_> = answers.iter().filter(|a| a.status == StatusCode::ACCEPTED).collect();
    assert!((1..=AFFORDABLE).contains(&accepted.len()), "{}", accepted.len());
    for answer in &answers {
        assert!(matches!(answer.status.as_u16(), 202 | 402 | 429), "{answer:?}");
    }
    let price: u64 =
        accepted.iter().map(|answer| answer.json["cost"]["quoted"].as_u64().unwrap()).sum();
    assert_eq!(guest.credits().await["held"], price);
    audit(&guest).await;
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_quote_binds_and_max_credits_caps() {
    let app = TestApp::without_worker().await;
    let guest = app.guest().await;
    let body = json!({"kind": "music", "prompt": "quoted", "seconds": 5});
    let quote = guest.post("/v1/quotes", body.clone()).await.expect(StatusCode::CREATED);
    let price = quote["credits"].as_u64().unwrap();

    let other = json!({"kind": "music", "prompt": "other", "quote": quote["id"]});
    guest.post("/v1/generations", other).await.problem(422, "quote.mismatch");
    let capped = json!({"quote": quote["id"], "max_credits": price - 1});
    let refused = guest.post("/v1/generations", capped).await.problem(422, "invalid");
    assert_eq!(refused["errors"][0]["path"], "max_credits");
    let stranger = app.guest().await;
    let theirs = stranger.post("/v1/generations", json!({"quote": quote["id"]})).await;
    assert_eq!(theirs.problem(422, "invalid")["errors"][0]["path"], "quote");

    let mut same = body;
    same["quote"] = quote["id"].clone();
    let job = guest.post("/v1/generations", same).await.expect(StatusCode::ACCEPTED);
    assert_eq!(job["cost"]["quoted"], price);
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn guests_per_address_are_limited() {
    let app = TestApp::start_with(|config| {
        config.guests_per_address = 2;
        config.worker = false;
    })
    .await;
    app.guest().await;
    app.guest().await;
    let third = app.nobody().post("/v1/guests", json!(null)).await;
    assert!(third.headers.contains_key("retry-after"));
    third.problem(429, "limit.guests");
    app.stop().await;
}
