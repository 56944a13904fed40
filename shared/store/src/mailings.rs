//! Mailings: how far they are, and who was told.

use jiff::Timestamp;
use reverie_domain::{
    consent::Consents,
    ids::{AccountId, MailingId},
    mail::Mail,
    mailing::{Mailing, Notice},
};

use crate::{
    Record,
    accounts::{Account, account_key},
    agenda::{Task, moved},
    consents::own_consents_key,
    mails,
    record::{from_maybe, get, newest_first},
    tables::{Key, Range, Scan, StoreError, Table, Tables, Write, written},
};

const PARTITION: &str = "mailing";
/// How many rows of the accounts' table a page goes through.
const PAGE: u32 = 300;
/// How many people are looked at together; there are three rows of each.
const TOGETHER: usize = 33;

impl Record for Mailing {
    fn key(&self) -> Key {
        key_of(self.id)
    }

    fn version(&self) -> u64 {
        self.version
    }

    fn ends_at(&self) -> Option<Timestamp> {
        self.ends_at()
    }
}

impl Record for Notice {
    fn key(&self) -> Key {
        notice_key(self.account, self.mailing)
    }

    fn ends_at(&self) -> Option<Timestamp> {
        self.ends_at()
    }
}

fn key_of(id: MailingId) -> Key {
    Key::new(Table::Operations, PARTITION, id)
}

fn notice_key(account: AccountId, mailing: MailingId) -> Key {
    Key::new(Table::Accounts, account, format!("notice#{mailing}"))
}

/// The mailing.
///
/// # Errors
/// [`StoreError`].
pub async fn find(tables: &dyn Tables, id: MailingId) -> Result<Option<Mailing>, StoreError> {
    get(tables, key_of(id)).await
}

/// Mailings before that one, those of the largest ids first: later ones, but for those of policies.
///
/// # Errors
/// [`StoreError`].
pub async fn list(
    tables: &dyn Tables,
    before: Option<MailingId>,
    limit: u32,
) -> Result<Vec<Mailing>, StoreError> {
    let (partition, after) = ((Table::Operations, PARTITION), before.map(key_of));
    newest_first(tables, partition, Range::All, after, limit).await
}

/// The writes that leave a mailing to the housekeeper.
///
/// # Errors
/// If a row cannot be serialised.
pub fn to_begin(mailing: &Mailing) -> Result<Vec<Write>, StoreError> {
    let mut writes = vec![mailing.create()?];
    writes.extend(moved(Task::Mailing(mailing.id), None, mailing.due_at)?);
    Ok(writes)
}

/// Writes a mailing's next state. `false` if somebody else was first.
///
/// # Errors
/// [`StoreError`].
pub async fn advance(
    tables: &dyn Tables,
    before: &Mailing,
    after: &Mailing,
) -> Result<bool, StoreError> {
    written(tables, &to_advance(before, after)?).await
}

/// The writes of [`advance`].
///
/// # Errors
/// If a row cannot be serialised.
pub fn to_advance(before: &Mailing, after: &Mailing) -> Result<Vec<Write>, StoreError> {
    let mut writes = vec![after.replace(before)?];
    writes.extend(moved(Task::Mailing(after.id), before.due_at, after.due_at)?);
    Ok(writes)
}

/// Somebody who may be told.
#[derive(Debug)]
pub struct Person {
    /// The account.
    pub account: Account,
    /// What they have agreed to.
    pub consents: Consents,
    /// That they were told before.
    pub notice: Option<Notice>,
}

/// A page of accounts.
#[derive(Debug)]
pub struct People {
    /// Those that are there.
    pub people: Vec<Person>,
    /// Where the next page begins; `None` at the end.
    pub next: Option<(String, String)>,
}

/// The accounts of a mailing's next page.
///
/// # Errors
/// [`StoreError`].
pub async fn people(tables: &dyn Tables, mailing: &Mailing) -> Result<People, StoreError> {
    let after = mailing.seen_to.clone().map(|(pk, sk)| Key::new(Table::Accounts, pk, sk));
    let sk = "profile".to_owned();
    let scan = Scan { table: Table::Accounts, sk, after, limit: PAGE };
    let found = tables.scan(&scan).await?;
    let ids: Vec<AccountId> = found.keys.iter().filter_map(|key| key.pk.parse().ok()).collect();
    let mut people = Vec::new();
    for ids in ids.chunks(TOGETHER) {
        let keys =
            |id: &AccountId| [account_key(*id), own_consents_key(*id), notice_key(*id, mailing.id)];
        let keys: Vec<Key> = ids.iter().flat_map(keys).collect();
        let mut rows = tables.get(&keys).await?.into_iter();
        for id in ids {
            let [account, consents, notice] = [(); 3].map(|()| rows.next().flatten());
            let Some(account) = from_maybe::<Account>(account)? else { continue };
            let consents = from_maybe(consents)?.unwrap_or_else(|| Consents::none(*id, None));
            people.push(Person { account, consents, notice: from_maybe(notice)? });
        }
    }
    Ok(People { people, next: found.next.map(|key| (key.pk, key.sk)) })
}

/// Leaves a mail for somebody, and writes down that they were told. `false` if they were before.
///
/// # Errors
/// [`StoreError`].
pub async fn tell(tables: &dyn Tables, notice: &Notice, mail: &Mail) -> Result<bool, StoreError> {
    let mut writes = vec![notice.create()?];
    writes.extend(mails::to_send(mail)?);
    written(tables, &writes).await
}
