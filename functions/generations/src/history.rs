use axum::{Json, extract::State};
use jiff::Timestamp;
use reverie_api::{
    GenerationsRead, Page, PageQuery, Params, Problem,
    generation::{self, GenerationView},
};
use reverie_domain::{
    ids::{AccountId, GenerationId},
    job::{Job, Status},
    manifest::Kind,
};
use reverie_store::generations;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::Generations;

/// How many rows a filtered page looks at before it answers with what it has.
const LOOKED_AT: usize = 1_000;

/// Which generations.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Filter {
    /// Only of this kind.
    kind: Option<Kind>,
    /// Only in this status.
    status: Option<Status>,
    /// Only submitted after this instant.
    #[param(value_type = Option<String>, format = DateTime)]
    created_after: Option<Timestamp>,
    /// Only submitted before this instant.
    #[param(value_type = Option<String>, format = DateTime)]
    created_before: Option<Timestamp>,
    /// How many items: 1 to 100.
    #[param(minimum = 1, maximum = 100, default = 20)]
    limit: Option<u32>,
    /// The `next_cursor` of the page before.
    cursor: Option<String>,
}

impl Filter {
    fn page(&self) -> PageQuery {
        PageQuery { limit: self.limit, cursor: self.cursor.clone() }
    }

    fn takes(&self, job: &Job) -> bool {
        job.deleted_at.is_none()
            && self.kind.is_none_or(|kind| job.kind == kind)
            && self.status.is_none_or(|status| job.status == status)
            && self.created_after.is_none_or(|at| job.created_at > at)
            && self.created_before.is_none_or(|at| job.created_at < at)
    }
}

/// The account's generations, newest first. A filtered page may be short and still have a next
/// one.
#[utoipa::path(
    get, path = "/v1/generations", tag = "generations", security(("bearer" = ["generations:read"])),
    params(Filter),
    responses(
        (status = 200, body = Page<GenerationView>),
        (status = 422, body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn list(
    State(state): State<Generations>,
    GenerationsRead(caller): GenerationsRead,
    Params(filter): Params<Filter>,
) -> Result<Json<Page<GenerationView>>, Problem> {
    let (jobs, last) = matching(&state, &caller.account.owners(), &filter).await?;
    let owner = caller.account.id;
    let details = generations::details(&*state.app.tables, &jobs).await?;
    let mut items = Vec::with_capacity(jobs.len());
    for (job, detail) in jobs.iter().zip(details) {
        items.push(generation::view(&state.app, &*state.objects, owner, job, detail).await?);
    }
    Ok(Json(Page::new(items, last)))
}

/// A page of jobs, and where it ended unless that was the end.
async fn matching(
    state: &Generations,
    owners: &[AccountId],
    filter: &Filter,
) -> Result<(Vec<Job>, Option<GenerationId>), Problem> {
    let limit = filter.page().limit()? as usize;
    let mut position = filter.page().position::<GenerationId>()?;
    let (mut found, mut looked_at) = (Vec::new(), 0);
    loop {
        // One more than asked for tells whether there is a next page.
        let wanted = (limit - found.len() + 1).min(100);
        let rows =
            generations::history(&*state.app.tables, owners, position, wanted as u32).await?;
        let at_the_end = rows.len() < wanted;
        for job in rows {
            if found.len() == limit {
                return Ok((found, position));
            }
            position = Some(job.id);
            looked_at += 1;
            if filter.takes(&job) {
                found.push(job);
            }
        }
        if at_the_end {
            return Ok((found, None));
        }
        if looked_at >= LOOKED_AT {
            return Ok((found, position));
        }
    }
}
