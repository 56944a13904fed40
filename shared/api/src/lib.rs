//! HTTP conventions shared by all functions
