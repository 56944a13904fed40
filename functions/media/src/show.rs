use axum::{Json, extract::State};
use reverie_api::{Id, Problem, UploadsRead};
use reverie_domain::ids::UploadId;

use crate::{
    Media,
    upload::{UploadView, find},
};

/// An upload.
#[utoipa::path(
    get, path = "/v1/uploads/{id}", tag = "uploads", security(("bearer" = ["uploads:read"])),
    params(("id" = UploadId, Path)),
    responses(
        (status = 200, body = UploadView),
        (status = 404, body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn show(
    State(state): State<Media>,
    UploadsRead(caller): UploadsRead,
    Id(id): Id<UploadId>,
) -> Result<Json<UploadView>, Problem> {
    Ok(Json(find(&state, &caller.account.owners(), id).await?.into()))
}
