use std::time::Duration;

use reverie_api::{
    Problem,
    generation::{self, GenerationView},
};
use reverie_domain::{ids::AccountId, job::Job};
use reverie_store::generations;
use tokio::time::Instant;

use crate::Generations;

/// How often a waiting request looks. A read costs a fraction of a thousandth of a cent.
const LOOK: Duration = Duration::from_millis(400);

/// The generation once its status is another than `job`'s, or as it is when the wait is over. A
/// final job does not change, so it is answered at once.
pub(crate) async fn until_changed(
    state: &Generations,
    owners: &[AccountId],
    job: &Job,
    wait: Option<Duration>,
) -> Result<GenerationView, Problem> {
    let until = Instant::now() + wait.unwrap_or_default();
    let tables = &*state.app.tables;
    let mut status = job.status;
    while !status.is_final() && status == job.status && Instant::now() < until {
        tokio::time::sleep(LOOK.min(until.saturating_duration_since(Instant::now()))).await;
        let now = generations::find_job(tables, job.account, job.id).await?;
        status = now.ok_or_else(Problem::not_found)?.status;
    }
    generation::load(&state.app, &*state.objects, owners, job.id).await
}
