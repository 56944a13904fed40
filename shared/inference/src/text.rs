//! What the readers of prompts have in common: WordPiece, by which prompts become numbers, as BERT's uncased models
//! are trained with it (Devlin et al. 2019; the reference is `BertTokenizer` of Hugging Face's transformers).

use std::collections::HashMap;

use icu_normalizer::DecomposingNormalizerBorrowed;
use icu_properties::CodePointMapDataBorrowed;
use icu_properties::props::{GeneralCategory, GeneralCategoryGroup};

use crate::error::PackageError;
use crate::package::Package;

/// A longer word is unknown.
const LONGEST_WORD: usize = 100;

/// Cuts prompts into pieces. The file has one piece a line, whose number is the line's; `##` marks those that go on
/// with a word.
#[derive(Debug)]
pub(crate) struct Pieces {
    numbers: HashMap<String, i64>,
    unknown: i64,
    ends: [i64; 2],
    /// The most pieces, with the marks of the ends.
    most: usize,
}

impl Pieces {
    /// The file that it reads of a package.
    pub(crate) const FILE: &'static str = "pieces.txt";

    pub(crate) fn load(package: &Package, most: usize) -> Result<Self, PackageError> {
        Self::parse(&package.read(Self::FILE)?, most)
            .map_err(|error| package.content(Self::FILE, error))
    }

    pub(crate) fn parse(file: &[u8], most: usize) -> Result<Self, String> {
        let text = std::str::from_utf8(file).map_err(|error| error.to_string())?;
        let numbers: HashMap<String, i64> = text.lines().map(str::to_owned).zip(0..).collect();
        let mark = |name: &str| {
            numbers.get(name).copied().ok_or_else(|| format!("there is no piece {name}"))
        };
        let (unknown, ends) = (mark("[UNK]")?, [mark("[CLS]")?, mark("[SEP]")?]);
        Ok(Self { unknown, ends, numbers, most: most.max(ends.len()) })
    }

    /// The numbers of a prompt's pieces, between the marks of its ends. A long prompt is cut.
    pub(crate) fn of(&self, prompt: &str) -> Vec<i64> {
        let mut ids = vec![self.ends[0]];
        for word in words(prompt) {
            self.append(&word, &mut ids);
            if ids.len() >= self.most {
                break;
            }
        }
        ids.truncate(self.most - 1);
        ids.push(self.ends[1]);
        ids
    }

    /// The longest piece that a word begins with, then the longest that goes on, and so forth.
    fn append(&self, word: &str, ids: &mut Vec<i64>) {
        let from = ids.len();
        let mut rest = if word.chars().count() > LONGEST_WORD { "" } else { word };
        while !rest.is_empty() {
            let mark = if rest.len() == word.len() { "" } else { "##" };
            let ends = rest.char_indices().map(|(at, c)| at + c.len_utf8()).rev();
            let mut pieces = ends.map(|end| (end, format!("{mark}{}", &rest[..end])));
            let found = pieces.find_map(|(end, piece)| Some((end, *self.numbers.get(&piece)?)));
            let Some((end, id)) = found else { break };
            ids.push(id);
            rest = &rest[end..];
        }
        if !rest.is_empty() || ids.len() == from {
            ids.truncate(from);
            ids.push(self.unknown);
        }
    }
}

/// Words in lower case and without accents; punctuation and ideographs are words of their own.
fn words(prompt: &str) -> Vec<String> {
    let kinds = CodePointMapDataBorrowed::<GeneralCategory>::new();
    let kind = |c: char| kinds.get(c);
    let clean: String =
        prompt.chars().filter(|c| c.is_whitespace() || !nothing(*c, kind(*c))).collect();
    let plain = DecomposingNormalizerBorrowed::new_nfd().normalize(&clean).into_owned();
    let accent = |c: &char| kind(*c) == GeneralCategory::NonspacingMark;
    let (mut words, mut word) = (Vec::new(), String::new());
    for c in plain.chars().filter(|c| !accent(c)).flat_map(char::to_lowercase) {
        let alone = is_ideograph(c)
            || c.is_ascii_punctuation()
            || GeneralCategoryGroup::Punctuation.contains(kind(c));
        if !(alone || c.is_whitespace()) {
            word.push(c);
            continue;
        }
        words.push(std::mem::take(&mut word));
        if alone {
            words.push(c.to_string());
        }
    }
    words.push(word);
    words.retain(|word| !word.is_empty());
    words
}

/// Characters that stand for nothing.
fn nothing(c: char, kind: GeneralCategory) -> bool {
    c == char::REPLACEMENT_CHARACTER || GeneralCategoryGroup::Other.contains(kind)
}

/// CJK Unified Ideographs, their extensions A to E, and the compatibility ideographs.
fn is_ideograph(c: char) -> bool {
    matches!(c,
        '\u{4e00}'..='\u{9fff}' | '\u{3400}'..='\u{4dbf}' | '\u{20000}'..='\u{2a6df}'
        | '\u{2a700}'..='\u{2b73f}' | '\u{2b740}'..='\u{2b81f}' | '\u{2b920}'..='\u{2ceaf}'
        | '\u{f900}'..='\u{faff}' | '\u{2f800}'..='\u{2fa1f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(most: usize) -> Pieces {
        let file = "[PAD]\n[UNK]\n[CLS]\n[SEP]\nsad\n##der\n##d\npiano\n,\n静\ne\n##t\n##e\n'";
        Pieces::parse(file.as_bytes(), most).expect("pieces")
    }

    #[test]
    fn words_are_cut_into_the_longest_pieces() {
        assert_eq!(pieces(96).of("Sadder PIANO, Été"), [2, 4, 5, 7, 8, 10, 11, 12, 3]);
        assert_eq!(pieces(96).of("sad-piano 静静\u{0}"), [2, 4, 1, 7, 9, 9, 3]);
        assert_eq!(pieces(96).of("sadly"), [2, 1, 3], "no part of a word that is not known whole");
        assert_eq!(pieces(96).of(""), [2, 3]);
        assert_eq!(pieces(96).of(&"e".repeat(101)), [2, 1, 3]);
    }

    #[test]
    fn a_long_prompt_is_cut() {
        assert_eq!(pieces(4).of("piano piano piano piano"), [2, 7, 7, 3]);
        assert_eq!(pieces(4).of("piano sadder piano"), [2, 7, 4, 3]);
    }

    #[test]
    fn a_file_without_marks_is_refused() {
        Pieces::parse(b"piano\n[UNK]", 96).expect_err("no ends");
    }
}
