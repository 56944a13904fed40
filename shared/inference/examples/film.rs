//! Draws a film of each prompt and says what it took.
//!
//! `cargo run --release -p reverie-inference --example film -- "a red ball rolls right" --out out`

use std::ops::ControlFlow;
use std::path::PathBuf;
use std::time::Instant;

use clap::Parser;
use reverie_inference::{MusicRequest, Package, StyleHints, load};

#[derive(Parser)]
struct Options {
    #[arg(required = true)]
    prompts: Vec<String>,
    #[arg(long, default_value_t = 5.0)]
    seconds: f64,
    #[arg(long, default_value_t = 1)]
    seed: u64,
    #[arg(long)]
    aspect_ratio: Option<String>,
    /// Folder of the model package.
    #[arg(long, default_value = concat!(env!("CARGO_MANIFEST_DIR"), "/models/reverie-scene"))]
    package: PathBuf,
    /// Folder for the files; each prompt's are numbered.
    #[arg(long)]
    out: PathBuf,
}

fn main() -> anyhow::Result<()> {
    let options = Options::parse();
    let engine = load(&Package::open(&options.package)?)?;
    for (index, prompt) in options.prompts.iter().enumerate() {
        let request = MusicRequest {
            prompt: prompt.clone(),
            seconds: options.seconds,
            seed: options.seed,
            style: StyleHints {
                aspect_ratio: options.aspect_ratio.clone(),
                ..StyleHints::default()
            },
            ..MusicRequest::default()
        };
        let clock = Instant::now();
        let output = engine.generate(&request, &mut |_| ControlFlow::Continue(()))?;
        let took = clock.elapsed().as_secs_f64();
        println!("{took:.2} s for {} s: {prompt}\n{}", output.seconds, output.understood);
        let folder = options.out.join(format!("{index:03}"));
        std::fs::create_dir_all(&folder)?;
        for file in &output.files {
            std::fs::write(folder.join(file.name), &file.bytes)?;
        }
    }
    Ok(())
}
