//! News by mail: to who agrees, once, and never after they do not any more.

use jiff::SignedDuration;
use reqwest::{Method, StatusCode};
use reverie_domain::consent::TEXT_VERSION;
use reverie_store::{
    Record,
    accounts::{self, Account},
};
use reverie_tests::{Browser, Client, moved::MovedClock, send};
use serde_json::{Value, json};

use crate::TestApp;

const MAILINGS: &str = "/v1/operator/mailings";

async fn start(clock: &MovedClock) -> TestApp {
    TestApp::start_with(|config| {
        config.worker = false;
        config.between = Some(clock.between());
    })
    .await
}

/// Somebody who has signed in, and says whether they want news.
async fn person(app: &TestApp, name: &str, agrees: bool) -> Browser {
    let mut browser = Browser::new(&app.nobody().base);
    assert_eq!(browser.sign_in(&format!("{name}@example.com"), name).await, "done");
    agree(&mut browser, agrees).await;
    browser
}

async fn agree(browser: &mut Browser, agrees: bool) {
    let decision = json!([{"purpose": "marketing_email", "granted": agrees}]);
    let body = json!({"text_version": TEXT_VERSION, "decisions": decision});
    let put = |request: reqwest::RequestBuilder| {
        request.header("sec-fetch-site", "same-origin").json(&body)
    };
    browser.ask(Method::PUT, "/v1/me/consents", put).await.expect(StatusCode::OK);
}

async fn outbox(app: &TestApp) -> Vec<String> {
    let nobody = app.nobody();
    let listed = nobody.get("/dev/outbox").await.expect(StatusCode::OK);
    let mut mails = Vec::new();
    for item in listed["items"].as_array().unwrap() {
        let url = format!("{}{}", nobody.base, item["url"].as_str().unwrap());
        mails.push(String::from_utf8(nobody.download(&url).await.2).unwrap());
    }
    mails
}

/// A field of the header, unfolded.
fn field(mail: &str, name: &str) -> String {
    let (head, _) = mail.split_once("\r\n\r\n").unwrap();
    let head = head.replace("\r\n ", " ").replace("\r\n\t", " ");
    let found = head.split("\r\n").find_map(|line| line.strip_prefix(&format!("{name}: ")));
    found.unwrap_or_else(|| panic!("no {name} in {mail}")).to_owned()
}

/// Everything that is due, and the mails that come of it.
async fn sweep(app: &TestApp) {
    for _ in 0..4 {
        app.sweep().await;
    }
}

async fn news(operator: &Client, subject: &str) -> Value {
    let text = "Videos are here.\n\nSee https://reverie.example/videos, from <today> on.";
    let body = json!({"subject": subject, "text": text});
    operator.post(MAILINGS, body).await.expect(StatusCode::CREATED)
}

