//! The engine `score`: a prompt becomes a score, and a score becomes sound.

mod arrange;
mod bars;
mod brief;
mod decoder;
mod extras;
mod form;
mod grammar;
mod harmony;
mod network;
mod notes;
mod planner;
mod prompt;
mod repeats;
mod sampler;
mod sketch;
mod steer;
mod understood;
mod vocabulary;
mod writer;

use std::sync::Arc;
use std::time::Instant;

use reverie_domain::manifest::Manifest;
use rustysynth::SoundFont;
use serde_json::Value;

pub use self::decoder::Decoder;
pub(crate) use self::planner::ScorePlanner;

use self::bars::Bar;
use self::brief::Brief;
use self::extras::Piece;
use self::network::Network;
use crate::encode;
use crate::engine::{Engine, MusicRequest, Output, OutputFile, Stage, Watch};
use crate::error::{EngineError, PackageError};
use crate::package::Package;
use crate::progress::Progress;
use crate::render::{SAMPLE_RATE, Sound, frames_of, read_bank, render};
use crate::score::Score;

/// A loaded package of the engine `score`.
pub(crate) struct ScoreEngine {
    planner: ScorePlanner,
    network: Network,
    bank: Arc<SoundFont>,
}

impl ScoreEngine {
    /// Reads `vocab.json`, `prompt.onnx`, `score.onnx` and the bank, `bank.sf3` or `bank.sf2`.
    pub(crate) fn load(package: &Package) -> Result<Self, PackageError> {
        let bank = match package.manifest().file("bank.sf2") {
            Some(_) => "bank.sf2",
            None => "bank.sf3",
        };
        let writer = "score.onnx";
        let planner = ScorePlanner::load(package)?;
        Ok(Self {
            network: Network::new(&package.read(writer)?, planner.vocabulary())
                .map_err(|error| package.content(writer, format!("{error:#}")))?,
            bank: read_bank(&package.read(bank)?).map_err(|error| package.content(bank, error))?,
            planner,
        })
    }
}

impl Engine for ScoreEngine {
    fn manifest(&self) -> &Manifest {
        self.planner.manifest()
    }

    fn warm_up(&self) -> Result<(), EngineError> {
        let request =
            MusicRequest { seconds: self.manifest().limits.seconds.min, ..MusicRequest::default() };
        self.generate(&request, &mut |_| std::ops::ControlFlow::Continue(())).map(drop)
    }

    fn generate(
        &self,
        request: &MusicRequest,
        watch: &mut Watch<'_>,
    ) -> Result<Output, EngineError> {
        self.planner.check(request)?;
        let mut progress = Progress::new(watch);
        let mut clock = Clock::new();
        progress.at(0.0)?;
        let (_, brief) = self.planner.brief(request)?;
        clock.lap("read");
        let (bars, score) = self.written(&brief, request.seed, &mut progress.stage(0.01, 0.6))?;
        clock.lap("write");
        let frames = frames_of(request.seconds);
        // Each extra takes about as long as the sound itself.
        let parts = 1 + request.outputs.len();
        let share = |done: usize| 0.6 + 0.4 * (done as f32 / parts as f32);
        let mut usual = progress.stage(share(0), share(1));
        let (sound, balance) = render(&score, &self.bank, frames, &mut usual.stage(0.0, 0.75))?;
        clock.lap("render");
        let mut encoding = usual.stage(0.75, 1.0);
        let mut files = files(&sound, &score, request.seed, &mut encoding)?;
        clock.lap("encode");
        let piece = Piece { score: &score, balance, bank: &self.bank, frames, seed: request.seed };
        for (index, wanted) in request.outputs.iter().enumerate() {
            let mut making = progress.stage(share(1 + index), share(2 + index));
            files.push(piece.extra(*wanted, &mut making)?);
            clock.lap(wanted.name());
        }
        progress.at(1.0)?;
        Ok(Output {
            understood: understood::of_bars(self.planner.vocabulary(), &brief, &bars, &score),
            seconds: frames as f64 / f64::from(SAMPLE_RATE),
            files,
            stages: clock.stages,
        })
    }
}

impl ScoreEngine {
    /// The half that plans.
    pub(crate) fn planner(&self) -> &ScorePlanner {
        &self.planner
    }

    /// The sound of a request without its files, and how the request was understood.
    pub(crate) fn sound(
        &self,
        request: &MusicRequest,
        progress: &mut Progress<'_, '_>,
    ) -> Result<(Sound, Value), EngineError> {
        self.planner.check(request)?;
        progress.at(0.0)?;
        let (_, brief) = self.planner.brief(request)?;
        let (bars, score) = self.written(&brief, request.seed, &mut progress.stage(0.0, 0.7))?;
        let frames = frames_of(request.seconds);
        let (sound, _) = render(&score, &self.bank, frames, &mut progress.stage(0.7, 1.0))?;
        let understood = understood::of_bars(self.planner.vocabulary(), &brief, &bars, &score);
        Ok((sound, understood))
    }

    fn written(
        &self,
        brief: &Brief,
        seed: u64,
        progress: &mut Progress<'_, '_>,
    ) -> Result<(Vec<Bar>, Score), EngineError> {
        let vocabulary = self.planner.vocabulary();
        let bars = writer::write(vocabulary, &self.network, brief, seed, progress)?;
        let score = arrange::arrange(vocabulary, brief, &bars, seed);
        Ok((bars, score))
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

/// The files that are always made, in the order of the manifest's outputs.
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
