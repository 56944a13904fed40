//! The list itself.

use super::{PersonalData, Place, Withheld};

const SECRET: &[Withheld] = &[Withheld {
    field: "secret_hash",
    reason: "whoever has the hash of a secret could look for the secret",
}];
const REQUEST_HASH: &[Withheld] = &[Withheld {
    field: "request_hash",
    reason: "a fingerprint of the request, which is in the export itself",
}];
const MOMENTARY: &str = "it lasts a minute, and would be over when the export is read";
const FINDERS: &[Withheld] = &[
    Withheld { field: "subject_hash", reason: "a fingerprint of `provider` and `subject`" },
    Withheld { field: "email_hash", reason: "a fingerprint of `email`" },
];
const FINDER: &str = "it says nothing but where the identity is, which is in the export";
const HASHES: &[Withheld] = &[
    Withheld { field: "key_hash", reason: "a fingerprint of a key that the client chose" },
    Withheld { field: "request_hash", reason: "a fingerprint that only the service can compare" },
];

const fn place(store: &'static str, kind: &'static str, fields: &'static [&'static str]) -> Place {
    Place { store, kind, fields, withheld: &[], not_exported: None }
}

/// Everything Reverie stores about a person.
pub const REGISTER: &[PersonalData] = &[
    PersonalData {
        category: "account",
        stored_in: &[place(
            "accounts",
            "profile",
            &[
                "id",
                "kind",
                "plan",
                "wallet",
                "created_at",
                "check_at",
                "used_at",
                "noticed_at",
                "mail_stopped_at",
                "name",
                "email",
                "aliases",
                "joined",
                "erasure",
                "acknowledged",
            ],
        )],
        purpose: "to own generations and credits, to know what to call its owner, and which policies they have \
                  acknowledged",
        kept: "a guest's until 30 days after last use, after sign-in 3 years, to the day; 30 days before \
               that, the owner is told by mail",
        shown: "GET /v1/me",
        erased: "DELETE /v1/me, within about an hour",
    },
    PersonalData {
        category: "identities",
        stored_in: &[
            place(
                "accounts",
                "identity",
                &[
                    "account",
                    "provider",
                    "subject",
                    "subject_hash",
                    "email",
                    "email_hash",
                    "linked_at",
                ],
            )
            .without(FINDERS),
            place("accounts", "login", &["subject_hash", "account"]).not_exported(FINDER),
            place("accounts", "email", &["email_hash", "account"]).not_exported(FINDER),
        ],
        purpose: "to sign in: who a person is at the provider that they chose, and to find that by \
                  hashes",
        kept: "as long as the account",
        shown: "GET /v1/me/identities, without the hashes",
        erased: "DELETE /v1/me/identities/{provider}, DELETE /v1/me",
    },
    PersonalData {
        category: "sessions",
        stored_in: &[place(
            "accounts",
            "session",
            &[
                "id",
                "account",
                "secret_hash",
                "device_type",
                "system",
                "browser",
                "created_at",
                "last_used_at",
                "expires_at",
            ],
        )
        .without(SECRET)],
        purpose: "to stay signed in; the token is stored as a hash, the device in three words",
        kept: "30 days after last use, 180 days at most",
        shown: "GET /v1/sessions, without the hash",
        erased: "POST /v1/auth/logout, DELETE /v1/sessions, DELETE /v1/me",
    },
    PersonalData {
        category: "API keys",
        stored_in: &[place(
            "accounts",
            "key",
            &["id", "account", "name", "scopes", "secret_hash", "created_at", "last_used_at"],
        )
        .without(SECRET)],
        purpose: "to let the owner's programs in; the key is stored as a hash",
        kept: "until revoked",
        shown: "GET /v1/api-keys, without the hash",
        erased: "DELETE /v1/api-keys/{id}, DELETE /v1/me",
    },
    PersonalData {
        category: "rate",
        stored_in: &[
            place("accounts", "requests", &["account", "key_hash", "bucket"])
                .not_exported(MOMENTARY),
            place("operations", "allowance", &["account", "limit", "bucket"])
                .not_exported(MOMENTARY),
        ],
        purpose: "to limit how often an account and each of its API keys ask: one instant for each",
        kept: "a minute after last use",
        shown: "the RateLimit field of every answer",
        erased: "ends by itself; DELETE /v1/me",
    },
    PersonalData {
        category: "ledger",
        stored_in: &[
            place(
                "ledger",
                "wallet",
                &[
                    "id",
                    "plan",
                    "plan_period_end",
                    "bought",
                    "held",
                    "active",
                    "month",
                    "month_spent",
                    "state",
                    "caps",
                ],
            ),
            place(
                "ledger",
                "entry",
                &[
                    "id",
                    "wallet",
                    "number",
                    "created_at",
                    "kind",
                    "amount",
                    "balance_after",
                    "generation",
                    "reason",
                ],
            ),
            place(
                "ledger",
                "hold",
                &[
                    "generation",
                    "wallet",
                    "from_plan",
                    "from_bought",
                    "plan_period_end",
                    "state",
                    "created_at",
                    "resolved_at",
                ],
            ),
        ],
        purpose: "to account for credits; it names the wallet, and only the account names that",
        kept: "without end; after the account's erasure it is about nobody",
        shown: "GET /v1/credits, GET /v1/credits/transactions",
        erased: "DELETE /v1/me deletes the one link from a person to the wallet",
    },
    PersonalData {
        category: "generations",
        stored_in: &[place(
            "generations",
            "job",
            &[
                "id",
                "account",
                "wallet",
                "kind",
                "model",
                "seed",
                "seconds",
                "request_hash",
                "cached",
                "price",
                "charged",
                "plan",
                "status",
                "progress",
                "created_at",
                "started_at",
                "completed_at",
                "expires_by",
                "expires_at",
                "deadline",
                "epoch",
                "lease_until",
                "lost_leases",
                "resends",
                "send_at",
                "purges",
                "deleted_at",
                "failure",
                "files",
                "due_shard",
                "due_at",
                "queue",
                "queued_at",
            ],
        )
        .without(REQUEST_HASH)],
        purpose: "to make and list generations",
        kept: "until deleted by the owner, then as a mark for late workers",
        shown: "GET /v1/generations",
        erased: "DELETE /v1/generations/{id}, DELETE /v1/me",
    },
    PersonalData {
        category: "requests",
        stored_in: &[
            place(
                "generations",
                "detail",
                &["generation", "account", "request", "labels", "understood"],
            ),
            place(
                "generations",
                "quote",
                &["id", "account", "credits", "request", "model_version", "expires_at"],
            ),
            place("generations", "cache", &["account", "request_hash", "generation", "expires_at"])
                .without(REQUEST_HASH),
        ],
        purpose: "prompts and labels, to make and list generations; a hash of them, to answer the \
                  same request again",
        kept: "until the generation is deleted; quotes a day after they bind, the hash 24 hours",
        shown: "GET /v1/generations/{id}; of a quote, the answer that made it",
        erased: "DELETE /v1/generations/{id}, DELETE /v1/me; quotes and hashes end by themselves",
    },
    PersonalData {
        category: "results",
        stored_in: &[place("bucket", "results/", &[])],
        purpose: "to be fetched by the owner",
        kept: "7 days on the free plan, 30 on plus, 90 on premium",
        shown: "GET /v1/generations/{id}/files/{name}",
        erased: "DELETE /v1/generations/{id}, within 15 minutes; PATCH for an earlier end; DELETE /v1/me",
    },
    PersonalData {
        category: "uploads",
        stored_in: &[
            place(
                "generations",
                "upload",
                &[
                    "id",
                    "account",
                    "content_type",
                    "bytes",
                    "status",
                    "facts",
                    "rejection",
                    "created_at",
                    "expires_at",
                ],
            ),
            place("bucket", "uploads/", &[]),
        ],
        purpose: "to steer a generation",
        kept: "1 day, the row 2 days",
        shown: "GET /v1/uploads",
        erased: "DELETE /v1/uploads/{id}, DELETE /v1/me",
    },
    PersonalData {
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
    },
    PersonalData {
        category: "preferences",
        stored_in: &[place("accounts", "preferences", &["account", "preferences", "updated_at"])],
        purpose: "to begin as the person likes to",
        kept: "as long as the account",
        shown: "GET /v1/me/preferences",
        erased: "DELETE /v1/me",
    },
    PersonalData {
        category: "consents",
        stored_in: &[
            place("accounts", "consents", &["account", "generation", "decisions"]),
            place(
                "accounts",
                "consent",
                &[
                    "account",
                    "generation",
                    "purpose",
                    "granted",
                    "at",
                    "text_version",
                    "source",
                    "despite_signal",
                    "number",
                ],
            ),
        ],
        purpose: "to do only what was agreed to, and to show what was agreed to and when (GDPR, article 7(1))",
        kept: "as long as the account",
        shown: "GET /v1/me/consents",
        erased: "DELETE /v1/me",
    },
    PersonalData {
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
    },
    PersonalData {
        category: "mail",
        stored_in: &[place(
            "accounts",
            "mail",
            &["id", "account", "letter", "created_at", "due_at", "tries"],
        )],
        purpose: "to send what the person is to be told: which letter, and not its text",
        kept: "until it is sent, two days at most",
        shown: "GET /v1/me/data; sent to the address in GET /v1/me",
        erased: "ends by itself; DELETE /v1/me",
    },
    PersonalData {
        category: "new address",
        stored_in: &[place(
            "accounts",
            "new_email",
            &["account", "id", "email", "confirmed_at", "requests", "since", "expires_at"],
        )],
        purpose: "to see that mail to a new address arrives before it is used, and to limit such mails",
        kept: "24 hours",
        shown: "the answer to POST /v1/me/email, GET /v1/me/data",
        erased: "ends by itself; DELETE /v1/me",
    },
    PersonalData {
        category: "agenda",
        stored_in: &[place("operations", "agenda", &["due_at", "task"]).not_exported(
            "the same id and time are in the account's `check_at` and in the `due_at` of exports and mails",
        )],
        purpose: "to look whether an account is still used, to send mail, and to go on with an erasure or \
                  an export: ids and a time",
        kept: "as long as the account; of an erasure, until backups are gone",
        shown: "not shown",
        erased: "DELETE /v1/me, 7 days later",
    },
    PersonalData {
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
                "due_at",
            ],
        )
        .not_exported("an account that is being erased makes no export; it has its receipt")],
        purpose: "to erase, to show that it was done, and to do it again after a restore",
        kept: "the account's id for 7 days, until backups are gone; the rest, which names nobody, for 3 \
               years",
        shown: "GET /v1/erasures/{id}",
        erased: "ends by itself",
    },
    PersonalData {
        category: "operators' acts",
        stored_in: &[place(
            "operations",
            "operator_audit",
            &["number", "at", "operator", "action", "subject", "target"],
        )
        .not_exported("the log is the deployment's; whom a line is about is a hash")],
        purpose: "to show what operators did (GDPR, article 5(2)): the operator's id, and a hash of whom it is about",
        kept: "24 months",
        shown: "GET /v1/operator/audit, to operators",
        erased: "ends by itself",
    },
    PersonalData {
        category: "requests by mail",
        stored_in: &[place(
            "operations",
            "subject_request",
            &["id", "kind", "reference", "subject", "received_at", "due_at", "outcome", "closed_at"],
        )
        .not_exported("it has a reference to a mail and a hash, and nothing that names anybody")],
        purpose: "to answer what people ask for by mail within a month (GDPR, article 12(3))",
        kept: "24 months after the answer",
        shown: "the answer to the mail",
        erased: "ends by itself",
    },
    PersonalData {
        category: "address",
        stored_in: &[place(
            "operations",
            "guests",
            &["address_hash", "day", "count", "expires_at"],
        )
        .not_exported("nothing says which account came from the address")],
        purpose: "to limit the number of guests per network address, which is a keyed hash",
        kept: "2 days",
        shown: "not linked to an account",
        erased: "ends by itself",
    },
];
