//! From bars to notes: transposition, swing, the ending, and the small differences of players.

mod accents;
mod stress;

use super::bars::{Bar, Group};
use super::brief::{Brief, Track};
use super::vocabulary::Vocabulary;
use crate::dice::{Dice, Purpose};
use crate::score::{Key, Metre, Note, Part, Role, Score, Section, TICKS_PER_QUARTER};

/// Ticks of a step, which is a sixteenth note.
const STEP: u32 = TICKS_PER_QUARTER / 4;
/// Share of the ring of the last chord for which its keys are held.
const HELD: f64 = 0.8;
/// Semitones beyond an instrument's range at which a note is moved by an octave.
const SLACK: i16 = 7;
/// Seconds for which all parts together may rest.
const LONGEST_REST: f64 = 0.5;
/// Length of a drum hit in ticks; drums ring by themselves.
const HIT: u32 = STEP;

/// The score of `bars`.
pub(crate) fn arrange(vocabulary: &Vocabulary, brief: &Brief, bars: &[Bar], seed: u64) -> Score {
    let mut dice = Dice::new(seed, Purpose::Performance);
    let mut score = frame(vocabulary, brief);
    let mut players = Vec::new();
    let ring = (brief.fit.ring * HELD / score.tick_seconds()) as u32;
    for (index, track) in brief.tracks.iter().enumerate() {
        let player = Player { vocabulary, brief, track, ring, tick: score.tick_seconds() };
        let part = player.part(bars, index, &mut dice);
        if !part.notes.is_empty() {
            score.parts.push(part);
            players.push(index);
        }
    }
    accents::add(vocabulary, brief, bars, &mut score, &players);
    let longest = (LONGEST_REST / score.tick_seconds()) as u32;
    bridge_rests(&mut score.parts, longest);
    end_with_sections(brief, &mut score.parts, &players);
    score
}

/// A score without parts.
pub(crate) fn frame(vocabulary: &Vocabulary, brief: &Brief) -> Score {
    let quarters_per_beat = f64::from(brief.metre.steps_per_beat) / 4.0;
    Score {
        tempo_bpm: brief.fit.bpm * quarters_per_beat,
        metre: metre(brief),
        key: Key::of_scale(brief.tonic, &brief.scale),
        sections: sections(vocabulary, brief),
        parts: Vec::new(),
    }
}

/// Ends notes where a section begins in which their track does not play.
fn end_with_sections(brief: &Brief, parts: &mut [Part], players: &[usize]) {
    let bar_ticks = u32::from(brief.metre.steps) * STEP;
    for (part, track) in parts.iter_mut().zip(players) {
        for note in &mut part.notes {
            let bar = (note.start / bar_ticks) as usize;
            let rest = brief.demands.iter().skip(bar + 1).position(|next| !next.plays[*track]);
            if let Some(bars) = rest {
                let end = (bar + 1 + bars) as u32 * bar_ticks;
                note.length = note.length.min(end - note.start);
            }
        }
    }
}

/// Holds what sounds before a rest of all parts that is longer than `longest` ticks until the rest is over.
fn bridge_rests(parts: &mut [Part], longest: u32) {
    let mut notes: Vec<(u32, u32)> = parts
        .iter()
        .flat_map(|part| &part.notes)
        .map(|note| (note.start, note.start + note.length))
        .collect();
    notes.sort_unstable();
    let mut end = 0;
    let mut rests = Vec::new();
    for (start, stop) in notes {
        if end > 0 && start > end + longest {
            rests.push((end, start));
        }
        end = end.max(stop);
    }
    for part in parts.iter_mut().filter(|part| part.role != Role::Drums) {
        for (from, to) in &rests {
            // Every part's last notes before the rest, if they are not long over.
            let before = part.notes.iter().map(|note| note.start + note.length);
            let last = before.filter(|stop| stop <= from).max();
            let Some(last) = last.filter(|last| last + longest >= *from) else {
                continue;
            };
            for note in &mut part.notes {
                if note.start + note.length == last {
                    note.length = to - note.start;
                }
            }
        }
        part.tidy();
    }
}

fn metre(brief: &Brief) -> Metre {
    let steps = brief.metre.steps;
    // The beat of compound time is three eighths.
    let (beats, unit) = match steps % 4 {
        0 if brief.metre.steps_per_beat != 6 => (steps / 4, 4),
        0 | 2 => (steps / 2, 8),
        _ => (steps, 16),
    };
    Metre { beats, unit }
}

fn sections(vocabulary: &Vocabulary, brief: &Brief) -> Vec<Section> {
    let starts = brief.places.iter().enumerate();
    starts
        .filter(|(_, place)| place.phrase == 0)
        .map(|(bar, place)| Section {
            name: vocabulary.sections.get(usize::from(place.section)).cloned().unwrap_or_default(),
            bar: bar as u32,
            bars: place.length,
        })
        .collect()
}

struct Player<'a> {
    vocabulary: &'a Vocabulary,
    brief: &'a Brief,
    track: &'a Track,
    /// Ticks for which the last chord is held.
    ring: u32,
    /// Seconds of a tick.
    tick: f64,
}

