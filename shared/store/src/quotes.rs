//! Binding prices.

use jiff::{SignedDuration, Timestamp};
use reverie_domain::{
    credits::Credits,
    ids::{AccountId, QuoteId},
    request::CanonicalRequest,
};
use serde::{Deserialize, Serialize};

use crate::{
    Record,
    record::get,
    tables::{Key, StoreError, Table, Tables},
};

/// How long a quote binds.
pub const QUOTE_VALIDITY: SignedDuration = SignedDuration::from_mins(30);

/// A quote's row.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Quote {
    /// The quote's id.
    pub id: QuoteId,
    /// Whose it is.
    pub account: AccountId,
    /// The price.
    pub credits: Credits,
    /// What it is the price of.
    pub request: CanonicalRequest,
    /// The model version that was quoted.
    pub model_version: String,
    /// Until when it binds.
    pub expires_at: Timestamp,
}

impl Record for Quote {
    fn key(&self) -> Key {
        quote_key(self.account, self.id)
    }

    fn ends_at(&self) -> Option<Timestamp> {
        // Kept past its validity, so that a late submission hears that it expired.
        Some(self.expires_at + SignedDuration::from_hours(24))
    }
}

/// The quote of this account.
///
/// # Errors
/// [`StoreError`].
pub async fn find(
    tables: &dyn Tables,
    account: AccountId,
    id: QuoteId,
) -> Result<Option<Quote>, StoreError> {
    get(tables, quote_key(account, id)).await
}

pub(crate) fn quote_key(account: AccountId, id: QuoteId) -> Key {
    Key::new(Table::Generations, account, format!("quote#{id}"))
}
