use std::time::Duration;

use crate::{
    cli::CreateArgs,
    failure::Failure,
    local::{Local, LocalConfig, url_file},
};

/// The server that a piece is made on.
pub(super) struct Server {
    pub(super) url: String,
    /// Whether it runs on the data folder.
    pub(super) is_local: bool,
    own: Option<Local>,
}

impl Server {
    /// Stops the server if it was started for this piece.
    pub(super) async fn stop(self) {
        if let Some(local) = self.own {
            local.shutdown().await;
        }
    }
}

/// The server that was named, or the one that runs on the data folder, or one of its own.
pub(super) async fn find(args: &CreateArgs) -> Result<Server, Failure> {
    if let Some(url) = &args.server {
        let url = url.trim_end_matches('/').to_owned();
        return Ok(Server { url, is_local: false, own: None });
    }
    if let Some(url) = running(args).await {
        return Ok(Server { url, is_local: true, own: None });
    }
    let folders = args.folders.clone();
    let local = Local::start(LocalConfig::new(folders.data, folders.models)).await?;
    Ok(Server { url: local.base_url().to_owned(), is_local: true, own: Some(local) })
}

/// The URL in the data folder, if someone answers there: after a crash it says what is not true.
async fn running(args: &CreateArgs) -> Option<String> {
    let url = std::fs::read_to_string(url_file(&args.folders.data)).ok()?;
    let health = reqwest::Client::new()
        .get(format!("{url}/healthz"))
        .timeout(Duration::from_secs(2))
        .send()
        .await
        .ok()?;
    health.status().is_success().then_some(url)
}
