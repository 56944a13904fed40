use jiff::{Timestamp, tz::TimeZone};
use mail_builder::{MessageBuilder, headers::raw::Raw};
use reverie_domain::{
    mail::{Letter, Mail},
    policy::{Policies, Policy},
};

use super::{Addressed, Post};
use crate::HousekeeperError;

/// The longest line.
const WIDTH: usize = 72;

impl Post {
    /// The message (RFC 5322), in plain text.
    ///
    /// # Errors
    /// [`HousekeeperError::Message`].
    pub(super) fn message(
        &self,
        now: Timestamp,
        mail: &Mail,
        Addressed { to, link, news }: &Addressed,
    ) -> Result<Vec<u8>, HousekeeperError> {
        if let Some(news) = news {
            return self.news_message(now, mail, to, link, news);
        }
        let policies = self.settings.policies;
        let (subject, text) =
            words(&mail.letter, link, policies).ok_or(HousekeeperError::Message)?;
        let message = self
            .head(now, mail, to)
            .subject(subject)
            // No answer of a machine to a machine (RFC 3834).
            .header("Auto-Submitted", Raw::new("auto-generated"))
            .text_body(format!("{text}\n{}", foot(&self.settings.public_origin)));
        message.write_to_vec().map_err(|_| HousekeeperError::Message)
    }
}

impl Post {
    /// What all mails have.
    pub(super) fn head<'a>(
        &'a self,
        now: Timestamp,
        mail: &Mail,
        to: &'a str,
    ) -> MessageBuilder<'a> {
        let domain = self.sender.rsplit('@').next().unwrap_or_default();
        MessageBuilder::new()
            .from(("Reverie", self.sender.as_str()))
            .to(to)
            .date(now.as_second())
            // The same each time it is tried.
            .message_id(format!("{}@{domain}", mail.id))
    }
}

/// The subject and the text, in lines of a length that everybody can read. `None` if the letter is of another
/// release.
fn words(letter: &Letter, link: &str, policies: Policies) -> Option<(&'static str, String)> {
    Some(match letter {
        // Its words are an operator's.
        Letter::News { .. } => return None,
        Letter::Policy { version } => {
            ("Our terms and privacy policy change", change(policies.find(version)?.policy, link))
        }
        Letter::ExportReady { until, .. } => (
            "Your data are ready",
            format!(
                "The archive of all that we hold about you is ready.\nWhoever is signed in to your \
                 account can fetch it until\n{}:\n\n{link}\n\nIf you have not asked for it, somebody \
                 else can use\nyour account: sign in, and end all sessions.\n",
                instant(*until)
            ),
        ),
        Letter::ConfirmEmail { .. } => (
            "Is this your address?",
            format!(
                "Somebody, probably you, wants mail about their account to come\nto this address. If it \
                 was you, follow this link within 24 hours,\nin the browser in which you are signed \
                 in:\n\n{link}\n\nIf it was not you, there is nothing to do: nothing changes.\n"
            ),
        ),
        Letter::AddressChanged { .. } => (
            "Your address was changed",
            format!(
                "Mail about your account goes to another address from now on,\nwhich was confirmed. If it \
                 was you, there is nothing to do.\n\nIf it was not you, somebody else can use your account. \
                 Sign in\nas you always did, end all sessions, and correct the address:\n\n{link}\n"
            ),
        ),
        Letter::Inactive { erased_at } => (
            "Your account ends if you do not use it",
            format!(
                "You have not used your account for a long time. We keep\nnothing that nobody needs, so \
                 we erase it with all that is\nin it on {}.\n\nTo keep it, sign in before:\n\n{link}\n\n\
                 If you do not need it any more, there is nothing to do.\n",
                instant(*erased_at)
            ),
        ),
    })
}

fn change(policy: Policy, link: &str) -> String {
    let day = policy.effective_on.strftime("%-d %B %Y");
    let changes = wrapped(policy.changes);
    format!(
        "From {day} on another version of our terms and privacy policy\nholds: {}. What is different:\n\n{changes}\n\n\
         Read all of it:\n\n{link}\n\nWhen it holds, we ask you to acknowledge it. If you do not want\nit, you can take \
         what is yours with you and erase your account:\nboth are in the studio, under \"Your data\", and cost nothing.\n",
        policy.version
    )
}

/// The text in lines of up to 72 characters, but for longer words.
fn wrapped(text: &str) -> String {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.is_empty() => line.push_str(word),
            Some(line) if line.chars().count() + word.chars().count() < WIDTH => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines.join("\n")
}

fn foot(origin: &str) -> String {
    format!("-- \nThis is about an account at {origin}. It is no advertising.\n")
}

fn instant(at: Timestamp) -> String {
    at.to_zoned(TimeZone::UTC).strftime("%-d %B %Y, %H:%M UTC").to_string()
}
