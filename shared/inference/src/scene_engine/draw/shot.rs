//! One shot: its layers from far to near.

use reverie_domain::storyboard::{Camera, Particles, Setting, Shot, Transition, Weather};
use tiny_skia::Pixmap;

use super::camera::{Angle, Lens, View};
use super::drifting::Drifting;
use super::grade::{Grade, Tone};
use super::light::Light;
use super::noise::{between, hash};
use super::pen::{Pen, Rgb, rect};
use super::photo::Photo;
use super::plate::{Area, Plate};
use super::set::{Plates, Setter};
use super::text::Title;
use super::{Size, air, land, places, subjects, wild};
use crate::reference::Picture;
use crate::scene_engine::Screen;

/// How many pixels of a frame are one, along each side, where there are no edges.
const COARSE: f32 = 4.0;

/// A shot that is ready to be drawn.
pub(super) struct ShotScene {
    shot: Shot,
    angle: Angle,
    /// Seconds from the first frame to the last.
    span: f32,
    size: Size,
    light: Light,
    seed: u32,
    /// What stands still.
    plates: Plates,
    /// What moves as a whole.
    drifting: Drifting,
    /// Instead of the setting.
    photo: Option<Photo>,
    title: Option<Title>,
    pub(super) grade: Grade,
}

/// Which side of a place a shot shows, by number. Every other one is seen from near.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Take(u32);

impl Take {
    /// The take after one of `before`. Where a cut changes neither the place nor its light, it shows another side of it, and
    /// is nearer or farther: otherwise only the subjects would jump. The same place at another hour is seen as it was.
    pub(super) fn after(self, before: &Shot, shot: &Shot) -> Self {
        let drawn = before.picture.is_none() && shot.picture.is_none();
        let stays = drawn && before.setting == shot.setting;
        let light = (before.time, before.weather) == (shot.time, shot.weather);
        match shot.transition {
            _ if !stays => Self::default(),
            Transition::Cut if light => Self(self.0.wrapping_add(1)),
            _ => self,
        }
    }

    fn is_near(self) -> bool {
        self.0 % 2 == 1
    }
}

/// What a frame is made on.
enum Layers<'f> {
    /// No frame yet: what stands still is drawn.
    Setting(&'f mut Setter),
    /// What stands still is laid down.
    Laying { plates: &'f Plates, next: usize },
}

/// What the layers of a frame are drawn with.
pub(super) struct Stage<'f> {
    frame: &'f mut Pixmap,
    layers: Layers<'f>,
    view: View,
    pub(super) size: Size,
    pub(super) light: Light,
    pub(super) seed: u32,
    /// Seconds since the shot began.
    pub(super) time: f32,
}

