//! What a prompt leaves open: chosen by rules and by the seed, never what it does not want.

use reverie_domain::storyboard::{Colour, Motion, Setting, Shape, TimeOfDay};

use crate::dice::Dice;

/// Chooses.
pub(super) struct Open<'a> {
    pub(super) dice: &'a mut Dice,
    /// Words for what must not be seen.
    pub(super) not: &'a [String],
}

impl Open<'_> {
    fn one_of<T: Copy>(&mut self, choices: &[T], name: fn(T) -> &'static str, otherwise: T) -> T {
        let wanted = |choice: &T| !self.not.iter().any(|word| word == name(*choice));
        let left: Vec<T> = choices.iter().copied().filter(wanted).collect();
        let at = (self.dice.unit() * left.len() as f32) as usize;
        left.get(at).copied().unwrap_or(otherwise)
    }

    pub(super) fn colour(&mut self, shape: Shape) -> Colour {
        use Colour::*;
        let choices: &[Colour] = match shape {
            Shape::Cat => &[Orange, Grey, White],
            Shape::Dog => &[Brown, Gold, White],
            Shape::Bird => &[Blue, White, Red],
            Shape::Fish => &[Orange, Yellow, Blue],
            Shape::Butterfly => &[Orange, Purple, Blue],
            Shape::Whale => &[Blue, Grey],
            Shape::Robot => &[Grey, Blue, Orange],
            Shape::Tree => &[Green],
            Shape::House => &[White, Yellow, Red],
            Shape::Rocket | Shape::Plane => &[White, Red],
            Shape::Boat => &[Red, Blue, White],
            Shape::Horse => &[Brown, White, Black],
            Shape::Elephant => &[Grey],
            Shape::Bear => &[Brown, White],
            Shape::Rabbit => &[White, Grey, Brown],
            Shape::Frog | Shape::Turtle => &[Green],
            Shape::Dragon => &[Red, Green, Purple],
            Shape::Jellyfish => &[Pink, Purple, Blue],
            Shape::Bicycle | Shape::Train => &[Red, Blue, Green],
            Shape::Lantern => &[Red, Orange, Gold],
            Shape::Cup => &[White, Red, Blue],
            Shape::Planet => &[Orange, Blue, Purple],
            _ => &[Red, Yellow, Blue, Pink],
        };
        let any = self.one_of(Colour::ALL, Colour::name, Red);
        self.one_of(choices, Colour::name, any)
    }

    pub(super) fn motion(&mut self, shape: Shape) -> Motion {
        let sideways = self.one_of(&[Motion::Right, Motion::Left], Motion::name, Motion::Right);
        match shape {
            Shape::Tree | Shape::House | Shape::Flower | Shape::Lantern | Shape::Cup => {
                Motion::Still
            }
            Shape::Umbrella | Shape::Kite | Shape::Planet => Motion::Still,
            Shape::Rocket | Shape::Balloon | Shape::Jellyfish => Motion::Up,
            Shape::Ball => Motion::Bounce,
            Shape::Butterfly => Motion::Circle,
            _ => sideways,
        }
    }

    /// Where something is usually seen.
    pub(super) fn home(&mut self, shape: Option<Shape>) -> Setting {
        use Setting::{Meadow, Mountains, Water};
        if let Some(home) = shape.and_then(only_home) {
            return home;
        }
        let choices: &[Setting] = match shape {
            None => &[Mountains, Meadow, Water],
            Some(Shape::Car | Shape::Robot | Shape::Umbrella) => &[Setting::City],
            Some(Shape::Plane) => &[Setting::Sky],
            Some(Shape::Bicycle) => &[Setting::City, Meadow],
            Some(Shape::Lantern) => &[Setting::City, Setting::Forest],
            Some(Shape::Cup) => &[Setting::Room],
            Some(Shape::Kite) => &[Meadow, Setting::Sky],
            Some(Shape::Bear) => &[Setting::Forest, Mountains],
            Some(Shape::Rabbit | Shape::Frog) => &[Meadow, Setting::Forest],
            Some(Shape::Horse | Shape::Train) => &[Meadow, Mountains],
            Some(Shape::Elephant) => &[Meadow, Setting::Desert],
            Some(Shape::Turtle) => &[Setting::Underwater, Meadow],
            Some(Shape::Dragon) => &[Mountains],
            Some(Shape::Bird | Shape::Balloon) => &[Mountains, Meadow],
            Some(_) => &[Meadow],
        };
        let any = self.one_of(&[Meadow, Mountains, Setting::City], Setting::name, Meadow);
        self.one_of(choices, Setting::name, any)
    }

    /// When something is usually seen.
    pub(super) fn hour(&mut self, shape: Option<Shape>) -> TimeOfDay {
        let choices = match shape {
            // It is there to be lit.
            Some(Shape::Lantern) => [TimeOfDay::Night, TimeOfDay::Night, TimeOfDay::Sunset],
            _ => [TimeOfDay::Day, TimeOfDay::Day, TimeOfDay::Sunset],
        };
        let night = self.one_of(&[TimeOfDay::Night], TimeOfDay::name, TimeOfDay::Day);
        self.one_of(&choices, TimeOfDay::name, night)
    }
}

/// Where something must be, unless the prompt says otherwise.
pub(super) fn only_home(shape: Shape) -> Option<Setting> {
    match shape {
        Shape::Fish | Shape::Whale | Shape::Jellyfish => Some(Setting::Underwater),
        Shape::Boat => Some(Setting::Water),
        Shape::Rocket | Shape::Planet => Some(Setting::Space),
        _ => None,
    }
}
