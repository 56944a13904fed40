//! The engine `score`: a prompt becomes a score, and a score becomes sound.

mod arrange;
mod bars;
mod brief;
mod form;
mod grammar;
mod network;
mod prompt;
mod repeats;
mod sampler;
mod understood;
mod vocabulary;
mod writer;

use std::sync::Arc;
use std::time::Instant;

use reverie_domain::manifest::Manifest;
use rustysynth::SoundFont;

use self::brief::{Brief, Wishes};
use self::network::Network;
use self::prompt::PromptReader;
use self::vocabulary::Vocabulary;
use crate::encode;
use crate::engine::{Engine, MusicRequest, Output, OutputFile, Stage, Watch};
use crate::error::{EngineError, PackageError};
use crate::package::Package;
use crate::progress::Progress;
use crate::render::{SAMPLE_RATE, Sound, frames_of, read_bank, render};
use crate::score::Score;

/// A loaded package of the engine `score`.
pub(crate) struct ScoreEngine {
    manifest: Manifest,
    vocabulary: Vocabulary,
    prompts: PromptReader,
    network: Network,
    bank: Arc<SoundFont>,
}

impl ScoreEngine {
    /// Reads `vocab.json`, `prompt.onnx`, `score.onnx` and the bank, `bank.sf3` or `bank.sf2`.
    pub(crate) fn load(package: &Package) -> Result<Self, PackageError> {
        let manifest = package.manifest().clone();
        let bank = match manifest.file("bank.sf2") {
            Some(_) => "bank.sf2",
            None => "bank.sf3",
        };
        let (json, reader, writer) = ("vocab.json", "prompt.onnx", "score.onnx");
        let vocabulary = Vocabulary::parse(&package.read(json)?)
            .map_err(|error| package.content(json, error))?;
        Ok(Self {
            prompts: PromptReader::new(&package.read(reader)?, &vocabulary.prompt)
                .map_err(|error| package.content(reader, format!("{error:#}")))?,
            network: Network::new(&package.read(writer)?, &vocabulary)
                .map_err(|error| package.content(writer, format!("{error:#}")))?,
            bank: read_bank(&package.read(bank)?).map_err(|error| package.content(bank, error))?,
            vocabulary,
            manifest,
        })
    }

    /// Decides what to write.
    fn brief(&self, request: &MusicRequest) -> Result<Brief, EngineError> {
        let read = |prompt: &str| {
            self.prompts
                .read(prompt)
                .map_err(|error| EngineError::internal("prompt.onnx")(format!("{error:#}")))
        };
        let reading = read(&request.prompt)?;
        let negative = request.negative_prompt.as_deref().map(read).transpose()?;
        let wishes = Wishes::new(request, &reading, negative.as_ref());
        Brief::new(&self.vocabulary, &wishes)
    }

    fn check(&self, request: &MusicRequest) -> Result<(), EngineError> {
        let limits = &self.manifest.limits;
        let seconds = limits.seconds.min..=limits.seconds.max;
        if !seconds.contains(&request.seconds) {
            let message = format!("must be between {} and {}", seconds.start(), seconds.end());
            return Err(EngineError::invalid("seconds", message));
        }
        let most = limits.prompt_chars as usize;
        let too_long = |text: &str| text.chars().count() > most;
        if too_long(&request.prompt) {
            let message = format!("must not exceed {most} characters");
            return Err(EngineError::invalid("prompt", message));
        }
        if request.negative_prompt.as_deref().is_some_and(too_long) {
            let message = format!("must not exceed {most} characters");
            return Err(EngineError::invalid("negative_prompt", message));
        }
        Ok(())
    }
}

impl Engine for ScoreEngine {
    fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    fn warm_up(&self) -> Result<(), EngineError> {
        let request =
            MusicRequest { seconds: self.manifest.limits.seconds.min, ..MusicRequest::default() };
        self.generate(&request, &mut |_| std::ops::ControlFlow::Continue(())).map(drop)
    }

    fn generate(
        &self,
        request: &MusicRequest,
        watch: &mut Watch<'_>,
    ) -> Result<Output, EngineError> {
        self.check(request)?;
        let mut progress = Progress::new(watch);
        let mut clock = Clock::new();
        progress.at(0.0)?;
        let brief = self.brief(request)?;
        clock.lap("read");
        let bars = writer::write(
            &self.vocabulary,
            &self.network,
            &brief,
            request.seed,
            &mut progress.stage(0.01, 0.6),
        )?;
        let score = arrange::arrange(&self.vocabulary, &brief, &bars, request.seed);
        clock.lap("write");
        let frames = frames_of(request.seconds);
        let sound = render(&score, &self.bank, frames, &mut progress.stage(0.6, 0.9))?;
        clock.lap("render");
        let files = files(&sound, &score, request.seed, &mut progress.stage(0.9, 1.0))?;
        clock.lap("encode");
        Ok(Output {
            understood: understood::understood(&self.vocabulary, &brief, &bars, &score),
            seconds: frames as f64 / f64::from(SAMPLE_RATE),
            files,
            stages: clock.stages,
        })
    }
}

/// Times the stages of a job.
struct Clock {
    since: Instant,
    stages: Vec<Stage>,
}

impl Clock {
    fn new() -> Self {
        Self { since: Instant::now(), stages: Vec::new() }
    }

    fn lap(&mut self, name: &'static str) {
        let took = self.since.elapsed();
        self.stages.push(Stage { name, took });
        self.since = Instant::now();
    }
}

/// The files of a work, in the order of the manifest's outputs.
fn files(
    sound: &Sound,
    score: &Score,
    seed: u64,
    progress: &mut Progress<'_, '_>,
) -> Result<Vec<OutputFile>, EngineError> {
    let seconds = Some(sound.frames() as f64 / f64::from(SAMPLE_RATE));
    let file =
        |name, content_type, bytes, seconds| OutputFile { name, content_type, bytes, seconds };
    let flac = encode::flac(sound, seed, &mut progress.stage(0.0, 0.4))?;
    let mut files = vec![file("track.flac", "audio/flac", flac, seconds)];
    #[cfg(feature = "mp3")]
    {
        let mp3 = encode::mp3(sound, &mut progress.stage(0.4, 0.95))?;
        files.push(file("track.mp3", "audio/mpeg", mp3, seconds));
    }
    let midi = encode::midi(score)?;
    files.push(file("track.mid", "audio/midi", midi, seconds));
    let peaks = encode::peaks(sound).to_string().into_bytes();
    files.push(file("peaks.json", "application/json", peaks, None));
    progress.at(1.0)?;
    Ok(files)
}
