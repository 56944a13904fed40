//! Every operation once, and what else the parts of the deployment do.

use std::collections::BTreeSet;

use jiff::Timestamp;
use reqwest::Method;
use reverie::template::Role;
use reverie_domain::policy::Policies;
use reverie_tests::{Lambda, RecordedLambda, TestApp, Use, binary};
use serde_json::{Value, json};

use super::{
    jobs::{house, submit_and_change, upload, works},
    orders::orders,
    people::{another_address, archives, credentials, ends, told, told_to_all},
    player::Player,
    sign_in::signing_in,
};

pub(super) type App = TestApp<RecordedLambda>;

/// An account's bucket is written at every tenth request; so each function is asked more often.
pub(super) const OFTEN: usize = 11;

/// What is granted, and what is used.
pub(crate) async fn play() -> (Vec<Role>, BTreeSet<Use>) {
    // Built before the deployment starts: its own housekeeper would have done the day's audit meanwhile.
    drop(binary("housekeeper"));
    let app = App::start_with(|config| config.worker = false).await;
    let mut player = Player { guest: app.guest().await, taken: BTreeSet::new() };
    let guest = player.guest.clone();
    let lambda = &app.adapter().0;

    // Before this process's own housekeeper, which begins after a minute, has done the day's audit.
    minute(lambda).await;
    everyone_reads(&mut player).await;
    credentials(&app, &mut player).await;
    let ada = signing_in(&mut player).await;
    told(&app, lambda, &ada).await;
    told_to_all(&app, lambda).await;
    another_address(&app, &mut player, ada).await;
    upload(&mut player).await;
    submit_and_change(&mut player, lambda).await;
    house(&app, lambda, &guest).await;
    works(&app, lambda, &mut player).await;
    archives(&app, lambda, &mut player).await;
    operates(&app, &mut player).await;
    orders(&app, lambda, &mut player).await;
    ends(&app, lambda, &mut player).await;

    let all: BTreeSet<_> = operations(&app).into_iter().collect();
    assert_eq!(player.taken, all, "the scenario takes every operation");
    let (roles, seen) = (lambda.roles(), lambda.recorder().seen());
    app.stop().await;
    (roles, seen)
}

fn operations(app: &App) -> Vec<(String, String)> {
    let document = serde_json::to_value(app.local().openapi()).expect("JSON");
    let paths = document["paths"].as_object().expect("paths").clone();
    let of = |(path, item): (String, Value)| {
        let methods = item.as_object().expect("operations").clone();
        let is_method =
            |name: &String| ["get", "post", "put", "patch", "delete"].contains(&&**name);
        methods
            .into_iter()
            .map(|(method, _)| method)
            .filter(is_method)
            .map(move |method| (method, path.clone()))
            .collect::<Vec<_>>()
    };
    paths.into_iter().flat_map(of).collect()
}

async fn everyone_reads(player: &mut Player) {
    player.take(Method::POST, "/v1/guests", &[], Value::Null).await;
    for path in [
        "/",
        "/.well-known/gpc.json",
        "/.well-known/jwks.json",
        "/healthz",
        "/v1/openapi.json",
        "/v1/models",
        "/v1/policies",
    ] {
        player.get(path, &[]).await;
    }
    player
        .get("/v1/policies/{version}", &[Policies::SHIPPED.at(Timestamp::now()).policy.version])
        .await;
    for path in ["/v1/me", "/v1/credits", "/v1/generations", "/v1/uploads"] {
        for _ in 0..OFTEN {
            player.get(path, &[]).await;
        }
    }
    player.get("/v1/credits/transactions", &[]).await;
}

/// What operators do, who are somebody else.
async fn operates(app: &App, player: &mut Player) {
    let guest = std::mem::replace(&mut player.guest, app.operator().await);
    for _ in 0..OFTEN {
        player.get("/v1/operator/audit", &[]).await;
    }
    player.get("/v1/operator/stats", &[]).await;
    let mailings = "/v1/operator/mailings";
    let news = json!({"subject": "news", "text": "They are new."});
    let news = player.take(Method::POST, mailings, &[], news).await;
    player.get(mailings, &[]).await;
    let id = news["id"].as_str().expect("an id");
    player.take(Method::POST, &format!("{mailings}/{{id}}/stop"), &[id], Value::Null).await;
    let requests = "/v1/operator/subject-requests";
    let asked = json!({"kind": "access", "reference": "a mail"});
    let asked = player.take(Method::POST, requests, &[], asked).await;
    player.get(requests, &[]).await;
    let id = asked["id"].as_str().expect("an id");
    let extending = json!({"reason": "complexity"});
    player.take(Method::PUT, &format!("{requests}/{{id}}/extension"), &[id], extending).await;
    let closing = json!({"outcome": "granted"});
    player.take(Method::PATCH, &format!("{requests}/{{id}}"), &[id], closing).await;
    player.guest = guest;
}

pub(super) async fn minute(lambda: &Lambda) {
    let event = json!({"source": "aws.events", "detail-type": "Scheduled Event", "detail": {}});
    lambda.invoke("housekeeper", &event).await.expect("an answer");
}
