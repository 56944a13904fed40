//! What is in an archive: every row of the account's, and every file.

use std::collections::{BTreeMap, BTreeSet};

use jiff::SignedDuration;
use reqwest::StatusCode;
use reverie_domain::{
    export::INTERVAL,
    personal::{EVERY_ROW, REGISTER, place_of},
};
use reverie_tests::{Client, moved::MovedClock, rows, unzip::unzip};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{asked, start, uploaded};
use crate::TestApp;

/// The files of an archive that is ready; its checksums are right.
pub(super) async fn unpacked(guest: &Client, location: &str) -> BTreeMap<String, Vec<u8>> {
    let ready = guest.get(location).await.expect(StatusCode::OK);
    assert_eq!(ready["status"], "ready", "{ready:#}");
    let (status, _, bytes) = guest.download(ready["download"]["url"].as_str().unwrap()).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(bytes.len() as u64, ready["bytes"].as_u64().unwrap());
    assert_eq!(hex::encode(Sha256::digest(&bytes)), ready["sha256"]);
    let files = unzip(&bytes);
    let manifest: Value = serde_json::from_slice(&files["manifest.json"]).unwrap();
    let listed = manifest["files"].as_array().unwrap();
    assert_eq!(listed.len() + 1, files.len(), "all but itself");
    for one in listed {
        let bytes = &files[one["name"].as_str().unwrap()];
        assert_eq!(one["sha256"], hex::encode(Sha256::digest(bytes)), "{one}");
        assert_eq!(one["bytes"], bytes.len());
    }
    files
}

/// The rows in an archive, by store and kind.
fn rows_in(files: &BTreeMap<String, Vec<u8>>) -> BTreeMap<(String, String), Vec<Value>> {
    let mut all = BTreeMap::<_, Vec<Value>>::new();
    for (name, bytes) in files.iter().filter(|(name, _)| name.starts_with("data/")) {
        let document: Value = serde_json::from_slice(bytes).unwrap();
        let key = |member: &str| document[member].as_str().unwrap().to_owned();
        let rows = document["rows"].as_array().unwrap();
        assert!(!rows.is_empty(), "{name}");
        all.entry((key("category"), key("kind"))).or_default().extend(rows.iter().cloned());
    }
    all
}

/// Some of everything.
async fn lived(app: &TestApp) -> Client {
    let guest = app.guest().await;
    let body = json!({"name": "a program", "scopes": ["account:read"]});
    guest.post_once("/v1/api-keys", "once", body).await.expect(StatusCode::CREATED);
    let body = json!({"kind": "music", "prompt": "exported", "seconds": 5, "labels": {"a": "b"}});
    guest.post("/v1/quotes", body.clone()).await.expect(StatusCode::CREATED);
    let made = guest.post("/v1/generations", body).await.expect(StatusCode::ACCEPTED);
    guest.finished(&made).await;
    uploaded(&guest, 100).await;
    guest
}

#[tokio::test(flavor = "multi_thread")]
async fn an_archive_has_everything_but_secrets() {
    let clock = MovedClock::default();
    let app = start(&clock, true).await;
    let (guest, other) = (lived(&app).await, app.guest().await);
    let answer = guest.post_once("/v1/me/exports", "export", Value::Null).await;
    let location = answer.headers["location"].to_str().unwrap().to_owned();
    let first = answer.expect(StatusCode::ACCEPTED);
    let again = guest.post_once("/v1/me/exports", "export", Value::Null).await;
    assert_eq!(again.expect(StatusCode::ACCEPTED)["id"], first["id"]);
    let refused = guest.post("/v1/me/exports", Value::Null).await;
    let seconds: i64 = refused.headers["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((1..=INTERVAL.as_secs()).contains(&seconds));
    refused.problem(429, "limit.exports");
    other.get(&location).await.problem(404, "not_found");
    app.sweep().await;

    let files = unpacked(&guest, &location).await;
    assert!(String::from_utf8_lossy(&files["README.txt"]).contains("manifest.json"));
    let exported_rows = rows_in(&files);
    // Every row that is stored of this account, and of each all that is not withheld.
    let me = guest.account().await.to_string();
    let wallet = exported_rows[&("account".to_owned(), "profile".to_owned())][0]["wallet"].clone();
    let mut seen = BTreeSet::new();
    for row in rows(app.local().stack()).await {
        let (store, pk, sk) = (row.store, row.pk(), row.sk());
        let own = [me.as_str(), wallet.as_str().unwrap()];
        if !own.iter().any(|id| pk.ends_with(id)) {
            continue;
        }
        let place = place_of(store, pk, sk).unwrap();
        let data = REGISTER.iter().find(|data| data.stored_in.contains(place)).unwrap();
        if place.not_exported.is_some() || sk == format!("export#{}", first["id"].as_str().unwrap())
        {
            continue;
        }
        let names: BTreeSet<_> =
            place.exported().filter(|name| row.attributes.contains_key(*name)).collect();
        let exported = &exported_rows[&(data.category.to_owned(), place.kind.to_owned())];
        let same = |shown: &&Value| {
            shown.as_object().unwrap().keys().map(String::as_str).collect::<BTreeSet<_>>() == names
        };
        assert!(exported.iter().any(|row| same(&row)), "{pk} {sk}: {names:?} in {exported:#?}");
        seen.insert((store, place.kind));
        let withheld = row.attributes.keys().filter(|name| !EVERY_ROW.contains(&name.as_str()));
        let withheld = withheld.filter(|name| !names.contains(name.as_str()));
        for name in withheld {
            assert!(place.withheld.iter().any(|one| one.field == name), "{name} of {pk} {sk}");
        }
    }
    for kind in ["profile", "session", "key", "wallet", "entry", "hold", "job", "detail", "quote"] {
        assert!(seen.iter().any(|(_, one)| *one == kind), "{kind}");
    }
    let token = guest.token.clone().unwrap();
    for (name, bytes) in &files {
        let text = String::from_utf8_lossy(bytes);
        assert!(!text.contains(&token) && !text.contains("\"secret_hash\""), "{name}");
    }
    // Every file that can be fetched is in it, as it is.
    let generation = &guest.get("/v1/generations").await.expect(StatusCode::OK)["items"][0];
    let results = files.iter().filter(|(name, _)| name.starts_with("files/results/"));
    let results: BTreeSet<_> =
        results.map(|(_, bytes)| hex::encode(Sha256::digest(bytes))).collect();
    for file in generation["files"].as_array().unwrap() {
        assert!(results.contains(file["sha256"].as_str().unwrap()), "{file}");
    }
    let upload = files.iter().find(|(name, _)| name.starts_with("files/uploads/"));
    assert_eq!(upload.unwrap().1, &vec![7; 100]);

    clock.on(SignedDuration::from_hours(24 * 9));
    let expired = guest.get(&location).await.expect(StatusCode::OK);
    assert_eq!((&expired["status"], expired.get("download")), (&json!("expired"), None));
    asked(&guest).await;
    app.stop().await;
}
