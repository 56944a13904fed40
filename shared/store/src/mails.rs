//! Mails that are to be sent.

use reverie_domain::{
    ids::{AccountId, MailId},
    mail::Mail,
};

use crate::{
    Record,
    agenda::{Task, moved},
    record::get,
    tables::{Key, StoreError, Table, Tables, Write, written},
};

impl Record for Mail {
    fn key(&self) -> Key {
        mail_key(self.account, self.id)
    }

    fn version(&self) -> u64 {
        self.version
    }
}

/// The mail to this account's owner.
///
/// # Errors
/// [`StoreError`].
pub async fn find(
    tables: &dyn Tables,
    account: AccountId,
    id: MailId,
) -> Result<Option<Mail>, StoreError> {
    get(tables, mail_key(account, id)).await
}

/// The writes that leave a mail to the housekeeper. They go with what the mail tells.
///
/// # Errors
/// If a row cannot be serialised.
pub fn to_send(mail: &Mail) -> Result<Vec<Write>, StoreError> {
    let mut writes = vec![mail.create()?];
    writes.extend(moved(task(mail), None, Some(mail.due_at))?);
    Ok(writes)
}

/// Writes down that a mail is tried. `false` if somebody else tries it, or it is gone.
///
/// # Errors
/// [`StoreError`].
pub async fn claim(tables: &dyn Tables, before: &Mail, after: &Mail) -> Result<bool, StoreError> {
    let mut writes = vec![after.replace(before)?];
    writes.extend(moved(task(after), Some(before.due_at), Some(after.due_at))?);
    written(tables, &writes).await
}

/// Forgets a mail. `false` if somebody else tries it, or it is gone.
///
/// # Errors
/// [`StoreError`].
pub async fn forget(tables: &dyn Tables, mail: &Mail) -> Result<bool, StoreError> {
    let mut writes = vec![mail.delete()];
    writes.extend(moved(task(mail), Some(mail.due_at), None)?);
    written(tables, &writes).await
}

const fn task(mail: &Mail) -> Task {
    Task::Mail { account: mail.account, mail: mail.id }
}

fn mail_key(account: AccountId, id: MailId) -> Key {
    Key::new(Table::Accounts, account, format!("mail#{id}"))
}
