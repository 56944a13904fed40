//! `reverie serve`.

use anyhow::Context;

use crate::{
    cli::ServeArgs,
    local::{Local, LocalConfig},
};

/// Runs everything until it is told to stop.
///
/// # Errors
/// If it cannot start.
pub async fn run(args: ServeArgs) -> anyhow::Result<()> {
    reverie_telemetry::init("reverie");
    reverie_worker::log_panics_by_place();
    let data = args.folders.data.clone();
    let providers = args.providers.map(|file| {
        std::fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))
    });
    let local = Local::start(LocalConfig {
        listen: args.listen,
        providers: providers.transpose()?,
        public_url: args.public_url,
        guest_credits: args.guest_credits,
        operators: args.operators,
        ..LocalConfig::new(args.folders.data, args.folders.models)
    })
    .await?;
    let url = local.base_url();
    println!("Reverie is ready.");
    println!("  studio   {url}/");
    println!("  API      {url}/v1");
    println!("  OpenAPI  {url}/v1/openapi.json");
    println!("  data     {}", data.display());
    println!("Press Ctrl-C to stop.");
    stop_signal().await?;
    eprintln!("Stopping; running jobs go on at the next start.");
    local.shutdown().await;
    Ok(())
}

/// Waits for Ctrl-C or SIGTERM.
async fn stop_signal() -> anyhow::Result<()> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut terminate = signal(SignalKind::terminate()).context("signals")?;
        tokio::select! {
            interrupted = tokio::signal::ctrl_c() => interrupted.context("signals"),
            _ = terminate.recv() => Ok(()),
        }
    }
    #[cfg(not(unix))]
    tokio::signal::ctrl_c().await.context("signals")
}
