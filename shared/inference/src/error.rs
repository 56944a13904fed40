//! What can go wrong: with a package when it is opened, and with a request when it is run.

use std::path::PathBuf;

use reverie_domain::manifest::ManifestError;

/// Why a model package was refused.
#[derive(Debug, thiserror::Error)]
pub enum PackageError {
    /// A file could not be read.
    #[error("{}: {source}", path.display())]
    Read {
        /// The file or folder.
        path: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// `model.toml` is wrong.
    #[error("{}: {source}", path.display())]
    Manifest {
        /// The `model.toml`.
        path: PathBuf,
        /// The field, and what is wrong with it.
        source: ManifestError,
    },
    /// A file is not the one that `model.toml` lists.
    #[error("{}: expected sha256 {expected}, found {found}", path.display())]
    Checksum {
        /// The file.
        path: PathBuf,
        /// What `model.toml` says.
        expected: String,
        /// What the file has.
        found: String,
    },
    /// A file is the one that `model.toml` lists, but not as long as that says.
    #[error("{}: expected {expected} bytes, found {found}", path.display())]
    Length {
        /// The file.
        path: PathBuf,
        /// What `model.toml` says.
        expected: u64,
        /// What the file has.
        found: u64,
    },
    /// `model.toml` names an engine that this build does not have.
    #[error("engine {engine:?} of package {package:?} is not one of: {known}")]
    UnknownEngine {
        /// Package id.
        package: String,
        /// Engine name.
        engine: String,
        /// The engines of this build.
        known: String,
    },
    /// A file has the right checksum, but its engine cannot use it.
    #[error("{file} of package {package:?}: {message}")]
    Content {
        /// Package id.
        package: String,
        /// File name within the package.
        file: String,
        /// What is wrong.
        message: String,
    },
}

/// Why a request yielded nothing.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// The watcher answered `Break`.
    #[error("canceled")]
    Canceled,
    /// The request asks for something that this model cannot do.
    #[error("{field}: {message}")]
    Invalid {
        /// Path of the request field, such as `style.key`.
        field: &'static str,
        /// What is wrong, for the person who asked.
        message: String,
    },
    /// A fault of the model or of this crate; the message is for operators.
    #[error("{stage}: {source}")]
    Internal {
        /// What was being done.
        stage: &'static str,
        /// The cause.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

impl EngineError {
    /// A refusal that names the request field.
    pub(crate) fn invalid(field: &'static str, message: impl Into<String>) -> Self {
        Self::Invalid { field, message: message.into() }
    }

    /// For `map_err`: an internal fault in `stage`.
    pub(crate) fn internal<E>(stage: &'static str) -> impl FnOnce(E) -> Self
    where
        E: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        move |source| Self::Internal { stage, source: source.into() }
    }
}
