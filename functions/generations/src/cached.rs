//! A repeated request is answered with copies of what was made before.

use std::time::Duration;

use futures::future::try_join_all;
use jiff::Timestamp;
use reverie_api::Problem;
use reverie_domain::job::Job;
use reverie_store::{
    cache::{self, Cached},
    generations::{self, Detail, Finished},
    tables::{Key, StoreError},
};
use tokio::time::timeout;

use crate::{Generations, submit::announce};

/// How long S3 may take to copy. The function itself lives little longer than a held answer.
const PATIENCE: Duration = Duration::from_secs(3);

/// The earlier generation that answers a request, if there is one and it may. `row` was read
/// before, or is at `unread`.
pub(crate) async fn source(
    state: &Generations,
    now: Timestamp,
    row: Option<Cached>,
    unread: Option<Key>,
) -> Option<(Job, Detail)> {
    let tables = &*state.app.tables;
    let found = async {
        let row = match unread {
            Some(key) => cache::find(tables, key).await?,
            None => row,
        };
        match row {
            Some(row) => cache::source(tables, now, &row).await,
            None => Ok(None),
        }
    };
    let found = found.await;
    // Without an answer it is made anew.
    found.inspect_err(|error| tracing::warn!(%error, "the cache was not read")).ok().flatten()
}

/// Completes a job that was submitted as cached. Whatever goes wrong, the job is written and
/// becomes one like any other: at once, or when its lease is over.
pub(crate) async fn fill(
    state: &Generations,
    job: &Job,
    (source, detail): &(Job, Detail),
) -> Result<Job, Problem> {
    let tables = &*state.app.tables;
    let copied = timeout(PATIENCE, copy(state, source, job)).await;
    let late = || StoreError::Unavailable { service: "S3", reason: "no copy in time".to_owned() };
    match copied.unwrap_or_else(|_| Err(late())) {
        Ok(true) => {}
        Ok(false) => {
            tracing::warn!(id = %job.id, source = %source.id, "the results are not there to copy");
            return give_to_worker(state, job).await;
        }
        Err(error) => {
            tracing::warn!(id = %job.id, %error, "the results were not copied");
            return give_to_worker(state, job).await;
        }
    }
    let now = state.app.now();
    let done = job.succeed(now, job.epoch, source.files.clone())?;
    match generations::apply(tables, now, job, &done, detail.understood.clone()).await {
        Ok(Finished::Done(job) | Finished::Changed(Some(job))) => Ok(job),
        Ok(Finished::Changed(None)) => Err(Problem::not_found()),
        Err(error) => {
            tracing::warn!(id = %job.id, %error, "the copies were not made the result");
            Ok(job.clone())
        }
    }
}

/// `false` if a file is not there any more.
async fn copy(state: &Generations, source: &Job, job: &Job) -> Result<bool, StoreError> {
    let copies = source.files.iter().map(|file| async {
        let from = source.result_key(source.epoch, &file.name);
        let to = job.result_key(job.epoch, &file.name);
        state.objects.copy(&from, &to).await
    });
    Ok(try_join_all(copies).await?.into_iter().all(|copied| copied))
}

/// The job is queued, and its price stays what it was: nothing.
async fn give_to_worker(state: &Generations, job: &Job) -> Result<Job, Problem> {
    let queued = job.hand_back(state.app.now(), job.epoch)?;
    match generations::update(&*state.app.tables, job, &queued).await {
        Ok(Ok(())) => {}
        Ok(Err(Some(fresh))) => return Ok(fresh),
        Ok(Err(None)) | Err(_) => return Ok(job.clone()),
    }
    announce(state, &queued).await;
    Ok(queued)
}
