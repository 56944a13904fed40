//! From a storyboard to frames.
//!
//! The height of the picture is 1 at a zoom of 1, its middle is (0, 0), and y grows downwards. A frame
//! depends on the storyboard, the seed and its time alone, so frames can be drawn in any order.

mod air;
mod animals;
mod beasts;
mod camera;
mod creatures;
mod depth;
mod drifting;
mod figures;
mod grade;
mod land;
mod light;
mod noise;
mod objects;
mod pen;
mod photo;
mod places;
mod plate;
mod set;
mod shot;
mod small;
mod subjects;
mod text;
mod things;
mod wheels;
mod wild;

use std::sync::{Arc, Mutex, PoisonError};

use reverie_domain::storyboard::{Mood, Palette, Shot, Storyboard, Transition};
use tiny_skia::{Pixmap, PixmapPaint, Transform};

use self::grade::{Grade, Grader, Tone};
use self::noise::ease;
use self::photo::Photo;
use self::shot::{ShotScene, Take};
use super::Screen;
use crate::reference::{Picture, Reference};

/// How long a fade or a wipe takes, in seconds.
const TRANSITION: f32 = 0.5;
/// How long after its end a shot is kept: longer than threads that draw are apart.
const KEPT: f32 = 1.0;

/// The size of a film in pixels; both are even.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Size {
    pub(crate) width: u32,
    pub(crate) height: u32,
}

impl Size {
    /// Of `16:9`, `9:16` or `1:1`; the first by default.
    pub(crate) fn of(aspect_ratio: Option<&str>) -> Self {
        match aspect_ratio {
            Some("9:16") => Self { width: 720, height: 1280 },
            Some("1:1") => Self { width: 720, height: 720 },
            _ => Self { width: 1280, height: 720 },
        }
    }

    /// Width by height.
    pub(crate) fn aspect(self) -> f32 {
        self.width as f32 / self.height as f32
    }
}

/// A storyboard that is ready to be drawn; shared by the threads that draw.
pub(crate) struct Scene {
    screen: Screen,
    seed: u64,
    palette: Palette,
    mood: Mood,
    cuts: Vec<Cut>,
    grader: Grader,
    /// The colours of the pictures, which go over to what is drawn.
    tone: Option<Tone>,
}

/// A shot in its place. What stands still in it is drawn when it is needed and dropped when it is over.
struct Cut {
    shot: Shot,
    take: Take,
    /// Instead of the setting.
    picture: Option<Picture>,
    start: f32,
    end: f32,
    drawn: Mutex<Option<Arc<ShotScene>>>,
}

impl Scene {
    pub(crate) fn new(
        storyboard: &Storyboard,
        screen: Screen,
        seed: u64,
        references: &[Reference],
    ) -> Self {
        let picture = |shot: &Shot| {
            let number = usize::from(shot.picture?).checked_sub(1)?;
            references.get(number).and_then(|reference| reference.picture.clone())
        };
        let mut start = 0.0;
        let mut cuts: Vec<Cut> = Vec::new();
        for shot in &storyboard.shots {
            let end = start + shot.seconds as f32;
            let (picture, drawn) = (picture(shot), Mutex::default());
            // One that cannot be shown is drawn as its setting.
            let number = shot.picture.filter(|_| picture.is_some());
            let shot = Shot { picture: number, ..shot.clone() };
            let take = match cuts.last() {
                Some(before) => before.take.after(&before.shot, &shot),
                None => Take::default(),
            };
            cuts.push(Cut { shot, take, picture, start, end, drawn });
            start = end;
        }
        let (palette, mood) = (storyboard.palette, storyboard.mood);
        let grader = Grader::new(screen.size);
        Self { screen, seed, palette, mood, cuts, grader, tone: tone(references) }
    }

    pub(crate) fn screen(&self) -> Screen {
        self.screen
    }

