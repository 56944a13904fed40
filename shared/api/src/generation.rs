//! A generation as JSON: what `GET /v1/generations/{id}` answers and what events carry.

use std::{collections::BTreeMap, time::Duration};

use http::StatusCode;
use jiff::{SignedDuration, Timestamp};
use reverie_domain::{
    credits::Credits,
    download::download_name,
    ids::{AccountId, GenerationId},
    job::{Failure, Job, ModelRef, Status},
    manifest::Kind,
    request::CanonicalRequest,
};
use reverie_store::{
    generations::{self, Detail},
    objects::{LINK_VALIDITY, Objects},
    tables::Tables,
};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::{App, Problem};

/// A generation: one job and its results.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Generation)]
pub struct GenerationView {
    /// Its id.
    pub id: GenerationId,
    /// What it makes.
    pub kind: Kind,
    /// Where it is in its life. An unknown status is not final.
    pub status: Status,
    /// 0 to 1.
    pub progress: f32,
    /// How many wait before it, from 0; while queued.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub queue_position: Option<u32>,
    /// An estimate of the seconds until it is done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub eta_seconds: Option<u32>,
    /// The model and its version.
    pub model: ModelRef,
    /// What was asked for, with every default filled in.
    pub request: Option<CanonicalRequest>,
    /// What the model made of the prompt.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub understood: Option<Value>,
    /// The random seed.
    #[schema(value_type = i64, minimum = 0, maximum = 4_294_967_295_i64)]
    pub seed: u32,
    /// What it costs.
    pub cost: Cost,
    /// Whether it was answered from a cache.
    pub cached: bool,
    /// When it was submitted.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When a worker took it.
    #[schema(value_type = Option<String>, format = DateTime)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub started_at: Option<Timestamp>,
    /// When it became final.
    #[schema(value_type = Option<String>, format = DateTime)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub completed_at: Option<Timestamp>,
    /// When its files end.
    #[schema(value_type = Option<String>, format = DateTime)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
    /// Why it did not succeed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure: Option<Failure>,
    /// The results.
    pub files: Vec<FileView>,
    /// Whether its owner shows it in the gallery.
    pub showcase: bool,
    /// Whose it is.
    pub rights: Rights,
    /// The owner's labels.
    pub labels: BTreeMap<String, String>,
    /// Where to go from here.
    pub urls: Urls,
    /// The row's version, for events.
    #[serde(skip)]
    pub version: u64,
    /// The account under which it is stored, for events: its owner, or a guest that became its owner.
    #[serde(skip)]
    pub stored_under: AccountId,
}

/// What a generation costs, in credits.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Cost {
    /// The price it was submitted at.
    pub quoted: Credits,
    /// What was charged; 0 until it succeeds.
    pub charged: Credits,
    /// What went back.
    pub refunded: Credits,
}

/// A result file.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct FileView {
    /// The name within the generation.
    pub name: String,
    /// The media type.
    pub content_type: String,
    /// The size in bytes.
    pub bytes: u64,
    /// SHA-256 of the file, in hex.
    pub sha256: String,
    /// SHA-256 of the content before credentials are embedded, in hex.
    pub content_sha256: String,
    /// The duration in seconds, of media.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seconds: Option<f64>,
    /// A link to fetch it; absent once the file has ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub download: Option<Link>,
}

/// A link that anyone may use until it expires.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Link {
    /// The URL.
    pub url: String,
    /// Until when it works.
    #[schema(value_type = String, format = DateTime)]
    pub expires_at: Timestamp,
}

/// Whose a generation is.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Rights {
    /// The account that owns it.
    pub owner: AccountId,
    /// The version of the terms that say so.
    pub terms_version: String,
}

/// Where to go from a generation.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Urls {
    /// Itself.
    #[serde(rename = "self")]
    pub this: String,
    /// Its events.
    pub events: String,
    /// Where to POST to cancel it.
    pub cancel: String,
}

/// The job and detail of a generation of these owners; 404 for deleted ones and other people's.
///
/// # Errors
/// 404, 503.
pub async fn find(
    tables: &dyn Tables,
    owners: &[AccountId],
    id: GenerationId,
) -> Result<(Job, Option<Detail>), Problem> {
    let found = generations::find(tables, owners, id).await?;
    found.filter(|(job, _)| job.deleted_at.is_none()).ok_or_else(Problem::not_found)
}

