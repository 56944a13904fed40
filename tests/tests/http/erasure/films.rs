//! What people write into a storyboard.

use reqwest::StatusCode;
use reverie_domain::erasure::LAST_PASS;
use reverie_tests::{
    moved::MovedClock,
    planted::{MARK, found, marks},
    real_packages,
};
use serde_json::{Value, json};

use super::{erased, nothing_left::nothing_queued};
use crate::TestApp;

fn titled() -> Value {
    let shot = json!({
        "seconds": 3, "transition": "cut", "setting": "sky", "time": "day", "weather": "clear",
        "particles": "nothing", "camera": "static", "subjects": [], "title": MARK,
    });
    let sketch = json!({"mood": "calm", "palette": "warm", "shots": [shot]});
    json!({
        "kind": "video", "prompt": MARK, "seconds": 3, "seed": 7,
        "style": {"aspect_ratio": "1:1"}, "sketch": sketch,
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_title_goes_with_the_film_it_is_in() {
    let clock = MovedClock::default();
    let app = TestApp::start_with(|config| {
        config.models = vec![real_packages()];
        config.between = Some(clock.between());
    })
    .await;
    let guest = app.guest().await;
    guest.post("/v1/quotes", titled()).await.expect(StatusCode::CREATED);
    let job = guest.post("/v1/generations", titled()).await.expect(StatusCode::ACCEPTED);
    let done = guest.finished(&job).await;
    assert_eq!(done["status"], "succeeded", "{done:#}");
    let places = found(app.data(), &marks());
    assert!(places.iter().any(|place| place.contains("storyboard.json")), "{places:?}");

    let (reader, receipt) = erased(&guest).await;
    app.sweep().await;
    nothing_queued(app.local().stack()).await;
    clock.on(LAST_PASS);
    app.sweep().await;
    let read = reader.get(&receipt).await.expect(StatusCode::OK);
    assert_eq!(read["status"], "completed", "{read:#}");
    app.local().stack().sweep_ttl().await.unwrap();
    assert_eq!(found(app.data(), &marks()), Vec::<String>::new());
    app.stop().await;
}
