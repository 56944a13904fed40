//! What must be true after every write, and what must be true at the end.

mod exports;
mod heard;
mod inactive;
mod joins;
mod mail;
mod orders;
mod standing;
mod usage;

use std::ops::Bound;

use bytes::Bytes;
use jiff::Timestamp;
use reverie_domain::{
    credits::Credits,
    erasure::Erasure,
    export::Export,
    ids::AccountId,
    job::{Job, Status},
    legal_hold::HOLDS,
    wallet::{Entry, EntryKind, Hold, HoldState, Wallet, WalletState},
};
use reverie_store::tables::{Key, Row, Table, Write};
use serde::de::DeserializeOwned;
use serde_json::Value;

pub(super) use self::heard::Heard;
use self::{mail::Letters, orders::Orders};
use super::{mail::Sent, memory::Rows};

/// What is known of a history by its writes.
#[derive(Debug, Clone, Default)]
pub(super) struct Judge {
    /// The first rule that was broken.
    pub(super) broken: Option<String>,
    letters: Letters,
    orders: Orders,
    /// Accounts that ended because nobody used them.
    unused: usize,
}

/// Everything that is there when all is at rest.
#[derive(Debug)]
pub(super) struct Rest<'a> {
    pub(super) now: Timestamp,
    /// The keys of all objects.
    pub(super) objects: &'a [String],
    /// The objects of exports.
    pub(super) archives: &'a [(String, Bytes)],
    /// The objects of orders.
    pub(super) copies: &'a [(String, Bytes)],
    /// How many objects are written in parts.
    pub(super) unfinished: usize,
    /// All mail that was sent.
    pub(super) sent: &'a [Sent],
}

/// How many there were.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Counts {
    /// Archives that are there.
    pub(super) exports: usize,
    /// Orders of courts.
    pub(super) orders: usize,
    /// Guests that became an account that there was.
    pub(super) joins: usize,
    /// Accounts that ended because nobody used them.
    pub(super) unused: usize,
}

impl Judge {
    /// Checks the rules after a write, when these are the rows.
    pub(super) fn after_write(&mut self, rows: &Rows, writes: &[Write], before: &[Option<Row>]) {
        let noted = self.letters.note(rows, writes, before);
        let noted = noted.and_then(|()| self.orders.note(rows, writes, before));
        // Erasures that nobody asked for have no token.
        let unused = |(write, before): (&Write, &Option<Row>)| {
            let row = write.row.as_ref().filter(|_| write.key.sk == "receipt" && before.is_none());
            row.is_some_and(|row| !row.contains_key("token_hash"))
        };
        self.unused += writes.iter().zip(before).filter(|one| unused(*one)).count();
        let broken = noted.and_then(|()| after_write(rows, &self.letters, writes, before)).err();
        self.broken = self.broken.take().or(broken);
    }

    /// Checks the rules at rest.
    ///
    /// # Errors
    /// The rule that is broken.
    pub(super) fn at_rest(&self, rows: &Rows, rest: &Rest<'_>) -> Result<Counts, String> {
        at_rest(rows, rest.objects)?;
        self.letters.at_rest(rows, rest.sent)?;
        inactive::at_rest(rows, rest.now)?;
        Ok(Counts {
            exports: exports::at_rest(rows, rest.archives, rest.unfinished)?,
            orders: self.orders.at_rest(rows, rest.now, rest.copies)?,
            joins: joins::at_rest(rows)?,
            unused: self.unused,
        })
    }
}

/// The rules after every write: they concern the rows that it touched.
fn after_write(
    rows: &Rows,
    letters: &Letters,
    writes: &[Write],
    all_before: &[Option<Row>],
) -> Result<(), String> {
    if writes.iter().any(usage::concerns) {
        usage::counted_once(rows)?;
    }
    for (write, before) in writes.iter().zip(all_before) {
        let Some(row) = &write.row else { continue };
        if write.key.sk == "wallet" {
            wallet(rows, &parse(row)?)?;
        } else if write.key.sk.starts_with("job#") {
            job(rows, &parse(row)?, before.as_ref().map(parse).transpose()?.as_ref())?;
        } else if write.key.sk.starts_with("export#") {
            let before = before.as_ref().map(parse).transpose()?;
            exports::after_write(rows, letters, writes, &parse(row)?, before.as_ref())?;
        } else if write.key.sk == "profile" {
            let account = parse(row)?;
            joins::after_write(rows, &account, before.as_ref())?;
            inactive::told(&account, before.as_ref(), writes)?;
        } else if write.key.sk == "receipt" {
            let erasure = parse(row)?;
            match before {
                Some(before) => orders::erasure_moves(rows, &erasure, &parse(before)?)?,
                None if erasure.token_hash.is_none() => {
                    inactive::begins(rows, &erasure, writes, all_before)?;
                }
                None => {}
            }
        } else if write.key.sk.starts_with("entry#") && before.is_some() {
            return Err(format!("{} was overwritten", write.key.sk));
        }
    }
    Ok(())
}

