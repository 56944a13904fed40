//! Writes the bars of a piece with the network, token by token, under the grammar.

use tract_onnx::prelude::TractError;

use super::bars::{Bar, track_tokens};
use super::brief::{Brief, Track};
use super::grammar::{Back, Rules, Strict, TrackGrammar, backs, class_bits, over};
use super::network::{Network, Session};
use super::repeats::{Repeat, repeats};
use super::sampler::Sampler;
use super::vocabulary::{Token, Vocabulary};
use crate::dice::{Dice, Purpose};
use crate::error::EngineError;
use crate::progress::Progress;

/// Share of the context that a new row takes from the one before it.
const CARRIED: f32 = 0.4;
/// The same where a row is new because the levels change.
const CARRIED_OVER: f32 = 0.15;

/// Writes all bars of `brief`.
pub(crate) fn write(
    vocabulary: &Vocabulary,
    network: &Network,
    brief: &Brief,
    seed: u64,
    progress: &mut Progress<'_, '_>,
) -> Result<Vec<Bar>, EngineError> {
    let mut writer = Writer {
        vocabulary,
        brief,
        session: network.session().map_err(failed)?,
        context: network.context,
        sampler: Sampler::new(vocabulary.sampling, Dice::new(seed, Purpose::Score)),
        first: 0,
        bars: Vec::new(),
        largest: 64,
        allowed: Vec::new(),
    };
    writer.start_row(0, CARRIED)?;
    let repeats = repeats(brief);
    for (at, repeat) in repeats.iter().enumerate() {
        let mut stage = progress
            .stage(at as f32 / repeats.len() as f32, (at + 1) as f32 / repeats.len() as f32);
        writer.bar(at, repeat.as_ref(), &mut stage)?;
    }
    Ok(writer.bars)
}

fn failed(error: TractError) -> EngineError {
    EngineError::internal("score.onnx")(error.to_string())
}

struct Writer<'a> {
    vocabulary: &'a Vocabulary,
    brief: &'a Brief,
    session: Session<'a>,
    context: usize,
    sampler: Sampler,
    /// The first bar of the row.
    first: usize,
    bars: Vec<Bar>,
    /// Tokens of the largest bar so far.
    largest: usize,
    allowed: Vec<u32>,
}

