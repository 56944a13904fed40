use axum::{Json, extract::State};
use jiff::SignedDuration;
use reverie_api::{Body, Caller, GenerationsWrite, Problem, references};
use reverie_domain::{
    ids::UploadId,
    manifest::{Kind, Manifest},
    rate::Policy,
    request::{GenerationRequest, Style},
    sketch::Sketch as Form,
    upload::{Upload, UploadType},
};
use reverie_inference::{EngineError, Look, MusicRequest, Picture, Plan, Reference};
use reverie_store::operations;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::sync::Semaphore;
use utoipa::ToSchema;

use crate::Sketches;

/// How often an account may ask.
const LIMIT: Policy = Policy::per_minute("sketches", 20);

/// What to sketch: the fields of `POST /v1/generations` that say what is made.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(example = json!({"kind": "music", "prompt": "warm lo-fi piano, light rain", "seconds": 30}))]
#[serde(deny_unknown_fields)]
pub(crate) struct SketchRequest {
    kind: Option<Kind>,
    /// What it should be like, in words.
    #[schema(min_length = 1, max_length = 1000, example = "warm lo-fi piano, light rain")]
    prompt: Option<String>,
    /// A model's id; by default the first of the kind.
    model: Option<String>,
    /// The exact length in whole seconds.
    #[schema(example = 30)]
    seconds: Option<u32>,
    /// The random seed; without one it is derived from the request.
    #[schema(value_type = Option<i64>, minimum = 0, maximum = 4_294_967_295_i64)]
    seed: Option<u32>,
    style: Option<Style>,
    /// What it should not be like.
    #[schema(min_length = 1, max_length = 1000)]
    negative_prompt: Option<String>,
    /// Uploads to take as reference.
    references: Option<Vec<UploadId>>,
    /// A changed sketch, to be checked.
    #[schema(value_type = Option<Form>)]
    sketch: Option<Value>,
    /// Whether a video is to have music: its cuts are on beats then.
    soundtrack: Option<bool>,
}

/// The form of a work that is not made yet. Send these fields, or changed ones, with the prompt to
/// `POST /v1/generations`.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Sketch {
    kind: Kind,
    /// The model's id.
    model: String,
    #[schema(value_type = i64, minimum = 0, maximum = 4_294_967_295_i64)]
    seed: u32,
    /// The length in whole seconds. Leave it out of the submission if the sketch is changed.
    seconds: u32,
    sketch: Form,
    /// What the model made of the request.
    understood: Value,
    /// Where the sketch is not what the request says, each in a sentence.
    warnings: Vec<String>,
}

/// Sketches a work: the sections, chords, tracks, tempo and key of a piece, or the shots of a video. Free, and
/// not stored.
#[utoipa::path(
    post, path = "/v1/sketches", tag = "generations", security(("bearer" = ["generations:write"])),
    request_body = SketchRequest,
    responses(
        (status = 200, body = Sketch),
        (status = 429, body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn create(
    State(state): State<Sketches>,
    GenerationsWrite(caller): GenerationsWrite,
    Body(request): Body<SketchRequest>,
) -> Result<Json<Sketch>, Problem> {
    let models = state.catalogue.models().await?;
    let request = request.described().canonical(&models).map_err(Problem::invalid)?;
    let manifest = models.iter().find(|manifest| manifest.id == request.model);
    let manifest = manifest.ok_or_else(|| Problem::internal("the model went"))?;
    let owners = caller.account.owners();
    let uploads =
        references(&state.app, &owners, &request.references, SignedDuration::ZERO).await?;
    take_token(&state, &caller).await?;
    let mut wanted = MusicRequest::from(request.clone());
    let mut warnings = Vec::new();
    for upload in &uploads {
        match (upload.content_type, request.kind) {
            // Decoding one takes longer than anybody waits for an answer.
            (UploadType::Mp4, Kind::Music) => {
                warnings.push(format!("{} is looked at when the piece is made.", upload.id));
            }
            // Shots name references by their numbers, so it keeps its place.
            (UploadType::Mp4, Kind::Video) => {
                let id = upload.id.to_string();
                warnings.push(format!("{id} is a video: only pictures are shown."));
                wanted.references.push(Reference { id, look: None, picture: None });
            }
            (_, kind) => wanted.references.push(look(&state, upload, kind).await?),
        }
    }
    let mut plan = plan(&state, manifest, wanted).await?;
    plan.warnings.extend(warnings);
    Ok(Json(Sketch {
        kind: request.kind,
        model: request.model,
        seed: request.seed,
        seconds: plan.seconds,
        sketch: plan.sketch,
        understood: plan.understood,
        warnings: plan.warnings,
    }))
}

impl SketchRequest {
    fn described(self) -> GenerationRequest {
        GenerationRequest {
            kind: self.kind,
            prompt: self.prompt,
            model: self.model,
            seconds: self.seconds,
            seed: self.seed,
            style: self.style,
            negative_prompt: self.negative_prompt,
            references: self.references,
            sketch: self.sketch,
            soundtrack: self.soundtrack,
            ..GenerationRequest::default()
        }
    }
}

async fn take_token(state: &Sketches, caller: &Caller) -> Result<(), Problem> {
    let (tables, now) = (&*state.app.tables, state.app.now());
    match operations::take_token(tables, now, caller.account.id, &LIMIT).await? {
        Ok(()) => Ok(()),
        Err(wait) => {
            let detail = format!("More than {} sketches a minute. Please wait.", LIMIT.quota);
            Err(Problem::too_many("limit.sketches", detail, wait))
        }
    }
}

/// How many files are in memory at once, of up to 20 MiB each and what they unpack to.
static FILES: Semaphore = Semaphore::const_new(1);

/// What is seen in a picture, and for a film the picture itself. One that cannot be read changes nothing.
async fn look(state: &Sketches, upload: &Upload, kind: Kind) -> Result<Reference, Problem> {
    let id = upload.id.to_string();
    let _permit = FILES.acquire().await.map_err(Problem::internal)?;
    let file = state.objects.get(&upload.key(), upload.bytes).await?;
    let file = file.ok_or_else(|| {
        Problem::invalid_field("references", format!("the file of {id} is not there any more"))
    })?;
    let see = move || match kind {
        Kind::Music => (Look::at(&file), None),
        Kind::Video => (None, Picture::read(&file)),
    };
    let seen = tokio::task::spawn_blocking(see).await;
    let (look, picture) = seen.unwrap_or_else(|error| {
        tracing::warn!(upload = %upload.id, %error, "a decoder failed");
        (None, None)
    });
    Ok(Reference { id, look, picture })
}

async fn plan(
    state: &Sketches,
    manifest: &Manifest,
    request: MusicRequest,
) -> Result<Plan, Problem> {
    let planner = state.planners.get(manifest).await?;
    let planned = tokio::task::spawn_blocking(move || planner.plan(&request)).await;
    planned.map_err(Problem::internal)?.map_err(|error| match error {
        EngineError::Invalid { field, message } => Problem::invalid_field(field, message),
        error => Problem::internal(error),
    })
}
