//! The API as people use it, over HTTP, on a whole deployment.

#[path = "http/erasure.rs"]
mod erasure;
#[path = "http/expiry.rs"]
mod expiry;
#[path = "http/exports.rs"]
mod exports;
#[path = "http/films.rs"]
mod films;
#[path = "http/joined.rs"]
mod joined;
#[path = "http/legal_holds.rs"]
mod legal_holds;
#[path = "http/mail.rs"]
mod mail;
#[path = "http/mailings.rs"]
mod mailings;
#[path = "http/open_answers.rs"]
mod open_answers;
#[path = "http/outputs.rs"]
mod outputs;
#[path = "http/policies.rs"]
mod policies;
#[path = "http/requests.rs"]
mod requests;
#[path = "http/round_trips.rs"]
mod round_trips;
#[path = "http/sign_in.rs"]
mod sign_in;
#[path = "http/storage_faults.rs"]
mod storage_faults;
#[path = "http/suite.rs"]
mod suite;
#[path = "http/usage.rs"]
mod usage;
#[path = "http/video.rs"]
mod video;

/// All functions in this process.
type TestApp = reverie_tests::TestApp<reverie_tests::InProcess>;
