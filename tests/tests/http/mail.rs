//! What people are told by mail, at least once and as little as can be.

use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

use async_trait::async_trait;
use jiff::SignedDuration;
use reqwest::{Method, StatusCode};
use reverie_domain::{consent::TEXT_VERSION, ids::AccountId, mail::MAX_TRIES};
use reverie_housekeeper::{Housekeeper, Minute, Post};
use reverie_store::{
    Record,
    accounts::{self, Account, EMAIL_REQUESTS, EMAIL_VALIDITY},
    aws::SqsQueue,
    mailer::{Mailer, Outgoing},
    tables::StoreError,
};
use reverie_tests::{Answer, Browser, moved::MovedClock};
use serde_json::{Value, json};

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

async fn exported(browser: &mut Browser) -> String {
    let asked = browser.post("/v1/me/exports", Value::Null).await.expect(StatusCode::ACCEPTED);
    asked["id"].as_str().unwrap().to_owned()
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
    let export = exported(&mut ada).await;
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
    assert!(mail.contains(&format!("/v1/me/exports/{export}")), "{mail}");
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

/// What EventBridge tells of a mail to this account's owner.
fn returned(account: AccountId, kind: &str, address: &str) -> Value {
    let to = json!([{"emailAddress": address}]);
    json!({
        "source": "aws.ses", "detail-type": "Email Bounced",
        "detail": {
            "eventType": "Bounce",
            "bounce": {"bounceType": kind, "bouncedRecipients": to},
            "mail": {"tags": {"account": [account]}},
        },
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_from_which_mail_comes_back_gets_none_any_more() {
    let clock = MovedClock::default();
    let app = start(&clock).await;
    let (mut ada, account) = ada(&app).await;
    let (stack, ports) = (app.local().stack(), app.local().ports());
    let jobs = SqsQueue::new(stack.sqs(), stack.resources().jobs_queue_url.clone());
    let minute = Minute { jobs: Arc::new(jobs), per_worker: std::num::NonZero::<u32>::MIN };
    let stopped = async |event: Value| {
        app.local().housekeeper().handle(event, &minute).await.unwrap();
        let found = accounts::find(&*ports.tables, account).await.unwrap().unwrap();
        found.mail_stopped_at.is_some()
    };
    assert!(!stopped(returned(account, "Transient", ADA)).await, "a full mailbox");
    assert!(!stopped(returned(account, "Permanent", "old@example.com")).await, "another address");
    assert!(!stopped(returned(AccountId::new(), "Permanent", ADA)).await, "another account");
    exported(&mut ada).await;
    app.sweep().await;
    assert_eq!(waiting(&mut ada).await, 1);
    assert!(stopped(returned(account, "Permanent", "Ada@Example.com")).await);
    app.sweep().await;
    assert_eq!((outbox(&app).await.len(), waiting(&mut ada).await), (0, 0));
    clock.on(SignedDuration::from_hours(25));
    exported(&mut ada).await;
    app.sweep().await;
    assert_eq!(waiting(&mut ada).await, 0);
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_complains_gets_no_news_at_another_address_either() {
    let clock = MovedClock::default();
    let app = start(&clock).await;
    let (mut ada, account) = ada(&app).await;
    let decision = json!([{"purpose": "marketing_email", "granted": true}]);
    let agreed = json!({"text_version": TEXT_VERSION, "decisions": decision});
    let put = |request: reqwest::RequestBuilder| {
        request.header("sec-fetch-site", "same-origin").json(&agreed)
    };
    ada.ask(Method::PUT, "/v1/me/consents", put).await.expect(StatusCode::OK);
    let (stack, tables) = (app.local().stack(), app.local().ports().tables.clone());
    let jobs = SqsQueue::new(stack.sqs(), stack.resources().jobs_queue_url.clone());
    let minute = Minute { jobs: Arc::new(jobs), per_worker: std::num::NonZero::<u32>::MIN };
    let mut consent = async |event: Value| {
        app.local().housekeeper().handle(event, &minute).await.unwrap();
        let consents = ada.get("/v1/me/consents").await.expect(StatusCode::OK);
        let news = &consents["account"]["marketing_email"];
        (news["granted"].clone(), news["source"].clone())
    };
    let complaint = |address: &str| {
        json!({
            "source": "aws.ses", "detail-type": "Email Complaint Received",
            "detail": {
                "eventType": "Complaint",
                "complaint": {"complainedRecipients": [{"emailAddress": address}]},
                "mail": {"tags": {"account": [account]}},
            },
        })
    };
    let still = (json!(true), json!("user"));
    assert_eq!(consent(complaint("old@example.com")).await, still, "somebody else's");
    assert_eq!(consent(returned(account, "Permanent", ADA)).await, still, "nobody decided that");
    let stopped =
        async || accounts::find(&*tables, account).await.unwrap().unwrap().mail_stopped_at;
    let before = stopped().await;
    assert!(before.is_some());
    for _ in 0..2 {
        let ended = (json!(false), json!("complaint"));
        assert_eq!(consent(complaint(ADA)).await, ended, "it comes twice, and after a bounce");
    }
    assert_eq!(stopped().await, before);
    app.stop().await;
}

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

const DAY: SignedDuration = SignedDuration::from_hours(24);

#[tokio::test(flavor = "multi_thread")]
async fn who_does_not_come_is_told_a_month_before_the_account_ends() {
    let clock = MovedClock::default();
    let app = start(&clock).await;
    let (mut browser, account) = ada(&app).await;
    let tables = app.local().ports().tables.clone();
    let found = async || accounts::find(&*tables, account).await.unwrap();
    // Two years, without the session that says that it was used.
    for _ in 0..26 {
        clock.on(DAY * 28);
        app.sweep().await;
    }
    assert_eq!(browser.sign_in(ADA, "Ada").await, "done");
    accounts::end_sessions(&*tables, account, None).await.unwrap();
    let mut days = 0;
    while outbox(&app).await.is_empty() {
        assert!(days < 1096, "nobody was told");
        clock.on(DAY * 7);
        days += 7;
        app.sweep().await;
        // What a turn writes down is sent in the next.
        app.sweep().await;
    }
    assert!((1058..=1078).contains(&days), "told after {days} days");
    clock.on(DAY * 29);
    app.sweep().await;
    assert!(found().await.is_some());
    let mails = outbox(&app).await;
    let [mail] = &*mails else { panic!("{mails:?}") };
    assert_eq!(field(mail, "Subject"), "Your account ends if you do not use it");
    clock.on(DAY * 8);
    app.sweep().await;
    assert!(found().await.is_none(), "it is erased");
    assert_eq!(outbox(&app).await, Vec::<String>::new(), "and what was sent with it");
    app.stop().await;
}
