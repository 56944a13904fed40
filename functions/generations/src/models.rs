use axum::{Json, extract::State};
use reverie_api::Problem;
use reverie_domain::manifest::{Artefact, Inputs, Kind, Limits, Manifest, Price};
use serde::Serialize;
use utoipa::ToSchema;

use crate::Generations;

/// The models there are.
#[derive(Serialize, ToSchema)]
pub(crate) struct Models {
    items: Vec<Model>,
    /// Always `null`: there is one page.
    next_cursor: Option<String>,
}

/// A model.
#[derive(Serialize, ToSchema)]
pub(crate) struct Model {
    id: String,
    version: String,
    kind: Kind,
    description: String,
    licence: String,
    /// The request fields that it takes.
    inputs: Inputs,
    limits: Limits,
    price: Price,
    /// The files that a generation yields.
    files: Vec<Artefact>,
}

impl From<&Manifest> for Model {
    fn from(manifest: &Manifest) -> Self {
        Self {
            id: manifest.id.clone(),
            version: manifest.version.clone(),
            kind: manifest.kind,
            description: manifest.description.clone(),
            licence: manifest.licence.clone(),
            inputs: manifest.inputs.clone(),
            limits: manifest.limits,
            price: manifest.price,
            files: manifest.outputs.clone(),
        }
    }
}

/// The models, with what they take and cost. No token is needed.
#[utoipa::path(
    get, path = "/v1/models", tag = "generations",
    responses(
        (status = 200, body = Models),
        (status = 503, body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn list(State(state): State<Generations>) -> Result<Json<Models>, Problem> {
    let models = state.catalogue.models().await?;
    Ok(Json(Models { items: models.iter().map(Model::from).collect(), next_cursor: None }))
}
