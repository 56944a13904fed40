//! People who use the API as one should: with an idempotency key, and again when no answer came.

use std::{sync::Arc, time::Duration};

use axum::{Router, body::Body};
use http::{Method, Request};
use reverie_account::AccountState;
use reverie_api::{AccountLimit, AddressLimit, App, Catalogue, finish};
use reverie_auth::{Auth, Providers};
use reverie_domain::{ids::AccountId, random};
use reverie_generations::Generations;
use reverie_inference::Engine;
use serde_json::{Value, json};
use tokio::time::{sleep, timeout};
use tower::ServiceExt;

use super::{faults::Process, machines::World, sign_in::sign_in};

/// How long API Gateway waits for a function.
const GATEWAY: Duration = Duration::from_secs(29);
/// How often a request without an answer is sent again.
const TRIES: u32 = 6;

/// An answer: status and body.
type Answer = (u16, Value);

/// A person, and what they know.
pub(super) struct Person {
    world: World,
    name: String,
    token: String,
    function: Option<(Process, Router)>,
    /// What was submitted: the key, the body, and the id if it is known.
    submitted: Vec<Submitted>,
    /// Exports that were asked for.
    exports: Vec<String>,
    /// Whether they have signed in, and so have an address.
    signed_in: bool,
    /// An address that they want to have in its place.
    wanted: Option<String>,
    /// Whether they have asked for their erasure. Without an answer they do not know.
    leaves: bool,
}

#[derive(Clone)]
struct Submitted {
    key: String,
    body: Value,
    id: Option<String>,
}

impl Person {
    pub(super) fn new(world: World, name: String) -> Self {
        Self {
            world,
            name,
            token: String::new(),
            function: None,
            submitted: Vec::new(),
            exports: Vec::new(),
            signed_in: false,
            wanted: None,
            leaves: false,
        }
    }

    /// Does a number of things, with pauses.
    ///
    /// # Errors
    /// What a person must never see.
    pub(super) async fn live(mut self, deeds: u32) -> Result<Self, String> {
        // A guest is not made twice by a key, so a lost answer costs an unused account.
        let (status, guest) = self.insist(Method::POST, "/v1/guests", None, None).await?;
        if status != 201 {
            return Ok(self);
        }
        self.token = guest["token"].as_str().unwrap_or_default().to_owned();
        let account = guest["account"]["id"].as_str().and_then(|id| id.parse().ok());
        if let Some(account) = account.filter(|_| random::number().is_multiple_of(2)) {
            self.sign_in(account).await;
        }
        for number in 0..deeds {
            sleep(Duration::from_millis(random::number() % 40_000)).await;
            match random::number() % 13 {
                0..4 => self.submit(number).await?,
                4 => self.submit_two_at_once(number).await?,
                5 => self.submit_twice_at_once(number).await?,
                6 => self.change(Method::POST, "/cancel", None).await?,
                7 => self.change(Method::DELETE, "", None).await?,
                8 => self.shorten().await?,
                9 | 10 => self.export(number).await?,
                11 if self.signed_in => self.change_address(number).await?,
                _ => self.look().await?,
            }
        }
        if random::number().is_multiple_of(3) {
            self.leave(deeds).await?;
        }
        Ok(self)
    }

