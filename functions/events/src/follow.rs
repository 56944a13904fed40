use std::time::Duration;

use axum::{
    extract::State,
    response::{IntoResponse, Response, Sse, sse::KeepAlive},
};
use http::StatusCode;
use reverie_api::{GenerationsRead, Id, Problem, generation};
use reverie_domain::ids::GenerationId;
use reverie_store::open_answers::Place;
use utoipa::ToSchema;

use crate::{
    Events,
    changes::{Changes, patience},
    last_event::LastEvent,
};

/// How often a comment is sent while nothing happens.
const COMMENT: Duration = Duration::from_secs(15);

/// One change of a generation, as a server-sent event.
#[derive(ToSchema)]
#[schema(as = GenerationEvent)]
#[expect(dead_code, reason = "it describes what `Changes` writes")]
struct Frame {
    /// What to send as `Last-Event-ID` to go on after it.
    id: String,
    #[schema(example = "generation.updated")]
    event: String,
    /// The generation, as `GET /v1/generations/{id}` answers it.
    #[schema(content_media_type = "application/json")]
    data: String,
}

/// A generation's changes as server-sent events, until its final state or for five minutes.
#[utoipa::path(
    get, path = "/v1/generations/{id}/events", tag = "generations", security(("bearer" = ["generations:read"])),
    params(
        ("id" = GenerationId, Path),
        ("Last-Event-ID" = Option<String>, Header, description = "The last frame's `id`."),
    ),
    responses(
        (status = 200, body = Frame, content_type = "text/event-stream",
         description = "A frame for every change; the schema is a frame's."),
        (status = 204, description = "It is final, and the client has its last frame."),
        (status = 404, body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn follow(
    State(state): State<Events>,
    GenerationsRead(caller): GenerationsRead,
    Id(id): Id<GenerationId>,
    LastEvent(last): LastEvent,
) -> Result<Response, Problem> {
    let owners = caller.account.owners();
    let now = generation::load(&state.app, &*state.objects, &owners, id).await?;
    if now.status.is_final() && last == Some(now.version) {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    let place = match now.status.is_final() {
        true => None,
        false => {
            let app = &state.app;
            let until = app.now() + patience(state.carrier);
            Place::take(&*app.tables, app.now(), caller.account.id, until).await?
        }
    };
    let frames = Changes::new(state, now, last, place).frames();
    Ok(Sse::new(frames).keep_alive(KeepAlive::new().interval(COMMENT)).into_response())
}
