//! What the functions write.

use serde_json::Value;

use crate::TestApp;

#[tokio::test(flavor = "multi_thread")]
async fn logs_tell_the_route_and_nothing_of_people() {
    let app = TestApp::without_worker().await;
    let guest = app.guest().await;
    let prompt = "an unmistakable prompt";
    let job = guest.submit(prompt).await;
    let id = job["id"].as_str().unwrap();
    guest.get(&format!("/v1/generations/{id}")).await;

    let log = ["auth", "generations"].map(|binary| app.adapter().log(binary)).concat();
    let lines: Vec<Value> =
        log.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    let told = |route: &str| lines.iter().any(|line| line["route"] == route);
    for route in ["/v1/guests", "/v1/generations", "/v1/generations/{id}"] {
        assert!(told(route), "{route} in {log}");
    }
    let traced =
        |line: &Value| line["span"]["xrayTraceId"].as_str().is_some_and(|id| !id.is_empty());
    assert!(lines.iter().filter(|line| line["route"].is_string()).all(traced), "{log}");
    let token = guest.token.as_deref().unwrap();
    for secret in [prompt, token, "127.0.0.1"] {
        assert!(!log.contains(secret), "{secret} in {log}");
    }
    app.stop().await;
}