/// The wallet, its entries and its holds explain each other.
fn wallet(rows: &Rows, wallet: &Wallet) -> Result<(), String> {
    let id = wallet.id.to_string();
    let entries: Vec<Entry> = partition(rows, Table::Ledger, &id, "entry#")?;
    let holds: Vec<Hold> = partition(rows, Table::Ledger, &id, "hold#")?;
    let numbers: Vec<u64> = entries.iter().map(|entry| entry.number).collect();
    ensure(numbers == (1..=wallet.version).collect::<Vec<_>>(), || {
        format!("entries {numbers:?} of a wallet at version {}", wallet.version)
    })?;
    let mut balance = 0;
    for entry in &entries {
        balance += entry.amount;
        ensure(balance == entry.balance_after.signed(), || {
            format!("entry {} says {}, not {balance}", entry.number, entry.balance_after)
        })?;
    }
    let available = wallet.plan.plus(wallet.bought).unwrap_or(Credits::ZERO);
    ensure(available.signed() == balance, || {
        format!("{available} are available and the entries add up to {balance}")
    })?;
    let open = || holds.iter().filter(|hold| hold.state == HoldState::Open);
    let held: u32 = open().map(|hold| hold.amount().get()).sum();
    ensure(wallet.held.get() == held, || format!("held {} of {held}", wallet.held))?;
    ensure(wallet.active as usize == open().count(), || format!("{} active", wallet.active))?;
    for hold in &holds {
        let of = |kinds: &[EntryKind]| {
            let mine = entries.iter().filter(|e| e.generation == Some(hold.generation));
            mine.filter(|entry| kinds.contains(&entry.kind)).count()
        };
        let resolved = of(&[EntryKind::Capture, EntryKind::Release]);
        let expected = usize::from(hold.state != HoldState::Open);
        ensure(of(&[EntryKind::Hold]) == 1 && resolved == expected, || {
            format!("{}: resolved {resolved} times, its hold is {:?}", hold.generation, hold.state)
        })?;
    }
    Ok(())
}

/// A job moves as the machine allows, and its hold with it.
fn job(rows: &Rows, job: &Job, before: Option<&Job>) -> Result<(), String> {
    let id = job.id;
    let hold = hold_of(rows, job)?;
    ensure((hold.state == HoldState::Open) != job.status.is_final(), || {
        format!("{id} is {:?} and its hold {:?}", job.status, hold.state)
    })?;
    let spent = hold.state == HoldState::Captured;
    ensure(spent == (job.status == Status::Succeeded), || format!("{id}: wrongly charged"))?;
    let charged = if spent { job.price } else { Credits::ZERO };
    ensure(job.charged == charged, || format!("{id}: charged {}", job.charged))?;
    let Some(before) = before else {
        let claimed = job.cached && job.status == Status::Running && job.price == Credits::ZERO;
        let allowed = job.status == Status::Queued || claimed;
        return ensure(job.version == 1 && allowed, || format!("{id}: new"));
    };
    ensure(job.version == before.version + 1, || format!("{id}: version {}", job.version))?;
    ensure(!before.status.is_final() || job.status == before.status, || {
        format!("{id} was {:?} and is {:?}", before.status, job.status)
    })?;
    let claimed = before.status == Status::Queued && job.status == Status::Running;
    ensure(job.epoch >= before.epoch + u32::from(claimed), || {
        format!("{id}: epoch {} after {}", job.epoch, before.epoch)
    })?;
    ensure(before.deleted_at.is_none() || job.deleted_at.is_some(), || format!("{id}: is back"))
}

fn hold_of(rows: &Rows, job: &Job) -> Result<Hold, String> {
    let key = Key::new(Table::Ledger, job.wallet, format!("hold#{}", job.id));
    let row = rows.get(&key).ok_or_else(|| format!("{} has no hold", job.id))?;
    parse(row)
}

/// Why the history is not over yet; `None` when everything is at rest.
pub(super) fn unrest(rows: &Rows, messages: usize) -> Option<String> {
    let jobs = match jobs(rows) {
        Ok(jobs) => jobs,
        Err(error) => return Some(error),
    };
    if let Some(job) = jobs.iter().find(|job| !job.status.is_final()) {
        return Some(format!("{} is {:?}", job.id, job.status));
    }
    // Files that succeeded end in days; everything else is deleted soon.
    let kept = |job: &Job| job.status == Status::Succeeded && job.deleted_at.is_none();
    let clean = |job: &Job| job.purges.is_empty() || kept(job) && job.purges.iter().all(is_last);
    if let Some(job) = jobs.iter().find(|job| !clean(job)) {
        return Some(format!("{} is not purged", job.id));
    }
    let going = |erasure: &Erasure| erasure.completed_at.is_none();
    match erasures(rows) {
        Ok(erasures) if erasures.iter().any(going) => return Some("an erasure goes on".to_owned()),
        Ok(_) => {}
        Err(error) => return Some(error),
    }
    let why = || Ok(exports::unrest(rows)?.or(mail::unrest(rows)?).or(orders::unrest(rows)?));
    match why() {
        Ok(None) => {}
        Ok(Some(why)) | Err(why) => return Some(why),
    }
    (messages > 0).then(|| format!("{messages} messages are left"))
}

