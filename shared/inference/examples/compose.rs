//! Makes a piece of music of each prompt and says what it took.
//!
//! `cargo run --release -p reverie-inference --example compose -- "calm piano" --seconds 30 --out out`

use std::ops::ControlFlow;
use std::path::PathBuf;
use std::time::Instant;

use anyhow::Context;
use clap::Parser;
use reverie_domain::manifest::Extra;
use reverie_inference::{Engine, MusicRequest, Package, StyleHints, load};

#[derive(Parser)]
struct Options {
    #[arg(required = true)]
    prompts: Vec<String>,
    #[arg(long, default_value_t = 30.0)]
    seconds: f64,
    #[arg(long, default_value_t = 1)]
    seed: u64,
    #[arg(long)]
    without: Option<String>,
    #[arg(long)]
    preset: Option<String>,
    #[arg(long)]
    genre: Option<String>,
    #[arg(long)]
    tempo: Option<f64>,
    #[arg(long)]
    key: Option<String>,
    #[arg(long)]
    instrument: Vec<String>,
    /// `stems` or `loop`, to make these too.
    #[arg(long, value_parser = extra)]
    output: Vec<Extra>,
    /// Folder of the model package.
    #[arg(long, default_value = concat!(env!("CARGO_MANIFEST_DIR"), "/models/reverie-score"))]
    package: PathBuf,
    /// Folder for the files; with several prompts, of folders that are numbered from 000.
    #[arg(long)]
    out: Option<PathBuf>,
}

fn extra(name: &str) -> Result<Extra, serde_json::Error> {
    serde_json::from_value(name.into())
}

fn main() -> anyhow::Result<()> {
    let options = Options::parse();
    let clock = Instant::now();
    let engine = load(&Package::open(&options.package)?)?;
    println!("load    {:7.3} s", clock.elapsed().as_secs_f64());
    for (index, prompt) in options.prompts.iter().enumerate() {
        let folder = match &options.out {
            Some(folder) if options.prompts.len() > 1 => Some(folder.join(format!("{index:03}"))),
            folder => folder.clone(),
        };
        compose(&*engine, &options, prompt, folder)?;
    }
    Ok(())
}

fn compose(
    engine: &dyn Engine,
    options: &Options,
    prompt: &str,
    folder: Option<PathBuf>,
) -> anyhow::Result<()> {
    let request = MusicRequest {
        prompt: prompt.to_owned(),
        negative_prompt: options.without.clone(),
        seconds: options.seconds,
        seed: options.seed,
        style: StyleHints {
            preset: options.preset.clone(),
            genre: options.genre.clone(),
            tempo_bpm: options.tempo,
            key: options.key.clone(),
            instruments: options.instrument.clone(),
            ..StyleHints::default()
        },
        outputs: options.output.clone(),
        ..MusicRequest::default()
    };
    let output = engine.generate(&request, &mut |_| ControlFlow::Continue(()))?;
    for stage in &output.stages {
        let took = stage.took.as_secs_f64();
        let share = took / output.seconds;
        println!("{:7} {took:7.3} s, {share:.4} per second of music", stage.name);
    }
    println!("{}", serde_json::to_string_pretty(&output.understood)?);
    if let Some(folder) = folder {
        std::fs::create_dir_all(&folder).with_context(|| folder.display().to_string())?;
        for file in &output.files {
            std::fs::write(folder.join(file.name), &file.bytes)?;
        }
    }
    Ok(())
}
