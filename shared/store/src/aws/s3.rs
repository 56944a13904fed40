use std::time::Duration;

use async_trait::async_trait;
use aws_sdk_s3::{
    Client,
    error::ProvideErrorMetadata,
    presigning::{PresignedRequest, PresigningConfig},
    primitives::ByteStream,
    types::{CompletedMultipartUpload, CompletedPart, Delete, ObjectIdentifier},
};
use bytes::Bytes;

use super::unavailable;
use crate::{
    objects::{ObjectInfo, Objects, Part, Presigned},
    tables::StoreError,
};

/// [`Objects`] in an S3 bucket.
#[derive(Debug, Clone)]
pub struct S3Objects {
    client: Client,
    bucket: String,
}

impl S3Objects {
    /// The bucket of this name. Links begin with the client's endpoint, so it must be the one
    /// that browsers reach.
    #[must_use]
    pub const fn new(client: Client, bucket: String) -> Self {
        Self { client, bucket }
    }
}

#[async_trait]
impl Objects for S3Objects {
    async fn presign_get(
        &self,
        key: &str,
        file_name: &str,
        content_type: &str,
        validity: Duration,
    ) -> Result<Presigned, StoreError> {
        self.client
            .get_object()
            .bucket(&self.bucket)
            .key(key)
            .response_content_type(content_type)
            .response_content_disposition(format!("attachment; filename=\"{file_name}\""))
            .presigned(expires(validity)?)
            .await
            .map(presigned)
            .map_err(|error| unavailable("S3", error))
    }

    async fn presign_put(
        &self,
        key: &str,
        content_type: &str,
        bytes: u64,
        validity: Duration,
    ) -> Result<Presigned, StoreError> {
        self.client
            .put_object()
            .bucket(&self.bucket)
            .key(key)
            .content_type(content_type)
            .content_length(bytes.cast_signed())
            // The link makes the object once; it does not replace what was checked.
            .if_none_match("*")
            .presigned(expires(validity)?)
            .await
            .map(presigned)
            .map_err(|error| unavailable("S3", error))
    }

    async fn head(&self, key: &str) -> Result<Option<ObjectInfo>, StoreError> {
        match self.client.head_object().bucket(&self.bucket).key(key).send().await {
            Ok(head) => Ok(Some(ObjectInfo {
                bytes: head.content_length.unwrap_or_default().unsigned_abs(),
                content_type: head.content_type,
            })),
            Err(error) if error.as_service_error().is_some_and(|e| e.is_not_found()) => Ok(None),
            Err(error) => Err(unavailable("S3", error)),
        }
    }

    async fn get(&self, key: &str, most: u64) -> Result<Option<Bytes>, StoreError> {
        self.get_range(key, 0, most).await
    }

    async fn get_range(
        &self,
        key: &str,
        start: u64,
        most: u64,
    ) -> Result<Option<Bytes>, StoreError> {
        let end = start.saturating_add(most).saturating_sub(1);
        let range = format!("bytes={start}-{end}");
        let sent = self.client.get_object().bucket(&self.bucket).key(key).range(range).send().await;
        let object = match sent {
            Ok(object) => object,
            Err(error) if error.as_service_error().is_some_and(|e| e.is_no_such_key()) => {
                return Ok(None);
            }
            // There is nothing from there on, not even in an empty object from its beginning.
            Err(error) if error.raw_response().is_some_and(|r| r.status().as_u16() == 416) => {
                return Ok(Some(Bytes::new()));
            }
            // What S3 says of a missing object to a role that may not list the bucket.
            Err(error) if error.raw_response().is_some_and(|r| r.status().as_u16() == 403) => {
                tracing::debug!(key, "S3 does not say whether this is there");
                return Ok(None);
            }
            Err(error) => return Err(unavailable("S3", error)),
        };
        let body = object.body.collect().await.map_err(|error| unavailable("S3", error))?;
        Ok(Some(body.into_bytes()))
    }

    async fn put(&self, key: &str, content_type: &str, bytes: Bytes) -> Result<(), StoreError> {
        self.client
            .put_object()
            .bucket(&self.bucket)
            .key(key)
            .content_type(content_type)
            .body(ByteStream::from(bytes))
            .send()
            .await
            .map(drop)
            .map_err(|error| unavailable("S3", error))
    }

    async fn copy(&self, from: &str, to: &str) -> Result<bool, StoreError> {
        // Our keys need no escaping.
        let source = format!("{}/{from}", self.bucket);
        let copied =
            self.client.copy_object().bucket(&self.bucket).copy_source(source).key(to).send().await;
        match copied {
            Ok(_) => Ok(true),
            // The second is what a role hears that may not list the bucket.
            Err(error) if matches!(error.code(), Some("NoSuchKey" | "AccessDenied")) => Ok(false),
            Err(error) => Err(unavailable("S3", error)),
        }
    }

