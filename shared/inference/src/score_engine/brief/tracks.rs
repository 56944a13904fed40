//! Choice of the tracks and their instruments.

use reverie_domain::manifest::Preset;

use super::names::{names_instrument, names_role};
use super::{Track, Wishes, index_of, name_of, preset};
use crate::dice::Dice;
use crate::error::EngineError;
use crate::score_engine::vocabulary::{Instrument, Style, Vocabulary};

/// Bank of drum kits in a SoundFont.
const DRUM_BANK: u8 = 128;
/// Share of a role's usual probability, by density.
const BY_DENSITY: [f32; 4] = [0.45, 0.85, 1.1, 1.6];

/// Probability from which on a role belongs to a style.
const TYPICAL: f32 = 0.9;

/// The tracks of a piece, in the order of the roles.
pub(super) fn choose(
    vocabulary: &Vocabulary,
    wishes: &Wishes<'_>,
    style: usize,
    density: u8,
    dice: &mut Dice,
) -> Result<Vec<Track>, EngineError> {
    let choice = Choice { vocabulary, wishes, style: &vocabulary.styles[style].1 };
    let mut cast = choice.cast(density, dice);
    if let Some(preset) = wishes.preset {
        cast = choice.band(preset);
    }
    let (hinted, asked) = (choice.hinted()?, choice.asked());
    let wished: Vec<usize> = hinted.iter().chain(&asked).copied().collect();
    let only = match (hinted.is_empty(), wishes.explicit.solo) {
        (false, _) => hinted,
        (true, true) => asked.clone(),
        (true, false) => Vec::new(),
    };
    if only.is_empty() {
        choice.assign(&asked, &mut cast, asked.len() == 1);
    } else {
        cast = vec![None; vocabulary.roles.len()];
        choice.assign(&only, &mut cast, true);
    }
    choice.fill_if_bare(&mut cast);
    Ok(cast
        .iter()
        .enumerate()
        .filter_map(|(role, instrument)| {
            instrument.map(|instrument| Track {
                asked: wished.contains(&instrument),
                ..track(vocabulary, role, instrument)
            })
        })
        .collect())
}

/// The track that carries the harmony: chords if there are any, else the next best.
pub(in crate::score_engine) fn anchor(vocabulary: &Vocabulary, tracks: &[Track]) -> usize {
    let plays = |role: &&str| {
        let name = |track: &Track| vocabulary.roles[usize::from(track.role)].as_str();
        tracks.iter().position(|track| name(track) == *role)
    };
    ["comp", "pad", "arp", "bass"].iter().find_map(plays).unwrap_or(0)
}

/// How well a style goes with the instruments that the prompt asks for: the chance that it has one of them.
pub(super) fn affinity(vocabulary: &Vocabulary, wishes: &Wishes<'_>, style: &Style) -> f32 {
    /// What a style that never has them keeps.
    const LEAST: f32 = 0.05;
    let choice = Choice { vocabulary, wishes, style };
    let asked = choice.asked();
    if asked.is_empty() {
        return 1.0;
    }
    let absent: f32 = style
        .tracks
        .values()
        .map(|track| {
            let total: f32 = track.instruments.values().sum();
            let names = asked.iter().map(|index| &vocabulary.instruments[*index].0);
            let weight: f32 = names.filter_map(|name| track.instruments.get(name)).sum();
            1.0 - track.probability.min(1.0) * weight / total.max(f32::MIN_POSITIVE)
        })
        .product();
    LEAST + 1.0 - absent
}

struct Choice<'a> {
    vocabulary: &'a Vocabulary,
    wishes: &'a Wishes<'a>,
    style: &'a Style,
}

/// An instrument for each role, or none.
type Cast = Vec<Option<usize>>;

