use jiff::Timestamp;
use reverie_domain::{
    ids::AccountId,
    rate::{Bucket, Policy},
};
use serde::{Deserialize, Serialize};

use crate::{
    Record,
    record::write_over,
    tables::{Key, StoreError, Table, Tables},
};

/// Whose requests are counted.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Asker {
    /// The account's.
    pub account: AccountId,
    /// Only those of one API key: the hash of its secret.
    #[serde(default)]
    pub key_hash: Option<String>,
}

impl Asker {
    pub(super) fn key(&self) -> Key {
        let sk = match &self.key_hash {
            None => "requests".to_owned(),
            Some(hash) => format!("requests#{hash}"),
        };
        Key::new(Table::Accounts, self.account, sk)
    }
}

/// How much somebody asks for: a row that ends when the bucket is full again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Requests {
    /// Whose requests.
    #[serde(flatten)]
    pub asker: Asker,
    /// What is left of the quota.
    pub bucket: Bucket,
    /// Counts the row's changes.
    pub version: u64,
}

impl Record for Requests {
    fn key(&self) -> Key {
        self.asker.key()
    }

    fn version(&self) -> u64 {
        self.version
    }

    fn ends_at(&self) -> Option<Timestamp> {
        Some(self.bucket.full_at())
    }
}

/// Writes down that `tokens` more were taken from a bucket, of which `known` was read.
/// `false` if others wrote at the same time, twice.
///
/// # Errors
/// [`StoreError`].
pub async fn settle_requests(
    tables: &dyn Tables,
    now: Timestamp,
    asker: &Asker,
    mut known: Option<Requests>,
    (tokens, policy): (u32, &Policy),
) -> Result<bool, StoreError> {
    for _ in 0..2 {
        let bucket = known.as_ref().map_or(Bucket::full(now), |row| row.bucket);
        let version = known.as_ref().map_or(0, |row| row.version) + 1;
        let next =
            Requests { asker: asker.clone(), bucket: bucket.less(now, tokens, policy), version };
        match write_over(tables, known.as_ref(), &next).await? {
            Ok(()) => return Ok(true),
            Err(present) => known = present,
        }
    }
    Ok(false)
}
