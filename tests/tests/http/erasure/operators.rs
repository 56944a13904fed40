//! Somebody who was an operator is erased.

use jiff::{SignedDuration, Timestamp};
use reqwest::StatusCode;
use reverie_domain::{audit::AUDIT_DAYS, erasure::LAST_PASS};
use reverie_tests::moved::MovedClock;
use serde_json::Value;

use super::{erased, start};

#[tokio::test(flavor = "multi_thread")]
async fn who_was_an_operator_is_told_what_the_log_keeps() {
    let clock = MovedClock::default();
    let app = start(&clock, false).await;
    let (operator, guest) = (app.operator().await, app.guest().await);
    let lines = operator.get("/v1/operator/audit").await.expect(StatusCode::OK);
    let last: Timestamp = lines["items"][0]["at"].as_str().unwrap().parse().unwrap();
    let mut kept = Vec::new();
    for one in [operator, guest] {
        let (reader, receipt) = erased(&one).await;
        app.sweep().await;
        clock.on(LAST_PASS);
        app.sweep().await;
        let done = reader.get(&receipt).await.expect(StatusCode::OK);
        assert_eq!(done["status"], "completed", "{done:#}");
        kept.push(done["kept"].as_array().unwrap().clone());
    }
    let in_log = |one: &&Value| one["what"].as_str().unwrap().contains("log of what operators did");
    let until = kept[0].iter().find(in_log).expect("the log")["until"].as_str().unwrap();
    let until: Timestamp = until.parse().unwrap();
    assert_eq!(until, last + SignedDuration::from_hours(24 * AUDIT_DAYS));
    assert_eq!(kept[1].iter().filter(in_log).count(), 0, "who never was one");
    app.stop().await;
}