impl Choice<'_> {
    /// What the style usually has, without what is unwanted. Draws the same number of random numbers for every
    /// request, so that leaving one instrument out changes no other.
    fn cast(&self, density: u8, dice: &mut Dice) -> Cast {
        let roles = self.vocabulary.roles.iter();
        // Who asks for a piano wants to hear the piano.
        let company = if self.asked().is_empty() { 1.0 } else { 0.6 };
        roles
            .map(|role| {
                let (presence, place) = (dice.unit(), dice.clone());
                dice.unit();
                let usual = self.style.tracks.get(role)?;
                let factor = BY_DENSITY[usize::from(density.min(3))];
                let probability = match usual.probability {
                    // What makes the style what it is does not thin out.
                    typical if typical >= TYPICAL => typical,
                    probability => (probability * factor * company).min(1.0),
                };
                let plays = presence < probability || self.wanted_role(role);
                if !plays || self.unwanted_role(role) {
                    return None;
                }
                self.usual_instrument(role, &mut place.clone())
            })
            .collect()
    }

    /// Who plays in a preset, without what is unwanted.
    fn band(&self, preset: &Preset) -> Cast {
        let mut band = preset::cast(self.vocabulary, preset);
        for (role, instrument) in self.vocabulary.roles.iter().zip(&mut band) {
            let unwanted = |index: &usize| self.unwanted(&self.vocabulary.instruments[*index].0);
            if self.unwanted_role(role) || instrument.as_ref().is_some_and(unwanted) {
                *instrument = None;
            }
        }
        band
    }

    fn usual_instrument(&self, role: &str, dice: &mut Dice) -> Option<usize> {
        let weights: Vec<f32> = self
            .vocabulary
            .instruments
            .iter()
            .map(|(name, instrument)| {
                let weight = self.style.tracks.get(role)?.instruments.get(name)?;
                (plays(instrument, role) && !self.unwanted(name)).then_some(*weight)
            })
            .map(Option::unwrap_or_default)
            .collect();
        let chosen = dice.choose(&weights);
        (weights[chosen] > 0.0).then_some(chosen)
    }

    /// Whether the prompt's own words name a role, such as the drums, and the model does not read them as unwanted.
    fn wanted_role(&self, role: &str) -> bool {
        let mut words = self.wishes.explicit.affirmed.iter();
        words.any(|word| names_role(word, role)) && !self.unwanted_role(role)
    }

    /// The model hears a "no" that no list of words covers: "skip the drums", "drums? no thanks".
    fn unwanted_role(&self, role: &str) -> bool {
        self.wishes.reading.says("avoid_role", role)
            || self.wishes.excluded.iter().any(|word| names_role(word, role))
    }

    fn unwanted(&self, instrument: &str) -> bool {
        let Wishes { reading, negative, excluded, .. } = self.wishes;
        let read = reading.says("instrument", instrument);
        // "No slide guitar" leaves out no other guitar that the model reads as wished for.
        let own = |word: &str| word == instrument || word.strip_suffix('s') == Some(instrument);
        let named = |word: &String| names_instrument(word, instrument) && (own(word) || !read);
        reading.says("avoid_instrument", instrument)
            || negative.is_some_and(|negative| negative.says("instrument", instrument))
            || excluded.iter().any(named)
    }

    /// The instruments that the prompt asks for: those that it names, then those that the model reads out of it.
    fn asked(&self) -> Vec<usize> {
        let wanted = |index: &usize| {
            let (name, instrument) = &self.vocabulary.instruments[*index];
            !self.unwanted(name) && !instrument.roles.iter().all(|role| self.unwanted_role(role))
        };
        let mut asked: Vec<usize> = self.named().into_iter().filter(wanted).collect();
        let instruments = &self.vocabulary.instruments;
        let read = |index: &usize| {
            self.wishes.reading.says("instrument", &instruments[*index].0) && wanted(index)
        };
        for word in self.families() {
            // "Guitars" are those that the model reads, and else those of the style.
            let member = |index: &usize| names_instrument(word, &instruments[*index].0);
            let settled = (0..instruments.len()).filter(member).any(|index| read(&index));
            let usual = self.hint(word).ok().filter(|index| !settled && wanted(index));
            asked.extend(usual.filter(|index| !asked.contains(index)));
        }
        let rest = (0..instruments.len()).filter(read);
        let rest: Vec<usize> = rest.filter(|index| !asked.contains(index)).collect();
        asked.extend(rest);
        asked
    }

    /// The instruments whose names stand in the prompt, the longest name first: an electric piano is no piano.
    fn named(&self) -> Vec<usize> {
        let mut named = Vec::new();
        let mut rest = self.wishes.explicit.affirmed.as_slice();
        while !rest.is_empty() {
            let longest = (1..=3.min(rest.len())).rev().find_map(|count| {
                let index = self.instrument(&rest[..count].join("_"));
                index.map(|index| (index, count))
            });
            named.extend(longest.map(|(index, _)| index).filter(|i| !named.contains(i)));
            rest = &rest[longest.map_or(1, |(_, count)| count)..];
        }
        named
    }

    /// Words of the prompt that several instruments share, unless a whole name has them, as `guitar`.
    fn families(&self) -> Vec<&str> {
        let named = self.named();
        let instruments = &self.vocabulary.instruments;
        let words = self.wishes.explicit.affirmed.iter().map(String::as_str);
        words
            .filter(|word| {
                let members = |index: &usize| names_instrument(word, &instruments[*index].0);
                let settled = self.instrument(word).is_some() || named.iter().any(members);
                !settled && (0..instruments.len()).filter(members).count() > 1
            })
            .collect()
    }

    /// The instrument of exactly this name, or of its singular.
    fn instrument(&self, name: &str) -> Option<usize> {
        let instruments = &self.vocabulary.instruments;
        let singular = name.strip_suffix('s').unwrap_or(name);
        index_of(instruments, name).or_else(|| index_of(instruments, singular))
    }

    /// The instruments of `style.instruments`.
    fn hinted(&self) -> Result<Vec<usize>, EngineError> {
        let hints = self.wishes.request.style.instruments.iter();
        hints.map(|hint| self.hint(hint)).collect()
    }

    /// An instrument by its name, by a word of its name, or by its role; the style's usual one where several fit.
    fn hint(&self, hint: &str) -> Result<usize, EngineError> {
        let name = name_of(hint);
        let instruments = &self.vocabulary.instruments;
        if let Some(index) = index_of(instruments, &name) {
            return Ok(index);
        }
        let fits = |(other, instrument): &(String, Instrument)| {
            names_instrument(&name, other)
                || instrument.roles.iter().any(|role| names_role(&name, role))
        };
        let weight = |(other, _): &(String, Instrument)| {
            let usual = self.style.tracks.values();
            usual
                .filter_map(|track| track.instruments.get(other))
                .fold(0.0, |sum: f32, weight| sum + weight)
        };
        let fitting = instruments.iter().enumerate().filter(|(_, entry)| fits(entry));
        fitting
            .max_by(|a, b| weight(a.1).total_cmp(&weight(b.1)).then(b.0.cmp(&a.0)))
            .map(|(index, _)| index)
            .ok_or_else(|| {
                EngineError::invalid(
                    "style.instruments",
                    format!("{hint:?} is unknown; {}", super::one_of(instruments)),
                )
            })
    }

    /// Gives each instrument a role, and as many of them as can be. `twice` gives a lone one a second: whoever asks for
    /// a piano hears it play both the tune and the chords.
    fn assign(&self, instruments: &[usize], cast: &mut Cast, twice: bool) {
        let able: Vec<Vec<usize>> = instruments.iter().map(|index| self.roles_of(*index)).collect();
        let mut held = vec![None; cast.len()];
        for player in 0..instruments.len() {
            seat(player, &able, &mut held, &mut vec![false; cast.len()]);
        }
        let mut taken = vec![false; cast.len()];
        for (role, player) in held.iter().enumerate() {
            if let Some(player) = player {
                cast[role] = Some(instruments[*player]);
                taken[role] = true;
            }
        }
        if !twice {
            return;
        }
        for role in ["comp", "lead", "arp"] {
            let Some(at) = self.vocabulary.roles.iter().position(|other| other == role) else {
                continue;
            };
            let able = instruments
                .iter()
                .find(|index| plays(&self.vocabulary.instruments[**index].1, role));
            if !taken[at] && instruments.len() == 1 && taken.iter().filter(|t| **t).count() < 2 {
                cast[at] = able.copied();
                taken[at] = able.is_some();
            }
        }
    }

    /// The roles that an instrument can play; first those that the style gives it, then its own order, and last those
    /// that are not wanted: a cello is no bass where there shall be none.
    fn roles_of(&self, index: usize) -> Vec<usize> {
        let (name, instrument) = &self.vocabulary.instruments[index];
        let usual = |role: &&String| {
            let track = self.style.tracks.get(*role);
            track.is_some_and(|track| track.instruments.contains_key(name))
        };
        let (mut first, second): (Vec<&String>, Vec<&String>) =
            instrument.roles.iter().partition(usual);
        first.extend(second);
        first.sort_by_key(|role| self.unwanted_role(role));
        first
            .iter()
            .filter_map(|role| self.vocabulary.roles.iter().position(|other| other == *role))
            .collect()
    }

    /// A piece needs an instrument with pitch, unless only drums were asked for.
    fn fill_if_bare(&self, cast: &mut Cast) {
        let instruments = &self.vocabulary.instruments;
        let pitched = |index: &usize| instruments[*index].1.bank != DRUM_BANK;
        let only_drums = !self.wishes.request.style.instruments.is_empty();
        if cast.iter().flatten().any(pitched) || only_drums && cast.iter().any(Option::is_some) {
            return;
        }
        let wanted = (0..instruments.len())
            .filter(pitched)
            .find(|index| !self.unwanted(&instruments[*index].0))
            .or_else(|| (0..instruments.len()).find(pitched));
        if let Some(index) = wanted {
            self.assign(&[index], cast, true);
        }
    }
}

