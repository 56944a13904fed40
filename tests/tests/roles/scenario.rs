//! Every operation once, and what else the parts of the deployment do.

use std::{collections::BTreeSet, io::Cursor};

use jiff::Timestamp;
use reqwest::{Method, StatusCode};
use reverie::template::Role;
use reverie_api::{email_token, unsubscribe_token};
use reverie_domain::{
    consent::TEXT_VERSION,
    job::Job,
    mail::{Letter, Mail},
    manifest::CATALOGUE_KEY,
    policy,
};
use reverie_store::{
    Record,
    accounts::{self, Account},
    agenda::{Task, moved},
    exports, generations, mails,
    queue::Message,
};
use reverie_tests::{
    Client, Lambda, PATIENCE, RecordedLambda, TestApp, Use, binary, send, tiny_packages,
};
use serde_json::{Value, json};

use super::sign_in::signing_in;

type App = TestApp<RecordedLambda>;

/// An account's bucket is written at every tenth request; so each function is asked more often.
const OFTEN: usize = 11;

/// A guest whose operations are remembered.
pub(super) struct Player {
    pub(super) guest: Client,
    taken: BTreeSet<(String, String)>,
}

impl Player {
    /// Takes an operation; `path` as in the API's description, with its variables' values.
    pub(super) async fn take(
        &mut self,
        method: Method,
        path: &str,
        values: &[&str],
        body: Value,
    ) -> Value {
        let mut filled = path.to_owned();
        for value in values {
            let (before, rest) = filled.split_once('{').expect("a variable");
            let (_, after) = rest.split_once('}').expect("a variable");
            filled = format!("{before}{value}{after}");
        }
        self.took(method.clone(), path);
        // A key is shown once, and a session ends once.
        let once = matches!(path, "/v1/api-keys" | "/v1/auth/logout");
        let keyed = method == Method::POST && !once;
        let mut request = self.guest.request(method.clone(), &filled);
        if keyed {
            let key = format!("{path}-{}", self.taken.len());
            request = request.header("idempotency-key", key);
        }
        if !body.is_null() {
            request = request.json(&body);
        }
        // What costs or creates is sent twice, as by a client that lost the answer.
        let again = request.try_clone().filter(|_| keyed);
        let answer = send(request).await;
        assert!(answer.status.as_u16() < 400, "{method} {filled}: {:#}", answer.json);
        if let Some(again) = again {
            assert_eq!(send(again).await.status.is_success(), answer.status.is_success());
        }
        answer.json
    }

    /// Somebody has taken this operation.
    pub(super) fn took(&mut self, method: Method, path: &str) {
        self.taken.insert((method.as_str().to_lowercase(), path.to_owned()));
    }

    pub(super) async fn get(&mut self, path: &str, values: &[&str]) -> Value {
        self.take(Method::GET, path, values, Value::Null).await
    }
}

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
    another_address(&app, &mut player, ada).await;
    upload(&mut player).await;
    submit_and_change(&mut player, lambda).await;
    house(&app, lambda, &guest).await;
    works(&app, lambda, &mut player).await;
    archives(&app, lambda, &mut player).await;
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
        "/.well-known/jwks.json",
        "/healthz",
        "/v1/openapi.json",
        "/v1/models",
        "/v1/policies",
    ] {
        player.get(path, &[]).await;
    }
    player.get("/v1/policies/{version}", &[policy::at(Timestamp::now()).policy.version]).await;
    for path in ["/v1/me", "/v1/credits", "/v1/generations", "/v1/uploads"] {
        for _ in 0..OFTEN {
            player.get(path, &[]).await;
        }
    }
    player.get("/v1/credits/transactions", &[]).await;
}

/// Makes and revokes an API key; ends sessions of guests who are not needed any more.
async fn credentials(app: &App, player: &mut Player) {
    let body = json!({"name": "a program", "scopes": ["account:read"]});
    let key = player.take(Method::POST, "/v1/api-keys", &[], body).await;
    player.get("/v1/api-keys", &[]).await;
    let id = key["id"].as_str().expect("an id");
    player.take(Method::DELETE, "/v1/api-keys/{id}", &[id], Value::Null).await;

    let stays = player.guest.clone();
    for last in ["/v1/sessions/{id}", "/v1/sessions", "/v1/auth/logout"] {
        player.guest = app.guest().await;
        let sessions = player.get("/v1/sessions", &[]).await;
        let id = sessions["items"][0]["id"].as_str().expect("a session").to_owned();
        let values: &[&str] = if last.contains('{') { &[&id] } else { &[] };
        let method = if last.ends_with("logout") { Method::POST } else { Method::DELETE };
        player.take(method, last, values, Value::Null).await;
    }
    player.guest = stays;
}

