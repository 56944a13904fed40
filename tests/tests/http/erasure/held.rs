//! The same mark, of an account that an order keeps: until its release it is in the copy alone.

use jiff::SignedDuration;
use reqwest::StatusCode;
use reverie_domain::erasure::{BACKUP_DAYS, LAST_PASS};
use reverie_tests::{
    messages,
    moved::MovedClock,
    planted::{forms, found, marks, planted, signed_in},
};
use serde_json::{Value, json};

use super::{
    erased,
    nothing_left::{count, empty_folders_end, nothing_queued},
    start,
};

const HOLDS: &str = "/v1/operator/legal-holds";

#[tokio::test(flavor = "multi_thread")]
async fn an_order_keeps_the_copy_alone_and_after_it_nothing_is_left() {
    let clock = MovedClock::default();
    let app = start(&clock, true).await;
    let operator = app.operator().await;
    let (guest, _) = planted(&app).await;
    let guest = signed_in(guest).await;
    let account = guest.account().await.to_string();
    let order = json!({
        "account": account, "kind": "export", "reference": "a file", "reason": "a court",
        "secret": false,
    });
    let order = operator.post(HOLDS, order).await.expect(StatusCode::CREATED);
    let path = format!("{HOLDS}/{}", order["id"].as_str().unwrap());
    operator.post(&format!("{path}/confirm"), Value::Null).await.expect(StatusCode::OK);
    guest.post("/v1/me/exports", Value::Null).await.expect(StatusCode::ACCEPTED);
    app.sweep().await;
    // What a turn writes down is sent in the next.
    app.sweep().await;
    let sent = found(&app.data().join("outbox"), &marks());
    assert!(sent.len() >= 2, "an archive and another address: {sent:?}");
    let (reader, receipt) = erased(&guest).await;
    app.sweep().await;
    nothing_queued(app.local().stack()).await;
    clock.on(LAST_PASS);
    app.sweep().await;
    let held = reader.get(&receipt).await.expect(StatusCode::OK);
    assert_eq!(held["status"], "held", "{held:#}");
    assert!(held.get("completed_at").is_none() && held.get("jws").is_none(), "{held:#}");
    let told =
        |one: &Value| one["what"].as_str().unwrap().starts_with("a copy of the account's data");
    assert!(held["kept"].as_array().unwrap().iter().any(told), "{held:#}");
    app.local().stack().sweep_ttl().await.unwrap();
    let places = found(app.data(), &marks());
    assert!(!places.is_empty(), "uploads are in the copy as they are");
    for place in places {
        assert!(place.contains("/holds/"), "{place}");
    }

    let body = json!({"secret": false});
    operator.post(&format!("{path}/release"), body).await.expect(StatusCode::OK);
    app.sweep().await;
    app.sweep().await;
    let done = reader.get(&receipt).await.expect(StatusCode::OK);
    assert_eq!(done["status"], "completed", "{done:#}");
    assert_eq!(count(&done, "bucket", "holds/"), 1);
    assert!(done["jws"].is_string());
    app.local().stack().sweep_ttl().await.unwrap();
    assert_eq!(found(app.data(), &marks()), Vec::<String>::new());
    let stack = app.local().stack();
    assert_eq!(messages(stack).await, Ok(0));
    let unfinished = stack.s3().list_multipart_uploads().bucket(&stack.resources().bucket);
    assert_eq!(unfinished.send().await.unwrap().uploads().len(), 0);

    clock.on(SignedDuration::from_hours(24 * BACKUP_DAYS));
    app.sweep().await;
    app.local().stack().sweep_ttl().await.unwrap();
    empty_folders_end(&app).await;
    assert_eq!(found(app.data(), &forms(&account)), Vec::<String>::new());
    let order = operator.get(&path).await.expect(StatusCode::OK);
    assert_eq!(order["state"], "released");
    app.stop().await;
}
