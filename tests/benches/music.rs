//! What music costs: decoding beside onnxruntime, and whole pieces beside their length.
//!
//! `cargo bench --workspace --bench music`. All figures are of processor time, so that what else the
//! machine does matters little. With `REVERIE_PYTHON`, a Python that has onnxruntime, the same file is
//! decoded by both in turns.

use std::{
    env, fs,
    ops::ControlFlow,
    path::{Path, PathBuf},
    process::Command,
    sync::Arc,
    thread,
};

use reverie_inference::{Decoder, Engine, MusicRequest, Package, load};

/// Tokens of a row: about what a row has when it is full enough to start anew.
const TOKENS: usize = 600;
const ROUNDS: usize = 5;
/// Prompts of the pieces.
const PROMPTS: [&str; 4] = [
    "slow sad piano in D minor",
    "happy funk with brass",
    "lo-fi beats to study",
    "epic orchestral",
];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/inference/models/reverie-score")
}

/// Seconds of processor time of this process so far, in hundredths (proc(5), fields 14 and 15).
fn cpu() -> f64 {
    let stat = fs::read_to_string("/proc/self/stat").expect("Linux");
    let fields = stat.rsplit(')').next().expect("fields").split_whitespace();
    let ticks: f64 =
        fields.skip(11).take(2).map(|ticks| ticks.parse::<f64>().expect("a number")).sum();
    ticks / 100.0
}

fn took<T>(work: impl FnOnce() -> T) -> (f64, T) {
    let before = cpu();
    let done = work();
    (cpu() - before, done)
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn python() -> Option<f64> {
    let program = env::var_os("REVERIE_PYTHON")?;
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("bench/python/decode.py");
    let output = Command::new(program).arg(script).arg(folder()).arg(TOKENS.to_string()).output();
    let output = output.expect("REVERIE_PYTHON runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(String::from_utf8_lossy(&output.stdout).trim().parse().expect("a number"))
}

fn decoding(package: &Package) {
    let decoder = Decoder::load(package).expect("a decoder");
    decoder.decode(32).expect("tokens");
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let (seconds, _) = took(|| decoder.decode(TOKENS).expect("tokens"));
        ours.push(TOKENS as f64 / seconds);
        theirs.extend(python());
    }
    let ours = median(ours);
    println!("decoding, tokens per second of one core, a row of {TOKENS} tokens: {ours:.0}");
    if theirs.is_empty() {
        return println!("  onnxruntime: set REVERIE_PYTHON to compare");
    }
    let theirs = median(theirs);
    println!("  onnxruntime: {theirs:.0}; ratio to it: {:.2}", ours / theirs);
}

fn piece(engine: &dyn Engine, prompt: &str, seconds: f64) -> serde_json::Value {
    let request =
        MusicRequest { prompt: prompt.into(), seconds, seed: 1, ..MusicRequest::default() };
    engine.generate(&request, &mut |_| ControlFlow::Continue(())).expect("a piece").understood
}

/// Seconds of processor time of each of `jobs` pieces that are made at the same time.
fn pieces(engine: &Arc<dyn Engine>, jobs: usize, seconds: f64) -> f64 {
    let (all, ()) = took(|| {
        thread::scope(|scope| {
            for prompt in PROMPTS.iter().cycle().take(jobs) {
                scope.spawn(move || piece(&**engine, prompt, seconds));
            }
        });
    });
    all / jobs as f64
}

fn main() {
    let package = Package::open(&folder()).expect("the package");
    decoding(&package);
    let engine = load(&package).expect("the engine");
    println!("pieces, seconds of one core, mean of {} prompts:", PROMPTS.len());
    for seconds in [30.0, 180.0] {
        let (mut took_alone, mut bars) = (0.0, 0);
        for prompt in PROMPTS {
            let (took, understood) = took(|| piece(&*engine, prompt, seconds));
            took_alone += took / PROMPTS.len() as f64;
            let sections = understood["sections"].as_array().expect("sections");
            bars += sections.iter().filter_map(|section| section["bars"].as_u64()).sum::<u64>();
        }
        let bar = took_alone * PROMPTS.len() as f64 / bars as f64;
        let faster = seconds / took_alone;
        println!(
            "  {seconds:3} s: {took_alone:5.2} s, {faster:5.1} times real time, {bar:.3} s a bar"
        );
    }
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let crowd = 4 * cores;
    let (few, many) = (pieces(&engine, cores, 30.0), pieces(&engine, crowd, 30.0));
    println!("  30 s, {cores} at once: {few:.2} s each; {crowd} at once: {many:.2} s each");
}
