//! Retention: the template's rules, what accounts are told, and what happens, are one.

use std::collections::BTreeMap;

use jiff::Timestamp;
use reverie::template::{Deployment, TEMPLATE};
use reverie_domain::{
    export::{EXPORT_DAYS, EXPORTS},
    plan::{Plan, UPLOAD_DAYS},
};

use crate::Services;

const DAY: i64 = 86_400;

/// S3's rule, written out: the age in days, then up to the next midnight UTC.
fn expiry(written_at: i64, days: i64) -> i64 {
    (written_at + days * DAY + DAY - 1) / DAY * DAY
}

/// Writes an object; returns the second in which that happened.
async fn put(services: &Services, key: &str) -> i64 {
    let s3 = services.stack.s3();
    let put = s3.put_object().bucket(services.bucket()).key(key);
    put.body(b"x".to_vec().into()).send().await.unwrap();
    let head = s3.head_object().bucket(services.bucket()).key(key).send().await.unwrap();
    head.last_modified().unwrap().secs()
}

async fn is_there(services: &Services, key: &str) -> bool {
    let head = services.stack.s3().head_object().bucket(services.bucket()).key(key);
    head.send().await.is_ok()
}

async fn enforce(services: &Services, at: i64) -> usize {
    services.stack.enforce_lifecycle(Timestamp::from_second(at).unwrap()).await.unwrap()
}

#[test]
fn the_rules_are_what_accounts_are_told() {
    let deployment = Deployment::from_template(TEMPLATE, &BTreeMap::new()).unwrap();
    let rules: BTreeMap<_, _> = deployment.buckets[0]
        .lifecycle
        .iter()
        .filter_map(|rule| Some((rule.prefix.clone(), i64::from(rule.expire_after_days?))))
        .collect();
    let told = Plan::ALL.map(|plan| (plan.results_prefix(), plan.retention_days()));
    let other = [("uploads/".to_owned(), UPLOAD_DAYS), (EXPORTS.to_owned(), EXPORT_DAYS)];
    assert_eq!(rules, told.into_iter().chain(other).collect());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_object_ends_at_the_midnight_after_its_last_day() {
    for (prefix, days) in [
        ("uploads/", 1),
        ("results/free/", 7),
        ("results/plus/", 30),
        ("results/premium/", 90),
        ("exports/", 7),
    ] {
        let services = Services::start().await;
        let key = format!("{prefix}usr_a/x");
        let ends = expiry(put(&services, &key).await, days);
        assert_eq!(enforce(&services, ends - 1).await, 0, "{prefix}");
        assert!(is_there(&services, &key).await, "{prefix}");
        assert_eq!(enforce(&services, ends).await, 1, "{prefix}");
        assert!(!is_there(&services, &key).await, "{prefix}");
        services.stack.shutdown().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn holds_and_models_have_no_end() {
    let services = Services::start().await;
    let keys = ["holds/usr_a/x", "models/catalogue.json", "results/x"];
    let mut written_at = 0;
    for key in keys {
        written_at = put(&services, key).await;
    }
    assert_eq!(enforce(&services, written_at + 10_000 * DAY).await, 0);
    for key in keys {
        assert!(is_there(&services, key).await, "{key}");
    }
    services.stack.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_object_says_when_it_ends() {
    let services = Services::start().await;
    let ends = expiry(put(&services, "results/free/usr_a/x").await, 7);
    let date = Timestamp::from_second(ends).unwrap().strftime("%a, %d %b %Y %H:%M:%S GMT");
    let s3 = services.stack.s3();
    let head = s3.head_object().bucket(services.bucket()).key("results/free/usr_a/x");
    let said = head.send().await.unwrap().expiration.unwrap();
    assert_eq!(said, format!("expiry-date=\"{date}\", rule-id=\"results-free\""));
    put(&services, "models/x").await;
    let head = s3.head_object().bucket(services.bucket()).key("models/x");
    assert_eq!(head.send().await.unwrap().expiration, None);
    services.stack.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unfinished_upload_ends_after_a_day() {
    let services = Services::start().await;
    let s3 = services.stack.s3();
    let create = s3.create_multipart_upload().bucket(services.bucket()).key("results/plus/a/x");
    create.send().await.unwrap();
    let unfinished = || {
        let list = s3.list_multipart_uploads().bucket(services.bucket());
        async move { list.send().await.unwrap().uploads().to_vec() }
    };
    let initiated = unfinished().await[0].initiated().unwrap().secs();
    let ends = expiry(initiated, 1);
    assert_eq!(enforce(&services, ends - 1).await, 0);
    assert_eq!(unfinished().await.len(), 1);
    assert_eq!(enforce(&services, ends).await, 1);
    assert_eq!(unfinished().await.len(), 0);
    services.stack.shutdown().await;
}
