use std::collections::BTreeMap;

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

use super::{Facet, day_of};
use crate::{
    job::{Job, Status},
    manifest::{Extra, Kind},
    random,
    request::{CanonicalRequest, Style},
};

/// The upper ends of the bands of times, in seconds.
pub const SECONDS: [u32; 8] = [1, 5, 15, 30, 60, 300, 1_800, 7_200];
/// The upper ends of the bands of lengths, in seconds.
const LENGTHS: [u32; 7] = [5, 10, 15, 30, 60, 120, 180];
/// The upper ends of the bands of tempo, in beats per minute.
const TEMPOS: [u32; 4] = [79, 109, 139, 169];

/// A job that has ended, as it is counted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sample {
    /// A random number: nothing else tells it from others.
    pub number: String,
    /// The day on which the job ended, UTC.
    pub day: Date,
    /// What was made.
    pub kind: Kind,
    /// A word for each facet.
    pub words: BTreeMap<Facet, String>,
}

impl Sample {
    /// What is counted of a job that becomes final now. Without its request, the settings are `unknown`.
    #[must_use]
    pub fn of(now: Timestamp, job: &Job, request: Option<&CanonicalRequest>) -> Self {
        let mut words = BTreeMap::from([
            (Facet::Outcome, outcome(job.status).to_owned()),
            (Facet::Failure, failure(job)),
            (Facet::Model, format!("{} {}", job.model.id, job.model.version)),
            (Facet::Plan, job.plan.name().to_owned()),
            (Facet::Length, band(&LENGTHS, job.seconds.into())),
            (Facet::Cached, yes(job.cached)),
            (Facet::Waited, time(job, Some(job.created_at), job.started_at)),
            (Facet::Computed, time(job, job.started_at, Some(now))),
        ]);
        words.extend(SETTINGS.map(|facet| (facet, setting(facet, request))));
        let number = format!("{:016x}{:016x}", random::number(), random::number());
        Self { number, day: day_of(now), kind: job.kind, words }
    }
}

/// What a request says.
const SETTINGS: [Facet; 12] = [
    Facet::Genre,
    Facet::Mood,
    Facet::Preset,
    Facet::Tempo,
    Facet::AspectRatio,
    Facet::Key,
    Facet::Instruments,
    Facet::NegativePrompt,
    Facet::Sketch,
    Facet::References,
    Facet::Stems,
    Facet::Loop,
];

fn setting(facet: Facet, request: Option<&CanonicalRequest>) -> String {
    let Some(request) = request else { return "unknown".to_owned() };
    let usual = Style::default();
    let style = request.style.as_ref().unwrap_or(&usual);
    let word = |word: &Option<String>| word.clone().unwrap_or_else(|| "none".to_owned());
    match facet {
        Facet::Genre => word(&style.genre),
        Facet::Mood => word(&style.mood),
        Facet::Preset => word(&style.preset),
        Facet::AspectRatio => word(&style.aspect_ratio),
        Facet::Tempo => match style.tempo_bpm {
            None => "none".to_owned(),
            Some(tempo) => band(&TEMPOS, tempo.into()),
        },
        Facet::Key => yes(style.key.is_some()),
        Facet::Instruments => yes(!style.instruments.is_empty()),
        Facet::NegativePrompt => yes(request.negative_prompt.is_some()),
        Facet::Sketch => yes(request.sketch.is_some()),
        Facet::References => request.references.len().to_string(),
        Facet::Stems => yes(request.outputs.contains(&Extra::Stems)),
        Facet::Loop => yes(request.outputs.contains(&Extra::Loop)),
        Facet::Outcome
        | Facet::Failure
        | Facet::Model
        | Facet::Plan
        | Facet::Length
        | Facet::Cached
        | Facet::Waited
        | Facet::Computed => "unknown".to_owned(),
    }
}

const fn outcome(status: Status) -> &'static str {
    match status {
        Status::Succeeded => "succeeded",
        Status::Failed => "failed",
        Status::Canceled => "canceled",
        Status::Refused => "refused",
        Status::Queued | Status::Running => "unfinished",
    }
}

