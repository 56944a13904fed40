#![doc = include_str!("../README.md")]

mod address;
mod app;
mod body;
mod caller;
mod catalogue;
mod change;
mod cookies;
mod device;
mod edge;
mod email_token;
mod finish;
pub mod generation;
mod idempotency;
pub mod lambda;
mod limits;
mod named_fields;
mod openapi;
mod page;
mod path;
mod positions;
mod prefer;
mod problem;
mod receipt_token;
mod references;
mod signing;
pub mod token;
mod unsubscribe;

pub use address::ClientAddress;
pub use app::{App, Settings};
pub use body::{Body, Params};
pub use caller::{
    AccountRead, Caller, CreditsRead, GenerationsRead, GenerationsWrite, UploadsRead, UploadsWrite,
    from_our_pages, has_privacy_signal, is_from_our_pages,
};
pub use catalogue::Catalogue;
pub use change::{ATTEMPTS, account_busy, change_account, fresh_account};
pub use cookies::{SESSION, ended_cookie, read_cookie, session_cookie, set_cookie};
pub use device::UserAgent;
pub use email_token::{email_token, is_email_token};
pub use finish::{BODY_LIMIT, finish};
pub use idempotency::{IdempotencyKey, Replay};
pub use limits::{AccountLimit, AddressLimit};
pub use openapi::document;
pub use page::{Page, PageQuery};
pub use path::Id;
pub use positions::Positions;
pub use prefer::Prefer;
pub use problem::Problem;
pub use receipt_token::ReceiptToken;
pub use references::{JOB_MAY_WAIT, references};
pub use signing::Signer;
pub use unsubscribe::{unsubscribe_headers, unsubscribe_token, unsubscribed};
