//! The list itself, in the order in which people read it.

mod operators;
mod people;
mod service;
mod works;

use super::{PersonalData, Place};

const fn place(store: &'static str, kind: &'static str, fields: &'static [&'static str]) -> Place {
    Place { store, kind, fields, withheld: &[], not_exported: None }
}

/// Everything Reverie stores about a person.
pub const REGISTER: &[PersonalData] = &[
    people::ACCOUNT,
    people::IDENTITIES,
    people::SESSIONS,
    people::API_KEYS,
    service::RATE,
    works::LEDGER,
    works::GENERATIONS,
    works::REQUESTS,
    works::RESULTS,
    works::UPLOADS,
    service::REPEATED_REQUESTS,
    people::PREFERENCES,
    people::CONSENTS,
    service::EXPORTS,
    service::MAIL,
    service::NOTICES,
    service::MAILINGS,
    people::NEW_ADDRESS,
    service::AGENDA,
    service::ERASURES,
    operators::OPERATORS_ACTS,
    operators::REQUESTS_BY_MAIL,
    operators::USAGE,
    operators::LEGAL_HOLDS,
    service::ADDRESS,
];
