//! One shot: its layers from far to near.

use reverie_domain::storyboard::{Particles, Setting, Shot, Transition, Weather};
use tiny_skia::{FilterQuality, Pixmap, PixmapPaint, Transform};

use super::camera::View;
use super::light::Light;
use super::noise::{between, ease, hash, plane};
use super::pen::{Pen, Rgb, rect};
use super::{Size, air, land, places, subjects, wild};

/// A shot that is ready to be drawn.
pub(super) struct ShotScene {
    shot: Shot,
    size: Size,
    light: Light,
    seed: u32,
    /// The clouds or the nebula; twice as wide as the picture, and small.
    veil: Option<Pixmap>,
}

/// What the layers of a frame are drawn with.
pub(super) struct Stage<'f> {
    frame: &'f mut Pixmap,
    view: View,
    pub(super) size: Size,
    pub(super) light: Light,
    pub(super) seed: u32,
    /// Seconds since the shot began.
    pub(super) time: f32,
}

impl Stage<'_> {
    /// A pen for what is at `depth`, 0 to 1.
    pub(super) fn at(&mut self, depth: f32) -> Pen<'_> {
        Pen::new(self.frame, self.view.transform(self.size, depth))
    }

    /// Half of the picture's width, and what a moving view may show beside it.
    pub(super) fn half(&self) -> f32 {
        self.size.aspect() / 2.0 + 0.25
    }

    /// Fills everything from `top` to `bottom`.
    pub(super) fn backdrop(&mut self, stops: &[(f32, Rgb)], top: f32, bottom: f32) {
        let half = self.half();
        let path = rect(-half, top, 2.0 * half, bottom - top);
        self.at(0.0).stops(path, (top, bottom), stops);
    }
}

impl ShotScene {
    pub(super) fn new(shot: &Shot, size: Size, seed: u64) -> Self {
        let light = Light::new(shot.time, shot.weather);
        // The lower half of a seed is all of it.
        let seed = (seed as u32) ^ (shot.setting as u32).wrapping_mul(0x51ED_270B);
        let veil = match shot.setting {
            Setting::Room | Setting::Abstract | Setting::Underwater => None,
            Setting::Space => nebula(size, seed),
            _ => clouds(size, seed, &light),
        };
        Self { shot: shot.clone(), size, light, seed, veil }
    }

    pub(super) fn transition(&self) -> Transition {
        self.shot.transition
    }

    /// Draws the shot as it is `time` seconds after it began.
    pub(super) fn draw(&self, frame: &mut Pixmap, time: f32) {
        let share = time / self.shot.seconds.max(0.1) as f32;
        let view = View::at(self.shot.camera, share);
        let (light, seed) = (self.light, self.seed);
        let mut stage = Stage { frame, view, size: self.size, light, seed, time };
        let outside = !matches!(
            self.shot.setting,
            Setting::Room | Setting::Abstract | Setting::Underwater | Setting::Space
        );
        if outside {
            self.sky(&mut stage);
        }
        match self.shot.setting {
            Setting::Sky => land::far_below(&mut stage),
            Setting::Meadow => land::meadow(&mut stage),
            Setting::Mountains => land::mountains(&mut stage),
            Setting::Desert => land::desert(&mut stage),
            Setting::Forest => land::forest(&mut stage),
            Setting::Water => wild::water(&mut stage),
            Setting::Underwater => wild::underwater(&mut stage),
            Setting::Space => {
                wild::space(&mut stage);
                self.veil(&mut stage, 1.0);
                wild::planet(&mut stage);
            }
            Setting::City => places::city(&mut stage, self.shot.weather == Weather::Rain),
            Setting::Room => places::room(&mut stage),
            Setting::Abstract => places::swirls(&mut stage),
        }
        subjects::draw(&mut stage, &self.shot, share);
        if self.shot.setting == Setting::Meadow {
            land::grass(&mut stage);
        }
        air::weather(&mut stage, self.shot.weather, outside);
        air::particles(&mut stage, self.shot.particles);
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
        self.veil(stage, ease(light.cover * 1.5));
    }

