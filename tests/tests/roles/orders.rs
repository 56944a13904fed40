//! Orders of courts and authorities, from the proposal to the end.

use jiff::Timestamp;
use reqwest::{Method, StatusCode};
use reverie_store::exports;
use reverie_tests::Lambda;
use serde_json::{Value, json};

use super::{
    player::Player,
    scenario::{App, minute},
};

const HOLDS: &str = "/v1/operator/legal-holds";
const HOLD: &str = "/v1/operator/legal-holds/{id}";

/// A copy that an earlier turn has begun is made, fetched and deleted.
pub(super) async fn orders(app: &App, lambda: &Lambda, player: &mut Player) {
    let account = app.guest().await.account().await;
    let guest = std::mem::replace(&mut player.guest, app.operator().await);
    let order = json!({
        "account": account, "kind": "export", "reference": "a file", "reason": "a court",
        "secret": false,
    });
    let order = player.take(Method::POST, HOLDS, &[], order).await;
    let id = order["id"].as_str().expect("an id").to_owned();
    player.get(HOLDS, &[]).await;
    player.take(Method::POST, &format!("{HOLD}/confirm"), &[&id], Value::Null).await;
    begun(app, &id).await;
    minute(lambda).await;
    let ready = player.get(HOLD, &[&id]).await;
    let url = ready["copy"]["download"]["url"].as_str().unwrap_or_else(|| panic!("{ready:#}"));
    assert_eq!(player.guest.download(url).await.0, StatusCode::OK);
    let release = format!("{HOLD}/release");
    player.take(Method::POST, &release, &[&id], json!({"secret": false})).await;
    minute(lambda).await;
    assert_eq!(player.get(HOLD, &[&id]).await["state"], "released");
    player.guest = guest;
}

/// An earlier turn has left something that cannot be read, and an upload in parts.
async fn begun(app: &App, hold: &str) {
    let ports = app.local().ports();
    let hold = hold.parse().expect("an id");
    let before = exports::find_copy(&*ports.tables, hold).await.expect("an answer");
    let before = before.expect("a copy");
    let after = before.saved(Timestamp::now());
    ports.objects.put(&after.saved_key(), "text/plain", "unreadable\n".into()).await.expect("put");
    ports.objects.begin_parts(&after.archive_key(), "application/zip").await.expect("begun");
    let written = exports::advance(&*ports.tables, &before, &after, Vec::new()).await;
    assert!(written.expect("an answer"), "nobody else has begun it");
}
