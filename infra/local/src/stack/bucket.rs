//! S3: `s3s-fs` on a folder, with what it lacks: expiry dates, clean deletion, and the listing of
//! unfinished uploads.

use std::{fs, sync::Arc};

use anyhow::{Context, anyhow};
use async_trait::async_trait;
use hyper_util::service::TowerToHyperService;
use jiff::Timestamp;
use s3s::{
    S3, S3Request, S3Response, S3Result,
    auth::SimpleAuth,
    dto::{
        AbortMultipartUploadInput, AbortMultipartUploadOutput, CompleteMultipartUploadInput,
        CompleteMultipartUploadOutput, CopyObjectInput, CopyObjectOutput,
        CreateMultipartUploadInput, CreateMultipartUploadOutput, DeleteObjectInput,
        DeleteObjectOutput, DeleteObjectsInput, DeleteObjectsOutput, GetObjectInput,
        GetObjectOutput, HeadBucketInput, HeadBucketOutput, HeadObjectInput, HeadObjectOutput,
        ListMultipartUploadsInput, ListMultipartUploadsOutput, ListObjectsV2Input,
        ListObjectsV2Output, ListPartsInput, ListPartsOutput, MultipartUpload, PutObjectInput,
        PutObjectOutput, TimestampFormat, UploadPartInput, UploadPartOutput,
    },
    s3_error,
    service::{S3Service, S3ServiceBuilder},
};
use s3s_fs::FileSystem;
use secrecy::{ExposeSecret, SecretString};
use tower::Layer;
use tower_http::cors::Cors;

use super::{
    cors::{self, Origins},
    lifecycle::Lifecycle,
    sdk::ACCESS_KEY_ID,
};
use crate::template::Bucket;

/// The longest key whose description still has a legal file name.
const MAX_KEY_BYTES: usize = 140;

/// The same for a multipart upload, whose description carries its id as well.
const MAX_MULTIPART_KEY_BYTES: usize = 110;

/// The bucket behind signatures and CORS.
pub(super) fn service(
    bucket: &Bucket,
    lifecycle: Arc<Lifecycle>,
    secret_key: &SecretString,
    origins: &Origins,
) -> anyhow::Result<TowerToHyperService<Cors<S3Service>>> {
    fs::create_dir_all(lifecycle.bucket_folder()).context("the bucket's folder cannot be made")?;
    let files = FileSystem::new(lifecycle.root()).map_err(|error| anyhow!("{error:?}"))?;
    let mut builder = S3ServiceBuilder::new(Objects { files, lifecycle });
    builder.set_auth(SimpleAuth::from_single(ACCESS_KEY_ID, secret_key.expose_secret()));
    let layer = cors::layer(&bucket.cors, origins)?;
    Ok(TowerToHyperService::new(layer.layer(builder.build())))
}

struct Objects {
    files: FileSystem,
    lifecycle: Arc<Lifecycle>,
}

impl Objects {
    /// The value of `x-amz-expiration`.
    fn expiration(&self, key: &str, written: Option<&s3s::dto::Timestamp>) -> Option<String> {
        let mut text = Vec::new();
        written?.format(TimestampFormat::DateTime, &mut text).ok()?;
        let written: Timestamp = std::str::from_utf8(&text).ok()?.parse().ok()?;
        let (expiry, rule) = self.lifecycle.expiry(key, written)?;
        let date = expiry.strftime("%a, %d %b %Y %H:%M:%S GMT");
        Some(format!("expiry-date=\"{date}\", rule-id=\"{rule}\""))
    }

    fn check_key(key: &str, most: usize) -> S3Result<()> {
        if key.len() > most { Err(s3_error!(KeyTooLongError)) } else { Ok(()) }
    }
}

#[async_trait]
impl S3 for Objects {
    async fn get_object(
        &self,
        request: S3Request<GetObjectInput>,
    ) -> S3Result<S3Response<GetObjectOutput>> {
        let key = request.input.key.clone();
        let mut response = self.files.get_object(request).await?;
        let output = &mut response.output;
        output.accept_ranges = Some("bytes".to_owned());
        output.expiration = self.expiration(&key, output.last_modified.as_ref());
        Ok(response)
    }

