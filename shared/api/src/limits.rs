//! How often callers may ask, and how answers say so (`RateLimit` and `RateLimit-Policy`,
//! draft-ietf-httpapi-ratelimit-headers-10).

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use http::{HeaderMap, HeaderValue, request::Parts};
use jiff::Timestamp;
use reverie_domain::{
    clock::Clock,
    ids::AccountId,
    rate::{Bucket, Policy, Standing},
};
use reverie_store::{
    accounts::{self, Requests},
    tables::Tables,
};

use crate::Problem;

/// How many requests a process counts by itself before it writes them to the account's bucket. A
/// write for each would cost more than most requests; so an account can ask this many times more
/// for each process that serves it.
const UNWRITTEN: u32 = 10;
/// How many accounts and addresses are remembered; beyond, what matters least is forgotten.
const REMEMBERED: usize = 10_000;

/// A limit for each account. The bucket is a row that is read together with the account.
#[derive(Debug)]
pub struct AccountLimit {
    policy: Policy,
    unwritten: Mutex<HashMap<AccountId, u32>>,
}

impl AccountLimit {
    /// This many requests a minute.
    #[must_use]
    pub fn per_minute(quota: u32) -> Self {
        Self { policy: Policy::per_minute("account", quota), unwritten: Mutex::default() }
    }

    /// Counts a request. `known` is the bucket as it was just read.
    ///
    /// # Errors
    /// If no token is left.
    pub(crate) async fn count(
        &self,
        tables: &dyn Tables,
        now: Timestamp,
        account: AccountId,
        known: Option<Requests>,
    ) -> Result<Standing, Refused> {
        let written = known.as_ref().map_or(Bucket::full(now), |row| row.bucket);
        let unwritten = lock(&self.unwritten).get(&account).copied().unwrap_or(0);
        let bucket = written.less(now, unwritten, &self.policy);
        let bucket = taken(bucket, now, self.policy)?;
        let tokens = unwritten + 1;
        if tokens < UNWRITTEN {
            self.remember(account, tokens);
        } else {
            // Two requests at once may both see the last token; what is counted is what is written.
            lock(&self.unwritten).remove(&account);
            let spent = (tokens, &self.policy);
            match accounts::settle_requests(tables, now, account, known, spent).await {
                Ok(true) => {}
                Ok(false) => self.remember(account, UNWRITTEN - 1),
                Err(error) => {
                    // The request itself goes on; the next one tries again.
                    self.remember(account, UNWRITTEN - 1);
                    tracing::warn!(%error, "an account's requests were not written down");
                }
            }
        }
        Ok(bucket.standing(now, self.policy))
    }

    fn remember(&self, account: AccountId, tokens: u32) {
        let mut unwritten = lock(&self.unwritten);
        if unwritten.len() >= REMEMBERED {
            unwritten.clear();
        }
        unwritten.insert(account, tokens);
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
        if buckets.len() >= REMEMBERED {
            buckets.retain(|_, bucket| !bucket.is_full(now));
        }
        if buckets.len() >= REMEMBERED {
            buckets.clear();
        }
        let bucket = buckets.get(address).copied().unwrap_or(Bucket::full(now));
        let bucket = taken(bucket, now, self.policy)?;
        buckets.insert(address.to_owned(), bucket);
        Ok(bucket.standing(now, self.policy))
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
