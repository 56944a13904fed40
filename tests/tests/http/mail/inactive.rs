//! Who does not use an account is told before it ends.

use jiff::SignedDuration;
use reverie_store::accounts;
use reverie_tests::moved::MovedClock;

use super::{ADA, ada, field, outbox, start};

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
