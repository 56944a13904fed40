use axum::{Json, extract::State};
use reverie_api::{Page, PageQuery, Params, Problem, UploadsRead};
use reverie_domain::ids::UploadId;
use reverie_store::uploads;

use crate::{Media, upload::UploadView};

/// The account's uploads, newest first.
#[utoipa::path(
    get, path = "/v1/uploads", tag = "uploads", security(("bearer" = ["uploads:read"])),
    params(PageQuery),
    responses(
        (status = 200, body = Page<UploadView>),
        (status = 422, body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn list(
    State(state): State<Media>,
    UploadsRead(caller): UploadsRead,
    Params(page): Params<PageQuery>,
) -> Result<Json<Page<UploadView>>, Problem> {
    let (limit, after) = (page.limit()?, page.position::<UploadId>()?);
    // One more than asked for tells whether there is a next page.
    let owners = caller.account.owners();
    let mut rows = uploads::list(&*state.app.tables, &owners, after, limit + 1).await?;
    let more = rows.len() > limit as usize;
    rows.truncate(limit as usize);
    let last = rows.last().map(|upload| upload.id).filter(|_| more);
    Ok(Json(Page::new(rows.into_iter().map(UploadView::from).collect(), last)))
}