impl Writer<'_> {
    /// Starts a row for bar `at` with the header and as many of the last bars as fit into a share of
    /// the context.
    fn start_row(&mut self, at: usize, share: f32) -> Result<(), EngineError> {
        self.session.clear().map_err(failed)?;
        let header = self.brief.header(at);
        let mut room = ((self.context as f32 * share) as usize).saturating_sub(header.len());
        self.first = self.bars.len();
        while self.first > 0 {
            // Without `BACK` this is the most that the bar can take.
            let size = self.bar_tokens(self.first - 1, self.first - 1).len();
            if size > room {
                break;
            }
            room -= size;
            self.first -= 1;
        }
        self.feed_all(&header)?;
        for at in self.first..self.bars.len() {
            let tokens = self.bar_tokens(at, self.first);
            self.feed_all(&tokens)?;
        }
        Ok(())
    }

    fn bar_tokens(&self, at: usize, first: usize) -> Vec<Token> {
        let bar = &self.bars[at];
        let mut tokens: Vec<Token> = bar.opening().into_iter().chain(bar.chord_tokens()).collect();
        for (index, track) in self.brief.tracks.iter().enumerate() {
            tokens.extend(self.tokens_of(at, first, index, track));
        }
        tokens
    }

    fn tokens_of(&self, at: usize, first: usize, index: usize, track: &Track) -> Vec<Token> {
        track_tokens(&self.bars, at, first, index, track.role, track.drums)
    }

    fn feed_all(&mut self, tokens: &[Token]) -> Result<(), EngineError> {
        // A package need not have every token, such as `LEFT_63`; the row then goes without.
        let vocabulary = self.vocabulary;
        tokens.iter().filter_map(|token| vocabulary.id(*token)).try_for_each(|id| self.feed(id))
    }

    /// Appends a token. A full row takes no more: the bar ends early, and the next one starts a new row.
    fn feed(&mut self, id: u32) -> Result<(), EngineError> {
        if self.session.len() >= self.context {
            return Ok(());
        }
        self.session.push(id).map_err(failed)
    }

    /// Lets the network choose among the allowed tokens.
    fn choose(&mut self, progress: &mut Progress<'_, '_>) -> Result<Option<u32>, EngineError> {
        // A single one needs no network.
        while self.allowed.len() > 1 && self.session.advance().map_err(failed)? {
            progress.at(0.0)?;
        }
        Ok(self.sampler.choose(self.session.logits(), &self.allowed))
    }

    fn bar(
        &mut self,
        at: usize,
        repeat: Option<&Repeat>,
        progress: &mut Progress<'_, '_>,
    ) -> Result<(), EngineError> {
        let room = (self.largest + self.largest / 3).min(self.context / 2);
        if at > 0 && self.brief.levels(at) != self.brief.levels(at - 1) {
            self.start_row(at, CARRIED_OVER)?;
        } else if self.session.len() + room > self.context {
            self.start_row(at, CARRIED)?;
        }
        let place = self.brief.places[at];
        let bar = Bar {
            section: place.section,
            phrase: place.phrase,
            left: self.brief.places.len() as u32 - 1 - at as u32,
            chords: self.brief.demands[at].chords.clone(),
            tracks: vec![None; self.brief.tracks.len()],
        };
        let opening: Vec<Token> = bar.opening().into_iter().chain(bar.chord_tokens()).collect();
        progress.at(0.0)?;
        self.feed_all(&opening)?;
        self.bars.push(bar);
        self.tracks(at, repeat, progress)?;
        self.largest = self.largest.max(self.bar_tokens(at, at).len());
        Ok(())
    }

    /// Adds the tokens that end what came before in bar `at`: a track from `from` on, or the next bar.
    fn allow_ends(&mut self, from: usize, at: usize) {
        for (index, track) in self.brief.tracks.iter().enumerate().skip(from) {
            if self.may_play(at, index) {
                self.allowed.extend(self.vocabulary.id(Token::Track(track.role)));
            }
        }
        let end = self
            .brief
            .places
            .get(at + 1)
            .map_or(Token::Eos, |place| Token::Bar((place.phrase % 8) as u8));
        self.allowed.extend(self.vocabulary.id(end));
    }

    /// The tracks of bar `at`, which is the last one.
    fn tracks(
        &mut self,
        at: usize,
        repeat: Option<&Repeat>,
        progress: &mut Progress<'_, '_>,
    ) -> Result<(), EngineError> {
        let brief = self.brief;
        for (index, track) in brief.tracks.iter().enumerate() {
            if !self.may_play(at, index) {
                continue;
            }
            let taken_up = |repeat: &&Repeat| {
                (repeat.whole || !track.melodic)
                    && self.may_play(repeat.bar, index)
                    && brief.as_steady(repeat.bar, at, index)
            };
            if let Some(repeat) = repeat.filter(taken_up) {
                self.bars[at].tracks[index] = self.bars[repeat.bar].tracks[index].clone();
                let tokens = self.tokens_of(at, self.first, index, track);
                self.feed_all(&tokens)?;
            } else if self.plays(at, index, track, progress)? {
                let groups = self.track(at, index, track, progress)?;
                self.bars[at].tracks[index] = (!groups.is_empty()).then_some(groups);
            }
        }
        Ok(())
    }

    /// Whether the sketch has this track play in bar `at`.
    fn may_play(&self, at: usize, index: usize) -> bool {
        self.brief.demands[at].plays[index]
    }

    /// Lets the model decide whether a track plays in this bar. A bar is never empty, everybody is
    /// there at the start of a section, the harmony and who keeps time always, and who played in the
    /// last bar but one plays the last chord.
    fn plays(
        &mut self,
        at: usize,
        index: usize,
        track: &Track,
        progress: &mut Progress<'_, '_>,
    ) -> Result<bool, EngineError> {
        let others_follow = (index + 1..self.brief.tracks.len()).any(|i| self.may_play(at, i));
        let last_chance = !others_follow && self.bars[at].tracks.iter().all(Option::is_none);
        let ends = self.bars[at].left == 0 && at > 0 && self.bars[at - 1].tracks[index].is_some();
        let begins = self.brief.places[at].phrase == 0;
        let needed = self.brief.demands[at].anchor == index || self.brief.keeps_time(at, index);
        if last_chance || ends || begins || needed {
            return Ok(true);
        }
        self.allowed.clear();
        self.allow_ends(index, at);
        let chosen = self.choose(progress)?;
        Ok(chosen.is_some() && chosen == self.vocabulary.id(Token::Track(track.role)))
    }

    /// Writes one track of bar `at`.
    fn track(
        &mut self,
        at: usize,
        index: usize,
        track: &Track,
        progress: &mut Progress<'_, '_>,
    ) -> Result<Vec<super::bars::Group>, EngineError> {
        self.feed_all(&[Token::Track(track.role)])?;
        let mut grammar = TrackGrammar::new(self.vocabulary, self.rules(at, index, track));
        let mut fresh = true;
        while self.session.len() < self.context {
            let may_end = grammar.allowed(&mut self.allowed);
            if fresh && self.bars[at].left > 0 {
                let backs = backs(self.vocabulary, &self.bars[..at], self.first, index);
                let (brief, chords) = (self.brief, &self.bars[at].chords);
                // Another bar's notes are of its chords.
                let fits = |back: &Back| {
                    let same = track.drums || self.bars[back.bar].chords == *chords;
                    same && brief.as_steady(back.bar, at, index)
                };
                self.allowed.extend(backs.filter(fits).map(|back| back.id));
            }
            fresh = false;
            let inside = self.allowed.len();
            if may_end {
                self.allow_ends(index + 1, at);
            }
            let Some(id) = self.choose(progress)? else {
                break;
            };
            if !self.allowed[..inside].contains(&id) {
                break;
            }
            let Some(token) = self.vocabulary.token(id) else {
                break;
            };
            self.feed(id)?;
            if let Token::Back(back) = token {
                return Ok(self.bars[at - usize::from(back)].tracks[index]
                    .clone()
                    .unwrap_or_default());
            }
            grammar.push(token);
        }
        Ok(grammar.finish())
    }

    fn rules(&self, at: usize, index: usize, track: &Track) -> Rules {
        let bar = &self.bars[at];
        let last = bar.left == 0 && at > 0;
        let chord = |index: usize| {
            let (root, quality) = bar.chords.get(index).or(bar.chords.first()).copied()?;
            let classes = &self.vocabulary.qualities.get(usize::from(quality))?.1;
            Some(class_bits(classes.iter().map(|class| class + root)))
        };
        let scale = class_bits(self.brief.scale.iter().copied());
        let chords = [0, 1].map(|index| chord(index).unwrap_or(scale));
        let classes = match last {
            true => chords,
            false => chords.map(|chord| over(scale, chord)),
        };
        let role = self.vocabulary.roles.get(usize::from(track.role)).map(String::as_str);
        let strict = match role {
            _ if track.melodic => Strict::Nowhere,
            Some("bass") => Strict::AtChanges,
            _ => Strict::Everywhere,
        };
        Rules {
            chords,
            strict,
            drums: track.drums,
            keys: track.keys,
            steps: self.brief.metre.steps,
            split: self.brief.split,
            classes,
            // A piece does not start with a rest.
            on_first_beat: last || at == 0 && bar.tracks.iter().all(Option::is_none),
            first_beat_only: last,
            beat: self.brief.keeps_time(at, index).then_some(self.brief.metre.steps_per_beat),
        }
    }
}
