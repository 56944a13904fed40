//! The `reverie` command.

use std::{process::ExitCode, time::Duration};

use clap::Parser;
use reverie::{
    cli::{Cli, Command},
    create, doctor, models, serve,
};

fn main() -> anyhow::Result<ExitCode> {
    let cli = Cli::parse();
    let runtime = tokio::runtime::Runtime::new()?;
    let code = runtime.block_on(run(cli));
    // A model's thread that does not stop must not keep the process alive.
    runtime.shutdown_timeout(Duration::from_secs(1));
    Ok(code)
}

async fn run(cli: Cli) -> ExitCode {
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
