//! Who may do what: every operation of the OpenAPI document as every kind of caller.

#[path = "authorisation/table.rs"]
mod table;
#[path = "authorisation/world.rs"]
mod world;

use std::collections::{BTreeMap, BTreeSet};

use reqwest::StatusCode;
use reverie_domain::{
    ids::{QuoteId, UploadId},
    scope::Scope,
};
use reverie_tests::{Answer, Client};
use serde_json::{Value, json};
use table::{CALLERS, TABLE};
use world::{World, call};

/// The operations of the document, as `GET /path`.
async fn operations(nobody: &Client) -> BTreeMap<String, Value> {
    let document = nobody.get("/v1/openapi.json").await.expect(StatusCode::OK);
    let paths = document["paths"].as_object().expect("paths");
    let each = paths.iter().flat_map(|(path, operations)| {
        let operations = operations.as_object().expect("operations");
        operations.iter().map(move |(method, operation)| {
            (format!("{} {path}", method.to_uppercase()), operation.clone())
        })
    });
    each.collect()
}

/// `2xx` and `3xx` by class, the rest by number.
fn class(status: StatusCode) -> String {
    match status.as_u16() {
        status @ 200..=399 => format!("{}xx", status / 100),
        status => status.to_string(),
    }
}

/// An answer without what differs from one to the next.
fn essence(answer: &Answer) -> (StatusCode, BTreeMap<&str, &[u8]>, Value) {
    let kept = |name: &str| !matches!(name, "x-request-id" | "date" | "ratelimit");
    let headers = answer.headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes()));
    let mut body = answer.json.clone();
    if let Some(members) = body.as_object_mut() {
        members.remove("request_id");
    }
    (answer.status, headers.filter(|(name, _)| kept(name)).collect(), body)
}

#[tokio::test(flavor = "multi_thread")]
async fn every_operation_answers_every_caller_as_the_table_says() {
    let world = World::new().await;
    let nobody = world.app.nobody();
    let documented = operations(&nobody).await;
    let names: BTreeSet<&str> = documented.keys().map(String::as_str).collect();
    let rows: BTreeSet<&str> = TABLE.iter().map(|(operation, _)| *operation).collect();
    assert_eq!(rows.len(), TABLE.len(), "a row is there twice");
    assert_eq!(rows, names, "rows of the table, and operations of the document");

    for (operation, [for_nobody, ..]) in TABLE {
        let secured = documented[*operation].get("security").is_some();
        assert_eq!(secured, *for_nobody == "401", "{operation}: `security` in the document");
    }
    // The owner comes last: what the others try must not have changed anything.
    for column in [0, 1, 3, 4, 5, 2] {
        for (operation, expected) in TABLE {
            let caller = match column {
                0 => nobody.clone(),
                1 => world.in_place_of(&world.guest, operation).await,
                2 => world.in_place_of(&world.owner, operation).await,
                3 => world.in_place_of(&world.stranger, operation).await,
                4 => world.key(|scope| Some(scope) != scope_of(&documented[*operation])).await,
                _ => world.in_place_of(&world.operator, operation).await,
            };
            let answer = call(&caller, operation, &world.path(operation)).await;
            let who = CALLERS[column];
            assert_eq!(class(answer.status), expected[column], "{operation} as {who}: {answer:#?}");
            judge(&world, &caller, operation, column, &answer).await;
        }
    }
    world.app.stop().await;
}

/// The scope that lets an API key use an operation; `None` if only a session may.
fn scope_of(operation: &Value) -> Option<&str> {
    operation["security"][0]["bearer"][0].as_str()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_may_do_what_its_scope_says() {
    let world = World::new().await;
    let documented = operations(&world.app.nobody()).await;
    let mut used = BTreeSet::new();
    for (operation, [for_nobody, _, for_owner, ..]) in TABLE {
        let (true, Some(scope)) = (*for_nobody == "401", scope_of(&documented[*operation])) else {
            continue;
        };
        used.insert(scope);
        let key = world.key(|one| one == scope).await;
        let answer = call(&key, operation, &world.path(operation)).await;
        assert_eq!(class(answer.status), *for_owner, "{operation} with {scope}: {answer:#?}");
    }
    let known: BTreeSet<_> = Scope::ALL.iter().map(|scope| scope.name()).collect();
    assert_eq!(used, known, "every scope opens something");
    world.app.stop().await;
}

/// What an answer must be beside its status.
async fn judge(world: &World, caller: &Client, operation: &str, column: usize, answer: &Answer) {
    if CALLERS[column] == "owner" || (column == 4 && answer.status.is_success()) {
        return;
    }
    // What operators see of their own.
    if CALLERS[column] == "operator" && operation.contains("/v1/operator/") {
        return;
    }
    let text = format!("{:?} {}", answer.headers, answer.json);
    for secret in world.secrets() {
        assert!(!text.contains(secret), "{operation} as {}: {text}", CALLERS[column]);
    }
    if !operation.contains("{id}") {
        return;
    }
    match answer.status {
        StatusCode::UNAUTHORIZED => assert_eq!(answer.headers["www-authenticate"], "Bearer"),
        StatusCode::FORBIDDEN => {
            let key = CALLERS[column] == "key without scope";
            let code = if key { "insufficient_scope" } else { "operator_only" };
            assert_eq!(answer.json["code"], code);
        }
        _ => assert_eq!(answer.json["code"], "not_found"),
    }
    let absent = call(caller, operation, &world.absent(operation)).await;
    assert_eq!(essence(answer), essence(&absent), "{operation}: it can be told that it exists");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cursor_of_the_owners_shows_a_stranger_only_their_own() {
    let world = World::new().await;
    for (operation, described) in operations(&world.app.nobody()).await {
        let parameters = described["parameters"].as_array().cloned().unwrap_or_default();
        let pages = parameters.iter().any(|parameter| parameter["name"] == "cursor");
        if !pages || operation.contains("/v1/operator/") {
            continue;
        }
        let path = world.path(&operation);
        let first = world.owner.get(&format!("{path}?limit=1")).await.expect(StatusCode::OK);
        let cursor = first["next_cursor"].as_str().expect("the owner has more than one");
        for caller in [&world.stranger, &world.guest] {
            let theirs = caller.get(&format!("{path}?cursor={cursor}")).await;
            let theirs = theirs.expect(StatusCode::OK).to_string();
            for secret in world.secrets() {
                assert!(!theirs.contains(secret), "{operation}: {theirs}");
            }
        }
    }
    world.app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_names_another_accounts_thing_names_nothing() {
    let world = World::new().await;
    let with = |field: &str, value: Value| {
        let mut body = json!({"kind": "music", "prompt": "mine now", "seconds": 5});
        body[field] = value;
        body
    };
    let pairs = [
        (json!({"quote": world.quote}), json!({"quote": QuoteId::new()})),
        (with("references", json!([world.upload])), with("references", json!([UploadId::new()]))),
    ];
    for (theirs, absent) in pairs {
        let theirs = world.stranger.post("/v1/generations", theirs).await;
        let absent = world.stranger.post("/v1/generations", absent).await;
        assert_eq!(theirs.status, StatusCode::UNPROCESSABLE_ENTITY, "{theirs:#?}");
        assert_eq!(essence(&theirs), essence(&absent));
    }
    let own = world.owner.post("/v1/generations", json!({"quote": world.quote})).await;
    own.expect(StatusCode::ACCEPTED);
    world.app.stop().await;
}
