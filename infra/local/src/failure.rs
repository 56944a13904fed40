//! How a command fails: a message, and an exit code that scripts can tell apart.

use std::{fmt, process::ExitCode};

/// A command's failure.
#[derive(Debug)]
pub enum Failure {
    /// The server refused the request: exit code 3.
    Refused(String),
    /// There are not enough credits: exit code 4.
    Credits(String),
    /// The generation did not succeed: exit code 5.
    Generation(String),
    /// The server cannot be reached or does not answer: exit code 6.
    Unreachable(String),
    /// Anything else: exit code 1.
    Other(anyhow::Error),
}

impl Failure {
    /// The exit code; 2 is for a wrong command line.
    #[must_use]
    pub fn exit_code(&self) -> ExitCode {
        ExitCode::from(match self {
            Self::Other(_) => 1,
            Self::Refused(_) => 3,
            Self::Credits(_) => 4,
            Self::Generation(_) => 5,
            Self::Unreachable(_) => 6,
        })
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(text)
            | Self::Credits(text)
            | Self::Generation(text)
            | Self::Unreachable(text) => f.write_str(text),
            Self::Other(error) => fmt::Display::fmt(error, f),
        }
    }
}

impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Self {
        Self::Other(error)
    }
}

impl From<reqwest::Error> for Failure {
    fn from(error: reqwest::Error) -> Self {
        Self::Unreachable(format!("the server does not answer: {}", error.without_url()))
    }
}