fn is_last(purge: &reverie_domain::job::Purge) -> bool {
    purge.scope == reverie_domain::job::PurgeScope::All
}

/// The rules at rest: nothing is left over, nothing is missing.
pub(super) fn at_rest(rows: &Rows, objects: &[String]) -> Result<(), String> {
    let jobs = jobs(rows)?;
    let holds: Vec<Hold> = all(rows, Table::Ledger, "hold#")?;
    let wallets = all::<Wallet>(rows, Table::Ledger, "wallet")?;
    let closed = |id| wallets.iter().any(|w| w.id == id && w.state == WalletState::Closed);
    for hold in &holds {
        let its = |job: &Job| job.id == hold.generation;
        // Jobs go with their account; the ledger stays.
        ensure(closed(hold.wallet) || jobs.iter().any(its), || {
            format!("{} has a hold and no job", hold.generation)
        })?;
    }
    for found in &wallets {
        wallet(rows, found)?;
        ensure(found.held == Credits::ZERO, || format!("{} still held", found.held))?;
    }
    for erasure in erasures(rows)? {
        erased(rows, objects, &erasure)?;
    }
    let files = |job: &Job| -> Vec<String> {
        job.files.iter().map(|file| job.result_key(job.epoch, &file.name)).collect()
    };
    let mut wanted: Vec<String> = jobs.iter().flat_map(files).collect();
    wanted.extend(exports::ready(rows)?.iter().map(Export::archive_key));
    for key in objects.iter().filter(|key| !key.starts_with(HOLDS)) {
        ensure(wanted.contains(key), || format!("{key} is nobody's"))?;
    }
    // An hour, that an erasure takes, may be the end of files whose owner wanted them to end early.
    let ended = |job: &Job| job.expires_by.is_some() && job.expires_by == job.expires_at;
    for job in jobs.iter().filter(|job| job.purges.is_empty() && !ended(job)) {
        for key in files(job) {
            ensure(objects.contains(&key), || format!("{key} is missing"))?;
        }
    }
    Ok(())
}

/// Nothing is left of an erased account but what the erasure itself has to remember, what an order keeps, and
/// what an operator did.
fn erased(rows: &Rows, objects: &[String], erasure: &Erasure) -> Result<(), String> {
    let acted = |key: &Key| ["operator_audit", "legal_hold"].contains(&key.pk.as_str());
    for id in erasure.accounts().iter().map(AccountId::to_string) {
        for (key, row) in rows.iter().filter(|(key, _)| !key.pk.starts_with("erasure#")) {
            let names = format!("{} {} {row:?}", key.pk, key.sk).contains(&id);
            let kept = names && orders::keeps(key, row)?;
            let acts = erasure.acts_until.is_some() && acted(key);
            ensure(!names || kept || acts, || format!("{} {} is left of {id}", key.pk, key.sk))?;
        }
        // Those of orders are compared with their rows.
        let mut kept = objects.iter().filter(|key| !key.starts_with(HOLDS));
        if let Some(key) = kept.find(|key| key.contains(&id)) {
            return Err(format!("{key} is left of {id}"));
        }
    }
    Ok(())
}

fn erasures(rows: &Rows) -> Result<Vec<Erasure>, String> {
    all(rows, Table::Operations, "receipt")
}

/// All jobs.
pub(super) fn jobs(rows: &Rows) -> Result<Vec<Job>, String> {
    all(rows, Table::Generations, "job#")
}

fn all<T: DeserializeOwned>(rows: &Rows, table: Table, prefix: &str) -> Result<Vec<T>, String> {
    let found = rows.iter().filter(|(key, _)| key.table == table && key.sk.starts_with(prefix));
    found.map(|(_, row)| parse(row)).collect()
}

fn partition<T: DeserializeOwned>(
    rows: &Rows,
    table: Table,
    pk: &str,
    prefix: &str,
) -> Result<Vec<T>, String> {
    let first = Key::new(table, pk, prefix);
    rows.range((Bound::Included(first), Bound::Unbounded))
        .take_while(|(key, _)| key.table == table && key.pk == pk && key.sk.starts_with(prefix))
        .map(|(_, row)| parse(row))
        .collect()
}

fn parse<T: DeserializeOwned>(row: &Row) -> Result<T, String> {
    serde_json::from_value(Value::Object(row.clone())).map_err(|error| format!("{error}: {row:?}"))
}

fn ensure(holds: bool, otherwise: impl FnOnce() -> String) -> Result<(), String> {
    if holds { Ok(()) } else { Err(otherwise()) }
}
