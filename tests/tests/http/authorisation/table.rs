//! Who may do what: one row for every operation of the document.

/// The callers, in the order of the columns. The key is one of the owner's that has every scope but the
/// operation's. The operator is a person with an account, too.
pub(super) const CALLERS: [&str; 6] =
    ["nobody", "guest", "owner", "stranger", "key without scope", "operator"];

const OPEN: [&str; 6] = ["2xx", "2xx", "2xx", "2xx", "2xx", "2xx"];
/// Everybody has their own.
const MINE: [&str; 6] = ["401", "2xx", "2xx", "2xx", "403", "2xx"];
/// A thing of the owner's: for others it does not exist.
const ONLY_OWNER: [&str; 6] = ["401", "404", "2xx", "404", "403", "404"];
const ONLY_OWNER_FILE: [&str; 6] = ["401", "404", "3xx", "404", "403", "404"];

/// Whoever has signed in: the stranger is a guest, too.
const ONLY_USERS: [&str; 6] = ["401", "409", "2xx", "409", "403", "2xx"];

/// Whoever has the receipt's token; tokens of accounts are no such thing.
const ONLY_RECEIPT: [&str; 6] = ["401", "401", "2xx", "401", "401", "401"];

/// Whom the configuration names; for everybody else it is the same whether a thing is there.
const ONLY_OPERATORS: [&str; 6] = ["401", "403", "403", "403", "403", "2xx"];

/// A browser goes on, whoever it is; API keys have nothing to do there.
const REDIRECT: [&str; 6] = ["3xx", "3xx", "3xx", "3xx", "403", "3xx"];
/// Only with a cookie that none of them has.
const NOTHING_PENDING: [&str; 6] = ["404", "404", "404", "404", "403", "404"];

/// What each of [`CALLERS`] gets.
pub(super) const TABLE: &[(&str, [&str; 6])] = &[
    ("GET /", OPEN),
    ("GET /.well-known/gpc.json", OPEN),
    ("GET /.well-known/jwks.json", OPEN),
    ("GET /healthz", OPEN),
    ("GET /v1/api-keys", MINE),
    ("POST /v1/api-keys", MINE),
    ("DELETE /v1/api-keys/{id}", ONLY_OWNER),
    ("POST /v1/auth/logout", MINE),
    ("GET /v1/auth/pending", OPEN),
    ("POST /v1/auth/pending", NOTHING_PENDING),
    ("GET /v1/auth/providers", OPEN),
    ("GET /v1/auth/{provider}/callback", REDIRECT),
    ("GET /v1/auth/{provider}/login", ["3xx"; 6]),
    ("GET /v1/credits", MINE),
    ("GET /v1/credits/transactions", MINE),
    ("GET /v1/erasures/{id}", ONLY_RECEIPT),
    ("GET /v1/generations", MINE),
    ("POST /v1/generations", MINE),
    ("GET /v1/generations/{id}", ONLY_OWNER),
    ("PATCH /v1/generations/{id}", ONLY_OWNER),
    ("DELETE /v1/generations/{id}", ONLY_OWNER),
    ("POST /v1/generations/{id}/cancel", ONLY_OWNER),
    ("GET /v1/generations/{id}/events", ONLY_OWNER),
    ("GET /v1/generations/{id}/files/{name}", ONLY_OWNER_FILE),
    ("POST /v1/guests", OPEN),
    ("GET /v1/me", MINE),
    ("PATCH /v1/me", MINE),
    ("DELETE /v1/me", MINE),
    // In this order: another request ends the link of the one before.
    ("PUT /v1/me/email", ONLY_OWNER),
    ("POST /v1/me/email", ONLY_USERS),
    ("GET /v1/me/identities", MINE),
    ("DELETE /v1/me/identities/{provider}", ONLY_OWNER),
    ("GET /v1/me/consents", MINE),
    ("PUT /v1/me/consents", MINE),
    ("GET /v1/me/data", MINE),
    ("GET /v1/me/limits", MINE),
    ("PUT /v1/me/limits", MINE),
    ("GET /v1/me/preferences", MINE),
    ("PUT /v1/me/preferences", MINE),
    ("POST /v1/me/exports", MINE),
    ("GET /v1/me/exports/{id}", ONLY_OWNER),
    ("GET /v1/models", OPEN),
    ("GET /v1/openapi.json", OPEN),
    ("GET /v1/operator/audit", ONLY_OPERATORS),
    ("GET /v1/operator/legal-holds", ONLY_OPERATORS),
    ("POST /v1/operator/legal-holds", ONLY_OPERATORS),
    ("GET /v1/operator/legal-holds/{id}", ONLY_OPERATORS),
    ("POST /v1/operator/legal-holds/{id}/confirm", ONLY_OPERATORS),
    ("POST /v1/operator/legal-holds/{id}/release", ONLY_OPERATORS),
    ("GET /v1/operator/mailings", ONLY_OPERATORS),
    ("POST /v1/operator/mailings", ONLY_OPERATORS),
    ("POST /v1/operator/mailings/{id}/stop", ONLY_OPERATORS),
    ("GET /v1/operator/stats", ONLY_OPERATORS),
    ("GET /v1/operator/subject-requests", ONLY_OPERATORS),
    ("POST /v1/operator/subject-requests", ONLY_OPERATORS),
    ("PUT /v1/operator/subject-requests/{id}/extension", ONLY_OPERATORS),
    ("PATCH /v1/operator/subject-requests/{id}", ONLY_OPERATORS),
    ("GET /v1/policies", OPEN),
    ("GET /v1/policies/{version}", OPEN),
    ("POST /v1/policies/{version}/acknowledgement", MINE),
    ("POST /v1/quotes", MINE),
    ("POST /v1/sketches", MINE),
    ("GET /v1/sessions", MINE),
    ("DELETE /v1/sessions", MINE),
    ("DELETE /v1/sessions/{id}", ONLY_OWNER),
    ("POST /v1/unsubscribe/{token}", OPEN),
    ("GET /v1/uploads", MINE),
    ("POST /v1/uploads", MINE),
    ("GET /v1/uploads/{id}", ONLY_OWNER),
    ("DELETE /v1/uploads/{id}", ONLY_OWNER),
    ("POST /v1/uploads/{id}/complete", ONLY_OWNER),
];
