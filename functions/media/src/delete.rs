use axum::extract::State;
use http::StatusCode;
use reverie_api::{Id, Problem, UploadsWrite};
use reverie_domain::ids::{AccountId, UploadId};
use reverie_store::{Record, tables::WriteError};

use crate::{Media, upload::find};

/// How often the row is read again because it changed meanwhile.
const ATTEMPTS: u32 = 4;

/// Deletes an upload and its file.
#[utoipa::path(
    delete, path = "/v1/uploads/{id}", tag = "uploads", security(("bearer" = ["uploads:write"])),
    params(("id" = UploadId, Path)),
    responses(
        (status = 204),
        (status = 404, body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn delete(
    State(state): State<Media>,
    UploadsWrite(caller): UploadsWrite,
    Id(id): Id<UploadId>,
) -> Result<StatusCode, Problem> {
    delete_both(&state, &caller.account.owners(), id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The file first: while the row is there, a failure can be repeated.
async fn delete_both(state: &Media, owners: &[AccountId], id: UploadId) -> Result<(), Problem> {
    for _ in 0..ATTEMPTS {
        let upload = find(state, owners, id).await?;
        state.objects.delete(&[upload.key()]).await?;
        match state.app.tables.write(&[upload.delete()]).await {
            Ok(()) => return Ok(()),
            Err(WriteError::Conflict(_)) => {}
            Err(WriteError::Store(error)) => return Err(error.into()),
        }
    }
    Err(Problem::unavailable("an upload's row kept changing"))
}
