use std::collections::BTreeMap;

use axum::extract::{Path, Request, State};
use http::StatusCode;
use reverie_api::{App, Problem, unsubscribed};
use reverie_domain::consent::{Purpose, Source, Wish};
use reverie_store::accounts;
use utoipa::ToSchema;

use crate::consents::decide;

/// The longest body that is looked at: a form with one field.
const MOST_BYTES: usize = 4096;

/// What a mail program sends.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes the form, which is looked at as text")]
pub(crate) struct OneClick {
    #[schema(rename = "List-Unsubscribe", inline)]
    list_unsubscribe: Click,
}

#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes the form, which is looked at as text")]
enum Click {
    #[schema(rename = "One-Click")]
    OneClick,
}

/// Ends marketing mail by one click, as mail programs do it (RFC 8058): without signing in, and with the
/// same answer however often, whether there was any mail or not. Other mail, such as of policy changes,
/// is not marketing.
#[utoipa::path(
    post, path = "/v1/unsubscribe/{token}", tag = "account",
    params(("token" = String, Path, description = "From the mail's List-Unsubscribe field.")),
    request_body(content(
        (OneClick = "application/x-www-form-urlencoded"),
        (OneClick = "multipart/form-data"),
    )),
    responses(
        (status = 204),
        (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json"),
        (status = 413, body = Problem, content_type = "application/problem+json"),
        (status = 429, body = Problem, content_type = "application/problem+json"),
        (status = 503, body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn unsubscribe(
    State(app): State<App>,
    Path(token): Path<String>,
    request: Request,
) -> Result<StatusCode, Problem> {
    let account = unsubscribed(&app.settings, &token).ok_or_else(Problem::not_found)?;
    let body = axum::body::to_bytes(request.into_body(), MOST_BYTES).await;
    let body = body.map_err(|_| Problem::malformed(WANTED))?;
    if !is_one_click(&String::from_utf8_lossy(&body)) {
        return Err(Problem::malformed(WANTED));
    }
    // An account that is gone gets no mail either.
    if accounts::find(&*app.tables, account).await?.is_some() {
        let (purpose, source) = (Purpose::MarketingEmail, Source::Unsubscribe);
        let wish = Wish { purpose, granted: false, source, despite_signal: false };
        decide(&app, account, &BTreeMap::from([(None, vec![wish])])).await?;
    }
    Ok(StatusCode::NO_CONTENT)
}

const WANTED: &str = "Send the form List-Unsubscribe=One-Click, as a mail program does.";

/// The form in either of its types. What else is in it does not matter: the token is the permission, and the
/// field only tells a click from a program that looks at links.
fn is_one_click(body: &str) -> bool {
    let encoded = body.trim().split('&').any(|pair| pair == "List-Unsubscribe=One-Click");
    let mut lines = body.lines().map(str::trim);
    let named = lines.any(|line| {
        let line = line.to_ascii_lowercase();
        line.starts_with("content-disposition:") && line.contains("name=\"list-unsubscribe\"")
    });
    encoded || named && lines.any(|line| line == "One-Click")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_types_of_forms_are_understood() {
        let multipart = "--x\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\n\
                         One-Click\r\n--x--\r\n";
        for form in ["List-Unsubscribe=One-Click", "a=b&List-Unsubscribe=One-Click", multipart] {
            assert!(is_one_click(form), "{form}");
        }
        for other in ["", "One-Click", "List-Unsubscribe=Two", "List-Unsubscribe:One-Click", "{}"] {
            assert!(!is_one_click(other), "{other}");
        }
    }
}
