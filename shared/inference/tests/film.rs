//! What the package `reverie-scene` must do.

#![expect(clippy::expect_used, reason = "what fails here is to fail the test")]

#[path = "film/boards.rs"]
mod boards;
#[path = "film/frames.rs"]
mod frames;
#[path = "film/pictures.rs"]
mod pictures;
#[path = "film/sound.rs"]
mod sound;

use std::ops::ControlFlow;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use reverie_inference::{Engine, EngineError, MusicRequest, Output, Package, load};

fn engine() -> Arc<dyn Engine> {
    static ENGINE: OnceLock<Arc<dyn Engine>> = OnceLock::new();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("models/reverie-scene");
    let open = || load(&Package::open(&folder).expect("package")).expect("engine");
    Arc::clone(ENGINE.get_or_init(open))
}

fn request(prompt: &str, seed: u64) -> MusicRequest {
    let prompt = prompt.to_owned();
    let mut request = MusicRequest { prompt, seconds: 3.0, seed, ..MusicRequest::default() };
    request.style.aspect_ratio = Some("1:1".to_owned());
    request
}

fn film(request: &MusicRequest) -> Output {
    engine().generate(request, &mut |_| ControlFlow::Continue(())).expect("film")
}

fn bytes<'o>(output: &'o Output, name: &str) -> &'o [u8] {
    let file = output.files.iter().find(|file| file.name == name);
    &file.unwrap_or_else(|| panic!("no {name}")).bytes
}

/// However the threads take turns.
#[test]
fn the_same_request_is_the_same_film() {
    let bytes = |output: Output| {
        output.files.into_iter().map(|file| (file.name, file.bytes)).collect::<Vec<_>>()
    };
    let rain = request("a yellow boat in the rain", 3);
    let first = bytes(film(&rain));
    assert!(first == bytes(film(&rain)), "the same seed");
    assert!(first != bytes(film(&request("a yellow boat in the rain", 4))), "another seed");
}

/// Red of the ball, and where it is: the mean of the picture's reddest pixels, 0 to 1.
fn red_at(jpeg: &[u8]) -> (usize, f32) {
    let picture = image::load_from_memory(jpeg).expect("poster").to_rgb8();
    let is_red = |p: &image::Rgb<u8>| p.0[0] > 120 && p.0[1] < 90 && p.0[2] < 90;
    let red: Vec<u32> =
        picture.enumerate_pixels().filter(|(_, _, p)| is_red(p)).map(|(x, _, _)| x).collect();
    let mean = red.iter().sum::<u32>() as f32 / red.len().max(1) as f32;
    (red.len(), mean / picture.width() as f32)
}

/// The poster is taken after a third of the film.
#[test]
fn what_moves_comes_from_where_it_should() {
    for (way, comes_from_left) in [("right", true), ("left", false)] {
        let output = film(&request(&format!("a red ball rolls {way} over a meadow"), 1));
        assert_eq!(output.understood["subjects"][0]["motion"], way);
        let poster = output.files.iter().find(|file| file.name == "poster.jpg").expect("poster");
        let (count, at) = red_at(&poster.bytes);
        assert!(count > 1000, "{way}: {count} red pixels");
        assert_eq!(at < 0.5, comes_from_left, "{way}: {at}");
    }
}

#[test]
fn a_night_is_darker_than_a_day() {
    let light = |time: &str| {
        let output = film(&request(&format!("mountains {time}"), 1));
        let poster = output.files.into_iter().find(|file| file.name == "poster.jpg");
        let picture = image::load_from_memory(&poster.expect("poster").bytes).expect("jpeg");
        let grey = picture.to_luma8();
        grey.pixels().map(|p| u64::from(p.0[0])).sum::<u64>()
            / u64::from(grey.width() * grey.height())
    };
    let (night, day) = (light("at night"), light("on a sunny day"));
    assert!(night * 2 < day, "{night} {day}");
}

#[test]
fn it_stops_when_it_is_told_to() {
    let mut frames = 0;
    let ended = engine().generate(&request("a bird", 1), &mut |share| {
        frames += u32::from(share > 0.05);
        if frames > 3 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    assert!(
        matches!(ended, Err(EngineError::Canceled)),
        "{:?}",
        ended.map(|output| output.seconds)
    );
    assert_eq!(frames, 4);
}
