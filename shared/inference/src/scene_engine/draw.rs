//! From a storyboard to frames.
//!
//! The height of the picture is 1 at a zoom of 1, its middle is (0, 0), and y grows downwards. A frame
//! depends on the storyboard, the seed and its time alone, so frames can be drawn in any order.

mod air;
mod animals;
mod camera;
mod grade;
mod land;
mod light;
mod noise;
mod pen;
mod places;
mod shot;
mod subjects;
mod things;
mod wild;

use reverie_domain::storyboard::{Storyboard, Transition};
use tiny_skia::{Pixmap, PixmapPaint, Transform};

use self::grade::Grade;
use self::shot::ShotScene;

/// How long a fade or a wipe takes, in seconds.
const TRANSITION: f32 = 0.5;

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
    size: Size,
    /// Each with its start in seconds.
    shots: Vec<(f32, ShotScene)>,
    grade: Grade,
}

impl Scene {
    pub(crate) fn new(storyboard: &Storyboard, size: Size, seed: u64) -> Self {
        let mut start = 0.0;
        let mut shots = Vec::new();
        for shot in &storyboard.shots {
            shots.push((start, ShotScene::new(shot, size, seed)));
            start += shot.seconds as f32;
        }
        Self { size, shots, grade: Grade::new(storyboard, size) }
    }

    /// The frame at `time` seconds from the start, opaque RGBA. `None` for a size that cannot be.
    pub(crate) fn frame(&self, time: f32) -> Option<Pixmap> {
        let mut frame = Pixmap::new(self.size.width, self.size.height)?;
        let at = self.shots.iter().rposition(|(start, _)| *start <= time).unwrap_or(0);
        let (start, shot) = self.shots.get(at)?;
        shot.draw(&mut frame, time - start);
        let done = (time - start) / TRANSITION;
        let before = at.checked_sub(1).and_then(|before| self.shots.get(before));
        if let Some((begun, before)) = before
            && shot.transition() != Transition::Cut
            && done < 1.0
        {
            let mut old = Pixmap::new(self.size.width, self.size.height)?;
            before.draw(&mut old, time - begun);
            blend(&mut frame, &old, shot.transition(), done);
        }
        self.grade.apply(&mut frame);
        Some(frame)
    }
}

/// Lays what is left of the old shot over the new one.
fn blend(frame: &mut Pixmap, old: &Pixmap, transition: Transition, done: f32) {
    let done = done * done * (3.0 - 2.0 * done);
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
