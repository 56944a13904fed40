use std::{
    ffi::OsStr,
    fs::File,
    path::Path,
    process::Stdio,
    time::{Duration, Instant},
};

use bytes::Bytes;
use serde_json::Value;
use tokio::process::Command;

use super::{
    Lambda, environment,
    runtime_api::{Payload, RuntimeApi},
};

/// How long one call may take.
const LONGEST: Duration = Duration::from_secs(30);

/// What one process of a function took.
#[derive(Debug)]
pub struct Measured {
    /// From the start of the process to its first answer.
    pub first: Duration,
    /// Further calls, one after the other.
    pub warm: Vec<Duration>,
    /// The most memory that it had, in KiB.
    pub peak_kib: u64,
    /// What it answered.
    pub answer: Value,
}

impl Lambda {
    /// Runs a program as the function of this binary, with its variables, for one call and
    /// `calls` more.
    ///
    /// # Panics
    /// If the program does not start or does not answer, or where there is no `/proc`.
    pub async fn measure(
        &self,
        (program, arguments): (&OsStr, &[&OsStr]),
        binary: &str,
        folder: &Path,
        event: &Value,
        calls: u32,
    ) -> Measured {
        let api = RuntimeApi::start(binary).await;
        let event = Bytes::from(event.to_string());
        let begun = Instant::now();
        let process = Command::new(program)
            .args(arguments)
            .current_dir(folder)
            .env_clear()
            .envs(self.functions[binary].variables())
            .envs([environment::runtime_api(&api.address())])
            .stdout(Stdio::null())
            .stderr(File::create(self.logs.join("measured.log")).expect("a log file"))
            .kill_on_drop(true)
            .spawn();
        let process = process.expect("a program that starts");
        let answer = call(&api, &event).await;
        let first = begun.elapsed();
        let mut warm = Vec::new();
        for _ in 0..calls {
            let begun = Instant::now();
            call(&api, &event).await;
            warm.push(begun.elapsed());
        }
        let status = format!("/proc/{}/status", process.id().expect("it runs"));
        let status = std::fs::read_to_string(status).expect("Linux");
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let peak = peak.and_then(|text| text.trim().strip_suffix(" kB"));
        let peak_kib = peak.and_then(|text| text.trim().parse().ok()).expect("a peak");
        Measured { first, warm, peak_kib, answer }
    }
}

async fn call(api: &RuntimeApi, event: &Bytes) -> Value {
    let answered = tokio::time::timeout(LONGEST, api.call(event.clone(), LONGEST)).await;
    let payload = answered.expect("an answer in time").expect("an answer");
    let Payload::Whole(bytes) = payload else { panic!("it streams") };
    serde_json::from_slice(&bytes).expect("JSON")
}
