use axum::{Json, extract::State};
use reverie_api::{
    GenerationsRead, Id, Prefer, Problem,
    generation::{self, GenerationView},
};
use reverie_domain::ids::GenerationId;

use crate::{Generations, wait::until_changed};

/// A generation. With `Prefer: wait=25` the answer waits until its status changes.
#[utoipa::path(
    get, path = "/v1/generations/{id}", tag = "generations", security(("bearer" = ["generations:read"])),
    params(
        ("id" = GenerationId, Path),
        ("Prefer" = Option<String>, Header, description = "`wait=25` waits for a change."),
    ),
    responses(
        (status = 200, body = GenerationView),
        (status = 404, body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn show(
    State(state): State<Generations>,
    GenerationsRead(caller): GenerationsRead,
    Id(id): Id<GenerationId>,
    prefer: Prefer,
) -> Result<Json<GenerationView>, Problem> {
    let owners = caller.account.owners();
    if prefer.wait.is_none() {
        return generation::load(&state.app, &*state.objects, &owners, id).await.map(Json);
    }
    let (job, _) = generation::find(&*state.app.tables, &owners, id).await?;
    until_changed(&state, &owners, &job, prefer.wait).await.map(Json)
}
