//! Prefixed identifiers: a UUIDv7 in plain hex behind a prefix that says what it names.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use thiserror::Error;
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{ObjectBuilder, RefOr, Schema, schema::Type},
};
use uuid::Uuid;

/// Text that is not an identifier of the expected kind.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("expected an id such as {prefix}0190…, with 32 lower-case hex digits")]
pub struct ParseIdError {
    prefix: &'static str,
}

fn parse(prefix: &'static str, text: &str) -> Result<Uuid, ParseIdError> {
    let error = ParseIdError { prefix };
    let hex = text.strip_prefix(prefix).ok_or(error.clone())?;
    let canonical = hex.len() == 32 && hex.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    if !canonical {
        return Err(error);
    }
    Uuid::try_parse(hex).map_err(|_| error)
}

macro_rules! id {
    ($name:ident, $prefix:literal, $doc:literal) => {
        #[doc = $doc]
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Uuid);

        impl $name {
            /// What every id of this kind begins with.
            pub const PREFIX: &'static str = $prefix;

            /// A new id; ids made later sort later (to the millisecond).
            #[must_use]
            #[expect(clippy::new_without_default, reason = "each call gives another id")]
            pub fn new() -> Self {
                Self(crate::random::uuid())
            }

            /// The id around a known UUID, for ids derived from other data.
            #[must_use]
            pub const fn from_uuid(uuid: Uuid) -> Self {
                Self(uuid)
            }

            /// The UUID inside.
            #[must_use]
            pub const fn uuid(self) -> Uuid {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}{}", $prefix, self.0.simple())
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl FromStr for $name {
            type Err = ParseIdError;

            fn from_str(text: &str) -> Result<Self, ParseIdError> {
                parse($prefix, text).map(Self)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                ObjectBuilder::new()
                    .schema_type(Type::String)
                    .pattern(Some(concat!("^", $prefix, "[0-9a-f]{32}$")))
                    .description(Some($doc))
                    .into()
            }
        }

        impl ToSchema for $name {}

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                text.parse().map_err(de::Error::custom)
            }
        }
    };
}

id!(AccountId, "usr_", "An account, of a guest or of a person who signed in.");
id!(GenerationId, "gen_", "A generation: one job and its results.");
id!(UploadId, "upl_", "A file that a person uploads as reference.");
id!(TransactionId, "txn_", "A line of the credit ledger.");
id!(QuoteId, "quo_", "A binding price for one request.");
id!(SessionId, "ses_", "A session of one account on one device.");
id!(KeyId, "key_", "An API key of one account.");
id!(ErasureId, "era_", "The erasure of an account.");
id!(ExportId, "exp_", "An archive of all that is held about an account.");
id!(LegalHoldId, "lgh_", "An order to freeze or hand over what is held about an account.");
id!(SubjectRequestId, "sbr_", "What somebody asked for by mail.");
id!(MailId, "eml_", "A mail to the person who has an account.");
id!(MailingId, "mlg_", "A letter to many people.");
id!(WalletId, "wal_", "A wallet; the ledger knows wallets, not accounts.");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_round_trips() {
        let id = GenerationId::new();
        assert_eq!(id.to_string().parse(), Ok(id));
        assert_eq!(serde_json::from_value::<GenerationId>(serde_json::json!(id)).unwrap(), id);
    }

    #[test]
    fn other_kinds_and_other_spellings_are_refused() {
        let id = GenerationId::new().to_string();
        assert!(id.parse::<QuoteId>().is_err());
        assert!(id.to_uppercase().parse::<GenerationId>().is_err());
        assert!(format!("{id}0").parse::<GenerationId>().is_err());
        assert!("gen_".parse::<GenerationId>().is_err());
        assert!("gen_{0190b5d8-0000-7000-8000-000000000000}".parse::<GenerationId>().is_err());
    }

    #[test]
    fn later_ids_sort_later() {
        let ids: Vec<_> = (0..100).map(|_| GenerationId::new()).collect();
        assert!(ids.is_sorted());
        assert!(ids.iter().map(ToString::to_string).collect::<Vec<_>>().is_sorted());
    }
}
