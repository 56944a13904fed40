//! Jobs that decode at the same time.

use reverie_inference::{Decoder, MusicRequest, Output, Package};

use crate::{file, folder, generate, request, tiny, tiny_folder};

#[test]
fn rows_that_share_a_step_are_as_if_alone() {
    for folder in [tiny_folder(), folder("models/reverie-score")] {
        let decoder = Decoder::load(&Package::open(&folder).expect("package")).expect("a decoder");
        let decode = |rows| decoder.decode(rows, 140).expect("rows");
        let (alone, together) = (decode(1), decode(Decoder::ROWS));
        let bits = |row: &[f32]| row.iter().map(|logit| logit.to_bits()).collect::<Vec<_>>();
        assert_eq!(bits(&alone[0]), bits(&together[0]), "{}", folder.display());
        assert_ne!(bits(&together[0]), bits(&together[1]), "other tokens");
    }
}

#[test]
fn jobs_at_the_same_time_give_what_they_give_alone() {
    let engine = tiny();
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let requests: Vec<MusicRequest> = (0..Decoder::ROWS * cores)
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
