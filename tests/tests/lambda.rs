//! The suite of the API again, with each function as its own binary behind a local Lambda, and what
//! only the binaries have.

#[path = "lambda/housekeeper.rs"]
mod housekeeper;
#[path = "lambda/logs.rs"]
mod logs;
#[path = "lambda/settings.rs"]
mod settings;
#[path = "lambda/worker.rs"]
mod worker;

#[path = "http/authorisation.rs"]
mod authorisation;
#[path = "http/cookies.rs"]
mod cookies;
#[path = "http/credits.rs"]
mod credits;
#[path = "http/events.rs"]
mod events;
#[path = "http/idempotency.rs"]
mod idempotency;
#[path = "http/journey.rs"]
mod journey;
#[path = "http/lifecycle.rs"]
mod lifecycle;
#[path = "http/malformed.rs"]
mod malformed;
#[path = "http/openapi.rs"]
mod openapi;
#[path = "http/packages.rs"]
mod packages;
#[path = "http/paths.rs"]
mod paths;
#[path = "http/restart.rs"]
mod restart;
#[path = "http/uploads.rs"]
mod uploads;

/// Every function's binary, behind the routes of the template.
type TestApp = reverie_tests::TestApp<reverie_tests::Lambda>;
