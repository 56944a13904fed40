//! The port to whoever delivers mail.

use std::fmt;

use async_trait::async_trait;
use reverie_domain::ids::AccountId;

use crate::tables::StoreError;

/// A mail on its way out.
#[derive(Clone, PartialEq, Eq)]
pub struct Outgoing {
    /// The address that sends.
    pub from: String,
    /// The address that it is for.
    pub to: String,
    /// Whose address that is. It comes back with a bounce or a complaint; the recipient does not see it.
    pub account: AccountId,
    /// The whole message (RFC 5322).
    pub message: Vec<u8>,
}

impl fmt::Debug for Outgoing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outgoing").finish_non_exhaustive()
    }
}

/// Delivers mail.
#[async_trait]
pub trait Mailer: Send + Sync {
    /// Hands a mail over. After a failure it may have been handed over all the same. The error has
    /// nothing personal in it.
    async fn send(&self, mail: &Outgoing) -> Result<(), StoreError>;
}
