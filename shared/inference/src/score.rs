//! A finished score: what engines write and what is rendered and saved.

mod body;
mod key;

use serde::Serialize;

/// Ticks per quarter note.
pub(crate) const TICKS_PER_QUARTER: u32 = 480;

/// A piece of music in notes.
#[derive(Debug, Clone)]
pub(crate) struct Score {
    /// Quarter notes per minute.
    pub(crate) tempo_bpm: f64,
    pub(crate) metre: Metre,
    pub(crate) key: Key,
    pub(crate) sections: Vec<Section>,
    pub(crate) parts: Vec<Part>,
}

/// Beats per bar, over the note value of a beat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Metre {
    pub(crate) beats: u8,
    /// 4 for quarter notes, 8 for eighths.
    pub(crate) unit: u8,
}

/// A tonic and a mode.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Key {
    /// Pitch class of the tonic, 0 is C.
    pub(crate) tonic: u8,
    pub(crate) minor: bool,
}

/// A stretch of bars with one function in the form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Section {
    pub(crate) name: String,
    /// First bar, from 0.
    pub(crate) bar: u32,
    pub(crate) bars: u32,
}

/// What one instrument plays.
#[derive(Debug, Clone)]
pub(crate) struct Part {
    /// Such as `piano`.
    pub(crate) instrument: String,
    pub(crate) role: Role,
    /// General MIDI program, 0–127; a kit number for drums.
    pub(crate) program: u8,
    pub(crate) notes: Vec<Note>,
}

/// What a part is for, which decides its level and place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    Drums,
    Bass,
    Chords,
    Pad,
    Figure,
    Melody,
    Counter,
}

/// A note; times in ticks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Note {
    pub(crate) start: u32,
    pub(crate) length: u32,
    /// MIDI key number.
    pub(crate) pitch: u8,
    /// 1–127.
    pub(crate) velocity: u8,
}

impl Score {
    /// Length of a tick in seconds.
    pub(crate) fn tick_seconds(&self) -> f64 {
        60.0 / (self.tempo_bpm * f64::from(TICKS_PER_QUARTER))
    }
}

impl Role {
    /// As vocabularies name it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Drums => "drums",
            Self::Bass => "bass",
            Self::Chords => "comp",
            Self::Pad => "pad",
            Self::Figure => "arp",
            Self::Melody => "lead",
            Self::Counter => "counter",
        }
    }
}

impl Metre {
    pub(crate) fn bar_ticks(self) -> u32 {
        u32::from(self.beats) * TICKS_PER_QUARTER * 4 / u32::from(self.unit)
    }
}

impl std::fmt::Display for Metre {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.beats, self.unit)
    }
}

impl Part {
    /// Puts the notes in order and ends each before the next one on the same pitch: a synthesizer would otherwise
    /// end both at the first end.
    pub(crate) fn tidy(&mut self) {
        self.notes.sort_unstable();
        self.notes.dedup_by_key(|note| (note.start, note.pitch));
        let mut next_start = [u32::MAX; 128];
        for note in self.notes.iter_mut().rev() {
            let next = &mut next_start[usize::from(note.pitch & 127)];
            note.length = note.length.min(next.saturating_sub(note.start)).max(1);
            *next = note.start;
        }
    }
}
