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
        logits: Vec::new(),
        first: 0,
        bars: Vec::new(),
        largest: 64,
        allowed: Vec::new(),
    };
    writer.start_row(0, CARRIED, progress)?;
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
    /// Of the token after the row.
    logits: Vec<f32>,
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
    fn start_row(
        &mut self,
        at: usize,
        share: f32,
        progress: &mut Progress<'_, '_>,
    ) -> Result<(), EngineError> {
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
        self.feed_all(&header, progress)?;
        for at in self.first..self.bars.len() {
            let tokens = self.bar_tokens(at, self.first);
            self.feed_all(&tokens, progress)?;
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

    fn feed_all(
        &mut self,
        tokens: &[Token],
        progress: &mut Progress<'_, '_>,
    ) -> Result<(), EngineError> {
        for token in tokens {
            // A package need not have every token, such as `LEFT_63`; the row then goes without.
            if let Some(id) = self.vocabulary.id(*token) {
                self.feed(id, progress)?;
            }
        }
        Ok(())
    }

    /// Appends a token. A full row takes no more: the bar ends early, and the next one starts a new row.
    fn feed(&mut self, id: u32, progress: &mut Progress<'_, '_>) -> Result<(), EngineError> {
        progress.at(0.0)?;
        if self.session.len() >= self.context {
            return Ok(());
        }
        self.logits = self.session.push(id).map_err(failed)?;
        Ok(())
    }

    fn bar(
        &mut self,
        at: usize,
        repeat: Option<&Repeat>,
        progress: &mut Progress<'_, '_>,
    ) -> Result<(), EngineError> {
        let room = (self.largest + self.largest / 3).min(self.context / 2);
        if at > 0 && self.brief.levels(at) != self.brief.levels(at - 1) {
            self.start_row(at, CARRIED_OVER, progress)?;
        } else if self.session.len() + room > self.context {
            self.start_row(at, CARRIED, progress)?;
        }
        let place = self.brief.places[at];
        let mut bar = Bar {
            section: place.section,
            phrase: place.phrase,
            left: self.brief.places.len() as u32 - 1 - at as u32,
            chords: Vec::new(),
            tracks: vec![None; self.brief.tracks.len()],
        };
        self.feed_all(&bar.opening(), progress)?;
        let demanded = self.brief.demands.get(at).map(|demand| &demand.chords);
        let repeated = repeat.map(|repeat| &self.bars[repeat.bar].chords);
        match demanded.or(repeated) {
            Some(chords) => {
                bar.chords.clone_from(chords);
                let tokens: Vec<Token> = bar.chord_tokens().collect();
                self.feed_all(&tokens, progress)?;
            }
            None => bar.chords = self.chords(at, progress)?,
        }
        self.bars.push(bar);
        self.tracks(at, repeat, progress)?;
        self.largest = self.largest.max(self.bar_tokens(at, at).len());
        Ok(())
    }

    /// One chord, or two that differ. The last bar has the tonic.
    fn chords(
        &mut self,
        at: usize,
        progress: &mut Progress<'_, '_>,
    ) -> Result<Vec<(u8, u8)>, EngineError> {
        let last = at + 1 == self.brief.places.len();
        let mut chords: Vec<(u8, u8)> = Vec::new();
        while chords.len() < if last { 1 } else { 2 } {
            self.allowed.clear();
            let all = Token::Chord(0, 0)..=Token::Chord(u8::MAX, u8::MAX);
            for (token, id) in self.vocabulary.between(*all.start(), *all.end()) {
                if let Token::Chord(root, quality) = token
                    && self.fits(root, quality, last)
                    && !chords.contains(&(root, quality))
                {
                    self.allowed.push(id);
                }
            }
            if !chords.is_empty() {
                self.allow_ends(0, at);
            }
            let chosen = self.sampler.choose(&self.logits, &self.allowed);
            let Some(Token::Chord(root, quality)) = chosen.and_then(|id| self.vocabulary.token(id))
            else {
                break;
            };
            chords.push((root, quality));
            self.feed_all(&[Token::Chord(root, quality)], progress)?;
        }
        Ok(chords)
    }

    /// Whether a chord may be used: its root lies in the scale; in the last bar it is a triad or more on the tonic,
    /// all within the scale.
    fn fits(&self, root: u8, quality: u8, last: bool) -> bool {
        let scale = &self.brief.scale;
        let classes = &self.vocabulary.qualities[usize::from(quality)].1;
        if last {
            let third = |class: &u8| matches!(class, 3 | 4);
            let home = root == 0 && classes.contains(&7) && classes.iter().any(third);
            return home && classes.iter().all(|class| scale.contains(class));
        }
        scale.contains(&(root % 12))
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
                (repeat.whole || !track.melodic) && self.may_play(repeat.bar, index)
            };
            if let Some(repeat) = repeat.filter(taken_up) {
                self.bars[at].tracks[index] = self.bars[repeat.bar].tracks[index].clone();
                let tokens = self.tokens_of(at, self.first, index, track);
                self.feed_all(&tokens, progress)?;
            } else if self.plays(at, index, track) {
                let groups = self.track(at, index, track, progress)?;
                self.bars[at].tracks[index] = (!groups.is_empty()).then_some(groups);
            }
        }
        Ok(())
    }

    /// Whether a sketch, if there is one, has this track play in bar `at`.
    fn may_play(&self, at: usize, index: usize) -> bool {
        self.brief.demands.get(at).is_none_or(|demand| demand.plays[index])
    }

    /// Whether a sketch wants to hear this track in bar `at`: each at the start of its sections, and
    /// the one that sounds the chords always.
    fn must_play(&self, at: usize, index: usize) -> bool {
        let first = self.brief.places[at].phrase == 0;
        self.brief.demands.get(at).is_some_and(|demand| first || demand.anchor == Some(index))
    }

    /// Lets the model decide whether a track plays in this bar. A bar is never empty, the harmony is there at the start of a
    /// section, nobody waits beyond the first verse, and who played in the last bar but one plays the last chord.
    fn plays(&mut self, at: usize, index: usize, track: &Track) -> bool {
        let others_follow = (index + 1..self.brief.tracks.len()).any(|i| self.may_play(at, i));
        let last_chance = !others_follow && self.bars[at].tracks.iter().all(Option::is_none);
        let ends = self.bars[at].left == 0 && at > 0 && self.bars[at - 1].tracks[index].is_some();
        let place = self.brief.places[at];
        let anchors = index == self.brief.anchor && (place.intro || place.phrase == 0);
        let waited = place.full && self.bars[..at].iter().all(|bar| bar.tracks[index].is_none());
        if last_chance || anchors || waited || ends || self.must_play(at, index) {
            return true;
        }
        self.allowed.clear();
        self.allow_ends(index, at);
        let chosen = self.sampler.choose(&self.logits, &self.allowed);
        chosen.is_some() && chosen == self.vocabulary.id(Token::Track(track.role))
    }

    /// Writes one track of bar `at`.
    fn track(
        &mut self,
        at: usize,
        index: usize,
        track: &Track,
        progress: &mut Progress<'_, '_>,
    ) -> Result<Vec<super::bars::Group>, EngineError> {
        self.feed_all(&[Token::Track(track.role)], progress)?;
        let mut grammar = TrackGrammar::new(self.vocabulary, self.rules(at, track));
        let mut fresh = true;
        while self.session.len() < self.context {
            let may_end = grammar.allowed(&mut self.allowed);
            if fresh && self.bars[at].left > 0 {
                let backs = backs(self.vocabulary, &self.bars[..at], self.first, index);
                let chords = &self.bars[at].chords;
                let demands = !self.brief.demands.is_empty();
                // Another bar's notes are of its chords.
                let fits =
                    |back: &Back| track.drums || !demands || self.bars[back.bar].chords == *chords;
                self.allowed.extend(backs.filter(fits).map(|back| back.id));
            }
            fresh = false;
            let inside = self.allowed.len();
            if may_end {
                self.allow_ends(index + 1, at);
            }
            let Some(id) = self.sampler.choose(&self.logits, &self.allowed) else {
                break;
            };
            if !self.allowed[..inside].contains(&id) {
                break;
            }
            let Some(token) = self.vocabulary.token(id) else {
                break;
            };
            self.feed(id, progress)?;
            if let Token::Back(back) = token {
                return Ok(self.bars[at - usize::from(back)].tracks[index]
                    .clone()
                    .unwrap_or_default());
            }
            grammar.push(token);
        }
        Ok(grammar.finish())
    }

    fn rules(&self, at: usize, track: &Track) -> Rules {
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
            // Chords of the network's own are passing; a person's are meant.
            false if !self.brief.demands.is_empty() => chords.map(|chord| over(scale, chord)),
            false => chords.map(|chord| scale | chord),
        };
        let role = self.vocabulary.roles.get(usize::from(track.role)).map(String::as_str);
        let strict = match role {
            _ if self.brief.demands.is_empty() || track.melodic => Strict::Nowhere,
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
        }
    }
}
