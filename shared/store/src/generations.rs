//! Jobs: submission, changes, completion, history, and what the housekeeper has to look at.

use std::collections::BTreeMap;

use jiff::Timestamp;
use reverie_domain::{
    clock::sortable,
    ids::{AccountId, GenerationId, QuoteId, WalletId},
    job::{Job, Status, Transition},
    manifest::Kind,
    request::CanonicalRequest,
    usage::Sample,
    wallet::{Wallet, WalletError},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    Record,
    cache::Cached,
    ledger::{self, LedgerError},
    operations::Idempotency,
    quotes::{Quote, quote_key},
    record::{from_maybe, from_row, newest_first, replace},
    tables::{Index, Key, Outcome, Query, Range, Row, StoreError, Table, Tables, Write},
};

/// The partitions of the `due` index.
pub const DUE_SHARDS: [&str; 16] =
    ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "a", "b", "c", "d", "e", "f"];
/// Queue positions beyond this are not counted.
pub const POSITION_LIMIT: u32 = 1_000;

/// What a person wrote and what was made of it; a sibling of the job's row, so that the row stays
/// small and free of prompts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Detail {
    /// The job.
    pub generation: GenerationId,
    /// Whose it is.
    pub account: AccountId,
    /// What was asked for.
    pub request: CanonicalRequest,
    /// The owner's labels.
    #[serde(default)]
    pub labels: BTreeMap<String, String>,
    /// What the model made of the prompt; set on success.
    #[serde(default)]
    pub understood: Option<Value>,
    /// The guests that became the account, if references are their uploads.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub uploaded_by: Vec<AccountId>,
    /// Counts the row's changes.
    pub version: u64,
}

impl Record for Detail {
    fn key(&self) -> Key {
        detail_key(self.account, self.generation)
    }

    fn version(&self) -> u64 {
        self.version
    }
}

impl Record for Job {
    fn key(&self) -> Key {
        job_key(self.account, self.id)
    }

    fn version(&self) -> u64 {
        self.version
    }

    fn ends_at(&self) -> Option<Timestamp> {
        let deleted_at = self.deleted_at.filter(|_| self.purges.is_empty())?;
        Some(deleted_at + reverie_domain::job::TOMBSTONE)
    }

    fn index_attributes(&self) -> Vec<(&'static str, String)> {
        let mut attributes = Vec::new();
        if let Some(due) = self.due_at() {
            let shard = (self.id.uuid().as_u128() % 16) as usize;
            attributes.push(("due_shard", DUE_SHARDS[shard].to_owned()));
            attributes.push(("due_at", sortable(due)));
        }
        if self.status == Status::Queued {
            attributes.push(("queue", self.kind.name().to_owned()));
            attributes.push(("queued_at", queue_place(self)));
        }
        attributes
    }
}

/// Submits a job: hold, job, request and `others` in one transaction.
///
/// # Errors
/// [`LedgerError`]; its `Conflict` has one outcome for each of `others`.
pub async fn submit(
    tables: &dyn Tables,
    wallet: Wallet,
    job: &Job,
    detail: &Detail,
    others: &[Write],
) -> Result<Wallet, LedgerError> {
    let mut beside = others.to_vec();
    beside.push(job.create()?);
    beside.push(detail.create()?);
    let limit = job.plan.active_limit();
    ledger::hold(tables, job.created_at, wallet, job.id, job.price, limit, &beside).await
}

/// The job and its detail, deleted ones included, if it is one of these owners'.
///
/// # Errors
/// [`StoreError`].
pub async fn find(
    tables: &dyn Tables,
    owners: &[AccountId],
    id: GenerationId,
) -> Result<Option<(Job, Option<Detail>)>, StoreError> {
    let keys: Vec<Key> =
        owners.iter().flat_map(|owner| [job_key(*owner, id), detail_key(*owner, id)]).collect();
    let mut rows = tables.get(&keys).await?.into_iter();
    while let (Some(job), Some(detail)) = (rows.next(), rows.next()) {
        if let Some(job) = from_maybe::<Job>(job)? {
            return Ok(Some((job, from_maybe(detail)?)));
        }
    }
    Ok(None)
}

/// The job alone.
///
/// # Errors
/// [`StoreError`].
pub async fn find_job(
    tables: &dyn Tables,
    account: AccountId,
    id: GenerationId,
) -> Result<Option<Job>, StoreError> {
    crate::record::get(tables, job_key(account, id)).await
}

