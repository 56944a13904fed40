//! How references steer a brief, and how that is said.

use serde_json::{Value, json};

use crate::reference::{Look, Reference};

/// What references change, all together.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Steer {
    /// Levels of valence, −2 to 2.
    pub(crate) valence: f32,
    /// Levels of energy, −2 to 2.
    pub(crate) energy: f32,
}

/// How much faster a level of energy and of valence is.
const FASTER: (f32, f32) = (0.05, 0.03);

impl Steer {
    /// The mean of what each says.
    pub(crate) fn of(references: &[Reference]) -> Self {
        let seen: Vec<Self> =
            references.iter().filter_map(|r| r.look.as_ref()).map(Self::by).collect();
        if seen.is_empty() {
            return Self::default();
        }
        let mean = |of: &dyn Fn(&Self) -> f32| seen.iter().map(of).sum::<f32>() / seen.len() as f32;
        Self { valence: mean(&|one| one.valence), energy: mean(&|one| one.energy) }
    }

    /// Light and warm colours are happy, dark and grey ones sad; edges, contrast and colours drive.
    fn by(look: &Look) -> Self {
        let valence =
            3.0 * (look.brightness - 0.45) + 1.2 * (look.colourfulness - 0.3) + 0.8 * look.warmth;
        let energy = 2.4 * (look.detail - 0.3)
            + 1.2 * (look.contrast - 0.4)
            + 1.4 * (look.colourfulness - 0.3);
        Self { valence: valence.clamp(-2.0, 2.0), energy: energy.clamp(-2.0, 2.0) }
    }

    /// A level from 0 to `most`, moved.
    pub(crate) fn moved(level: u8, by: f32, most: u8) -> u8 {
        (f32::from(level) + by).round().clamp(0.0, f32::from(most)) as u8
    }

    /// The factor of a tempo that nothing else fixes.
    pub(crate) fn tempo(self) -> f64 {
        f64::from((1.0 + FASTER.0 * self.energy + FASTER.1 * self.valence).clamp(0.8, 1.25))
    }
}

/// For `understood`: each reference, and what it says in plain words.
pub(crate) fn explained(references: &[Reference]) -> Vec<Value> {
    let says = |reference: &Reference| match &reference.look {
        None => "It cannot be read, and changes nothing.".to_owned(),
        Some(look) => sentence(look),
    };
    references.iter().map(|r| json!({ "upload": r.id, "says": says(r) })).collect()
}

fn sentence(look: &Look) -> String {
    let of = |value: f32, low: &'static str, middle: &'static str, high: &'static str| match value {
        value if value < 0.33 => low,
        value if value > 0.6 => high,
        _ => middle,
    };
    let light = of(look.brightness, "dark", "half-light", "bright");
    let colour = of(look.colourfulness, "grey", "softly coloured", "colourful");
    let warmth = of(look.warmth / 2.0 + 0.5, "cold", "neutral", "warm");
    let detail = of(look.detail, "calm", "lively", "busy");
    let steer = Steer::by(look);
    let mood = word(steer.valence, "sadder", "no happier or sadder", "happier");
    let drive = word(steer.energy, "calmer and slower", "no faster", "livelier and faster");
    format!("A {light}, {colour}, {warmth} and {detail} picture: {mood}, {drive}.")
}

fn word(value: f32, less: &'static str, same: &'static str, more: &'static str) -> &'static str {
    match value {
        value if value < -0.3 => less,
        value if value > 0.3 => more,
        _ => same,
    }
}
