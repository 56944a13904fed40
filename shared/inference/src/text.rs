//! What the readers of prompts have in common: words, and the buckets that their parts are hashed to.

/// Maximal runs of `a–z`, `0–9` and characters from U+0080 on, in lower case.
pub(crate) fn words(prompt: &str, most: usize) -> Vec<String> {
    let text: String = prompt.to_lowercase().chars().filter(|c| !matches!(c, '\'' | '’')).collect();
    text.split(|c: char| !(c.is_ascii_lowercase() || c.is_ascii_digit() || c >= '\u{80}'))
        .filter(|word| !word.is_empty())
        .take(most)
        .map(str::to_owned)
        .collect()
}

/// 1 + FNV-1a modulo the buckets but one.
pub(crate) fn bucket(text: &str, buckets: u32) -> i64 {
    i64::from(1 + fnv1a(text.as_bytes()) % (buckets - 1))
}

/// FNV-1a with 32 bits, draft-eastlake-fnv section 2.
fn fnv1a(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hash_is_fnv1a() {
        // Test vectors of draft-eastlake-fnv, appendix C.
        assert_eq!(fnv1a(b""), 0x811c_9dc5);
        assert_eq!(fnv1a(b"foobar"), 0xbf9c_f968);
    }

    #[test]
    fn words_are_split_and_lowered() {
        assert_eq!(
            words("Don’t STOP: lo-fi, Émile's 90bpm!", 96),
            ["dont", "stop", "lo", "fi", "émiles", "90bpm"]
        );
        assert_eq!(words("a b c", 2), ["a", "b"]);
    }
}
