//! Tokens and what they mean.

use super::index_of;
use super::tables::Document;

/// One token. Values are indices into the tables of the vocabulary unless they say otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Token {
    Pad,
    Bos,
    Eos,
    Style(u8),
    /// 0–4, sad to happy.
    Valence(u8),
    /// 0–4, calm to driving.
    Energy(u8),
    Tempo(u8),
    Metre(u8),
    Mode(u8),
    /// 0–3, sparse to dense.
    Density(u8),
    Track(u8),
    Inst(u8),
    /// Bar within its section, modulo 8.
    Bar(u8),
    /// Bars that follow.
    Left(u8),
    Section(u8),
    /// Semitones of the root above the tonic, and the quality.
    Chord(u8, u8),
    /// Bars back.
    Back(u8),
    /// Step of the bar.
    Pos(u8),
    Vel(u8),
    /// MIDI key, with C as the tonic.
    Pitch(u8),
    /// General MIDI percussion key.
    Drum(u8),
    /// Steps.
    Dur(u8),
}

impl Token {
    /// Reads `NAME_value`.
    pub(super) fn parse(text: &str, tables: &Document) -> Result<Self, String> {
        let wrong = || format!("token {text:?} is not understood");
        let (name, value) = text.split_once('_').unwrap_or((text, ""));
        let number = || value.parse::<u8>().map_err(|_| wrong());
        let place = |index: Option<usize>| {
            index.and_then(|index| u8::try_from(index).ok()).ok_or_else(wrong)
        };
        let listed = |names: &[String]| place(names.iter().position(|other| other == value));
        Ok(match name {
            "<pad>" => Self::Pad,
            "<bos>" => Self::Bos,
            "<eos>" => Self::Eos,
            "STYLE" => Self::Style(place(index_of(&tables.styles, value))?),
            "VALENCE" => Self::Valence(number()?),
            "ENERGY" => Self::Energy(number()?),
            "TEMPO" => Self::Tempo(number()?),
            "METRE" => Self::Metre(place(index_of(&tables.metres, value))?),
            "MODE" => Self::Mode(place(index_of(&tables.modes, value))?),
            "DENSITY" => Self::Density(number()?),
            "TRACK" => Self::Track(listed(&tables.roles)?),
            "INST" => Self::Inst(place(index_of(&tables.instruments, value))?),
            "BAR" => Self::Bar(number()?),
            "LEFT" => Self::Left(number()?),
            "SECTION" => Self::Section(listed(&tables.sections)?),
            "CHORD" => {
                let (root, quality) = value.split_once('_').ok_or_else(wrong)?;
                let root = root.parse().map_err(|_| wrong())?;
                Self::Chord(root, place(index_of(&tables.qualities, quality))?)
            }
            "BACK" => Self::Back(number()?),
            "POS" => Self::Pos(number()?),
            "VEL" => Self::Vel(number()?),
            "PITCH" => Self::Pitch(number()?),
            "DRUM" => Self::Drum(number()?),
            "DUR" => Self::Dur(number()?),
            _ => return Err(wrong()),
        })
    }
}
