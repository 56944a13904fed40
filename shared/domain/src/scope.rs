//! What an API key may do. A session may do everything, and some things only a session may.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// One thing that an API key may be allowed to do.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
pub enum Scope {
    /// See the account.
    #[serde(rename = "account:read")]
    AccountRead,
    /// See the balance and the transactions.
    #[serde(rename = "credits:read")]
    CreditsRead,
    /// See generations, their events and files.
    #[serde(rename = "generations:read")]
    GenerationsRead,
    /// Quote, submit, change, cancel and delete generations; it spends credits.
    #[serde(rename = "generations:write")]
    GenerationsWrite,
    /// See uploads.
    #[serde(rename = "uploads:read")]
    UploadsRead,
    /// Upload and delete references.
    #[serde(rename = "uploads:write")]
    UploadsWrite,
}

impl Scope {
    /// All scopes.
    pub const ALL: [Self; 6] = [
        Self::AccountRead,
        Self::CreditsRead,
        Self::GenerationsRead,
        Self::GenerationsWrite,
        Self::UploadsRead,
        Self::UploadsWrite,
    ];

    /// Its name in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::AccountRead => "account:read",
            Self::CreditsRead => "credits:read",
            Self::GenerationsRead => "generations:read",
            Self::GenerationsWrite => "generations:write",
            Self::UploadsRead => "uploads:read",
            Self::UploadsWrite => "uploads:write",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_in_json() {
        for scope in Scope::ALL {
            assert_eq!(serde_json::to_value(scope).unwrap(), scope.name());
        }
    }
}