impl Stage<'_> {
    /// A pen for what moves at `depth`, 0 to 1.
    pub(super) fn at(&mut self, depth: f32) -> Pen<'_> {
        if let Layers::Setting(setter) = &mut self.layers {
            setter.close();
        }
        Pen::new(self.frame, self.view.transform(self.size, depth))
    }

    /// Draws what stands still at `depth`: once for all frames of the shot.
    pub(super) fn still(&mut self, depth: f32, draw: impl FnOnce(&mut Pen<'_>)) {
        match &mut self.layers {
            Layers::Setting(setter) => setter.still(depth, draw),
            Layers::Laying { plates, next } => {
                if let Some(plate) = plates.at(*next) {
                    plate.lay(self.frame, self.view.transform(self.size, plate.depth), (0.0, 0.0));
                }
                *next += 1;
            }
        }
    }

    /// Draws what moves and has no edges, with a quarter of the pixels.
    pub(super) fn coarse(&mut self, depth: f32, draw: impl FnOnce(&mut Pen<'_>)) {
        if let Layers::Setting(setter) = &mut self.layers {
            return setter.close();
        }
        let view = self.view.transform(self.size, depth);
        let area = Area {
            left: -view.tx / view.sx,
            top: -view.ty / view.sy,
            right: (self.size.width as f32 - view.tx) / view.sx,
            bottom: (self.size.height as f32 - view.ty) / view.sy,
        };
        if let Some(plate) =
            Plate::drawn(depth, view.sx / COARSE, area.wider(2.0 * COARSE / view.sx), draw)
        {
            plate.lay(self.frame, view, (0.0, 0.0));
        }
    }

    /// Lays down something that moves as a whole.
    pub(super) fn lay(&mut self, plate: &Plate, shift: (f32, f32)) {
        if let Layers::Setting(setter) = &mut self.layers {
            return setter.close();
        }
        plate.lay(self.frame, self.view.transform(self.size, plate.depth), shift);
    }

    /// The same for what moves fast.
    pub(super) fn lay_fast(&mut self, plate: &Plate, shift: (f32, f32)) {
        if let Layers::Setting(setter) = &mut self.layers {
            return setter.close();
        }
        plate.lay_fast(self.frame, self.view.transform(self.size, plate.depth), shift);
    }

    /// Fills the frame with a picture.
    fn photo(&mut self, photo: &Photo, camera: Camera, share: f32) {
        match &mut self.layers {
            Layers::Setting(setter) => setter.close(),
            Layers::Laying { .. } => photo.draw(self.frame, camera, share),
        }
    }

    /// Half of the picture's width, and what a moving view may show beside it.
    pub(super) fn half(&self) -> f32 {
        self.size.aspect() / 2.0 + 0.25
    }

    /// Fills everything from `top` to `bottom`.
    pub(super) fn backdrop(&mut self, stops: &[(f32, Rgb)], top: f32, bottom: f32) {
        let half = self.half();
        let path = rect(-half, top, 2.0 * half, bottom - top);
        self.still(0.0, |pen| pen.stops(path, (top, bottom), stops));
    }
}

impl ShotScene {
    /// A shot that is drawn. Its colours go towards those of a tone. `None` for a size that cannot be.
    pub(super) fn new(
        shot: &Shot,
        screen: Screen,
        (seed, take): (u64, Take),
        (grade, tone): (Grade, Option<Tone>),
    ) -> Option<Self> {
        let mut scene = Self::bare(shot, screen, (seed, take), grade);
        scene.set()?;
        if let Some(tone) = tone {
            let mut frame = Pixmap::new(screen.size.width, screen.size.height)?;
            scene.draw(&mut frame, shot.seconds as f32 / 2.0);
            let pixels = frame.pixels().iter().step_by(61);
            let own = Tone::of(pixels.map(|pixel| [pixel.red(), pixel.green(), pixel.blue()]));
            scene.grade = grade.towards(&own, &tone);
        }
        scene.title = title(shot, screen.size);
        Some(scene)
    }

    /// A shot of a picture.
    pub(super) fn of_picture(
        shot: &Shot,
        picture: &Picture,
        screen: Screen,
        seed: u64,
        grade: Grade,
    ) -> Option<Self> {
        let mut scene = Self::bare(shot, screen, (seed, Take::default()), grade);
        scene.photo = Some(Photo::new(picture, screen.size));
        scene.set()?;
        scene.title = title(shot, screen.size);
        Some(scene)
    }

    fn bare(shot: &Shot, screen: Screen, (seed, take): (u64, Take), grade: Grade) -> Self {
        let Screen { size, rate } = screen;
        let light = Light::new(shot.time, shot.weather);
        // The lower half of a seed is all of it.
        let side = (seed as u32).wrapping_add(take.0);
        let seed = side ^ (shot.setting as u32).wrapping_mul(0x51ED_270B);
        let lens = if take.is_near() { Lens::near(subjects::middle(shot)) } else { Lens::WIDE };
        let angle = Angle { camera: shot.camera, lens };
        Self {
            drifting: Drifting::new(shot, angle, size, seed, &light),
            plates: Plates::default(),
            shot: shot.clone(),
            angle,
            // The last frame is at the end of every movement.
            span: (shot.seconds as f32 - 1.0 / rate as f32).max(0.1),
            size,
            light,
            seed,
            photo: None,
            title: None,
            grade,
        }
    }

    /// Draws what stands still.
    fn set(&mut self) -> Option<()> {
        let mut setter = Setter::new(self.angle, self.size);
        self.layers(&mut Pixmap::new(1, 1)?, Layers::Setting(&mut setter), 0.0);
        self.plates = setter.finish();
        Some(())
    }

    /// Draws the shot as it is `time` seconds after it began.
    pub(super) fn draw(&self, frame: &mut Pixmap, time: f32) {
        self.layers(frame, Layers::Laying { plates: &self.plates, next: 0 }, time);
        if let Some(title) = &self.title {
            title.draw(frame, time);
        }
    }

    /// Whatever the time, the same things stand still in the same order.
    fn layers(&self, frame: &mut Pixmap, layers: Layers<'_>, time: f32) {
        // While a shot fades out, what is in it goes on, but not the view.
        let share = time / self.span;
        let view = View::at(self.angle, share.min(1.0));
        let (light, seed) = (self.light, self.seed);
        let mut stage = Stage { frame, layers, view, size: self.size, light, seed, time };
        match &self.photo {
            Some(photo) => stage.photo(photo, self.shot.camera, share),
            None => self.setting(&mut stage),
        }
        let drawn = self.photo.is_none();
        subjects::draw(&mut stage, &self.shot, share);
        if drawn && self.shot.setting == Setting::Meadow && !self.light.is_snowy() {
            land::grass(&mut stage);
        }
        let outside = !drawn || is_outside(self.shot.setting);
        self.drifting.weather(&mut stage, self.shot.weather, outside);
        air::particles(&mut stage, self.shot.particles);
    }

    fn setting(&self, stage: &mut Stage<'_>) {
        if is_outside(self.shot.setting) {
            self.sky(stage);
        }
        match self.shot.setting {
            Setting::Sky => land::far_below(stage),
            Setting::Meadow => land::meadow(stage),
            Setting::Mountains => land::mountains(stage),
            Setting::Desert => land::desert(stage),
            Setting::Forest => land::forest(stage),
            Setting::Water => wild::water(stage),
            Setting::Underwater => wild::underwater(stage),
            Setting::Space => {
                wild::space(stage);
                self.drifting.veil(stage);
                wild::planet(stage);
            }
            Setting::City => places::city(stage, self.shot.weather == Weather::Rain),
            Setting::Room => places::room(stage),
            Setting::Abstract => places::swirls(stage),
        }
    }

    fn sky(&self, stage: &mut Stage<'_>) {
        let light = self.light;
        stage.backdrop(
            &[(0.0, light.zenith), (0.55, light.middle), (1.0, light.horizon)],
            -0.55,
            0.2,
        );
        stage.backdrop(&[(0.0, light.horizon), (1.0, light.horizon)], 0.19, 0.55);
        if light.is_night() || self.shot.particles == Particles::Stars {
            stars(stage, if light.is_night() { 220 } else { 90 });
        }
        if !matches!(self.shot.weather, Weather::Rain | Weather::Storm | Weather::Snow) {
            sun_or_moon(stage);
        }
        self.drifting.veil(stage);
    }
}

fn title(shot: &Shot, size: Size) -> Option<Title> {
    Title::new(shot.title.as_deref()?, size, shot.seconds as f32, !shot.subjects.is_empty())
}

pub(super) fn is_outside(setting: Setting) -> bool {
    !matches!(setting, Setting::Room | Setting::Abstract | Setting::Underwater | Setting::Space)
}

pub(super) fn stars(stage: &mut Stage<'_>, count: i32) {
    let (half, seed, time) = (stage.half(), stage.seed ^ 0x57A7, stage.time);
    let mut pen = stage.at(0.03);
    for index in 0..count {
        let x = between(seed, index * 4, -half, half);
        let y = between(seed, index * 4 + 1, -0.52, 0.5);
        let size = hash(seed, index * 4 + 2).powi(4);
        let pulse = (time * 2.2 + hash(seed, index * 4 + 3) * 40.0).sin() * 0.25 + 0.75;
        let colour = Rgb::hex(0xDDE6FF).alpha((0.35 + 0.65 * size) * pulse);
        let radius = 0.0009 + 0.0022 * size;
        pen.ellipse(x, y, radius, radius, colour);
        if size > 0.75 {
            pen.glow(x, y, radius * 6.0, colour.alpha(0.3 * pulse));
        }
    }
}

fn sun_or_moon(stage: &mut Stage<'_>) {
    let (light, wide) = (stage.light, stage.size.aspect().min(1.4));
    let (x, y) = (light.star_at.0 * wide, light.star_at.1);
    stage.still(0.05, |pen| {
        if light.is_night() {
            pen.glow(x, y, 0.36, Rgb::hex(0x9FB4FF).alpha(0.3));
            pen.sphere(x, y, 0.052, light.star);
            for (dx, dy, r) in
                [(-0.015, -0.01, 0.011), (0.018, 0.012, 0.008), (0.004, 0.024, 0.006)]
            {
                pen.ellipse(x + dx, y + dy, r, r, Rgb::hex(0xB9B7A6).alpha(0.55));
            }
        } else {
            pen.glow(x, y, 0.75, light.star.mix(light.horizon, 0.35).alpha(0.75));
            pen.glow(x, y, 0.2, light.star.alpha(0.9));
            pen.ellipse(x, y, 0.055, 0.055, light.star);
        }
    });
}