    /// When all is at rest: every key has made one thing, and everything adds up.
    ///
    /// # Errors
    /// What does not.
    pub(super) async fn settle(mut self) -> Result<(), String> {
        if self.token.is_empty() {
            return Ok(());
        }
        if self.leaves {
            let (status, answer) = self.insist(Method::GET, "/v1/credits", None, None).await?;
            match status {
                401 => return Ok(()),
                // No request of theirs has arrived.
                200 => {}
                _ => return Err(format!("after an erasure: {status} {answer}")),
            }
        }
        for submitted in self.submitted.clone() {
            let Some(id) = submitted.id else { continue };
            let (status, shown) = self.insist(Method::GET, &path(&id), None, None).await?;
            let (cost, state) = (&shown["cost"], shown["status"].as_str().unwrap_or_default());
            let sum = cost["charged"].as_u64().zip(cost["refunded"].as_u64()).map(|(c, r)| c + r);
            match (status, state) {
                (404, _) => {}
                (200, "succeeded" | "failed" | "canceled") if sum == cost["quoted"].as_u64() => {}
                _ => return Err(format!("{id} at the end: {status} {shown}")),
            }
        }
        for id in self.exports.clone() {
            let shown = self.look_at_export(&id).await?;
            let ended = match shown["status"].as_str() {
                Some("ready") => shown["download"].is_object(),
                status => status == Some("failed"),
            };
            if !ended {
                return Err(format!("{id} at the end: {shown}"));
            }
        }
        let (_, credits) = self.insist(Method::GET, "/v1/credits", None, None).await?;
        match credits["held"].as_u64() {
            Some(0) => Ok(()),
            _ => Err(format!("at the end of it all: {credits}")),
        }
    }

    async fn submit(&mut self, number: u32) -> Result<(), String> {
        let submitted = self.wish(number);
        let id = self.send(&submitted).await?;
        self.submitted.push(Submitted { id, ..submitted });
        Ok(())
    }

    /// Two tabs, one wallet: of different wishes both count.
    async fn submit_two_at_once(&mut self, number: u32) -> Result<(), String> {
        let wishes = [self.wish(number), self.wish(number + 1_000)];
        let mut twin = self.twin();
        let (one, other) = tokio::join!(self.send(&wishes[0]), twin.send(&wishes[1]));
        for (wish, id) in wishes.into_iter().zip([one?, other?]) {
            self.submitted.push(Submitted { id, ..wish });
        }
        Ok(())
    }

    /// The same person elsewhere.
    fn twin(&self) -> Self {
        let name = format!("{}'", self.name);
        Self { token: self.token.clone(), ..Self::new(self.world.clone(), name) }
    }

    /// Two tabs, one key. Whichever is first, both show the same generation.
    async fn submit_twice_at_once(&mut self, number: u32) -> Result<(), String> {
        let submitted = self.wish(number);
        let mut twin = self.twin();
        let (one, other) = tokio::join!(self.send(&submitted), twin.send(&submitted));
        let (one, other) = (one?, other?);
        if one.is_some() && other.is_some() && one != other {
            return Err(format!("one key made {one:?} and {other:?}"));
        }
        self.submitted.push(Submitted { id: one.or(other), ..submitted });
        Ok(())
    }

    fn wish(&self, number: u32) -> Submitted {
        let prompt = if random::number().is_multiple_of(8) { "fail" } else { "make" };
        // Some wishes are had twice.
        let seconds = match random::number() % 4 {
            0 => 5,
            _ => 6 + random::number() % 90,
        };
        let body = json!({"kind": "music", "prompt": prompt, "seconds": seconds});
        Submitted { key: format!("{}-{number}", self.name.replace(' ', "-")), body, id: None }
    }

    async fn send(&mut self, wish: &Submitted) -> Result<Option<String>, String> {
        let (key, body) = (Some(wish.key.as_str()), Some(&wish.body));
        let (status, answer) = self.insist(Method::POST, "/v1/generations", key, body).await?;
        match status {
            202 => Ok(answer["id"].as_str().map(str::to_owned)),
            402 | 429 | 503 => Ok(None),
            _ => Err(format!("a submission heard {status}: {answer}")),
        }
    }

    async fn change(
        &mut self,
        method: Method,
        suffix: &str,
        body: Option<&Value>,
    ) -> Result<(), String> {
        let Some(id) = self.some_id() else { return Ok(()) };
        let path = format!("{}{suffix}", path(&id));
        let (status, answer) = self.insist(method, &path, None, body).await?;
        match status {
            200 | 202 | 204 | 404 | 409 | 422 | 429 | 503 => Ok(()),
            _ => Err(format!("{path} heard {status}: {answer}")),
        }
    }