async fn upload(player: &mut Player) {
    let id = uploaded(player).await;
    let sketch = json!({"kind": "music", "prompt": "sketch", "seconds": 5, "references": [id]});
    for _ in 0..OFTEN {
        player.guest.post("/v1/sketches", sketch.clone()).await.expect(StatusCode::OK);
    }
    player.take(Method::POST, "/v1/sketches", &[], sketch).await;
    player.get("/v1/uploads/{id}", &[&id]).await;
    player.take(Method::DELETE, "/v1/uploads/{id}", &[&id], Value::Null).await;
}

/// A reference that is ready.
async fn uploaded(player: &mut Player) -> String {
    let mut png = Cursor::new(Vec::new());
    let image = image::RgbImage::from_pixel(64, 48, image::Rgb([200, 120, 40]));
    image.write_to(&mut png, image::ImageFormat::Png).expect("PNG");
    let png = png.into_inner();
    let body = json!({"content_type": "image/png", "bytes": png.len()});
    let upload = player.take(Method::POST, "/v1/uploads", &[], body).await;
    assert_eq!(player.guest.put(&upload, "image/png", png).await, StatusCode::OK);
    let id = upload["id"].as_str().expect("an id");
    player.take(Method::POST, "/v1/uploads/{id}/complete", &[id], Value::Null).await;
    id.to_owned()
}

/// Leaves a queued job behind.
async fn submit_and_change(player: &mut Player, lambda: &Lambda) {
    let request = json!({"kind": "music", "prompt": "what is used", "seconds": 5});
    let quote = player.take(Method::POST, "/v1/quotes", &[], request.clone()).await;
    let body = json!({"quote": quote["id"]});
    let canceled = player.take(Method::POST, "/v1/generations", &[], body).await;
    let id = canceled["id"].as_str().expect("an id").to_owned();
    let events = "/v1/generations/{id}/events";
    let api = Client { base: lambda.api_url().to_owned(), ..player.guest.clone() };
    player.get("/v1/generations/{id}", &[&id]).await;
    for _ in 0..OFTEN {
        api.get(&events.replace("{id}", &id)).await;
    }
    let mut live = player.guest.request(Method::GET, &events.replace("{id}", &id)).send().await;
    live.as_mut().expect("an answer").chunk().await.expect("a frame");
    drop(live);
    player.take(Method::POST, "/v1/generations/{id}/cancel", &[&id], Value::Null).await;
    for _ in 0..OFTEN {
        player.get(events, &[&id]).await;
    }
    player.take(Method::DELETE, "/v1/generations/{id}", &[&id], Value::Null).await;
    let reference = uploaded(player).await;
    let request = json!({
        "kind": "music", "prompt": "what is used", "seconds": 5, "references": [reference]
    });
    player.guest.post("/v1/generations", request).await.expect(StatusCode::ACCEPTED);
}

async fn row(app: &App, guest: &Client, job: &Value) -> Job {
    let me = guest.get("/v1/me").await.expect(StatusCode::OK);
    let account = me["id"].as_str().expect("an id").parse().expect("an id");
    let id = job["id"].as_str().expect("an id").parse().expect("an id");
    let found = generations::find_job(&*app.local().ports().tables, account, id).await;
    found.expect("an answer").expect("a job")
}

/// A job whose message is lost, and one whose message died.
async fn house(app: &App, lambda: &Lambda, guest: &Client) {
    let lost = row(app, guest, &guest.submit("lost").await).await;
    let again = lost.after_restart(Timestamp::now()).expect("it is live");
    let tables = &*app.local().ports().tables;
    generations::update(tables, &lost, &again).await.expect("an answer").expect("it is written");
    minute(lambda).await;

    let dead = row(app, guest, &guest.submit("dead").await).await;
    let Job { account, id: generation, .. } = dead;
    let body = serde_json::to_string(&Message::GenerationQueued { account, generation });
    let letter = json!({
        "messageId": "dead", "receiptHandle": "handle", "body": body.expect("JSON"),
        "attributes": {}, "messageAttributes": {}, "md5OfBody": "", "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:us-east-1:000000000000:dead", "awsRegion": "us-east-1",
    });
    let answer = lambda.invoke("housekeeper", &json!({ "Records": [letter] })).await;
    assert_eq!(answer.expect("an answer"), json!({"batchItemFailures": []}));
}

async fn minute(lambda: &Lambda) {
    let event = json!({"source": "aws.events", "detail-type": "Scheduled Event", "detail": {}});
    lambda.invoke("housekeeper", &event).await.expect("an answer");
}

