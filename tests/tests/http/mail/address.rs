//! Another address for mail: it counts once its owner has confirmed it.

use reqwest::{Method, StatusCode};
use reverie_store::{
    Record,
    accounts::{self, Account, EMAIL_REQUESTS, EMAIL_VALIDITY},
};
use reverie_tests::{Answer, Browser, moved::MovedClock};
use serde_json::{Value, json};

use super::{ADA, ada, field, outbox, start};

/// The token in a mail, whose text is quoted-printable.
fn token(mail: &str) -> String {
    let text = mail.replace("=\r\n", "").replace("=3D", "=");
    let (_, rest) = text.split_once("/#email=").unwrap_or_else(|| panic!("no link in {mail}"));
    rest.split_whitespace().next().unwrap().to_owned()
}

async fn confirm(browser: &mut Browser, token: &str) -> Answer {
    let body = json!({ "token": token });
    let ours = |request: reqwest::RequestBuilder| {
        request.header("sec-fetch-site", "same-origin").json(&body)
    };
    browser.ask(Method::PUT, "/v1/me/email", ours).await
}

async fn email(browser: &mut Browser) -> Value {
    browser.get("/v1/me").await.expect(StatusCode::OK)["email"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_is_the_accounts_once_its_mail_was_read() {
    let clock = MovedClock::default();
    let app = start(&clock).await;
    let (mut ada, account) = ada(&app).await;
    let mut ask = async |address: &str| {
        let asked = ada.post("/v1/me/email", json!({ "email": address })).await;
        asked.expect(StatusCode::ACCEPTED);
        app.sweep().await;
        outbox(&app).await.pop().unwrap()
    };
    let first = ask("first@example.org").await;
    assert_eq!(field(&first, "To"), "<first@example.org>");
    let second = ask("second@example.org").await;
    assert_eq!(email(&mut ada).await, ADA, "nothing has changed");
    confirm(&mut ada, &token(&first)).await.problem(404, "not_found");
    confirm(&mut ada, "rvm_0").await.problem(404, "not_found");
    let mut eve = Browser::new(&app.nobody().base);
    assert_eq!(eve.sign_in("eve@example.com", "Eve").await, "done");
    confirm(&mut eve, &token(&second)).await.problem(404, "not_found");
    // Twice: as by a client that lost the answer.
    for _ in 0..2 {
        let me = confirm(&mut ada, &token(&second)).await.expect(StatusCode::OK);
        assert_eq!(me["email"], "second@example.org");
    }
    assert_eq!(email(&mut eve).await, "eve@example.com");
    // Whoever reads mail at the old address hears of it, once.
    let before = outbox(&app).await.len();
    app.sweep().await;
    app.sweep().await;
    let told = outbox(&app).await.split_off(before);
    assert_eq!(told.len(), 1, "{told:#?}");
    assert_eq!(field(&told[0], "To"), format!("<{ADA}>"));
    assert_eq!(field(&told[0], "Subject"), "Your address was changed");
    assert!(!told[0].contains("second@example.org"), "it may be read by anybody: {}", told[0]);

    // A link ends, and so does what an account can cause.
    let third = {
        ada.post("/v1/me/email", json!({"email": "third@example.org"}))
            .await
            .expect(StatusCode::ACCEPTED);
        app.sweep().await;
        outbox(&app).await.pop().unwrap()
    };
    for _ in 3..EMAIL_REQUESTS {
        ada.post("/v1/me/email", json!({"email": ADA})).await.expect(StatusCode::ACCEPTED);
    }
    let refused = ada.post("/v1/me/email", json!({"email": ADA})).await;
    refused.problem(429, "limit.email");
    clock.on(EMAIL_VALIDITY);
    confirm(&mut ada, &token(&third)).await.problem(404, "not_found");
    let sent = outbox(&app).await.len();
    app.sweep().await;
    assert_eq!(outbox(&app).await.len(), sent, "a link that is over is not sent");
    ada.post("/v1/me/email", json!({"email": ADA})).await.expect(StatusCode::ACCEPTED);

    // What stopped mail to the old address says nothing of a new one.
    let found =
        async || accounts::find(&*app.local().ports().tables, account).await.unwrap().unwrap();
    let before = found().await;
    let stopped = Account { mail_stopped_at: Some(before.created_at), ..before.next() };
    let writes = [stopped.replace(&before).unwrap()];
    app.local().ports().tables.write(&writes).await.unwrap();
    app.sweep().await;
    let last = outbox(&app).await.pop().unwrap();
    confirm(&mut ada, &token(&last)).await.expect(StatusCode::OK);
    assert_eq!(found().await.mail_address(), Some(ADA));
    let sent = outbox(&app).await.len();
    app.sweep().await;
    assert_eq!(outbox(&app).await.len(), sent, "nothing to where mail came back from");
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_address_and_who_has_none_is_refused() {
    let app = start(&MovedClock::default()).await;
    let guest = app.guest().await;
    let asked = guest.post("/v1/me/email", json!({ "email": ADA })).await;
    asked.problem(409, "account.guest");
    let (mut ada, _) = ada(&app).await;
    for bad in ["", "ada", "ada@localhost", "ada@example.com\r\nBcc: eve@example.com"] {
        let asked = ada.post("/v1/me/email", json!({ "email": bad })).await;
        asked.problem(422, "invalid");
    }
    app.stop().await;
}
