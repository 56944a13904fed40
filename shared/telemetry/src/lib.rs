//! Logs and metrics without identity
