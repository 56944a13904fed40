//! What people see of their own data, and its limits.

#[path = "own_data/consents.rs"]
mod consents;

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::TestApp;

#[tokio::test(flavor = "multi_thread")]
async fn preferences_are_kept_as_a_whole() {
    let app = TestApp::without_worker().await;
    let (guest, path) = (app.guest().await, "/v1/me/preferences");
    assert_eq!(guest.get(path).await.expect(StatusCode::OK), json!({}));
    let wanted = json!({"kind": "music", "seconds": 30, "style": "warm", "studio": {"volume": 40}});
    assert_eq!(guest.put_json(path, wanted.clone()).await.expect(StatusCode::OK), wanted);
    assert_eq!(guest.get(path).await.expect(StatusCode::OK), wanted);
    guest.put_json(path, json!({"seconds": 0})).await.problem(422, "invalid");
    guest.put_json(path, json!({"studio": {"colour": "red"}})).await.problem(422, "invalid");
    assert_eq!(guest.get(path).await.expect(StatusCode::OK), wanted, "a refusal changes nothing");
    guest.put_json(path, json!({})).await.expect(StatusCode::OK);
    assert_eq!(guest.get(path).await.expect(StatusCode::OK), json!({}));
    app.stop().await;
}

fn piece(prompt: &str) -> Value {
    json!({"kind": "music", "prompt": prompt, "seconds": 5})
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_held_beyond_the_accounts_own_limits() {
    let app = TestApp::start().await;
    let (guest, path) = (app.guest().await, "/v1/me/limits");
    let quote = guest.post("/v1/quotes", piece("a")).await.expect(StatusCode::CREATED);
    let price = quote["credits"].as_u64().unwrap();
    assert!(quote.get("over_limit").is_none() && price > 0);

    guest.put_json(path, json!({"per_job": price - 1})).await.expect(StatusCode::OK);
    let quote = guest.post("/v1/quotes", piece("a")).await.expect(StatusCode::CREATED);
    assert_eq!(quote["over_limit"], "limit.job");
    let before = guest.credits().await;
    guest.post_once("/v1/generations", "k", piece("a")).await.problem(402, "limit.job");
    assert_eq!(guest.credits().await, before);

    // Room for two of a crowd.
    let caps = json!({"per_month": 2 * price});
    guest.put_json(path, caps.clone()).await.expect(StatusCode::OK);
    guest.put_json(path, caps).await.expect(StatusCode::OK);
    let prompts: Vec<_> = (0..5).map(|number| format!("crowd {number}")).collect();
    let crowd = prompts.iter().map(|prompt| guest.post("/v1/generations", piece(prompt)));
    let mut made = Vec::new();
    for answer in futures::future::join_all(crowd).await {
        match answer.status {
            StatusCode::ACCEPTED => made.push(answer.json),
            _ => drop(answer.problem(402, "limit.month")),
        }
    }
    assert_eq!(made.len(), 2);
    for one in &made {
        assert_eq!(guest.finished(one).await["status"], "succeeded");
    }
    let limits = guest.get(path).await.expect(StatusCode::OK);
    assert_eq!((&limits["spent"], &limits["held"]), (&json!(2 * price), &json!(0)));
    guest.post("/v1/generations", piece("more")).await.problem(402, "limit.month");
    // What was made before costs nothing, and is no spending.
    let prompt = made[0]["request"]["prompt"].as_str().unwrap();
    let again = guest.post("/v1/generations", piece(prompt)).await.expect(StatusCode::ACCEPTED);
    assert_eq!(again["cached"], true);
    guest.put_json(path, json!({})).await.expect(StatusCode::OK);
    guest.post_once("/v1/generations", "k", piece("a")).await.expect(StatusCode::ACCEPTED);

    let limits = guest.transactions().await;
    let limits: Vec<_> = limits.iter().filter(|line| line["kind"] == "limit").collect();
    assert_eq!(limits.len(), 3, "what changes nothing is no line: {limits:#?}");
    assert!(limits.iter().all(|line| line["amount"] == 0));
    guest.put_json(path, json!({"per_job": -1})).await.problem(422, "invalid");
    guest.put_json(path, json!({"per_year": 1})).await.problem(422, "invalid");
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn people_see_all_that_is_held_of_them_and_no_more() {
    let app = TestApp::without_worker().await;
    let (guest, stranger) = (app.guest().await, app.guest().await);
    guest.submit("what I wrote").await;
    stranger.submit("what they wrote").await;
    for number in 0..21 {
        let body = json!({"kind": "music", "prompt": format!("q{number}"), "seconds": 5});
        guest.post("/v1/quotes", body).await.expect(StatusCode::CREATED);
    }
    let data = guest.get("/v1/me/data").await.expect(StatusCode::OK);
    let text = data.to_string();
    assert!(text.contains("what I wrote") && !text.contains("what they wrote"));
    assert!(!text.contains("secret_hash") && !text.contains(guest.token.as_deref().unwrap()));
    let kind = |kind: &str| {
        let items = data["items"].as_array().unwrap();
        items.iter().find(|held| held["kind"] == kind).unwrap_or_else(|| panic!("{kind}")).clone()
    };
    for name in ["profile", "session", "wallet", "entry", "hold", "job", "detail"] {
        assert_eq!(kind(name)["more"], false, "{name}");
    }
    let quotes = kind("quote");
    assert_eq!((quotes["rows"].as_array().unwrap().len(), &quotes["more"]), (20, &json!(true)));
    app.stop().await;
}
