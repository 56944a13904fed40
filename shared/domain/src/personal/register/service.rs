//! What the service keeps to do its work: limits, mail, archives, erasures.

use super::place;
use crate::personal::{PersonalData, Withheld};

const MOMENTARY: &str = "it lasts a minute, and would be over when the export is read";
const HASHES: &[Withheld] = &[
    Withheld { field: "key_hash", reason: "a fingerprint of a key that the client chose" },
    Withheld { field: "request_hash", reason: "a fingerprint that only the service can compare" },
];

pub(super) const RATE: PersonalData = PersonalData {
    category: "rate",
    stored_in: &[
        place("accounts", "requests", &["account", "key_hash", "bucket"]).not_exported(MOMENTARY),
        place("operations", "allowance", &["account", "limit", "bucket"]).not_exported(MOMENTARY),
    ],
    purpose: "to limit how often an account and each of its API keys ask: one instant for each",
    kept: "a minute after last use",
    shown: "the RateLimit field of every answer",
    erased: "ends by itself; DELETE /v1/me",
};

pub(super) const ADDRESS: PersonalData = PersonalData {
    category: "address",
    stored_in: &[place("operations", "guests", &["address_hash", "day", "count", "expires_at"])
        .not_exported("nothing says which account came from the address")],
    purpose: "to limit the number of guests per network address, which is a keyed hash",
    kept: "2 days",
    shown: "not linked to an account",
    erased: "ends by itself",
};

pub(super) const REPEATED_REQUESTS: PersonalData = PersonalData {
    category: "repeated requests",
    stored_in: &[place(
        "operations",
        "idempotency",
        &["account", "route", "key_hash", "request_hash", "resource", "expires_at"],
    )
    .without(HASHES)],
    purpose: "to do a request that is sent twice only once; its key and body are hashes",
    kept: "24 hours",
    shown: "the same answer to the same request",
    erased: "ends by itself; DELETE /v1/me",
};

pub(super) const MAIL: PersonalData = PersonalData {
    category: "mail",
    stored_in: &[place(
        "accounts",
        "mail",
        &["id", "account", "letter", "created_at", "due_at", "tries"],
    )],
    purpose: "to send what the person is to be told: which letter, and not its text; the address only if it \
              is no longer the account's",
    kept: "until it is sent, two days at most",
    shown: "GET /v1/me/data; sent to the address in GET /v1/me",
    erased: "ends by itself; DELETE /v1/me",
};

pub(super) const NOTICES: PersonalData = PersonalData {
    category: "notices",
    stored_in: &[place("accounts", "notice", &["account", "mailing", "about", "round", "at"])],
    purpose: "to tell people once that the policies change, and to show that they were told; to send news once \
              to who agrees to them",
    kept: "as long as the account; of news 90 days",
    shown: "GET /v1/me/data",
    erased: "DELETE /v1/me",
};

pub(super) const MAILINGS: PersonalData = PersonalData {
    category: "mailings",
    stored_in: &[place(
        "operations",
        "mailing",
        &[
            "id",
            "topic",
            "created_at",
            "due_at",
            "round",
            "again_at",
            "seen_to",
            "told",
            "ended_at",
            "stopped",
        ],
    )
    .not_exported("it is about all accounts; who was told has a notice")],
    purpose: "to write the same to many people: how many were told, and while it goes on, up to whose row",
    kept: "24 months after its end; the place among the accounts until its end, which takes hours",
    shown: "not shown: it says nothing about one person",
    erased: "ends by itself",
};

pub(super) const EXPORTS: PersonalData = PersonalData {
    category: "exports",
    stored_in: &[
        place(
            "accounts",
            "export",
            &[
                "id",
                "account",
                "status",
                "created_at",
                "turn",
                "tries",
                "due_at",
                "completed_at",
                "bytes",
                "sha256",
                "expires_at",
            ],
        ),
        place("bucket", "exports/", &[]).not_exported("it is the export"),
    ],
    purpose: "to give people a copy of all that is held about them",
    kept: "the archive 7 days, the row 30 days more",
    shown: "GET /v1/me/exports/{id}",
    erased: "ends by itself; DELETE /v1/me",
};

pub(super) const AGENDA: PersonalData = PersonalData {
    category: "agenda",
    stored_in: &[place("operations", "agenda", &["due_at", "task"]).not_exported(
        "the same id and time are in the account's `check_at` and in the `due_at` of exports and mails",
    )],
    purpose: "to look whether an account is still used, to send mail, and to go on with an erasure or \
              an export: ids and a time",
    kept: "as long as the account; of an erasure, until backups are gone",
    shown: "not shown",
    erased: "DELETE /v1/me, 7 days later",
};

pub(super) const ERASURES: PersonalData = PersonalData {
    category: "erasures",
    stored_in: &[place(
        "operations",
        "erasure",
        &[
            "id",
            "account",
            "aliases",
            "token_hash",
            "requested_at",
            "step",
            "last_pass",
            "counted_to",
            "deleted",
            "completed_at",
            "held",
            "acts_until",
            "due_at",
        ],
    )
    .not_exported("an account that is being erased makes no export; it has its receipt")],
    purpose: "to erase, to show that it was done, and to do it again after a restore",
    kept: "the account's id for 7 days, until backups are gone, or while an order keeps a copy; the rest, \
           which names nobody, for 3 years",
    shown: "GET /v1/erasures/{id}",
    erased: "ends by itself",
};
