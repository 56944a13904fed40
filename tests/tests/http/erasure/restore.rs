//! A restore brings an account back, and it is erased again.

use std::sync::Arc;

use jiff::SignedDuration;
use reqwest::StatusCode;
use reverie::stack::Stack;
use reverie_domain::erasure::LAST_PASS;
use reverie_housekeeper::Housekeeper;
use reverie_store::agenda::PAGE;
use reverie_tests::{Row, moved::MovedClock, rows};
use serde_json::{Value, json};

use super::{erased, small, start};
use crate::TestApp;

/// What the restore page says must stay.
fn stays(row: &Row) -> bool {
    let pk = row.pk();
    let orders = pk.starts_with("held#") || pk.starts_with("legal_hold");
    pk == "agenda" || pk.starts_with("erasure#") || orders
}

async fn delete(stack: &Stack, Row { table, attributes, .. }: Row) {
    let key = attributes.into_iter().filter(|(name, _)| matches!(name.as_str(), "pk" | "sk"));
    let delete = stack.dynamodb().delete_item().table_name(&table);
    delete.set_key(Some(key.collect())).send().await.unwrap();
}

/// Puts these rows in the place of those that are there, as `infra/README.md` says.
async fn restore(stack: &Stack, backup: Vec<Row>) {
    for row in rows(stack).await.into_iter().filter(|row| !stays(row)) {
        delete(stack, row).await;
    }
    for Row { table, attributes, .. } in backup.into_iter().filter(|row| !stays(row)) {
        let put = stack.dynamodb().put_item().table_name(&table);
        put.set_item(Some(attributes)).send().await.unwrap();
    }
}

fn restorer(app: &TestApp, clock: &MovedClock) -> Housekeeper {
    let ports = app.local().ports().clone();
    let (tables, objects, queue) = (ports.tables, ports.objects, ports.queue);
    Housekeeper { tables, objects, queue, clock: Arc::new(clock.clone()), post: None }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restored_account_is_erased_again() {
    let clock = MovedClock::default();
    let app = start(&clock, false).await;
    let (guest, other) = (small(&app).await, app.guest().await);
    let me = guest.account().await.to_string();
    let stack = app.local().stack();
    let backup = rows(stack).await;
    let accounts = || async {
        let of_accounts = rows(stack).await.into_iter().filter(|row| row.store == "accounts");
        format!("{:?}", of_accounts.collect::<Vec<_>>())
    };
    let (reader, receipt) = erased(&guest).await;
    app.sweep().await;
    clock.on(LAST_PASS);
    app.sweep().await;
    let before = reader.get(&receipt).await.expect(StatusCode::OK);
    assert!(!accounts().await.contains(&me));

    restore(stack, backup).await;
    guest.get("/v1/me").await.expect(StatusCode::OK);
    let housekeeper = restorer(&app, &clock);
    assert_eq!(housekeeper.replay_erasures().await.unwrap(), 1);
    guest.get("/v1/me").await.problem(401, "unauthorized");
    clock.on(SignedDuration::from_secs(1));
    assert_eq!(housekeeper.replay_erasures().await.unwrap(), 0, "all are at their beginning");
    app.sweep().await;
    clock.on(LAST_PASS);
    app.sweep().await;
    assert!(!accounts().await.contains(&me));
    let after = reader.get(&receipt).await.expect(StatusCode::OK);
    assert_eq!(after["completed_at"], before["completed_at"]);
    other.submit("as before").await;
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_order_keeps_is_kept_beyond_a_restore_and_nothing_else() {
    let clock = MovedClock::default();
    let app = start(&clock, false).await;
    let (operator, guest) = (app.operator().await, small(&app).await);
    let me = guest.account().await.to_string();
    let stack = app.local().stack();
    let order = json!({
        "account": me, "kind": "freeze", "reference": "a file", "reason": "a court", "secret": false,
    });
    let order = operator.post("/v1/operator/legal-holds", order).await.expect(StatusCode::CREATED);
    let path = format!("/v1/operator/legal-holds/{}", order["id"].as_str().unwrap());
    operator.post(&format!("{path}/confirm"), Value::Null).await.expect(StatusCode::OK);
    app.sweep().await;
    let backup = rows(stack).await;
    let (reader, receipt) = erased(&guest).await;
    app.sweep().await;
    clock.on(LAST_PASS);
    app.sweep().await;

    restore(stack, backup).await;
    assert_eq!(restorer(&app, &clock).replay_erasures().await.unwrap(), 1);
    let status = async || reader.get(&receipt).await.expect(StatusCode::OK)["status"].clone();
    assert_eq!(status().await, "held");
    app.sweep().await;
    clock.on(LAST_PASS);
    app.sweep().await;
    let left = rows(stack).await.into_iter().filter(|row| row.store != "operations");
    let left: Vec<_> = left.filter(|row| format!("{row:?}").contains(&me)).collect();
    assert!(left.is_empty(), "{left:?}");
    let kept = operator.get(&path).await.expect(StatusCode::OK);
    assert_eq!(kept["copy"]["status"], "ready", "{kept:#}");
    let body = json!({"secret": false});
    operator.post(&format!("{path}/release"), body).await.expect(StatusCode::OK);
    app.sweep().await;
    assert_eq!(status().await, "completed");
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_whose_order_a_restore_has_lost_is_told_of_and_stays() {
    let clock = MovedClock::default();
    let app = start(&clock, false).await;
    let (operator, one, other) = (app.operator().await, small(&app).await, small(&app).await);
    let mut orders = Vec::new();
    for guest in [&one, &other] {
        let order = json!({
            "account": guest.account().await, "kind": "freeze", "reference": "a file",
            "reason": "a court", "secret": true,
        });
        let holds = "/v1/operator/legal-holds";
        let order = operator.post(holds, order).await.expect(StatusCode::CREATED);
        let id = order["id"].as_str().unwrap().to_owned();
        operator.post(&format!("{holds}/{id}/confirm"), Value::Null).await.expect(StatusCode::OK);
        orders.push(id);
    }
    app.sweep().await;
    let (stack, housekeeper) = (app.local().stack(), restorer(&app, &clock));
    assert_eq!(housekeeper.copies_without_order().await.unwrap(), []);
    // Against what the page says, the rows of the first order do not stay.
    let account = one.account().await.to_string();
    for row in rows(stack).await {
        let of_order = row.pk().starts_with("legal_hold") && row.sk() == orders[0];
        if of_order || row.pk() == format!("held#{account}") {
            delete(stack, row).await;
        }
    }
    let lost = housekeeper.copies_without_order().await.unwrap();
    assert_eq!(lost, [orders[0].parse().unwrap()]);
    app.sweep().await;
    assert_eq!(app.local().ports().objects.list("holds/").await.unwrap().len(), 2);
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn more_erasures_than_a_page_are_replayed_once_each() {
    let clock = MovedClock::default();
    let app = start(&clock, false).await;
    let many = 1 + PAGE;
    for _ in 0..many {
        erased(&app.guest().await).await;
    }
    app.sweep().await;
    // All are overdue: what moves them must not meet them again.
    clock.on(LAST_PASS + SignedDuration::from_hours(1));
    let housekeeper = restorer(&app, &clock);
    assert_eq!(housekeeper.replay_erasures().await.unwrap(), many);
    assert_eq!(housekeeper.replay_erasures().await.unwrap(), 0);
    app.stop().await;
}
