//! What people do about their account: keys, sessions, an address, decisions, archives, and its end.

use jiff::Timestamp;
use reqwest::{Method, StatusCode};
use reverie_api::{email_token, unsubscribe_token};
use reverie_domain::{
    consent::TEXT_VERSION,
    mail::{Letter, Mail},
    mailing::Mailing,
    policy::Policies,
};
use reverie_store::{
    Record,
    accounts::{self, Account},
    agenda::{Task, moved},
    exports, mailings, mails,
};
use reverie_tests::{Client, Lambda, Use, send};
use serde_json::{Value, json};

use super::{
    jobs::uploaded,
    player::Player,
    scenario::{App, OFTEN, minute},
};

/// Makes and revokes an API key; ends sessions of guests who are not needed any more.
pub(super) async fn credentials(app: &App, player: &mut Player) {
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

/// Somebody gets a mail, unless this process's own housekeeper is first: then another one.
pub(super) async fn told(app: &App, lambda: &Lambda, ada: &Client) {
    let account = ada.account().await;
    let is_mail = |used: &Use| used.action == "ses:SendRawEmail";
    while !lambda.recorder().seen().iter().any(is_mail) {
        let now = Timestamp::now();
        let mail = Mail::new(now, account, Letter::Inactive { erased_at: now });
        let writes = mails::to_send(&mail).expect("rows");
        app.local().ports().tables.write(&writes).await.expect("it is written");
        minute(lambda).await;
    }
}

/// News are told to all, unless this process's own housekeeper is first: then once more.
pub(super) async fn told_to_all(app: &App, lambda: &Lambda) {
    let goes_through =
        |used: &Use| used.action == "dynamodb:Scan" && used.resource.ends_with("AccountsTable");
    while !lambda.recorder().seen().iter().any(goes_through) {
        let (subject, text) = ("news".to_owned(), "They are new.".to_owned());
        let mailing = Mailing::of_news(Timestamp::now(), subject, text);
        let writes = mailings::to_begin(&mailing).expect("rows");
        app.local().ports().tables.write(&writes).await.expect("it is written");
        minute(lambda).await;
    }
}

pub(super) async fn another_address(app: &App, player: &mut Player, ada: Client) {
    let stays = std::mem::replace(&mut player.guest, ada);
    player.take(Method::POST, "/v1/me/email", &[], json!({"email": "ada@example.org"})).await;
    let account = player.guest.account().await;
    let asked = accounts::new_email(&*app.local().ports().tables, account).await;
    let asked = asked.expect("an answer").expect("a request");
    let token = email_token(app.local().settings(), &asked);
    player.take(Method::PUT, "/v1/me/email", &[], json!({ "token": token })).await;
    player.guest = stays;
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
    let account = player.guest.account().await;
    let token = unsubscribe_token(app.local().settings(), account);
    let path = "/v1/unsubscribe/{token}";
    player.taken.insert(("post".to_owned(), path.to_owned()));
    let click = player.guest.request(Method::POST, &path.replace("{token}", &token));
    let click = send(click.body("List-Unsubscribe=One-Click")).await;
    assert_eq!(click.status, StatusCode::NO_CONTENT, "{:#}", click.json);
    player.take(Method::PUT, "/v1/me/preferences", &[], json!({"seconds": 30})).await;
    player.take(Method::PUT, "/v1/me/limits", &[], json!({"per_month": 1_000_000})).await;
    let version = Policies::SHIPPED.at(Timestamp::now()).policy.version;
    let path = "/v1/policies/{version}/acknowledgement";
    player.take(Method::POST, path, &[version], Value::Null).await;
    for path in ["consents", "preferences", "limits", "data"] {
        player.get(&format!("/v1/me/{path}"), &[]).await;
    }
}

/// One archive in which there are a result and an upload, and one that an earlier turn has begun.
pub(super) async fn archives(app: &App, lambda: &Lambda, player: &mut Player) {
    decisions(app, player).await;
    uploaded(player).await;
    let made = player.take(Method::POST, "/v1/me/exports", &[], Value::Null).await;
    let id = made["id"].as_str().expect("an id").to_owned();
    let guest = app.guest().await;
    let begun = guest.post("/v1/me/exports", Value::Null).await.expect(StatusCode::ACCEPTED);
    let account = guest.account().await;
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
pub(super) async fn ends(app: &App, lambda: &Lambda, player: &mut Player) {
    let stays = app.guest().await;
    let id = stays.account().await;
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
