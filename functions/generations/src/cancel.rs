use axum::{Json, extract::State};
use http::StatusCode;
use reverie_api::{
    GenerationsWrite, Id, Problem,
    generation::{self, GenerationView},
};
use reverie_domain::{ids::GenerationId, job::Status};

use crate::{Generations, change::change};

/// Stops a queued or running generation; its credits go back at once.
#[utoipa::path(
    post, path = "/v1/generations/{id}/cancel", tag = "generations", security(("bearer" = ["generations:write"])),
    params(("id" = GenerationId, Path)),
    responses(
        (status = 200, body = GenerationView, description = "It was canceled before."),
        (status = 202, body = GenerationView),
        (status = 404, body = Problem, content_type = "application/problem+json"),
        (status = 409, body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn cancel(
    State(state): State<Generations>,
    GenerationsWrite(caller): GenerationsWrite,
    Id(id): Id<GenerationId>,
) -> Result<(StatusCode, Json<GenerationView>), Problem> {
    let (owners, now) = (caller.account.owners(), state.app.now());
    let (job, _) = generation::find(&*state.app.tables, &owners, id).await?;
    let status = match job.status {
        Status::Canceled => StatusCode::OK,
        _ => {
            change(&state, (&owners, id), |job| job.cancel(now)).await?;
            StatusCode::ACCEPTED
        }
    };
    let view = generation::load(&state.app, &*state.objects, &owners, id).await?;
    Ok((status, Json(view)))
}
