#![doc = include_str!("../README.md")]

mod api_keys;
mod email;
mod erasure;
mod guests;
mod logout;
mod me;
mod sessions;
mod sign_in;

use utoipa_axum::{router::OpenApiRouter, routes};

pub use sign_in::{Auth, Providers, ProvidersError};

/// The function's routes.
pub fn router(auth: Auth) -> OpenApiRouter {
    use sign_in::{identities, pending};

    OpenApiRouter::new()
        .routes(routes!(guests::create))
        .routes(routes!(me::show, me::correct, erasure::begin))
        .routes(routes!(email::ask, email::confirm))
        .routes(routes!(erasure::show))
        .routes(routes!(erasure::keys))
        .routes(routes!(logout::logout))
        .routes(routes!(sign_in::list))
        .routes(routes!(sign_in::login))
        .routes(routes!(sign_in::callback))
        .routes(routes!(pending::show, pending::decide))
        .routes(routes!(identities::list))
        .routes(routes!(identities::remove))
        .routes(routes!(sessions::list, sessions::end_all))
        .routes(routes!(sessions::end))
        .routes(routes!(api_keys::list, api_keys::create))
        .routes(routes!(api_keys::revoke))
        .with_state(auth)
}
