//! Pictures become shots.

use std::io::Cursor;

use image::imageops::{self, FilterType};
use image::{ImageFormat, Rgb, RgbImage};
use reverie_domain::storyboard::PictureUse;
use reverie_inference::{MusicRequest, Picture, Reference};

use crate::frames::{decoded, likeness};
use crate::{bytes, film, request};

/// A disc of one colour on a ground that gets lighter.
fn disc(colour: [u8; 3], ground: [u8; 3]) -> RgbImage {
    RgbImage::from_fn(960, 720, |x, y| {
        let far = (x as f32 - 620.0).hypot(y as f32 - 420.0);
        let soft = ((far - 150.0) / 3.0).clamp(0.0, 1.0);
        let light = 0.5 + y as f32 / 1440.0;
        let mix = |a: u8, b: u8| f32::from(a) * (1.0 - soft) + f32::from(b) * light * soft;
        Rgb([0, 1, 2].map(|part| mix(colour[part], ground[part]) as u8))
    })
}

fn reference(number: u32, picture: &RgbImage) -> Reference {
    let mut png = Cursor::new(Vec::new());
    picture.write_to(&mut png, ImageFormat::Png).expect("png");
    let picture = Picture::read(&png.into_inner());
    assert!(picture.is_some());
    Reference { id: format!("upl_{number}"), look: None, picture }
}

fn of(pictures: &[RgbImage], prompt: &str) -> MusicRequest {
    let references = (1..).zip(pictures).map(|(number, one)| reference(number, one)).collect();
    MusicRequest { references, ..request(prompt, 5) }
}

/// The middle of a picture, as large as a square film shows it.
fn shown(picture: &RgbImage, left: u32) -> RgbImage {
    let square = imageops::crop_imm(picture, left, 0, 720, 720).to_image();
    imageops::resize(&square, 720, 720, FilterType::Triangle)
}

#[test]
fn two_pictures_are_the_first_and_the_last_frame() {
    let (first, last) = (disc([220, 40, 40], [90, 160, 220]), disc([250, 220, 60], [40, 120, 60]));
    let mut asked = of(&[first.clone(), last.clone()], "");
    asked.style.pictures = Some(PictureUse::FirstAndLast);
    let output = film(&asked);
    let frames = decoded(bytes(&output, "clip.mp4"));
    assert_eq!(frames.len(), 72);
    for (frame, picture) in [(&frames[0], &first), (&frames[71], &last)] {
        // It is cut so that what stands out is seen: the disc is right of the middle.
        let best = (120..=240).step_by(4).map(|left| likeness(frame, &shown(picture, left)));
        let best = best.fold(0.0, f64::max);
        assert!(best > 32.0, "{best} dB");
    }
    assert!(likeness(&frames[0], &frames[71]) < 15.0);
    let said = output.understood["references"].to_string();
    assert!(said.contains("shot 1 (zoom in)") && said.contains("shot 2 (zoom out)"), "{said}");
}

/// How many pixels are about of this colour.
fn count(frame: &RgbImage, colour: [i32; 3]) -> usize {
    let near = |p: &Rgb<u8>| p.0.iter().zip(colour).all(|(a, b)| (i32::from(*a) - b).abs() < 40);
    frame.pixels().filter(|pixel| near(pixel)).count()
}

#[test]
fn each_picture_has_its_time_and_the_view_comes_closer() {
    let pictures = [[220, 40, 40], [40, 60, 220], [240, 240, 240]].map(|c| disc(c, [70, 130, 80]));
    let output = film(&of(&pictures, "zoom in"));
    assert_eq!(output.understood["shots"], 3);
    let frames = decoded(bytes(&output, "clip.mp4"));
    let red = |at: usize| count(&frames[at], [220, 40, 40]);
    let blue = |at: usize| count(&frames[at], [40, 60, 220]);
    assert!(red(2) > 30_000 && red(40) == 0 && red(70) == 0, "{} {} {}", red(2), red(40), red(70));
    assert!(blue(2) == 0 && blue(40) > 30_000 && blue(70) == 0);
    assert!(red(22) > red(1) * 11 / 10, "closer: {} {}", red(1), red(22));
}

#[test]
fn weather_and_drawn_shots_go_with_a_picture_and_take_its_colours() {
    let warm =
        RgbImage::from_fn(400, 400, |x, y| Rgb([230, 110 + (x / 8) as u8, 20 + (y / 16) as u8]));
    let asked = of(std::slice::from_ref(&warm), "a black cat walks right in heavy snow");
    let (with, without) = (film(&MusicRequest { seconds: 4.0, ..asked.clone() }), {
        film(&MusicRequest { seconds: 4.0, references: Vec::new(), ..asked.clone() })
    });
    assert_eq!((&with.understood["shots"], &without.understood["shots"]), (&2.into(), &1.into()));
    let warmth = |frame: &RgbImage| {
        let sum: i64 = frame.pixels().map(|p| i64::from(p.0[0]) - i64::from(p.0[2])).sum();
        sum / i64::from(frame.width() * frame.height())
    };
    let (with, without) = (decoded(bytes(&with, "clip.mp4")), decoded(bytes(&without, "clip.mp4")));
    assert!(count(&with[20], [250, 250, 250]) > 500, "it snows before the picture");
    assert!(count(&with[20], [230, 130, 30]) > 50_000, "the picture is behind");
    let (own, taken) = (warmth(&without[90]), warmth(&with[90]));
    assert!(taken > own + 40, "{own} {taken}");
}

#[test]
fn what_is_no_picture_changes_nothing() {
    let mut asked = request("a bird over the sea", 4);
    let plain = film(&asked);
    asked.references = vec![Reference { id: "upl_1".to_owned(), look: None, picture: None }];
    let other = film(&asked);
    assert!(bytes(&plain, "clip.mp4") == bytes(&other, "clip.mp4"));
    let said = other.understood["references"].to_string();
    assert!(said.contains("upl_1") && said.contains("changes nothing"), "{said}");
}
