use std::{fmt, sync::Arc};

use hmac::{Hmac, Mac};
use jiff::Timestamp;
use reverie_domain::{clock::Clock, credits::Credits, ids::AccountId, policy::Policies};
use reverie_store::tables::Tables;
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;

use crate::{AccountLimit, Positions};

/// What every HTTP function needs. Built once per process.
#[derive(Clone)]
pub struct App {
    /// The tables.
    pub tables: Arc<dyn Tables>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// The deployment's settings.
    pub settings: Arc<Settings>,
    /// What is known of the queues.
    pub positions: Arc<Positions>,
    /// How often an account may ask.
    pub requests: Arc<AccountLimit>,
}

impl fmt::Debug for App {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("App").field("settings", &self.settings).finish_non_exhaustive()
    }
}

/// A deployment's settings.
#[derive(Debug)]
pub struct Settings {
    /// The origin that people see, such as `https://reverie.example`, without a slash at its end.
    pub public_origin: String,
    /// The key of keyed hashes: client addresses and idempotent request bodies.
    pub hash_secret: SecretString,
    /// The allowance of a new guest.
    pub guest_credits: Credits,
    /// How many guests one address may make in a day.
    pub guests_per_address: u32,
    /// The accounts of operators. Nothing but the configuration makes one.
    pub operators: Vec<AccountId>,
    /// The versions of the policies.
    pub policies: Policies,
}

impl App {
    /// The present.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }
}

impl Settings {
    /// A hash that only this deployment can compute, in hex. `purpose` keeps the hashes of
    /// different uses apart.
    #[must_use]
    pub fn keyed_hash(&self, purpose: &str, data: &[u8]) -> String {
        hex::encode(self.mac(purpose, data).finalize().into_bytes())
    }

    /// Whether that is the hash of it, in a time that does not tell how much of it is right.
    #[must_use]
    pub fn is_keyed_hash(&self, purpose: &str, data: &[u8], hash: &str) -> bool {
        let bytes = hex::decode(hash).unwrap_or_default();
        self.mac(purpose, data).verify_slice(&bytes).is_ok()
    }

    fn mac(&self, purpose: &str, data: &[u8]) -> Hmac<Sha256> {
        let key = self.hash_secret.expose_secret().as_bytes();
        // HMAC takes keys of every length.
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { unreachable!() };
        mac.update(purpose.as_bytes());
        mac.update(&[0]);
        mac.update(data);
        mac
    }

    /// Whether the public origin is plain http, as on a laptop; cookies are then not `Secure`.
    #[must_use]
    pub fn is_plain_http(&self) -> bool {
        self.public_origin.starts_with("http://")
    }
}
