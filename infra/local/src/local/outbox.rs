//! The mail that this process has sent, for whoever tries it on a laptop.

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
};

use axum::{
    Json, Router,
    extract::{Path as UrlPath, State},
    response::{IntoResponse, Response},
    routing::get,
};
use http::{StatusCode, header};
use reverie_api::{Problem, Settings};
use serde_json::{Value, json};

use super::LocalConfig;
use crate::stack::Stack;

/// Where it is.
const PATH: &str = "/dev/outbox";

/// The routes of the outbox, only if nobody else can reach them.
pub(super) fn routes(config: &LocalConfig, settings: &Settings, stack: &Stack) -> Router {
    if !config.is_alone(settings) {
        return Router::new();
    }
    Router::new()
        .route(PATH, get(list))
        .route("/dev/outbox/{name}", get(show))
        .with_state(Arc::new(stack.outbox().to_owned()))
}

/// Newest first.
async fn list(State(outbox): State<Arc<PathBuf>>) -> Result<Json<Value>, Problem> {
    let names = names(&outbox).map_err(Problem::internal)?;
    let items = names.iter().map(|name| json!({"name": name, "url": format!("{PATH}/{name}")}));
    Ok(Json(json!({"items": items.collect::<Vec<_>>()})))
}

async fn show(
    State(outbox): State<Arc<PathBuf>>,
    UrlPath(name): UrlPath<String>,
) -> Result<Response, Problem> {
    // What is asked for is never a path.
    let known = names(&outbox).map_err(Problem::internal)?.contains(&name);
    let message = if known { fs::read(outbox.join(name)).ok() } else { None };
    let message = message.ok_or_else(Problem::not_found)?;
    let shown = [
        (header::CONTENT_TYPE, "text/plain; charset=utf-8"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    Ok((StatusCode::OK, shown, message).into_response())
}

fn names(outbox: &Path) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(outbox)? {
        let name = entry?.file_name().into_string().unwrap_or_default();
        if name.ends_with(".eml") {
            names.push(name);
        }
    }
    names.sort_unstable_by(|a, b| b.cmp(a));
    Ok(names)
}
