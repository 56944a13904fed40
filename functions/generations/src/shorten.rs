use axum::{Json, extract::State};
use jiff::Timestamp;
use reverie_api::{
    Body, GenerationsWrite, Id, Problem,
    generation::{self, GenerationView},
};
use reverie_domain::{ids::GenerationId, job::Transition};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{Generations, change::change};

/// What can be changed of a generation.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct GenerationPatch {
    /// An earlier end of the files.
    #[schema(value_type = String, format = DateTime)]
    expires_at: Timestamp,
}

/// Moves the end of a generation's files earlier. It can never be moved later.
#[utoipa::path(
    patch, path = "/v1/generations/{id}", tag = "generations", security(("bearer" = ["generations:write"])),
    params(("id" = GenerationId, Path)),
    request_body = GenerationPatch,
    responses(
        (status = 200, body = GenerationView),
        (status = 404, body = Problem, content_type = "application/problem+json"),
        (status = 409, body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn shorten(
    State(state): State<Generations>,
    GenerationsWrite(caller): GenerationsWrite,
    Id(id): Id<GenerationId>,
    Body(patch): Body<GenerationPatch>,
) -> Result<Json<GenerationView>, Problem> {
    let (owners, now) = (caller.account.owners(), state.app.now());
    let end = patch.expires_at;
    change(&state, (&owners, id), |job| {
        job.shorten(now, end).map(|job| Transition { job, resolution: None })
    })
    .await?;
    generation::load(&state.app, &*state.objects, &owners, id).await.map(Json)
}
