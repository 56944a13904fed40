use std::sync::LazyLock;

use base64::{Engine, engine::general_purpose::STANDARD};
use http::{HeaderName, header};
use sha2::{Digest, Sha256};

const MARKUP: &str = include_str!("page/studio.html");
const STYLE: &str = include_str!("page/studio.css");
const SCRIPT: &str = concat!(
    include_str!("page/studio.js"),
    include_str!("page/kinds.js"),
    include_str!("page/extras.js"),
    include_str!("page/policies.js"),
    include_str!("page/yours.js"),
    include_str!("page/account.js"),
    // What the files before define has to be there.
    include_str!("page/start.js")
);

/// The document, and the policy that allows its style and script and no others.
struct Page {
    html: String,
    policy: String,
}

static PAGE: LazyLock<Page> = LazyLock::new(|| {
    let hash = |text: &str| STANDARD.encode(Sha256::digest(text));
    let (style, script) = (hash(STYLE), hash(SCRIPT));
    Page {
        html: MARKUP.replace("{{style}}", STYLE).replace("{{script}}", SCRIPT),
        policy: format!(
            "default-src 'none'; style-src 'sha256-{style}'; script-src 'sha256-{script}'; \
             connect-src 'self' https: http://127.0.0.1:*; \
             media-src 'self' https: http://127.0.0.1:*; \
             img-src data: 'self' https: http://127.0.0.1:*; \
             base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        ),
    }
});

/// The studio.
#[utoipa::path(
    get, path = "/", tag = "service",
    responses((status = 200, body = String, content_type = "text/html"))
)]
pub(crate) async fn show() -> ([(HeaderName, &'static str); 4], &'static str) {
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_SECURITY_POLICY, PAGE.policy.as_str()),
        (header::REFERRER_POLICY, "same-origin"),
        (header::CACHE_CONTROL, "no-cache"),
    ];
    (headers, PAGE.html.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_needs_nothing_from_elsewhere() {
        for outside in ["http:", "https:", "\"//", "'//", "`//", "url(", "@import", "{{"] {
            assert!(!PAGE.html.contains(outside), "{outside}");
        }
    }

    /// A `const` of a file that comes after the start would not be there yet.
    #[test]
    fn the_script_starts_when_all_of_it_is_read() {
        assert!(SCRIPT.ends_with("\nstart();\n"));
        assert_eq!(SCRIPT.matches("\nstart();").count(), 1);
    }

    #[test]
    fn what_the_script_looks_for_is_there_once() {
        for rest in SCRIPT.split("$(\"").skip(1) {
            let (id, _) = rest.split_once("\")").expect("an id");
            assert_eq!(MARKUP.matches(&format!(" id=\"{id}\"")).count(), 1, "{id}");
        }
    }

    #[test]
    fn the_policy_leaves_nothing_inline_but_the_two_blocks() {
        assert_eq!(PAGE.html.matches("<script").count(), 1);
        assert_eq!(PAGE.html.matches("<style").count(), 1);
        for inline in [" style=", " onclick=", " onload=", " onsubmit=", "javascript:"] {
            assert!(!PAGE.html.contains(inline), "{inline}");
        }
        assert!(!PAGE.policy.contains("unsafe"));
    }
}
