//! Titles: letters of an embedded font that rise into the picture and fade out of it.

use tiny_skia::{Path, PathBuilder, Pixmap, Transform};
use ttf_parser::gpos::{PairAdjustment, PositioningSubtable};
use ttf_parser::{Face, GlyphId, OutlineBuilder};

use super::Size;
use super::noise::ease;
use super::pen::{Pen, Rgb};
use super::plate::{Area, Plate};

/// Inter, under the SIL Open Font License; see `fonts/README.md`.
const FONT: &[u8] = include_bytes!("../../../fonts/InterDisplay-Bold.otf");
/// The height of capital letters, as a share of the frame's.
const TALL: f32 = 0.082;
/// Where the last line stands: low, and over what moves on the ground.
const FOOT: (f32, f32) = (0.36, -0.24);
/// From one line to the next, in heights of capital letters.
const LEADING: f32 = 1.5;
/// Longer titles have two lines.
const ONE_LINE: usize = 22;
/// How long a title comes and goes, in seconds, at most a quarter of its shot.
const COMING: f32 = 0.7;

/// The lines of a title.
pub(super) struct Title {
    lines: Vec<Plate>,
    seconds: f32,
}

impl Title {
    /// Below, or `high`. `None` if the font has none of its letters.
    pub(super) fn new(text: &str, size: Size, seconds: f32, high: bool) -> Option<Self> {
        let face = Face::parse(FONT, 0).ok()?;
        let lines: Vec<(Path, f32)> =
            broken(text).iter().filter_map(|line| outline(&face, line)).collect();
        let widest = lines.iter().map(|(_, width)| *width).fold(0.0, f32::max);
        let capital = f32::from(face.capital_height().filter(|h| *h > 0).unwrap_or(700));
        // In a narrow picture it may fill the width.
        let scale = (TALL / capital).min(0.86 * size.aspect() / widest.max(1.0));
        let count = lines.len();
        let plates = lines.iter().enumerate().filter_map(|(index, (path, width))| {
            let foot = if high { FOOT.1 } else { FOOT.0 };
            let foot = foot - (count - 1 - index) as f32 * LEADING * capital * scale;
            let to = Transform::from_row(scale, 0.0, 0.0, -scale, -width * scale / 2.0, foot);
            let path = path.clone().transform(to)?;
            let bounds = path.bounds();
            let area = Area {
                left: bounds.left(),
                top: bounds.top(),
                right: bounds.right(),
                bottom: bounds.bottom(),
            };
            let draw = |pen: &mut Pen<'_>| letters(pen, path);
            Plate::drawn(1.0, size.height as f32, area.wider(0.04), draw)
        });
        let lines: Vec<Plate> = plates.collect();
        (!lines.is_empty()).then_some(Self { lines, seconds })
    }

    /// Draws it as it is `time` seconds after its shot began. The view does not move it.
    pub(super) fn draw(&self, frame: &mut Pixmap, time: f32) {
        let (wide, high) = (frame.width() as f32, frame.height() as f32);
        let view = Transform::from_row(high, 0.0, 0.0, high, wide / 2.0, high / 2.0);
        let coming = COMING.min(self.seconds / 4.0);
        for (index, line) in self.lines.iter().enumerate() {
            let since = (time - 0.25 * coming * (1 + index) as f32) / coming;
            let left = (self.seconds - time) / coming;
            let opacity = ease(since) * ease(left * 1.6);
            let rise = 0.035 * (1.0 - since.clamp(0.0, 1.0)).powi(3);
            match opacity {
                opacity if opacity <= 0.004 => {}
                opacity if opacity >= 0.996 => line.lay(frame, view, (0.0, 0.0)),
                opacity => line.faded(opacity).lay(frame, view, (0.0, rise)),
            }
        }
    }
}

/// White letters with a soft shadow, so that they are read on any picture.
fn letters(pen: &mut Pen<'_>, path: Path) {
    let mut shadow = pen.within(Transform::from_translate(0.0, 0.004));
    for (width, alpha) in [(0.05, 0.05), (0.034, 0.07), (0.02, 0.1), (0.009, 0.16)] {
        shadow.stroke_path(Some(path.clone()), width, Rgb::BLACK.alpha(alpha));
    }
    pen.fill(Some(path), Rgb::WHITE);
}

