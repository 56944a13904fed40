//! Files that people upload as reference: which kinds, how large, and in which states.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    ids::{AccountId, UploadId},
    job::after,
};

/// How long an upload's presigned PUT is valid.
pub const PUT_VALIDITY: SignedDuration = SignedDuration::from_mins(15);
/// The largest number of pixels of an image: 40 megapixels.
pub const MAX_PIXELS: u64 = 40_000_000;
/// The longest video, in seconds.
pub const MAX_VIDEO_SECONDS: f64 = 60.0;

/// The media types that may be uploaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
pub enum UploadType {
    /// A PNG image.
    #[serde(rename = "image/png")]
    Png,
    /// A JPEG image.
    #[serde(rename = "image/jpeg")]
    Jpeg,
    /// A WebP image.
    #[serde(rename = "image/webp")]
    Webp,
    /// An MP4 video.
    #[serde(rename = "video/mp4")]
    Mp4,
}

impl UploadType {
    /// The media type.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Webp => "image/webp",
            Self::Mp4 => "video/mp4",
        }
    }

    /// The largest file of this type, in bytes.
    #[must_use]
    pub const fn max_bytes(self) -> u64 {
        match self {
            Self::Png | Self::Jpeg | Self::Webp => 20 * 1024 * 1024,
            Self::Mp4 => 100 * 1024 * 1024,
        }
    }
}

/// Where an upload is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum UploadStatus {
    /// The presigned PUT was given out.
    Pending,
    /// The file is there and was checked.
    Ready,
    /// The file is not what was announced; it was deleted.
    Rejected,
}

/// What was found in an upload.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct MediaFacts {
    /// Width in pixels.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub width: Option<u32>,
    /// Height in pixels.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub height: Option<u32>,
    /// Duration in seconds, of a video.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub seconds: Option<f64>,
}

/// An upload's row.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Upload {
    /// The upload's id.
    pub id: UploadId,
    /// Whose it is.
    pub account: AccountId,
    /// The announced media type.
    pub content_type: UploadType,
    /// The announced size in bytes.
    pub bytes: u64,
    /// Where it is in its life.
    pub status: UploadStatus,
    /// What was found in it.
    pub facts: MediaFacts,
    /// Why it was rejected.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub rejection: Option<String>,
    /// When the upload was announced.
    pub created_at: Timestamp,
    /// When the file ends.
    pub expires_at: Timestamp,
    /// Counts the row's changes.
    pub version: u64,
}

impl Upload {
    /// An upload that is announced and not there yet.
    #[must_use]
    pub fn announce(
        now: Timestamp,
        account: AccountId,
        content_type: UploadType,
        bytes: u64,
    ) -> Self {
        Self {
            id: UploadId::new(),
            account,
            content_type,
            bytes,
            status: UploadStatus::Pending,
            facts: MediaFacts::default(),
            rejection: None,
            created_at: now,
            // The lifecycle rule may delete it later than this, never earlier.
            expires_at: after(now, SignedDuration::from_hours(24 * crate::plan::UPLOAD_DAYS)),
            version: 1,
        }
    }

    /// The object's key. Keys have a leaf name, so that none is another's folder.
    #[must_use]
    pub fn key(&self) -> String {
        format!("uploads/{}/{}/file", self.account, self.id)
    }

    /// The upload once its file was checked.
    #[must_use]
    pub fn checked(&self, outcome: Result<MediaFacts, String>) -> Self {
        let (status, facts, rejection) = match outcome {
            Ok(facts) => (UploadStatus::Ready, facts, None),
            Err(reason) => (UploadStatus::Rejected, MediaFacts::default(), Some(reason)),
        };
        Self { status, facts, rejection, version: self.version + 1, ..self.clone() }
    }
}
