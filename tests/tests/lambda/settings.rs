//! A function without its settings does not start, and says what is missing.

use crate::TestApp;

#[tokio::test(flavor = "multi_thread")]
async fn the_missing_variable_is_named() {
    let app = TestApp::without_worker().await;
    for (binary, variable) in [
        ("account", "REVERIE_BUCKET"),
        ("auth", "REVERIE_PUBLIC_ORIGIN"),
        ("credits", "REVERIE_TABLE_LEDGER"),
        ("generations", "REVERIE_QUEUE_JOBS"),
        ("sketches", "REVERIE_BUCKET"),
        ("media", "REVERIE_BUCKET"),
        ("events", "REVERIE_HASH_SECRET_ARN"),
        ("housekeeper", "REVERIE_TABLE_ACCOUNTS"),
    ] {
        let mut process = app.adapter().start_without(binary, variable);
        let ended = tokio::time::timeout(reverie_tests::PATIENCE, process.ended()).await;
        let log = process.log_tail();
        assert_eq!(ended.expect("it ends").code(), Some(1), "{binary}: {log}");
        assert!(log.contains(&format!("{variable} is not set")), "{binary}: {log}");
    }
    app.stop().await;
}