fn failure(job: &Job) -> String {
    job.failure.as_ref().map_or_else(|| "none".to_owned(), |failure| failure.code.clone())
}

/// What was copied took no time of a worker.
fn time(job: &Job, from: Option<Timestamp>, to: Option<Timestamp>) -> String {
    if job.cached {
        return "cached".to_owned();
    }
    match from.zip(to) {
        None => "never".to_owned(),
        // Clocks may disagree: what ends before it begins took no time.
        Some((from, to)) => {
            let millis = to.duration_since(from).as_millis().max(0);
            band(&SECONDS, (millis + 999) / 1_000)
        }
    }
}

fn band(ends: &[u32], number: i128) -> String {
    let end = ends.iter().find(|end| number <= i128::from(**end));
    end.map_or_else(|| "more".to_owned(), ToString::to_string)
}

fn yes(is_so: bool) -> String {
    (if is_so { "yes" } else { "no" }).to_owned()
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;
    use crate::{
        credits::Credits,
        ids::{AccountId, GenerationId, WalletId},
        job::{Failure, ModelRef, Submission},
        plan::Plan,
    };

    const SECRET: &str = "of somebody";

    fn request() -> CanonicalRequest {
        serde_json::from_value(serde_json::json!({
            "kind": "music",
            "model": "tiny",
            "prompt": SECRET,
            "negative_prompt": SECRET,
            "seconds": 31,
            "seed": 4_071,
            "style": {"tempo_bpm": 140},
            "outputs": ["loop"],
        }))
        .unwrap()
    }

    #[test]
    fn a_sample_has_words_for_all_and_names_nobody() {
        let begun: Timestamp = "2026-11-28T23:59:00Z".parse().unwrap();
        let (id, account) = (GenerationId::new(), AccountId::new());
        let job = Job::submit(
            begun,
            Submission {
                id,
                account,
                wallet: WalletId::new(),
                kind: Kind::Music,
                model: ModelRef { id: "tiny".to_owned(), version: "1".to_owned() },
                seed: 4_071,
                seconds: 31,
                request_hash: SECRET.to_owned(),
                price: Credits::new(3),
                plan: Plan::Free,
                expires_by: None,
            },
        );
        let running = job.claim(begun + SignedDuration::from_millis(5_001)).unwrap();
        let now = begun + SignedDuration::from_secs(70);
        let failed = running.fail(now, 1, Failure::retryable("engine", SECRET)).unwrap().job;
        let sample = Sample::of(now, &failed, Some(&request()));
        let word = |facet| sample.words[&facet].as_str();
        assert_eq!((sample.day, sample.kind), (Date::constant(2026, 11, 29), Kind::Music));
        assert_eq!((word(Facet::Outcome), word(Facet::Failure)), ("failed", "engine"));
        assert_eq!((word(Facet::Waited), word(Facet::Computed)), ("15", "300"));
        assert_eq!((word(Facet::Length), word(Facet::Tempo)), ("60", "169"));
        assert_eq!((word(Facet::Loop), word(Facet::Stems)), ("yes", "no"));
        assert_eq!((word(Facet::NegativePrompt), word(Facet::References)), ("yes", "0"));

        let stored = serde_json::to_string(&sample).unwrap();
        for personal in [SECRET, "4071", &id.uuid().simple().to_string(), "23:59", "5001"] {
            assert!(!stored.contains(personal), "{personal}: {stored}");
        }
        assert!(!stored.contains(&account.uuid().simple().to_string()), "{stored}");
        let unknown = Sample::of(now, &failed, None);
        assert_eq!(
            unknown.words.keys().collect::<Vec<_>>(),
            sample.words.keys().collect::<Vec<_>>()
        );
        assert_ne!(unknown.number, sample.number);
        let never = job.cancel(now).unwrap().job;
        let never = Sample::of(now, &never, None);
        assert_eq!(
            [Facet::Waited, Facet::Computed].map(|facet| &*never.words[&facet]),
            ["never"; 2]
        );
    }
}
