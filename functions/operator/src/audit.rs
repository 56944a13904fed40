use axum::{Json, extract::State};
use reverie_api::{App, Page, PageQuery, Params, Problem};
use reverie_domain::audit::Line;
use reverie_store::audit;

use crate::acting::{Operator, act};

/// The audit log, newest first; the line of this request is the first of its first page.
#[utoipa::path(
    get, path = "/v1/operator/audit", tag = "operator", security(("bearer" = [])),
    params(PageQuery),
    responses(
        (status = 200, body = Page<Line>),
        (status = 403, body = Problem, content_type = "application/problem+json", description = "Only operators."),
        (status = 422, body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn list(
    State(app): State<App>,
    operator: Operator,
    Params(page): Params<PageQuery>,
) -> Result<Json<Page<Line>>, Problem> {
    let (limit, before) = (page.limit()?, page.position::<u64>()?);
    act(&app, operator.line(&app, "audit.list"), &[]).await?;
    let lines = audit::list(&*app.tables, before, limit).await?;
    let full = lines.len() >= limit as usize;
    let last = lines.last().map(|line| line.number).filter(|number| full && *number > 1);
    Ok(Json(Page::new(lines, last)))
}
