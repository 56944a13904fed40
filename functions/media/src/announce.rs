use axum::{Json, extract::State};
use http::{HeaderName, StatusCode, header};
use reverie_api::{Body, Caller, IdempotencyKey, Problem, Replay, UploadsWrite};
use reverie_domain::upload::{Upload, UploadType};
use reverie_store::Record;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    Media,
    upload::{UploadView, find, put_link},
};

const ROUTE: &str = "POST /v1/uploads";

/// A file to be uploaded.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewUpload {
    content_type: UploadType,
    /// The size: at most 20 MiB for an image and 100 MiB for a video.
    #[schema(minimum = 1, maximum = 104_857_600)]
    bytes: u64,
}

/// Announces a reference. Upload the file as `put` says, then complete the upload.
#[utoipa::path(
    post, path = "/v1/uploads", tag = "uploads", security(("bearer" = ["uploads:write"])),
    params((
            "Idempotency-Key" = Option<String>, Header, description = "Kept for 24 hours.",
            min_length = 1, max_length = 255, pattern = "^[!-~]+$"
        )),
    request_body = NewUpload,
    responses(
        (status = 201, body = UploadView, headers(("location" = String))),
        (status = 404, body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn create(
    State(state): State<Media>,
    UploadsWrite(caller): UploadsWrite,
    key: IdempotencyKey,
    Body(request): Body<NewUpload>,
) -> Result<(StatusCode, [(HeaderName, String); 1], Json<UploadView>), Problem> {
    let upload = announced(&state, &caller, &request)?;
    let upload = remember(&state, upload, &key, &request).await?;
    let put = put_link(&state, &upload).await?;
    let location = [(header::LOCATION, format!("/v1/uploads/{}", upload.id))];
    Ok((StatusCode::CREATED, location, Json(UploadView::awaited(upload, put))))
}

fn announced(state: &Media, caller: &Caller, request: &NewUpload) -> Result<Upload, Problem> {
    let NewUpload { content_type, bytes } = *request;
    let most = content_type.max_bytes();
    if !(1..=most).contains(&bytes) {
        let message = format!("must be 1 to {most} for {}", content_type.media_type());
        return Err(Problem::invalid_field("bytes", message));
    }
    Ok(Upload::announce(state.app.now(), caller.account.id, content_type, bytes))
}

/// Stores the upload; a repetition gets the upload that the first one made.
async fn remember(
    state: &Media,
    upload: Upload,
    key: &IdempotencyKey,
    request: &NewUpload,
) -> Result<Upload, Problem> {
    let (scope, row) = ((upload.account, ROUTE), (upload.id, upload.create()?));
    match key.create(&state.app, scope, request, row).await? {
        Replay::First => Ok(upload),
        Replay::Same(id) => {
            let id = id.parse().map_err(Problem::internal)?;
            find(state, &[upload.account], id).await
        }
    }
}
