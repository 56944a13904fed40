//! How references steer a brief, and how that is said.

use serde_json::{Value, json};

use crate::reference::{Look, Reference};

/// What references change, all together.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Steer {
    /// Levels of valence, −2 to 2.
    pub(crate) valence: f32,
    /// Levels of energy, −2 to 2.
    pub(crate) energy: f32,
    /// The usual time between two cuts, in seconds.
    shot: Option<f64>,
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
        Self {
            valence: mean(&|one| one.valence),
            energy: mean(&|one| one.energy),
            shot: shot(&cuts(references)),
        }
    }

    /// Light and warm colours are happy, dark and grey ones sad; edges, contrast and colours drive.
    fn by(look: &Look) -> Self {
        let valence =
            3.0 * (look.brightness - 0.45) + 1.2 * (look.colourfulness - 0.3) + 0.8 * look.warmth;
        let energy = 2.4 * (look.detail - 0.3)
            + 1.2 * (look.contrast - 0.4)
            + 1.4 * (look.colourfulness - 0.3);
        let moves = look.motion.as_ref().map_or(0.0, |motion| {
            let cuts_a_minute = motion.cuts.len() as f64 * 60.0 / motion.seconds.max(1.0);
            2.0 * (motion.amount - 0.3) + (cuts_a_minute as f32 / 20.0 - 0.4).min(1.6)
        });
        Self {
            valence: valence.clamp(-2.0, 2.0),
            energy: (energy + moves).clamp(-2.0, 2.0),
            shot: None,
        }
    }

    /// A level from 0 to `most`, moved.
    pub(crate) fn moved(level: u8, by: f32, most: u8) -> u8 {
        (f32::from(level) + by).round().clamp(0.0, f32::from(most)) as u8
    }

    /// A tempo that nothing else fixes, moved. With cuts, it is one that has a beat on most of them.
    pub(crate) fn tempo(&self, bpm: f64) -> f64 {
        let factor = (1.0 + FASTER.0 * self.energy + FASTER.1 * self.valence).clamp(0.8, 1.25);
        let bpm = bpm * f64::from(factor);
        let Some(shot) = self.shot else { return bpm };
        let beats = (bpm * shot / 60.0).round().max(1.0);
        let fitting = beats * 60.0 / shot;
        if (fitting / bpm - 1.0).abs() < MOST_BEND { fitting } else { bpm }
    }
}

/// Share by which a tempo may be moved to meet the cuts.
const MOST_BEND: f64 = 0.15;

/// When the first video among the references cuts, in seconds from its start.
pub(crate) fn cuts(references: &[Reference]) -> Vec<f64> {
    let looks = references.iter().filter_map(|reference| reference.look.as_ref());
    let motion = looks.filter_map(|look| look.motion.as_ref()).next();
    motion.map(|motion| motion.cuts.clone()).unwrap_or_default()
}

/// The median time between cuts, of three or more.
fn shot(cuts: &[f64]) -> Option<f64> {
    let mut shots: Vec<f64> = cuts.windows(2).map(|pair| pair[1] - pair[0]).collect();
    shots.sort_by(f64::total_cmp);
    shots.get(shots.len() / 2).copied().filter(|_| cuts.len() >= 3)
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
    let Some(motion) = &look.motion else {
        return format!("A {light}, {colour}, {warmth} and {detail} picture: {mood}, {drive}.");
    };
    let moves = of(motion.amount, "still", "moving", "restless");
    let cuts = match motion.cuts.len() {
        0 => "without cuts".to_owned(),
        1 => "with a cut, which has an accent".to_owned(),
        many => format!("with {many} cuts, which have accents"),
    };
    format!("A {light}, {colour}, {warmth} and {moves} video {cuts}: {mood}, {drive}.")
}

fn word(value: f32, less: &'static str, same: &'static str, more: &'static str) -> &'static str {
    match value {
        value if value < -0.3 => less,
        value if value > 0.3 => more,
        _ => same,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reference::Motion;

    fn video(cuts: &[f64], amount: f32) -> Reference {
        let motion = Motion { seconds: 12.0, cuts: cuts.to_vec(), amount };
        let look = Look {
            brightness: 0.45,
            contrast: 0.4,
            colourfulness: 0.3,
            warmth: 0.0,
            detail: 0.3,
            motion: Some(motion),
        };
        Reference { id: "upl_1".to_owned(), look: Some(look), picture: None }
    }

    #[test]
    fn cuts_and_motion_drive() {
        let still = Steer::of(&[video(&[], 0.0)]);
        let moving = Steer::of(&[video(&[], 0.9)]);
        let cut = Steer::of(&[video(&[2.0, 4.0, 6.0, 8.0, 10.0], 0.9)]);
        assert!(still.energy < moving.energy && moving.energy < cut.energy, "{still:?} {cut:?}");
        assert!(still.tempo(100.0) < moving.tempo(100.0));
    }

    #[test]
    fn a_tempo_meets_the_cuts_where_it_can() {
        let steer = Steer { shot: Some(2.1), ..Steer::default() };
        let beats = steer.tempo(100.0) * 2.1 / 60.0;
        assert!((beats - beats.round()).abs() < 1e-6, "{beats}");
        let steer = Steer { shot: Some(0.4), ..Steer::default() };
        assert!((steer.tempo(100.0) - 100.0).abs() < 1e-6, "150 is another tempo");
    }

    #[test]
    fn what_cannot_be_read_changes_nothing() {
        let broken = Reference { id: "upl_1".to_owned(), look: None, picture: None };
        assert_eq!(Steer::of(std::slice::from_ref(&broken)), Steer::default());
        assert!(explained(&[broken])[0]["says"].as_str().is_some_and(|s| s.contains("nothing")));
    }
}
