//! What people are told by mail, at least once and as little as can be.

#[path = "mail/address.rs"]
mod address;
#[path = "mail/inactive.rs"]
mod inactive;
#[path = "mail/returned.rs"]
mod returned;

use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

use async_trait::async_trait;
use jiff::SignedDuration;
use reqwest::StatusCode;
use reverie_domain::{ids::AccountId, mail::MAX_TRIES};
use reverie_housekeeper::{Housekeeper, Post};
use reverie_store::{
    mailer::{Mailer, Outgoing},
    tables::StoreError,
};
use reverie_tests::{Browser, moved::MovedClock};
use serde_json::Value;

use crate::TestApp;

const ADA: &str = "ada@example.com";

async fn start(clock: &MovedClock) -> TestApp {
    TestApp::start_with(|config| {
        config.worker = false;
        config.between = Some(clock.between());
    })
    .await
}

async fn ada(app: &TestApp) -> (Browser, AccountId) {
    let mut browser = Browser::new(&app.nobody().base);
    assert_eq!(browser.sign_in(ADA, "Ada").await, "done");
    let me = browser.get("/v1/me").await.expect(StatusCode::OK);
    (browser, me["id"].as_str().unwrap().parse().unwrap())
}

/// All mails that were sent, oldest first.
async fn outbox(app: &TestApp) -> Vec<String> {
    let nobody = app.nobody();
    let listed = nobody.get("/dev/outbox").await.expect(StatusCode::OK);
    let mut mails = Vec::new();
    for item in listed["items"].as_array().unwrap() {
        let url = format!("{}{}", nobody.base, item["url"].as_str().unwrap());
        let (status, _, text) = nobody.download(&url).await;
        assert_eq!(status, StatusCode::OK);
        mails.insert(0, String::from_utf8(text).unwrap());
    }
    mails
}

/// A field of a mail's header.
fn field<'a>(mail: &'a str, name: &str) -> &'a str {
    let (head, _) = mail.split_once("\r\n\r\n").expect("a header");
    let line = head.split("\r\n").find_map(|line| line.strip_prefix(&format!("{name}: ")));
    line.unwrap_or_else(|| panic!("no {name} in {mail}"))
}

async fn exported(browser: &mut Browser) {
    browser.post("/v1/me/exports", Value::Null).await.expect(StatusCode::ACCEPTED);
}

/// How many mails wait.
async fn waiting(browser: &mut Browser) -> usize {
    let data = browser.get("/v1/me/data").await.expect(StatusCode::OK).to_string();
    data.matches("\"eml_").count()
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_an_address_is_told_of_an_archive_once() {
    let clock = MovedClock::default();
    let app = start(&clock).await;
    let (mut ada, _) = ada(&app).await;
    exported(&mut ada).await;
    app.guest().await.post("/v1/me/exports", Value::Null).await.expect(StatusCode::ACCEPTED);
    app.sweep().await;
    assert_eq!(waiting(&mut ada).await, 1);
    app.sweep().await;
    app.sweep().await;
    let mails = outbox(&app).await;
    let [mail] = &*mails else { panic!("{mails:?}") };
    assert_eq!(field(mail, "To"), "<ada@example.com>");
    assert_eq!(field(mail, "From"), "\"Reverie\" <reverie@localhost>");
    assert_eq!(field(mail, "Subject"), "Your data are ready");
    assert_eq!(field(mail, "Auto-Submitted"), "auto-generated");
    assert_eq!(field(mail, "MIME-Version"), "1.0");
    assert!(field(mail, "Date").ends_with("+0000"), "{mail}");
    assert!(field(mail, "Message-ID").starts_with("<eml_"), "{mail}");
    assert!(!mail.contains("List-Unsubscribe"), "it is no advertising");
    assert!(mail.contains("/#yours"), "{mail}");
    assert_eq!(waiting(&mut ada).await, 0);
    app.stop().await;
}

/// Sends, but its answers are lost so often.
struct Forgetful(Arc<dyn Mailer>, AtomicU32);

#[async_trait]
impl Mailer for Forgetful {
    async fn send(&self, mail: &Outgoing) -> Result<(), StoreError> {
        self.0.send(mail).await?;
        let left =
            self.1.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
        let reason = "the answer is lost".to_owned();
        left.map_or(Ok(()), |_| Err(StoreError::Unavailable { service: "SES", reason }))
    }
}

fn forgetful(app: &TestApp, clock: &MovedClock, times: u32) -> Housekeeper {
    let ports = app.local().ports().clone();
    let mailer = Arc::new(Forgetful(ports.mailer, AtomicU32::new(times)));
    let (sender, settings) = ("reverie@localhost".to_owned(), app.local().settings().clone());
    let (tables, objects, queue) = (ports.tables, ports.objects, ports.queue);
    let post = Some(Post { mailer, sender, settings });
    Housekeeper { tables, objects, queue, clock: Arc::new(clock.clone()), post }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_whose_sending_is_not_certain_is_sent_again_and_not_for_ever() {
    let clock = MovedClock::default();
    let app = start(&clock).await;
    let (mut ada, _) = ada(&app).await;
    exported(&mut ada).await;
    app.sweep().await;
    let housekeeper = forgetful(&app, &clock, 1);
    assert_eq!(housekeeper.sweep().await.failed, 1);
    housekeeper.sweep().await;
    assert_eq!(outbox(&app).await.len(), 1, "not at once again");
    clock.on(SignedDuration::from_mins(6));
    housekeeper.sweep().await;
    let mails = outbox(&app).await;
    assert_eq!(mails.len(), 2);
    assert_eq!(field(&mails[0], "Message-ID"), field(&mails[1], "Message-ID"));
    assert_eq!(waiting(&mut ada).await, 0);

    clock.on(SignedDuration::from_hours(25));
    exported(&mut ada).await;
    app.sweep().await;
    let housekeeper = forgetful(&app, &clock, u32::MAX);
    for _ in 0..MAX_TRIES + 3 {
        housekeeper.sweep().await;
        clock.on(SignedDuration::from_hours(7));
    }
    assert_eq!(outbox(&app).await.len(), 2 + MAX_TRIES as usize);
    assert_eq!(waiting(&mut ada).await, 0, "it is given up");
    app.stop().await;
}
