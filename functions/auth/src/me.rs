use axum::Json;
use reverie_api::{AccountRead, Problem};

use crate::guests::AccountView;

/// Who the token stands for.
#[utoipa::path(
    get, path = "/v1/me", tag = "account", security(("bearer" = ["account:read"])),
    responses(
        (status = 200, body = AccountView),
        (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 503, body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn show(AccountRead(caller): AccountRead) -> Json<AccountView> {
    Json(AccountView::from(&caller.account))
}
