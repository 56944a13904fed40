//! A significant change of the policies: everybody who has an address is told once, and acknowledges it.

use std::{collections::BTreeMap, sync::Arc};

use jiff::{Timestamp, ToSpan, tz::TimeZone};
use reqwest::StatusCode;
use reverie_domain::{
    ids::AccountId,
    mailing::Mailing,
    policy::{Policies, Policy, PolicyText},
};
use reverie_housekeeper::{Housekeeper, Post};
use reverie_store::{
    Record,
    accounts::{Account, AccountKind},
    mailings,
};
use reverie_tests::{Browser, moved::MovedClock, stops::Stops};
use serde_json::{Value, json};

use crate::TestApp;

/// When the second of [`versions`] begins to hold.
const AFTER_DAYS: i64 = 10;
const NEW: &str = "the-new-one";
const CHANGES: &str = "Pictures that you upload are kept for two days instead of one, so that what takes long \
                       can still use them.";

/// Three versions; the second is new, significant, and holds in ten days.
fn versions() -> Policies {
    let today = Timestamp::now().to_zoned(TimeZone::UTC).date();
    let version = |version, after: i64, significant| PolicyText {
        policy: Policy {
            version,
            effective_on: today.checked_add(after.days()).unwrap(),
            significant,
            changes: CHANGES,
        },
        text: "# Terms",
    };
    let all = [
        version("old", -100, true),
        version(NEW, AFTER_DAYS, true),
        version("corrected", AFTER_DAYS + 1, false),
    ];
    Policies::of(Vec::from(all).leak()).unwrap()
}

async fn start(clock: &MovedClock) -> TestApp {
    TestApp::start_with(|config| {
        config.worker = false;
        config.policies = versions();
        config.between = Some(clock.between());
    })
    .await
}

async fn signed_in(app: &TestApp, name: &str) -> Browser {
    let mut browser = Browser::new(&app.nobody().base);
    assert_eq!(browser.sign_in(&format!("{name}@example.com"), name).await, "done");
    browser
}

/// What was sent: for each address the texts by `Message-ID`.
async fn outbox(app: &TestApp) -> BTreeMap<String, BTreeMap<String, String>> {
    let nobody = app.nobody();
    let listed = nobody.get("/dev/outbox").await.expect(StatusCode::OK);
    let mut mails = BTreeMap::<_, BTreeMap<_, _>>::new();
    for item in listed["items"].as_array().unwrap() {
        let url = format!("{}{}", nobody.base, item["url"].as_str().unwrap());
        let text = String::from_utf8(nobody.download(&url).await.2).unwrap();
        let field = |name: &str| {
            let start = format!("{name}: ");
            let found = text.split("\r\n").find_map(|line| line.strip_prefix(&start));
            found.unwrap_or_else(|| panic!("no {name} in {text}")).to_owned()
        };
        mails.entry(field("To")).or_default().insert(field("Message-ID"), text);
    }
    mails
}

