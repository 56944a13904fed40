//! Which drawing a subject has.

use reverie_domain::storyboard::Shape;

use super::pen::{Pen, Rgb};
use super::{animals, beasts, creatures, objects, small, things, wheels};

/// What a drawing depends on.
#[derive(Debug, Clone, Copy)]
pub(super) struct Look {
    /// In the light of its shot.
    pub(super) colour: Rgb,
    /// What fixed hues are multiplied by.
    pub(super) light: Rgb,
    /// Seconds, slower for one that stays where it is.
    pub(super) phase: f32,
    pub(super) night: bool,
    /// Whether it goes anywhere.
    pub(super) moves: bool,
}

impl Look {
    /// A fixed hue in the light of the shot.
    pub(super) fn hue(&self, rgb: u32) -> Rgb {
        Rgb::hex(rgb).lit(self.light)
    }

    /// A wave of time, -1 to 1, `pace` radians a second.
    pub(super) fn wave(&self, pace: f32) -> f32 {
        (self.phase * pace).sin()
    }

    /// The colour of manes and spots: far from the main one.
    pub(super) fn accent(&self) -> Rgb {
        // Whatever the hour.
        match self.colour.level() < 0.3 * self.light.level() {
            true => self.colour.lighter(0.3),
            false => self.colour.darker(0.5),
        }
    }
}

/// Draws a shape that looks to the right, stands on 0 and is 1 high.
pub(super) fn draw(pen: &mut Pen<'_>, shape: Shape, look: &Look) {
    let Look { colour, phase, night, moves, .. } = *look;
    match shape {
        Shape::Cat => animals::cat(pen, colour, phase),
        Shape::Dog => animals::dog(pen, colour, phase),
        Shape::Bird => animals::bird(pen, colour, phase),
        Shape::Fish => animals::fish(pen, colour, phase),
        Shape::Butterfly => animals::butterfly(pen, colour, phase),
        Shape::Whale => animals::whale(pen, colour, phase),
        Shape::Person => things::person(pen, colour, phase, moves),
        Shape::Robot => things::robot(pen, colour, phase),
        Shape::Car => wheels::car(pen, colour, phase, night, moves),
        Shape::Boat => things::boat(pen, colour),
        Shape::Rocket => things::rocket(pen, colour, phase, moves),
        Shape::Plane => things::plane(pen, colour),
        Shape::Balloon => things::balloon(pen, colour),
        Shape::Ball => things::ball(pen, colour),
        Shape::Tree => things::tree(pen, colour, phase),
        Shape::House => things::house(pen, colour, night),
        Shape::Flower => things::flower(pen, colour, phase),
        Shape::Horse => beasts::horse(pen, look),
        Shape::Elephant => beasts::elephant(pen, look),
        Shape::Bear => beasts::bear(pen, look),
        Shape::Rabbit => small::rabbit(pen, look),
        Shape::Frog => small::frog(pen, look),
        Shape::Turtle => small::turtle(pen, look),
        Shape::Dragon => creatures::dragon(pen, look),
        Shape::Jellyfish => creatures::jellyfish(pen, look),
        Shape::Bicycle => wheels::bicycle(pen, look),
        Shape::Train => wheels::train(pen, look),
        Shape::Lantern => objects::lantern(pen, look),
        Shape::Cup => objects::cup(pen, look),
        Shape::Umbrella => objects::umbrella(pen, look),
        Shape::Kite => objects::kite(pen, look),
        Shape::Planet => objects::planet(pen, look),
    }
}

#[cfg(test)]
mod tests {
    use tiny_skia::{Pixmap, Transform};

    use super::*;

    /// Pixels of a shape's height.
    const UNIT: f32 = 100.0;
    /// Pixels above and below where it stands.
    const ABOVE: u32 = 160;
    const BELOW: u32 = 60;

    fn drawn(shape: Shape, change: impl FnOnce(&mut Look)) -> Pixmap {
        let mut look = Look {
            colour: Rgb::hex(0xDE2F2A),
            light: Rgb::WHITE,
            phase: 0.5,
            night: false,
            moves: true,
        };
        change(&mut look);
        let mut frame = Pixmap::new(560, ABOVE + BELOW).expect("a size");
        let to = Transform::from_row(UNIT, 0.0, 0.0, UNIT, 280.0, ABOVE as f32);
        draw(&mut Pen::new(&mut frame, to), shape, &look);
        frame
    }

    /// How many pixels of two pictures differ clearly.
    fn apart(one: &Pixmap, other: &Pixmap) -> usize {
        let pairs = one.data().chunks_exact(4).zip(other.data().chunks_exact(4));
        pairs.filter(|(a, b)| a.iter().zip(*b).any(|(a, b)| a.abs_diff(*b) > 24)).count()
    }

    #[test]
    fn each_shape_is_its_own() {
        let all: Vec<(Shape, Pixmap)> =
            Shape::ALL.iter().map(|shape| (*shape, drawn(*shape, |_| {}))).collect();
        for (index, (shape, one)) in all.iter().enumerate() {
            for (other, two) in &all[index + 1..] {
                let apart = apart(one, two);
                assert!(apart > 2_000, "{shape:?} {other:?}: {apart}");
            }
        }
    }

    #[test]
    fn each_is_as_high_as_it_should_be() {
        for shape in Shape::ALL {
            let frame = drawn(*shape, |look| look.moves = false);
            let rows = frame.data().chunks_exact(frame.width() as usize * 4);
            // Not the lights around it.
            let solid = |row: &[u8]| row.chunks_exact(4).any(|pixel| pixel[3] > 230);
            let solid: Vec<usize> =
                rows.enumerate().filter(|(_, row)| solid(row)).map(|(y, _)| y).collect();
            let (top, bottom) = (solid[0], solid[solid.len() - 1]);
            let high = (bottom - top) as f32 / UNIT;
            assert!((0.65..1.5).contains(&high), "{shape:?}: {high}");
            assert!(top < ABOVE as usize - 65, "{shape:?}: {top}");
        }
    }

    #[test]
    fn what_lives_or_turns_is_seen_to_move() {
        let rigid = [Shape::Boat, Shape::Plane, Shape::Balloon, Shape::Ball, Shape::House];
        for shape in Shape::ALL.iter().filter(|shape| !rigid.contains(shape)) {
            let (one, two) = (drawn(*shape, |_| {}), drawn(*shape, |look| look.phase = 0.67));
            let apart = apart(&one, &two);
            assert!(apart > 40, "{shape:?}: {apart}");
        }
    }

    #[test]
    fn each_takes_its_colour() {
        for shape in Shape::ALL {
            let blue = drawn(*shape, |look| look.colour = Rgb::hex(0x2F6BDE));
            let apart = apart(&drawn(*shape, |_| {}), &blue);
            assert!(apart > 400, "{shape:?}: {apart}");
        }
    }

    #[test]
    fn lamps_are_lit_at_night() {
        for shape in [Shape::Lantern, Shape::Train, Shape::Bicycle, Shape::Car, Shape::House] {
            let light = |night: bool| -> u64 {
                let frame = drawn(shape, |look| look.night = night);
                frame.data().iter().map(|part| u64::from(*part)).sum()
            };
            assert!(light(true) > light(false), "{shape:?}");
        }
    }
}
