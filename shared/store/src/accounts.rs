//! Accounts, what opens them, and how much they ask for.

mod api_keys;
mod credentials;
mod identities;
mod new_email;
mod requests;
mod sessions;

use std::collections::BTreeMap;

use jiff::Timestamp;
use reverie_domain::{
    consent::Consents,
    ids::{AccountId, ErasureId, WalletId},
    plan::Plan,
};
use serde::{Deserialize, Serialize};

use crate::{
    Record,
    consents::own_consents_key,
    record::{from_maybe, from_row},
    tables::{Key, StoreError, Table, Tables},
};

pub use api_keys::{API_KEYS, ApiKey, api_keys, revoke_api_keys};
pub use identities::{
    Email, IDENTITIES, Identity, Login, email_holders, identities, logged_in_by, unlink,
};
pub use new_email::{EMAIL_REQUESTS, EMAIL_VALIDITY, NewEmail, new_email};
pub use requests::{Asker, Requests, settle_requests};
pub use sessions::{ABSOLUTE, Device, IDLE, Session, end_sessions, sessions};

/// Who stands behind an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccountKind {
    /// Nobody we know.
    Guest,
    /// Somebody who has signed in.
    User,
}

/// An account's row. It alone links the account to its wallet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// The account's id.
    pub id: AccountId,
    /// Who stands behind it.
    pub kind: AccountKind,
    /// Its plan.
    pub plan: Plan,
    /// Its wallet.
    pub wallet: WalletId,
    /// When it was made.
    pub created_at: Timestamp,
    /// When the housekeeper looks whether it is still used; part of the key in its agenda.
    #[serde(default)]
    pub check_at: Option<Timestamp>,
    /// The last use that the housekeeper or a sign-in has seen: sessions end long before an account does.
    #[serde(default)]
    pub used_at: Option<Timestamp>,
    /// When its owner was told that it ends because nobody uses it.
    #[serde(default)]
    pub noticed_at: Option<Timestamp>,
    /// Since when no mail is sent to `email`: mail came back from there, or was complained about.
    #[serde(default)]
    pub mail_stopped_at: Option<Timestamp>,
    /// What the person is called, as the provider said or as they corrected it.
    #[serde(default)]
    pub name: Option<String>,
    /// Their confirmed address.
    #[serde(default)]
    pub email: Option<String>,
    /// Guests that became this account by signing in: their history is read with it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<AccountId>,
    /// Of a guest that became another account: which. Nobody is let in by the guest's own tokens.
    #[serde(default)]
    pub joined: Option<AccountId>,
    /// The erasure that is under way. From then on nobody is let in.
    #[serde(default)]
    pub erasure: Option<ErasureId>,
    /// The versions of the policies that its owner has acknowledged, and when. Those of a guest that joined
    /// stay the guest's.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub acknowledged: BTreeMap<String, Timestamp>,
    /// Whether it has acted as an operator: then the log of that keeps its id beyond an erasure.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub operated: bool,
    /// Counts the row's changes.
    pub version: u64,
}

impl Record for Account {
    fn key(&self) -> Key {
        account_key(self.id)
    }

    fn version(&self) -> u64 {
        self.version
    }
}

impl Account {
    /// The row as its next version. Whatever must not happen twice, or not beside something else of
    /// the account, is written together with it.
    #[must_use]
    pub fn next(&self) -> Self {
        Self { version: self.version + 1, ..self.clone() }
    }

    /// A new account with nothing in it yet.
    #[must_use]
    pub fn open(now: Timestamp, kind: AccountKind, check_at: Timestamp) -> Self {
        Self {
            id: AccountId::new(),
            kind,
            plan: Plan::Free,
            wallet: WalletId::new(),
            created_at: now,
            check_at: Some(check_at),
            used_at: None,
            noticed_at: None,
            mail_stopped_at: None,
            name: None,
            email: None,
            aliases: Vec::new(),
            joined: None,
            erasure: None,
            acknowledged: BTreeMap::new(),
            operated: false,
            version: 1,
        }
    }

    /// Whose things it may read and change: its own, and those of the guests that became it.
    pub fn owners(&self) -> Vec<AccountId> {
        std::iter::once(&self.id).chain(&self.aliases).copied().collect()
    }

    /// Where mail reaches its owner; `None` of guests, and if it does not.
    #[must_use]
    pub fn mail_address(&self) -> Option<&str> {
        self.email.as_deref().filter(|_| self.mail_stopped_at.is_none())
    }

    /// Whether anybody may be let in.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        self.erasure.is_none() && self.joined.is_none()
    }
}

/// What kind of secret a token carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CredentialKind {
    /// Of a session.
    Session,
    /// Of an API key.
    ApiKey,
}

/// What a token stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Credential {
    /// Somebody on a device.
    Session(Session),
    /// A program.
    ApiKey(ApiKey),
}

