//! Cookies: with the prefix `__Host-` (RFC 6265bis) and `Secure`, but not where the public origin is plain
//! http on loopback.

use http::{HeaderMap, header};

use crate::{Settings, token::PlainToken};

/// The session's cookie.
pub const SESSION: &str = "reverie";
/// The longest that browsers keep a cookie (400 days, RFC 6265bis). When a session ends is decided
/// by its row, which moves with every use.
const SESSION_SECS: i64 = 400 * 24 * 3600;

/// The cookie's text in a request.
#[must_use]
pub fn read_cookie<'a>(settings: &Settings, headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let name = full_name(settings, name);
    let texts = headers.get_all(header::COOKIE).into_iter().filter_map(|v| v.to_str().ok());
    texts
        .flat_map(|text| text.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(key, value)| (key == name).then_some(value))
}

/// The `Set-Cookie` value that keeps a text in a browser for so many seconds; 0 takes it out.
#[must_use]
pub fn set_cookie(settings: &Settings, name: &str, text: &str, seconds: i64) -> String {
    let name = full_name(settings, name);
    let secure = if settings.is_plain_http() { "" } else { "; Secure" };
    format!("{name}={text}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}")
}

/// The `Set-Cookie` value that keeps a session in a browser.
#[must_use]
pub fn session_cookie(settings: &Settings, token: &PlainToken) -> String {
    set_cookie(settings, SESSION, &token.reveal(), SESSION_SECS)
}

/// The `Set-Cookie` value that takes the session out of a browser.
#[must_use]
pub fn ended_cookie(settings: &Settings) -> String {
    set_cookie(settings, SESSION, "", 0)
}

fn full_name(settings: &Settings, name: &str) -> String {
    let prefix = if settings.is_plain_http() { "" } else { "__Host-" };
    format!("{prefix}{name}")
}
