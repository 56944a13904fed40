use axum::extract::State;
use http::StatusCode;
use reverie_api::{GenerationsWrite, Id, Problem};
use reverie_domain::ids::GenerationId;

use crate::{Generations, change::change};

/// Deletes a generation and its files; a live one is canceled first. Its prompt is gone at once,
/// its files within 15 minutes.
#[utoipa::path(
    delete, path = "/v1/generations/{id}", tag = "generations", security(("bearer" = ["generations:write"])),
    params(("id" = GenerationId, Path)),
    responses(
        (status = 204),
        (status = 404, body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn delete(
    State(state): State<Generations>,
    GenerationsWrite(caller): GenerationsWrite,
    Id(id): Id<GenerationId>,
) -> Result<StatusCode, Problem> {
    let now = state.app.now();
    change(&state, (&caller.account.owners(), id), |job| job.delete(now)).await?;
    Ok(StatusCode::NO_CONTENT)
}