/// In two lines of about the same length, if it is long.
fn broken(text: &str) -> Vec<&str> {
    let spaces = text.char_indices().filter(|(_, letter)| *letter == ' ').map(|(at, _)| at);
    let middle = spaces.min_by_key(|at| (2 * at).abs_diff(text.len()));
    match middle.filter(|_| text.chars().count() > ONE_LINE) {
        Some(at) => vec![text[..at].trim(), text[at..].trim()],
        None => vec![text.trim()],
    }
}

/// The outline of a line, and its width, in the units of the font.
fn outline(face: &Face<'_>, text: &str) -> Option<(Path, f32)> {
    let mut outline = Outline { path: PathBuilder::new(), x: 0.0 };
    let mut before: Option<GlyphId> = None;
    for glyph in text.chars().filter_map(|letter| face.glyph_index(letter)) {
        outline.x += before.map_or(0.0, |before| kerning(face, before, glyph));
        // A space has none.
        let _ = face.outline_glyph(glyph, &mut outline);
        outline.x += f32::from(face.glyph_hor_advance(glyph).unwrap_or_default());
        before = Some(glyph);
    }
    let width = outline.x;
    Some((outline.path.finish()?, width))
}

/// How far two letters are moved apart.
fn kerning(face: &Face<'_>, left: GlyphId, right: GlyphId) -> f32 {
    let Some(gpos) = face.tables().gpos else { return 0.0 };
    let tables = gpos.lookups.into_iter().flat_map(|lookup| lookup.subtables.into_iter());
    let moved = tables.filter_map(|table| match table {
        PositioningSubtable::Pair(PairAdjustment::Format1 { coverage, sets }) => {
            Some(sets.get(coverage.get(left)?)?.get(right)?.0.x_advance)
        }
        PositioningSubtable::Pair(PairAdjustment::Format2 { coverage, classes, matrix }) => {
            coverage.get(left)?;
            let (first, second) = (classes.0.get(left), classes.1.get(right));
            Some(matrix.get((first, second))?.0.x_advance)
        }
        _ => None,
    });
    f32::from(moved.into_iter().next().unwrap_or_default())
}

struct Outline {
    path: PathBuilder,
    x: f32,
}

impl OutlineBuilder for Outline {
    fn move_to(&mut self, x: f32, y: f32) {
        self.path.move_to(self.x + x, y);
    }

    fn line_to(&mut self, x: f32, y: f32) {
        self.path.line_to(self.x + x, y);
    }

    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        self.path.quad_to(self.x + x1, y1, self.x + x, y);
    }

    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        self.path.cubic_to(self.x + x1, y1, self.x + x2, y2, self.x + x, y);
    }

    fn close(&mut self) {
        self.path.close();
    }
}

#[cfg(test)]
mod tests {
    use reverie_domain::storyboard::is_drawable;

    use super::*;

    #[test]
    fn the_font_has_every_letter_that_a_title_may_have() {
        let face = Face::parse(FONT, 0).expect("font");
        let letters = ('\0'..=char::MAX).filter(|letter| is_drawable(*letter));
        let missing: Vec<char> = letters.filter(|l| face.glyph_index(*l).is_none()).collect();
        assert!(missing.is_empty(), "{missing:?}");
    }

    #[test]
    fn a_long_title_has_two_lines() {
        assert_eq!(broken("To the Moon"), ["To the Moon"]);
        assert_eq!(
            broken("A long way to the moon and back"),
            ["A long way to the", "moon and back"]
        );
        assert_eq!(broken("Donaudampfschifffahrtsgesellschaft").len(), 1);
    }

    #[test]
    fn pairs_of_letters_are_kerned() {
        let face = Face::parse(FONT, 0).expect("font");
        let glyph = |letter: char| face.glyph_index(letter).expect("glyph");
        assert!(kerning(&face, glyph('A'), glyph('V')) < 0.0);
        assert_eq!(kerning(&face, glyph('H'), glyph('H')), 0.0);
    }

    #[test]
    fn a_title_comes_stays_and_goes() {
        for size in [Size { width: 1280, height: 720 }, Size { width: 720, height: 1280 }] {
            let title = Title::new("Über den Wolken — ЛЕТО", size, 4.0, true).expect("title");
            let white = |time: f32| {
                let mut frame = Pixmap::new(size.width, size.height).expect("frame");
                frame.fill(tiny_skia::Color::from_rgba8(60, 90, 120, 255));
                title.draw(&mut frame, time);
                frame.pixels().iter().filter(|pixel| pixel.red() > 200).count()
            };
            let stays = white(2.0);
            assert!(stays > 3_000, "{stays}");
            assert_eq!(white(2.5), stays);
            assert_eq!((white(0.0), white(4.0)), (0, 0));
        }
    }
}
