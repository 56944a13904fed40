//! Orders, releases and erasures that meet each other.

use reqwest::StatusCode;
use reverie_domain::erasure::LAST_PASS;
use reverie_tests::{moved::MovedClock, paused::Pause};
use serde_json::{Value, json};

use super::{
    HOLDS, confirmed, erased, fetched, housekeeper, left, order, proposed, release, shown, start,
    uploaded,
};

#[tokio::test(flavor = "multi_thread")]
async fn two_orders_at_once_are_two_and_two_confirmations_are_one() {
    let clock = MovedClock::default();
    let app = start(&clock, false).await;
    let (operator, guest) = (app.operator().await, app.guest().await);
    let account = guest.account().await;
    let propose = || proposed(&operator, order(account, "export", false));
    let (one, other) = tokio::join!(propose(), propose());
    for path in [&one, &other] {
        let path = format!("{path}/confirm");
        let confirm = || operator.post(&path, Value::Null);
        let (first, second) = tokio::join!(confirm(), confirm());
        assert_eq!(first.expect(StatusCode::OK), second.expect(StatusCode::OK));
    }
    app.sweep().await;
    assert_eq!(left(&app).await.0.len(), 2, "each has its copy, and one");
    let (reader, receipt) = erased(&guest).await;
    app.sweep().await;
    clock.on(LAST_PASS);
    app.sweep().await;
    let status = async || reader.get(&receipt).await.expect(StatusCode::OK)["status"].clone();
    assert_eq!(status().await, "held");
    release(&operator, &one, false).await;
    app.sweep().await;
    assert_eq!(status().await, "held");
    fetched(&operator, &other).await;
    let again = json!({"secret": false});
    let path = format!("{other}/release");
    let (first, second) =
        tokio::join!(operator.post(&path, again.clone()), operator.post(&path, again.clone()));
    assert_eq!(first.expect(StatusCode::OK), second.expect(StatusCode::OK));
    app.sweep().await;
    assert_eq!(status().await, "completed");
    assert_eq!(left(&app).await, (Vec::new(), 0));
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_that_meets_an_erasure_has_all_or_is_refused() {
    let clock = MovedClock::default();
    let app = start(&clock, false).await;
    let operator = app.operator().await;
    let mut refused = 0;
    for round in 0..12 {
        let guest = app.guest().await;
        guest.submit("waits").await;
        let account = guest.account().await;
        let (reader, receipt) = erased(&guest).await;
        let proposal = async {
            // Each time a little later.
            for _ in 0..round {
                operator.get(HOLDS).await.expect(StatusCode::OK);
            }
            operator.post(HOLDS, order(account, "export", false)).await
        };
        let (proposal, ()) = tokio::join!(proposal, app.sweep());
        for _ in 0..4 {
            app.sweep().await;
        }
        clock.on(LAST_PASS);
        app.sweep().await;
        let status = reader.get(&receipt).await.expect(StatusCode::OK)["status"].clone();
        if proposal.status == StatusCode::CREATED {
            assert_eq!(status, "held");
            let path = format!("{HOLDS}/{}", proposal.json["id"].as_str().unwrap());
            super::confirm(&operator, &path).await;
            let files = fetched(&operator, &path).await;
            assert!(files.contains_key("data/generations/job-00001.json"), "{:?}", files.keys());
        } else {
            proposal.problem(409, "legal_hold.too_late");
            assert_eq!(status, "completed");
            refused += 1;
        }
    }
    println!("{refused} of 12 came too late");
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_that_comes_while_the_erasure_looks_is_seen() {
    let clock = MovedClock::default();
    let app = start(&clock, false).await;
    let (operator, guest) = (app.operator().await, app.guest().await);
    let account = guest.account().await;
    let (reader, receipt) = erased(&guest).await;
    // It has looked, and is about to go on.
    let pause = Pause::before("write");
    let slow = housekeeper(pause.ports(app.local().ports().clone()), &clock);
    let turn = tokio::spawn(async move { slow.sweep().await });
    pause.reached().await;
    let path = confirmed(&operator, order(account, "export", false)).await;
    pause.go_on();
    turn.await.unwrap();
    for _ in 0..3 {
        app.sweep().await;
    }
    clock.on(LAST_PASS);
    app.sweep().await;
    assert_eq!(reader.get(&receipt).await.expect(StatusCode::OK)["status"], "held");
    let files = fetched(&operator, &path).await;
    assert!(files.contains_key("data/account/profile-00001.json"), "{:?}", files.keys());
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_of_a_copy_outlives_the_release_that_met_it() {
    for moment in ["begin holds", "part 1 of holds", "end holds", "write"] {
        let clock = MovedClock::default();
        let app = start(&clock, false).await;
        let (operator, guest) = (app.operator().await, app.guest().await);
        uploaded(&guest, 3).await;
        let path = confirmed(&operator, order(guest.account().await, "export", false)).await;
        let pause = Pause::before(moment);
        let slow = housekeeper(pause.ports(app.local().ports().clone()), &clock);
        let turn = tokio::spawn(async move { slow.sweep().await });
        pause.reached().await;
        release(&operator, &path, false).await;
        app.sweep().await;
        pause.go_on();
        turn.await.unwrap();
        clock.on(LAST_PASS);
        app.sweep().await;
        app.sweep().await;
        assert_eq!(shown(&operator, &path).await["state"], "released", "{moment}");
        assert_eq!(left(&app).await, (Vec::new(), 0), "{moment}");
        app.stop().await;
    }
}
