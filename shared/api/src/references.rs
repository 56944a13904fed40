//! The uploads that a request names.

use jiff::SignedDuration;
use reverie_domain::{
    ids::{AccountId, UploadId},
    job::DEADLINE,
    request::FieldError,
    upload::{Upload, UploadStatus},
};
use reverie_store::uploads;

use crate::{App, Problem};

/// The uploads of these ids that belong to the account or to a guest that became it. `wait` is how long from now they have to be there; for a job
/// that is [`JOB_MAY_WAIT`].
///
/// # Errors
/// 422 naming each that is not there, not the account's, not checked yet, or ends too soon. 503.
pub async fn references(
    app: &App,
    owners: &[AccountId],
    ids: &[UploadId],
    wait: SignedDuration,
) -> Result<Vec<Upload>, Problem> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let found = uploads::find_all(&*app.tables, owners, ids).await?;
    let (mut there, mut errors) = (Vec::new(), Vec::new());
    for (index, upload) in found.into_iter().enumerate() {
        let wrong = match &upload {
            None => "there is no such upload",
            Some(upload) if upload.status == UploadStatus::Pending => {
                "is not there yet: upload the file, then complete the upload"
            }
            Some(upload) if upload.status == UploadStatus::Rejected => "was rejected",
            Some(upload) if upload.expires_at < app.now() + wait => {
                "ends before the work may be made: upload it again"
            }
            Some(_) => {
                there.extend(upload);
                continue;
            }
        };
        let path = format!("references[{index}]");
        errors.push(FieldError { path, message: wrong.to_owned() });
    }
    if errors.is_empty() { Ok(there) } else { Err(Problem::invalid(errors)) }
}

/// A job may wait until its deadline before a worker reads its references.
pub const JOB_MAY_WAIT: SignedDuration = DEADLINE;
