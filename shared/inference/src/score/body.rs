//! The bars of a piece that can be repeated.

use std::ops::Range;

use super::Score;

/// Bars of a phrase.
const PHRASE: u32 = 4;

impl Score {
    /// The bars that make a loop: the sections between intro and outro, without the last bar, in which the
    /// piece comes to rest, and up to the end of a phrase. All but the last bar where nothing is between; at
    /// least one bar.
    pub(crate) fn body(&self) -> Range<u32> {
        let inner = |name: &str| !matches!(name, "intro" | "outro");
        let (mut from, mut last) = (None, None);
        for section in self.sections.iter().filter(|section| inner(&section.name)) {
            from = from.or(Some(section.bar));
            last = Some(section);
        }
        let end = self.sections.last().map_or(1, |section| section.bar + section.bars);
        let from = from.unwrap_or(0);
        let (start, to) = last.map_or((0, end), |last| (last.bar, last.bar + last.bars));
        if to < end {
            return from..to;
        }
        let left = (to - start).saturating_sub(1);
        // Half a phrase is better than nothing, but worse than what comes before it alone.
        let whole = if left >= PHRASE || from < start { left - left % PHRASE } else { left };
        from..(start + whole).max(from + 1)
    }
}

#[cfg(test)]
mod tests {
    use crate::score::{Key, Metre, Score, Section};

    fn body(form: &[(&str, u32)]) -> (u32, u32) {
        let mut bar = 0;
        let sections = form.iter().map(|(name, bars)| {
            bar += bars;
            Section { name: (*name).to_owned(), bar: bar - bars, bars: *bars }
        });
        let body = Score {
            tempo_bpm: 120.0,
            metre: Metre { beats: 4, unit: 4 },
            key: Key { tonic: 0, minor: false },
            sections: sections.collect(),
            parts: Vec::new(),
        }
        .body();
        (body.start, body.end)
    }

    #[test]
    fn a_body_is_what_can_follow_itself() {
        assert_eq!(body(&[("intro", 4), ("verse", 4), ("chorus", 8), ("outro", 5)]), (4, 16));
        assert_eq!(body(&[("intro", 4), ("verse", 4), ("chorus", 5)]), (4, 12));
        assert_eq!(body(&[("verse", 4), ("chorus", 7)]), (0, 8));
        assert_eq!(body(&[("verse", 4), ("chorus", 4)]), (0, 4));
        assert_eq!(body(&[("verse", 3)]), (0, 2));
        assert_eq!(body(&[("verse", 1)]), (0, 1));
        assert_eq!(body(&[("intro", 4), ("outro", 7)]), (0, 8));
        assert_eq!(body(&[("verse", 4), ("outro", 1), ("chorus", 1)]), (0, 5));
    }
}