/// Newest first; `after` is the last one looked at on the page before.
///
/// # Errors
/// [`StoreError`].
pub async fn list(
    tables: &dyn Tables,
    account: AccountId,
    after: Option<GenerationId>,
    limit: u32,
) -> Result<Vec<Job>, StoreError> {
    let (partition, after) = ((Table::Generations, account), after.map(|id| job_key(account, id)));
    newest_first(tables, partition, Range::Prefix("job#".to_owned()), after, limit).await
}

/// The same of several owners together. Ids come in the order of time.
///
/// # Errors
/// [`StoreError`].
pub async fn history(
    tables: &dyn Tables,
    owners: &[AccountId],
    after: Option<GenerationId>,
    limit: u32,
) -> Result<Vec<Job>, StoreError> {
    let mut all = Vec::new();
    for owner in owners {
        all.extend(list(tables, *owner, after, limit).await?);
    }
    all.sort_by_key(|job| std::cmp::Reverse(job.id));
    all.truncate(limit as usize);
    Ok(all)
}

/// The details of up to 100 jobs, in their order.
///
/// # Errors
/// [`StoreError`].
pub async fn details(tables: &dyn Tables, jobs: &[Job]) -> Result<Vec<Option<Detail>>, StoreError> {
    let keys: Vec<Key> = jobs.iter().map(|job| detail_key(job.account, job.id)).collect();
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    tables.get(&keys).await?.into_iter().map(from_maybe).collect()
}

/// Writes `after` in place of `before`; otherwise returns what is there instead.
///
/// # Errors
/// [`StoreError`].
pub async fn update(
    tables: &dyn Tables,
    before: &Job,
    after: &Job,
) -> Result<Result<(), Option<Job>>, StoreError> {
    replace(tables, before, after).await
}

/// How an attempt to make a job final, or to delete it, ended.
#[derive(Debug)]
pub enum Finished {
    /// It is written.
    Done(Job),
    /// The job had changed meanwhile; this is how it is now.
    Changed(Option<Job>),
}

/// Writes a transition, resolving the hold and counting the job in the same transaction if it makes
/// the job final. A deletion takes the request with it; a success adds what the model understood.
///
/// # Errors
/// [`LedgerError`].
pub async fn apply(
    tables: &dyn Tables,
    now: Timestamp,
    before: &Job,
    transition: &Transition,
    understood: Option<Value>,
) -> Result<Finished, LedgerError> {
    let after = &transition.job;
    let mut writes = vec![after.replace(before)?];
    let detail = match transition.resolution.is_some() || after.deleted_at.is_some() {
        true => crate::record::get::<Detail>(tables, detail_key(after.account, after.id)).await?,
        false => None,
    };
    if transition.resolution.is_some() {
        let request = detail.as_ref().map(|detail| &detail.request);
        writes.push(Sample::of(now, after, request).create()?);
    }
    writes.extend(
        detail.map(|detail| detail_write(after, detail, understood)).transpose()?.flatten(),
    );
    let Some(resolution) = &transition.resolution else {
        return match tables.write(&writes).await {
            Ok(()) => Ok(Finished::Done(after.clone())),
            Err(crate::tables::WriteError::Conflict(outcomes)) => changed(outcomes),
            Err(crate::tables::WriteError::Store(error)) => Err(error.into()),
        };
    };
    let hold = (after.wallet, after.id);
    match ledger::resolve(tables, now, hold, resolution, &writes).await {
        Ok(_) => Ok(Finished::Done(after.clone())),
        Err(LedgerError::Conflict(outcomes)) => changed(outcomes),
        // Whoever resolved the hold made the job final with it. A wallet that holds less than the hold was
        // read after that, and the hold before.
        Err(LedgerError::Wallet(WalletError::Resolved | WalletError::Overflow)) => {
            Ok(Finished::Changed(find_job(tables, after.account, after.id).await?))
        }
        Err(error) => Err(error),
    }
}

fn changed(outcomes: Vec<Outcome>) -> Result<Finished, LedgerError> {
    Ok(Finished::Changed(crate::record::present(outcomes)?))
}

fn detail_write(
    after: &Job,
    detail: Detail,
    understood: Option<Value>,
) -> Result<Option<Write>, StoreError> {
    if after.deleted_at.is_some() {
        return Ok(Some(detail.delete()));
    }
    if understood.is_none() {
        return Ok(None);
    }
    let next = Detail { understood, version: detail.version + 1, ..detail.clone() };
    next.replace(&detail).map(Some)
}

