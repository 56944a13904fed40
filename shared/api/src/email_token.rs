//! The link by which somebody shows that mail to an address reaches them.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use reverie_store::accounts::NewEmail;

use crate::Settings;

/// What tokens of such links begin with.
const PREFIX: &str = "rvm_";
/// How much of the keyed hash is in a token, in hex digits: 128 bits.
const PROOF_DIGITS: usize = 32;

/// The token in the mail to a new address. Nothing is stored for it: it is a keyed hash of the account, the
/// address and the id of this one request, so another request makes another token.
#[must_use]
pub fn email_token(settings: &Settings, new: &NewEmail) -> String {
    let NewEmail { account, id, email, .. } = new;
    let hash = settings.keyed_hash("email", format!("{account}\0{id}\0{email}").as_bytes());
    format!("{PREFIX}{}", hash.get(..PROOF_DIGITS).unwrap_or_default())
}

/// Whether this is that token.
#[must_use]
pub fn is_email_token(settings: &Settings, new: &NewEmail, token: &str) -> bool {
    verify_slices_are_equal(email_token(settings, new).as_bytes(), token.as_bytes()).is_ok()
}