/// A generation of these owners as JSON, with its place in the queue. The first of them owns it now: the
/// others are guests that became it.
///
/// # Errors
/// 404, 503.
pub async fn load(
    app: &App,
    objects: &dyn Objects,
    owners: &[AccountId],
    id: GenerationId,
) -> Result<GenerationView, Problem> {
    let (job, detail) = find(&*app.tables, owners, id).await?;
    let owner = owners.first().copied().unwrap_or(job.account);
    let mut shown = view(app, objects, owner, &job, detail).await?;
    if job.status == Status::Queued {
        let ahead = app.positions.ahead_of(&*app.tables, &job).await?;
        shown.queue_position = Some(ahead);
        shown.eta_seconds = Some((ahead + 1).saturating_mul(estimate(job.seconds)));
    }
    Ok(shown)
}

/// A job as JSON, and the account that owns it now.
///
/// # Errors
/// 503 if no link can be signed.
pub async fn view(
    app: &App,
    objects: &dyn Objects,
    owner: AccountId,
    job: &Job,
    detail: Option<Detail>,
) -> Result<GenerationView, Problem> {
    let now = app.now();
    let mut files = Vec::with_capacity(job.files.len());
    for file in &job.files {
        // A link needs a second to be of use.
        let download = match job.files_available(now + SignedDuration::from_secs(1)) {
            true => Some(link(objects, now, job, &file.name).await?),
            false => None,
        };
        files.push(FileView {
            name: file.name.clone(),
            content_type: file.content_type.clone(),
            bytes: file.bytes,
            sha256: file.sha256.clone(),
            content_sha256: file.content_sha256.clone(),
            seconds: file.seconds,
            download,
        });
    }
    let (request, labels, understood) = match detail {
        Some(detail) => (Some(detail.request), detail.labels, detail.understood),
        None => (None, BTreeMap::new(), None),
    };
    let this = format!("{}/v1/generations/{}", app.settings.public_origin, job.id);
    Ok(GenerationView {
        id: job.id,
        kind: job.kind,
        status: job.status,
        progress: job.progress,
        queue_position: None,
        eta_seconds: remaining(job, now),
        model: job.model.clone(),
        request,
        understood,
        seed: job.seed,
        cost: Cost { quoted: job.price, charged: job.charged, refunded: job.refunded() },
        cached: job.cached,
        created_at: job.created_at,
        started_at: job.started_at,
        completed_at: job.completed_at,
        expires_at: job.expires_at.or(job.expires_by),
        failure: job.failure.clone(),
        files,
        showcase: false,
        rights: Rights {
            owner,
            terms_version: app.settings.policies.at(job.created_at).policy.version.to_owned(),
        },
        labels,
        urls: Urls { events: format!("{this}/events"), cancel: format!("{this}/cancel"), this },
        version: job.version,
        stored_under: job.account,
    })
}

/// A link to one result, clipped to the file's end. 404 for a name the job does not have, 410 for
/// a file that has ended.
///
/// # Errors
/// 404, 410, 503.
pub async fn link(
    objects: &dyn Objects,
    now: Timestamp,
    job: &Job,
    name: &str,
) -> Result<Link, Problem> {
    let file = job.files.iter().find(|file| file.name == name).ok_or_else(Problem::not_found)?;
    let left = job.expires_at.map_or(SignedDuration::ZERO, |end| end.duration_since(now));
    if left < SignedDuration::from_secs(1) {
        let detail = "The file has ended; the request can be submitted again.";
        return Err(Problem::new(StatusCode::GONE, "file.expired", detail));
    }
    let left = Duration::from_secs(left.as_secs().unsigned_abs());
    let validity = left.min(LINK_VALIDITY);
    let key = job.result_key(job.epoch, name);
    let save_as = download_name(job.id, name);
    let signed = objects.presign_get(&key, &save_as, &file.content_type, validity).await?;
    let expires_at = now + SignedDuration::from_secs(validity.as_secs().cast_signed());
    Ok(Link { url: signed.url, expires_at })
}

/// Seconds that a worker needs for this many seconds of music, roughly. Deliberately on the safe
/// side: a wait that ends early disappoints nobody.
const fn estimate(seconds: u32) -> u32 {
    5 + seconds / 3
}

fn remaining(job: &Job, now: Timestamp) -> Option<u32> {
    let started = job.started_at.filter(|_| job.status == Status::Running)?;
    if job.progress < 0.05 {
        return Some(estimate(job.seconds));
    }
    let elapsed = now.duration_since(started).as_secs_f32().max(0.0);
    let left = elapsed / job.progress * (1.0 - job.progress);
    // Below 10 minutes by the worker's own limit; a float in range converts exactly enough.
    Some(left.ceil().min(3600.0) as u32)
}