    async fn head_object(
        &self,
        request: S3Request<HeadObjectInput>,
    ) -> S3Result<S3Response<HeadObjectOutput>> {
        let key = request.input.key.clone();
        let mut response = self.files.head_object(request).await?;
        let output = &mut response.output;
        output.accept_ranges = Some("bytes".to_owned());
        output.expiration = self.expiration(&key, output.last_modified.as_ref());
        Ok(response)
    }

    async fn put_object(
        &self,
        request: S3Request<PutObjectInput>,
    ) -> S3Result<S3Response<PutObjectOutput>> {
        Self::check_key(&request.input.key, MAX_KEY_BYTES)?;
        self.files.put_object(request).await
    }

    async fn delete_object(
        &self,
        request: S3Request<DeleteObjectInput>,
    ) -> S3Result<S3Response<DeleteObjectOutput>> {
        let key = request.input.key.clone();
        let response = self.files.delete_object(request).await?;
        self.lifecycle.forget(&key);
        Ok(response)
    }

    async fn delete_objects(
        &self,
        request: S3Request<DeleteObjectsInput>,
    ) -> S3Result<S3Response<DeleteObjectsOutput>> {
        let response = self.files.delete_objects(request).await?;
        for deleted in response.output.deleted.iter().flatten() {
            if let Some(key) = &deleted.key {
                self.lifecycle.forget(key);
            }
        }
        Ok(response)
    }

    async fn create_multipart_upload(
        &self,
        request: S3Request<CreateMultipartUploadInput>,
    ) -> S3Result<S3Response<CreateMultipartUploadOutput>> {
        Self::check_key(&request.input.key, MAX_MULTIPART_KEY_BYTES)?;
        self.files.create_multipart_upload(request).await
    }

    /// All at once: a laptop has few.
    async fn list_multipart_uploads(
        &self,
        request: S3Request<ListMultipartUploadsInput>,
    ) -> S3Result<S3Response<ListMultipartUploadsOutput>> {
        let prefix = request.input.prefix.unwrap_or_default();
        let unfinished =
            self.lifecycle.unfinished(&prefix).map_err(|error| s3_error!(error, InternalError))?;
        let uploads = unfinished.into_iter().map(|upload| MultipartUpload {
            key: Some(upload.key),
            upload_id: Some(upload.upload_id),
            initiated: Some(upload.initiated.into()),
            ..MultipartUpload::default()
        });
        Ok(S3Response::new(ListMultipartUploadsOutput {
            bucket: Some(request.input.bucket),
            prefix: Some(prefix),
            is_truncated: Some(false),
            uploads: Some(uploads.collect()),
            ..ListMultipartUploadsOutput::default()
        }))
    }

    async fn head_bucket(
        &self,
        request: S3Request<HeadBucketInput>,
    ) -> S3Result<S3Response<HeadBucketOutput>> {
        self.files.head_bucket(request).await
    }

    async fn copy_object(
        &self,
        request: S3Request<CopyObjectInput>,
    ) -> S3Result<S3Response<CopyObjectOutput>> {
        self.files.copy_object(request).await
    }

    async fn list_objects_v2(
        &self,
        request: S3Request<ListObjectsV2Input>,
    ) -> S3Result<S3Response<ListObjectsV2Output>> {
        self.files.list_objects_v2(request).await
    }

    async fn upload_part(
        &self,
        request: S3Request<UploadPartInput>,
    ) -> S3Result<S3Response<UploadPartOutput>> {
        self.files.upload_part(request).await
    }

    async fn list_parts(
        &self,
        request: S3Request<ListPartsInput>,
    ) -> S3Result<S3Response<ListPartsOutput>> {
        self.files.list_parts(request).await
    }

    async fn complete_multipart_upload(
        &self,
        request: S3Request<CompleteMultipartUploadInput>,
    ) -> S3Result<S3Response<CompleteMultipartUploadOutput>> {
        self.files.complete_multipart_upload(request).await
    }

    async fn abort_multipart_upload(
        &self,
        request: S3Request<AbortMultipartUploadInput>,
    ) -> S3Result<S3Response<AbortMultipartUploadOutput>> {
        self.files.abort_multipart_upload(request).await
    }
}
