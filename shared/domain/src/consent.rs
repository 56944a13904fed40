//! What people have agreed to: each decision is one line that stays, and the newest one of a purpose
//! counts.
//!
//! A Global Privacy Control signal (`Sec-GPC: 1`, <https://www.w3.org/TR/gpc/>) asks "that my data not be
//! sold or shared with other parties". It counts here as a refusal of every purpose for which a third
//! party could see something: of these, analytics. It overrides a consent that was given without knowing
//! of it. The specification leaves the conflict with a person's own choice to the law, and the law that
//! names it lets a person consent all the same, once the conflict was shown (California Code of
//! Regulations, title 11, § 7025(c)(4)); so a consent that is given while the signal is sent must say that
//! it is meant despite the signal, and only then outlives it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::ids::{AccountId, GenerationId};

/// The version of [`Purpose::text`]. A text that means something else has another one.
pub const TEXT_VERSION: &str = "2026-11-01";

/// What may be agreed to. Without a decision it is refused.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// Measuring how the pages are used.
    Analytics,
    /// Mail about news and offers.
    MarketingEmail,
    /// Prompts and media to improve the models.
    Improvement,
    /// One work in the public gallery.
    Showcase,
    /// Its prompt beside it.
    ShowcasePrompt,
    /// It in our marketing.
    Marketing,
}

impl Purpose {
    /// All purposes.
    pub const ALL: [Self; 6] = [
        Self::Analytics,
        Self::MarketingEmail,
        Self::Improvement,
        Self::Showcase,
        Self::ShowcasePrompt,
        Self::Marketing,
    ];

    /// Its name in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Analytics => "analytics",
            Self::MarketingEmail => "marketing_email",
            Self::Improvement => "improvement",
            Self::Showcase => "showcase",
            Self::ShowcasePrompt => "showcase_prompt",
            Self::Marketing => "marketing",
        }
    }

    /// What is agreed to, in the person's words.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Self::Analytics => {
                "You may measure how I use your pages: which I open and what I press. No measuring \
                 happens before I agree."
            }
            Self::MarketingEmail => {
                "You may send me mail about news and offers. I can stop it by one click in every such \
                 mail."
            }
            Self::Improvement => {
                "You may use my prompts, uploads and results to improve your models. Without this you \
                 use settings only."
            }
            Self::Showcase => "You may show this work in the public gallery.",
            Self::ShowcasePrompt => "You may show the prompt of this work beside it.",
            Self::Marketing => "You may use this work to advertise Reverie.",
        }
    }

    /// Whether it is about one work.
    #[must_use]
    pub const fn is_of_work(self) -> bool {
        matches!(self, Self::Showcase | Self::ShowcasePrompt | Self::Marketing)
    }

    /// Whether a Global Privacy Control signal refuses it.
    #[must_use]
    pub const fn hears_signal(self) -> bool {
        matches!(self, Self::Analytics)
    }
}

/// Who decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// The person, in the settings.
    User,
    /// The person's browser, by Global Privacy Control.
    Gpc,
    /// The person, by the link in a mail.
    Unsubscribe,
    /// The person, by telling their mail provider that a mail of ours is spam.
    Complaint,
}

/// A decision about one purpose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Decision {
    /// Whether it is agreed to.
    pub granted: bool,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// The version of the text.
    pub text_version: String,
    /// Who decided.
    pub source: Source,
    /// Whether it was meant despite a Global Privacy Control signal.
    #[serde(default)]
    pub despite_signal: bool,
}

/// A line of the history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ConsentRecord)]
pub struct Line {
    /// Whose.
    pub account: AccountId,
    /// The work that it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub generation: Option<GenerationId>,
    /// What for.
    pub purpose: Purpose,
    /// The decision.
    #[serde(flatten)]
    pub decision: Decision,
    /// The number of the change of its subject, from 1: of two at one time the larger is the later.
    pub number: u64,
}

/// What somebody wants to decide.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wish {
    /// What for.
    pub purpose: Purpose,
    /// Whether it is agreed to.
    pub granted: bool,
    /// Who decides.
    pub source: Source,
    /// Whether it is meant despite a signal.
    pub despite_signal: bool,
}

impl Wish {
    /// What a Global Privacy Control signal says.
    #[must_use]
    pub const fn by_signal(purpose: Purpose) -> Self {
        Self { purpose, granted: false, source: Source::Gpc, despite_signal: false }
    }
}

/// The newest decisions about an account, or about one work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consents {
    /// Whose.
    pub account: AccountId,
    /// The work; none for what concerns the account.
    #[serde(default)]
    pub generation: Option<GenerationId>,
    /// By purpose.
    pub decisions: BTreeMap<Purpose, Decision>,
    /// Counts the changes.
    pub version: u64,
}

