//! The command line.

use std::{net::SocketAddr, path::PathBuf};

use clap::{Args, Parser, Subcommand};
use reverie_domain::ids::AccountId;

/// Generate music from prompts, on this machine or on a server.
#[derive(Debug, Parser)]
#[command(name = "reverie", version, about)]
pub struct Cli {
    /// What to do; `serve` if nothing is said.
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run everything in this process, and print the URLs when ready.
    Serve(ServeArgs),
    /// Make one piece through the API, and save it.
    Create(Box<CreateArgs>),
    /// List the model packages.
    Models(ModelsArgs),
    /// Look at ports, disk and model files, and say what to do.
    Doctor(DoctorArgs),
}

impl Default for Command {
    fn default() -> Self {
        // The defaults are clap's, so they are asked from clap.
        match Cli::parse_from(["reverie", "serve"]).command {
            Some(command) => command,
            None => unreachable!("`serve` is a command"),
        }
    }
}

/// Where data and models are.
#[derive(Debug, Clone, Args)]
pub struct Folders {
    /// Where everything is kept.
    #[arg(long, env = "REVERIE_DATA", default_value = "reverie-data", value_name = "DIR")]
    pub data: PathBuf,
    /// A folder of model packages, one folder each; may be repeated.
    #[arg(long, env = "REVERIE_MODELS", default_value = default_models(), value_name = "DIR")]
    pub models: Vec<PathBuf>,
}

/// The packages of the source tree that this binary was built from.
fn default_models() -> &'static str {
    concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/inference/models")
}

/// Options of `serve`.
#[derive(Debug, Clone, Args)]
pub struct ServeArgs {
    /// Where to listen; port 0 takes a free one.
    #[arg(long, default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,
    /// The origin that people see, if it is another than the address listened at.
    #[arg(long, value_name = "URL")]
    pub public_url: Option<String>,
    /// A JSON file that says where people may sign in; see the README of `functions/auth`.
    #[arg(long, env = "REVERIE_PROVIDERS", value_name = "FILE")]
    pub providers: Option<PathBuf>,
    /// The credits of a new guest.
    #[arg(long, default_value_t = reverie_domain::plan::GUEST_ALLOWANCE.get())]
    pub guest_credits: u32,
    /// The account of an operator, as `GET /v1/me` says it; may be repeated.
    #[arg(long = "operator", value_name = "ID")]
    pub operators: Vec<AccountId>,
    #[command(flatten)]
    #[expect(missing_docs, reason = "flattened into the help as it is")]
    pub folders: Folders,
}

/// Options of `create`.
#[derive(Debug, Clone, Args)]
pub struct CreateArgs {
    /// What it should be like, in words.
    pub prompt: String,
    /// What to make.
    #[arg(long, default_value = "music", value_parser = ["music", "video"])]
    pub kind: String,
    /// The exact length.
    #[arg(long, value_name = "N")]
    pub seconds: Option<u32>,
    /// Another seed gives another piece.
    #[arg(long, value_name = "N")]
    pub seed: Option<u32>,
    /// A model's id.
    #[arg(long, value_name = "ID")]
    pub model: Option<String>,
    /// An image or video to take as reference; may be repeated.
    #[arg(long = "ref", value_name = "FILE")]
    pub references: Vec<PathBuf>,
    /// Add music to a video.
    #[arg(long)]
    pub soundtrack: bool,
    /// Where to save it; the extension picks the format.
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Give up if it would cost more.
    #[arg(long, value_name = "N")]
    pub max_credits: Option<u32>,
    /// The server; otherwise the one that runs on the data folder, or one of its own.
    #[arg(long, env = "REVERIE_SERVER", value_name = "URL")]
    pub server: Option<String>,
    /// The token to use; otherwise a guest's, which is kept.
    #[arg(long, env = "REVERIE_TOKEN", hide_env_values = true, value_name = "TOKEN")]
    pub token: Option<String>,
    /// Print the whole generation as JSON instead of the path.
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    #[expect(missing_docs, reason = "flattened into the help as it is")]
    pub folders: Folders,
}

/// Options of `models`.
#[derive(Debug, Clone, Args)]
pub struct ModelsArgs {
    #[command(flatten)]
    #[expect(missing_docs, reason = "flattened into the help as it is")]
    pub folders: Folders,
}

/// Options of `doctor`.
#[derive(Debug, Clone, Args)]
pub struct DoctorArgs {
    /// The address that `serve` would listen at.
    #[arg(long, default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,
    #[command(flatten)]
    #[expect(missing_docs, reason = "flattened into the help as it is")]
    pub folders: Folders,
}
