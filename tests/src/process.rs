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
        let program = binaries::find(binary);
        Self::run(program.as_os_str(), arguments, variables, log)
    }

    /// The same on a disk that takes no file beyond so many blocks of 512 bytes: writing more is an
    /// error, as on a full disk.
    #[cfg(unix)]
    pub(crate) fn start_on_a_small_disk(
        binary: &str,
        arguments: &[&OsStr],
        blocks: u32,
        log: &Path,
    ) -> Self {
        // Ignored signals stay so in the program; this one would end it instead of the error.
        let script = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\"");
        let program = binaries::find(binary);
        let mut all = vec![OsStr::new("-c"), OsStr::new(&script), program.as_os_str()];
        all.extend(arguments);
        Self::run(OsStr::new("/bin/sh"), &all, &BTreeMap::new(), log)
    }

    fn run(
        program: &OsStr,
        arguments: &[&OsStr],
        variables: &BTreeMap<String, String>,
        log: &Path,
    ) -> Self {
        let file = File::create(log).expect("a log file");
        let child = Command::new(program)
            .args(arguments)
            .env_clear()
            .envs(variables)
            .stdin(Stdio::null())
            .stdout(file.try_clone().expect("a log file"))
            .stderr(file)
            .kill_on_drop(true)
            .spawn();
        let child = child.unwrap_or_else(|error| panic!("{program:?} does not start: {error}"));
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

    /// What it has written so far.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// The end of what it has written so far.
    #[must_use]
    pub fn log_tail(&self) -> String {
        let log = self.log();
        let skipped = log.chars().count().saturating_sub(TAIL);
        log.chars().skip(skipped).collect()
    }
}