    /// Erases the account while another tab still submits something.
    async fn leave(&mut self, number: u32) -> Result<(), String> {
        self.leaves = true;
        let (wish, mut twin) = (self.wish(number), self.twin());
        let (key, body) = (Some(wish.key.as_str()), Some(&wish.body));
        let last = twin.insist(Method::POST, "/v1/generations", key, body);
        let left = self.insist(Method::DELETE, "/v1/me?confirm=erase", None, None);
        let (last, left) = tokio::join!(last, left);
        let ((last, submitted), (left, erased)) = (last?, left?);
        // 401: an earlier try has begun it.
        if !matches!(left, 202 | 401 | 429 | 503) {
            return Err(format!("an erasure heard {left}: {erased}"));
        }
        match last {
            202 | 401 | 402 | 403 | 404 | 429 | 503 => Ok(()),
            _ => Err(format!("a submission beside an erasure heard {last}: {submitted}")),
        }
    }

    async fn shorten(&mut self) -> Result<(), String> {
        let now = self.world.process("a calendar").1.clock.now();
        let hours = i64::try_from(1 + random::number() % 100).unwrap_or(1);
        let end = now + jiff::SignedDuration::from_hours(hours);
        self.change(Method::PATCH, "", Some(&json!({"expires_at": end.to_string()}))).await
    }

    async fn look(&mut self) -> Result<(), String> {
        let (status, answer) =
            self.insist(Method::GET, "/v1/generations?limit=5", None, None).await?;
        match status {
            200 | 503 => Ok(()),
            _ => Err(format!("the history heard {status}: {answer}")),
        }
    }

    /// Until it works or they lose patience.
    async fn sign_in(&mut self, account: AccountId) {
        let email = format!("{}@example.com", self.name.replace(' ', "-"));
        for attempt in 0..TRIES {
            let (process, ports) = self.world.process(&format!("sign-in of {}", self.name));
            let tried = process.run(timeout(GATEWAY, sign_in(&ports, account, &email))).await;
            if let Some(Ok(Ok(true))) = tried {
                self.signed_in = true;
                return;
            }
            sleep(Duration::from_millis(500 << attempt)).await;
        }
    }

    /// Asks for an archive of all that is held, or looks at it. Of two tabs at once one may get it.
    async fn export(&mut self, number: u32) -> Result<(), String> {
        if let Some(id) =
            self.exports.last().cloned().filter(|_| !random::number().is_multiple_of(3))
        {
            return self.look_at_export(&id).await.map(drop);
        }
        let mut twin = self.twin();
        let (one, other) = match random::number() % 2 {
            0 => (self.ask_for_export(number).await?, None),
            _ => {
                let other = twin.ask_for_export(number + 1_000);
                let (one, other) = tokio::join!(self.ask_for_export(number), other);
                (one?, other?)
            }
        };
        if let (Some(one), Some(other)) = (&one, &other) {
            return Err(format!("two exports of one moment: {one} and {other}"));
        }
        self.exports.extend(one.or(other));
        Ok(())
    }

    async fn ask_for_export(&mut self, number: u32) -> Result<Option<String>, String> {
        let key = format!("{}-export-{number}", self.name.replace([' ', '\''], "-"));
        let (status, answer) =
            self.insist(Method::POST, "/v1/me/exports", Some(&key), None).await?;
        match status {
            202 => Ok(answer["id"].as_str().map(str::to_owned)),
            429 | 503 => Ok(None),
            _ => Err(format!("who wanted an export heard {status}: {answer}")),
        }
    }

    async fn look_at_export(&mut self, id: &str) -> Result<Value, String> {
        let path = format!("/v1/me/exports/{id}");
        let (status, answer) = self.insist(Method::GET, &path, None, None).await?;
        match status {
            200 | 503 => Ok(answer),
            _ => Err(format!("{path} heard {status}: {answer}")),
        }
    }

