use reverie_api::{Problem, generation};
use reverie_domain::{
    ids::{AccountId, GenerationId},
    job::{Job, JobError, Transition},
};
use reverie_store::generations::{self, Finished};

use crate::Generations;

/// How often a change is tried while others change the same job.
const ATTEMPTS: u32 = 8;

/// Changes an account's job by a rule, computing it again from the fresh row when it lost a race.
pub(crate) async fn change(
    state: &Generations,
    (owners, id): (&[AccountId], GenerationId),
    rule: impl Fn(&Job) -> Result<Transition, JobError>,
) -> Result<Job, Problem> {
    let tables = &*state.app.tables;
    let (mut job, _) = generation::find(tables, owners, id).await?;
    for _ in 0..ATTEMPTS {
        let transition = rule(&job)?;
        match generations::apply(tables, state.app.now(), &job, &transition, None).await? {
            Finished::Done(job) => return Ok(job),
            Finished::Changed(Some(fresh)) if fresh.deleted_at.is_none() => job = fresh,
            Finished::Changed(_) => return Err(Problem::not_found()),
        }
    }
    Err(Problem::unavailable("a job kept changing"))
}
