//! Many clients at once against a whole deployment on loopback.
//!
//! ```sh
//! cargo bench --workspace --bench load
//! REVERIE_LOAD_CLIENTS=50 REVERIE_LOAD_SECONDS=10 cargo bench --workspace --bench load
//! ```
//!
//! Every client is a guest who submits, follows, downloads and looks around without a pause, so the
//! latencies are those of a deployment that has more to do than it can. Prints requests a second,
//! percentiles for each route, calls to AWS for each request, and the process's memory (clients
//! included) after each round, in which the load comes and goes. Ends with status 1 if anything was refused.

use std::{
    collections::BTreeMap,
    env,
    process::ExitCode,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use futures::future::join_all;
use reqwest::{Method, StatusCode};
use reverie_tests::{Answer, Client, InProcess, TestApp, counted::Calls, messages, send};
use serde_json::{Value, json};
use tikv_jemalloc_ctl::{epoch, stats};

/// What one route did: how long each answer took, in microseconds, and statuses that are no success.
#[derive(Default)]
struct Route {
    micros: Vec<u32>,
    refused: BTreeMap<u16, u32>,
}

type Routes = Arc<Mutex<BTreeMap<&'static str, Route>>>;

/// A guest under load.
struct Guest {
    client: Client,
    routes: Routes,
    end: Instant,
}

impl Guest {
    async fn timed(&self, route: &'static str, request: reqwest::RequestBuilder) -> Answer {
        let begun = Instant::now();
        let answer = send(request).await;
        let micros = u32::try_from(begun.elapsed().as_micros()).unwrap_or(u32::MAX);
        let mut routes = self.routes.lock().expect("no panic");
        let entry = routes.entry(route).or_default();
        entry.micros.push(micros);
        if !answer.status.is_success() {
            *entry.refused.entry(answer.status.as_u16()).or_default() += 1;
        }
        answer
    }

    async fn get(&self, route: &'static str, path: &str) -> Answer {
        self.timed(route, self.client.request(Method::GET, path)).await
    }

    /// Uses the service until the time is over.
    async fn uses(self, number: usize) -> usize {
        let mut tracks = 0;
        while Instant::now() < self.end {
            let body = json!({
                "kind": "music", "prompt": format!("load {number} {tracks}"), "seconds": 5,
            });
            let submit = self.client.request(Method::POST, "/v1/generations").json(&body);
            let job = self.timed("POST /v1/generations", submit).await;
            if job.status != StatusCode::ACCEPTED {
                continue;
            }
            tracks += usize::from(self.followed(&job.json).await);
            self.get("GET /v1/generations", "/v1/generations").await;
            self.get("GET /v1/credits", "/v1/credits").await;
        }
        tracks
    }

    /// Waits for a job as the studio does, and fetches its track.
    async fn followed(&self, job: &Value) -> bool {
        let path = format!("/v1/generations/{}", job["id"].as_str().expect("an id"));
        while Instant::now() < self.end {
            let now = self.get("GET /v1/generations/{id}", &path).await;
            if now.json["status"] == "succeeded" {
                let link = format!("{path}/files/track.flac?redirect=false");
                let link = self.get("GET …/files/{name}", &link).await;
                let url = link.json["url"].as_str().expect("a link").to_owned();
                let fetched = self.timed("presigned download", self.client.http.get(url)).await;
                return fetched.status.is_success();
            }
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
        false
    }
}

fn number(name: &str, usual: u64) -> u64 {
    env::var(name).map_or(usual, |text| text.parse().expect("a number"))
}

/// The memory of this process in MB.
#[derive(Clone, Copy, PartialEq)]
struct Memory {
    /// What the system counts, code and stacks included.
    resident: u64,
    /// What the program holds; the rest is the allocator's.
    held: u64,
}

impl Memory {
    /// `None` where `/proc` has none.
    fn now() -> Option<Self> {
        let statm = std::fs::read_to_string("/proc/self/statm").ok()?;
        let pages: u64 = statm.split(' ').nth(1)?.parse().ok()?;
        epoch::advance().ok()?;
        let held = stats::allocated::read().ok()? as u64;
        Some(Self { resident: pages * 4096 / 1_000_000, held: held / 1_000_000 })
    }
}

fn percentile(sorted: &[u32], share: f64) -> f64 {
    let at = (sorted.len() as f64 * share) as usize;
    f64::from(sorted[at.min(sorted.len() - 1)]) / 1e3
}

/// Prints the routes and says whether all was answered with success.
fn report(routes: &mut BTreeMap<&'static str, Route>, seconds: u64, calls: u32) -> bool {
    println!("\n{:<28}{:>9}{:>9}{:>10}{:>10}", "route", "answers", "a second", "p50 ms", "p99 ms");
    let (mut all, mut good) = (0, true);
    for (name, route) in routes.iter_mut() {
        route.micros.sort_unstable();
        let answers = route.micros.len();
        if name.contains("/v1") {
            all += answers;
        }
        let (p50, p99) = (percentile(&route.micros, 0.5), percentile(&route.micros, 0.99));
        let rate = answers as f64 / seconds as f64;
        println!("{name:<28}{answers:>9}{rate:>9.1}{p50:>10.1}{p99:>10.1}");
        for (status, times) in &route.refused {
            println!("{:<28}{times:>9} of {status}", "");
            good = false;
        }
    }
    println!("\n{:.0} requests a second", all as f64 / seconds as f64);
    println!("{:.2} calls to AWS for each", f64::from(calls) / all as f64);
    good
}

#[tokio::main]
async fn main() -> ExitCode {
    let clients = number("REVERIE_LOAD_CLIENTS", 200);
    let seconds = number("REVERIE_LOAD_SECONDS", 60);
    // What is kept for the next load stays the same from one round to the next; what leaks grows.
    let rounds = number("REVERIE_LOAD_ROUNDS", 6).max(1);
    let calls = Calls::default();
    let app = TestApp::<InProcess>::start_with(|config| {
        config.between = Some(calls.of_functions());
        config.guest_credits = 1_000_000;
        config.jobs = None;
    })
    .await;
    let first = app.guest().await;
    first.finished(&first.submit("warm").await).await;
    let mut memory = vec![Memory::now()];
    let mut guests = Vec::new();
    for _ in 0..clients {
        guests.push(app.guest().await);
    }
    println!("{clients} clients, {seconds} s");
    let routes = Routes::default();
    let (mut tracks, mut called) = (0, 0);
    for _ in 0..rounds {
        calls.taken();
        let end = Instant::now() + Duration::from_secs(seconds / rounds);
        let load = guests.iter().cloned().enumerate().map(|(number, client)| {
            let guest = Guest { client, routes: routes.clone(), end };
            tokio::spawn(guest.uses(number))
        });
        tracks +=
            join_all(load).await.into_iter().map(|made| made.expect("no panic")).sum::<usize>();
        called += calls.taken();
        drained(&app).await;
        memory.push(Memory::now());
    }
    drop((first, guests));
    let after = settled().await;
    let good = report(&mut routes.lock().expect("no panic"), seconds, called);
    println!("{tracks} tracks made and fetched");
    report_memory(&memory.into_iter().flatten().collect::<Vec<_>>());
    if let Some(after) = after {
        println!(
            "memory after the clients have gone: {} MB, of which the program holds {} MB",
            after.resident, after.held
        );
    }
    app.stop().await;
    if good { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Prints the memory before the load and after each round. In the first rounds buffers fill.
fn report_memory(memory: &[Memory]) {
    let [before, rounds @ ..] = memory else { return };
    let resident: Vec<_> = rounds.iter().map(|memory| memory.resident).collect();
    let held: Vec<_> = rounds.iter().map(|memory| memory.held).collect();
    println!("memory: {} MB before, {resident:?} after each round", before.resident);
    println!("  held by the program: {} MB before, {held:?} after each round", before.held);
    if let (Some(middle), Some(last)) = (held.get(held.len() / 2), held.last()) {
        println!("  last round / middle round: {:.2}", *last as f64 / *middle as f64);
    }
}

/// The memory when idle connections have been closed, which HTTP clients do after 90 s.
async fn settled() -> Option<Memory> {
    tokio::time::sleep(Duration::from_secs(100)).await;
    Memory::now()
}

/// Waits until the jobs that were left are done.
async fn drained(app: &TestApp<InProcess>) {
    while messages(app.local().stack()).await.expect("SQS answers") > 0 {
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    app.sweep().await;
}
