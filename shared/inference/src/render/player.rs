//! One part, played by `rustysynth`.

use std::sync::Arc;

use rustysynth::{SoundFont, Synthesizer, SynthesizerSettings};

use super::LEAD_IN;
use super::sound::{SAMPLE_RATE, Sound, frames_of};
use crate::error::EngineError;
use crate::progress::Progress;
use crate::score::{Part, Role, Score};

/// The channel that General MIDI keeps for drums.
const DRUM_CHANNEL: u8 = 9;
const VOICES: usize = 96;

/// MIDI messages and controllers (MIDI 1.0, table 3).
const NOTE_OFF: i32 = 0x80;
const NOTE_ON: i32 = 0x90;
const CONTROL: i32 = 0xB0;
const PROGRAM: i32 = 0xC0;
const VOLUME: i32 = 7;
const PAN: i32 = 10;
const REVERB: i32 = 91;
const CHORUS: i32 = 93;

/// Place of a part in the room; MIDI controller values, 0–127.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    /// 64 is the middle.
    pub(super) pan: u8,
    pub(super) reverb: u8,
    pub(super) chorus: u8,
}

/// When ticks are heard.
#[derive(Debug, Clone, Copy)]
pub(super) struct Time {
    /// Seconds before the first tick.
    pub(super) lead_in: f64,
    /// Seconds of a tick.
    pub(super) tick: f64,
}

impl Time {
    /// Of a work from its beginning: [`LEAD_IN`] comes first.
    pub(super) fn of(score: &Score) -> Self {
        Self { lead_in: LEAD_IN, tick: score.tick_seconds() }
    }

    /// The frame of a tick.
    pub(super) fn frame(self, tick: u32) -> usize {
        frames_of(self.lead_in + f64::from(tick) * self.tick)
    }
}

/// The channel of the part at `index`: 9 for drums, the others in order.
pub(crate) fn channel_of(index: usize, role: Role) -> u8 {
    let channel = (index % 15) as u8;
    match role {
        Role::Drums => DRUM_CHANNEL,
        _ if channel >= DRUM_CHANNEL => channel + 1,
        _ => channel,
    }
}

/// Plays `part` into `frames` frames.
pub(super) fn play(
    part: &Part,
    place: Place,
    time: Time,
    bank: &Arc<SoundFont>,
    frames: usize,
    progress: &mut Progress<'_, '_>,
) -> Result<Sound, EngineError> {
    let mut settings = SynthesizerSettings::new(SAMPLE_RATE as i32);
    settings.maximum_polyphony = VOICES;
    let mut synthesizer =
        Synthesizer::new(bank, &settings).map_err(EngineError::internal("synthesizer"))?;
    let channel = i32::from(channel_of(0, part.role));
    let control = |synthesizer: &mut Synthesizer, number, value| {
        synthesizer.process_midi_message(channel, CONTROL, number, i32::from(value));
    };
    synthesizer.process_midi_message(channel, PROGRAM, i32::from(part.program), 0);
    control(&mut synthesizer, VOLUME, 110);
    control(&mut synthesizer, PAN, place.pan);
    control(&mut synthesizer, REVERB, place.reverb);
    control(&mut synthesizer, CHORUS, place.chorus);

    let mut sound = Sound::silent(frames);
    let mut now = 0;
    for event in events(part, time) {
        let until = event.frame.min(frames);
        advance(&mut synthesizer, &mut sound, now, until, progress)?;
        now = until;
        let (message, velocity) = match event.velocity {
            0 => (NOTE_OFF, 0),
            velocity => (NOTE_ON, i32::from(velocity)),
        };
        synthesizer.process_midi_message(channel, message, i32::from(event.pitch), velocity);
    }
    advance(&mut synthesizer, &mut sound, now, frames, progress)?;
    Ok(sound)
}

/// Renders from `from` to `to`, reporting every second of sound.
fn advance(
    synthesizer: &mut Synthesizer,
    sound: &mut Sound,
    from: usize,
    to: usize,
    progress: &mut Progress<'_, '_>,
) -> Result<(), EngineError> {
    let mut now = from;
    while now < to {
        let next = to.min(now + SAMPLE_RATE as usize);
        synthesizer.render(&mut sound.left[now..next], &mut sound.right[now..next]);
        now = next;
        progress.at(now as f32 / sound.frames() as f32)?;
    }
    Ok(())
}

/// A note's start, or its end with a velocity of 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Event {
    frame: usize,
    // Ends sort before starts.
    velocity: u8,
    pitch: u8,
}

fn events(part: &Part, time: Time) -> Vec<Event> {
    let mut events = Vec::with_capacity(part.notes.len() * 2);
    for note in &part.notes {
        let mut push = |tick, velocity| {
            events.push(Event { frame: time.frame(tick), velocity, pitch: note.pitch & 127 });
        };
        push(note.start, note.velocity.clamp(1, 127));
        push(note.start + note.length, 0);
    }
    events.sort_unstable();
    events
}
