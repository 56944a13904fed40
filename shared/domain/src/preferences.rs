//! What people like to begin with: a small document that the pages read.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{manifest::Kind, request::FieldError};

/// The longest text of a preference, in characters.
const TEXT_CHARS: usize = 100;
/// The longest style hints, in characters.
const STYLE_CHARS: usize = 500;
/// The longest piece, in seconds; what a model makes may be shorter.
const SECONDS: u32 = 3600;

/// What somebody likes to begin with. Whatever is missing is the service's default.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Preferences {
    /// What is made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<Kind>,
    /// With which model: its id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 100)]
    pub model: Option<String>,
    /// How long it is, in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 3600)]
    pub seconds: Option<u32>,
    /// Words about style that a prompt begins with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 500)]
    pub style: Option<String>,
    /// The language of pages and mail (BCP 47), such as `de`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(pattern = "^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,3}$")]
    pub language: Option<String>,
    /// How the pages look and behave.
    #[serde(default, skip_serializing_if = "Studio::is_default")]
    pub studio: Studio,
}

/// How the pages look and behave.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Studio {
    /// Light or dark.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub theme: Option<Theme>,
    /// How loud it plays, in percent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 100)]
    pub volume: Option<u32>,
    /// Whether a result plays when it is there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub autoplay: Option<bool>,
    /// Whether all settings are shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub advanced: Option<bool>,
}

/// Light or dark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    /// As the system says.
    System,
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}

impl Studio {
    fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

impl Preferences {
    /// What is wrong with it.
    #[must_use]
    pub fn errors(&self) -> Vec<FieldError> {
        let text = |text: &Option<String>, most| {
            let right = |text: &String| {
                (1..=most).contains(&text.chars().count()) && !text.chars().any(char::is_control)
            };
            text.as_ref().is_none_or(right)
        };
        let checks = [
            (text(&self.model, TEXT_CHARS), "model", "must be 1 to 100 characters"),
            (text(&self.style, STYLE_CHARS), "style", "must be 1 to 500 characters, on one line"),
            (
                self.seconds.is_none_or(|seconds| (1..=SECONDS).contains(&seconds)),
                "seconds",
                "must be 1 to 3600",
            ),
            (
                self.language.as_deref().is_none_or(is_language),
                "language",
                "must be a language tag, such as `de`",
            ),
            (
                self.studio.volume.is_none_or(|volume| volume <= 100),
                "studio.volume",
                "must be 0 to 100",
            ),
        ];
        let wrong = checks.into_iter().filter(|(right, ..)| !right);
        let error = |path: &str, message: &str| FieldError {
            path: path.to_owned(),
            message: message.to_owned(),
        };
        wrong.map(|(_, path, message)| error(path, message)).collect()
    }
}

/// A language and up to three more parts (RFC 5646), without looking whether there is such a language.
fn is_language(tag: &str) -> bool {
    let mut parts = tag.split('-');
    let language = parts.next().is_some_and(|part| {
        (2..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphabetic())
    });
    let rest: Vec<_> = parts.collect();
    let part = |part: &&str| {
        (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
    };
    language && rest.len() <= 3 && rest.iter().all(part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_is_named_and_nothing_else() {
        let wrong = Preferences {
            kind: None,
            model: Some(String::new()),
            seconds: Some(0),
            style: Some("a\nb".to_owned()),
            language: Some("german!".to_owned()),
            studio: Studio { volume: Some(101), ..Studio::default() },
        };
        let paths: Vec<_> = wrong.errors().into_iter().map(|error| error.path).collect();
        assert_eq!(paths, ["model", "style", "seconds", "language", "studio.volume"]);
        let right = Preferences {
            model: Some("m".to_owned()),
            seconds: Some(3600),
            style: Some("warm, slow".to_owned()),
            language: Some("zh-Hant-TW".to_owned()),
            studio: Studio { volume: Some(100), ..Studio::default() },
            ..Preferences::default()
        };
        assert_eq!(right.errors(), []);
        assert_eq!(Preferences::default().errors(), []);
    }

    #[test]
    fn an_unknown_field_is_refused() {
        for text in [r#"{"colour": 1}"#, r#"{"studio": {"colour": 1}}"#] {
            assert!(serde_json::from_str::<Preferences>(text).is_err(), "{text}");
        }
    }
}
