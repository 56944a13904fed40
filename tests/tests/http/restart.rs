//! A restart keeps everything, and unfinished jobs go on.

use std::collections::BTreeSet;

use jiff::Timestamp;
use reqwest::StatusCode;
use reverie_domain::{
    credits::Credits,
    ids::{AccountId, GenerationId, WalletId},
    job::{Job, ModelRef, Submission},
    manifest::Kind,
    plan::Plan,
};
use reverie_store::{
    Record,
    generations::{DUE_SHARDS, due},
    tables::Tables,
};
use uuid::Uuid;

use crate::TestApp;

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_keeps_everything() {
    let mut app = TestApp::start().await;
    let guest = app.guest().await;
    let done = guest.finished(&guest.submit("before the restart").await).await;
    let credits = guest.credits().await;
    let entries = guest.transactions().await;

    app.restart(|_| ()).await;
    let guest = app.again(&guest);
    let path = format!("/v1/generations/{}", done["id"].as_str().unwrap());
    let kept = guest.get(&path).await.expect(StatusCode::OK);
    for member in ["status", "request", "understood", "cost", "expires_at", "model", "seed"] {
        assert_eq!(kept[member], done[member], "{member}");
    }
    assert_eq!(guest.credits().await, credits);
    assert_eq!(guest.transactions().await, entries);
    let url = kept["files"][0]["download"]["url"].as_str().unwrap();
    assert_eq!(guest.download(url).await.0, StatusCode::OK);
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_queued_job_survives_the_loss_of_its_message() {
    let mut app = TestApp::without_worker().await;
    let guest = app.guest().await;
    let job = guest.submit("patience").await;
    app.restart(|config| config.worker = true).await;
    let guest = app.again(&guest);
    let done = guest.finished(&job).await;
    assert_eq!(done["status"], "succeeded", "{done:#}");
    assert_eq!(guest.credits().await["held"], 0);
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_running_job_is_handed_back_and_goes_on() {
    let mut app =
        TestApp::start_with(|config| config.models = vec![reverie_tests::real_packages()]).await;
    let guest = app.guest().await;
    let body = serde_json::json!({"kind": "music", "prompt": "long", "seconds": 120});
    let job = guest.post("/v1/generations", body).await.expect(StatusCode::ACCEPTED);
    guest.until(&job, |now| now["status"] == "running").await;
    app.restart(|config| config.worker = false).await;
    let guest = app.again(&guest);
    let path = format!("/v1/generations/{}", job["id"].as_str().unwrap());
    let now = guest.get(&path).await.expect(StatusCode::OK);
    assert_eq!(now["status"], "queued", "{now:#}");
    app.stop().await;
}

/// More jobs than a page of the index has, all of one shard.
const CROWD: u128 = 250;

fn job(number: u128) -> Job {
    let submission = Submission {
        // The shard is the id's last digit.
        id: GenerationId::from_uuid(Uuid::from_u128(number << 4)),
        account: AccountId::new(),
        wallet: WalletId::new(),
        kind: Kind::Music,
        model: ModelRef { id: "none".to_owned(), version: "1".to_owned() },
        seed: 0,
        request_hash: String::new(),
        seconds: 5,
        price: Credits::new(1),
        plan: Plan::Free,
        expires_by: None,
    };
    Job::submit(Timestamp::now(), submission)
}

/// The jobs of the crowd that have been sent again, page by page.
async fn sent_again(tables: &dyn Tables) -> BTreeSet<GenerationId> {
    let (mut found, mut after) = (BTreeSet::new(), None);
    loop {
        let page = due(tables, Timestamp::MAX, DUE_SHARDS[0], after).await.expect("a page");
        found.extend(page.jobs.iter().filter(|job| job.resends > 0).map(|job| job.id));
        after = page.next;
        if after.is_none() {
            return found;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crowd_of_jobs_survives_the_loss_of_its_messages() {
    let mut app = TestApp::without_worker().await;
    let crowd: Vec<Job> = (1..=CROWD).map(job).collect();
    for jobs in crowd.chunks(100) {
        let rows: Vec<_> = jobs.iter().map(|job| job.create().expect("a row")).collect();
        app.local().ports().tables.write(&rows).await.expect("rows");
    }
    assert!(sent_again(&*app.local().ports().tables).await.is_empty());
    app.restart(|_| ()).await;
    let sent = sent_again(&*app.local().ports().tables).await;
    assert_eq!(sent, crowd.iter().map(|job| job.id).collect());
    app.stop().await;
}
