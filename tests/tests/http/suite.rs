//! What the API promises, whatever answers it. The crate that includes this says what does: its
//! `TestApp`.

mod api_keys;
mod authorisation;
mod cache;
mod cookies;
mod credits;
mod events;
mod idempotency;
mod journey;
mod lifecycle;
mod limits;
mod malformed;
mod openapi;
mod operator;
mod own_data;
mod packages;
mod paths;
mod personal;
mod references;
mod restart;
mod sessions;
mod sketches;
mod uploads;
