use std::{collections::BTreeMap, path::PathBuf};

use anyhow::Context;

use super::{client::Client, server::Server};
use crate::{cli::CreateArgs, failure::Failure, private_file};

/// A client with the token that was given, or the guest's that is kept for this server, or a new
/// guest's.
pub(super) async fn client(args: &CreateArgs, server: &Server) -> Result<Client, Failure> {
    if let Some(token) = &args.token {
        return Client::new(&server.url, token);
    }
    // A local server's port changes; its data folder is what it is.
    let name = if server.is_local { "local" } else { server.url.as_str() };
    let file = tokens_file(args, server)?;
    let mut tokens: BTreeMap<String, String> = std::fs::read_to_string(&file)
        .ok()
        .and_then(|text| serde_json::from_str(&text).ok())
        .unwrap_or_default();
    if let Some(token) = tokens.get(name) {
        let client = Client::new(&server.url, token)?;
        if client.is_known().await? {
            return Ok(client);
        }
    }
    let guest = Client::new(&server.url, "")?.post("/v1/guests", &serde_json::Value::Null).await?;
    let token = guest["token"].as_str().context("the server's answer has no token")?.to_owned();
    tokens.insert(name.to_owned(), token.clone());
    private_file::write(&file, &serde_json::json!(tokens).to_string())?;
    Client::new(&server.url, &token)
}

fn tokens_file(args: &CreateArgs, server: &Server) -> anyhow::Result<PathBuf> {
    if server.is_local {
        return Ok(args.folders.data.join("guest-token.json"));
    }
    let home = std::env::var_os("XDG_CONFIG_HOME").map(PathBuf::from).or_else(|| {
        let home = std::env::var_os("HOME").or_else(|| std::env::var_os("USERPROFILE"))?;
        Some(PathBuf::from(home).join(".config"))
    });
    let folder = home.context("there is no home folder: set REVERIE_TOKEN")?.join("reverie");
    std::fs::create_dir_all(&folder)
        .with_context(|| format!("{} cannot be made", folder.display()))?;
    Ok(folder.join("tokens.json"))
}
