//! An archive of all that is held: complete, without secrets, and made wherever the housekeeper may
//! have died.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use jiff::{SignedDuration, Timestamp};
use reqwest::{Method, StatusCode};
use reverie_domain::{
    clock::{Clock, SystemClock},
    erasure::LAST_PASS,
    export::{DEADLINE, INTERVAL, MAX_TRIES},
    personal::{EVERY_ROW, REGISTER, place_of},
};
use reverie_housekeeper::Housekeeper;
use reverie_tests::{Client, moved::MovedClock, paused::Pause, send, stops::Stops, unzip::unzip};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::TestApp;

/// Longer than a claim holds.
const LEASE: SignedDuration = SignedDuration::from_mins(3);

async fn start(clock: &MovedClock, worker: bool) -> TestApp {
    TestApp::start_with(|config| {
        config.worker = worker;
        config.between = Some(clock.between());
    })
    .await
}

fn housekeeper(ports: reverie::local::Ports, clock: Arc<dyn Clock>) -> Housekeeper {
    let (tables, objects, queue) = (ports.tables, ports.objects, ports.queue);
    Housekeeper { tables, objects, queue, clock, post: None }
}

async fn asked(guest: &Client) -> String {
    let answer = guest.post("/v1/me/exports", Value::Null).await;
    let location = answer.headers["location"].to_str().unwrap().to_owned();
    assert_eq!(answer.expect(StatusCode::ACCEPTED)["status"], "queued");
    location
}

