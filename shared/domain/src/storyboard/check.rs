//! What is wrong with a storyboard, each thing with its field's path.

use super::words::Word;
use super::*;
use crate::request::{Errors, FieldError};

/// Whether a title may have this character: those that the font has.
#[must_use]
pub fn is_drawable(letter: char) -> bool {
    matches!(letter,
        ' '..='~' | '\u{a1}'..='\u{ac}' | '\u{ae}'..='\u{148}' | '\u{14a}'..='\u{17f}' | 'Ά'..='Ί' | 'Ό' | 'Ύ'..='Ρ'
        | 'Σ'..='ώ' | 'Ѐ'..='ѵ' | '–' | '—' | '‘' | '’' | '‚' | '“' | '”' | '„' | '…' | '€')
}

impl Storyboard {
    /// This storyboard in its one form: lengths to a hundredth of a second, titles without spaces
    /// around them. `pictures` is how many references there are.
    ///
    /// # Errors
    /// Everything that is wrong with it, each with its field's path.
    pub fn checked(
        &self,
        words: &StoryboardWords,
        pictures: usize,
    ) -> Result<Self, Vec<FieldError>> {
        let mut errors = Errors::default();
        listed(&mut errors, "sketch.mood", self.mood, &words.moods);
        listed(&mut errors, "sketch.palette", self.palette, &words.palettes);
        if !(1..=MOST_SHOTS).contains(&self.shots.len()) {
            errors.push("sketch.shots", format!("must have 1 to {MOST_SHOTS} entries"));
        }
        for (index, shot) in self.shots.iter().enumerate().take(MOST_SHOTS) {
            shot.check(&format!("sketch.shots[{index}]"), words, pictures, &mut errors);
        }
        if !errors.0.is_empty() {
            return Err(errors.0);
        }
        let shots = self.shots.iter().map(|shot| Shot {
            seconds: (shot.seconds * 100.0).round() / 100.0,
            title: shot
                .title
                .as_deref()
                .map(str::trim)
                .filter(|t| !t.is_empty())
                .map(str::to_owned),
            ..shot.clone()
        });
        Ok(Self { shots: shots.collect(), ..self.clone() })
    }
}

impl Shot {
    fn check(&self, path: &str, words: &StoryboardWords, pictures: usize, errors: &mut Errors) {
        let of = |field: &str| format!("{path}.{field}");
        if !(SHORTEST_SHOT..=15.0).contains(&self.seconds) {
            errors.push(&of("seconds"), format!("must be {SHORTEST_SHOT} to 15"));
        }
        listed(errors, &of("transition"), self.transition, &words.transitions);
        listed(errors, &of("setting"), self.setting, &words.settings);
        listed(errors, &of("time"), self.time, &words.times);
        listed(errors, &of("weather"), self.weather, &words.weathers);
        listed(errors, &of("particles"), self.particles, &words.particles);
        listed(errors, &of("camera"), self.camera, &words.cameras);
        if let Some(picture) = self.picture
            && !(1..=pictures).contains(&usize::from(picture))
        {
            let message = match pictures {
                0 => "the request has no references".to_owned(),
                most => format!("must be 1 to {most}: the request has so many references"),
            };
            errors.push(&of("picture"), message);
        }
        if let Some(title) = &self.title {
            check_title(title, &of("title"), words.title_chars as usize, errors);
        }
        if self.subjects.len() > MOST_SUBJECTS {
            errors.push(&of("subjects"), format!("must have at most {MOST_SUBJECTS} entries"));
        }
        for (index, subject) in self.subjects.iter().enumerate().take(MOST_SUBJECTS) {
            subject.check(&of(&format!("subjects[{index}]")), words, errors);
        }
    }
}

impl Subject {
    fn check(&self, path: &str, words: &StoryboardWords, errors: &mut Errors) {
        let of = |field: &str| format!("{path}.{field}");
        listed(errors, &of("shape"), self.shape, &words.shapes);
        listed(errors, &of("colour"), self.colour, &words.colours);
        listed(errors, &of("position"), self.position, &words.positions);
        listed(errors, &of("motion"), self.motion, &words.motions);
        listed(errors, &of("speed"), self.speed, &words.speeds);
        if !(1..=MOST_COUNT).contains(&self.count) {
            errors.push(&of("count"), format!("must be 1 to {MOST_COUNT}"));
        }
    }
}

fn check_title(title: &str, path: &str, most: usize, errors: &mut Errors) {
    if most == 0 {
        errors.push(path, "this model draws none");
    } else if title.trim().chars().count() > most {
        errors.push(path, format!("at most {most} characters"));
    } else if let Some(letter) = title.trim().chars().find(|letter| !is_drawable(*letter)) {
        let code = u32::from(letter);
        errors.push(path, format!("has a character that cannot be drawn: U+{code:04X}"));
    }
}

fn listed<T: Word>(errors: &mut Errors, path: &str, word: T, known: &[T]) {
    if !known.contains(&word) {
        let names: Vec<&str> = known.iter().map(|word| word.word()).collect();
        errors.push(path, format!("must be one of {}", names.join(", ")));
    }
}
