//! One guest's generation on a whole deployment, with every call counted.

use std::{
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
    time::Instant,
};

use jiff::Timestamp;
use reqwest::{Method, StatusCode};
use reverie::local::{Between, Part};
use reverie_store::tables::StoreError;
use serde_json::{Value, json};

use crate::{
    InProcess, TestApp, send,
    tap::{Call, Service, Tap, tapped},
};

/// What was counted: calls, in the units in which they are paid.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Counted {
    /// Requests to the HTTP API.
    pub requests: f64,
    /// Seconds for which answers were held, waiting for the job.
    pub held_seconds: f64,
    /// Calls from functions to services.
    pub calls: f64,
    /// DynamoDB write units. A write in a transaction takes two.
    pub writes: f64,
    /// DynamoDB read units.
    pub reads: f64,
    /// S3 puts and listings.
    pub object_writes: f64,
    /// S3 gets and heads.
    pub object_reads: f64,
    /// SQS calls.
    pub queue_calls: f64,
    /// Bytes of all files of a result.
    pub stored_bytes: f64,
    /// Bytes of the file that people download.
    pub downloaded_bytes: f64,
    /// Seconds that the job took a core.
    pub core_seconds: f64,
}

#[derive(Clone, Default)]
struct Tally(Arc<Mutex<Counted>>);

impl Tally {
    fn taken(&self) -> Counted {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn add(&self, call: &Call, of_function: bool) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).add(call, of_function);
    }

    fn of(&self, part: Part) -> PartTally {
        PartTally { tally: self.clone(), of_function: part == Part::Functions }
    }
}

#[derive(Clone)]
struct PartTally {
    tally: Tally,
    of_function: bool,
}

impl Tap for PartTally {
    async fn pass<V, E>(
        &self,
        call: Call,
        made: impl Future<Output = Result<V, E>> + Send + 'static,
    ) -> Result<V, E>
    where
        V: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        self.tally.add(&call, self.of_function);
        made.await
    }
}

impl Counted {
    /// Rows are below 1 KiB to write, and below 4 KiB to read.
    fn add(&mut self, call: &Call, of_function: bool) {
        let (verb, rest) = call.what.split_once(' ').unwrap_or((&call.what, ""));
        let rows = rest.split(' ').count() as f64;
        match (call.service, verb) {
            (Service::Tables, "write") => self.writes += if rows > 1.0 { 2.0 * rows } else { 1.0 },
            (Service::Tables, "query") => self.reads += 1.0,
            (Service::Tables, _) => self.reads += rows,
            (Service::Objects, "put" | "list") => self.object_writes += 1.0,
            (Service::Objects, "delete") => {}
            (Service::Objects, _) => self.object_reads += 1.0,
            // Waiting for messages is the fleet's, not the generation's.
            (Service::Queue, "receive") => {}
            (Service::Queue, _) => self.queue_calls += 1.0,
            // A generation sends none.
            (Service::Mail, _) => {}
        }
        if of_function {
            self.calls += 1.0;
        }
    }
}

/// Counts a generation of `seconds` seconds by the model that ships, as the studio asks for it; and
/// an idle minute of the housekeeper.
///
/// # Panics
/// If the deployment does not do it.
pub async fn count(
    models: PathBuf,
    seconds: u32,
    generations_per_guest: f64,
) -> (Counted, Counted) {
    let tally = Tally::default();
    let taps = tally.clone();
    let between = Between(Arc::new(move |part, ports| tapped(ports, &taps.of(part))));
    let app: TestApp<InProcess> = TestApp::start_with(|config| {
        config.models = vec![models];
        config.between = Some(between);
    })
    .await;
    // The first one waits until the models are warm.
    let guest = app.guest().await;
    guest.finished(&guest.submit("warm").await).await;

    tally.taken();
    app.guest().await;
    let mut once = tally.taken();
    once.requests = 1.0;

    let mut counted = Counted::default();
    let began = Instant::now();
    for path in ["/", "/v1/models", "/v1/credits"] {
        guest.get(path).await.expect(StatusCode::OK);
        counted.requests += 1.0;
    }
    let body = json!({"kind": "music", "prompt": "calm piano for the evening", "seconds": seconds});
    let waiting = |request: reqwest::RequestBuilder| send(request.header("prefer", "wait=25"));
    let submit = guest.request(Method::POST, "/v1/generations").header("idempotency-key", "one");
    let mut job = waiting(submit.json(&body)).await.json;
    counted.requests += 1.0;
    while job["status"] != "succeeded" {
        let path = format!("/v1/generations/{}", job["id"].as_str().expect("an id"));
        job = waiting(guest.request(Method::GET, &path)).await.json;
        counted.requests += 1.0;
    }
    counted.held_seconds = began.elapsed().as_secs_f64();
    let generation = tally.taken();
    app.sweep().await;
    let minute = tally.taken();
    app.stop().await;

    let bytes = |file: &Value| file["bytes"].as_f64().expect("bytes");
    let files = job["files"].as_array().expect("files");
    let at =
        |name: &str| -> Timestamp { job[name].as_str().expect("a time").parse().expect("one") };
    let share = 1.0 / generations_per_guest;
    let counted = Counted {
        requests: counted.requests + share * once.requests,
        calls: generation.calls + share * once.calls,
        writes: generation.writes + share * once.writes,
        reads: generation.reads + share * once.reads,
        stored_bytes: files.iter().map(bytes).sum(),
        downloaded_bytes: files.iter().filter(|f| f["name"] == "track.mp3").map(bytes).sum(),
        core_seconds: (at("completed_at") - at("started_at"))
            .total(jiff::Unit::Second)
            .expect("seconds"),
        object_writes: generation.object_writes,
        object_reads: generation.object_reads,
        queue_calls: generation.queue_calls,
        held_seconds: counted.held_seconds,
    };
    (counted, minute)
}
