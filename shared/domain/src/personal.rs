//! The one list of personal data: which rows and objects hold it, why, and until when.
//!
//! Export, erasure and the policy register are made from this list, so a field that is not here
//! must not be stored.

/// One category of personal data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PersonalData {
    /// What it is.
    pub category: &'static str,
    /// Where it is stored.
    pub stored_in: &'static str,
    /// Why.
    pub purpose: &'static str,
    /// When it goes.
    pub kept: &'static str,
}

/// Everything Reverie stores about a person.
pub const REGISTER: &[PersonalData] = &[
    PersonalData {
        category: "account",
        stored_in: "accounts: profile",
        purpose: "to own generations and credits",
        kept: "guests: 30 days after last use",
    },
    PersonalData {
        category: "sessions",
        stored_in: "accounts: session",
        purpose: "to stay signed in; the token is stored as a hash, the device in three words",
        kept: "30 days after last use, 180 days at most",
    },
    PersonalData {
        category: "API keys",
        stored_in: "accounts: key",
        purpose: "to let the owner's programs in; the key is stored as a hash",
        kept: "until revoked, or with the account",
    },
    PersonalData {
        category: "rate",
        stored_in: "accounts: requests, one instant for the account and one for each API key",
        purpose: "to limit how often they ask",
        kept: "a minute after last use",
    },
    PersonalData {
        category: "ledger",
        stored_in: "ledger: wallet, entry, hold, grant",
        purpose: "to account for credits",
        kept: "with the account",
    },
    PersonalData {
        category: "requests",
        stored_in: "generations: job, detail, quote, cache",
        purpose: "to make and list generations; prompts are in `detail` and `quote`, hashes of \
                  requests in `job` and `cache`",
        kept: "until deleted by the owner, or with the account; quotes 30 minutes, cache 24 hours",
    },
    PersonalData {
        category: "results",
        stored_in: "bucket: results/",
        purpose: "to be fetched by the owner",
        kept: "the plan's retention, or until deleted",
    },
    PersonalData {
        category: "uploads",
        stored_in: "generations: upload; bucket: uploads/",
        purpose: "to steer a generation",
        kept: "1 day",
    },
    PersonalData {
        category: "address",
        stored_in: "operations: guest limit, as a keyed hash",
        purpose: "to limit the number of guests per address",
        kept: "2 days",
    },
];
