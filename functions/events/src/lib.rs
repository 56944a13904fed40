//! Live job events