impl Consents {
    /// Before anything was decided.
    #[must_use]
    pub const fn none(account: AccountId, generation: Option<GenerationId>) -> Self {
        Self { account, generation, decisions: BTreeMap::new(), version: 0 }
    }

    /// Whether this is agreed to.
    #[must_use]
    pub fn granted(&self, purpose: Purpose) -> bool {
        self.decisions.get(&purpose).is_some_and(|decision| decision.granted)
    }

    /// What a Global Privacy Control signal refuses of what was agreed to. Where nothing was, it is refused
    /// anyway, and a request need not write that down.
    #[must_use]
    pub fn overridden_by_signal(&self) -> Vec<Wish> {
        let granted = Purpose::ALL.into_iter().filter(|purpose| self.granted(*purpose));
        granted.filter(|purpose| purpose.hears_signal()).map(Wish::by_signal).collect()
    }

    /// The same after these wishes, and the lines that say so; `None` if they change nothing.
    #[must_use]
    pub fn after(&self, now: Timestamp, wishes: &[Wish]) -> Option<(Self, Vec<Line>)> {
        let mut next = Self { version: self.version + 1, ..self.clone() };
        let mut lines = Vec::new();
        for wish in wishes.iter().filter(|wish| self.changes(wish)) {
            // Clocks may disagree; the order of the changes is the order of the lines.
            let last = self.decisions.values().map(|decision| decision.at).max();
            let decision = Decision {
                granted: wish.granted,
                at: last.map_or(now, |last| last.max(now)),
                text_version: TEXT_VERSION.to_owned(),
                source: wish.source,
                despite_signal: wish.despite_signal,
            };
            next.decisions.insert(wish.purpose, decision.clone());
            let (account, generation, purpose) = (self.account, self.generation, wish.purpose);
            lines.push(Line { account, generation, purpose, decision, number: next.version });
        }
        (!lines.is_empty()).then_some((next, lines))
    }

    fn changes(&self, wish: &Wish) -> bool {
        let Some(present) = self.decisions.get(&wish.purpose) else { return true };
        match wish.source {
            // A refusal needs no second one, and whoever consented despite the signal knew of it.
            Source::Gpc => present.granted && !present.despite_signal,
            Source::Unsubscribe | Source::Complaint => present.granted,
            Source::User => {
                let same = (present.granted, present.despite_signal, present.source);
                same != (wish.granted, wish.despite_signal, wish.source)
                    || present.text_version != TEXT_VERSION
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wish(purpose: Purpose, granted: bool, source: Source) -> Wish {
        Wish { purpose, granted, source, despite_signal: false }
    }

    #[test]
    fn names_are_those_in_json() {
        for purpose in Purpose::ALL {
            assert_eq!(serde_json::to_value(purpose).unwrap(), purpose.name());
        }
    }

    #[test]
    fn a_signal_refuses_once_and_a_consent_despite_it_stays() {
        let now: Timestamp = "2026-11-01T00:00:00Z".parse().unwrap();
        let none = Consents::none(AccountId::new(), None);
        let signal = [wish(Purpose::Analytics, false, Source::Gpc)];
        let (refused, lines) = none.after(now, &signal).unwrap();
        assert_eq!((lines.len(), refused.granted(Purpose::Analytics)), (1, false));
        assert_eq!(refused.after(now, &signal), None, "recorded once");
        assert_eq!((none.overridden_by_signal(), refused.overridden_by_signal()), (vec![], vec![]));

        let yes = wish(Purpose::Analytics, true, Source::User);
        let (granted, _) = refused.after(now, &[yes]).unwrap();
        assert_eq!(granted.overridden_by_signal(), signal);
        let (again, _) = granted.after(now, &signal).unwrap();
        assert!(!again.granted(Purpose::Analytics), "it did not know of the signal");
        let (despite, _) = again.after(now, &[Wish { despite_signal: true, ..yes }]).unwrap();
        assert_eq!(despite.after(now, &signal), None);
        assert_eq!(despite.after(now, &despite.overridden_by_signal()), None);
    }

    #[test]
    fn lines_are_in_order_even_if_clocks_are_not() {
        let now: Timestamp = "2026-11-01T00:00:00Z".parse().unwrap();
        let earlier: Timestamp = "2026-10-31T23:59:59Z".parse().unwrap();
        let none = Consents::none(AccountId::new(), Some(GenerationId::new()));
        let yes = [wish(Purpose::Showcase, true, Source::User)];
        let (first, one) = none.after(now, &yes).unwrap();
        assert_eq!(first.after(now, &yes), None, "nothing changes");
        let no = [wish(Purpose::Showcase, false, Source::User)];
        let (second, two) = first.after(earlier, &no).unwrap();
        assert!(one[0].decision.at <= two[0].decision.at && one[0].number < two[0].number);
        assert!(!second.granted(Purpose::Showcase));
    }
}
