//! Wherever the housekeeper dies, the copy is made, the erasure waits for it, and nothing is left.

use jiff::SignedDuration;
use reqwest::StatusCode;
use reverie_domain::erasure::{BACKUP_DAYS, LAST_PASS};
use reverie_tests::{moved::MovedClock, rows, stops::Stops};

use super::{confirmed, erased, fetched, housekeeper, left, order, release, start, uploaded};
use crate::TestApp;

/// Longer than a claim of a copy holds.
const LEASE: SignedDuration = SignedDuration::from_mins(3);

/// A housekeeper's minute, in a process that dies at this call of the agenda's; whether it did.
async fn minute(app: &TestApp, clock: &MovedClock, dies_at: u32) -> bool {
    let stops = Stops::new("query None agenda", dies_at);
    housekeeper(stops.ports(app.local().ports().clone()), clock).sweep().await;
    stops.stopped()
}

/// Minutes in which nobody dies.
async fn minutes(app: &TestApp, clock: &MovedClock) {
    for _ in 0..3 {
        clock.on(LEASE);
        app.sweep().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn wherever_the_housekeeper_dies_the_order_is_carried_out() {
    let clock = MovedClock::default();
    let app = start(&clock, false).await;
    let operator = app.operator().await;
    let (mut first, mut accounts) = (None, Vec::new());
    for dies_at in 1.. {
        let guest = app.guest().await;
        guest.submit("waits").await;
        uploaded(&guest, 3).await;
        let account = guest.account().await;
        let path = confirmed(&operator, order(account, "export", false)).await;
        let (reader, receipt) = erased(&guest).await;
        // The copy is made and the erasure waits for it, both in turns of which one dies.
        let mut died = minute(&app, &clock, dies_at).await;
        minutes(&app, &clock).await;
        clock.on(LAST_PASS);
        died |= minute(&app, &clock, dies_at).await;
        minutes(&app, &clock).await;
        let files = fetched(&operator, &path).await;
        assert!(files.contains_key("data/generations/job-00001.json"), "died at {dies_at}");
        let held = reader.get(&receipt).await.expect(StatusCode::OK);
        assert_eq!(held["status"], "held", "died at {dies_at}: {held:#}");
        assert_eq!(left(&app).await.0.len(), 1, "died at {dies_at}");

        release(&operator, &path, false).await;
        died |= minute(&app, &clock, dies_at).await;
        minutes(&app, &clock).await;
        let done = reader.get(&receipt).await.expect(StatusCode::OK);
        assert_eq!(done["status"], "completed", "died at {dies_at}: {done:#}");
        let deleted = first.get_or_insert_with(|| done["deleted"].clone());
        assert_eq!(done["deleted"], *deleted, "died at {dies_at}");
        assert_eq!(left(&app).await, (Vec::new(), 0), "died at {dies_at}");
        accounts.push((dies_at, account.to_string()));
        if !died {
            assert!(dies_at > 20, "only {dies_at} calls");
            break;
        }
    }
    clock.on(SignedDuration::from_hours(24 * BACKUP_DAYS));
    minutes(&app, &clock).await;
    let rows = format!("{:?}", rows(app.local().stack()).await);
    for (dies_at, account) in accounts {
        assert!(!rows.contains(&account), "died at {dies_at}");
    }
    app.stop().await;
}
