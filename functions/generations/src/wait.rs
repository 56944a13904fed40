use std::time::Duration;

use reverie_api::{
    Problem,
    generation::{self, GenerationView},
};
use reverie_domain::{ids::AccountId, job::Job};
use reverie_store::{generations, open_answers::Place};
use tokio::time::Instant;

use crate::Generations;

/// How often a waiting request looks. A read costs a fraction of a thousandth of a cent.
const LOOK: Duration = Duration::from_millis(400);

/// The generation once its status is another than `job`'s, or as it is when the wait is over. A
/// final job does not change, so it is answered at once; and so is whoever has too many open answers.
pub(crate) async fn until_changed(
    state: &Generations,
    owners: &[AccountId],
    job: &Job,
    wait: Option<Duration>,
) -> Result<GenerationView, Problem> {
    let tables = &*state.app.tables;
    let wait = wait.filter(|_| !job.status.is_final()).unwrap_or_default();
    let account = owners.first().copied().unwrap_or(job.account);
    let place = match wait.is_zero() {
        true => None,
        false => Place::take(tables, state.app.now(), account, state.app.now() + wait).await?,
    };
    // Too many answers of this account are open already.
    let wait = if place.is_some() { wait } else { Duration::ZERO };
    let until = Instant::now() + wait;
    let mut status = job.status;
    while !status.is_final() && status == job.status && Instant::now() < until {
        tokio::time::sleep(LOOK.min(until.saturating_duration_since(Instant::now()))).await;
        let now = generations::find_job(tables, job.account, job.id).await?;
        status = now.ok_or_else(Problem::not_found)?.status;
    }
    if let Some(place) = place
        && let Err(error) = place.give_back(tables).await
    {
        tracing::warn!(%error, "a place of an open answer was not given back");
    }
    generation::load(&state.app, &*state.objects, owners, job.id).await
}
