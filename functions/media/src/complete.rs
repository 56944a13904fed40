use axum::{Json, extract::State};
use http::StatusCode;
use reverie_api::{Id, Problem, UploadsWrite};
use reverie_domain::{
    ids::UploadId,
    upload::{MediaFacts, Upload, UploadStatus},
};
use reverie_store::uploads;
use tokio::sync::Semaphore;

use crate::{
    Media,
    inspect::inspect,
    upload::{UploadView, find, still_there},
};

/// How many files are in memory at once, of up to 100 MiB each.
static FILES: Semaphore = Semaphore::const_new(2);

/// Checks the uploaded file. Repeating it gives the same answer.
#[utoipa::path(
    post, path = "/v1/uploads/{id}/complete", tag = "uploads", security(("bearer" = ["uploads:write"])),
    params(("id" = UploadId, Path)),
    responses(
        (status = 200, body = UploadView),
        (status = 404, body = Problem, content_type = "application/problem+json"),
        (status = 409, body = Problem, content_type = "application/problem+json"),
        (status = 410, body = Problem, content_type = "application/problem+json"),
        (status = 422, body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn complete(
    State(state): State<Media>,
    UploadsWrite(caller): UploadsWrite,
    Id(id): Id<UploadId>,
) -> Result<Json<UploadView>, Problem> {
    let found = find(&state, &caller.account.owners(), id).await?;
    let upload = still_there(found, state.app.now())?;
    let checked = match upload.status {
        UploadStatus::Pending => check(&state, &upload).await?,
        UploadStatus::Ready | UploadStatus::Rejected => upload,
    };
    accepted(&state, checked).await.map(|upload| Json(upload.into()))
}

/// The upload, unless it is rejected: then its file goes, and 422.
async fn accepted(state: &Media, upload: Upload) -> Result<Upload, Problem> {
    if upload.status != UploadStatus::Rejected {
        return Ok(upload);
    }
    state.objects.delete(&[upload.key()]).await?;
    let detail = upload.rejection.unwrap_or_else(|| "The file was rejected.".to_owned());
    Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "upload.rejected", detail))
}

/// Checks the file and writes the outcome, or takes the outcome of who checked it meanwhile.
async fn check(state: &Media, upload: &Upload) -> Result<Upload, Problem> {
    let checked = upload.checked(facts(state, upload).await?);
    match uploads::update(&*state.app.tables, upload, &checked).await? {
        Ok(()) => Ok(checked),
        Err(present) => present.ok_or_else(Problem::not_found),
    }
}

/// What is in the file, or why it is rejected.
async fn facts(state: &Media, upload: &Upload) -> Result<Result<MediaFacts, String>, Problem> {
    let key = upload.key();
    let there = state.objects.head(&key).await?.ok_or_else(missing)?;
    if there.bytes != upload.bytes {
        let reason =
            format!("The file has {} bytes, not the announced {}.", there.bytes, upload.bytes);
        return Ok(Err(reason));
    }
    let _permit = FILES.acquire().await.map_err(Problem::internal)?;
    let file = state.objects.get(&key, upload.bytes).await?.ok_or_else(missing)?;
    let content_type = upload.content_type;
    let inspected = tokio::task::spawn_blocking(move || inspect(content_type, &file)).await;
    Ok(inspected.unwrap_or_else(|error| {
        // A panic in a parser: the file is to blame, and the next one is not.
        tracing::warn!(upload = %upload.id, %error, "a parser failed");
        Err("The file cannot be read.".to_owned())
    }))
}

fn missing() -> Problem {
    let detail = "The file is not there. Upload it as `put` said, then complete the upload.";
    Problem::new(StatusCode::CONFLICT, "upload.missing", detail)
}
