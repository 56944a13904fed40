//! The link by which one click ends marketing mail (RFC 8058).

use aws_lc_rs::constant_time::verify_slices_are_equal;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use reverie_domain::ids::AccountId;
use uuid::Uuid;

use crate::Settings;

/// What tokens of such links begin with.
const PREFIX: &str = "rvu_";
const ACCOUNT_BYTES: usize = 16;
/// How much of the keyed hash is in a token, in hex digits: 128 bits.
const PROOF_DIGITS: usize = 32;

/// The token in the link of an account's marketing mail. Nothing is stored for it: it names the account and
/// proves that the deployment made it, so it works as long as the account and the deployment's secret do.
#[must_use]
pub fn unsubscribe_token(settings: &Settings, account: AccountId) -> String {
    let mut bytes = account.uuid().as_bytes().to_vec();
    bytes.extend_from_slice(&proof(settings, account));
    format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(bytes))
}

/// The account that a token of ours names.
#[must_use]
pub fn unsubscribed(settings: &Settings, token: &str) -> Option<AccountId> {
    let bytes = URL_SAFE_NO_PAD.decode(token.strip_prefix(PREFIX)?).ok()?;
    let (account, shown) = bytes.split_at_checked(ACCOUNT_BYTES)?;
    let account = AccountId::from_uuid(Uuid::from_slice(account).ok()?);
    verify_slices_are_equal(shown, &proof(settings, account)).ok().map(|()| account)
}

/// The fields of a marketing mail's header, which its DKIM signature must cover.
#[must_use]
pub fn unsubscribe_headers(settings: &Settings, account: AccountId) -> [(&'static str, String); 2] {
    let (origin, token) = (&settings.public_origin, unsubscribe_token(settings, account));
    [
        ("List-Unsubscribe", format!("<{origin}/v1/unsubscribe/{token}>")),
        ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click".to_owned()),
    ]
}

fn proof(settings: &Settings, account: AccountId) -> Vec<u8> {
    let hash = settings.keyed_hash("unsubscribe", account.uuid().as_bytes());
    hash.into_bytes().into_iter().take(PROOF_DIGITS).collect()
}

#[cfg(test)]
mod tests {
    use reverie_domain::credits::Credits;
    use secrecy::SecretString;

    use super::*;

    fn settings(secret: &str) -> Settings {
        Settings {
            public_origin: "https://reverie.example".to_owned(),
            hash_secret: SecretString::from(secret),
            guest_credits: Credits::ZERO,
            guests_per_address: 0,
            operators: Vec::new(),
            policies: reverie_domain::policy::Policies::SHIPPED,
        }
    }

    #[test]
    fn only_our_own_tokens_name_somebody() {
        let (ours, other, account) = (settings("one"), settings("other"), AccountId::new());
        let token = unsubscribe_token(&ours, account);
        assert_eq!(unsubscribed(&ours, &token), Some(account));
        assert_eq!(unsubscribed(&other, &token), None);
        assert_eq!(token, unsubscribe_token(&ours, account), "it is the same in every mail");
        let mut bytes = URL_SAFE_NO_PAD.decode(&token[PREFIX.len()..]).unwrap();
        bytes[0] ^= 1;
        let forged = format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(bytes));
        for bad in ["", "rvu_", "rvu_AAAA", &token[1..], &token[..token.len() - 2], &forged] {
            assert_eq!(unsubscribed(&ours, bad), None, "{bad}");
        }
    }

    #[test]
    fn the_headers_are_those_of_the_rfc() {
        let (ours, account) = (settings("one"), AccountId::new());
        let [link, post] = unsubscribe_headers(&ours, account);
        let token = unsubscribe_token(&ours, account);
        let url = format!("<https://reverie.example/v1/unsubscribe/{token}>");
        assert_eq!(link, ("List-Unsubscribe", url));
        assert_eq!(post, ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click".to_owned()));
    }
}
