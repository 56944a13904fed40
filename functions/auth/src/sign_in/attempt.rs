use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::{SignedDuration, Timestamp};
use reverie_api::{Problem, Settings, set_cookie};

/// How long a sign-in may take at the provider.
pub(super) const PATIENCE: SignedDuration = SignedDuration::from_mins(10);
/// The name of the cookie that says which browser began.
pub(super) const COOKIE: &str = "reverie-login";
/// The longest way back.
const LONGEST: usize = 500;

/// A sign-in that has begun. Nothing of it is stored: it is a cookie, and what goes to the provider is
/// computed of that cookie by keyed hashes.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Attempt {
    /// The cookie's text.
    text: String,
    pub(super) return_to: String,
    pub(super) link: bool,
}

/// What the provider is told and has to come back with.
pub(super) struct Proofs {
    /// Comes back in the browser's address: who answers is who was asked.
    pub(super) state: String,
    /// Comes back in the identity token: it was made for this sign-in.
    pub(super) nonce: String,
    /// Its hash goes through the browser, itself only to the provider: who has the code is who began.
    pub(super) verifier: String,
}

impl Attempt {
    pub(super) fn begin(
        now: Timestamp,
        provider: &str,
        return_to: String,
        link: bool,
    ) -> Result<Self, Problem> {
        if !is_own_path(&return_to) {
            let message = "A path of this service, such as /.";
            return Err(Problem::invalid_field("return_to", message));
        }
        let mut random = [0; 32];
        getrandom::fill(&mut random).map_err(Problem::internal)?;
        let (random, way) = (URL_SAFE_NO_PAD.encode(random), URL_SAFE_NO_PAD.encode(&return_to));
        let until = (now + PATIENCE).as_second();
        let text = format!("{random}.{provider}.{until}.{}.{way}", u8::from(link));
        Ok(Self { text, return_to, link })
    }

    /// The attempt in a cookie, if it is one at this provider and not over.
    pub(super) fn read(now: Timestamp, provider: &str, text: &str) -> Option<Self> {
        let parts: Vec<&str> = text.split('.').collect();
        let [_, at, until, link, way] = parts.as_slice() else { return None };
        let until = until.parse::<i64>().ok()?;
        let return_to = String::from_utf8(URL_SAFE_NO_PAD.decode(way).ok()?).ok()?;
        let good = *at == provider && now.as_second() < until && is_own_path(&return_to);
        good.then(|| Self { text: text.to_owned(), return_to, link: *link == "1" })
    }

    pub(super) fn proofs(&self, settings: &Settings) -> Proofs {
        let hash = |purpose| settings.keyed_hash(purpose, self.text.as_bytes());
        Proofs {
            state: hash("login state"),
            nonce: hash("login nonce"),
            verifier: hash("login verifier"),
        }
    }

    pub(super) fn is_answered_by(&self, settings: &Settings, state: Option<&str>) -> bool {
        state
            .is_some_and(|state| settings.is_keyed_hash("login state", self.text.as_bytes(), state))
    }

    pub(super) fn cookie(&self, settings: &Settings) -> String {
        set_cookie(settings, COOKIE, &self.text, PATIENCE.as_secs())
    }
}

/// Browsers take `//host` and `/\host` for other origins.
fn is_own_path(path: &str) -> bool {
    let mut chars = path.chars();
    path.len() <= LONGEST
        && chars.next() == Some('/')
        && !matches!(chars.next(), Some('/' | '\\'))
        && path.chars().all(|c| c.is_ascii_graphic())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Timestamp {
        "2026-11-01T00:00:00Z".parse().unwrap()
    }

    #[test]
    fn a_cookie_is_read_at_its_provider_in_its_time() {
        let attempt = Attempt::begin(now(), "google", "/?tab=1".to_owned(), true).unwrap();
        let read = |at, provider: &str| Attempt::read(at, provider, &attempt.text);
        assert_eq!(read(now(), "google"), Some(Attempt { text: attempt.text.clone(), ..attempt }));
    }

    #[test]
    fn it_is_not_read_elsewhere_or_later() {
        let attempt = Attempt::begin(now(), "google", "/".to_owned(), false).unwrap();
        assert_eq!(Attempt::read(now(), "github", &attempt.text), None);
        assert_eq!(Attempt::read(now() + PATIENCE, "google", &attempt.text), None);
        for text in ["", "....", "a.google.x.0.Lw", "a.google.9999999999.0.Ly9ldmls"] {
            assert_eq!(Attempt::read(now(), "google", text), None, "{text}");
        }
    }

    #[test]
    fn the_way_back_stays_here() {
        for path in ["/", "/a", "/?x=1", "/a//b"] {
            assert!(is_own_path(path), "{path}");
        }
        for path in ["", "a", "//evil.example", "/\\evil.example", "https://evil.example", "/\n/x"]
        {
            assert!(!is_own_path(path), "{path}");
        }
    }
}
