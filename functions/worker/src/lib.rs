//! The container task that renders jobs
