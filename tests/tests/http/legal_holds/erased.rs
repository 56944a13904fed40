//! An account is erased while an order keeps a copy of it.

use jiff::SignedDuration;
use reqwest::StatusCode;
use reverie_domain::{
    erasure::{BACKUP_DAYS, LAST_PASS},
    legal_hold::LAPSE,
};
use reverie_tests::{Client, moved::MovedClock};
use serde_json::{Value, json};

use super::{
    HOLDS, confirm, confirmed, erased, fetched, left, order, proposed, release, shown, start,
    uploaded,
};
use crate::TestApp;

/// Both passes of an erasure; it may have to wait for a copy first.
async fn passed(app: &TestApp, clock: &MovedClock) {
    for _ in 0..4 {
        app.sweep().await;
    }
    clock.on(LAST_PASS);
    app.sweep().await;
}

async fn lived(app: &TestApp) -> Client {
    let guest = app.guest().await;
    guest.submit("waits").await;
    uploaded(&guest, 3).await;
    guest
}

/// A receipt without what differs from one account to another.
async fn told(reader: &Client, receipt: &str) -> Value {
    let mut told = reader.get(receipt).await.expect(StatusCode::OK);
    assert_eq!(told["jws"].is_string(), told["status"] == "completed", "{told:#}");
    for time in ["requested_at", "completed_at", "backups_gone_at"] {
        told[time] = json!(told[time].is_string());
    }
    let kept = told["kept"].as_array_mut().unwrap();
    for one in kept {
        one["until"] = json!(one.get("until").is_some());
    }
    for own in ["id", "jws"] {
        told.as_object_mut().unwrap().remove(own);
    }
    told
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_secret_order_nothing_can_be_told_and_nothing_is_said_that_is_not_so() {
    let clock = MovedClock::default();
    let app = start(&clock, false).await;
    let (operator, meant, other) = (app.operator().await, lived(&app).await, lived(&app).await);
    let path = confirmed(&operator, order(meant.account().await, "freeze", true)).await;
    app.sweep().await;
    for guest in [&meant, &other] {
        let held = guest.get("/v1/me/data").await.expect(StatusCode::OK).to_string();
        assert!(!held.contains("lgh_") && !held.contains("holds/"), "{held}");
    }
    let (meant, other) = (erased(&meant).await, erased(&other).await);
    let same = async |when: &str| {
        let (one, two) = (told(&meant.0, &meant.1).await, told(&other.0, &other.1).await);
        assert_eq!(one, two, "{when}");
        one
    };
    assert_eq!(same("at once").await["status"], "running");
    app.sweep().await;
    same("after the first pass").await;
    clock.on(LAST_PASS);
    app.sweep().await;
    let done = same("after the last pass").await;
    assert_eq!(done["status"], "completed");
    let reserved =
        |one: &&Value| one["what"].as_str().unwrap().contains("if a court or an authority");
    assert_eq!(done["kept"].as_array().unwrap().iter().filter(reserved).count(), 1);
    clock.on(SignedDuration::from_hours(24 * BACKUP_DAYS));
    app.sweep().await;
    same("when backups are gone").await;
    assert_eq!(left(&app).await.0.len(), 1, "the copy is there");

    release(&operator, &path, true).await;
    app.sweep().await;
    same("after the order").await;
    assert_eq!(left(&app).await, (Vec::new(), 0));
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_may_be_told_in_the_end_is_told() {
    let clock = MovedClock::default();
    let app = start(&clock, false).await;
    let (operator, guest) = (app.operator().await, lived(&app).await);
    let path = confirmed(&operator, order(guest.account().await, "freeze", true)).await;
    app.sweep().await;
    let (reader, receipt) = erased(&guest).await;
    passed(&app, &clock).await;
    let before = reader.get(&receipt).await.expect(StatusCode::OK);
    clock.on(SignedDuration::from_hours(100));
    release(&operator, &path, false).await;
    // In the first minute the erasure may look for itself, and be in the way.
    app.sweep().await;
    app.sweep().await;
    let after = reader.get(&receipt).await.expect(StatusCode::OK);
    assert!(after["completed_at"].as_str() > before["completed_at"].as_str(), "{after:#}");
    let copies = json!({"store": "bucket", "kind": "holds/", "count": 1});
    assert!(after["deleted"].as_array().unwrap().contains(&copies), "{after:#}");
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_told_is_seen_to_end_even_if_its_release_is_secret() {
    let clock = MovedClock::default();
    let app = start(&clock, false).await;
    let (operator, guest) = (app.operator().await, lived(&app).await);
    let path = confirmed(&operator, order(guest.account().await, "freeze", false)).await;
    app.sweep().await;
    let (reader, receipt) = erased(&guest).await;
    passed(&app, &clock).await;
    assert_eq!(told(&reader, &receipt).await["status"], "held");
    release(&operator, &path, true).await;
    app.sweep().await;
    app.sweep().await;
    assert_eq!(left(&app).await, (Vec::new(), 0));
    let done = told(&reader, &receipt).await;
    assert_eq!((&done["status"], &done["completed_at"]), (&json!("completed"), &json!(true)));
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_only_proposed_is_copied_before_it_is_gone() {
    let clock = MovedClock::default();
    let app = start(&clock, false).await;
    let (operator, one, other) = (app.operator().await, lived(&app).await, lived(&app).await);
    let stays = proposed(&operator, order(one.account().await, "export", false)).await;
    let lapses = proposed(&operator, order(other.account().await, "export", false)).await;
    let (one, other) = (erased(&one).await, erased(&other).await);
    passed(&app, &clock).await;
    for (reader, receipt) in [&one, &other] {
        assert_eq!(told(reader, receipt).await["status"], "held");
    }
    let early = shown(&operator, &stays).await;
    assert!(early["copy"].get("download").is_none(), "{early:#}");
    confirm(&operator, &stays).await;
    let files = fetched(&operator, &stays).await;
    assert!(files.contains_key("data/generations/job-00001.json"), "{:?}", files.keys());
    assert!(files.keys().any(|name| name.starts_with("files/uploads/")));

    clock.on(LAPSE);
    app.sweep().await;
    app.sweep().await;
    let lapsed = shown(&operator, &lapses).await;
    assert_eq!((&lapsed["state"], lapsed.get("released_by")), (&json!("released"), None));
    let late = operator.post(&format!("{lapses}/confirm"), Value::Null).await;
    late.problem(409, "legal_hold.over");
    assert_eq!(told(&other.0, &other.1).await["status"], "completed");
    assert_eq!(told(&one.0, &one.1).await["status"], "held");
    fetched(&operator, &stays).await;
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_frozen_is_handed_over_by_a_later_order() {
    let clock = MovedClock::default();
    let app = start(&clock, false).await;
    let (operator, guest, free) = (app.operator().await, lived(&app).await, lived(&app).await);
    let (account, nobody) = (guest.account().await, free.account().await);
    let frozen = confirmed(&operator, order(account, "freeze", false)).await;
    app.sweep().await;
    let (reader, receipt) = erased(&guest).await;
    erased(&free).await;
    app.sweep().await;
    // In the hour between the passes, and after.
    for _ in 0..2 {
        let late = operator.post(HOLDS, order(account, "export", false)).await;
        late.problem(409, "legal_hold.too_late");
        operator
            .post(HOLDS, order(nobody, "export", false))
            .await
            .problem(409, "legal_hold.too_late");
        app.sweep().await;
    }
    clock.on(LAST_PASS);
    app.sweep().await;
    let gone = operator.post(HOLDS, order(nobody, "export", false)).await;
    gone.expect(StatusCode::UNPROCESSABLE_ENTITY);
    let id = frozen.rsplit('/').next().unwrap();
    let mut second = order(nobody, "export", false);
    second["copy_of"] = json!(id);
    let other = operator.post(HOLDS, second.clone()).await;
    other.expect(StatusCode::UNPROCESSABLE_ENTITY);
    second["account"] = json!(account);
    let handed = confirmed(&operator, second).await;
    assert_eq!(shown(&operator, &handed).await["copy_of"], id);

    release(&operator, &frozen, false).await;
    app.sweep().await;
    let released = shown(&operator, &frozen).await;
    assert_eq!(released["state"], "released");
    let files = fetched(&operator, &handed).await;
    assert!(files.contains_key("data/generations/job-00001.json"), "{:?}", files.keys());
    assert_eq!(told(&reader, &receipt).await["status"], "held");
    release(&operator, &handed, false).await;
    app.sweep().await;
    assert_eq!(told(&reader, &receipt).await["status"], "completed");
    assert_eq!(left(&app).await, (Vec::new(), 0));
    app.stop().await;
}
