//! Who somebody is, what lets them in, and what they chose.

use super::place;
use crate::personal::{PersonalData, Withheld};

const SECRET: &[Withheld] = &[Withheld {
    field: "secret_hash",
    reason: "whoever has the hash of a secret could look for the secret",
}];
const FINDERS: &[Withheld] = &[
    Withheld { field: "subject_hash", reason: "a fingerprint of `provider` and `subject`" },
    Withheld { field: "email_hash", reason: "a fingerprint of `email`" },
];
const FINDER: &str = "it says nothing but where the identity is, which is in the export";

pub(super) const ACCOUNT: PersonalData = PersonalData {
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
            "operated",
        ],
    )],
    purpose: "to own generations and credits, to know what to call its owner, and which policies they have \
              acknowledged",
    kept: "a guest's until 30 days after last use, after sign-in 3 years, to the day; 30 days before \
           that, the owner is told by mail",
    shown: "GET /v1/me",
    erased: "DELETE /v1/me, within about an hour",
};

pub(super) const IDENTITIES: PersonalData = PersonalData {
    category: "identities",
    stored_in: &[
        place(
            "accounts",
            "identity",
            &["account", "provider", "subject", "subject_hash", "email", "email_hash", "linked_at"],
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
};

pub(super) const NEW_ADDRESS: PersonalData = PersonalData {
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
};

pub(super) const SESSIONS: PersonalData = PersonalData {
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
    kept: "30 days after last use; of people who signed in 180 days at most",
    shown: "GET /v1/sessions, without the hash",
    erased: "POST /v1/auth/logout, DELETE /v1/sessions, DELETE /v1/me",
};

pub(super) const API_KEYS: PersonalData = PersonalData {
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
};

pub(super) const PREFERENCES: PersonalData = PersonalData {
    category: "preferences",
    stored_in: &[place("accounts", "preferences", &["account", "preferences", "updated_at"])],
    purpose: "to begin as the person likes to",
    kept: "as long as the account",
    shown: "GET /v1/me/preferences",
    erased: "DELETE /v1/me",
};

pub(super) const CONSENTS: PersonalData = PersonalData {
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
};
