//! What moves as a whole: clouds, nebulae, rain and banks of fog.

use reverie_domain::storyboard::{Setting, Shot, Weather};
use tiny_skia::{PathBuilder, Pixmap};

use super::camera::{Angle, View};
use super::light::Light;
use super::noise::{between, ease, hash, plane};
use super::pen::{Pen, Rgb, rect};
use super::plate::{Area, Plate};
use super::shot::{Stage, is_outside};
use super::{Size, air};

/// How long a drop falls at a depth of 0, in falls a second.
const FALLS: f32 = 1.5;

/// How many pixels of a frame are one of a veil, along each side.
const VEIL: f32 = 3.2;

/// The plates of a shot that move.
pub(super) struct Drifting {
    /// The clouds or the nebula; twice as wide as the picture, and of few pixels.
    veil: Option<Plate>,
    rain: Vec<Plate>,
    /// One bank of fog.
    bank: Option<Plate>,
}

impl Drifting {
    pub(super) fn new(shot: &Shot, angle: Angle, size: Size, seed: u32, light: &Light) -> Self {
        let veil = match shot.setting {
            _ if shot.picture.is_some() => None,
            Setting::Room | Setting::Abstract | Setting::Underwater => None,
            Setting::Space => nebula(size, seed),
            _ => clouds(size, seed, light),
        };
        let count = match shot.weather {
            Weather::Rain => 260,
            Weather::Storm => 380,
            _ => 0,
        };
        let outside = shot.picture.is_some() || is_outside(shot.setting);
        let layers: &[(u32, f32)] = match outside && count > 0 {
            true => &[(0, 0.6), (1, 1.1)],
            false => &[],
        };
        let scale = |depth: f32| View::seen(angle, size, depth).0;
        let rain = layers.iter().filter_map(|(layer, depth)| {
            drops(size, (seed ^ 0x4A1) + layer, (*depth, scale(*depth)), count)
        });
        let foggy = shot.weather == Weather::Fog;
        Self {
            veil: veil.map(|veil| Plate::of(0.15, veil.1, (-0.75 * size.aspect(), -0.55), &veil.0)),
            rain: rain.collect(),
            bank: foggy.then(|| bank(light, scale(0.7) / 2.0)).flatten(),
        }
    }

    /// The clouds drift to the left.
    pub(super) fn veil(&self, stage: &mut Stage<'_>) {
        if let Some(veil) = &self.veil {
            let drift = -0.012 * stage.time;
            stage.lay(veil, (drift, 0.0));
        }
    }

    pub(super) fn weather(&self, stage: &mut Stage<'_>, weather: Weather, outside: bool) {
        for plate in &self.rain {
            let way = (stage.time * (FALLS + 0.5 * plate.depth)).rem_euclid(1.0);
            // The drops that have not yet come to the ground, and those that have begun anew.
            for way in [way, way - 1.0] {
                stage.lay_fast(plate, (-0.12 * way, 1.2 * way));
            }
        }
        match weather {
            Weather::Storm if outside => air::lightning(stage),
            Weather::Snow if outside => air::snow(stage),
            Weather::Fog => self.fog(stage),
            _ => {}
        }
    }

    fn fog(&self, stage: &mut Stage<'_>) {
        let (half, time, colour) = (stage.half(), stage.time, mist(&stage.light));
        stage.still(0.7, |pen| {
            let band = rect(-half, -0.2, 2.0 * half, 0.8);
            pen.fade(band, (-0.2, colour.alpha(0.0)), (0.3, colour.alpha(0.5)));
        });
        let Some(bank) = &self.bank else { return };
        for index in 0..8 {
            let way = (hash(77, index) + time * 0.02 * (1.0 + hash(78, index))).rem_euclid(1.0);
            // From beyond one side to beyond the other.
            let x = -half - 0.55 + 2.0 * (half + 0.55) * way;
            stage.lay(bank, (x, between(79, index, 0.0, 0.3)));
        }
    }
}

fn mist(light: &Light) -> Rgb {
    light.horizon.lighter(0.15)
}

fn bank(light: &Light, scale: f32) -> Option<Plate> {
    let area = Area { left: -0.56, top: -0.16, right: 0.56, bottom: 0.16 };
    let colour = mist(light).alpha(0.5);
    Plate::drawn(0.7, scale, area, |pen| {
        let flat = tiny_skia::Transform::from_scale(1.0, 0.28);
        pen.within(flat).glow(0.0, 0.0, 0.55, colour);
    })
}

/// All drops of a layer as they are when the shot begins. They fall equally fast.
fn drops(size: Size, seed: u32, (depth, scale): (f32, f32), count: i32) -> Option<Plate> {
    let half = size.aspect() / 2.0 + 0.25;
    let area = Area { left: -half - 0.2, top: -0.65, right: half + 0.25, bottom: 0.7 };
    let mut path = PathBuilder::new();
    for index in 0..count {
        let fall = hash(seed, index * 2);
        let x = between(seed, index * 2 + 1, -half, half + 0.2) - 0.12 * fall;
        let y = -0.6 + 1.2 * fall;
        path.move_to(x, y);
        path.line_to(x - 0.0055, y + 0.04 * depth + 0.012);
    }
    let colour = Rgb::hex(0xD6E4F5).alpha(0.2 + 0.14 * depth);
    let draw = |pen: &mut Pen<'_>| {
        pen.stroke_path(path.finish(), 0.0011 + 0.0008 * depth, colour);
    };
    Plate::drawn(depth, scale, area, draw)
}

/// Clouds that are denser towards the horizon's side and lit from above.
fn clouds(size: Size, seed: u32, light: &Light) -> Option<(Pixmap, f32)> {
    let (width, height) = (size.width / 2, size.height * 10 / 36);
    let mut veil = Pixmap::new(width, height)?;
    let floor = 0.60 - 0.26 * light.cover;
    let unit = 5.2 / size.height as f32;
    let shadow = light.cloud.mix(light.zenith, 0.45);
    let opacity = ease(light.cover * 1.5);
    for (index, pixel) in veil.pixels_mut().iter_mut().enumerate() {
        let (x, y) = ((index as u32 % width) as f32, (index as u32 / width) as f32);
        let share = y / height as f32;
        let (u, v) = (x * unit * 2.2, y * unit * 5.0);
        let here = plane(seed, u, v);
        let above = plane(seed, u, v - 0.22);
        let edge = ease(share * 6.0) * ease((1.0 - share) * 3.0);
        let alpha = ease((here - floor) / 0.2) * edge * 0.93 * opacity;
        let lit = (0.5 + (here - above) * 3.2).clamp(0.0, 1.0);
        *pixel = premultiplied(shadow.mix(light.cloud, lit), alpha);
    }
    Some((veil, size.height as f32 / VEIL))
}

fn nebula(size: Size, seed: u32) -> Option<(Pixmap, f32)> {
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
    Some((veil, size.height as f32 / VEIL))
}

fn premultiplied(colour: Rgb, alpha: f32) -> tiny_skia::PremultipliedColorU8 {
    let byte = |part: f32| (part.clamp(0.0, 1.0) * 255.0) as u8;
    tiny_skia::ColorU8::from_rgba(byte(colour.0), byte(colour.1), byte(colour.2), byte(alpha))
        .premultiply()
}
