//! Accents where a video cuts: a crash, or a chord, and everybody louder.

use super::{Bar, Brief, HIT, Note, Player, Role, STEP, Score, Vocabulary};
use crate::render::LEAD_IN;
use crate::score_engine::vocabulary::Token;

/// Drums of an accent, the first that a package has: crash, snare, kick (General MIDI).
const HITS: [u8; 3] = [49, 38, 36];
/// MIDI velocity of an accent.
const LOUD: u8 = 118;
/// What notes beside an accent gain.
const LIFT: u8 = 18;
/// The last chord rings; accents end this many seconds before the last bar.
const BEFORE_LAST: f64 = 0.05;

/// Adds the brief's accents to a score whose parts are of these tracks.
pub(super) fn add(
    vocabulary: &Vocabulary,
    brief: &Brief,
    bars: &[Bar],
    score: &mut Score,
    players: &[usize],
) {
    let tick_seconds = score.tick_seconds();
    let bar_ticks = score.metre.bar_ticks();
    let last_bar = f64::from(bar_ticks) * tick_seconds * (bars.len().saturating_sub(1)) as f64;
    for accent in &brief.accents {
        let after = accent - LEAD_IN;
        if after < 0.0 || after > last_bar - BEFORE_LAST {
            continue;
        }
        let tick = (after / tick_seconds).round() as u32;
        let bar = (tick / bar_ticks) as usize;
        lift(score, tick);
        let plays = |track: usize| brief.demands[bar].plays[track];
        let there = |role: &dyn Fn(Role) -> bool| {
            let parts = score.parts.iter().zip(players).enumerate();
            parts
                .filter(|(_, (part, track))| role(part.role) && plays(**track))
                .map(|(i, _)| i)
                .next()
        };
        let drums = there(&|role| role == Role::Drums);
        let pitched = there(&|role| role == Role::Chords)
            .or_else(|| there(&|role| !matches!(role, Role::Drums | Role::Bass)))
            .or_else(|| there(&|role| role != Role::Drums));
        match (drums, pitched) {
            (Some(part), _) => hit(vocabulary, score, part, tick),
            (None, Some(part)) => {
                let track = &brief.tracks[players[part]];
                let player =
                    Player { vocabulary, brief, track, ring: 0, tick: score.tick_seconds() };
                stab(&player, &bars[bar], score, part, tick);
            }
            (None, None) => {}
        }
    }
    score.parts.iter_mut().for_each(super::Part::tidy);
}

/// Everybody who plays within half a step plays louder.
fn lift(score: &mut Score, tick: u32) {
    for note in score.parts.iter_mut().flat_map(|part| &mut part.notes) {
        if note.start.abs_diff(tick) <= STEP / 2 {
            note.velocity = note.velocity.saturating_add(LIFT).min(127);
        }
    }
}

fn hit(vocabulary: &Vocabulary, score: &mut Score, part: usize, start: u32) {
    let there = HITS.into_iter().find(|key| vocabulary.id(Token::Drum(*key)).is_some());
    if let Some(pitch) = there {
        score.parts[part].notes.push(Note { start, length: HIT, pitch, velocity: LOUD });
    }
}

/// The chord of the moment, short.
fn stab(player: &Player<'_>, bar: &Bar, score: &mut Score, part: usize, start: u32) {
    let within = start % score.metre.bar_ticks();
    let second = within >= u32::from(player.brief.split) * STEP;
    let Some((root, quality)) = bar.chords.get(usize::from(second)).or(bar.chords.first()) else {
        return;
    };
    let Some((_, classes)) = player.vocabulary.qualities.get(usize::from(*quality)) else { return };
    for class in classes.iter().take(player.track.keys) {
        let pitch = player.sounding(60 + (root + class) % 12);
        score.parts[part].notes.push(Note { start, length: 2 * STEP, pitch, velocity: LOUD });
    }
}