    /// Asks for another address, or follows the link in the mail that came there.
    async fn change_address(&mut self, number: u32) -> Result<(), String> {
        let wanted = self.wanted.take();
        if wanted.is_some() {
            // For the mail.
            sleep(Duration::from_secs(90)).await;
        }
        let token = wanted.as_ref().and_then(|to| self.world.services.mailbox().token(to));
        let (method, body) = match token {
            Some(token) => (Method::PUT, json!({"token": token})),
            None => {
                let email = format!("{}-{number}@example.com", self.name.replace(' ', "-"));
                self.wanted = Some(email.clone());
                (Method::POST, json!({"email": email}))
            }
        };
        let (status, answer) = self.insist(method, "/v1/me/email", None, Some(&body)).await?;
        match status {
            200 | 202 | 404 | 429 | 503 => Ok(()),
            _ => Err(format!("an address heard {status}: {answer}")),
        }
    }

    fn some_id(&self) -> Option<String> {
        let known: Vec<_> = self.submitted.iter().filter_map(|one| one.id.clone()).collect();
        let at = random::number() as usize % known.len().max(1);
        known.get(at).cloned()
    }

    /// Sends until there is an answer that is not "later"; 503 if there never is.
    async fn insist(
        &mut self,
        method: Method,
        path: &str,
        key: Option<&str>,
        body: Option<&Value>,
    ) -> Result<Answer, String> {
        for attempt in 0..TRIES {
            match self.ask(&method, path, key, body).await {
                Some((500, answer)) => return Err(format!("{method} {path}: 500 {answer}")),
                // One a day: to ask again at once is no use.
                Some((429, answer)) if answer["code"] == "limit.exports" => {
                    return Ok((429, answer));
                }
                Some((503 | 429, _)) | None => {}
                Some(answer) => return Ok(answer),
            }
            sleep(Duration::from_millis(500 << attempt)).await;
        }
        Ok((503, Value::Null))
    }

    async fn ask(
        &mut self,
        method: &Method,
        path: &str,
        key: Option<&str>,
        body: Option<&Value>,
    ) -> Option<Answer> {
        let (process, router) = self.function.take().unwrap_or_else(|| self.new_function());
        let mut request = Request::builder().method(method).uri(path);
        if !self.token.is_empty() {
            request = request.header("authorization", format!("Bearer {}", self.token));
        }
        if let Some(key) = key {
            request = request.header("idempotency-key", key);
        }
        let body = match body {
            Some(json) => {
                request = request.header("content-type", "application/json");
                Body::from(json.to_string())
            }
            None => Body::empty(),
        };
        let request = request.body(body).expect("a request");
        let answer = async {
            let response = router.clone().oneshot(request).await.ok()?;
            let status = response.status().as_u16();
            let bytes = axum::body::to_bytes(response.into_body(), usize::MAX).await.ok()?;
            Some((status, serde_json::from_slice(&bytes).unwrap_or_default()))
        };
        let answered = process.run(timeout(GATEWAY, answer)).await?;
        self.world.faults.note(|| {
            let status = answered.as_ref().ok().and_then(|a| a.as_ref().map(|a| a.0));
            format!("{} {method} {path}: {status:?}", self.name)
        });
        self.function = Some((process, router));
        answered.ok().flatten()
    }

    /// A function's process serves until it dies.
    fn new_function(&self) -> (Process, Router) {
        let (process, ports) = self.world.process(&format!("function for {}", self.name));
        let app = App {
            tables: ports.tables.clone(),
            clock: ports.clock.clone(),
            settings: self.world.settings.clone(),
            positions: Arc::default(),
            requests: Arc::new(AccountLimit::per_minute(600, 300)),
        };
        let account = AccountState { app: app.clone(), objects: ports.objects.clone() };
        let generations = Generations {
            app: app.clone(),
            objects: ports.objects,
            queue: ports.queue,
            catalogue: Arc::new(Catalogue::fixed(vec![self.world.engine.manifest().clone()])),
        };
        let router = reverie_auth::router(Auth { app: app.clone(), providers: Providers::none() })
            .merge(reverie_account::router(account))
            .merge(reverie_credits::router(app))
            .merge(reverie_generations::router(generations));
        let addresses = AddressLimit::per_minute(3_000, ports.clock);
        (process, finish(router.into(), addresses))
    }
}

fn path(id: &str) -> String {
    format!("/v1/generations/{id}")
}
