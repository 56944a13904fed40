//! What nobody should send, sent. Every answer is a problem document or a success that keeps the
//! value exactly; the server goes on, and credits change by accepted submissions only.

#[path = "hostile/bodies.rs"]
mod bodies;
#[path = "hostile/headers.rs"]
mod headers;
#[path = "hostile/numbers.rs"]
mod numbers;
#[path = "hostile/paths.rs"]
mod paths;
#[path = "hostile/slow.rs"]
mod slow;
#[path = "hostile/text.rs"]
mod text;
#[path = "hostile/wire.rs"]
mod wire;
#[path = "hostile/witness.rs"]
mod witness;

/// All functions in this process.
type TestApp = reverie_tests::TestApp<reverie_tests::InProcess>;
