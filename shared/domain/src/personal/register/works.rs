//! What people make, and what it is made from.

use super::place;
use crate::personal::{PersonalData, Withheld};

const REQUEST_HASH: &[Withheld] = &[Withheld {
    field: "request_hash",
    reason: "a fingerprint of the request, which is in the export itself",
}];

pub(super) const GENERATIONS: PersonalData = PersonalData {
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
};

pub(super) const REQUESTS: PersonalData = PersonalData {
    category: "requests",
    stored_in: &[
        place(
            "generations",
            "detail",
            &["generation", "account", "request", "labels", "understood", "uploaded_by"],
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
};

pub(super) const RESULTS: PersonalData = PersonalData {
    category: "results",
    stored_in: &[place("bucket", "results/", &[])],
    purpose: "to be fetched by the owner",
    kept: "7 days on the free plan, 30 on plus, 90 on premium",
    shown: "GET /v1/generations/{id}/files/{name}",
    erased: "DELETE /v1/generations/{id}, within 15 minutes; PATCH for an earlier end; DELETE /v1/me",
};

pub(super) const UPLOADS: PersonalData = PersonalData {
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
};

pub(super) const LEDGER: PersonalData = PersonalData {
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
};
