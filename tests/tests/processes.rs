//! The whole deployment as a process that is killed, told to stop, or finds its files damaged.

use std::{fs, io::Write, path::Path};

use reqwest::StatusCode;
use reverie_tests::{Client, Serving, tiny_packages};
use serde_json::{Value, json};
use tempfile::TempDir;

/// A folder whose `data` is the deployment's; the log lies beside it.
fn folder() -> (TempDir, std::path::PathBuf) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let data = folder.path().join("data");
    (folder, data)
}

async fn guest(serving: &Serving) -> Client {
    let made = serving.client(None).post("/v1/guests", Value::Null).await;
    let made = made.expect(StatusCode::CREATED);
    serving.client(made["token"].as_str().map(str::to_owned))
}

/// The same people at the server as it runs now.
fn again(serving: &Serving, people: &[Client]) -> Vec<Client> {
    people.iter().map(|person| serving.client(person.token.clone())).collect()
}

async fn submit(person: &Client, number: usize) -> Value {
    submit_of(person, number, 15).await
}

async fn submit_of(person: &Client, number: usize, seconds: u32) -> Value {
    let body = json!({"kind": "music", "prompt": format!("number {number}"), "seconds": seconds});
    person.post("/v1/generations", body).await.expect(StatusCode::ACCEPTED)
}

/// Every job is done once, paid once, and there to be fetched.
async fn all_is_well(people: &[Client], jobs: &[Value]) {
    for (number, job) in jobs.iter().enumerate() {
        let person = &people[number % people.len()];
        let done = person.finished(job).await;
        assert_eq!(done["status"], "succeeded", "{done:#}");
        assert_eq!(done["cost"]["charged"], done["cost"]["quoted"]);
        for file in done["files"].as_array().expect("files") {
            let url = file["download"]["url"].as_str().expect("a link");
            let (status, _, bytes) = person.download(url).await;
            assert_eq!(
                (status, bytes.len() as u64),
                (StatusCode::OK, file["bytes"].as_u64().unwrap())
            );
        }
    }
    for person in people {
        let credits = person.credits().await;
        assert_eq!(credits["held"], 0);
        let entries = person.transactions().await;
        let sum: i64 = entries.iter().map(|entry| entry["amount"].as_i64().unwrap()).sum();
        assert_eq!(Some(sum), credits["available"].as_i64(), "{entries:#?}");
        let captures = entries.iter().filter(|entry| entry["kind"] == "capture").count();
        assert_eq!(captures, jobs.len() / people.len());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn three_power_cuts_in_the_middle_of_ten_jobs() {
    let (_folder, data) = folder();
    let mut serving = Serving::start(&data, &tiny_packages()).await;
    let mut people = vec![guest(&serving).await, guest(&serving).await];
    let mut jobs = Vec::new();
    for number in 0..10 {
        jobs.push(submit(&people[number % 2], number).await);
    }
    for cut in 0..3 {
        // Somewhere in the middle: this job runs or is done, others wait.
        let begun = |now: &Value| now["status"] != "queued";
        people[cut % 2].until(&jobs[cut], begun).await;
        serving.kill().await;
        serving = Serving::start(&data, &tiny_packages()).await;
        people = again(&serving, &people);
    }
    all_is_well(&people, &jobs).await;
    assert!(serving.terminate().await.success());
}

#[tokio::test(flavor = "multi_thread")]
async fn told_to_stop_in_the_middle_it_goes_on_later() {
    let (_folder, data) = folder();
    let serving = Serving::start(&data, &tiny_packages()).await;
    let people = [guest(&serving).await];
    let mut jobs = Vec::new();
    for number in 0..4 {
        jobs.push(submit(&people[0], number).await);
    }
    people[0].until(&jobs[0], |now| now["status"] != "queued").await;
    assert!(serving.terminate().await.success());
    let serving = Serving::start(&data, &tiny_packages()).await;
    all_is_well(&again(&serving, &people), &jobs).await;
    assert!(serving.terminate().await.success());
}

/// SQLite ignores what follows the last whole frame of its log.
#[tokio::test(flavor = "multi_thread")]
async fn a_torn_end_of_the_database_log_loses_nothing_that_was_confirmed() {
    let (_folder, data) = folder();
    let serving = Serving::start(&data, &tiny_packages()).await;
    let people = [guest(&serving).await];
    let jobs = [submit(&people[0], 0).await];
    serving.kill().await;
    let wal = data.join("dynamodb.sqlite-wal");
    let mut log = fs::OpenOptions::new().append(true).open(&wal).expect("SQLite's log");
    log.write_all(&[0xA5; 5_000]).expect("a torn end");
    drop(log);
    let serving = Serving::start(&data, &tiny_packages()).await;
    all_is_well(&again(&serving, &people), &jobs).await;
    assert!(serving.terminate().await.success());
}

/// The track of a minute has more than this many blocks of 512 bytes; nothing else has.
#[cfg(unix)]
const SMALL_DISK: u32 = 4_000;

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_result_that_the_disk_does_not_take_is_made_again() {
    let (_folder, data) = folder();
    let serving = Serving::start_on_a_small_disk(&data, &tiny_packages(), SMALL_DISK).await;
    let people = [guest(&serving).await];
    let jobs = [submit_of(&people[0], 0, 60).await];
    serving.says("the results could not be stored").await;
    // Neither lost nor charged: it waits for another attempt.
    let path = format!("/v1/generations/{}", jobs[0]["id"].as_str().expect("an id"));
    let shown = people[0].get(&path).await.expect(StatusCode::OK);
    assert!(matches!(shown["status"].as_str(), Some("running" | "queued")), "{shown:#}");
    assert_eq!(people[0].credits().await["held"], jobs[0]["cost"]["quoted"]);
    // What was written in vain does not fill the disk further.
    let bucket = fs::read_dir(data.join("s3")).expect("the bucket's folder");
    let names: Vec<_> = bucket.map(|entry| entry.expect("an entry").file_name()).collect();
    assert!(names.iter().all(|name| !name.to_string_lossy().contains("tmp")), "{names:?}");
    assert!(serving.terminate().await.success());

    let serving = Serving::start(&data, &tiny_packages()).await;
    all_is_well(&again(&serving, &people), &jobs).await;
    assert!(serving.terminate().await.success());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_model_file_is_named() {
    let (folder, data) = folder();
    let models = folder.path().join("models");
    copy(&tiny_packages(), &models);
    let damaged = models.join("tiny-score/score.onnx");
    let mut bytes = fs::read(&damaged).expect("the model");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&damaged, bytes).expect("the damaged model");
    let (ended, said) = Serving::fail(&data, &models).await;
    assert!(!ended.success());
    assert!(said.contains("score.onnx"), "{said}");
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder").map(|entry| entry.expect("an entry")) {
        let (path, target) = (entry.path(), to.join(entry.file_name()));
        match path.is_dir() {
            true => copy(&path, &target),
            false => drop(fs::copy(&path, &target).expect("a copy")),
        }
    }
}