/// The files of an archive that is ready; its checksums are right.
async fn unpacked(guest: &Client, location: &str) -> BTreeMap<String, Vec<u8>> {
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
fn rows(files: &BTreeMap<String, Vec<u8>>) -> BTreeMap<(String, String), Vec<Value>> {
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

async fn uploaded(guest: &Client, bytes: usize) -> Value {
    let body = json!({"content_type": "image/png", "bytes": bytes});
    let upload = guest.post("/v1/uploads", body).await.expect(StatusCode::CREATED);
    assert_eq!(guest.put(&upload, "image/png", vec![7; bytes]).await, StatusCode::OK);
    upload
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
    let rows = rows(&files);
    // Every row that is stored of this account, and of each all that is not withheld.
    let me = guest.get("/v1/me").await.expect(StatusCode::OK)["id"].as_str().unwrap().to_owned();
    let wallet = rows[&("account".to_owned(), "profile".to_owned())][0]["wallet"].clone();
    let mut seen = BTreeSet::new();
    for (store, pk, sk, row) in stored(&app).await {
        let own = [me.as_str(), wallet.as_str().unwrap()];
        if !own.iter().any(|id| pk.ends_with(id)) {
            continue;
        }
        let place = place_of(store, &pk, &sk).unwrap();
        let data = REGISTER.iter().find(|data| data.stored_in.contains(place)).unwrap();
        if place.not_exported.is_some() || sk == format!("export#{}", first["id"].as_str().unwrap())
        {
            continue;
        }
        let names: BTreeSet<_> = place.exported().filter(|name| row.contains(*name)).collect();
        let exported = &rows[&(data.category.to_owned(), place.kind.to_owned())];
        let same = |shown: &&Value| {
            shown.as_object().unwrap().keys().map(String::as_str).collect::<BTreeSet<_>>() == names
        };
        assert!(exported.iter().any(|row| same(&row)), "{pk} {sk}: {names:?} in {exported:#?}");
        seen.insert((store, place.kind));
        let withheld = row.iter().filter(|name| !EVERY_ROW.contains(&name.as_str()));
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

/// Every row of every table: the table, the keys, the attributes' names.
async fn stored(app: &TestApp) -> Vec<(&'static str, String, String, BTreeSet<String>)> {
    let stack = app.local().stack();
    let tables = &stack.resources().tables;
    let mut all = Vec::new();
    for (store, table) in [
        ("accounts", &tables.accounts),
        ("ledger", &tables.ledger),
        ("generations", &tables.generations),
        ("operations", &tables.operations),
    ] {
        let scan = stack.dynamodb().scan().table_name(table).send().await.unwrap();
        for row in scan.items.unwrap_or_default() {
            let text = |name: &str| row[name].as_s().unwrap().clone();
            all.push((store, text("pk"), text("sk"), row.keys().cloned().collect()));
        }
    }
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_requests_at_once_one_is_refused() {
    let app = TestApp::without_worker().await;
    for _ in 0..5 {
        let guest = app.guest().await;
        let ask = || guest.post("/v1/me/exports", Value::Null);
        let (one, other) = tokio::join!(ask(), ask());
        let mut statuses = [one.status.as_u16(), other.status.as_u16()];
        statuses.sort_unstable();
        assert_eq!(statuses, [202, 429]);
    }
    app.stop().await;
}

/// What an archive says, without what differs from turn to turn.
fn names(files: &BTreeMap<String, Vec<u8>>) -> Vec<&str> {
    files.keys().map(String::as_str).collect()
}

/// The objects under `exports/`, and the uploads in parts that were not ended.
async fn left(app: &TestApp) -> (Vec<String>, usize) {
    let stack = app.local().stack();
    let keys = app.local().ports().objects.list("exports/").await.unwrap();
    let parts = stack.s3().list_multipart_uploads().bucket(&stack.resources().bucket);
    (keys, parts.send().await.unwrap().uploads().len())
}

#[tokio::test(flavor = "multi_thread")]
async fn wherever_the_housekeeper_dies_the_archive_is_made() {
    let clock = MovedClock::default();
    let app = start(&clock, false).await;
    let mut complete = false;
    for dies_at in 1.. {
        let guest = app.guest().await;
        guest.submit("waits").await;
        uploaded(&guest, 3).await;
        let location = asked(&guest).await;
        let stops = Stops::new("query None agenda", dies_at);
        let ports = stops.ports(app.local().ports().clone());
        housekeeper(ports, Arc::new(clock.clone())).sweep().await;
        for _ in 0..3 {
            clock.on(LEASE);
            app.sweep().await;
        }
        let files = unpacked(&guest, &location).await;
        assert!(names(&files).contains(&"data/generations/job-00001.json"), "died at {dies_at}");
        let (keys, parts) = left(&app).await;
        let id = location.rsplit('/').next().unwrap();
        let own: Vec<_> = keys.iter().filter(|key| key.contains(id)).collect();
        assert_eq!((own.len(), parts), (1, 0), "died at {dies_at}: {own:?}");
        if !stops.stopped() {
            complete = true;
            assert!(dies_at > 20, "only {dies_at} calls");
            break;
        }
    }
    assert!(complete);
    app.stop().await;
}

/// A clock that moves on by some seconds each time it is looked at.
struct Leaping(AtomicI64);

impl Clock for Leaping {
    fn now(&self) -> Timestamp {
        SystemClock.now() + SignedDuration::from_secs(self.0.fetch_add(6, Ordering::SeqCst))
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_turn_cannot_carry_goes_on_in_the_next() {
    let app = TestApp::without_worker().await;
    let guest = app.guest().await;
    guest.submit("waits").await;
    // Two are more than a part.
    let size = 5_000_000;
    for _ in 0..3 {
        uploaded(&guest, size).await;
    }
    let location = asked(&guest).await;
    let slow = housekeeper(app.local().ports().clone(), Arc::new(Leaping(AtomicI64::new(0))));
    let mut turns = 0;
    while guest.get(&location).await.expect(StatusCode::OK)["status"] != "ready" {
        slow.sweep().await;
        turns += 1;
        assert!(turns < 60, "{:#}", guest.get(&location).await.json);
    }
    assert!(turns > 3, "{turns} turns");
    let files = unpacked(&guest, &location).await;
    let uploads = files.iter().filter(|(name, _)| name.starts_with("files/uploads/"));
    assert!(uploads.clone().all(|(_, bytes)| *bytes == vec![7; size]));
    assert_eq!(uploads.count(), 3);
    let (keys, parts) = left(&app).await;
    assert_eq!((keys.len(), parts), (1, 0), "{keys:?}");
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_that_never_succeeds_fails_and_does_not_count() {
    let clock = MovedClock::default();
    let app = start(&clock, false).await;
    let guest = app.guest().await;
    let location = asked(&guest).await;
    for _ in 0..MAX_TRIES {
        // The claim is written, and nothing after it.
        let stops = Stops::new("query None agenda", 5);
        let ports = stops.ports(app.local().ports().clone());
        housekeeper(ports, Arc::new(clock.clone())).sweep().await;
        clock.on(LEASE);
    }
    app.sweep().await;
    let failed = guest.get(&location).await.expect(StatusCode::OK);
    assert_eq!(failed["status"], "failed", "{failed:#}");
    assert_eq!(left(&app).await, (Vec::new(), 0));
    let second = asked(&guest).await;
    clock.on(DEADLINE);
    app.sweep().await;
    let late = guest.get(&second).await.expect(StatusCode::OK);
    assert_eq!(late["status"], "failed", "nobody came in time");
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_of_an_export_outlives_the_erasure_that_met_it() {
    // Wherever the export stands when the account is erased and the first pass is over.
    for moment in ["begin exports", "part 1 of exports", "end exports", "write"] {
        let clock = MovedClock::default();
        let app = start(&clock, false).await;
        let guest = app.guest().await;
        uploaded(&guest, 3).await;
        let location = asked(&guest).await;
        let pause = Pause::before(moment);
        let ports = pause.ports(app.local().ports().clone());
        let slow = housekeeper(ports, Arc::new(clock.clone()));
        let turn = tokio::spawn(async move { slow.sweep().await });
        pause.reached().await;
        let begun = guest.delete("/v1/me?confirm=erase").await.expect(StatusCode::ACCEPTED);
        app.sweep().await;
        guest.get(&location).await.problem(401, "unauthorized");
        pause.go_on();
        turn.await.unwrap();
        clock.on(LAST_PASS);
        app.sweep().await;
        app.sweep().await;
        let token = begun["receipt_token"].as_str().map(str::to_owned);
        let reader = Client { token, ..guest };
        let receipt = format!("/v1/erasures/{}", begun["id"].as_str().unwrap());
        let done = reader.get(&receipt).await.expect(StatusCode::OK);
        assert_eq!(done["status"], "completed", "{moment}: {done:#}");
        assert_eq!(left(&app).await, (Vec::new(), 0), "{moment}");
        let exports = stored(&app).await;
        let exports: Vec<_> = exports.iter().filter(|(_, _, sk, _)| sk.contains("exp_")).collect();
        assert!(exports.is_empty(), "{moment}: {exports:?}");
        app.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_erased_account_makes_no_export_and_an_api_key_none_either() {
    let app = TestApp::without_worker().await;
    let guest = app.guest().await;
    let body = json!({"name": "a program", "scopes": ["account:read"]});
    let key = guest.post_once("/v1/api-keys", "once", body).await.expect(StatusCode::CREATED);
    let program = Client { token: key["token"].as_str().map(str::to_owned), ..guest.clone() };
    program.post("/v1/me/exports", Value::Null).await.problem(403, "insufficient_scope");
    let location = asked(&guest).await;
    guest.delete("/v1/me?confirm=erase").await.expect(StatusCode::ACCEPTED);
    app.sweep().await;
    app.sweep().await;
    assert_eq!(left(&app).await, (Vec::new(), 0));
    send(guest.request(Method::GET, &location)).await.problem(401, "unauthorized");
    app.stop().await;
}
