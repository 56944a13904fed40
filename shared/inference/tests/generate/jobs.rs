//! Jobs that decode at the same time.

use reverie_inference::{MusicRequest, Output};

use crate::{file, generate, request, tiny};

#[test]
fn jobs_at_the_same_time_give_what_they_give_alone() {
    let engine = tiny();
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let requests: Vec<MusicRequest> = (0..2 * cores)
        .map(|seed| MusicRequest { seed: seed as u64, ..request("a tune", 6.0) })
        .collect();
    let crowd: Vec<Output> = std::thread::scope(|scope| {
        let job = |asked| scope.spawn(move || generate(&*tiny(), asked));
        let jobs: Vec<_> = requests.iter().map(job).collect();
        jobs.into_iter().map(|job| job.join().expect("a job")).collect()
    });
    for (asked, output) in requests.iter().zip(&crowd) {
        let alone = generate(&*engine, asked);
        assert!(file(&alone, "track.flac") == file(output, "track.flac"), "{}", asked.seed);
    }
}
