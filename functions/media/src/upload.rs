//! An upload as JSON.

use std::{collections::BTreeMap, time::Duration};

use http::StatusCode;
use jiff::{SignedDuration, Timestamp};
use reverie_api::Problem;
use reverie_domain::{
    ids::{AccountId, UploadId},
    upload::{MediaFacts, PUT_VALIDITY, Upload, UploadStatus, UploadType},
};
use reverie_store::uploads;
use serde::Serialize;
use utoipa::ToSchema;

use crate::Media;

/// A file that a person uploads as reference.
#[derive(Serialize, ToSchema)]
#[schema(as = Upload)]
pub(crate) struct UploadView {
    id: UploadId,
    status: UploadStatus,
    content_type: UploadType,
    /// The announced size.
    bytes: u64,
    #[serde(flatten)]
    facts: MediaFacts,
    /// Why it was rejected.
    #[serde(skip_serializing_if = "Option::is_none")]
    rejection: Option<String>,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// When the file ends.
    #[schema(value_type = String, format = DateTime)]
    expires_at: Timestamp,
    /// Where to upload it; only in the answer to the announcement.
    #[serde(skip_serializing_if = "Option::is_none")]
    put: Option<PutLink>,
}

/// How to upload the file: send this request with the file as its body.
#[derive(Serialize, ToSchema)]
pub(crate) struct PutLink {
    url: String,
    method: String,
    /// Headers to send exactly so.
    headers: BTreeMap<String, String>,
    /// Until when the link works.
    #[schema(value_type = String, format = DateTime)]
    expires_at: Timestamp,
}

impl From<Upload> for UploadView {
    fn from(upload: Upload) -> Self {
        Self {
            id: upload.id,
            status: upload.status,
            content_type: upload.content_type,
            bytes: upload.bytes,
            facts: upload.facts,
            rejection: upload.rejection,
            created_at: upload.created_at,
            expires_at: upload.expires_at,
            put: None,
        }
    }
}

impl UploadView {
    /// An upload with the link to upload its file.
    pub(crate) fn awaited(upload: Upload, put: Option<PutLink>) -> Self {
        Self { put, ..upload.into() }
    }
}

/// An upload of the account's or of a guest that became it; 404 for other people's.
pub(crate) async fn find(
    state: &Media,
    owners: &[AccountId],
    id: UploadId,
) -> Result<Upload, Problem> {
    uploads::find(&*state.app.tables, owners, id).await?.ok_or_else(Problem::not_found)
}

/// A link to upload the file, while it is awaited.
pub(crate) async fn put_link(state: &Media, upload: &Upload) -> Result<Option<PutLink>, Problem> {
    let now = state.app.now();
    let left = upload.expires_at.duration_since(now).min(PUT_VALIDITY).as_secs();
    if upload.status != UploadStatus::Pending || left < 1 {
        return Ok(None);
    }
    let media_type = upload.content_type.media_type();
    let validity = Duration::from_secs(left.unsigned_abs());
    let objects = &*state.objects;
    let signed = objects.presign_put(&upload.key(), media_type, upload.bytes, validity).await?;
    Ok(Some(PutLink {
        url: signed.url,
        method: signed.method,
        headers: signed.headers.into_iter().collect(),
        expires_at: now + SignedDuration::from_secs(left),
    }))
}

/// 410 once the upload has ended.
pub(crate) fn still_there(upload: Upload, now: Timestamp) -> Result<Upload, Problem> {
    if now < upload.expires_at {
        return Ok(upload);
    }
    let detail = "The upload has ended. Announce the file again.";
    Err(Problem::new(StatusCode::GONE, "file.expired", detail))
}