#[tokio::test(flavor = "multi_thread")]
async fn news_go_once_to_who_agrees_and_end_by_one_click() {
    let clock = MovedClock::default();
    let app = start(&clock).await;
    let mut ada = person(&app, "ada", true).await;
    person(&app, "bob", false).await;
    let mut eve = person(&app, "eve", true).await;
    agree(&mut eve, false).await;
    // A guest may agree, and has no address.
    let guest = app.guest().await;
    let agreed = json!([{"purpose": "marketing_email", "granted": true}]);
    let agreed = json!({"text_version": TEXT_VERSION, "decisions": agreed});
    guest.put_json("/v1/me/consents", agreed).await.expect(StatusCode::OK);
    let operator = app.operator().await;

    let body = json!({"subject": "Vidéos", "text": "They are here."});
    let posts = (0..3).map(|_| operator.post_once(MAILINGS, "once", body.clone()));
    let made = futures::future::join_all(posts).await;
    let first = made[0].json.clone();
    for one in made {
        assert_eq!(one.expect(StatusCode::CREATED)["id"], first["id"]);
    }
    sweep(&app).await;
    let mails = outbox(&app).await;
    let [mail] = &*mails else { panic!("{mails:?}") };
    assert_eq!(field(mail, "To"), "<ada@example.com>");
    assert_eq!(field(mail, "List-Unsubscribe-Post"), "List-Unsubscribe=One-Click");
    assert!(field(mail, "Content-Type").starts_with("multipart/alternative"), "{mail}");
    assert!(mail.contains("text/plain") && mail.contains("text/html"), "{mail}");
    assert!(!mail.contains("Auto-Submitted"), "{mail}");
    let link = field(mail, "List-Unsubscribe");
    let link = link.trim_matches(['<', '>']);
    let token = link.rsplit('/').next().unwrap();
    let listed = operator.get(MAILINGS).await.expect(StatusCode::OK);
    let listed = &listed["items"][0];
    assert_eq!((&listed["told"], &listed["kind"]), (&json!(1), &json!("news")));
    assert!(listed["ended_at"].is_string());

    // Another one, and what its text becomes.
    news(&operator, "Again").await;
    sweep(&app).await;
    let mails = outbox(&app).await;
    assert_eq!(mails.len(), 2, "each mailing once");
    let again = mails.iter().find(|mail| field(mail, "Subject") == "Again").unwrap();
    let plain = again.replace("=\r\n", "").replace("=3D", "=");
    assert!(plain.contains("from <today> on."), "{plain}");
    assert!(plain.contains("<a href=\"https://reverie.example/videos\">"), "{plain}");
    assert!(plain.contains("from &lt;today&gt; on."), "{plain}");
    assert_eq!(plain.matches(&format!("/#unsubscribe={token}")).count(), 2, "{plain}");

    // One click, as a mail program does it.
    let click = app.nobody().http.post(link).body("List-Unsubscribe=One-Click");
    assert_eq!(send(click).await.status, StatusCode::NO_CONTENT);
    news(&operator, "Never").await;
    sweep(&app).await;
    assert_eq!(outbox(&app).await.len(), 2);
    let consents = ada.get("/v1/me/consents").await.expect(StatusCode::OK);
    assert_eq!(consents["account"]["marketing_email"]["source"], "unsubscribe");
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_takes_it_back_or_is_gone_before_it_is_sent_gets_none() {
    let clock = MovedClock::default();
    let app = start(&clock).await;
    let mut ada = person(&app, "ada", true).await;
    let mut bob = person(&app, "bob", true).await;
    let mut eve = person(&app, "eve", true).await;
    let id = bob.get("/v1/me").await.expect(StatusCode::OK)["id"].clone();
    let id = id.as_str().unwrap().parse().unwrap();
    let operator = app.operator().await;
    news(&operator, "Too late").await;
    // Mails are left to be sent.
    app.sweep().await;
    assert_eq!(outbox(&app).await, Vec::<String>::new());
    agree(&mut ada, false).await;
    // Mail to him came back.
    let tables = &app.local().ports().tables;
    let before = accounts::find(&**tables, id).await.unwrap().unwrap();
    let stopped = Account { mail_stopped_at: Some(before.created_at), ..before.next() };
    tables.write(&[stopped.replace(&before).unwrap()]).await.unwrap();
    let erase = |request: reqwest::RequestBuilder| request.header("sec-fetch-site", "same-origin");
    eve.ask(Method::DELETE, "/v1/me?confirm=erase", erase).await.expect(StatusCode::ACCEPTED);
    sweep(&app).await;
    assert_eq!(outbox(&app).await, Vec::<String>::new());
    clock.on(SignedDuration::from_hours(72));
    sweep(&app).await;
    assert_eq!(outbox(&app).await, Vec::<String>::new());
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_stopped_is_not_sent_any_more() {
    let clock = MovedClock::default();
    let app = start(&clock).await;
    person(&app, "ada", true).await;
    let operator = app.operator().await;
    let mailing = news(&operator, "A mistake").await;
    app.sweep().await;
    let path = format!("{MAILINGS}/{}/stop", mailing["id"].as_str().unwrap());
    for _ in 0..2 {
        let stopped = operator.post(&path, Value::Null).await.expect(StatusCode::OK);
        assert_eq!((&stopped["stopped"], &stopped["told"]), (&json!(true), &json!(1)));
    }
    let early = news(&operator, "Another").await;
    let path = format!("{MAILINGS}/{}/stop", early["id"].as_str().unwrap());
    operator.post(&path, Value::Null).await.expect(StatusCode::OK);
    sweep(&app).await;
    assert_eq!(outbox(&app).await, Vec::<String>::new());
    let listed = operator.get(MAILINGS).await.expect(StatusCode::OK);
    for one in listed["items"].as_array().unwrap() {
        assert!(one["ended_at"].is_string(), "{one}");
    }
    let nobody = format!("{MAILINGS}/mlg_00000000000070008000000000000000/stop");
    operator.post(&nobody, Value::Null).await.problem(404, "not_found");
    for (field, value) in [
        ("subject", json!("")),
        ("subject", json!("a\r\nBcc: all@example.com")),
        ("subject", json!("x".repeat(151))),
        ("text", json!(" \n")),
        ("text", json!("a\u{0}b")),
        ("text", json!("x".repeat(20_001))),
    ] {
        let mut wrong = json!({"subject": "one", "text": "two"});
        wrong[field] = value;
        let answer = operator.post(MAILINGS, wrong).await.expect(StatusCode::UNPROCESSABLE_ENTITY);
        assert!(answer.to_string().contains(field), "{answer}");
    }
    app.guest().await.get(MAILINGS).await.problem(403, "operator_only");
    app.stop().await;
}
