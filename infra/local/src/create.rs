//! `reverie create`: the full path through the API.

mod client;
mod server;
mod target;
mod token;

use std::time::{Duration, Instant};

use anyhow::Context;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::{cli::CreateArgs, failure::Failure};
use client::Client;
use target::Target;

/// How soon, and how late, a generation is looked at again.
const SOONEST: Duration = Duration::from_millis(300);
const LATEST: Duration = Duration::from_secs(3);

/// Makes one piece and saves it. The path is on standard output, progress on standard error.
///
/// # Errors
/// [`Failure`], by its cause.
pub async fn run(args: CreateArgs) -> Result<(), Failure> {
    let server = server::find(&args).await?;
    let made = make(&args, &server).await;
    server.stop().await;
    made
}

async fn make(args: &CreateArgs, server: &server::Server) -> Result<(), Failure> {
    let target = Target::of(args)?;
    let client = token::client(args, server).await?;
    let mut references = Vec::new();
    for file in &args.references {
        references.push(client.upload(file).await?);
    }
    let wish = body(args, &references);
    let (quote, models) =
        tokio::try_join!(client.post("/v1/quotes", &wish), client.get("/v1/models"))?;
    let credits = quote["credits"].as_u64().unwrap_or_default();
    let seconds = quote["request"]["seconds"].as_u64().unwrap_or_default();
    target.check_format(&models["items"], &quote["request"]["model"])?;
    eprintln!("{seconds} s of {} for {credits} credits", args.kind);

    let mut submission = json!({"quote": quote["id"]});
    if let Some(most) = args.max_credits {
        submission["max_credits"] = json!(most);
    }
    let submitted = client.post("/v1/generations", &submission).await?;
    let id = submitted["id"].as_str().context("the server's answer has no id")?.to_owned();
    let done = tokio::select! {
        done = follow(&client, &id) => done?,
        _ = tokio::signal::ctrl_c() => {
            client.post(&format!("/v1/generations/{id}/cancel"), &Value::Null).await?;
            return Err(Failure::Generation("canceled; nothing was charged".to_owned()));
        }
    };
    check(&done)?;
    if let Err(failure) = save(&target, &client, &done).await {
        eprintln!("{id} is made, and can still be fetched: GET /v1/generations/{id}");
        return Err(failure);
    }
    match args.json {
        true => println!("{done:#}"),
        false => println!("{}", target.path.display()),
    }
    Ok(())
}

fn body(args: &CreateArgs, references: &[String]) -> Value {
    let mut body = json!({"kind": args.kind, "prompt": args.prompt});
    let optional = [
        ("seconds", args.seconds.map(Value::from)),
        ("seed", args.seed.map(Value::from)),
        ("model", args.model.clone().map(Value::from)),
        ("soundtrack", args.soundtrack.then_some(Value::Bool(true))),
        ("references", (!references.is_empty()).then(|| json!(references))),
    ];
    for (name, value) in optional {
        if let Some(value) = value {
            body[name] = value;
        }
    }
    body
}

/// Shows the progress until the generation is final.
async fn follow(client: &Client, id: &str) -> Result<Value, Failure> {
    let bar = ProgressBar::new(100);
    let style = ProgressStyle::with_template("{msg:10} {wide_bar} {pos:>3} % {elapsed}");
    bar.set_style(style.context("the progress bar's template")?);
    let begun = Instant::now();
    loop {
        let generation = client.get(&format!("/v1/generations/{id}")).await?;
        let status = generation["status"].as_str().unwrap_or_default().to_owned();
        // A percentage of a progress between 0 and 1.
        bar.set_position((generation["progress"].as_f64().unwrap_or_default() * 100.0) as u64);
        bar.set_message(status.clone());
        if matches!(status.as_str(), "succeeded" | "failed" | "canceled" | "refused") {
            bar.finish();
            return Ok(generation);
        }
        // What takes long is looked at less often.
        tokio::time::sleep((begun.elapsed() / 20).clamp(SOONEST, LATEST)).await;
    }
}

fn check(generation: &Value) -> Result<(), Failure> {
    if generation["status"] == "succeeded" {
        return Ok(());
    }
    let status = generation["status"].as_str().unwrap_or("unknown");
    let why = generation["failure"]["message"].as_str().unwrap_or("no reason was given");
    Err(Failure::Generation(format!("the generation is {status}: {why}")))
}

/// Downloads the file of the wanted format and checks that it arrived whole.
async fn save(target: &Target, client: &Client, generation: &Value) -> Result<(), Failure> {
    let mut files = generation["files"].as_array().into_iter().flatten();
    let file = files.find(|file| target.fits(&file["name"]));
    let file = file.with_context(|| format!("there is no .{}", target.extension))?;
    let url = file["download"]["url"].as_str().context("the file has no link")?;
    let bytes = client.download(url).await?;
    let sha256 = hex::encode(Sha256::digest(&bytes));
    if file["sha256"] != sha256 {
        return Err(Failure::Unreachable("the download arrived damaged".to_owned()));
    }
    std::fs::write(&target.path, &bytes)
        .with_context(|| format!("{} cannot be written", target.path.display()))?;
    Ok(())
}