impl Player<'_> {
    fn part(&self, bars: &[Bar], index: usize, dice: &mut Dice) -> Part {
        let (name, instrument) = &self.vocabulary.instruments[usize::from(self.track.instrument)];
        let mut part = Part {
            instrument: name.clone(),
            role: self.role(),
            program: instrument.program,
            notes: Vec::new(),
        };
        let bar_ticks = u32::from(self.brief.metre.steps) * STEP;
        for (at, bar) in bars.iter().enumerate() {
            for group in bar.tracks[index].iter().flatten() {
                let late = self.lateness(dice);
                let start = at as u32 * bar_ticks + self.offset(group.pos) + late;
                let last = bar.left == 0 && at > 0;
                // A groove has its own accents.
                let stress =
                    if self.track.drums { 1.0 } else { stress::of(self.brief.metre, group.pos) };
                let force = self.brief.demands[at].loudness * stress;
                self.play(group, (start, last, force), &mut part.notes, dice);
            }
        }
        part.tidy();
        part
    }

    /// Adds the notes of a group that starts at a tick, perhaps of the last bar, with a factor for
    /// its velocity.
    fn play(
        &self,
        group: &Group,
        (start, last, force): (u32, bool, f32),
        notes: &mut Vec<Note>,
        dice: &mut Dice,
    ) {
        let velocities = &self.vocabulary.velocities;
        let written = velocities
            .get(usize::from(group.vel))
            .or(velocities.last())
            .map_or(80.0, |velocity| f32::from(*velocity));
        let length = match () {
            () if self.track.drums => HIT,
            () if last => self.ring,
            () => u32::from(group.steps) * STEP - STEP / 8,
        };
        let strum = self.strum(group.keys.len());
        for (string, key) in group.keys.iter().enumerate() {
            let played = written * force + (dice.unit() - 0.5) * 9.0;
            let late = (strum * string as f64) as u32;
            notes.push(Note {
                start: start + late,
                length: length.saturating_sub(late).max(1),
                pitch: self.sounding(*key),
                velocity: played.round().clamp(1.0, 127.0) as u8,
            });
        }
    }

    /// Ticks from the start of the bar to step `pos`, with swing.
    fn offset(&self, pos: u8) -> u32 {
        let swing = self.vocabulary.styles[self.brief.style].1.swing;
        let straight = u32::from(pos) * STEP;
        let late = pos.checked_div(swing.unit).is_some_and(|times| times % 2 == 1)
            && pos.is_multiple_of(swing.unit);
        if !late {
            return straight;
        }
        straight + (swing.amount * f64::from(swing.unit) * f64::from(STEP)).round() as u32
    }

    /// Ticks by which a person is late, never early: a note stays behind its bar line, and no step overtakes the next.
    fn lateness(&self, dice: &mut Dice) -> u32 {
        let feel = self.vocabulary.styles[self.brief.style].1.feel;
        let behind = match self.role() {
            Role::Drums | Role::Bass => 0.0,
            _ => feel.late_ms,
        };
        let chance = f64::from(dice.unit()) * 2.0 * feel.spread_ms;
        self.ticks(behind + chance).min(f64::from(STEP / 4)) as u32
    }

    /// Ticks between the notes of a chord of so many.
    fn strum(&self, keys: usize) -> f64 {
        let instrument = &self.vocabulary.instruments[usize::from(self.track.instrument)].1;
        let most = f64::from(STEP / 4) / keys.max(1) as f64;
        if keys < 3 { 0.0 } else { self.ticks(instrument.strum_ms).min(most) }
    }

    fn ticks(&self, milliseconds: f64) -> f64 {
        milliseconds / 1000.0 / self.tick
    }

    /// Transposes to the key, and by octaves into the instrument's range.
    fn sounding(&self, key: u8) -> u8 {
        if self.track.drums {
            return key;
        }
        let instrument = &self.vocabulary.instruments[usize::from(self.track.instrument)].1;
        let tonic = i16::from(self.brief.tonic);
        let mut pitch = i16::from(key) + if tonic > 6 { tonic - 12 } else { tonic };
        let (low, high) = (i16::from(instrument.low), i16::from(instrument.high));
        while pitch < low - SLACK && pitch + 12 <= high {
            pitch += 12;
        }
        while pitch > high + SLACK && pitch - 12 >= low {
            pitch -= 12;
        }
        pitch.clamp(0, 127) as u8
    }

    fn role(&self) -> Role {
        let name = self.vocabulary.roles.get(usize::from(self.track.role));
        match name.map(String::as_str) {
            _ if self.track.drums => Role::Drums,
            Some("bass") => Role::Bass,
            Some("pad") => Role::Pad,
            Some("arp") => Role::Figure,
            Some("lead") => Role::Melody,
            Some("counter") => Role::Counter,
            _ => Role::Chords,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_rests_are_bridged() {
        let note = |start, length| Note { start, length, pitch: 60, velocity: 90 };
        let part = |role, notes| Part { instrument: String::new(), role, program: 0, notes };
        let mut parts = [
            part(Role::Melody, vec![note(0, 100), note(2000, 100)]),
            part(Role::Bass, vec![note(0, 40)]),
            part(Role::Drums, vec![note(0, 10)]),
        ];
        bridge_rests(&mut parts, 500);
        assert_eq!(parts[0].notes, [note(0, 2000), note(2000, 100)]);
        assert_eq!(parts[1].notes, [note(0, 2000)]);
        assert_eq!(parts[2].notes, [note(0, 10)]);
    }
}
