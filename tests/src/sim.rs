//! Histories under faults: the real functions, worker and housekeeper over services in memory, or
//! over the embedded stack, in simulated time, while answers get lost, calls fail or arrive late, messages come twice or not
//! at all, and processes die between any two steps. Everything follows from one seed.
//!
//! People make things, export and erase them, sign in, agree to news; operators have orders of courts and news.
//! In some histories years pass afterwards.
//!
//! After every write the rules of `sim/rules.rs` are checked; when the faults end, everything must come
//! to rest. The approach is that of FoundationDB's and TigerBeetle's simulators.

mod client;
mod desk;
mod embedded;
mod engine;
mod faults;
mod history;
mod machines;
mod mail;
mod memory;
mod mutants;
mod operators;
mod people;
mod rules;
mod services;
mod time;
mod unreliable;
mod watched;
mod years;

pub use faults::Plan;
pub use history::{Outcome, Report, minimal, run, run_embedded};
pub use mutants::Mutant;
pub use watched::WatchedTables;
