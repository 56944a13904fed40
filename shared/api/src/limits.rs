//! How often callers may ask, and how answers say so (`RateLimit` and `RateLimit-Policy`,
//! draft-ietf-httpapi-ratelimit-headers-10).

use std::{
    collections::HashMap,
    fmt,
    hash::Hash,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use http::{HeaderMap, HeaderValue, request::Parts};
use jiff::Timestamp;
use reverie_domain::{
    clock::Clock,
    rate::{Bucket, Policy, Standing},
};
use reverie_store::{
    accounts::{self, Asker, Requests},
    tables::Tables,
};

use crate::Problem;

/// How many requests a process counts by itself before it writes them to the account's bucket. A
/// write for each would cost more than most requests; so an account can ask this many times more
/// for each process that serves it.
const UNWRITTEN: u32 = 10;
/// How many accounts and addresses are remembered. Beyond, those with a full bucket are forgotten,
/// which loses nothing, and if there are none, all.
const REMEMBERED: usize = 10_000;

/// A limit for each account, and one for each API key. A bucket is a row that is read together with
/// the account.
#[derive(Debug)]
pub struct AccountLimit {
    account: Policy,
    key: Policy,
    seen: Mutex<HashMap<Asker, Seen>>,
}

/// What this process knows of a bucket, its own unwritten requests included.
#[derive(Debug, Clone, Copy)]
struct Seen {
    bucket: Bucket,
    unwritten: u32,
}

impl AccountLimit {
    /// This many requests a minute of an account, and of each of its API keys.
    #[must_use]
    pub fn per_minute(of_account: u32, of_key: u32) -> Self {
        Self {
            account: Policy::per_minute("account", of_account),
            key: Policy::per_minute("key", of_key),
            seen: Mutex::default(),
        }
    }

    const fn policy(&self, asker: &Asker) -> Policy {
        if asker.key_hash.is_some() { self.key } else { self.account }
    }

    /// Counts a request. `known` is the bucket as it was just read.
    ///
    /// # Errors
    /// If no token is left.
    pub(crate) async fn count(
        &self,
        tables: &dyn Tables,
        now: Timestamp,
        asker: &Asker,
        known: Option<Requests>,
    ) -> Result<Standing, Refused> {
        let policy = self.policy(asker);
        let Seen { bucket, unwritten } = self.take(now, asker, known.as_ref())?;
        if unwritten >= UNWRITTEN {
            match accounts::settle_requests(tables, now, asker, known, (unwritten, &policy)).await {
                Ok(true) => {}
                Ok(false) => self.keep_unwritten(asker, unwritten),
                Err(error) => {
                    // The request itself goes on; the next one tries again.
                    tracing::warn!(%error, "an account's requests were not written down");
                    self.keep_unwritten(asker, unwritten);
                }
            }
        }
        Ok(bucket.standing(now, policy))
    }

    /// Takes a token. Requests that come at once have all read the same row, so what this process
    /// has seen itself counts as well. Whoever hears of enough unwritten requests writes them.
    fn take(
        &self,
        now: Timestamp,
        asker: &Asker,
        known: Option<&Requests>,
    ) -> Result<Seen, Refused> {
        let policy = self.policy(asker);
        let mut seen = lock(&self.seen);
        make_room(&mut seen, |one| one.bucket.is_full(now));
        let mut one =
            seen.get(asker).copied().unwrap_or(Seen { bucket: Bucket::full(now), unwritten: 0 });
        if let Some(row) = known {
            one.bucket = one.bucket.max(row.bucket.less(now, one.unwritten, &policy));
        }
        one.bucket = taken(one.bucket, now, policy)?;
        one.unwritten += 1;
        let left = if one.unwritten >= UNWRITTEN { 0 } else { one.unwritten };
        seen.insert(asker.clone(), Seen { unwritten: left, ..one });
        Ok(one)
    }

    fn keep_unwritten(&self, asker: &Asker, requests: u32) {
        if let Some(one) = lock(&self.seen).get_mut(asker) {
            one.unwritten = one.unwritten.saturating_add(requests);
        }
    }
}

/// A limit for each network address, counted by each process alone. It keeps one client from
/// occupying a process; a limit over all of them is the firewall's.
pub struct AddressLimit {
    policy: Policy,
    clock: Arc<dyn Clock>,
    buckets: Mutex<HashMap<String, Bucket>>,
}

impl AddressLimit {
    /// This many requests a minute.
    #[must_use]
    pub fn per_minute(quota: u32, clock: Arc<dyn Clock>) -> Self {
        Self { policy: Policy::per_minute("address", quota), clock, buckets: Mutex::default() }
    }

    /// Counts a request.
    ///
    /// # Errors
    /// If no token is left.
    pub(crate) fn count(&self, address: &str) -> Result<Standing, Refused> {
        let now = self.clock.now();
        let mut buckets = lock(&self.buckets);
        make_room(&mut buckets, |bucket| bucket.is_full(now));
        let bucket = buckets.get(address).copied().unwrap_or(Bucket::full(now));
        let bucket = taken(bucket, now, self.policy)?;
        buckets.insert(address.to_owned(), bucket);
        Ok(bucket.standing(now, self.policy))
    }
}

fn make_room<K: Eq + Hash, V>(remembered: &mut HashMap<K, V>, is_full: impl Fn(&V) -> bool) {
    if remembered.len() >= REMEMBERED {
        remembered.retain(|_, one| !is_full(one));
    }
    if remembered.len() >= REMEMBERED {
        remembered.clear();
    }
}

impl fmt::Debug for AddressLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AddressLimit").field("policy", &self.policy).finish_non_exhaustive()
    }
}

fn taken(bucket: Bucket, now: Timestamp, policy: Policy) -> Result<Bucket, Refused> {
    let refused = |retry_after| Refused { standing: bucket.standing(now, policy), retry_after };
    bucket.take(now, &policy).map_err(refused)
}

/// No token was left.
#[derive(Debug)]
pub(crate) struct Refused {
    standing: Standing,
    /// Seconds until there is one.
    retry_after: u32,
}

impl From<Refused> for Problem {
    fn from(Refused { standing: Standing { policy, .. }, retry_after }: Refused) -> Self {
        let detail = format!("More than {} requests a minute. Please wait.", policy.quota);
        Self::too_many(&format!("limit.{}", policy.name), detail, retry_after)
    }
}

/// Where an extractor leaves what the answer's headers say.
#[derive(Debug, Clone, Default)]
pub(crate) struct Told(Arc<Mutex<Option<Standing>>>);

impl Told {
    /// The answer to this request will say it.
    pub(crate) fn tell(parts: &Parts, counted: &Result<Standing, Refused>) {
        let (Ok(standing) | Err(Refused { standing, .. })) = counted;
        if let Some(Self(told)) = parts.extensions.get() {
            *lock(told) = Some(*standing);
        }
    }

    /// Says it.
    pub(crate) fn write(&self, headers: &mut HeaderMap) {
        let Some(Standing { policy, remaining, full_in }) = *lock(&self.0) else { return };
        let (name, quota, window) = (policy.name, policy.quota, policy.window.as_secs());
        let fields = [
            ("ratelimit-policy", format!("\"{name}\";q={quota};w={window}")),
            ("ratelimit", format!("\"{name}\";r={remaining};t={full_in}")),
        ];
        for (field, text) in fields {
            if let Ok(value) = HeaderValue::from_str(&text) {
                headers.insert(field, value);
            }
        }
    }
}

fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}
