//! News: plain text, and the same as HTML; with the fields by which one click ends such mail (RFC 8058).

use jiff::Timestamp;
use mail_builder::headers::raw::Raw;
use reverie_api::unsubscribe_headers;
use reverie_domain::mail::Mail;

use super::{News, Post};
use crate::HousekeeperError;

impl Post {
    /// The message (RFC 5322, RFC 2046 5.1.4).
    ///
    /// # Errors
    /// [`HousekeeperError::Message`].
    pub(super) fn news_message(
        &self,
        now: Timestamp,
        mail: &Mail,
        to: &str,
        link: &str,
        News { subject, text }: &News,
    ) -> Result<Vec<u8>, HousekeeperError> {
        let origin = &self.settings.public_origin;
        let mut message = self
            .head(now, mail, to)
            .subject(subject.as_str())
            .text_body(format!("{}\n\n{}", text.trim_end(), foot(origin, link)))
            .html_body(html(text, origin, link));
        for (name, value) in unsubscribe_headers(&self.settings, mail.account) {
            message = message.header(name, Raw::new(value));
        }
        message.write_to_vec().map_err(|_| HousekeeperError::Message)
    }
}

fn foot(origin: &str, link: &str) -> String {
    format!("-- \n{}\n{REASON} {origin}. {STOP}:\n{link}\n", "Reverie")
}

const REASON: &str = "You get this because you agreed to news and offers at";
const STOP: &str = "To stop them, follow this link";

/// The text as HTML: paragraphs where there are empty lines, and links that can be followed. Nothing else of
/// it is markup, and nothing is loaded.
fn html(text: &str, origin: &str, link: &str) -> String {
    let paragraphs = text.trim_end().split("\n\n").map(|part| format!("<p>{}</p>", lines(part)));
    let (origin, link) = (escaped(origin), escaped(link));
    format!(
        "<!doctype html><html><head><meta charset=\"utf-8\"></head><body>{}<hr><p>{REASON} {origin}. \
         <a href=\"{link}\">{STOP}</a>.</p></body></html>",
        paragraphs.collect::<String>(),
    )
}

fn lines(part: &str) -> String {
    part.trim_matches('\n').split('\n').map(words).collect::<Vec<_>>().join("<br>")
}

fn words(line: &str) -> String {
    line.split(' ').map(word).collect::<Vec<_>>().join(" ")
}

fn word(word: &str) -> String {
    let shown = escaped(word);
    if !word.starts_with("https://") {
        return shown;
    }
    // What ends a sentence is no part of an address.
    let address = word.trim_end_matches(['.', ',', ';', ':', '!', '?', ')']);
    let rest = escaped(&word[address.len()..]);
    let address = escaped(address);
    format!("<a href=\"{address}\">{address}</a>{rest}")
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_becomes_paragraphs_and_links_and_no_other_markup() {
        let text = "Hello <b>you</b> & all.\n\nSee https://a.example/?x=\"1\"&y=2, it is\nnew.\n";
        let html = html(text, "https://b.example", "https://b.example/#unsubscribe=rvu_x");
        assert!(html.contains("<p>Hello &lt;b&gt;you&lt;/b&gt; &amp; all.</p>"), "{html}");
        let address = "https://a.example/?x=&quot;1&quot;&amp;y=2";
        let link = format!("<p>See <a href=\"{address}\">{address}</a>, it is<br>new.</p>");
        assert!(html.contains(&link), "{html}");
        assert!(html.contains("<a href=\"https://b.example/#unsubscribe=rvu_x\">"), "{html}");
    }
}