/// Gives a player the first free role of those that it is able to play; or else one whose holder can move to another,
/// which is an augmenting path of bipartite matching (Kuhn, 1955). `tried` are roles that are no way out.
fn seat(
    player: usize,
    able: &[Vec<usize>],
    held: &mut [Option<usize>],
    tried: &mut [bool],
) -> bool {
    let free = able[player].iter().copied().find(|role| held[*role].is_none());
    let role = free.or_else(|| {
        able[player].iter().copied().find(|role| {
            !std::mem::replace(&mut tried[*role], true)
                && held[*role].is_some_and(|other| seat(other, able, held, tried))
        })
    });
    if let Some(role) = role {
        held[role] = Some(player);
    }
    role.is_some()
}

/// The track of an instrument in a role.
pub(in crate::score_engine) fn track(
    vocabulary: &Vocabulary,
    role: usize,
    instrument: usize,
) -> Track {
    let name = vocabulary.roles[role].as_str();
    let drums = vocabulary.instruments[instrument].1.bank == DRUM_BANK;
    Track {
        role: role as u8,
        instrument: instrument as u8,
        drums,
        melodic: matches!(name, "lead" | "counter"),
        keys: match name {
            _ if drums => 4,
            "bass" | "lead" | "counter" => 3,
            _ => 6,
        },
        asked: false,
    }
}

fn plays(instrument: &Instrument, role: &str) -> bool {
    instrument.roles.iter().any(|other| other == role)
}
