//! What operators leave.

use super::place;
use crate::personal::PersonalData;

pub(super) const OPERATORS_ACTS: PersonalData = PersonalData {
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
};

pub(super) const USAGE: PersonalData = PersonalData {
    category: "usage figures",
    stored_in: &[
        place("operations", "usage", &["number", "day", "kind", "words"])
            .not_exported(ABOUT_NOBODY),
        place("operations", "usage_day", &["day", "kinds", "closed"]).not_exported(ABOUT_NOBODY),
    ],
    purpose: "to know how many works are made, with which settings, how long they take and how they end: \
              counts of each day, without identity",
    kept: "24 months; until it is added to its day, which takes minutes, what was counted of a work is a \
           row by itself, with a random number",
    shown: "GET /v1/operator/stats, to operators: days that are over, and nothing of fewer than 5 works",
    erased: "ends by itself; nothing in it says whose a work was",
};

const ABOUT_NOBODY: &str = "it is about nobody: nothing leads from it to a work or an account";

pub(super) const REQUESTS_BY_MAIL: PersonalData = PersonalData {
    category: "requests by mail",
    stored_in: &[
        place(
            "operations",
            "subject_request",
            &[
                "id",
                "kind",
                "reference",
                "subject",
                "received_at",
                "due_at",
                "extension",
                "extended_at",
                "outcome",
                "closed_at",
            ],
        )
        .not_exported("it has a reference to a mail and a hash, and nothing that names anybody"),
        place("operations", "subject_request_open", &["id", "due_at", "closed_at"])
            .not_exported("it names a request until that is answered, and nobody"),
    ],
    purpose: "to answer what people ask for by mail within a month (GDPR, article 12(3))",
    kept: "24 months after the answer",
    shown: "the answer to the mail",
    erased: "ends by itself",
};

const ORDERED: &str = "an order can forbid to tell the person of it";

pub(super) const LEGAL_HOLDS: PersonalData = PersonalData {
    category: "legal holds",
    stored_in: &[
        place(
            "operations",
            "legal_hold",
            &[
                "id",
                "account",
                "subject",
                "kind",
                "reference",
                "reason",
                "secret",
                "source",
                "state",
                "proposed_at",
                "proposed_by",
                "confirmed_at",
                "confirmed_by",
                "released_at",
                "released_by",
                "sha256",
                "due_at",
            ],
        )
        .not_exported(ORDERED),
        place("operations", "held", &["account", "holds", "erasure"]).not_exported(ORDERED),
        place(
            "operations",
            "legal_hold_copy",
            &[
                "id",
                "account",
                "hold",
                "status",
                "created_at",
                "turn",
                "tries",
                "due_at",
                "completed_at",
                "bytes",
                "sha256",
            ],
        )
        .not_exported(ORDERED),
        place("bucket", "holds/", &[]).not_exported("it is an export that an order keeps"),
    ],
    purpose: "to do what a court or an authority orders (GDPR, article 6(1)(c)): to keep a copy of all that \
              is held about an account, or to hand it over; nobody uses it for anything else",
    kept: "until the order is released, a proposal 7 days; after that for 24 months who ordered what and \
           why, the operators' ids, the copy's checksum, and a hash of whom it was about",
    shown: "the receipt of an erasure, unless the order forbids it; the operators' answer to a mail",
    erased: "with the copy, when the order is released; an erasure that was asked for is completed then",
};
