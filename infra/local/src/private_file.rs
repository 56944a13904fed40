//! Files that only their owner may read.

use std::{fs::OpenOptions, io::Write, path::Path};

use anyhow::Context;

/// Writes a file that only its owner may read.
///
/// # Errors
/// Names the file that cannot be written.
pub fn write(file: &Path, text: &str) -> anyhow::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut opened =
        options.open(file).with_context(|| format!("{} cannot be written", file.display()))?;
    opened.write_all(text.as_bytes()).with_context(|| format!("writing {}", file.display()))
}
