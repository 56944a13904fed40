//! The form of a piece, and the number of bars and the tempo that give it its exact length.

use reverie_domain::sketch::{LEAD_IN, ring as allowed};

use super::vocabulary::Style;

/// Share by which the length may move a tempo that nobody asked for.
pub(crate) const TEMPO_PLAY: f64 = 0.04;

/// Bars and tempo that fill a length exactly.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Fit {
    /// Including the last, in which the last chord starts.
    pub(crate) bars: u32,
    /// Beats per minute.
    pub(crate) bpm: f64,
    /// Seconds from the start of the last bar to the end of the track.
    pub(crate) ring: f64,
}

/// Chooses bars and tempo so that `LEAD_IN + (bars − 1) bars + ring = seconds`, with a tempo close to `bpm`, a ring of
/// about a bar, and whole phrases of four bars. The tempo moves by the share `most_play` at most.
pub(crate) fn fit(seconds: f64, beats_per_bar: f64, bpm: f64, most_play: f64) -> Fit {
    let bar = beats_per_bar * 60.0 / bpm;
    let wanted_ring = bar.clamp(2.0, 3.6);
    let most = (seconds / bar * 1.1) as u32 + 2;
    let mut best = (f64::INFINITY, alone(seconds, bar, bpm, most_play));
    for bars in 2..=most {
        for step in -20..=20 {
            let share = f64::from(step) / 20.0;
            let play = share * most_play;
            let played = bar / (1.0 + play);
            let ring = seconds - LEAD_IN - f64::from(bars - 1) * played;
            if !allowed(played).contains(&ring) {
                continue;
            }
            let phrase = match bars % 4 {
                0 | 1 => 0.0,
                2 => 0.5,
                _ => 0.8,
            };
            let cost = share.powi(2) * 0.7 + ((ring - wanted_ring) / 1.2).powi(2) + phrase;
            if cost < best.0 {
                let bpm = bpm * (1.0 + play);
                best = (cost, Fit { bars, bpm, ring });
            }
        }
    }
    best.1
}

/// For lengths that hold no second bar: a single one.
fn alone(seconds: f64, bar: f64, bpm: f64, most_play: f64) -> Fit {
    let play = (bar / (seconds - LEAD_IN).max(0.1)).clamp(1.0 - most_play, 1.0 + most_play);
    Fit { bars: 1, bpm: bpm * play, ring: seconds - LEAD_IN }
}

/// Names and lengths of the sections of `bars` bars, as the package's `FORMAT.md` describes them.
pub(crate) fn sections(bars: u32, style: &Style) -> Vec<(&'static str, u32)> {
    if let Some(long) = style.long_sections.as_ref().filter(|long| bars >= long.bars) {
        return long_sections(bars, long.bars);
    }
    let unit = if bars < 40 { 4 } else { 8 };
    let count = (bars / unit) as usize;
    let names: Vec<&str> = match count {
        0 | 1 => return vec![("verse", bars)],
        2 => vec!["verse", "chorus"],
        3 => vec!["intro", "verse", "chorus"],
        _ => {
            let start = ["verse", "chorus"];
            let rest = ["verse", "chorus", "bridge", "chorus"];
            let body = start.into_iter().chain(rest.into_iter().cycle());
            std::iter::once("intro").chain(body.take(count - 2)).chain(["outro"]).collect()
        }
    };
    let mut sections: Vec<_> = names.into_iter().map(|name| (name, unit)).collect();
    if let Some(last) = sections.last_mut() {
        last.1 += bars % unit;
    }
    sections
}

/// Sections of `length` bars; what is left over is the end.
fn long_sections(bars: u32, length: u32) -> Vec<(&'static str, u32)> {
    let names = ["verse", "chorus"].into_iter().cycle();
    let mut sections: Vec<_> =
        names.take((bars / length) as usize).map(|name| (name, length)).collect();
    match (bars % length, sections.last_mut()) {
        (rest @ 0..4, Some(last)) => last.1 += rest,
        (rest, _) => sections.push(("outro", rest)),
    }
    sections
}

#[cfg(test)]
mod tests {
    use super::*;

    fn style() -> Style {
        serde_json::from_value(serde_json::json!({
            "bpm": [60, 90, 120], "swing": {"unit": 0, "amount": 0}, "metres": {}, "modes": {}, "valence": 2,
            "energy": 2, "tracks": {}, "harmony": {"books": {}, "sevenths": 0, "slow": 0, "fast": 0,
            "cadences": 0, "one_loop": 0, "dominants": {}}
        }))
        .unwrap()
    }

    #[test]
    fn lengths_are_exact_and_tempi_close() {
        for seconds in [5.0, 8.3, 10.0, 17.0, 29.7, 30.0, 61.0, 180.0] {
            for bpm in [44.0, 50.0, 66.0, 90.0, 121.0, 174.0] {
                for beats in [2.0, 3.0, 4.0] {
                    let exact = fit(seconds, beats, bpm, 0.0);
                    assert_eq!(exact.bpm, bpm, "{seconds} s, {beats} beats");
                    let fit = fit(seconds, beats, bpm, TEMPO_PLAY);
                    let bar = beats * 60.0 / fit.bpm;
                    let total = LEAD_IN + f64::from(fit.bars - 1) * bar + fit.ring;
                    let case = format!("{seconds} s, {bpm} bpm, {beats} beats: {fit:?}");
                    assert!((total - seconds).abs() < 1e-9, "{case}");
                    assert!((fit.bpm / bpm - 1.0).abs() < TEMPO_PLAY + 1e-9, "{case}");
                    assert!(allowed(bar).contains(&fit.ring), "{case}");
                }
            }
        }
    }

    #[test]
    fn long_sections_come_again() {
        assert_eq!(long_sections(13, 12), [("verse", 13)]);
        assert_eq!(long_sections(29, 12), [("verse", 12), ("chorus", 12), ("outro", 5)]);
    }

    #[test]
    fn forms_of_the_format() {
        let sections = |bars| sections(bars, &style());
        assert_eq!(sections(3), [("verse", 3)]);
        assert_eq!(sections(9), [("verse", 4), ("chorus", 5)]);
        assert_eq!(sections(13), [("intro", 4), ("verse", 4), ("chorus", 5)]);
        let long = sections(81);
        assert_eq!(long.iter().map(|(_, bars)| bars).sum::<u32>(), 81);
        let names: Vec<_> = long.iter().map(|(name, _)| *name).collect();
        let expected = "intro verse chorus verse chorus bridge chorus verse chorus outro";
        assert_eq!(names.join(" "), expected);
    }
}
