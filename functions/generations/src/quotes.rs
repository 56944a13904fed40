use axum::{Json, extract::State};
use http::StatusCode;
use jiff::Timestamp;
use reverie_api::{Body, Caller, IdempotencyKey, Problem, Replay};
use reverie_domain::{
    credits::Credits,
    ids::QuoteId,
    manifest::Manifest,
    request::{CanonicalRequest, GenerationRequest},
};
use reverie_store::{
    Record,
    operations::Idempotency,
    quotes::{self, QUOTE_VALIDITY, Quote},
    tables::WriteError,
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::Generations;

const ROUTE: &str = "POST /v1/quotes";

/// A binding price.
#[derive(Serialize, ToSchema)]
#[schema(as = Quote)]
pub(crate) struct QuoteView {
    id: QuoteId,
    /// The price.
    credits: Credits,
    /// Until when it binds.
    #[schema(value_type = String, format = DateTime)]
    expires_at: Timestamp,
    /// What it is the price of, with every default filled in.
    request: CanonicalRequest,
}

impl From<Quote> for QuoteView {
    fn from(quote: Quote) -> Self {
        Self {
            id: quote.id,
            credits: quote.credits,
            expires_at: quote.expires_at,
            request: quote.request,
        }
    }
}

/// A binding price for a request. Submit `{"quote": "quo_…"}` to get just that.
#[utoipa::path(
    post, path = "/v1/quotes", tag = "generations", security(("bearer" = [])),
    params((
            "Idempotency-Key" = Option<String>, Header, description = "Kept for 24 hours.",
            min_length = 1, max_length = 255, pattern = "^[!-~]+$"
        )),
    request_body = GenerationRequest,
    responses(
        (status = 201, body = QuoteView),
        (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json"),
        (status = 413, body = Problem, content_type = "application/problem+json"),
        (status = 415, body = Problem, content_type = "application/problem+json"),
        (status = 422, body = Problem, content_type = "application/problem+json"),
        (status = 503, body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn create(
    State(state): State<Generations>,
    caller: Caller,
    key: IdempotencyKey,
    Body(request): Body<GenerationRequest>,
) -> Result<(StatusCode, Json<QuoteView>), Problem> {
    let quote = quoted(&state, &caller, &request).await?;
    let quote = remember(&state, quote, &key, &request).await?;
    Ok((StatusCode::CREATED, Json(quote.into())))
}

async fn quoted(
    state: &Generations,
    caller: &Caller,
    request: &GenerationRequest,
) -> Result<Quote, Problem> {
    let now = state.app.now();
    let mut errors = request.check_submission(now);
    if request.quote.is_some() {
        errors.push(super::submit::field("quote", "a quote cannot be quoted"));
    }
    let models = state.catalogue.models().await;
    let canonical = match request.canonical(&models) {
        Ok(canonical) if errors.is_empty() => canonical,
        Ok(_) => return Err(Problem::invalid(errors)),
        Err(more) => {
            errors.extend(more);
            return Err(Problem::invalid(errors));
        }
    };
    let manifest = manifest_of(&models, &canonical)?;
    Ok(Quote {
        id: QuoteId::new(),
        account: caller.account.id,
        credits: price(manifest, &canonical)?,
        model_version: manifest.version.clone(),
        request: canonical,
        expires_at: now + QUOTE_VALIDITY,
    })
}

/// Stores the quote; a repetition gets the quote that the first one made.
async fn remember(
    state: &Generations,
    quote: Quote,
    key: &IdempotencyKey,
    request: &GenerationRequest,
) -> Result<Quote, Problem> {
    let (tables, now) = (&*state.app.tables, state.app.now());
    let body = serde_json::to_vec(request).map_err(Problem::internal)?;
    let scope = (quote.account, ROUTE);
    let mine = key.row(&state.app.settings, now, scope, &body, quote.id);
    let mut present = None;
    // Twice: the second time over a row that is past its end.
    for _ in 0..2 {
        let mut writes = vec![quote.create()?];
        if let Some(mine) = &mine {
            writes.push(mine.remember(present.as_ref())?);
        }
        let outcomes = match tables.write(&writes).await {
            Ok(()) => return Ok(quote),
            Err(WriteError::Store(error)) => return Err(error.into()),
            Err(WriteError::Conflict(outcomes)) => outcomes,
        };
        present = Idempotency::clashed(outcomes.get(1))?;
        let Some(mine) = &mine else { break };
        if let Replay::Same(id) = Replay::of(now, mine, present.as_ref())? {
            let id = id.parse().map_err(Problem::internal)?;
            let first = quotes::find(tables, quote.account, id).await?;
            return first.ok_or_else(Problem::not_found);
        }
    }
    Err(Problem::internal("a quote's row was there before"))
}

/// The manifest that a canonical request names.
pub(crate) fn manifest_of<'a>(
    models: &'a [Manifest],
    request: &CanonicalRequest,
) -> Result<&'a Manifest, Problem> {
    let found = models.iter().find(|manifest| manifest.id == request.model);
    found.ok_or_else(|| Problem::invalid_field("model", "there is no such model any more"))
}

/// The one place where a price is computed.
pub(crate) fn price(manifest: &Manifest, request: &CanonicalRequest) -> Result<Credits, Problem> {
    let credits = manifest.price_for(f64::from(request.seconds));
    u32::try_from(credits).map(Credits::new).map_err(Problem::internal)
}