/// One result is stored long, with a beating heart, and then its job is canceled. Another is finished, shortened,
/// downloaded, deleted and purged. A third is handed back.
async fn works(app: &App, lambda: &Lambda, player: &mut Player) {
    let objects = &app.local().ports().objects;
    let guest = player.guest.clone();
    lambda.recorder().hold_results(true);
    // Without it, the worker writes it.
    let catalogue = [CATALOGUE_KEY.to_owned()];
    objects.delete(&catalogue).await.expect("it is deleted");
    let worker = lambda.start_worker(&tiny_packages());
    let stored = |used: &Use| used.action == "s3:PutObject" && used.resource.contains("/results/");
    seen(lambda, "a heartbeat", |used| used.action == "sqs:ChangeMessageVisibility").await;
    seen(lambda, "a result", stored).await;
    let list = guest.get("/v1/generations?status=running").await.expect(StatusCode::OK);
    let running = list["items"][0]["id"].as_str().expect("a running job").to_owned();
    let cancel = format!("/v1/generations/{running}/cancel");
    guest.post(&cancel, Value::Null).await.expect(StatusCode::ACCEPTED);
    // What it had stored is deleted.
    let deleted = |used: &Use| used.who == "WorkerRole" && used.action == "s3:DeleteObject";
    seen(lambda, "a purge", deleted).await;
    lambda.recorder().hold_results(false);

    let done = guest.finished(&guest.submit("after").await).await;
    assert_eq!(guest.submit("after").await["cached"], true);
    lambda.recorder().hold_results(true);
    guest.until(&guest.submit("handed back").await, |now| now["status"] == "running").await;
    assert!(worker.terminate().await.success());
    lambda.recorder().hold_results(false);
    let id = done["id"].as_str().expect("an id").to_owned();
    let files = "/v1/generations/{id}/files/{name}";
    let name = done["files"][0]["name"].as_str().expect("a name").to_owned();
    player.get(files, &[&id, &name]).await;
    let link = format!("/v1/generations/{id}/files/{name}?redirect=false");
    let link = guest.get(&link).await.expect(StatusCode::OK);
    let url = link["url"].as_str().expect("a link");
    assert_eq!(guest.download(url).await.0, StatusCode::OK);
    let soon = Timestamp::now() + jiff::SignedDuration::from_hours(2);
    let body = json!({"expires_at": soon.to_string()});
    player.take(Method::PATCH, "/v1/generations/{id}", &[&id], body).await;
    player.get("/v1/generations/{id}/events", &[&id]).await;
    let api = Client { base: lambda.api_url().to_owned(), ..guest.clone() };
    for events in [&player.guest, &api] {
        let text = events.request(Method::GET, &format!("/v1/generations/{id}/events"));
        let text = text.send().await.expect("an answer").text().await.expect("frames");
        let data = text.lines().find_map(|line| line.strip_prefix("data: ")).expect("a frame");
        let data: Value = serde_json::from_str(data).expect("JSON");
        let url = data["files"][0]["download"]["url"].as_str().expect("a link").to_owned();
        assert_eq!(guest.download(&url).await.0, StatusCode::OK);
    }
    let shown = player.get("/v1/generations/{id}", &[&id]).await;
    let url = shown["files"][0]["download"]["url"].as_str().expect("a link").to_owned();
    assert_eq!(guest.download(&url).await.0, StatusCode::OK);
    assert_eq!(guest.delete(&format!("/v1/generations/{id}")).await.status, 204);
    minute(lambda).await;
}

/// What people decide about their own data, and see of it.
async fn decisions(app: &App, player: &mut Player) {
    let works = player.guest.get("/v1/generations").await.expect(StatusCode::OK);
    let work = &works["items"][0]["id"];
    let list = json!([
        {"purpose": "marketing_email", "granted": true},
        {"purpose": "showcase", "granted": true, "generation": work},
    ]);
    let body = json!({"text_version": TEXT_VERSION, "decisions": list});
    player.take(Method::PUT, "/v1/me/consents", &[], body).await;
    let me = player.guest.get("/v1/me").await.expect(StatusCode::OK);
    let account = me["id"].as_str().expect("an id").parse().expect("an id");
    let token = unsubscribe_token(app.local().settings(), account);
    let path = "/v1/unsubscribe/{token}";
    player.taken.insert(("post".to_owned(), path.to_owned()));
    let click = player.guest.request(Method::POST, &path.replace("{token}", &token));
    let click = send(click.body("List-Unsubscribe=One-Click")).await;
    assert_eq!(click.status, StatusCode::NO_CONTENT, "{:#}", click.json);
    player.take(Method::PUT, "/v1/me/preferences", &[], json!({"seconds": 30})).await;
    player.take(Method::PUT, "/v1/me/limits", &[], json!({"per_month": 1_000_000})).await;
    let version = policy::at(Timestamp::now()).policy.version;
    let path = "/v1/policies/{version}/acknowledgement";
    player.take(Method::POST, path, &[version], Value::Null).await;
    for path in ["consents", "preferences", "limits", "data"] {
        player.get(&format!("/v1/me/{path}"), &[]).await;
    }
}

