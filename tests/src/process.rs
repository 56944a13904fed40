use std::{
    collections::BTreeMap,
    ffi::OsStr,
    fs::{self, File},
    path::{Path, PathBuf},
    process::{ExitStatus, Stdio},
};

use tokio::process::{Child, Command};

use crate::{PATIENCE, binaries};

/// How much of a log a message shows, in characters.
const TAIL: usize = 2_000;

/// A running binary of the workspace. It ends when this is dropped.
#[derive(Debug)]
pub struct Process {
    child: Child,
    log: PathBuf,
}

impl Process {
    /// Starts the binary with these variables and no others. What it writes goes to `log`.
    pub(crate) fn start(
        binary: &str,
        arguments: &[&OsStr],
        variables: &BTreeMap<String, String>,
        log: &Path,
    ) -> Self {
        let file = File::create(log).expect("a log file");
        let child = Command::new(binaries::find(binary))
            .args(arguments)
            .env_clear()
            .envs(variables)
            .stdin(Stdio::null())
            .stdout(file.try_clone().expect("a log file"))
            .stderr(file)
            .kill_on_drop(true)
            .spawn();
        let child = child.unwrap_or_else(|error| panic!("{binary} does not start: {error}"));
        Self { child, log: log.to_owned() }
    }

    /// Waits for its end.
    pub async fn ended(&mut self) -> ExitStatus {
        self.child.wait().await.expect("a process that can be waited for")
    }

    /// Asks it to stop, as ECS does, and waits until it has.
    pub async fn terminate(mut self) -> ExitStatus {
        let id = self.child.id().expect("it runs").to_string();
        let kill = Command::new("sh").args(["-c", "kill -TERM \"$0\"", &id]).status().await;
        assert!(kill.is_ok_and(|status| status.success()), "the signal was not sent");
        let ended = tokio::time::timeout(PATIENCE, self.ended()).await;
        ended.unwrap_or_else(|_| panic!("it does not stop: {}", self.log_tail()))
    }

    /// Ends it as a power cut would, and waits until it is gone.
    pub async fn kill(mut self) {
        self.child.kill().await.expect("a process that can be killed");
    }

    /// The end of what it has written so far.
    #[must_use]
    pub fn log_tail(&self) -> String {
        let log = fs::read_to_string(&self.log).unwrap_or_default();
        let skipped = log.chars().count().saturating_sub(TAIL);
        log.chars().skip(skipped).collect()
    }
}
