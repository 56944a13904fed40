//! Everything that is stored about a person is in the one list.

use std::collections::BTreeSet;

use jiff::Timestamp;
use reqwest::{Method, StatusCode};
use reverie_domain::{
    consent::TEXT_VERSION,
    personal::{EVERY_ROW, REGISTER, place_of},
    policy::Policies,
};
use reverie_tests::{Browser, Client, rows, send};
use serde_json::{Value, json};

use crate::TestApp;

/// Does whatever makes a row.
async fn live(app: &TestApp) {
    let guest = app.guest().await;
    let body = json!({"name": "a program", "scopes": ["account:read"]});
    let key = guest.post_once("/v1/api-keys", "once", body).await.expect(StatusCode::CREATED);
    let program = Client { token: key["token"].as_str().map(str::to_owned), ..guest.clone() };
    let body = json!({"kind": "music", "prompt": "all that is kept", "seconds": 5});
    guest.post("/v1/sketches", body.clone()).await.expect(StatusCode::OK);
    guest.post("/v1/quotes", body.clone()).await.expect(StatusCode::CREATED);
    let made = guest.post("/v1/generations", body).await.expect(StatusCode::ACCEPTED);
    guest.finished(&made).await;
    let body = json!({"content_type": "image/png", "bytes": 100});
    let upload = guest.post("/v1/uploads", body).await.expect(StatusCode::CREATED);
    assert_eq!(guest.put(&upload, "image/png", vec![7; 100]).await, StatusCode::OK);
    let path = format!("/v1/uploads/{}/complete", upload["id"].as_str().unwrap());
    guest.post(&path, Value::Null).await;
    let mut browser = Browser::new(&guest.base);
    assert_eq!(browser.sign_in("ada@example.com", "Ada").await, "done");
    // A guest who becomes that account.
    let mut other = Browser::new(&guest.base);
    other.post("/v1/guests", Value::Null).await.expect(StatusCode::CREATED);
    assert_eq!(other.sign_in("ada@example.com", "Ada").await, "done");
    let decisions = json!([{"purpose": "improvement", "granted": true}]);
    let consents = json!({"text_version": TEXT_VERSION, "decisions": decisions});
    let work = json!([{"purpose": "showcase", "granted": true, "generation": made["id"]}]);
    let shown = json!({"text_version": TEXT_VERSION, "decisions": work});
    let path = format!(
        "/v1/policies/{}/acknowledgement",
        Policies::SHIPPED.at(Timestamp::now()).policy.version
    );
    guest.post(&path, Value::Null).await.expect(StatusCode::OK);
    for (path, body) in [
        ("/v1/me/consents", consents),
        ("/v1/me/consents", shown),
        ("/v1/me/preferences", json!({"seconds": 30})),
        ("/v1/me/limits", json!({"per_job": 50})),
    ] {
        guest.put_json(path, body).await.expect(StatusCode::OK);
    }
    guest.post("/v1/me/exports", Value::Null).await.expect(StatusCode::ACCEPTED);
    let me = guest.get("/v1/me").await.expect(StatusCode::OK);
    let asked = json!({"kind": "access", "reference": "a mail", "account": me["id"]});
    let operator = app.operator().await;
    let asked = operator.post("/v1/operator/subject-requests", asked).await;
    let path = format!("/v1/operator/subject-requests/{}", asked.json["id"].as_str().unwrap());
    let extend = operator.request(Method::PUT, &format!("{path}/extension"));
    send(extend.json(&json!({"reason": "complexity"}))).await.expect(StatusCode::OK);
    let close = operator.request(Method::PATCH, &path).json(&json!({"outcome": "granted"}));
    send(close).await.expect(StatusCode::OK);
    // News, to who agrees to them.
    let agrees = json!([{"purpose": "marketing_email", "granted": true}]);
    let agrees = json!({"text_version": TEXT_VERSION, "decisions": agrees});
    let put = |request: reqwest::RequestBuilder| {
        request.header("sec-fetch-site", "same-origin").json(&agrees)
    };
    browser.ask(Method::PUT, "/v1/me/consents", put).await.expect(StatusCode::OK);
    let news = json!({"subject": "news", "text": "They are new."});
    operator.post("/v1/operator/mailings", news).await.expect(StatusCode::CREATED);
    let order = json!({
        "account": me["id"], "kind": "freeze", "reference": "a file", "reason": "a court", "secret": true,
    });
    let order = operator.post("/v1/operator/legal-holds", order).await.expect(StatusCode::CREATED);
    let path = format!("/v1/operator/legal-holds/{}", order["id"].as_str().unwrap());
    operator.post(&format!("{path}/confirm"), Value::Null).await.expect(StatusCode::OK);
    let email = json!({"email": "new@example.com"});
    browser.post("/v1/me/email", email).await.expect(StatusCode::ACCEPTED);
    // Who has an address is told by mail, in the minute after.
    browser.post("/v1/me/exports", Value::Null).await.expect(StatusCode::ACCEPTED);
    app.sweep().await;
    // Counted, and not added up yet.
    let made = guest.submit("ends after that").await;
    guest.finished(&made).await;
    // Every tenth request writes down how many there were; for a minute, so this comes last.
    for _ in 0..11 {
        program.get("/v1/me").await.expect(StatusCode::OK);
        guest.get("/v1/me").await.expect(StatusCode::OK);
    }
    let body = app.guest().await.delete("/v1/me?confirm=erase").await;
    body.expect(StatusCode::ACCEPTED);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_stored_attribute_is_declared_and_every_declared_row_is_stored() {
    let app = TestApp::start().await;
    live(&app).await;
    let mut seen = BTreeSet::new();
    for row in rows(app.local().stack()).await {
        let (store, pk, sk) = (row.store, row.pk(), row.sk());
        let place = place_of(store, pk, sk);
        let place = place.unwrap_or_else(|| panic!("{store} {pk} {sk} is not in the list"));
        for name in row.attributes.keys() {
            let known = EVERY_ROW.contains(&&**name) || place.fields.contains(&&**name);
            assert!(known, "`{name}` of {store} {} is not in the list", place.kind);
        }
        seen.insert((store, place.kind));
    }
    let declared = REGISTER.iter().flat_map(|data| data.stored_in);
    let declared = declared.filter(|place| place.store != "bucket");
    assert_eq!(seen, declared.map(|place| (place.store, place.kind)).collect());
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_version_of_the_policies_is_read_and_acknowledged_once() {
    let app = TestApp::without_worker().await;
    let (nobody, guest) = (app.nobody(), app.guest().await);
    let policies = nobody.get("/v1/policies").await.expect(StatusCode::OK);
    let version = policies["current"]["version"].as_str().unwrap();
    assert_eq!(policies["versions"][0]["version"], version);
    let one = nobody.get(&format!("/v1/policies/{version}")).await.expect(StatusCode::OK);
    assert_eq!(one, policies["current"]);
    assert!(one["text"].as_str().unwrap().contains(version));

    let before = guest.get("/v1/me").await.expect(StatusCode::OK);
    assert_eq!(before["policy"], json!({"version": version, "to_acknowledge": version}));
    let path = format!("/v1/policies/{version}/acknowledgement");
    let first = guest.post(&path, Value::Null).await.expect(StatusCode::OK);
    let again = guest.post(&path, Value::Null).await.expect(StatusCode::OK);
    assert_eq!(first, again, "the first one counts");
    let after = guest.get("/v1/me").await.expect(StatusCode::OK);
    let at = &first["acknowledged_at"];
    assert_eq!(after["policy"], json!({"version": version, "acknowledged_at": at}));

    let other = guest.post("/v1/policies/1999-01-01/acknowledgement", Value::Null).await;
    assert_eq!(other.expect(StatusCode::NOT_FOUND)["code"], "not_found");
    nobody.get("/v1/policies/1999-01-01").await.expect(StatusCode::NOT_FOUND);
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn anybody_can_read_the_list() {
    let app = TestApp::without_worker().await;
    let policies = app.nobody().get("/v1/policies").await.expect(StatusCode::OK);
    let list = policies["personal_data"].as_array().unwrap();
    assert_eq!(list.len(), REGISTER.len());
    for data in list {
        for member in ["category", "purpose", "kept", "shown", "erased"] {
            assert!(!data[member].as_str().unwrap().is_empty(), "{member} of {data:#}");
        }
    }
    app.stop().await;
}