    /// The clouds drift to the left.
    fn veil(&self, stage: &mut Stage<'_>, opacity: f32) {
        let Some(veil) = &self.veil else { return };
        let scale = stage.size.width as f32 * 1.6 / veil.width() as f32;
        let drift = -0.012 * stage.time * stage.size.height as f32;
        let view = stage.view.transform(stage.size, 0.15);
        let left = view.tx - 0.75 * stage.size.width as f32 + drift;
        let top = view.ty - 0.55 * stage.size.height as f32;
        let paint =
            PixmapPaint { opacity, quality: FilterQuality::Bilinear, ..PixmapPaint::default() };
        let to = Transform::from_row(scale, 0.0, 0.0, scale, left, top);
        stage.frame.draw_pixmap(0, 0, veil.as_ref(), &paint, to, None);
    }
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
    let mut pen = stage.at(0.05);
    if light.is_night() {
        pen.glow(x, y, 0.36, Rgb::hex(0x9FB4FF).alpha(0.3));
        pen.sphere(x, y, 0.052, light.star);
        for (dx, dy, r) in [(-0.015, -0.01, 0.011), (0.018, 0.012, 0.008), (0.004, 0.024, 0.006)] {
            pen.ellipse(x + dx, y + dy, r, r, Rgb::hex(0xB9B7A6).alpha(0.55));
        }
    } else {
        pen.glow(x, y, 0.75, light.star.mix(light.horizon, 0.35).alpha(0.75));
        pen.glow(x, y, 0.2, light.star.alpha(0.9));
        pen.ellipse(x, y, 0.055, 0.055, light.star);
    }
}

/// Clouds that are denser towards the horizon's side and lit from above.
fn clouds(size: Size, seed: u32, light: &Light) -> Option<Pixmap> {
    let (width, height) = (size.width / 2, size.height * 10 / 36);
    let mut veil = Pixmap::new(width, height)?;
    let floor = 0.60 - 0.26 * light.cover;
    let unit = 5.2 / size.height as f32;
    let shadow = light.cloud.mix(light.zenith, 0.45);
    for (index, pixel) in veil.pixels_mut().iter_mut().enumerate() {
        let (x, y) = ((index as u32 % width) as f32, (index as u32 / width) as f32);
        let share = y / height as f32;
        let (u, v) = (x * unit * 2.2, y * unit * 5.0);
        let here = plane(seed, u, v);
        let above = plane(seed, u, v - 0.22);
        let edge = ease(share * 6.0) * ease((1.0 - share) * 3.0);
        let alpha = ease((here - floor) / 0.2) * edge * 0.93;
        let lit = (0.5 + (here - above) * 3.2).clamp(0.0, 1.0);
        *pixel = premultiplied(shadow.mix(light.cloud, lit), alpha);
    }
    Some(veil)
}

fn nebula(size: Size, seed: u32) -> Option<Pixmap> {
    let (width, height) = (size.width / 2, size.height * 12 / 36);
    let mut veil = Pixmap::new(width, height)?;
    let hues = [0x5B2A86, 0x1F4E9C, 0xB0356E, 0x1C8C8C].map(Rgb::hex);
    let first = hues[(hash(seed, 5) * 4.0) as usize % 4];
    let second = hues[(hash(seed, 6) * 4.0 + 1.0) as usize % 4];
    let unit = 4.0 / size.height as f32;
    for (index, pixel) in veil.pixels_mut().iter_mut().enumerate() {
        let (x, y) = ((index as u32 % width) as f32, (index as u32 / width) as f32);
        let (u, v) = (x * unit * 2.2, y * unit * 3.0);
        let share = y / height as f32;
        let edge = ease(share * 5.0) * ease((1.0 - share) * 5.0);
        let alpha = ease((plane(seed, u, v) - 0.42) / 0.4) * edge * 0.62;
        *pixel = premultiplied(first.mix(second, plane(seed ^ 9, u * 0.7, v * 0.7)), alpha);
    }
    Some(veil)
}

fn premultiplied(colour: Rgb, alpha: f32) -> tiny_skia::PremultipliedColorU8 {
    let byte = |part: f32| (part.clamp(0.0, 1.0) * 255.0) as u8;
    tiny_skia::ColorU8::from_rgba(byte(colour.0), byte(colour.1), byte(colour.2), byte(alpha))
        .premultiply()
}
