use std::convert::Infallible;

use axum::extract::FromRequestParts;
use http::{header, request::Parts};
use reverie_store::accounts::Device;
use woothee::parser::Parser;

/// What the request's `User-Agent` tells of the device: three words, of which none is the
/// client's own text.
#[derive(Debug, Clone, Default)]
pub struct UserAgent(pub Device);

/// Longer ones are not looked at.
const MOST_CHARS: usize = 1_000;

impl<S: Send + Sync> FromRequestParts<S> for UserAgent {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let header = parts.headers.get(header::USER_AGENT);
        let text = header.and_then(|value| value.to_str().ok()).filter(|t| t.len() <= MOST_CHARS);
        Ok(Self(text.map(device).unwrap_or_default()))
    }
}

fn device(user_agent: &str) -> Device {
    let Some(found) = Parser::new().parse(user_agent) else { return Device::default() };
    let known = |text: &str| match text {
        "UNKNOWN" => String::new(),
        text => text.to_owned(),
    };
    let device_type = match (found.category, found.os) {
        (_, "iPad") => "tablet",
        ("pc", _) => "desktop",
        ("smartphone" | "mobilephone", _) => "phone",
        ("appliance", _) => "appliance",
        ("crawler", _) => "program",
        _ => "",
    };
    Device {
        device_type: device_type.to_owned(),
        system: known(found.os),
        browser: known(found.name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usual_browsers_are_known() {
        let cases = [
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0",
                ["desktop", "Windows 10", "Firefox"],
            ),
            (
                "Mozilla/5.0 (Linux; Android 16; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) \
                 Chrome/142.0.0.0 Mobile Safari/537.36",
                ["phone", "Android", "Chrome"],
            ),
            (
                "Mozilla/5.0 (iPad; CPU OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like \
                 Gecko) Version/18.1 Mobile/15E148 Safari/604.1",
                ["tablet", "iPad", "Safari"],
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) \
                 Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0",
                ["desktop", "Windows 10", "Edge"],
            ),
            ("a secret that somebody wrote here", ["", "", ""]),
        ];
        for (text, expected) in cases {
            let Device { device_type, system, browser } = device(text);
            assert_eq!([device_type, system, browser], expected, "{text}");
        }
    }
}