impl Credential {
    /// Writes down that it was used, if the last time that was written is long ago. A lost race
    /// means that somebody else did.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn keep_alive(
        &self,
        tables: &dyn Tables,
        now: Timestamp,
        kind: AccountKind,
    ) -> Result<(), StoreError> {
        match self {
            Self::Session(session) => touch(tables, session, session.used(now, kind)).await,
            Self::ApiKey(key) => touch(tables, key, key.used(now)).await,
        }
    }

    fn is_valid(&self, now: Timestamp) -> bool {
        match self {
            Self::Session(session) => now < session.expires_at,
            Self::ApiKey(_) => true,
        }
    }
}

async fn touch<T: Record + Sync>(
    tables: &dyn Tables,
    before: &T,
    used: Option<T>,
) -> Result<(), StoreError> {
    match used {
        Some(used) => crate::record::replace(tables, before, &used).await.map(drop),
        None => Ok(()),
    }
}

/// Whom a token names.
#[derive(Debug)]
pub struct Known {
    /// The account.
    pub account: Account,
    /// What the token stands for.
    pub credential: Credential,
    /// What the account, and then the API key if it is one, have asked for lately.
    pub requests: Vec<(Asker, Option<Requests>)>,
    /// What the account has agreed to, if that was wanted and there is something.
    pub consents: Option<Consents>,
}

/// Whom a token names, in one round trip; and what they have agreed to, if `wants_consents`.
///
/// # Errors
/// [`StoreError`].
pub async fn authenticate(
    tables: &dyn Tables,
    now: Timestamp,
    account: AccountId,
    (kind, secret_hash): (CredentialKind, &str),
    wants_consents: bool,
) -> Result<Option<Known>, StoreError> {
    let credential = match kind {
        CredentialKind::Session => sessions::session_key(account, secret_hash),
        CredentialKind::ApiKey => api_keys::api_key_key(account, secret_hash),
    };
    let mut askers = vec![Asker { account, key_hash: None }];
    if kind == CredentialKind::ApiKey {
        askers.push(Asker { account, key_hash: Some(secret_hash.to_owned()) });
    }
    let mut keys = vec![account_key(account), credential];
    keys.extend(askers.iter().map(Asker::key));
    keys.extend(wants_consents.then(|| own_consents_key(account)));
    let mut rows = tables.get(&keys).await?.into_iter();
    let account = from_maybe::<Account>(rows.next().flatten())?;
    let row = rows.next().flatten();
    let credential = match kind {
        CredentialKind::Session => from_maybe(row)?.map(Credential::Session),
        CredentialKind::ApiKey => from_maybe(row)?.map(Credential::ApiKey),
    };
    let account = account.filter(Account::is_open);
    let Some((account, credential)) = account.zip(credential.filter(|one| one.is_valid(now)))
    else {
        return Ok(None);
    };
    let mut requests = Vec::with_capacity(askers.len());
    for asker in askers {
        requests.push((asker, from_maybe(rows.next().flatten())?));
    }
    let consents = from_maybe(rows.next().flatten())?;
    Ok(Some(Known { account, credential, requests, consents }))
}

/// The account, unless it is being erased or became another.
///
/// # Errors
/// [`StoreError`].
pub async fn find(tables: &dyn Tables, id: AccountId) -> Result<Option<Account>, StoreError> {
    let found: Option<Account> = crate::record::get(tables, account_key(id)).await?;
    Ok(found.filter(Account::is_open))
}

/// The accounts' rows as they are, those that are being erased among them.
///
/// # Errors
/// [`StoreError`].
pub async fn present(tables: &dyn Tables, ids: &[AccountId]) -> Result<Vec<Account>, StoreError> {
    let keys: Vec<Key> = ids.iter().copied().map(account_key).collect();
    tables.get(&keys).await?.into_iter().flatten().map(from_row).collect()
}

/// The account, and after it the guests that became it.
///
/// # Errors
/// [`StoreError`].
pub async fn with_aliases(
    tables: &dyn Tables,
    account: Account,
) -> Result<Vec<Account>, StoreError> {
    let keys: Vec<Key> = account.aliases.iter().map(|alias| account_key(*alias)).collect();
    let mut all = vec![account];
    for row in tables.get(&keys).await?.into_iter().flatten() {
        all.push(from_row(row)?);
    }
    Ok(all)
}

/// When the account was last used, by a session or an API key, to the day. A key that waits for its
/// first use counts from when it was made.
///
/// # Errors
/// [`StoreError`].
pub async fn last_used(tables: &dyn Tables, account: &Account) -> Result<Timestamp, StoreError> {
    let sessions = sessions(tables, account.id).await?;
    let keys = api_keys(tables, account.id).await?;
    let sessions = sessions.iter().map(Session::last_used);
    let keys = keys.iter().map(|key| key.last_used_at.unwrap_or(key.created_at));
    let seen = account.used_at.unwrap_or(account.created_at);
    Ok(sessions.chain(keys).fold(seen, Timestamp::max))
}

pub(crate) fn account_key(account: AccountId) -> Key {
    Key::new(Table::Accounts, account, "profile")
}
