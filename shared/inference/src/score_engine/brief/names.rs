//! Words of a prompt that name roles and instruments.

/// Whether a word of a prompt names this role.
pub(in crate::score_engine) fn names_role(word: &str, role: &str) -> bool {
    let word = word.strip_suffix('s').filter(|w| w.len() > 2).unwrap_or(word);
    let role = role.strip_suffix('s').unwrap_or(role);
    word == role
        || match role {
            "drum" => matches!(word, "percussion" | "beat" | "kick" | "snare" | "cymbal"),
            "bas" | "bass" => matches!(word, "bas" | "bass" | "bassline" | "basse"),
            "lead" => matches!(word, "melody" | "melodie" | "solo"),
            "comp" => word == "chord",
            _ => false,
        }
}

/// Whether a word of a prompt names this instrument, by its whole name or by a part such as `guitar`.
pub(in crate::score_engine) fn names_instrument(word: &str, instrument: &str) -> bool {
    let same = |word: &str| {
        instrument == word || word.len() > 3 && instrument.split('_').any(|part| part == word)
    };
    let generic = matches!(
        word,
        "lead" | "bass" | "pad" | "power" | "clean" | "finger" | "synth" | "electric"
    );
    !generic && (same(word) || word.strip_suffix('s').is_some_and(same))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_name_roles_and_instruments() {
        for (word, role) in [
            ("drums", "drums"),
            ("drum", "drums"),
            ("percussion", "drums"),
            ("bassline", "bass"),
            ("bass", "bass"),
            ("melody", "lead"),
        ] {
            assert!(names_role(word, role), "{word} {role}");
        }
        assert!(!names_role("piano", "lead"));
        for (word, instrument) in [
            ("piano", "piano"),
            ("guitars", "nylon_guitar"),
            ("strings", "synth_strings"),
            ("flute", "pan_flute"),
        ] {
            assert!(names_instrument(word, instrument), "{word} {instrument}");
        }
        for (word, instrument) in
            [("lead", "saw_lead"), ("pan", "pan_flute"), ("bass", "synth_bass")]
        {
            assert!(!names_instrument(word, instrument), "{word} {instrument}");
        }
    }
}
