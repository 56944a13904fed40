use jiff::{Timestamp, tz::TimeZone};
use mail_builder::{MessageBuilder, headers::raw::Raw};
use reverie_domain::mail::{Letter, Mail};

use super::Post;
use crate::HousekeeperError;

impl Post {
    /// The message (RFC 5322), in plain text.
    ///
    /// # Errors
    /// [`HousekeeperError::Message`].
    pub(super) fn message(
        &self,
        now: Timestamp,
        mail: &Mail,
        to: &str,
    ) -> Result<Vec<u8>, HousekeeperError> {
        let (subject, text) = self.words(&mail.letter);
        let domain = self.sender.rsplit('@').next().unwrap_or_default();
        let message = MessageBuilder::new()
            .from(("Reverie", self.sender.as_str()))
            .to(to)
            .subject(subject)
            .date(now.as_second())
            // The same each time it is tried.
            .message_id(format!("{}@{domain}", mail.id))
            // No answer of a machine to a machine (RFC 3834).
            .header("Auto-Submitted", Raw::new("auto-generated"))
            .text_body(format!("{text}\n{}", self.foot()));
        message.write_to_vec().map_err(|_| HousekeeperError::Message)
    }

    /// The subject and the text.
    fn words(&self, letter: &Letter) -> (&'static str, String) {
        let origin = &self.origin;
        match letter {
            Letter::ExportReady { export, until } => (
                "Your data are ready",
                format!(
                    "The archive of all that we hold about you is ready. Whoever is signed in to your \
                     account can fetch it until {}:\n\n{origin}/v1/me/exports/{export}\n\n\
                     If you have not asked for it, somebody else can use your account: sign in, and end \
                     all sessions.\n",
                    day(*until)
                ),
            ),
            Letter::Inactive { erased_at } => (
                "Your account ends if you do not use it",
                format!(
                    "You have not used your account for a long time. We keep nothing that nobody needs, so \
                     we erase it with all that is in it on {}.\n\nTo keep it, sign in before that day:\n\n\
                     {origin}/\n\nIf you do not need it any more, there is nothing to do.\n",
                    day(*erased_at)
                ),
            ),
        }
    }

    fn foot(&self) -> String {
        format!(
            "-- \nThis is about your account at {}. It is no advertising, and comes once.\n",
            self.origin
        )
    }
}

/// The day on which it still is not over, whatever the zone.
fn day(at: Timestamp) -> String {
    at.to_zoned(TimeZone::UTC).strftime("%-d %B %Y, %H:%M UTC").to_string()
}