async fn sweep(app: &TestApp, times: u32) {
    for _ in 0..times {
        app.sweep().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_an_address_is_told_once_and_asked_when_it_holds() {
    let clock = MovedClock::default();
    let app = start(&clock).await;
    let mut ada = signed_in(&app, "ada").await;
    let mut eve = signed_in(&app, "eve").await;
    let guest = app.guest().await;
    let acknowledge = format!("/v1/policies/{NEW}/acknowledgement");
    // She has read it before anybody told her.
    eve.post(&acknowledge, Value::Null).await.expect(StatusCode::OK);
    sweep(&app, 4).await;
    let mails = outbox(&app).await;
    assert_eq!(mails.keys().collect::<Vec<_>>(), ["<ada@example.com>"]);
    let [mail] = &*mails["<ada@example.com>"].values().collect::<Vec<_>>() else {
        panic!("{mails:?}")
    };
    assert!(mail.contains("Subject: Our terms and privacy policy change\r\n"), "{mail}");
    assert!(mail.contains(&format!("{}/#policies", app.nobody().base)), "{mail}");
    assert!(mail.contains("two days instead of one"), "{mail}");
    assert!(!mail.contains("List-Unsubscribe"), "it is about the account: {mail}");
    assert!(mail.split("\r\n").all(|line| line.len() <= 78), "{mail}");
    let notices = ada.get("/v1/me/data").await.expect(StatusCode::OK).to_string();
    assert!(notices.contains(&format!("\"about\":\"{NEW}\"")), "{notices}");

    let policy = |me: Value| me["policy"]["to_acknowledge"].clone();
    let me = || guest.get("/v1/me");
    assert_eq!(policy(me().await.expect(StatusCode::OK)), "old", "it does not hold yet");

    // Who comes meanwhile is told on the day.
    signed_in(&app, "bob").await;
    sweep(&app, 2).await;
    assert_eq!(outbox(&app).await.len(), 1);
    clock.on(jiff::SignedDuration::from_hours(24 * AFTER_DAYS));
    sweep(&app, 4).await;
    let mails = outbox(&app).await;
    assert_eq!(mails.keys().collect::<Vec<_>>(), ["<ada@example.com>", "<bob@example.com>"]);
    assert!(mails.values().all(|one| one.len() == 1), "{mails:?}");

    assert_eq!(policy(ada.get("/v1/me").await.expect(StatusCode::OK)), NEW);
    assert_eq!(policy(eve.get("/v1/me").await.expect(StatusCode::OK)), Value::Null);
    ada.post(&acknowledge, Value::Null).await.expect(StatusCode::OK);
    assert_eq!(policy(ada.get("/v1/me").await.expect(StatusCode::OK)), Value::Null);
    let listed = app.nobody().get("/v1/policies").await.expect(StatusCode::OK);
    assert_eq!(listed["current"]["version"], NEW);
    let id = Mailing::policy_id(NEW);
    let done = mailings::find(&*app.local().ports().tables, id).await.unwrap().unwrap();
    assert_eq!((done.told, done.due_at, done.round), (2, None, 2));
    assert!(done.ended_at.is_some());
    app.stop().await;
}

fn housekeeper(app: &TestApp, clock: &MovedClock, stops: &Stops) -> Housekeeper {
    let ports = stops.ports(app.local().ports().clone());
    let (sender, settings) = ("reverie@localhost".to_owned(), app.local().settings().clone());
    let post = Some(Post { mailer: ports.mailer, sender, settings });
    let (tables, objects, queue) = (ports.tables, ports.objects, ports.queue);
    Housekeeper { tables, objects, queue, clock: Arc::new(clock.clone()), post }
}

#[tokio::test(flavor = "multi_thread")]
async fn wherever_the_housekeeper_dies_everybody_is_told_once() {
    // One page: it is read with its people, each of three is told, and the mailing goes on.
    for dies_at in 1..=7 {
        let clock = MovedClock::default();
        let app = start(&clock).await;
        for name in ["ada", "bob", "eve"] {
            signed_in(&app, name).await;
        }
        let stops = Stops::new("scan Accounts for profile", dies_at);
        let dying = housekeeper(&app, &clock, &stops);
        dying.sweep().await;
        dying.sweep().await;
        // A mail that was tried is tried again after a while.
        clock.on(jiff::SignedDuration::from_mins(6));
        sweep(&app, 3).await;
        let mails = outbox(&app).await;
        assert_eq!(mails.len(), 3, "died at {dies_at}");
        assert!(mails.values().all(|one| one.len() == 1), "died at {dies_at}: {mails:?}");
        let id = Mailing::policy_id(NEW);
        let mailing = mailings::find(&*app.local().ports().tables, id).await.unwrap().unwrap();
        assert_eq!((mailing.told, mailing.round), (3, 2), "died at {dies_at}");
        assert!(stops.stopped(), "it did not come to {dies_at}");
        app.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn many_are_told_little_by_little() {
    const MANY: usize = 500;
    let clock = MovedClock::default();
    let app = start(&clock).await;
    let tables = &app.local().ports().tables;
    let now = Timestamp::now();
    let person = |number: usize| {
        let account = Account::open(now, AccountKind::User, now);
        let email = Some(format!("person{number}@example.com"));
        Account { id: AccountId::new(), email, ..account }.create().unwrap()
    };
    let rows: Vec<_> = (0..MANY).map(person).collect();
    for some in rows.chunks(100) {
        tables.write(some).await.unwrap();
    }
    let told = async || {
        let mailing = mailings::find(&**tables, Mailing::policy_id(NEW)).await.unwrap();
        mailing.map_or(0, |mailing| mailing.told)
    };
    // Without sending: the mails would take longer than the test.
    let stops = Stops::new("nothing", u32::MAX);
    let counts = housekeeper(&app, &clock, &stops);
    counts.sweep().await;
    let first = told().await;
    assert!(0 < first && first < MANY as u64, "{first}");
    counts.sweep().await;
    assert_eq!(told().await, MANY as u64);
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deployment_with_one_version_tells_nobody() {
    let app = TestApp::without_worker().await;
    signed_in(&app, "ada").await;
    sweep(&app, 2).await;
    assert_eq!(outbox(&app).await, BTreeMap::new());
    let policies = app.nobody().get("/v1/policies").await.expect(StatusCode::OK);
    assert_eq!(policies["versions"].as_array().map(Vec::len), Some(1), "{}", json!(policies));
    app.stop().await;
}