/// A page of jobs that are due.
#[derive(Debug)]
pub struct DuePage {
    /// The jobs, longest overdue first.
    pub jobs: Vec<Job>,
    /// Where the next page begins; `None` at the end.
    pub next: Option<Row>,
}

/// How many jobs a page of due jobs has.
const DUE_PAGE: u32 = 100;

/// Up to 100 jobs of one shard that are due, after those of the page before.
///
/// # Errors
/// [`StoreError`].
pub async fn due(
    tables: &dyn Tables,
    now: Timestamp,
    shard: &str,
    after: Option<Row>,
) -> Result<DuePage, StoreError> {
    let query = Query {
        table: Table::Generations,
        index: Some(Index::Due),
        partition: shard.to_owned(),
        range: Range::UpTo(sortable(now)),
        after,
        descending: false,
        limit: DUE_PAGE,
    };
    let mut found = tables.query(&query).await?;
    let keys: Vec<Key> = found.iter().filter_map(key_of).collect();
    if keys.is_empty() {
        return Ok(DuePage { jobs: Vec::new(), next: None });
    }
    // The index lags behind the rows, and the rows are the truth.
    let rows = tables.get(&keys).await?;
    let jobs = rows.into_iter().flatten().map(from_row).collect::<Result<_, _>>()?;
    let full = found.len() >= DUE_PAGE as usize;
    Ok(DuePage { jobs, next: found.pop().filter(|_| full) })
}

/// The places of the jobs that wait for a worker, first come first, up to [`POSITION_LIMIT`].
///
/// # Errors
/// [`StoreError`].
pub async fn waiting(tables: &dyn Tables, kind: Kind) -> Result<Vec<String>, StoreError> {
    let query = Query {
        table: Table::Generations,
        index: Some(Index::Queued),
        partition: kind.name().to_owned(),
        range: Range::All,
        after: None,
        descending: false,
        limit: POSITION_LIMIT,
    };
    let place = |row: Row| row.get("queued_at").and_then(Value::as_str).map(str::to_owned);
    Ok(tables.query(&query).await?.into_iter().filter_map(place).collect())
}

/// A job's place in its queue. Two jobs of one millisecond are ordered by id.
#[must_use]
pub fn queue_place(job: &Job) -> String {
    format!("{}#{}", sortable(job.created_at), job.id)
}

fn key_of(row: &Row) -> Option<Key> {
    let text = |name| row.get(name).and_then(Value::as_str);
    Some(Key::new(Table::Generations, text("pk")?, text("sk")?))
}

fn job_key(account: AccountId, id: GenerationId) -> Key {
    Key::new(Table::Generations, account, format!("job#{id}"))
}

fn detail_key(account: AccountId, id: GenerationId) -> Key {
    Key::new(Table::Generations, account, format!("detail#{id}"))
}

/// What a submission has to know before it writes.
#[derive(Debug)]
pub struct Prepared {
    /// The account's wallet.
    pub wallet: Wallet,
    /// What is remembered of the idempotency key.
    pub idempotency: Option<Idempotency>,
    /// The quote that was named.
    pub quote: Option<Quote>,
    /// The generation that may answer the request.
    pub cached: Option<Cached>,
}

/// Reads all that a submission has to know, in one round trip.
///
/// # Errors
/// [`LedgerError::Missing`] without a wallet, [`LedgerError::Store`].
pub async fn prepare(
    tables: &dyn Tables,
    account: AccountId,
    wallet: WalletId,
    (idempotency, quote, cached): (Option<Key>, Option<QuoteId>, Option<Key>),
) -> Result<Prepared, LedgerError> {
    let wanted = [
        Some(ledger::wallet_key(wallet)),
        idempotency,
        quote.map(|id| quote_key(account, id)),
        cached,
    ];
    let keys: Vec<Key> = wanted.iter().flatten().cloned().collect();
    let mut found = tables.get(&keys).await?.into_iter();
    let [wallet, idempotency, quote, cached] = wanted.map(|key| key.and_then(|_| found.next()?));
    Ok(Prepared {
        wallet: from_maybe(wallet)?.ok_or(LedgerError::Missing)?,
        idempotency: from_maybe(idempotency)?,
        quote: from_maybe(quote)?,
        cached: from_maybe(cached)?,
    })
}
