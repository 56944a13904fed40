#![doc = include_str!("../README.md")]

pub mod accounts;
pub mod agenda;
pub mod audit;
pub mod aws;
pub mod cache;
pub mod consents;
pub mod erasures;
pub mod exports;
pub mod generations;
pub mod held;
pub mod ledger;
pub mod legal_holds;
pub mod mailer;
pub mod mailings;
pub mod mails;
pub mod objects;
pub mod open_answers;
pub mod operations;
pub mod preferences;
pub mod queue;
pub mod quotes;
mod record;
pub mod subject_requests;
pub mod tables;
pub mod uploads;
pub mod usage;

pub use record::Record;
