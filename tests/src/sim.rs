//! Histories under faults: the real functions, worker and housekeeper over services in memory, in
//! simulated time, while answers get lost, calls fail or arrive late, messages come twice or not
//! at all, and processes die between any two steps. Everything follows from one seed.
//!
//! After every write the rules of `sim/rules.rs` are checked; when the faults end, everything must come
//! to rest. The approach is that of FoundationDB's and TigerBeetle's simulators.

mod engine;
mod faults;
mod history;
mod machines;
mod memory;
mod mutants;
mod people;
mod rules;
mod time;

pub use faults::Plan;
pub use history::{Outcome, Report, minimal, run};
pub use mutants::Mutant;
