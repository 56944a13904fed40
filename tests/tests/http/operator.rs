//! What operators do, and the log of it.

use jiff::{SignedDuration, Timestamp};
use reqwest::{Method, StatusCode};
use reverie_tests::{Answer, Client, send};
use serde_json::{Value, json};

use crate::TestApp;

const REQUESTS: &str = "/v1/operator/subject-requests";

async fn close(operator: &Client, id: &Value, outcome: &str) -> Answer {
    let path = format!("{REQUESTS}/{}", id.as_str().expect("an id"));
    send(operator.request(Method::PATCH, &path).json(&json!({"outcome": outcome}))).await
}

async fn log(operator: &Client) -> Vec<Value> {
    let page = operator.get("/v1/operator/audit?limit=100").await.expect(StatusCode::OK);
    page["items"].as_array().expect("lines").clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_by_mail_is_due_after_a_month_and_closed_once() {
    let app = TestApp::without_worker().await;
    let (operator, guest) = (app.operator().await, app.guest().await);
    let account = guest.get("/v1/me").await.expect(StatusCode::OK)["id"].clone();
    let came = json!({
        "kind": "objection", "reference": "ticket 7", "account": account,
        "received_at": "2026-01-31T12:00:00Z",
    });
    let made = operator.post(REQUESTS, came).await.expect(StatusCode::CREATED);
    assert_eq!(made["due_at"], "2026-02-28T12:00:00Z");
    assert_eq!(made["overdue"], true);
    assert!(!made.to_string().contains(account.as_str().unwrap()), "{made}");

    let closed = close(&operator, &made["id"], "refused").await.expect(StatusCode::OK);
    assert_eq!((&closed["outcome"], &closed["overdue"]), (&json!("refused"), &json!(false)));
    let again = close(&operator, &made["id"], "refused").await.expect(StatusCode::OK);
    assert_eq!(again, closed);
    close(&operator, &made["id"], "granted").await.problem(409, "subject_request.closed");
    let page = operator.get(REQUESTS).await.expect(StatusCode::OK);
    assert_eq!(page["items"], json!([closed]));

    for (field, value) in [
        ("reference", json!("")),
        ("reference", json!("a\nb")),
        ("reference", json!("x".repeat(101))),
        ("received_at", json!("2999-01-01T00:00:00Z")),
        ("received_at", json!("9999-12-30T00:00:00Z")),
    ] {
        let mut wrong = json!({"kind": "access", "reference": "one"});
        wrong[field] = value;
        let answer = operator.post(REQUESTS, wrong).await.expect(StatusCode::UNPROCESSABLE_ENTITY);
        assert!(answer.to_string().contains(field), "{answer}");
    }
    app.stop().await;
}

async fn extend(operator: &Client, id: &Value, reason: &str) -> Answer {
    let path = format!("{REQUESTS}/{}/extension", id.as_str().expect("an id"));
    operator.put_json(&path, json!({"reason": reason})).await
}

#[tokio::test(flavor = "multi_thread")]
async fn two_months_more_are_taken_once_with_a_reason_and_in_time() {
    let app = TestApp::without_worker().await;
    let operator = app.operator().await;
    let now = Timestamp::now();
    let made = async |came: Timestamp| {
        let came = json!({"kind": "access", "reference": "mail", "received_at": came});
        operator.post(REQUESTS, came).await.expect(StatusCode::CREATED)
    };
    let open = made(now).await;
    let id = &open["id"];
    extend(&operator, id, "no time").await.problem(422, "invalid");
    let extensions = (0..3).map(|_| extend(&operator, id, "number_of_requests"));
    let all = futures::future::join_all(extensions).await;
    let longer = all[0].json.clone();
    for one in all {
        assert_eq!(one.expect(StatusCode::OK), longer, "of all at once");
    }
    let months = |from: &Value, to: &Value| {
        let [from, to] = [from, to].map(|at| at.as_str().unwrap().parse::<Timestamp>().unwrap());
        to.duration_since(from).as_hours() / (24 * 28)
    };
    assert_eq!(months(&open["received_at"], &open["due_at"]), 1);
    assert_eq!(months(&longer["received_at"], &longer["due_at"]), 3);
    assert_eq!(longer["extension"], "number_of_requests");
    extend(&operator, id, "complexity").await.problem(409, "subject_request.extended");
    close(&operator, id, "granted").await.expect(StatusCode::OK);
    extend(&operator, id, "number_of_requests").await.expect(StatusCode::OK);

    let closed = made(now).await;
    close(&operator, &closed["id"], "refused").await.expect(StatusCode::OK);
    let late = extend(&operator, &closed["id"], "complexity").await;
    late.problem(409, "subject_request.closed");
    let overdue = made(now - SignedDuration::from_hours(24 * 40)).await;
    let late = extend(&operator, &overdue["id"], "complexity").await;
    late.problem(409, "subject_request.overdue");
    let nobody = json!("sbr_00000000000070008000000000000000");
    extend(&operator, &nobody, "complexity").await.problem(404, "not_found");

    // What is published, and alarms: closed ones are no more in it.
    let soon = made(now - SignedDuration::from_hours(24 * 25)).await;
    made(now).await;
    let report = app.local().housekeeper().requests().await.unwrap();
    assert_eq!((report.open, report.due_soon, report.overdue), (3, 1, 1));
    extend(&operator, &soon["id"], "complexity").await.expect(StatusCode::OK);
    close(&operator, &overdue["id"], "granted").await.expect(StatusCode::OK);
    let report = app.local().housekeeper().requests().await.unwrap();
    assert_eq!((report.open, report.due_soon, report.overdue), (2, 0, 0));
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_sent_twice_is_done_once() {
    let app = TestApp::without_worker().await;
    let operator = app.operator().await;
    let body = json!({"kind": "restriction", "reference": "a mail"});
    let first = operator.post_once(REQUESTS, "once", body.clone()).await;
    let first = first.expect(StatusCode::CREATED);
    let posts = (0..4).map(|_| operator.post_once(REQUESTS, "once", body.clone()));
    for again in futures::future::join_all(posts).await {
        assert_eq!(again.expect(StatusCode::CREATED), first);
    }
    let other = json!({"kind": "access", "reference": "a mail"});
    let other = operator.post_once(REQUESTS, "once", other).await;
    other.expect(StatusCode::UNPROCESSABLE_ENTITY);
    let closings = (0..4).map(|_| close(&operator, &first["id"], "granted"));
    let closings = futures::future::join_all(closings).await;
    let closed = closings[0].json.clone();
    for one in closings {
        assert_eq!(one.expect(StatusCode::OK), closed, "all of them");
    }
    let page = operator.get(REQUESTS).await.expect(StatusCode::OK);
    assert_eq!(page["items"], json!([closed]));
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_act_has_its_line_also_when_many_act_at_once() {
    let app = TestApp::without_worker().await;
    let (operator, guest) = (app.operator().await, app.guest().await);
    let body = |n: usize| json!({"kind": "access", "reference": format!("mail {n}")});
    let posts = (0..8).map(|n| operator.post(REQUESTS, body(n)));
    let made: Vec<Value> = futures::future::join_all(posts)
        .await
        .into_iter()
        .map(|answer| answer.expect(StatusCode::CREATED))
        .collect();
    guest.post(REQUESTS, body(9)).await.problem(403, "operator_only");
    operator.get(REQUESTS).await.expect(StatusCode::OK);
    close(&operator, &made[0]["id"], "granted").await.expect(StatusCode::OK);

    let lines = log(&operator).await;
    let numbers: Vec<_> = lines.iter().map(|line| line["number"].as_u64().unwrap()).collect();
    assert_eq!(numbers, (1..=11).rev().collect::<Vec<_>>(), "no gap, and none for who may not");
    let acts: Vec<_> = lines.iter().map(|line| line["action"].as_str().unwrap()).collect();
    assert_eq!(acts[..3], ["audit.list", "subject_request.close", "subject_request.list"]);
    assert_eq!(lines[1]["target"], made[0]["id"]);
    for one in &made {
        let of = lines.iter().filter(|line| line["target"] == one["id"]);
        assert!(of.count() >= 1, "{one}");
    }
    let first = operator.get("/v1/operator/audit?limit=1").await.expect(StatusCode::OK);
    let cursor = first["next_cursor"].as_str().unwrap();
    let path = format!("/v1/operator/audit?limit=100&cursor={cursor}");
    let rest = operator.get(&path).await.expect(StatusCode::OK);
    assert_eq!(rest["items"], json!(lines), "the line before that one, and all before it");
    app.stop().await;
}
