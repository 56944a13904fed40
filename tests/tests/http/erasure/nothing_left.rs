//! Somebody writes a mark wherever one can write something, and is erased: the mark is nowhere.

use std::{
    fs,
    time::{Duration, SystemTime},
};

use base64::Engine;
use jiff::{SignedDuration, Timestamp};
use reqwest::StatusCode;
use reverie::stack::Stack;
use reverie_domain::erasure::{BACKUP_DAYS, LAST_PASS};
use reverie_tests::{
    Client, PATIENCE, messages,
    moved::MovedClock,
    planted::{forms, found, marks, planted, signed_in},
};
use serde_json::{Value, json};

use super::{announced, erased, start};
use crate::TestApp;

pub(super) fn count(receipt: &Value, store: &str, kind: &str) -> u64 {
    let deleted = receipt["deleted"].as_array().unwrap();
    let same = |one: &&Value| one["store"] == store && one["kind"] == kind;
    deleted.iter().find(same).map_or(0, |one| one["count"].as_u64().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_of_an_erased_account_is_left_anywhere() {
    let clock = MovedClock::default();
    let app = start(&clock, true).await;
    let (guest, key) = planted(&app).await;
    let guest = signed_in(guest).await;
    let account = guest.account().await.to_string();
    let late = announced(&guest, 100).await;
    guest.post("/v1/me/exports", Value::Null).await.expect(StatusCode::ACCEPTED);
    app.sweep().await;
    // What a turn writes down is sent in the next.
    app.sweep().await;
    let sent = found(&app.data().join("outbox"), &marks());
    assert!(sent.len() >= 2, "an archive and another address: {sent:?}");
    app.local().stack().sweep_ttl().await.unwrap();
    assert!(found(app.data(), &marks()).len() >= 2, "what is searched for can be found");

    guest.delete("/v1/me").await.problem(422, "invalid");
    guest.delete("/v1/me?confirm=yes").await.problem(422, "invalid");
    let program = Client { token: key["token"].as_str().map(str::to_owned), ..guest.clone() };
    program.delete("/v1/me?confirm=erase").await.problem(403, "insufficient_scope");
    guest.submit("live").await;
    let (reader, receipt) = erased(&guest).await;
    for one in [&guest, &program] {
        one.get("/v1/me").await.problem(401, "unauthorized");
        one.post("/v1/generations", json!({"kind": "music", "prompt": "no", "seconds": 5}))
            .await
            .problem(401, "unauthorized");
    }
    let running = reader.get(&receipt).await.expect(StatusCode::OK);
    assert_eq!(running["status"], "running");
    assert!(running.get("jws").is_none());

    app.sweep().await;
    // The worker has an hour for this.
    nothing_queued(app.local().stack()).await;
    // A link that was given out before is used only now.
    assert_eq!(guest.put(&late, "image/png", vec![7; 100]).await, StatusCode::OK);
    clock.on(LAST_PASS);
    app.sweep().await;
    let done = reader.get(&receipt).await.expect(StatusCode::OK);
    assert_eq!(done["status"], "completed", "{done:#}");
    for (store, kind, expected) in [
        ("accounts", "profile", 2),
        ("accounts", "identity", 1),
        ("accounts", "session", 2),
        ("accounts", "key", 1),
        ("generations", "job", 3),
        ("generations", "quote", 1),
        ("generations", "upload", 2),
        ("operations", "idempotency", 3),
        ("bucket", "uploads/", 2),
        ("accounts", "export", 1),
        ("accounts", "preferences", 1),
        ("accounts", "new_email", 1),
        ("bucket", "exports/", 1),
    ] {
        assert_eq!(count(&done, store, kind), expected, "{store} {kind}: {done:#}");
    }
    assert!(count(&done, "bucket", "results/free/") >= 3, "{done:#}");
    let keys = app.nobody().get("/.well-known/jwks.json").await.expect(StatusCode::OK);
    assert_eq!(checked(&keys, done["jws"].as_str().unwrap()), unsigned(&done));

    app.local().stack().sweep_ttl().await.unwrap();
    assert_eq!(found(app.data(), &marks()), Vec::<String>::new());
    let stack = app.local().stack();
    assert_eq!(messages(stack).await, Ok(0));
    let unfinished = stack.s3().list_multipart_uploads().bucket(&stack.resources().bucket);
    assert_eq!(unfinished.send().await.unwrap().uploads().len(), 0);

    // Until backups are gone, the id is remembered.
    clock.on(SignedDuration::from_hours(24 * BACKUP_DAYS));
    app.sweep().await;
    app.local().stack().sweep_ttl().await.unwrap();
    empty_folders_end(&app).await;
    assert_eq!(found(app.data(), &forms(&account)), Vec::<String>::new());
    let last = reader.get(&receipt).await.expect(StatusCode::OK);
    assert_eq!(last["deleted"], done["deleted"]);
    app.stop().await;
}

/// What a signature is of, if it is right.
fn checked(keys: &Value, jws: &str) -> Value {
    use aws_lc_rs::signature::{ED25519, UnparsedPublicKey};
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    let decode = |part: &str| URL_SAFE_NO_PAD.decode(part).unwrap();
    let (text, signature) = jws.rsplit_once('.').unwrap();
    let (header, payload) = text.split_once('.').unwrap();
    let header: Value = serde_json::from_slice(&decode(header)).unwrap();
    let key = &keys["keys"][0];
    assert_eq!((&header["alg"], &header["kid"]), (&json!("EdDSA"), &key["kid"]));
    let key = UnparsedPublicKey::new(&ED25519, decode(key["x"].as_str().unwrap()));
    key.verify(text.as_bytes(), &decode(signature)).unwrap();
    serde_json::from_slice(&decode(payload)).unwrap()
}

/// Waits until the worker has found that its job is gone.
pub(super) async fn nothing_queued(stack: &Stack) {
    let waited = tokio::time::timeout(PATIENCE, async {
        while messages(stack).await != Ok(0) {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    });
    waited.await.expect("no message is left");
}

/// The embedded S3 has a folder for each part of a key. Empty ones go after an hour, and then those
/// that were not empty for them.
pub(super) async fn empty_folders_end(app: &TestApp) {
    let before = SystemTime::now() - Duration::from_secs(2 * 3600);
    for _ in 0..6 {
        let mut folders = vec![app.data().join("s3")];
        while let Some(folder) = folders.pop() {
            fs::File::open(&folder).unwrap().set_modified(before).unwrap();
            let entries = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
            folders.extend(entries.filter(|path| path.is_dir()));
        }
        app.local().stack().enforce_lifecycle(Timestamp::now()).await.unwrap();
    }
}

fn unsigned(receipt: &Value) -> Value {
    let mut receipt = receipt.clone();
    receipt.as_object_mut().unwrap().remove("jws");
    receipt
}
