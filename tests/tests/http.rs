//! The API as people use it, over HTTP, on a whole deployment.

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
#[path = "http/round_trips.rs"]
mod round_trips;
#[path = "http/storage_faults.rs"]
mod storage_faults;
#[path = "http/uploads.rs"]
mod uploads;

/// All functions in this process.
type TestApp = reverie_tests::TestApp<reverie_tests::InProcess>;
