//! What people agree to, each decision for itself.

use reqwest::{Method, StatusCode};
use reverie_api::unsubscribe_token;
use reverie_domain::consent::TEXT_VERSION;
use reverie_tests::{Answer, Client, send};
use serde_json::{Value, json};

use crate::TestApp;

const CONSENTS: &str = "/v1/me/consents";

fn decision(purpose: &str, granted: bool) -> Value {
    json!({"purpose": purpose, "granted": granted})
}

async fn decide(guest: &Client, decisions: Value) -> Answer {
    let body = json!({"text_version": TEXT_VERSION, "decisions": decisions});
    guest.put_json(CONSENTS, body).await
}

async fn signalled(guest: &Client, method: Method, body: Value) -> Answer {
    let request = guest.request(method, CONSENTS).header("sec-gpc", "1");
    send(if body.is_null() { request } else { request.json(&body) }).await
}

async fn consents(guest: &Client) -> Value {
    guest.get(CONSENTS).await.expect(StatusCode::OK)
}

#[tokio::test(flavor = "multi_thread")]
async fn each_decision_stays_and_the_newest_counts() {
    let app = TestApp::without_worker().await;
    let guest = app.guest().await;
    let none = consents(&guest).await;
    assert_eq!((&none["account"], &none["items"]), (&json!({}), &json!([])));
    assert_eq!(none["texts"].as_array().unwrap().len(), 6);

    let both = json!([decision("improvement", true), decision("marketing_email", true)]);
    decide(&guest, both.clone()).await.expect(StatusCode::OK);
    decide(&guest, both).await.expect(StatusCode::OK);
    decide(&guest, json!([decision("improvement", false)])).await.expect(StatusCode::OK);
    let now = consents(&guest).await;
    assert_eq!(now["account"]["improvement"]["granted"], false);
    assert_eq!(now["account"]["marketing_email"]["granted"], true);
    assert_eq!(now["account"]["marketing_email"]["text_version"], TEXT_VERSION);
    let lines = now["items"].as_array().unwrap();
    assert_eq!(lines.len(), 3, "what changes nothing is no line: {now:#}");
    assert_eq!((&lines[0]["purpose"], &lines[0]["number"]), (&json!("improvement"), &json!(2)));

    let first = guest.get(&format!("{CONSENTS}?limit=2")).await.expect(StatusCode::OK);
    let cursor = first["next_cursor"].as_str().unwrap();
    let rest = guest.get(&format!("{CONSENTS}?cursor={cursor}")).await.expect(StatusCode::OK);
    assert_eq!(rest["items"].as_array().unwrap().len(), 1);
    assert_eq!(consents(&app.guest().await).await["items"], json!([]));

    // A cursor of nobody's: longer than any key may be.
    let long = format!("{CONSENTS}?cursor={}", "QUFB".repeat(1_000));
    guest.get(&long).await.problem(422, "invalid");

    let twice = json!([decision("analytics", true), decision("analytics", false)]);
    decide(&guest, twice).await.problem(422, "invalid");
    decide(&guest, json!([decision("showcase", true)])).await.problem(422, "invalid");
    decide(&guest, json!([])).await.problem(422, "invalid");
    let old = json!({"text_version": "2020-01-01", "decisions": [decision("analytics", true)]});
    guest.put_json(CONSENTS, old).await.problem(409, "consent.text_changed");
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn works_are_decided_one_by_one_and_only_by_their_owner() {
    let app = TestApp::without_worker().await;
    let (guest, stranger) = (app.guest().await, app.guest().await);
    let [one, other] = [guest.submit("one").await, guest.submit("other").await];
    let shown = json!([{"purpose": "showcase", "granted": true, "generation": one["id"]}]);
    let answer = decide(&guest, shown.clone()).await.expect(StatusCode::OK);
    assert_eq!(answer["work"]["showcase"]["granted"], true);
    assert_eq!(answer["account"], json!({}));
    let of = |work: &Value| format!("{CONSENTS}?generation={}", work["id"].as_str().unwrap());
    let second = guest.get(&of(&other)).await.expect(StatusCode::OK);
    assert_eq!(second["work"], json!({}));
    decide(&stranger, shown).await.problem(404, "not_found");
    stranger.get(&of(&one)).await.problem(404, "not_found");
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_decisions_at_once_both_are_written_and_the_later_counts() {
    let app = TestApp::without_worker().await;
    let guest = app.guest().await;
    for round in 0..10 {
        let [yes, no] = [true, false].map(|granted| json!([decision("improvement", granted)]));
        let (one, other) = tokio::join!(decide(&guest, yes), decide(&guest, no));
        one.expect(StatusCode::OK);
        other.expect(StatusCode::OK);
        let now = consents(&guest).await;
        let lines = now["items"].as_array().unwrap();
        let numbers: Vec<_> = lines.iter().map(|line| line["number"].as_u64().unwrap()).collect();
        assert!(numbers.is_sorted_by(|a, b| a > b), "round {round}: {numbers:?}");
        assert_eq!(now["account"]["improvement"]["granted"], lines[0]["granted"]);
        // The second of a round may say what was said at the end of the round before.
        assert!(lines.windows(2).all(|pair| pair[0]["granted"] != pair[1]["granted"]));
    }
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signal_refuses_until_somebody_consents_despite_it() {
    let app = TestApp::without_worker().await;
    let guest = app.guest().await;
    let all = json!([decision("analytics", true), decision("marketing_email", true)]);
    decide(&guest, all).await.expect(StatusCode::OK);
    for _ in 0..3 {
        let heard = signalled(&guest, Method::GET, Value::Null).await.expect(StatusCode::OK);
        assert_eq!(heard["signal"], true);
        assert_eq!(heard["account"]["analytics"]["granted"], false);
        assert_eq!(heard["account"]["analytics"]["source"], "gpc");
        assert_eq!(heard["account"]["marketing_email"]["granted"], true);
        assert_eq!(heard["items"].as_array().unwrap().len(), 3, "once: {heard:#}");
    }
    let mut body =
        json!({"text_version": TEXT_VERSION, "decisions": [decision("analytics", true)]});
    signalled(&guest, Method::PUT, body.clone()).await.problem(409, "consent.signal");
    body["despite_signal"] = true.into();
    signalled(&guest, Method::PUT, body).await.expect(StatusCode::OK);
    let heard = signalled(&guest, Method::GET, Value::Null).await.expect(StatusCode::OK);
    assert_eq!(heard["account"]["analytics"]["granted"], true, "{heard:#}");

    // Another value than the one of the specification is no signal.
    let other = app.guest().await;
    decide(&other, json!([decision("analytics", true)])).await.expect(StatusCode::OK);
    for value in ["0", "true", "1, 1"] {
        let request = other.request(Method::GET, CONSENTS).header("sec-gpc", value);
        let answer = send(request).await.expect(StatusCode::OK);
        assert_eq!(answer["account"]["analytics"]["granted"], true, "{value}");
    }
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signal_on_any_request_ends_an_older_consent() {
    let app = TestApp::without_worker().await;
    let guest = app.guest().await;
    let key = json!({"name": "a program", "scopes": ["account:read"]});
    let key = guest.post("/v1/api-keys", key).await.expect(StatusCode::CREATED);
    let program = Client { token: key["token"].as_str().map(str::to_owned), ..guest.clone() };
    let agree = json!([decision("analytics", true), decision("improvement", true)]);
    let wish = json!({"kind": "music", "prompt": "with a signal", "seconds": 5});
    let none = Value::Null;
    for (asker, method, path, body, status) in [
        (&guest, Method::GET, "/v1/me", &none, 200),
        (&guest, Method::POST, "/v1/generations", &wish, 202),
        (&guest, Method::GET, "/v1/generations/gen_0", &none, 404),
        (&program, Method::GET, "/v1/me", &none, 200),
        (&program, Method::POST, "/v1/generations", &wish, 403),
    ] {
        decide(&guest, agree.clone()).await.expect(StatusCode::OK);
        let before = consents(&guest).await;
        assert_eq!(before["account"]["analytics"]["granted"], true);
        for _ in 0..2 {
            let request = asker.request(method.clone(), path).header("sec-gpc", "1");
            let request = if body.is_null() { request } else { request.json(body) };
            assert_eq!(send(request).await.status, status, "{method} {path}");
        }
        let now = consents(&guest).await;
        assert_eq!(now["signal"], false, "it was heard before");
        let analytics = &now["account"]["analytics"];
        assert_eq!((&analytics["granted"], &analytics["source"]), (&json!(false), &json!("gpc")));
        assert_eq!(now["account"]["improvement"]["granted"], true);
        let lines = |consents: &Value| consents["items"].as_array().unwrap().len();
        assert_eq!(lines(&now), lines(&before) + 1, "{method} {path}: one line");
    }
    // Where nothing was agreed to, there is nothing to write down.
    let other = app.guest().await;
    send(other.request(Method::GET, "/v1/me").header("sec-gpc", "1")).await.expect(StatusCode::OK);
    assert_eq!(consents(&other).await["items"], json!([]));
    let told = app.nobody().get("/.well-known/gpc.json").await.expect(StatusCode::OK);
    assert_eq!(told["gpc"], true);
    app.stop().await;
}

async fn click(client: &Client, token: &str, body: &'static str) -> Answer {
    send(client.request(Method::POST, &format!("/v1/unsubscribe/{token}")).body(body)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn one_click_ends_marketing_mail_without_signing_in() {
    let app = TestApp::without_worker().await;
    let (guest, nobody) = (app.guest().await, app.nobody());
    let me = guest.get("/v1/me").await.expect(StatusCode::OK);
    let account = me["id"].as_str().unwrap().parse().unwrap();
    let token = unsubscribe_token(app.local().settings(), account);
    decide(&guest, json!([decision("marketing_email", true)])).await.expect(StatusCode::OK);
    let form = "List-Unsubscribe=One-Click";
    for _ in 0..2 {
        assert_eq!(click(&nobody, &token, form).await.status, StatusCode::NO_CONTENT);
    }
    let now = consents(&guest).await;
    assert_eq!(now["account"]["marketing_email"]["granted"], false);
    assert_eq!(now["account"]["marketing_email"]["source"], "unsubscribe");
    assert_eq!(now["items"].as_array().unwrap().len(), 2, "once");
    click(&nobody, &token, "").await.problem(400, "malformed");
    click(&nobody, &token[..token.len() - 1], form).await.problem(404, "not_found");
    // The session ends, the link does not; and a gone account answers the same.
    guest.delete("/v1/me?confirm=erase").await.expect(StatusCode::ACCEPTED);
    assert_eq!(click(&nobody, &token, form).await.status, StatusCode::NO_CONTENT);
    app.stop().await;
}
