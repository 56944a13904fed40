//! Sessions end by themselves.

use jiff::SignedDuration;
use reqwest::StatusCode;
use reverie_store::accounts::{ABSOLUTE, IDLE};
use reverie_tests::moved::MovedClock;

use crate::TestApp;

#[tokio::test(flavor = "multi_thread")]
async fn a_session_ends_when_it_is_not_used_and_at_some_time_though_it_is() {
    let clock = MovedClock::default();
    let app = TestApp::start_with(|config| {
        config.worker = false;
        config.between = Some(clock.between());
    })
    .await;
    let day = SignedDuration::from_hours(24);
    let unused = app.guest().await;
    clock.on(IDLE - day);
    unused.get("/v1/me").await.expect(StatusCode::OK);
    clock.on(IDLE + day);
    unused.get("/v1/me").await.problem(401, "unauthorized");

    let used = app.guest().await;
    let mut age = SignedDuration::ZERO;
    while age + day * 20 < ABSOLUTE {
        clock.on(day * 20);
        age += day * 20;
        used.get("/v1/me").await.expect(StatusCode::OK);
    }
    clock.on(ABSOLUTE - age + day);
    used.get("/v1/me").await.problem(401, "unauthorized");
    app.stop().await;
}