    async fn list(&self, prefix: &str) -> Result<Vec<String>, StoreError> {
        self.list_after(prefix, "").await
    }

    async fn list_after(&self, prefix: &str, after: &str) -> Result<Vec<String>, StoreError> {
        let list = self.client.list_objects_v2().bucket(&self.bucket).prefix(prefix);
        let after = (!after.is_empty()).then(|| after.to_owned());
        let sent = list.set_start_after(after).send().await;
        let listing = sent.map_err(|error| unavailable("S3", error))?;
        Ok(listing
            .contents
            .unwrap_or_default()
            .into_iter()
            .filter_map(|object| object.key)
            .collect())
    }

    async fn delete(&self, keys: &[String]) -> Result<(), StoreError> {
        for chunk in keys.chunks(1_000) {
            let objects: Vec<_> = chunk
                .iter()
                .map(|key| ObjectIdentifier::builder().key(key).build())
                .collect::<Result<_, _>>()
                .map_err(|error| unavailable("S3", error))?;
            let delete = Delete::builder()
                .set_objects(Some(objects))
                .quiet(true)
                .build()
                .map_err(|error| unavailable("S3", error))?;
            let sent =
                self.client.delete_objects().bucket(&self.bucket).delete(delete).send().await;
            let answer = sent.map_err(|error| unavailable("S3", error))?;
            if let Some(error) = answer.errors().first() {
                let reason = error.message().unwrap_or("an object was not deleted").to_owned();
                return Err(StoreError::Unavailable { service: "S3", reason });
            }
        }
        Ok(())
    }

    async fn begin_parts(&self, key: &str, content_type: &str) -> Result<String, StoreError> {
        let begin = self.client.create_multipart_upload().bucket(&self.bucket).key(key);
        let begun = begin.content_type(content_type).send().await;
        let id = begun.map_err(|error| unavailable("S3", error))?.upload_id;
        id.ok_or_else(|| nothing("an upload without an id"))
    }

    async fn put_part(&self, part: Part<'_>, bytes: Bytes) -> Result<String, StoreError> {
        let put = self.client.upload_part().bucket(&self.bucket).key(part.key);
        let put = put.upload_id(part.upload).part_number(part.number.cast_signed());
        let sent = put.body(ByteStream::from(bytes)).send().await;
        let tag = sent.map_err(|error| unavailable("S3", error))?.e_tag;
        tag.ok_or_else(|| nothing("a part without a tag"))
    }

    async fn end_parts(&self, key: &str, upload: &str, tags: &[String]) -> Result<(), StoreError> {
        let part = |(number, tag): (i32, &String)| {
            CompletedPart::builder().part_number(number).e_tag(tag).build()
        };
        let parts = (1..).zip(tags).map(part).collect();
        let all = CompletedMultipartUpload::builder().set_parts(Some(parts)).build();
        let end = self.client.complete_multipart_upload().bucket(&self.bucket).key(key);
        let sent = end.upload_id(upload).multipart_upload(all).send().await;
        sent.map(drop).map_err(|error| unavailable("S3", error))
    }

    async fn drop_parts(&self, prefix: &str) -> Result<usize, StoreError> {
        let list = self.client.list_multipart_uploads().bucket(&self.bucket).prefix(prefix);
        let found = list.send().await.map_err(|error| unavailable("S3", error))?;
        let uploads = found.uploads.unwrap_or_default();
        for upload in &uploads {
            let (Some(key), Some(id)) = (upload.key(), upload.upload_id()) else { continue };
            let drop = self.client.abort_multipart_upload().bucket(&self.bucket).key(key);
            match drop.upload_id(id).send().await {
                Ok(_) => {}
                // Somebody else has ended or dropped it.
                Err(error) if error.code() == Some("NoSuchUpload") => {}
                Err(error) => return Err(unavailable("S3", error)),
            }
        }
        Ok(uploads.len())
    }
}

fn nothing(reason: &str) -> StoreError {
    StoreError::Unavailable { service: "S3", reason: reason.to_owned() }
}

fn expires(validity: Duration) -> Result<PresigningConfig, StoreError> {
    PresigningConfig::expires_in(validity).map_err(|error| unavailable("S3", error))
}

fn presigned(request: PresignedRequest) -> Presigned {
    Presigned {
        method: request.method().to_owned(),
        url: request.uri().to_owned(),
        headers: request
            .headers()
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect(),
    }
}
