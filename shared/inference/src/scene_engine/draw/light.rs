//! What the time of day and the weather do to colours.

use reverie_domain::storyboard::{TimeOfDay, Weather};

use super::pen::Rgb;

/// What lies on the land in winter.
const SNOW: Rgb = Rgb::hex(0xF3F7FC);

/// The light of a shot.
#[derive(Debug, Clone, Copy)]
pub(super) struct Light {
    pub(super) time: TimeOfDay,
    pub(super) zenith: Rgb,
    pub(super) middle: Rgb,
    pub(super) horizon: Rgb,
    /// The sun or the moon.
    pub(super) star: Rgb,
    /// Its place.
    pub(super) star_at: (f32, f32),
    /// What the land is multiplied by.
    pub(super) land: Rgb,
    /// What subjects are multiplied by: brighter, since they are what is looked at.
    pub(super) subject: Rgb,
    pub(super) cloud: Rgb,
    /// How much of the sky is hidden, 0 to 1.
    pub(super) cover: f32,
    /// How much of the land snow covers, 0 to 1.
    snow: f32,
}

impl Light {
    pub(super) fn new(time: TimeOfDay, weather: Weather) -> Self {
        let hex = Rgb::hex;
        let (zenith, middle, horizon, star, star_at, land, subject, cloud) = match time {
            TimeOfDay::Dawn => (
                hex(0x4A6FA8),
                hex(0xA9A7CB),
                hex(0xFFD0B0),
                hex(0xFFF0D2),
                (-0.3, -0.02),
                hex(0xD6C4C8),
                hex(0xF2E6E4),
                hex(0xFFE3DA),
            ),
            TimeOfDay::Day => (
                hex(0x2F7FD6),
                hex(0x78B7EE),
                hex(0xD4ECFA),
                hex(0xFFFBE6),
                (0.34, -0.32),
                hex(0xFFFFFF),
                hex(0xFFFFFF),
                hex(0xFFFFFF),
            ),
            TimeOfDay::Sunset => (
                hex(0x33356E),
                hex(0xB6547A),
                hex(0xFFA552),
                hex(0xFFE9B0),
                (0.22, 0.03),
                hex(0xBE8C86),
                hex(0xFBEBE1),
                hex(0xFF9F7C),
            ),
            TimeOfDay::Night => (
                hex(0x060A1E),
                hex(0x0E1838),
                hex(0x20315C),
                hex(0xF2F0DC),
                (0.3, -0.3),
                hex(0x3A466E),
                hex(0xA4AED2),
                hex(0x2B375E),
            ),
        };
        let light = Self {
            time,
            zenith,
            middle,
            horizon,
            star,
            star_at,
            land,
            subject,
            cloud,
            cover: 0.35,
            snow: if weather == Weather::Snow { 0.72 } else { 0.0 },
        };
        light.under(weather)
    }

    fn under(mut self, weather: Weather) -> Self {
        let (cover, grey, dim) = match weather {
            Weather::Clear => (0.3, 0.0, 1.0),
            Weather::Cloudy => (0.75, 0.3, 0.95),
            Weather::Rain => (0.85, 0.55, 0.8),
            Weather::Snow => (0.7, 0.45, 0.98),
            Weather::Fog => (0.5, 0.5, 0.98),
            Weather::Storm => (1.0, 0.7, 0.58),
        };
        self.cover = cover;
        for colour in [&mut self.zenith, &mut self.middle, &mut self.horizon, &mut self.cloud] {
            let level = 0.3 * colour.0 + 0.55 * colour.1 + 0.15 * colour.2;
            let plain = Rgb(level * 0.96, level, level * 1.05, 1.0);
            *colour = colour.mix(plain, grey).darker(1.0 - dim);
        }
        let dim = 0.5 + dim / 2.0;
        self.land = self.land.darker(1.0 - dim);
        self
    }

    pub(super) fn is_night(&self) -> bool {
        self.time == TimeOfDay::Night
    }

    pub(super) fn is_snowy(&self) -> bool {
        self.snow > 0.0
    }

    /// A colour of the land, `far` (0–1) away.
    pub(super) fn land(&self, colour: Rgb, far: f32) -> Rgb {
        colour.mix(SNOW, self.snow).lit(self.land).mix(self.horizon, far * 0.8)
    }
}