/// One archive in which there are a result and an upload, and one that an earlier turn has begun.
async fn archives(app: &App, lambda: &Lambda, player: &mut Player) {
    decisions(app, player).await;
    uploaded(player).await;
    let made = player.take(Method::POST, "/v1/me/exports", &[], Value::Null).await;
    let id = made["id"].as_str().expect("an id").to_owned();
    let guest = app.guest().await;
    let begun = guest.post("/v1/me/exports", Value::Null).await.expect(StatusCode::ACCEPTED);
    let me = guest.get("/v1/me").await.expect(StatusCode::OK);
    let account = me["id"].as_str().expect("an id").parse().expect("an id");
    let begun = begun["id"].as_str().expect("an id").parse().expect("an id");
    let ports = app.local().ports();
    let before = exports::find(&*ports.tables, account, begun).await.expect("an answer");
    let before = before.expect("an export");
    let after = before.saved(Timestamp::now());
    ports.objects.put(&after.saved_key(), "text/plain", "unreadable\n".into()).await.expect("put");
    ports.objects.begin_parts(&after.archive_key(), "application/zip").await.expect("begun");
    assert!(
        exports::advance(&*ports.tables, &before, &after, Vec::new()).await.expect("an answer")
    );
    minute(lambda).await;
    for _ in 0..OFTEN {
        let ready = player.get("/v1/me/exports/{id}", &[&id]).await;
        let url = ready["download"]["url"].as_str().expect("a link");
        assert_eq!(player.guest.download(url).await.0, StatusCode::OK);
    }
}

/// One guest is looked after, and the other's account is erased with everything in it.
async fn ends(app: &App, lambda: &Lambda, player: &mut Player) {
    let stays = app.guest().await;
    let me = stays.get("/v1/me").await.expect(StatusCode::OK);
    let id = me["id"].as_str().expect("an id").parse().expect("an id");
    let tables = &*app.local().ports().tables;
    let account = accounts::find(tables, id).await.expect("an answer").expect("an account");
    let next = Account { check_at: Some(Timestamp::now()), ..account.next() };
    let mut writes = vec![next.replace(&account).expect("a row")];
    let entry = moved(Task::Inactive(id), account.check_at, next.check_at);
    writes.extend(entry.expect("a row"));
    tables.write(&writes).await.expect("it is written");
    minute(lambda).await;

    uploaded(player).await;
    player.taken.insert(("delete".to_owned(), "/v1/me".to_owned()));
    let begun = player.guest.delete("/v1/me?confirm=erase").await.expect(StatusCode::ACCEPTED);
    let token = begun["receipt_token"].as_str().map(str::to_owned);
    player.guest = Client { token, ..player.guest.clone() };
    minute(lambda).await;
    player.get("/v1/erasures/{id}", &[begun["id"].as_str().expect("an id")]).await;
}

/// Somebody gets a mail, unless this process's own housekeeper is first: then another one.
async fn told(app: &App, lambda: &Lambda, ada: &Client) {
    let me = ada.get("/v1/me").await.expect(StatusCode::OK);
    let account = me["id"].as_str().expect("an id").parse().expect("an id");
    let is_mail = |used: &Use| used.action == "ses:SendRawEmail";
    while !lambda.recorder().seen().iter().any(is_mail) {
        let now = Timestamp::now();
        let mail = Mail::new(now, account, Letter::Inactive { erased_at: now });
        let writes = mails::to_send(&mail).expect("rows");
        app.local().ports().tables.write(&writes).await.expect("it is written");
        minute(lambda).await;
    }
}

async fn another_address(app: &App, player: &mut Player, ada: Client) {
    let stays = std::mem::replace(&mut player.guest, ada);
    player.take(Method::POST, "/v1/me/email", &[], json!({"email": "ada@example.org"})).await;
    let me = player.guest.get("/v1/me").await.expect(StatusCode::OK);
    let account = me["id"].as_str().expect("an id").parse().expect("an id");
    let asked = accounts::new_email(&*app.local().ports().tables, account).await;
    let asked = asked.expect("an answer").expect("a request");
    let token = email_token(app.local().settings(), &asked);
    player.take(Method::PUT, "/v1/me/email", &[], json!({ "token": token })).await;
    player.guest = stays;
}

/// Waits until somebody has used such a thing.
async fn seen(lambda: &Lambda, what: &str, like: impl Fn(&Use) -> bool) {
    let waited = tokio::time::timeout(PATIENCE, async {
        while !lambda.recorder().seen().iter().any(&like) {
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
    });
    waited.await.unwrap_or_else(|_| panic!("{what} did not come"));
}
