use axum::{
    Json,
    extract::{Path, State},
    response::{IntoResponse, Response},
};
use http::{StatusCode, header};
use reverie_api::{
    GenerationsRead, Id, Params, Problem,
    generation::{self, Link},
};
use reverie_domain::ids::GenerationId;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::Media;

/// How to answer.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Answer {
    /// `false` answers the link as JSON.
    #[param(default = true)]
    redirect: Option<bool>,
}

/// Redirects to a result, by a link that ends after 15 minutes at the latest.
#[utoipa::path(
    get, path = "/v1/generations/{id}/files/{name}", tag = "generations",
    security(("bearer" = ["generations:read"])),
    params(
        ("id" = GenerationId, Path),
        ("name" = String, Path, example = "track.flac"),
        Answer,
    ),
    responses(
        (status = 200, body = Link, description = "With `redirect=false`."),
        (status = 302, headers(("location" = String))),
        (status = 404, body = Problem, content_type = "application/problem+json"),
        (status = 410, body = Problem, content_type = "application/problem+json"),
        (status = 422, body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn download(
    State(state): State<Media>,
    GenerationsRead(caller): GenerationsRead,
    Id(id): Id<GenerationId>,
    path: Path<(String, String)>,
    Params(answer): Params<Answer>,
) -> Result<Response, Problem> {
    let Path((_, name)) = path;
    let (job, _) = generation::find(&*state.app.tables, &caller.account.owners(), id).await?;
    let link = generation::link(&*state.objects, state.app.now(), &job, &name).await?;
    Ok(match answer.redirect {
        Some(false) => Json(link).into_response(),
        _ => (StatusCode::FOUND, [(header::LOCATION, link.url)]).into_response(),
    })
}
