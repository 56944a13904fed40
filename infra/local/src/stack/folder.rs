//! The data folder: one process at a time, readable by its owner only.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io::{ErrorKind, Write},
    path::{Path, PathBuf},
};

use anyhow::Context;
use secrecy::SecretString;
use thiserror::Error;

const LOCK_FILE: &str = "lock";

/// Another process uses the data folder.
#[derive(Debug, Error)]
#[error("the data folder {} is in use by another process: stop it, or choose another folder", .0.display())]
pub struct FolderInUse(pub PathBuf);

/// A data folder that this process holds.
#[derive(Debug)]
pub(super) struct DataFolder {
    path: PathBuf,
    _lock: File,
}

impl DataFolder {
    /// Makes the folder if need be, and takes it.
    pub(super) fn open(path: &Path) -> anyhow::Result<Self> {
        make(path)?;
        // Absolute, so that a later change of the working directory does no harm.
        let path = path.canonicalize().with_context(|| path.display().to_string())?;
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        private(&mut options);
        let lock = options
            .open(path.join(LOCK_FILE))
            .with_context(|| format!("the data folder {} is not writable", path.display()))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(FolderInUse(path).into()),
            Err(TryLockError::Error(error)) => {
                return Err(error).context("the data folder cannot be locked");
            }
        }
        Ok(Self { path, _lock: lock })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// A folder inside, made if need be.
    pub(super) fn subfolder(&self, name: &str) -> anyhow::Result<PathBuf> {
        let path = self.path.join(name);
        make(&path)?;
        Ok(path)
    }

    /// A random text of this length (even) that stays the same for this folder.
    pub(super) fn secret(&self, name: &str, length: u32) -> anyhow::Result<SecretString> {
        let path = self.subfolder("secrets")?.join(name);
        match fs::read_to_string(&path) {
            Ok(text) if !text.is_empty() => return Ok(SecretString::from(text)),
            Ok(_) => {}
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(error).with_context(|| path.display().to_string()),
        }
        let mut bytes = vec![0; usize::try_from(length / 2)?];
        getrandom::fill(&mut bytes).context("the system gives no random bytes")?;
        let text = hex::encode(bytes);
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true);
        private(&mut options);
        options
            .open(&path)
            .and_then(|mut file| file.write_all(text.as_bytes()))
            .with_context(|| path.display().to_string())?;
        Ok(SecretString::from(text))
    }
}

fn make(path: &Path) -> anyhow::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
        .create(path)
        .with_context(|| format!("the data folder {} cannot be made", path.display()))
}

/// Files with secrets are for their owner only.
fn private(options: &mut OpenOptions) {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    #[cfg(not(unix))]
    let _ = options;
}
