use std::time::Duration;

use async_trait::async_trait;
use aws_sdk_s3::{
    Client,
    error::ProvideErrorMetadata,
    presigning::{PresignedRequest, PresigningConfig},
    primitives::ByteStream,
    types::{Delete, ObjectIdentifier},
};
use bytes::Bytes;

use super::unavailable;
use crate::{
    objects::{ObjectInfo, Objects, Presigned},
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
        let range = format!("bytes=0-{}", most.saturating_sub(1));
        let sent = self.client.get_object().bucket(&self.bucket).key(key).range(range).send().await;
        let object = match sent {
            Ok(object) => object,
            Err(error) if error.as_service_error().is_some_and(|e| e.is_no_such_key()) => {
                return Ok(None);
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
        let sent = self.client.list_objects_v2().bucket(&self.bucket).prefix(prefix).send().await;
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
