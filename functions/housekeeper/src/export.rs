//! Makes archives of all that is held about an account.

mod archive;
mod contents;
mod zip;

use jiff::{SignedDuration, Timestamp};
use reverie_domain::{
    export::Export,
    ids::AccountId,
    mail::{Letter, Mail},
    personal::{PersonalData, Place as Kind},
};
use reverie_store::{
    accounts::{self, Account},
    exports, held, mails,
};
use serde_json::{Value, json};

use self::{
    archive::{Archive, Place},
    contents::{Part, document, file_name, parts, readme, rows_name},
};
use crate::{Housekeeper, HousekeeperError};

/// How long a turn begins files. The next minute goes on.
const TURN: SignedDuration = SignedDuration::from_secs(15);
/// How many rows a file has. They are in memory together, each up to DynamoDB's 400 KB.
const ROWS: u32 = 100;
/// How much of an object is read at once.
const CHUNK: u64 = 4 * 1024 * 1024;

impl Housekeeper {
    /// Goes on with an export that is due.
    pub(crate) async fn export(&self, due: Export) -> Result<(), HousekeeperError> {
        let account = match due.hold {
            None => accounts::find(&*self.tables, due.account).await?,
            // Its erasure waits for the copy.
            Some(_) => accounts::present(&*self.tables, &[due.account]).await?.pop(),
        };
        let claimed = due.claimed(self.clock.now());
        // An account that is being erased makes none.
        let Some((account, claimed)) = account.zip(claimed) else {
            return self.give_up(&due).await;
        };
        if !exports::advance(&*self.tables, &due, &claimed, Vec::new()).await? {
            return Err(HousekeeperError::Contended);
        }
        let saved = match claimed.turn {
            0 => None,
            _ => Archive::resume(&*self.objects, &claimed).await?,
        };
        // Another version of this program may not know what was to come next.
        let owners = account.owners();
        let known = |archive: &Archive<'_>| {
            parts(&owners).iter().any(|part| part.name() == archive.at().part)
        };
        let saved = saved.filter(known);
        let archive = match saved {
            Some(archive) => archive,
            None => Archive::begin(&*self.objects, &claimed).await?,
        };
        let owners = accounts::with_aliases(&*self.tables, account).await?;
        self.turn(&owners, &claimed, archive).await
    }

    /// Adds file after file until all are there, or the time is over.
    async fn turn(
        &self,
        owners: &[Account],
        claimed: &Export,
        mut archive: Archive<'_>,
    ) -> Result<(), HousekeeperError> {
        let (until, all) = (self.clock.now() + TURN, parts(&ids(owners)));
        let first = all.iter().position(|part| part.name() == archive.at().part).unwrap_or(0);
        for part in all.iter().skip(first) {
            if archive.at().part != part.name() {
                archive.go_to(Place { part: part.name(), ..Place::default() });
            }
            loop {
                if self.clock.now() >= until {
                    return self.pause(claimed, archive).await;
                }
                if !self.files(owners, &mut archive, part, until).await? {
                    break;
                }
            }
        }
        let (bytes, sha256) = archive.finish().await?;
        self.deliver(&owners[0], claimed, bytes, sha256).await
    }

    /// Writes the next file of a part, or some. `false` if the part has no more.
    async fn files(
        &self,
        owners: &[Account],
        archive: &mut Archive<'_>,
        part: &Part,
        until: Timestamp,
    ) -> Result<bool, HousekeeperError> {
        let account = owners[0].id;
        match part {
            Part::Readme => whole(archive, "README.txt", readme(account).as_bytes()).await?,
            Part::Rows(owner, data, kind) => {
                let whose = (*owner, &owners[*owner]);
                return self.rows(whose, archive, data, kind).await;
            }
            Part::Files(prefix) => return self.stored(&ids(owners), archive, prefix, until).await,
            Part::Manifest => {
                let files = archive.entries().iter().map(|entry| {
                    json!({"name": entry.name, "bytes": entry.bytes, "sha256": entry.sha256})
                });
                let files: Vec<Value> = files.collect();
                let all = json!({"account": account, "files": files});
                whole(archive, "manifest.json", &pretty(&all)).await?;
            }
        }
        Ok(false)
    }

    async fn rows(
        &self,
        (number, account): (usize, &Account),
        archive: &mut Archive<'_>,
        data: &PersonalData,
        kind: &Kind,
    ) -> Result<bool, HousekeeperError> {
        let at = archive.at().clone();
        let page = held::rows(&*self.tables, account, kind, at.after.as_deref(), ROWS).await?;
        let mut files = at.files;
        if !page.rows.is_empty() {
            files += 1;
            let rows = page.rows.into_iter().map(Value::Object).collect();
            let text = pretty(&document(data, kind, rows));
            whole(archive, &rows_name(number, data, kind, files), &text).await?;
        }
        let more = page.next.is_some();
        archive.go_to(Place { after: page.next, files, ..at });
        Ok(more)
    }

    async fn stored(
        &self,
        owners: &[AccountId],
        archive: &mut Archive<'_>,
        prefix: &str,
        until: Timestamp,
    ) -> Result<bool, HousekeeperError> {
        let at = archive.at().clone();
        let last = at.after.as_deref().unwrap_or_default();
        let mut keys = self.objects.list_after(prefix, last).await?;
        keys.sort_unstable();
        let any = !keys.is_empty();
        for key in keys {
            self.copy(owners, archive, &key).await?;
            archive.go_to(Place { after: Some(key), ..at.clone() });
            if self.clock.now() >= until {
                break;
            }
        }
        Ok(any)
    }

    /// Objects are written once, so its ranges belong together. One that is gone meanwhile is left out.
    async fn copy(
        &self,
        owners: &[AccountId],
        archive: &mut Archive<'_>,
        key: &str,
    ) -> Result<(), HousekeeperError> {
        let Some(mut bytes) = self.objects.get_range(key, 0, CHUNK).await? else { return Ok(()) };
        let mut writing = archive.entry(&file_name(key, owners), false);
        let mut start = 0;
        loop {
            archive.add(&mut writing, &bytes).await?;
            start += bytes.len() as u64;
            if (bytes.len() as u64) < CHUNK {
                break;
            }
            // Half a file is none: the next turn finds it gone.
            let next = self.objects.get_range(key, start, CHUNK).await?;
            bytes = next.ok_or(HousekeeperError::Contended)?;
        }
        archive.end(writing).await
    }

    async fn pause(&self, claimed: &Export, archive: Archive<'_>) -> Result<(), HousekeeperError> {
        let saved = claimed.saved(self.clock.now());
        archive.save(&saved.saved_key()).await?;
        match exports::advance(&*self.tables, claimed, &saved, Vec::new()).await? {
            true => Err(HousekeeperError::MoreToDo),
            false => self.superseded(claimed).await,
        }
    }

    async fn deliver(
        &self,
        account: &Account,
        claimed: &Export,
        bytes: u64,
        sha256: String,
    ) -> Result<(), HousekeeperError> {
        let now = self.clock.now();
        let ready = claimed.ready(now, bytes, sha256);
        let letter = ready.expires_at.map(|until| Letter::ExportReady { export: ready.id, until });
        // Of a copy for an order nobody is told.
        let mail = letter.filter(|_| claimed.hold.is_none() && account.mail_address().is_some());
        let mail = mail.map(|letter| mails::to_send(&Mail::new(now, account.id, letter)));
        let mail = mail.transpose()?.unwrap_or_default();
        // Nobody comes back to an export that is ready, so what was saved on the way goes first. A turn that
        // dies in between finds nothing saved, and begins anew.
        let mut keys = self.objects.list(&claimed.prefix()).await?;
        keys.retain(|key| *key != claimed.archive_key());
        if !keys.is_empty() {
            self.objects.delete(&keys).await?;
        }
        if !exports::advance(&*self.tables, claimed, &ready, mail).await? {
            return self.superseded(claimed).await;
        }
        tracing::info!(id = %claimed.id, bytes, "exported");
        Ok(())
    }

    /// Somebody else goes on with it, or the account is being erased, or the order was released: then
    /// nothing of it may stay. What a process that dies here leaves is deleted by the erasure's last pass,
    /// or by the order's end, which waits for it.
    async fn superseded(&self, claimed: &Export) -> Result<(), HousekeeperError> {
        let found = match claimed.hold {
            None => exports::find(&*self.tables, claimed.account, claimed.id).await?,
            Some(hold) => exports::find_copy(&*self.tables, hold).await?,
        };
        if found.is_none() {
            self.clear(claimed).await?;
        }
        Err(HousekeeperError::Contended)
    }

    async fn give_up(&self, export: &Export) -> Result<(), HousekeeperError> {
        self.clear(export).await?;
        let failed = export.failed(self.clock.now());
        match exports::advance(&*self.tables, export, &failed, Vec::new()).await? {
            true if export.hold.is_some() => Err(HousekeeperError::Copy),
            true => {
                tracing::error!(id = %export.id, tries = export.tries, "the export failed");
                Ok(())
            }
            false => Err(HousekeeperError::Contended),
        }
    }

    /// Deletes what there is of its archive.
    async fn clear(&self, export: &Export) -> Result<(), HousekeeperError> {
        self.objects.drop_parts(&export.prefix()).await?;
        let keys = self.objects.list(&export.prefix()).await?;
        Ok(self.objects.delete(&keys).await?)
    }
}

fn ids(owners: &[Account]) -> Vec<AccountId> {
    owners.iter().map(|owner| owner.id).collect()
}

/// Writes a file that is in memory.
async fn whole(
    archive: &mut Archive<'_>,
    name: &str,
    bytes: &[u8],
) -> Result<(), HousekeeperError> {
    let mut writing = archive.entry(name, true);
    archive.add(&mut writing, bytes).await?;
    archive.end(writing).await
}

/// JSON that people can read, too. Values always serialise.
fn pretty(value: &Value) -> Vec<u8> {
    serde_json::to_vec_pretty(value).unwrap_or_default()
}
