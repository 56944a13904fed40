//! The `reverie` command.

use std::process::ExitCode;

use clap::Parser;
use reverie::{
    cli::{Cli, Command},
    create, doctor, models, serve,
};

#[tokio::main]
async fn main() -> ExitCode {
    let cli = Cli::parse();
    let done = match cli.command.unwrap_or_default() {
        Command::Serve(args) => serve::run(args).await.map_err(Into::into),
        Command::Create(args) => create::run(*args).await,
        Command::Models(args) => models::run(&args).map_err(Into::into),
        Command::Doctor(args) => doctor::run(&args).map_err(Into::into),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("reverie: {failure:#}");
            failure.exit_code()
        }
    }
}
