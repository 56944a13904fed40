//! The mail that this process has sent, for whoever tries it on a laptop.

use std::{
    collections::BTreeSet,
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
use reverie_domain::ids::AccountId;
use reverie_store::{accounts, tables::Tables};
use serde_json::{Value, json};

use super::LocalConfig;
use crate::stack::{Stack, account_of};

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

/// How many accounts are looked at together.
const TOGETHER: usize = 100;

/// Deletes the mail of accounts that are erased, or are being erased. In the cloud a mail that is sent is the
/// recipient's alone; here nobody else would delete it.
///
/// # Errors
/// If the tables cannot be read, or a file not be deleted.
pub(super) async fn forget_erased(tables: &dyn Tables, outbox: &Path) -> anyhow::Result<()> {
    let names = names(outbox)?;
    let all: BTreeSet<AccountId> = names.iter().filter_map(|name| account_of(name)).collect();
    let all: Vec<AccountId> = all.into_iter().collect();
    for some in all.chunks(TOGETHER) {
        let present = accounts::present(tables, some).await?;
        let stays = |id: &AccountId| {
            present.iter().any(|account| account.id == *id && account.erasure.is_none())
        };
        let gone: BTreeSet<_> = some.iter().filter(|id| !stays(id)).copied().collect();
        let of_gone = |name: &&String| account_of(name).is_some_and(|id| gone.contains(&id));
        for name in names.iter().filter(of_gone) {
            fs::remove_file(outbox.join(name))?;
        }
    }
    Ok(())
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
