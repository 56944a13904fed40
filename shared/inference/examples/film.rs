//! Draws a film of each prompt, or of each storyboard, and says what it took.
//!
//! `cargo run --release -p reverie-inference --example film -- "a red ball rolls right" --out out`
//!
//! A storyboard is as in `storyboard.json`:
//! `cargo run --release -p reverie-inference --example film -- --storyboard storyboard.json --out out`

use std::ops::ControlFlow;
use std::path::PathBuf;
use std::time::Instant;

use clap::Parser;
use reverie_domain::sketch::Sketch;
use reverie_inference::{MusicRequest, Package, Picture, Reference, StyleHints, load_all};

#[derive(Parser)]
struct Options {
    #[arg(required_unless_present = "storyboards")]
    prompts: Vec<String>,
    /// A storyboard to film instead of a prompt; may be repeated. Theirs are before the prompts' films.
    #[arg(long = "storyboard")]
    storyboards: Vec<PathBuf>,
    #[arg(long, default_value_t = 5.0)]
    seconds: f64,
    #[arg(long, default_value_t = 1)]
    seed: u64,
    #[arg(long)]
    aspect_ratio: Option<String>,
    #[arg(long)]
    fps: Option<u32>,
    #[arg(long)]
    soundtrack: bool,
    /// A picture to show; may be repeated.
    #[arg(long = "ref")]
    references: Vec<PathBuf>,
    /// Folder of the model package.
    #[arg(long, default_value = concat!(env!("CARGO_MANIFEST_DIR"), "/models/reverie-scene"))]
    package: PathBuf,
    /// Folder of the package that makes soundtracks.
    #[arg(long, default_value = concat!(env!("CARGO_MANIFEST_DIR"), "/models/reverie-score"))]
    composer: PathBuf,
    /// Folder for the files; each prompt's are numbered.
    #[arg(long)]
    out: PathBuf,
}

fn main() -> anyhow::Result<()> {
    let options = Options::parse();
    let mut packages = vec![Package::open(&options.package)?];
    if options.soundtrack {
        packages.push(Package::open(&options.composer)?);
    }
    let engines = load_all(&packages)?;
    let engine = engines.first().ok_or_else(|| anyhow::anyhow!("no engine"))?;
    let references: Vec<Reference> = options
        .references
        .iter()
        .map(|path| {
            let picture = Picture::read(&std::fs::read(path)?);
            Ok(Reference { id: path.display().to_string(), look: None, picture })
        })
        .collect::<anyhow::Result<_>>()?;
    for (index, (prompt, sketch)) in wishes(&options)?.into_iter().enumerate() {
        let request = MusicRequest {
            prompt: prompt.clone(),
            sketch,
            seconds: options.seconds,
            seed: options.seed,
            soundtrack: options.soundtrack,
            references: references.clone(),
            style: StyleHints {
                aspect_ratio: options.aspect_ratio.clone(),
                fps: options.fps,
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

/// What to film: a prompt, with a storyboard if there is one.
fn wishes(options: &Options) -> anyhow::Result<Vec<(String, Option<Sketch>)>> {
    let mut wishes = Vec::new();
    for path in &options.storyboards {
        let storyboard = serde_json::from_slice(&std::fs::read(path)?)?;
        wishes.push((path.display().to_string(), Some(Sketch::Video(storyboard))));
    }
    wishes.extend(options.prompts.iter().map(|prompt| (prompt.clone(), None)));
    Ok(wishes)
}
