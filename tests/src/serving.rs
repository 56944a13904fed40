use std::{
    collections::BTreeMap,
    ffi::OsStr,
    fs,
    path::{Path, PathBuf},
    process::ExitStatus,
    time::Duration,
};

use crate::{Client, PATIENCE, Process};

/// `reverie serve` as a process of its own.
pub struct Serving {
    process: Process,
    data: PathBuf,
    base: String,
}

impl Serving {
    /// Starts it on this data and these model packages, and waits until it answers.
    pub async fn start(data: &Path, models: &Path) -> Self {
        Self::ready(data, launch(data, models)).await
    }

    /// The same on a disk that takes no file beyond so many blocks of 512 bytes.
    #[cfg(unix)]
    pub async fn start_on_a_small_disk(data: &Path, models: &Path, blocks: u32) -> Self {
        let (arguments, log) = (arguments(data, models), log(data));
        let process = Process::start_on_a_small_disk("reverie", &arguments, blocks, &log);
        Self::ready(data, process).await
    }

    async fn ready(data: &Path, mut process: Process) -> Self {
        let url = async {
            loop {
                match fs::read_to_string(reverie::local::url_file(data)) {
                    Ok(url) if !url.is_empty() => return url,
                    _ => tokio::time::sleep(Duration::from_millis(20)).await,
                }
            }
        };
        let base = tokio::select! {
            url = tokio::time::timeout(PATIENCE, url) => url.expect("it gets ready"),
            ended = process.ended() => panic!("{ended}: {}", process.log_tail()),
        };
        Self { process, data: data.to_owned(), base }
    }

    /// Starts it where it cannot run; how it ends, and what it says.
    pub async fn fail(data: &Path, models: &Path) -> (ExitStatus, String) {
        let mut process = launch(data, models);
        let ended = tokio::time::timeout(PATIENCE, process.ended()).await;
        (ended.expect("it ends"), process.log_tail())
    }

    /// Somebody at this server: the same person after a restart.
    #[must_use]
    pub fn client(&self, token: Option<String>) -> Client {
        Client { http: reqwest::Client::new(), base: self.base.clone(), token }
    }

    /// The folder of its data.
    #[must_use]
    pub fn data(&self) -> &Path {
        &self.data
    }

    /// Waits until its log says this.
    pub async fn says(&self, text: &str) {
        let said = tokio::time::timeout(PATIENCE, async {
            while !self.process.log().contains(text) {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        });
        said.await.unwrap_or_else(|_| panic!("no {text:?} in {}", self.process.log_tail()));
    }

    /// Ends it as a power cut would.
    pub async fn kill(self) {
        self.process.kill().await;
    }

    /// Asks it to stop, and waits until it has.
    pub async fn terminate(self) -> ExitStatus {
        self.process.terminate().await
    }
}

fn launch(data: &Path, models: &Path) -> Process {
    // What an earlier process that was killed had left would be taken for this one's.
    let _ = fs::remove_file(reverie::local::url_file(data));
    Process::start("reverie", &arguments(data, models), &BTreeMap::new(), &log(data))
}

fn arguments<'a>(data: &'a Path, models: &'a Path) -> Vec<&'a OsStr> {
    let texts = ["serve", "--listen", "127.0.0.1:0", "--data"].map(OsStr::new);
    let mut arguments = texts.to_vec();
    arguments.extend([data.as_os_str(), OsStr::new("--models"), models.as_os_str()]);
    arguments
}

fn log(data: &Path) -> PathBuf {
    data.with_extension("log")
}
