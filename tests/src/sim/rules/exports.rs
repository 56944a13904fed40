//! Exports end, once a day, with one archive or with none.

use bytes::Bytes;
use jiff::SignedDuration;
use reverie_domain::{
    export::{DEADLINE, Export, ExportStatus, INTERVAL, MAX_TRIES},
    mail::Letter,
};
use reverie_store::{
    accounts::Account,
    tables::{Key, Table, Write},
};
use sha2::{Digest, Sha256};

use super::{
    Rows, all, ensure,
    mail::{self, Letters},
    parse, partition,
};

/// By how much two clocks may differ, with a little more.
const SKEW: SignedDuration = SignedDuration::from_secs(30);

/// An export moves as the domain allows.
pub(super) fn after_write(
    rows: &Rows,
    letters: &Letters,
    writes: &[Write],
    export: &Export,
    before: Option<&Export>,
) -> Result<(), String> {
    let id = export.id;
    let is_final =
        |export: &Export| matches!(export.status, ExportStatus::Ready | ExportStatus::Failed);
    ensure(export.due_at.is_some() != is_final(export), || {
        format!("{id} is due at the wrong time")
    })?;
    once_a_day(rows, export)?;
    let Some(before) = before else {
        return ensure(export.version == 1 && export.status == ExportStatus::Queued, || {
            format!("{id}: new")
        });
    };
    ensure(export.version == before.version + 1, || format!("{id}: version {}", export.version))?;
    ensure(!is_final(before), || format!("{id} was {:?} and changes", before.status))?;
    match export.status {
        ExportStatus::Ready => told(letters, writes, export),
        ExportStatus::Failed => failed(rows, export),
        _ => Ok(()),
    }
}

/// Those that failed do not count.
fn once_a_day(rows: &Rows, export: &Export) -> Result<(), String> {
    let others: Vec<Export> =
        partition(rows, Table::Accounts, &export.account.to_string(), "export#")?;
    let counts = |one: &&Export| one.status != ExportStatus::Failed && one.id != export.id;
    let near =
        |one: &Export| one.created_at.duration_since(export.created_at).abs() < INTERVAL - SKEW;
    let failed = export.status == ExportStatus::Failed;
    match others.iter().filter(counts).find(|one| near(one)) {
        Some(other) if !failed => Err(format!("{} and {} of one day", other.id, export.id)),
        _ => Ok(()),
    }
}

/// Who has an address hears of it.
fn told(letters: &Letters, writes: &[Write], export: &Export) -> Result<(), String> {
    let mails = mail::written(writes)?;
    let is_it = |letter: &Letter| matches!(letter, Letter::ExportReady { export: told, .. } if *told == export.id);
    let count = mails.iter().filter(|mail| is_it(&mail.letter)).count();
    ensure(count == 1 || count == 0 && letters.was_unreached(export.account), || {
        format!("{} is ready, and {count} mails tell of it", export.id)
    })
}

/// Not before everything was tried, but for accounts that are being erased.
fn failed(rows: &Rows, export: &Export) -> Result<(), String> {
    let key = Key::new(Table::Accounts, export.account, "profile");
    let account = rows.get(&key).map(parse::<Account>).transpose()?;
    let late = export.completed_at.is_some_and(|at| at + SKEW >= export.created_at + DEADLINE);
    let gone = !account.is_some_and(|account| account.is_open());
    ensure(late || gone || export.tries >= MAX_TRIES, || {
        format!("{} failed after {} tries", export.id, export.tries)
    })
}

/// Why exports are not at rest.
pub(super) fn unrest(rows: &Rows) -> Result<Option<String>, String> {
    let exports: Vec<Export> = all(rows, Table::Accounts, "export#")?;
    let going = exports.iter().find(|export| export.due_at.is_some());
    let entry = rows.keys().find(|key| key.pk == "agenda" && key.sk.contains("#exp_"));
    let entry = entry.map(|key| format!("{} is on the agenda", key.sk));
    Ok(going.map(|export| format!("{} is {:?}", export.id, export.status)).or(entry))
}

/// Those whose archive is there.
pub(super) fn ready(rows: &Rows) -> Result<Vec<Export>, String> {
    let mut exports: Vec<Export> = all(rows, Table::Accounts, "export#")?;
    exports.retain(|export| export.status == ExportStatus::Ready);
    Ok(exports)
}

/// How many archives there are, if they are those that should be.
pub(super) fn at_rest(
    rows: &Rows,
    archives: &[(String, Bytes)],
    unfinished: usize,
) -> Result<usize, String> {
    ensure(unfinished == 0, || format!("{unfinished} uploads in parts are left"))?;
    let ready = ready(rows)?;
    for export in &ready {
        let key = export.archive_key();
        let found = archives.iter().find(|(found, _)| *found == key);
        let (_, bytes) = found.ok_or_else(|| format!("{key} is missing"))?;
        ensure(export.bytes == Some(bytes.len() as u64), || {
            format!("{key} has {} bytes, not {:?}", bytes.len(), export.bytes)
        })?;
        let sha256 = format!("{:x}", Sha256::digest(bytes));
        ensure(export.sha256 == Some(sha256), || format!("{key} is another archive"))?;
    }
    let keys: Vec<String> = ready.iter().map(Export::archive_key).collect();
    match archives.iter().find(|(key, _)| !keys.contains(key)) {
        Some((key, _)) => Err(format!("{key} is left of no export")),
        None => Ok(ready.len()),
    }
}
