//! The title that a prompt puts into quotation marks.

use reverie_domain::storyboard::is_drawable;

/// Marks that begin and end a quotation.
const MARKS: [(char, char); 5] = [('"', '"'), ('“', '”'), ('„', '“'), ('«', '»'), ('„', '”')];

/// The first quotation that can be drawn as a title of at most `longest` characters, and the prompt
/// without it: its words say nothing about the picture.
pub(super) fn quoted(prompt: &str, longest: usize) -> (Option<String>, String) {
    let found = MARKS.iter().filter_map(|(begin, end)| {
        let from = prompt.find(*begin)?;
        let inner = from + begin.len_utf8();
        let length = prompt.get(inner..)?.find(*end)?;
        Some((from, inner, inner + length, inner + length + end.len_utf8()))
    });
    let Some((from, inner, to, after)) = found.min() else { return (None, prompt.to_owned()) };
    let title = prompt.get(inner..to).unwrap_or_default().trim();
    let fits =
        !title.is_empty() && title.chars().count() <= longest && title.chars().all(is_drawable);
    if !fits {
        return (None, prompt.to_owned());
    }
    let rest = [prompt.get(..from), prompt.get(after..)].map(Option::unwrap_or_default).join(" ");
    (Some(title.to_owned()), rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quotation_is_a_title_and_no_part_of_the_picture() {
        let (title, rest) = quoted("a rocket, titled \"To the Moon\", at night", 60);
        assert_eq!(title.as_deref(), Some("To the Moon"));
        assert_eq!(rest, "a rocket, titled  , at night");
        assert_eq!(quoted("“Привет” on a hill", 60).0.as_deref(), Some("Привет"));
        for untitled in ["a cat", "a \"\" cat", "a \" cat", "a “cat", "\"月\" rises"] {
            assert_eq!(quoted(untitled, 60), (None, untitled.to_owned()));
        }
        assert_eq!(quoted("\"too long\"", 4).0, None);
    }
}
