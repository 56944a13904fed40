//! The suite of the API again, with each function as its own binary behind a local Lambda, and what
//! only the binaries have.

#[path = "lambda/edge.rs"]
mod edge;
#[path = "lambda/erasure.rs"]
mod erasure;
#[path = "lambda/housekeeper.rs"]
mod housekeeper;
#[path = "lambda/logs.rs"]
mod logs;
#[path = "lambda/settings.rs"]
mod settings;
#[path = "http/suite.rs"]
mod suite;
#[path = "lambda/worker.rs"]
mod worker;

/// Every function's binary, behind the routes of the template.
type TestApp = reverie_tests::TestApp<reverie_tests::Lambda>;
