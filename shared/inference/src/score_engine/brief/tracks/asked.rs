//! What the wishes say of instruments and roles: which are asked for, and which must not play.

use super::super::names::{names_instrument, names_role};
use super::super::{Wishes, index_of, name_of, one_of};
use super::Choice;
use crate::error::EngineError;
use crate::score_engine::vocabulary::Instrument;

impl Choice<'_> {
    /// Whether the prompt's own words name a role, such as the drums, and the model does not read them as unwanted.
    pub(super) fn wanted_role(&self, role: &str) -> bool {
        let mut words = self.wishes.explicit.affirmed.iter();
        words.any(|word| names_role(word, role)) && !self.unwanted_role(role)
    }

    /// The model hears a "no" that no list of words covers: "skip the drums", "drums? no thanks".
    pub(super) fn unwanted_role(&self, role: &str) -> bool {
        self.wishes.reading.says("avoid_role", role)
            || self.wishes.excluded.iter().any(|word| names_role(word, role))
    }

    pub(super) fn unwanted(&self, instrument: &str) -> bool {
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
    pub(super) fn asked(&self) -> Vec<usize> {
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
    pub(super) fn hinted(&self) -> Result<Vec<usize>, EngineError> {
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
                    format!("{hint:?} is unknown; {}", one_of(instruments)),
                )
            })
    }
}
