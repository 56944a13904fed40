//! Mail that comes back, and people who complain of it.

use std::sync::Arc;

use jiff::SignedDuration;
use reqwest::{Method, StatusCode};
use reverie_domain::{consent::TEXT_VERSION, ids::AccountId};
use reverie_housekeeper::Minute;
use reverie_store::{accounts, aws::SqsQueue};
use reverie_tests::moved::MovedClock;
use serde_json::{Value, json};

use super::{ADA, ada, exported, outbox, start, waiting};

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
