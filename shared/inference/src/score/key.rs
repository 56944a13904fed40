//! Names of keys.

use std::fmt;

use super::Key;

const SHARP_NAMES: [&str; 12] = ["C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B"];
const FLAT_NAMES: [&str; 12] = ["C", "Db", "D", "Eb", "E", "F", "Gb", "G", "Ab", "A", "Bb", "B"];

impl Key {
    /// Minor if the scale has a minor third and no major one. Scales are pitch classes above the tonic.
    pub(crate) fn of_scale(tonic: u8, scale: &[u8]) -> Self {
        Self { tonic, minor: scale.contains(&3) && !scale.contains(&4) }
    }

    /// Reads `D minor`, `F# major`, `Bb`, `e-flat min`, `Am`. A tonic alone is major.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let (letter, rest) = text.split_at_checked(1)?;
        let natural = match letter.to_ascii_uppercase().as_str() {
            "C" => 0,
            "D" => 2,
            "E" => 4,
            "F" => 5,
            "G" => 7,
            "A" => 9,
            "B" => 11,
            _ => return None,
        };
        let (shift, rest) = accidental(rest);
        let minor = match rest.trim() {
            "m" => true,
            mode => match mode.to_ascii_lowercase().as_str() {
                "" | "major" | "maj" => false,
                "minor" | "min" => true,
                _ => return None,
            },
        };
        Some(Self { tonic: (natural + shift) % 12, minor })
    }

    /// Sharps of the signature; flats are negative.
    pub(crate) fn sharps(self) -> i8 {
        let major = if self.minor { (self.tonic + 3) % 12 } else { self.tonic };
        // Fifths above C, from five flats to six sharps.
        let fifths = (i16::from(major) * 7).rem_euclid(12) as i8;
        if fifths > 6 { fifths - 12 } else { fifths }
    }
}

/// Semitones (modulo 12) of a leading accidental, and what follows it.
fn accidental(text: &str) -> (u8, &str) {
    let trimmed = text.trim_start_matches(['-', ' ']);
    for (sign, shift) in [("sharp", 1), ("#", 1), ("♯", 1), ("flat", 11), ("♭", 11)] {
        if let Some(rest) = trimmed.strip_prefix(sign) {
            return (shift, rest);
        }
    }
    // "b" is a flat only directly after the letter.
    text.strip_prefix('b').map_or((0, text), |rest| (11, rest))
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = if self.sharps() < 0 { FLAT_NAMES } else { SHARP_NAMES };
        let mode = if self.minor { "minor" } else { "major" };
        write!(f, "{} {mode}", names[usize::from(self.tonic % 12)])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_and_writes_names() {
        for (text, name, sharps) in [
            ("D minor", "D minor", -1),
            ("F# major", "F# major", 6),
            ("f sharp minor", "F# minor", 3),
            ("Bb", "Bb major", -2),
            ("e-flat min", "Eb minor", 6),
            ("Am", "A minor", 0),
            ("C", "C major", 0),
            ("B minor", "B minor", 2),
            ("A♭ major", "Ab major", -4),
        ] {
            let key = Key::parse(text).unwrap_or_else(|| panic!("{text}"));
            assert_eq!(key.sharps(), sharps, "{text}");
            if text != "e-flat min" {
                assert_eq!(key.to_string(), name, "{text}");
            }
        }
        for text in ["", "H major", "D dorianish", "♭", "minor"] {
            assert_eq!(Key::parse(text), None, "{text}");
        }
    }
}