    /// The frame at `time` seconds from the start, opaque RGBA, not yet graded. `None` for a size that
    /// cannot be.
    pub(crate) fn frame(&self, time: f32) -> Option<Pixmap> {
        let Size { width, height } = self.screen.size;
        let mut frame = Pixmap::new(width, height)?;
        let cut = self.cuts.get(self.at(time))?;
        self.drawn(cut)?.draw(&mut frame, time - cut.start);
        if let Some((before, done)) = self.leaving(time) {
            let mut old = Pixmap::new(width, height)?;
            self.drawn(before)?.draw(&mut old, time - before.start);
            blend(&mut frame, &old, cut.shot.transition, done);
        }
        self.drop_before(time);
        Some(frame)
    }

    /// How the frame at `time` is graded.
    pub(super) fn grade_at(&self, time: f32) -> Grade {
        let of = |cut: &Cut| self.drawn(cut).map(|shot| shot.grade);
        let usual = Grade::drawn(self.palette, self.mood);
        let own = self.cuts.get(self.at(time)).and_then(of).unwrap_or(usual);
        match self.leaving(time) {
            Some((before, done)) => of(before).unwrap_or(own).mix(own, ease(done)),
            None => own,
        }
    }

    /// Grades a row of a frame.
    pub(super) fn grade(
        &self,
        grade: &Grade,
        row: usize,
        pixels: &[[u8; 4]],
        to: &mut [Vec<f32>; 3],
    ) {
        self.grader.row(grade, row, pixels, to);
    }

    fn at(&self, time: f32) -> usize {
        self.cuts.iter().rposition(|cut| cut.start <= time).unwrap_or(0)
    }

    /// The shot before, while the one at `time` takes its place; and how far that is done.
    fn leaving(&self, time: f32) -> Option<(&Cut, f32)> {
        let at = self.at(time);
        let (before, cut) = (self.cuts.get(at.checked_sub(1)?)?, self.cuts.get(at)?);
        let length = TRANSITION.min(cut.shot.seconds as f32 / 2.0);
        let done = (time - cut.start) / length;
        (cut.shot.transition != Transition::Cut && done < 1.0).then_some((before, done))
    }

    fn drawn(&self, cut: &Cut) -> Option<Arc<ShotScene>> {
        let mut drawn = cut.drawn.lock().unwrap_or_else(PoisonError::into_inner);
        if drawn.is_none() {
            let shot = match &cut.picture {
                Some(picture) => {
                    let grade = Grade::picture(self.palette);
                    ShotScene::of_picture(&cut.shot, picture, self.screen, self.seed, grade)
                }
                None => {
                    let grade = Grade::drawn(self.palette, self.mood);
                    ShotScene::new(
                        &cut.shot,
                        self.screen,
                        (self.seed, cut.take),
                        (grade, self.tone),
                    )
                }
            };
            *drawn = shot.map(Arc::new);
        }
        drawn.clone()
    }

    /// Shots that nobody asks for any more; one that somebody does is drawn again.
    fn drop_before(&self, time: f32) {
        for cut in self.cuts.iter().filter(|cut| cut.end + TRANSITION + KEPT < time) {
            *cut.drawn.lock().unwrap_or_else(PoisonError::into_inner) = None;
        }
    }
}

/// The mean of the pictures' colours.
fn tone(references: &[Reference]) -> Option<Tone> {
    let pictures = references.iter().filter_map(|reference| reference.picture.as_ref());
    let tones: Vec<Tone> = pictures.map(Photo::tone).collect();
    Tone::mean(&tones)
}

/// Lays what is left of the old shot over the new one.
fn blend(frame: &mut Pixmap, old: &Pixmap, transition: Transition, done: f32) {
    let done = ease(done);
    match transition {
        Transition::Cut => {}
        Transition::Fade => {
            let paint = PixmapPaint { opacity: 1.0 - done, ..PixmapPaint::default() };
            frame.draw_pixmap(0, 0, old.as_ref(), &paint, Transform::identity(), None);
        }
        Transition::Wipe => {
            let x = (done * frame.width() as f32) as i32;
            let paint = PixmapPaint::default();
            frame.draw_pixmap(x, 0, old.as_ref(), &paint, Transform::identity(), None);
        }
    }
}
