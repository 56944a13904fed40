//! Functions from process start to first answer, warm, and at their peak of memory, beside the same
//! endpoints in Python and Node: see `tests/bench/README.md`.
//!
//! All speak to the embedded services by their own SDK, one process at a time, in turns. Without
//! `REVERIE_FUNCTIONS` the functions are those of this build.

use std::{
    env,
    ffi::{OsStr, OsString},
    path::{Path, PathBuf},
    time::Duration,
};

use reverie_tests::{Lambda, Measured, TestApp, binary};
use serde_json::{Value, json};

/// How often each process is started.
const STARTS: u32 = 10;
/// How often each is called again.
const CALLS: u32 = 200;

struct Contestant {
    name: &'static str,
    program: OsString,
    arguments: Vec<&'static OsStr>,
    folder: PathBuf,
}

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("bench").join(name)
}

fn contestants(function: &str) -> Vec<Contestant> {
    let ours = env::var_os("REVERIE_FUNCTIONS").map(|folder| {
        let folder = PathBuf::from(folder);
        std::path::absolute(folder.join(function)).expect("a path")
    });
    let mut all = vec![Contestant {
        name: "reverie",
        program: ours.unwrap_or_else(|| binary(function)).into(),
        arguments: Vec::new(),
        folder: folder("."),
    }];
    if let Some(program) = env::var_os("REVERIE_PYTHON") {
        let program = std::path::absolute(program).expect("a path").into();
        let arguments = ["-m", "awslambdaric", "handler.handler"].map(OsStr::new).to_vec();
        all.push(Contestant { name: "python", program, arguments, folder: folder("python") });
    }
    if folder("node").join("node_modules").is_dir() {
        let arguments = vec![OsStr::new("runtime.mjs")];
        let program = find("node");
        all.push(Contestant { name: "node", program, arguments, folder: folder("node") });
    }
    all
}

/// A program of the search path, which the processes do not get.
fn find(name: &str) -> OsString {
    let path = env::var_os("PATH").unwrap_or_default();
    let mut places = env::split_paths(&path).map(|folder| folder.join(name));
    places.find(|place| place.is_file()).unwrap_or_else(|| panic!("no {name}")).into()
}

/// What API Gateway sends for this request.
fn event(path: &str, token: &str) -> Value {
    json!({
        "version": "2.0", "routeKey": format!("GET {path}"), "rawPath": path, "rawQueryString": "",
        "headers": {"authorization": format!("Bearer {token}"), "host": "reverie.example"},
        "requestContext": {
            "accountId": "000000000000", "apiId": "api", "domainName": "reverie.example",
            "domainPrefix": "reverie", "requestId": "1", "routeKey": format!("GET {path}"),
            "stage": "$default", "time": "01/Jan/2026:00:00:00 +0000", "timeEpoch": 1_767_225_600_000_u64,
            "http": {"method": "GET", "path": path, "protocol": "HTTP/1.1", "sourceIp": "192.0.2.1", "userAgent": "bench"}
        },
        "isBase64Encoded": false
    })
}

struct Row {
    first: f64,
    p50: f64,
    p99: f64,
    peak: f64,
}

fn millis(durations: &mut [Duration], share: f64) -> f64 {
    durations.sort_unstable();
    let at = (durations.len() as f64 * share) as usize;
    durations[at.min(durations.len() - 1)].as_secs_f64() * 1e3
}

fn row(measured: &[Measured]) -> Row {
    let mut firsts: Vec<_> = measured.iter().map(|one| one.first).collect();
    let mut warm: Vec<_> = measured.iter().flat_map(|one| one.warm.clone()).collect();
    let peak = measured.iter().map(|one| one.peak_kib).max().unwrap_or_default();
    Row {
        first: millis(&mut firsts, 0.5),
        p50: millis(&mut warm, 0.5),
        p99: millis(&mut warm, 0.99),
        peak: peak as f64 / 1024.0,
    }
}

#[tokio::main]
async fn main() {
    let app = TestApp::<Lambda>::start_with(|config| config.worker = false).await;
    let guest = app.guest().await;
    let token = guest.token.as_deref().expect("a token");
    for (function, path) in [("auth", "/v1/me"), ("credits", "/v1/credits")] {
        let event = event(path, token);
        let contestants = contestants(function);
        let mut measured: Vec<Vec<Measured>> = contestants.iter().map(|_| Vec::new()).collect();
        for _ in 0..STARTS {
            // In turns, so that what else the machine does is shared by all.
            for (contestant, measured) in contestants.iter().zip(&mut measured) {
                let command = (contestant.program.as_os_str(), contestant.arguments.as_slice());
                let one =
                    app.adapter().measure(command, function, &contestant.folder, &event, CALLS);
                let one = one.await;
                assert_eq!(one.answer["statusCode"], 200, "{}: {}", contestant.name, one.answer);
                measured.push(one);
            }
        }
        println!(
            "\n{path:<14}{:>12}{:>12}{:>12}{:>12}",
            "first ms", "p50 ms", "p99 ms", "peak MiB"
        );
        let rows: Vec<Row> = measured.iter().map(|one| row(one)).collect();
        for (contestant, row) in contestants.iter().zip(&rows) {
            let Row { first, p50, p99, peak } = row;
            println!("{:<14}{first:>12.1}{p50:>12.2}{p99:>12.2}{peak:>12.1}", contestant.name);
        }
        for (contestant, row) in contestants.iter().zip(&rows).skip(1) {
            let (first, peak) = (rows[0].first / row.first, rows[0].peak / row.peak);
            println!("reverie / {}: first {first:.2}, peak {peak:.2}", contestant.name);
        }
    }
    app.stop().await;
}
