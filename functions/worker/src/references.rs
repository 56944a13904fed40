//! Looking at the uploads that a request names.

use std::time::Duration;

use reverie_domain::{
    ids::{AccountId, UploadId},
    job::Failure,
    manifest::Kind,
    upload::UploadType,
};
use reverie_inference::{Look, Picture, Reference};
use reverie_store::uploads;

use crate::{
    Worker,
    lease::End,
    retry::{STORE_TIMEOUT, retry},
};

/// How long one file may take to arrive.
const FILE_TIMEOUT: Duration = Duration::from_secs(60);

impl Worker {
    /// What is seen in these owners' uploads, one after the other: a file is large. A film shows the
    /// pictures themselves.
    pub(crate) async fn look_at(
        &self,
        owners: &[AccountId],
        ids: &[UploadId],
        kind: Kind,
    ) -> Result<Vec<Reference>, End> {
        let find = || uploads::find_all(&*self.tables, owners, ids);
        let found = retry("read uploads", STORE_TIMEOUT, find).await.ok_or(End::Unreachable)?;
        let mut seen = Vec::with_capacity(found.len());
        for upload in found {
            let upload = upload.ok_or_else(gone)?;
            let (key, most) = (upload.key(), upload.bytes.min(UploadType::Mp4.max_bytes()));
            let fetch = || self.objects.get(&key, most);
            let file = retry("read a reference", FILE_TIMEOUT, fetch).await;
            let file = file.ok_or(End::Unreachable)?.ok_or_else(gone)?;
            let see = move || match kind {
                Kind::Music => (Look::at_any(&file), None),
                Kind::Video => (None, Picture::read(&file)),
            };
            let (look, picture) = self.compute(see).await.unwrap_or_else(|error| {
                tracing::warn!(upload = %upload.id, %error, "a decoder failed");
                (None, None)
            });
            seen.push(Reference { id: upload.id.to_string(), look, picture });
        }
        Ok(seen)
    }
}

/// Its owner may delete an upload while a job waits.
fn gone() -> End {
    End::Failed(Failure {
        code: "reference.gone".to_owned(),
        message: "A reference was deleted before this was made. You were not charged.".to_owned(),
        retryable: false,
        suggestion: Some("Upload the reference again and submit anew.".to_owned()),
    })
}
