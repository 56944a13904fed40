//! Figures of the use: each job is counted once, a day is shown when it is over, and nobody is in it.

use jiff::{SignedDuration, Timestamp, ToSpan, civil::Date, tz::TimeZone};
use reqwest::StatusCode;
use reverie_tests::{Client, moved::MovedClock, rows};
use serde_json::{Value, json};

use crate::TestApp;

const STATS: &str = "/v1/operator/stats";
const PROMPT: &str = "of somebody";

/// A deployment at noon, so that no day ends meanwhile, and its day.
async fn start(clock: &MovedClock) -> (TestApp, Date) {
    let now = Timestamp::now();
    let tomorrow = now.to_zoned(TimeZone::UTC).date().tomorrow().unwrap();
    let noon = tomorrow.at(12, 0, 0, 0).to_zoned(TimeZone::UTC).unwrap().timestamp();
    clock.on(noon.duration_since(now));
    let app = TestApp::start_with(|config| config.between = Some(clock.between())).await;
    (app, tomorrow)
}

async fn make(guest: &Client, number: u32, more: Value) -> Value {
    let mut body = json!({"kind": "music", "prompt": format!("{PROMPT} {number}"), "seconds": 5});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let made = guest.post("/v1/generations", body).await.expect(StatusCode::ACCEPTED);
    guest.finished(&made).await
}

async fn stats(operator: &Client, query: &str) -> Value {
    operator.get(&format!("{STATS}{query}")).await.expect(StatusCode::OK)
}

fn sum(table: &Value) -> u64 {
    let words = table["jobs"].as_object().unwrap().values().map(|count| count.as_u64().unwrap());
    words.sum::<u64>() + table["withheld"].as_u64().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_is_counted_once_shown_when_it_is_over_and_about_nobody() {
    let clock = MovedClock::default();
    let (app, day) = start(&clock).await;
    let guest = app.guest().await;
    for number in 0..6 {
        let tempo = if number == 0 { json!({"style": {"tempo_bpm": 140}}) } else { json!({}) };
        assert_eq!(make(&guest, number, tempo).await["status"], "succeeded");
    }
    for number in 1..6 {
        assert_eq!(make(&guest, number, json!({})).await["cached"], true);
    }
    // Two at once, and again when there is nothing to do.
    tokio::join!(app.sweep(), app.sweep());
    app.sweep().await;
    let operator = app.operator().await;
    let today = stats(&operator, &format!("?from={day}&to={day}")).await;
    assert_eq!((&today["kinds"], &today["days"]), (&json!({}), &json!([])), "it is not over");

    // The day after has too few, and the one after that is when we look.
    clock.on(SignedDuration::from_hours(24));
    for number in 10..13 {
        make(&guest, number, json!({})).await;
    }
    clock.on(SignedDuration::from_hours(24));
    app.sweep().await;
    app.sweep().await;

    let all = stats(&operator, "").await;
    let music = &all["kinds"]["music"];
    assert_eq!(music["jobs"], 11, "{all:#}");
    assert_eq!(all["days"], json!([{"day": day.to_string(), "jobs": {"music": 11}}]));
    assert_eq!(music["failed"], json!({"at_least": 0.0, "at_most": 0.0}));
    let facets = &music["facets"];
    assert_eq!(facets["outcome"], json!({"jobs": {"succeeded": 11}, "withheld": 0}));
    assert_eq!(facets["cached"], json!({"jobs": {"no": 6, "yes": 5}, "withheld": 0}));
    assert_eq!(facets["model"]["withheld"], 0);
    // One of eleven: the ten would tell of it.
    assert_eq!(facets["tempo"], json!({"jobs": {}, "withheld": 11}));
    assert_eq!(facets.as_object().unwrap().len(), 20, "{facets:#}");
    for (facet, table) in facets.as_object().unwrap() {
        assert_eq!(sum(table), 11, "{facet}: {table}");
    }

    // Longer ranges say no more by their difference than the days themselves.
    let one = stats(&operator, &format!("?from={day}&to={day}")).await;
    assert_eq!(one["kinds"], all["kinds"]);
    let few = day.tomorrow().unwrap();
    let few = stats(&operator, &format!("?from={few}&to={few}")).await;
    assert_eq!(few["kinds"], json!({}));

    for row in rows(app.local().stack()).await {
        assert!(row.pk() != "usage", "all are added up");
        let text = format!("{:?}", row.attributes);
        let (account, guest) = (guest.account().await.to_string(), PROMPT);
        assert!(
            row.pk() != "usage_day" || !text.contains(&account) && !text.contains(guest),
            "{text}"
        );
    }
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_counted_late_is_in_no_day_that_was_shown() {
    let clock = MovedClock::default();
    let (app, day) = start(&clock).await;
    let guest = app.guest().await;
    for number in 0..5 {
        make(&guest, number, json!({})).await;
    }
    app.sweep().await;
    for number in 5..10 {
        make(&guest, number, json!({})).await;
    }
    // Nobody kept house until long after the day.
    clock.on(SignedDuration::from_hours(24));
    let next = day.tomorrow().unwrap();
    app.sweep().await;
    let operator = app.operator().await;
    let jobs = |stats: Value| stats["kinds"]["music"]["jobs"].clone();
    assert_eq!(jobs(stats(&operator, &format!("?from={day}&to={day}")).await), 5);
    clock.on(SignedDuration::from_hours(24));
    app.sweep().await;
    assert_eq!(jobs(stats(&operator, &format!("?from={day}&to={day}")).await), 5);
    assert_eq!(jobs(stats(&operator, &format!("?from={next}&to={next}")).await), 5);
    assert_eq!(jobs(stats(&operator, "").await), 10);
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ranges_that_are_none_are_refused() {
    let app = TestApp::without_worker().await;
    let operator = app.operator().await;
    let today = Timestamp::now().to_zoned(TimeZone::UTC).date();
    let year = today.checked_sub(400.days()).unwrap();
    for query in [
        format!("?from={today}"),
        format!("?from={year}&to={today}"),
        "?from=2026-13-01".to_owned(),
        "?to=yesterday".to_owned(),
        "?from=2026-11-02&to=2026-11-01".to_owned(),
    ] {
        operator.get(&format!("{STATS}{query}")).await.problem(422, "invalid");
    }
    app.guest().await.get(STATS).await.problem(403, "operator_only");
    let log = operator.get("/v1/operator/audit").await.expect(StatusCode::OK);
    assert_eq!(log["items"].as_array().unwrap().len(), 1, "what is refused did not happen");
    stats(&operator, "?from=0001-01-01&to=0001-01-01").await;
    let log = operator.get("/v1/operator/audit?limit=2").await.expect(StatusCode::OK);
    assert_eq!(log["items"][1]["action"], "stats.show");
    app.stop().await;
}
