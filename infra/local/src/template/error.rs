use thiserror::Error;

/// A template that cannot be deployed here.
#[derive(Debug, Error)]
pub enum TemplateError {
    /// The file is not YAML, or not one document with a mapping.
    #[error("the template is not readable: {0}")]
    Unreadable(String),
    /// Something in it cannot be resolved.
    #[error("the template at {path}: {reason}")]
    At {
        /// Where, such as `Resources.JobsQueue.Properties`.
        path: String,
        /// What is wrong.
        reason: String,
    },
}

impl TemplateError {
    pub(super) fn at(path: &str, reason: impl Into<String>) -> Self {
        Self::At { path: path.to_owned(), reason: reason.into() }
    }
}
