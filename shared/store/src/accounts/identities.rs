use std::collections::BTreeSet;

use jiff::Timestamp;
use reverie_domain::ids::AccountId;
use serde::{Deserialize, Serialize};

use super::{Account, account_key, credentials};
use crate::{
    Record,
    record::{from_row, get},
    tables::{Key, Query, Range, StoreError, Table, Tables, Write},
};

/// How many identities an account may have.
pub const IDENTITIES: usize = 10;
const PREFIX: &str = "identity#";

/// Who a person is at a provider: one for each provider and account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// Whose it is.
    pub account: AccountId,
    /// The provider's id in this deployment's settings.
    pub provider: String,
    /// The provider's id of the person.
    pub subject: String,
    /// SHA-256 of the two, in hex: the key of its [`Login`].
    pub subject_hash: String,
    /// The address that the provider has confirmed.
    #[serde(default)]
    pub email: Option<String>,
    /// SHA-256 of it in lower case, in hex: the key of its [`Email`].
    #[serde(default)]
    pub email_hash: Option<String>,
    /// Since when it lets the person in.
    pub linked_at: Timestamp,
}

impl Record for Identity {
    fn key(&self) -> Key {
        Key::new(Table::Accounts, self.account, format!("{PREFIX}{}", self.provider))
    }
}

impl Identity {
    /// What finds the account by the identity.
    #[must_use]
    pub fn login(&self) -> Login {
        Login { subject_hash: self.subject_hash.clone(), account: self.account }
    }

    /// What finds the account by the identity's address.
    #[must_use]
    pub fn email_row(&self) -> Option<Email> {
        let email_hash = self.email_hash.clone()?;
        Some(Email { email_hash, account: self.account })
    }

    /// The writes that link it to an account that has `others` already.
    ///
    /// # Errors
    /// If a row cannot be serialised.
    pub fn link(&self, others: &[Self]) -> Result<Vec<Write>, StoreError> {
        let mut writes = vec![self.create()?, self.login().create()?];
        if !others.iter().any(|other| other.email_hash == self.email_hash)
            && let Some(email) = self.email_row()
        {
            writes.push(email.create()?);
        }
        Ok(writes)
    }
}

/// Finds an account by who somebody is at a provider.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Login {
    /// [`Identity::subject_hash`].
    pub subject_hash: String,
    /// The account.
    pub account: AccountId,
}

impl Record for Login {
    fn key(&self) -> Key {
        Key::new(Table::Accounts, format!("login#{}", self.subject_hash), "login")
    }
}

/// Finds the accounts of which an identity has this address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Email {
    /// [`Identity::email_hash`].
    pub email_hash: String,
    /// The account.
    pub account: AccountId,
}

impl Record for Email {
    fn key(&self) -> Key {
        Key::new(
            Table::Accounts,
            email_partition(&self.email_hash),
            format!("email#{}", self.account),
        )
    }
}

fn email_partition(hash: &str) -> String {
    format!("email#{hash}")
}

/// The account that this identity lets into, also if nobody is let into that one any more.
///
/// # Errors
/// [`StoreError`].
pub async fn logged_in_by(
    tables: &dyn Tables,
    subject_hash: &str,
) -> Result<Option<Account>, StoreError> {
    let key = Key::new(Table::Accounts, format!("login#{subject_hash}"), "login");
    match get::<Login>(tables, key).await? {
        Some(login) => get(tables, account_key(login.account)).await,
        None => Ok(None),
    }
}

/// Up to ten accounts of which an identity has this address.
///
/// # Errors
/// [`StoreError`].
pub async fn email_holders(
    tables: &dyn Tables,
    email_hash: &str,
) -> Result<Vec<AccountId>, StoreError> {
    let query = Query {
        table: Table::Accounts,
        index: None,
        partition: email_partition(email_hash),
        range: Range::All,
        after: None,
        descending: false,
        limit: 10,
    };
    let rows = tables.query(&query).await?;
    rows.into_iter().map(|row| from_row::<Email>(row).map(|email| email.account)).collect()
}

/// The account's identities, in the order of their providers.
///
/// # Errors
/// [`StoreError`].
pub async fn identities(
    tables: &dyn Tables,
    account: AccountId,
) -> Result<Vec<Identity>, StoreError> {
    credentials::list(tables, account, PREFIX).await
}

/// The writes that delete these identities, which are the account's own, and what finds the account
/// by them; but not by an address that one of the others in `kept` has, too.
///
/// # Errors
/// [`StoreError`].
pub async fn unlink(
    tables: &dyn Tables,
    gone: &[Identity],
    kept: &[Identity],
) -> Result<Vec<Write>, StoreError> {
    let mut writes: Vec<Write> = gone.iter().map(Record::delete).collect();
    let held: BTreeSet<_> = kept.iter().filter_map(|one| one.email_hash.as_deref()).collect();
    let mut finders: BTreeSet<Key> = gone.iter().map(|one| one.login().key()).collect();
    let emails = gone.iter().filter_map(Identity::email_row);
    finders.extend(
        emails.filter(|email| !held.contains(email.email_hash.as_str())).map(|email| email.key()),
    );
    let finders: Vec<Key> = finders.into_iter().collect();
    // A restore may have brought back one table's rows of another time.
    for (key, row) in finders.iter().zip(tables.get(&finders).await?) {
        if row.is_some() {
            let found = crate::tables::Expect::Version(1);
            writes.push(Write { key: key.clone(), row: None, expect: found });
        }
    }
    Ok(writes)
}
